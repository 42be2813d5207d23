"""Weights of MLPerf Tiny's visual wake words network, put into our MobileNetV1."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tinymledu.datasets.weights import vww_path
from tinymledu.errors import InputError, MissingToolError
from tinymledu.models.framework import load_keras

if TYPE_CHECKING:
    import keras

Arrays = list[NDArray[np.float32]]


def copy_vww_weights(model: "keras.Model", path: Path | None = None) -> None:
    """Copy all layers but the last from vww_96.h5 into `model`, which keeps its own last layer.

    The file has a bias in each convolution in front of a batch normalization, where our model has
    none. Normalization subtracts the mean of what comes in, so a bias b is the same as a mean
    smaller by b; that is where it goes.

    Args:
        model: a mobilenet_v1 of alpha 0.25 with 3 input channels.
        path: the file; without it, the one that `tinymledu models fetch vww` stored.

    Raises:
        MissingToolError: the file has not been fetched.
        InputError: the file is not that network.
    """
    path = path or vww_path()
    if path is None:
        raise MissingToolError(
            "The visual wake words weights are not here yet. Fetch them once (3 MB) with: "
            "tinymledu models fetch vww, or from a file at hand with --from FILE."
        )
    blocks = _read(path)
    normalized = [layer for layer in model.layers if layer.weights][:-1]
    if len(blocks) != len(normalized):
        raise _not_vww(path, f"it has {len(blocks)} layers with weights, not {len(normalized)}")
    keras = load_keras()
    for index, layer in enumerate(normalized):
        arrays = blocks[index]
        if isinstance(layer, keras.layers.BatchNormalization):
            gamma, beta, mean, variance = arrays
            arrays = [gamma, beta, mean - blocks[index - 1][1], variance]
        else:
            arrays = arrays[:1]
        expected = [tuple(weight.shape) for weight in layer.weights]
        if [array.shape for array in arrays] != expected:
            raise _not_vww(path, f"layer {index} has shapes {[a.shape for a in arrays]}")
        layer.set_weights(arrays)


def _read(path: Path) -> list[Arrays]:
    """Arrays of each layer that has weights, in the file's order, without the last layer."""
    import h5py

    try:
        with h5py.File(path) as file:
            root = file["model_weights"]
            groups = [root[_text(name)] for name in root.attrs["layer_names"]]
            layers = [
                [np.asarray(group[_text(name)]) for name in group.attrs["weight_names"]]
                for group in groups
            ]
    except (OSError, KeyError) as reason:
        raise _not_vww(path, str(reason)) from reason
    return [arrays for arrays in layers if arrays][:-1]


def _text(name: bytes | str) -> str:
    return name.decode() if isinstance(name, bytes) else name


def _not_vww(path: Path, reason: str) -> InputError:
    return InputError(
        f"{path.name} is not the visual wake words network of MLPerf Tiny: {reason}. "
        "Fetch it again with: tinymledu models fetch vww"
    )
