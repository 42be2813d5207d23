"""Training that already feels the rounding: fake quantization with a straight-through gradient.

Weights are rounded to their grid on the way forward and stay float underneath. Rounding has a
slope of 0 almost everywhere, so nothing would be learned; backward it counts as slope 1.

A kernel gets one scale for each filter. The batch normalization behind it multiplies each filter
by one number, which changes the scale and not the codes: so the codes are those of the converter,
which folds first and quantizes then.

Source: Jacob et al. 2017, arXiv 1712.05877, section 3; the straight-through gradient is of Bengio
et al. 2013, arXiv 1308.3432.
"""

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tinymledu.compress.rounded_layers import FILTER_AXES, rounded_layer
from tinymledu.errors import InputError
from tinymledu.graph.affine import code_limits, symmetric_scales
from tinymledu.models.framework import load_keras
from tinymledu.models.scores import check_keras_model

if TYPE_CHECKING:
    import keras

# Layers with no kernel to round and no curve of their own. What an Add or a normalization gives is
# rounded by the ReLU behind it; scores are not rounded.
PASSED_ON = (
    "InputLayer", "BatchNormalization", "MaxPooling2D", "AveragePooling2D", "GlobalMaxPooling2D",
    "GlobalAveragePooling2D", "Flatten", "Reshape", "ZeroPadding2D", "Dropout", "Add",
    "Concatenate", "Softmax", "Activation",
)  # fmt: skip
UNROUNDED_ACTIVATIONS = ("linear", "softmax")  # softmax does not change which score is largest


def fake_quantize(
    weights: NDArray[np.floating[Any]], bits: int, *, filter_axes: int = 1
) -> NDArray[np.float64]:
    """Weights on the grid of `bits`: symmetric, with a scale for each filter.

    scale = max|w| / (2**(bits - 1) - 1); the result is scale * round(w / scale), halves to even.
    Of 8 bits, 255 codes are used, of 4 bits 15.

    Args:
        filter_axes: how many of the last axes count the filters: 1, or 2 of DepthwiseConv2D, whose
            kernel is (height, width, n_in, n_filters of each input).

    Raises:
        InputError: bits is not between 2 and 16.
    """
    values = np.asarray(weights, np.float64)
    rows = values.reshape(-1, math.prod(values.shape[-filter_axes:]))
    scales = symmetric_scales(rows, axis=1, bits=bits)
    return (np.round(rows / scales) * scales).reshape(values.shape)


def with_fake_quant(
    model: "keras.Model", *, weight_bits: int = 8, activation_bits: int = 8
) -> "keras.Model":
    """The same network with rounding in every convolution, dense layer and ReLU, to train further.

    Take the result back by `without_fake_quant`.

    Args:
        model: of Conv2D, DepthwiseConv2D, Dense, ReLU and PASSED_ON layers only, such as those in
            models; it is left as it is.

    Raises:
        InputError: bits are not between 2 and 16, `model` is no Keras model, or it has what would
            stay unrounded: another layer, an activation inside a layer (softmax may be there), or
            a ReLU with negative_slope or threshold.
    """
    for bits in (weight_bits, activation_bits):
        code_limits(bits)
    _check_layers(model)

    def replaced(layer: Any) -> Any:
        return rounded_layer(layer, weight_bits=weight_bits, activation_bits=activation_bits)

    rounded = load_keras().models.clone_model(model, clone_function=replaced)
    _copy_weights(model, rounded)
    return rounded


def without_fake_quant(
    rounded: "keras.Model", model: "keras.Model", *, weight_bits: int | None = None
) -> "keras.Model":
    """A copy of `model` with the weights that `rounded` learned.

    Args:
        weight_bits: put the weights on the grid of so many bits; None: leave them as learned, for
            the converter to round.

    Raises:
        InputError: `rounded` was not made from `model`; otherwise as for `round_weights`.
    """
    check_keras_model(rounded)
    check_keras_model(model)
    plain = load_keras().models.clone_model(model)
    _copy_weights(rounded, plain)
    if weight_bits is not None:
        round_weights(plain, weight_bits)
    return plain


def round_weights(model: "keras.Model", bits: int) -> None:
    """Put the kernels of `model` on the grid of `bits`, in place; biases and the rest stay.

    Raises:
        InputError: bits is not between 2 and 16, or `model` is not as `with_fake_quant` takes it.
    """
    _check_layers(model)
    for layer in model.layers:
        axes = FILTER_AXES.get(type(layer).__name__)
        if axes is not None:
            values = fake_quantize(layer.kernel.value.numpy(), bits, filter_axes=axes)
            layer.kernel.assign(values.astype(np.float32))


def _check_layers(model: "keras.Model") -> None:
    """Refuse what would stay unrounded in silence."""
    check_keras_model(model)
    for layer in model.layers:
        kind = type(layer).__name__
        if kind not in (*FILTER_AXES, *PASSED_ON, "ReLU"):
            held = "has weights in" if layer.weights else "has the layer"
            raise InputError(
                f"{model.name} {held} {kind} {layer.name!r}. Fake quantization rounds "
                f"{', '.join(FILTER_AXES)} and ReLU only; build the network from these."
            )
        inside = getattr(getattr(layer, "activation", None), "__name__", "linear")
        if inside not in UNROUNDED_ACTIVATIONS:
            raise InputError(
                f"{kind} {layer.name!r} of {model.name} has its {inside} inside, where it is not "
                "rounded. Put a ReLU layer behind it instead."
            )
        if kind == "ReLU" and (layer.negative_slope or layer.threshold):
            raise InputError(
                f"ReLU {layer.name!r} of {model.name} has negative_slope {layer.negative_slope:g} "
                f"and threshold {layer.threshold:g}; codes from 0 up need 0 and 0."
            )


def _copy_weights(source: "keras.Model", target: "keras.Model") -> None:
    """By name of layer; what only one of the two has (the tops of activations) is left alone."""
    theirs = {layer.name: layer.weights for layer in source.layers}
    for layer in target.layers:
        if not layer.weights:  # such as the input, whose name may be another in a clone
            continue
        pairs = list(zip(layer.weights, theirs.get(layer.name, ()), strict=False))
        if layer.name not in theirs or any(a.shape != b.shape for a, b in pairs):
            raise InputError(
                f"{source.name} has no layer {layer.name!r} with the shapes that {target.name} has "
                "there. Give the network that with_fake_quant made, and the one it was made from."
            )
        for mine, other in pairs:
            mine.assign(other.value)
