"""What a Keras model answers to pictures."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tinymledu.errors import InputError

if TYPE_CHECKING:
    import keras

_BATCH = 256


def predict_scores(model: "keras.Model", pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Scores of each class for each picture, in float arithmetic.

    Args:
        pictures: (n, height, width, channels) uint8 pixels.

    Returns:
        (n, n_classes) float32; the softmax output of the model.

    Raises:
        InputError: the pictures are not of the model's shape.
    """
    check_pictures(model, pictures)
    batches = [
        np.asarray(model(pictures[start : start + _BATCH] / np.float32(255), training=False))
        for start in range(0, len(pictures), _BATCH)
    ]
    return np.concatenate(batches) if batches else np.empty((0, model.output_shape[-1]), np.float32)


def check_keras_model(model: object) -> None:
    """Say in words when something else was given where a Keras model is needed."""
    if not hasattr(model, "input_shape"):
        raise InputError(
            f"A Keras model is needed here, and this is a {type(model).__name__}. "
            "tml.models.tiny_cnn(data.card.shape, n_classes=2) makes one."
        )


def check_pictures(model: "keras.Model", pictures: NDArray[np.uint8]) -> None:
    """Say in words when pictures cannot be fed to a model."""
    check_keras_model(model)
    expected = tuple(model.input_shape[1:])
    if pictures.dtype != np.uint8:
        raise InputError(
            f"The pictures are {pictures.dtype} numbers; give uint8 pixels from 0 to 255. "
            "They are divided by 255 on the way into the model."
        )
    if pictures.shape[1:] != expected:
        raise InputError(
            f"The model {model.name} takes pictures of shape {expected}; "
            f"these are {pictures.shape[1:]}. Load the dataset with that size, or build the model "
            "with the dataset's shape (data.card.shape)."
        )
