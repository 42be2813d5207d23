import math

import numpy as np
import pytest

from tinymledu import models
from tinymledu.errors import InputError, UnknownNameError
from tinymledu.models.scores import predict_scores

pytestmark = pytest.mark.usefixtures("keras")

VGG = [(16, 3), (32, 16), (64, 32), (64, 64)]  # filters and input channels of tiny_cnn's blocks


def test_tiny_cnn_has_the_parameters_of_its_layers():
    convolutions = sum(9 * n_in * n_out for n_out, n_in in VGG)  # 3x3, no bias
    normalizations = sum(4 * n_out for n_out, _ in VGG)
    dense = 64 * 2 + 2

    model = models.tiny_cnn((48, 48, 3), 2)

    assert model.count_params() == convolutions + normalizations + dense == 61_170


def test_mobilenet_v1_has_the_shape_of_the_paper():
    model = models.mobilenet_v1((96, 96, 3), 2)

    # Howard et al. 2017, table 1, at alpha 0.25: 1024 / 4 channels; 96 halved five times is 3.
    assert model.get_layer("pointwise_13_relu").output.shape[1:] == (3, 3, 256)
    assert sum("depthwise" in layer.name and "_" not in layer.name.removeprefix("depthwise_")
               for layer in model.layers) == 13  # fmt: skip


def test_thinnest_mobilenet_v1_keeps_a_filter_in_every_layer():
    model = models.mobilenet_v1((32, 32, 3), 2, alpha=0.01)

    assert model.get_layer("conv_0").filters == 1
    assert model.get_layer("pointwise_13").filters == 10  # 1 % of 1,024


@pytest.mark.parametrize("make", [models.tiny_cnn, models.mobilenet_v1])
def test_models_take_pictures_and_give_probabilities(make):
    model = make((48, 32, 3), 3)
    pictures = np.random.default_rng(1).integers(0, 256, (2, 48, 32, 3), dtype=np.uint8)

    scores = predict_scores(model, pictures)

    assert model.inputs[0].name == "pictures"
    assert scores.shape == (2, 3)
    np.testing.assert_allclose(scores.sum(axis=1), 1, atol=1e-5)  # float32 softmax of 3


@pytest.mark.parametrize("make", [models.tiny_cnn, models.mobilenet_v1])
def test_models_start_equal_with_one_seed_and_differ_with_another(make):
    first, again, other = (make((32, 32, 3), 2, seed=seed).get_weights() for seed in (7, 7, 8))

    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])


def test_layers_of_one_shape_do_not_start_equal():
    model = models.tiny_cnn((16, 16, 8), 2, filters=(8, 8))

    first, second = (model.get_layer(name).get_weights()[0] for name in ("conv_0", "conv_1"))
    assert first.shape == second.shape
    assert not np.array_equal(first, second)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: models.tiny_cnn((8, 48, 3), 2), "at least 16 pixels high and wide.*8x48"),
        (lambda: models.tiny_cnn((48, 48), 2), r"shape is \(48, 48\)"),
        (lambda: models.tiny_cnn((48, 48, 3), 1), "n_classes is 1"),
        (lambda: models.tiny_cnn((48, 48, 3), 2, filters=()), r"filters is \(\)"),
        (lambda: models.mobilenet_v1((16, 16, 3), 2), "32x32 pixels or more; these are 16x16"),
        (lambda: models.mobilenet_v1((96, 96, 3), 2, alpha=math.nan), "alpha is nan"),
        (lambda: models.mobilenet_v1((96, 96, 3), 2, alpha=0.5, weights="vww"), "alpha=0.5"),
    ],
)
def test_models_refuse_what_cannot_be_built_in_words(call, words):
    with pytest.raises(InputError, match=words):
        call()


def test_mobilenet_v1_names_the_weights_it_knows():
    with pytest.raises(UnknownNameError, match=r"no weights 'imagenet'\. Known: vww"):
        models.mobilenet_v1((96, 96, 3), 2, weights="imagenet")


@pytest.mark.parametrize(
    ("pictures", "words"),
    [
        (np.zeros((1, 16, 16, 3), np.float64), "float64 numbers; give uint8 pixels"),
        (np.zeros((1, 8, 8, 3), np.uint8), r"shape \(16, 16, 3\); these are \(8, 8, 3\)"),
    ],
)
def test_predict_scores_refuses_pictures_that_do_not_fit(pictures, words):
    model = models.tiny_cnn((16, 16, 3), 2, filters=(4,))

    with pytest.raises(InputError, match=words):
        predict_scores(model, pictures)
