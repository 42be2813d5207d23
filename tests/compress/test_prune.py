"""Pruning by hand: which filters stay, what the next layer reads, what zeros do not change."""

import numpy as np
import pytest

from tinymledu.compress.prune import (
    channel_prune,
    pruned_cnn,
    smallest_to_zero,
    strongest_channels,
)
from tinymledu.errors import InputError
from tinymledu.models import tiny_cnn
from tinymledu.models.scores import predict_scores


def test_the_strongest_filters_stay_in_their_order():
    # Sums of |weight| by filter: 3, 1, 3, 2.
    kernel = np.array([[[[3.0, -1.0, 1.0, 2.0], [0.0, 0.0, -2.0, 0.0]]]])

    assert strongest_channels(kernel, 2).tolist() == [0, 2]
    assert strongest_channels(kernel, 3).tolist() == [0, 2, 3]


def test_of_equal_filters_the_first_stays():
    assert strongest_channels(np.ones((1, 1, 1, 4)), 2).tolist() == [0, 1]


def test_channel_prune_by_hand():
    kernel = np.array([[[[1.0, 5.0, 2.0]]]])
    following = np.arange(6.0).reshape(1, 1, 3, 2)

    smaller, (bias,), next_one = channel_prune(kernel, [np.array([7.0, 8.0, 9.0])], following, 2)

    assert smaller.tolist() == [[[[5.0, 2.0]]]]
    assert bias.tolist() == [8.0, 9.0]
    assert next_one.tolist() == [[[[2.0, 3.0], [4.0, 5.0]]]]


@pytest.mark.parametrize("n_keep", [0, 4])
def test_more_filters_than_there_are_cannot_stay(n_keep):
    with pytest.raises(InputError, match="3 filters"):
        strongest_channels(np.ones((1, 1, 1, 3)), n_keep)


def test_layers_that_do_not_follow_each_other_are_refused():
    with pytest.raises(InputError, match="reads 4"):
        channel_prune(np.ones((1, 1, 1, 3)), [], np.ones((4, 2)), 2)


def test_a_bias_of_another_layer_is_refused():
    with pytest.raises(InputError, match=r"has 3 filters, .* has the shape \(4,\)"):
        channel_prune(np.ones((1, 1, 1, 3)), [np.ones(4)], np.ones((3, 2)), 2)


def test_zeros_leave_the_shape_and_the_argument():
    weights = np.array([[1.0, -4.0], [0.5, -2.0]])

    assert smallest_to_zero(weights, 0.5).tolist() == [[0.0, -4.0], [0.0, -2.0]]
    assert weights[0, 0] == 1.0


@pytest.mark.parametrize("ratio", [-0.1, 1.0, float("nan")])
def test_a_part_outside_0_to_1_is_refused(ratio):
    with pytest.raises(InputError):
        smallest_to_zero(np.ones(4), ratio)


def test_pruned_cnn_of_dead_filters_answers_the_same(keras):
    wide = tiny_cnn((16, 16, 3), 3, filters=(6, 5), seed=1)
    for name, dead in (("conv_0", (1, 4)), ("conv_1", (0,))):
        layer = wide.get_layer(name)
        kernel = layer.kernel.value.numpy().copy()
        kernel[..., list(dead)] = 0  # its normalization, still as it began, gives 0 for 0
        layer.kernel.assign(kernel)
    pictures = np.random.default_rng(2).integers(0, 256, (5, 16, 16, 3), dtype=np.uint8)

    narrow = pruned_cnn(wide, (4, 4))

    assert narrow.get_layer("conv_0").kernel.shape == (3, 3, 3, 4)
    np.testing.assert_allclose(
        predict_scores(narrow, pictures), predict_scores(wide, pictures), atol=1e-6
    )  # the same sums in float32, in another order
    with pytest.raises(InputError, match="2 blocks"):
        pruned_cnn(wide, (4,))


def test_pruned_cnn_refuses_another_network(keras):
    pictures = keras.Input((8, 8, 3))
    scores = keras.layers.Dense(2, name="scores")(keras.layers.Flatten()(pictures))

    with pytest.raises(InputError, match="odd is no tiny_cnn: it has no layer conv_0"):
        pruned_cnn(keras.Model(pictures, scores, name="odd"), (4,))
    with pytest.raises(InputError, match="A Keras model is needed"):
        pruned_cnn("odd", (4,))
