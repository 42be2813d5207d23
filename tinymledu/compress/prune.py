"""Fewer channels, or zeros: the two things that are called pruning. Plain NumPy on weights.

A removed channel makes the next layer smaller, too. A zero stays a number that is stored and
multiplied like any other, unless the kernels of the runtime know of zeros; ours do not.
"""

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tinymledu.errors import InputError
from tinymledu.models import tiny_cnn
from tinymledu.models.scores import check_keras_model

if TYPE_CHECKING:
    import keras

Weights = NDArray[np.floating[Any]]


def strongest_channels(kernel: Weights, n_keep: int) -> NDArray[np.intp]:
    """Indices of the filters with the largest sums of |weight|, ascending; of equals the first.

    Args:
        kernel: (..., n_filters), a filter for each index of the last axis.

    Raises:
        InputError: n_keep is not between 1 and the number of filters.

    Source: Li et al. 2017, "Pruning filters for efficient ConvNets", arXiv 1608.08710.
    """
    n_filters = kernel.shape[-1]
    if not 1 <= n_keep <= n_filters:
        raise InputError(f"n_keep is {n_keep!r}; this layer has {n_filters} filters, give 1 to it.")
    strength = np.abs(kernel).reshape(-1, n_filters).sum(axis=0)
    return np.sort(np.argsort(-strength, kind="stable")[:n_keep])


def channel_prune(
    kernel: Weights, vectors: Sequence[Weights], following: Weights, n_keep: int
) -> tuple[Weights, tuple[Weights, ...], Weights]:
    """Keep the strongest filters of one layer, and what the next layer reads of them.

    Args:
        kernel: (height, width, n_in, n_filters).
        vectors: arrays of (n_filters,) that belong to the filters: a bias, or the four arrays of a
            batch normalization.
        following: (height, width, n_filters, n_out), or (n_filters, n_out) of a dense layer.
        n_keep: filters to keep.

    Returns:
        The three, smaller; they are copies, and filters keep their order.

    Raises:
        InputError: n_keep is out of range, `following` does not read n_filters channels, or one of
            `vectors` has another length.
    """
    kept = strongest_channels(kernel, n_keep)
    if following.shape[-2] != kernel.shape[-1]:
        raise InputError(
            f"The layer makes {kernel.shape[-1]} channels, and the next one reads "
            f"{following.shape[-2]}: they do not follow each other."
        )
    if wrong := [v.shape for v in vectors if v.shape != (kernel.shape[-1],)]:
        raise InputError(
            f"The layer has {kernel.shape[-1]} filters, and an array that should belong to them "
            f"has the shape {wrong[0]}."
        )
    return kernel[..., kept], tuple(v[kept] for v in vectors), following[..., kept, :]


def smallest_to_zero(weights: Weights, ratio: float) -> Weights:
    """A copy in which the `ratio` smallest by magnitude are 0; the shape stays as it is.

    Raises:
        InputError: ratio is not in [0, 1).

    Source: Han et al. 2015, "Learning both weights and connections", arXiv 1506.02626.
    """
    if not 0 <= ratio < 1:
        raise InputError(f"ratio is {ratio!r}; it is the part that becomes 0, from 0 to below 1.")
    order = np.argsort(np.abs(weights), axis=None, kind="stable")
    zeroed = weights.copy()
    zeroed.reshape(-1)[order[: math.floor(ratio * weights.size)]] = 0
    return zeroed


def pruned_cnn(model: "keras.Model", filters: Sequence[int], *, seed: int = 7) -> "keras.Model":
    """A narrower tiny_cnn that begins with the strongest filters of a trained one.

    Args:
        model: made by models.tiny_cnn.
        filters: how many filters each block keeps.
        seed: of dropout, for training it further, which it needs.

    Raises:
        InputError: more filters than there are, another number of blocks, or another network.
    """
    n_blocks = _n_blocks(model)
    if len(filters) != n_blocks:
        raise InputError(f"{model.name} has {n_blocks} blocks, and filters names {len(filters)}.")
    kernels = [_values(model.get_layer(f"conv_{i}"))[0] for i in range(n_blocks)]
    norms = [_values(model.get_layer(f"conv_{i}_norm")) for i in range(n_blocks)]
    dense, bias = _values(model.get_layer("scores"))
    for i, n_keep in enumerate(filters):
        following = kernels[i + 1] if i + 1 < n_blocks else dense
        kernels[i], kept, following = channel_prune(kernels[i], norms[i], following, n_keep)
        norms[i] = list(kept)
        if i + 1 < n_blocks:
            kernels[i + 1] = following
        else:
            dense = following
    smaller = tiny_cnn(model.input_shape[1:], model.output_shape[-1], filters=filters, seed=seed)
    for i in range(n_blocks):
        smaller.get_layer(f"conv_{i}").set_weights([kernels[i]])
        smaller.get_layer(f"conv_{i}_norm").set_weights(norms[i])
    smaller.get_layer("scores").set_weights([dense, bias])
    return smaller


def _n_blocks(model: "keras.Model") -> int:
    check_keras_model(model)
    names = {layer.name for layer in model.layers}
    n_blocks = sum(re.fullmatch(r"conv_\d+", name) is not None for name in names)
    needed = {f"conv_{i}{end}" for i in range(n_blocks) for end in ("", "_norm")} | {"scores"}
    if not n_blocks or needed - names:
        raise InputError(
            f"{model.name} is no tiny_cnn: it has no layer {min(needed - names, default='conv_0')}."
        )
    return n_blocks


def _values(layer: Any) -> list[Weights]:
    """Copies of the weights, in Keras' order."""
    return [variable.value.numpy().copy() for variable in layer.weights]
