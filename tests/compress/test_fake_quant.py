"""Fake quantization: the grid by hand, codes as the converter's, and the straight-through slope."""

import numpy as np
import pytest

from tinymledu import lessons
from tinymledu.compress.fake_quant import (
    fake_quantize,
    round_weights,
    with_fake_quant,
    without_fake_quant,
)
from tinymledu.errors import InputError
from tinymledu.graph.affine import dequantized
from tinymledu.graph.tflite import load_model
from tinymledu.models import tiny_cnn


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
    with pytest.raises(InputError, match=f"bits is {bits}; give 2 to 16"):
        fake_quantize(np.ones((1, 1)), bits)


@pytest.fixture(scope="module")
def network(keras):
    return tiny_cnn((16, 16, 3), 2, filters=(4, 4), seed=3)


def test_kernels_on_the_grid_are_what_the_rounded_network_computes_with(network):
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


def test_gradient_passes_straight_through(network, keras):
    import tensorflow as tf

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
    before = [variable.value.numpy().copy() for variable in network.weights]
    copy = without_fake_quant(with_fake_quant(network), network, weight_bits=2)

    for old, variable in zip(before, network.weights, strict=True):
        assert np.array_equal(old, variable.value.numpy())
    kernel = copy.get_layer("conv_0").kernel.value.numpy()
    assert all(len(np.unique(np.abs(kernel[..., k]))) <= 2 for k in range(4))  # 0 and the largest


@pytest.fixture(scope="module")
def depthwise():
    """(1, height, width, n) real weights that the converter gave one scale for each of the n."""
    graph = load_model(lessons.shipped("09_shortcut.tflite")).graph
    op = next(op for op in graph.ops if op.kind == "DEPTHWISE_CONV_2D")
    tensor = graph.tensors[op.inputs[1]]
    assert tensor.quantization.axis == 3
    assert len(tensor.quantization.scales) == tensor.shape[3] > 1
    return dequantized(tensor.data, tensor.quantization)


@pytest.fixture
def separable(keras, depthwise):
    """A network whose depthwise kernel is TFLite's: a convolution, two filters of each channel."""
    _, height, width, n = depthwise.shape
    pictures = keras.Input((8, 8, n // 2))
    x = keras.layers.DepthwiseConv2D(
        (height, width), depth_multiplier=2, padding="same", name="depthwise"
    )(pictures)
    x = keras.layers.ReLU(max_value=6.0, name="relu6")(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    model = keras.Model(pictures, keras.layers.Dense(2, use_bias=False, name="scores")(x))
    kernel = depthwise.reshape(height, width, n // 2, 2)
    bias = np.random.default_rng(8).normal(size=n)
    model.get_layer("depthwise").set_weights([kernel, bias])
    return model


def test_depthwise_weights_that_the_converter_rounded_are_on_our_grid_already(separable, depthwise):
    round_weights(separable, 8)

    kernel = separable.get_layer("depthwise").kernel.value.numpy()
    # float32, of which scale and product are rounded: 2**-22 of the largest.
    np.testing.assert_allclose(
        kernel.reshape(depthwise.shape), depthwise, atol=2**-22 * np.abs(depthwise).max()
    )


def test_a_depthwise_network_with_fake_quant_computes_with_the_rounded_kernels(separable):
    pictures = np.random.default_rng(9).random((3, 8, 8, separable.input_shape[-1]))
    rounded = with_fake_quant(separable, weight_bits=3, activation_bits=16)
    plain = without_fake_quant(rounded, separable, weight_bits=3)

    ours = np.asarray(rounded(pictures, training=False))

    # 16-bit activations up to 6 have steps of 1e-4.
    np.testing.assert_allclose(ours, np.asarray(plain(pictures, training=False)), atol=1e-3)
    assert not np.allclose(ours, np.asarray(separable(pictures, training=False)), atol=1e-2)


def test_a_relu_keeps_its_largest_value(keras, separable):
    relu6 = with_fake_quant(separable).get_layer("relu6")

    assert float(keras.ops.max(relu6(np.array([[-3.0, 2.0, 9.0]])))) == 6.0


def test_activations_are_rounded_before_any_training_too(keras, separable):
    relu6 = with_fake_quant(separable, activation_bits=2).get_layer("relu6")

    # 2 bits: codes 0 to 3, of which 3 is the largest value seen, 1.5.
    assert np.asarray(relu6(np.array([[0.2, 0.8, 1.5]]))).tolist() == [[0.0, 1.0, 1.5]]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda layers: layers.SeparableConv2D(2, 3, name="odd"), "SeparableConv2D 'odd'.*Dense"),
        (lambda layers: layers.Conv2DTranspose(2, 3, name="odd"), "Conv2DTranspose 'odd'"),
        (lambda layers: layers.Conv2D(2, 3, activation="relu", name="odd"), "'odd'.*relu inside"),
        (lambda layers: layers.Activation("relu6", name="odd"), "Activation 'odd'.*relu6 inside"),
        (lambda layers: layers.ReLU(negative_slope=0.1, name="odd"), "negative_slope 0.1"),
        (lambda layers: layers.LeakyReLU(name="odd"), "has the layer LeakyReLU 'odd'.*and ReLU"),
        (lambda layers: layers.ELU(name="odd"), "has the layer ELU 'odd'"),
        (lambda layers: layers.Dense(2, activation="leaky_relu", name="odd"), "its leaky_relu"),
        (lambda layers: layers.Conv2D(2, 3, activation="tanh", name="odd"), "its tanh inside"),
        (lambda layers: layers.Activation("sigmoid", name="odd"), "its sigmoid inside"),
        (lambda layers: layers.Activation("gelu", name="odd"), "its gelu inside"),
        (lambda layers: layers.Activation("hard_swish", name="odd"), "its hard_s.* inside"),
    ],
)
def test_a_layer_that_would_stay_unrounded_is_refused(keras, make, words):
    pictures = keras.Input((8, 8, 3))
    model = keras.Model(pictures, make(keras.layers)(pictures))

    for refused in (with_fake_quant, lambda model: round_weights(model, 8)):
        with pytest.raises(InputError, match=words):
            refused(model)


def test_scores_may_end_in_softmax(keras):
    pictures = keras.Input((8, 8, 3))
    x = keras.layers.Conv2D(2, 3, activation="linear")(pictures)
    x = keras.layers.Dropout(0.1)(keras.layers.Flatten()(keras.layers.ReLU()(x)))
    model = keras.Model(pictures, keras.layers.Dense(2, activation="softmax")(x))

    scores = np.asarray(with_fake_quant(model)(np.ones((1, 8, 8, 3))))

    assert scores.sum() == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("filters", [(4, 5), (4, 4, 4)])
def test_weights_of_another_network_are_refused(network, filters):
    other = tiny_cnn((16, 16, 3), 2, filters=filters, seed=3)

    with pytest.raises(InputError, match="with_fake_quant made"):
        without_fake_quant(with_fake_quant(network), other)
