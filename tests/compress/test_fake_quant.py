"""Fake quantization: the grid by hand, codes as the converter's, and the straight-through slope."""

import numpy as np
import pytest

from tinymledu.compress.fake_quant import fake_quantize
from tinymledu.errors import InputError


def test_four_bits_by_hand():
    # Largest 0.7: scale 0.1, codes -7 to 7; 0.26 becomes 3 steps, 0.04 none.
    rounded = fake_quantize(np.array([[0.7], [0.26], [-0.04], [-0.66]]), 4)

    np.testing.assert_allclose(rounded[:, 0], [0.7, 0.3, 0.0, -0.7], atol=1e-12)


def test_each_filter_has_its_own_scale():
    weights = np.array([[1.0, 100.0], [0.9, 90.0]])

    rounded = fake_quantize(weights, 4)

    np.testing.assert_allclose(rounded[:, 1], 100 * rounded[:, 0], rtol=1e-12)


def test_a_filter_of_zeros_stays():
    assert not fake_quantize(np.zeros((3, 2)), 8).any()


@pytest.mark.parametrize("bits", [1, 17])
def test_bits_out_of_range_are_refused(bits):
    with pytest.raises(InputError):
        fake_quantize(np.ones((1, 1)), bits)


@pytest.fixture(scope="module")
def network():
    pytest.importorskip("tensorflow")
    from tinymledu.models import tiny_cnn

    return tiny_cnn((16, 16, 3), 2, filters=(4, 4), seed=3)


def test_kernels_on_the_grid_are_what_the_rounded_network_computes_with(network):
    from tinymledu.compress.fake_quant import round_weights, with_fake_quant, without_fake_quant

    rounded = with_fake_quant(network, weight_bits=3, activation_bits=16)
    pictures = np.random.default_rng(4).random((3, 16, 16, 3), dtype=np.float32)
    rounded(pictures, training=True)  # it sees how large activations are
    for layer in rounded.layers:
        if hasattr(layer, "top"):
            layer.top.assign(50.0)  # nothing is clipped, and 16 bits are fine steps
    plain = without_fake_quant(rounded, network)
    round_weights(plain, 3)

    ours = np.asarray(rounded(pictures, training=False))

    # 16-bit activations of a range of 50 have steps of 8e-4.
    np.testing.assert_allclose(ours, np.asarray(plain(pictures, training=False)), atol=5e-3)
    assert not np.allclose(ours, np.asarray(network(pictures, training=False)), atol=5e-3)


def test_gradient_passes_straight_through(network):
    import keras
    import tensorflow as tf

    from tinymledu.compress.fake_quant import with_fake_quant

    layer = with_fake_quant(network, weight_bits=4).get_layer("conv_0")
    pictures = tf.constant(np.random.default_rng(5).random((2, 16, 16, 3), dtype=np.float32))
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(pictures))
    (slope,) = tape.gradient(loss, layer.trainable_variables)

    # Of a sum of outputs, the slope of a weight is the sum of what it is multiplied with.
    plain = keras.layers.Conv2D(4, 3, padding="same", use_bias=False)
    plain.build((2, 16, 16, 3))
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(plain(pictures))
    (expected,) = tape.gradient(loss, plain.trainable_variables)
    np.testing.assert_allclose(slope, expected, rtol=1e-5)


def test_the_network_given_stays_as_it_was(network):
    from tinymledu.compress.fake_quant import with_fake_quant, without_fake_quant

    before = [variable.value.numpy().copy() for variable in network.weights]
    copy = without_fake_quant(with_fake_quant(network), network, weight_bits=2)

    for old, variable in zip(before, network.weights, strict=True):
        assert np.array_equal(old, variable.value.numpy())
    kernel = copy.get_layer("conv_0").kernel.value.numpy()
    assert all(len(np.unique(np.abs(kernel[..., k]))) <= 2 for k in range(4))  # 0 and the largest
