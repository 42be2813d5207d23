"""Training that already feels the rounding: fake quantization with a straight-through gradient.

Weights are rounded to their grid on the way forward and stay float underneath. Rounding has a
slope of 0 almost everywhere, so nothing would be learned; backward it counts as slope 1.

A kernel gets one scale for each filter. The batch normalization behind it multiplies each filter
by one number, which changes the scale and not the codes: so the codes are those of the converter,
which folds first and quantizes then.

Source: Jacob et al. 2017, arXiv 1712.05877, section 3; the straight-through gradient is of Bengio
et al. 2013, arXiv 1308.3432.
"""

import functools
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tinymledu.errors import InputError
from tinymledu.models.framework import load_keras
from tinymledu.models.scores import check_keras_model

if TYPE_CHECKING:
    import keras

TOP_MOMENTUM = 0.9  # of the largest activation, as of the batch normalization in models
FEWEST_BITS, MOST_BITS = 2, 16


def fake_quantize(weights: NDArray[np.floating[Any]], bits: int) -> NDArray[np.float64]:
    """Weights on the grid of `bits`: symmetric, a scale for each index of the last axis.

    scale = max|w| / (2**(bits - 1) - 1); the result is scale * round(w / scale), halves to even.
    Of 8 bits, 255 codes are used, of 4 bits 15.

    Raises:
        InputError: bits is not between 2 and 16.
    """
    _check_bits(bits)
    values = np.asarray(weights, np.float64)
    top = np.abs(values).reshape(-1, values.shape[-1]).max(axis=0)
    scale = np.where(top > 0, top, 1.0) / _largest_code(bits)
    return np.round(values / scale) * scale


def with_fake_quant(
    model: "keras.Model", *, weight_bits: int = 8, activation_bits: int = 8
) -> "keras.Model":
    """The same network with rounding in every convolution, dense layer and ReLU, to train further.

    Take the result back by `without_fake_quant`.

    Args:
        model: with Conv2D, Dense and ReLU layers, such as models.tiny_cnn; it is left as it is.

    Raises:
        InputError: bits are not between 2 and 16, or `model` is no Keras model.
    """
    _check_bits(weight_bits)
    _check_bits(activation_bits)
    check_keras_model(model)
    keras = load_keras()
    convolution, dense, relu = _layer_classes()

    def replaced(layer: Any) -> Any:
        settings = layer.get_config()
        if type(layer) is keras.layers.Conv2D:
            return convolution(**settings, bits=weight_bits)
        if type(layer) is keras.layers.Dense:
            return dense(**settings, bits=weight_bits)
        if type(layer) is keras.layers.ReLU:
            return relu(name=layer.name, bits=activation_bits)
        return type(layer).from_config(settings)

    rounded = keras.models.clone_model(model, clone_function=replaced)
    _copy_weights(model, rounded)
    return rounded


def without_fake_quant(
    rounded: "keras.Model", model: "keras.Model", *, weight_bits: int | None = None
) -> "keras.Model":
    """A copy of `model` with the weights that `rounded` learned.

    Args:
        weight_bits: put the weights on the grid of so many bits; None: leave them as learned, for
            the converter to round.
    """
    keras = load_keras()
    plain = keras.models.clone_model(model)
    _copy_weights(rounded, plain)
    if weight_bits is not None:
        round_weights(plain, weight_bits)
    return plain


def round_weights(model: "keras.Model", bits: int) -> None:
    """Put the kernels of `model` on the grid of `bits`, in place; biases and the rest stay."""
    for layer in model.layers:
        if hasattr(layer, "kernel"):
            layer.kernel.assign(fake_quantize(layer.kernel.value.numpy(), bits).astype(np.float32))


def _copy_weights(source: "keras.Model", target: "keras.Model") -> None:
    """By name of layer; what only one of the two has (the tops of activations) is left alone."""
    for layer in target.layers:
        theirs = source.get_layer(layer.name).weights
        for mine, other in zip(layer.weights, theirs, strict=False):
            mine.assign(other.value)


def _check_bits(bits: int) -> None:
    if not FEWEST_BITS <= bits <= MOST_BITS:
        raise InputError(f"bits is {bits!r}; give {FEWEST_BITS} to {MOST_BITS}.")


def _largest_code(bits: int) -> int:
    return int(2 ** (bits - 1) - 1)


@functools.cache
def _layer_classes() -> tuple[Any, Any, Any]:
    """Convolution, dense and ReLU with rounding. Made on first use, because they need Keras."""
    keras = load_keras()
    ops, layers = keras.ops, keras.layers

    def straight_through(exact: Any, rounded: Any) -> Any:
        """`rounded` on the way forward; on the way back, the slope of `exact`."""
        return exact + ops.stop_gradient(rounded - exact)

    def rounded_kernel(kernel: Any, bits: int) -> Any:
        top = ops.max(ops.abs(kernel), axis=tuple(range(len(kernel.shape) - 1)), keepdims=True)
        scale = ops.maximum(top, 1e-12) / _largest_code(bits)
        return straight_through(kernel, ops.round(kernel / scale) * scale)

    class RoundedConv2D(layers.Conv2D):  # type: ignore[misc, name-defined]  # keras has no types
        def __init__(self, *, bits: int, **settings: Any) -> None:
            super().__init__(**settings)
            self.bits = bits

        def convolution_op(self, inputs: Any, kernel: Any) -> Any:
            return super().convolution_op(inputs, rounded_kernel(kernel, self.bits))

    class RoundedDense(layers.Dense):  # type: ignore[misc, name-defined]  # keras has no types
        def __init__(self, *, bits: int, **settings: Any) -> None:
            super().__init__(**settings)
            self.bits = bits

        def call(self, inputs: Any) -> Any:
            kernel = rounded_kernel(self.kernel, self.bits)
            return self.activation(ops.matmul(inputs, kernel) + self.bias)

    class RoundedReLU(layers.Layer):  # type: ignore[misc, name-defined]  # keras has no types
        """Codes from 0 to 2**bits - 1 between 0 and a slow average of the largest value."""

        def __init__(self, *, bits: int, **settings: Any) -> None:
            super().__init__(**settings)
            self.bits = bits
            self.top = self.add_weight(
                shape=(), initializer=keras.initializers.Constant(-1.0), trainable=False, name="top"
            )

        def call(self, inputs: Any, training: Any = None) -> Any:
            if training:
                seen = ops.max(inputs)
                slow = TOP_MOMENTUM * self.top + (1 - TOP_MOMENTUM) * seen
                self.top.assign(ops.where(self.top < 0, seen, slow))  # the first sight counts
            top = ops.maximum(self.top, 1e-6)
            # Below 0 and above the top the slope is 0, as of any clipping.
            clipped = ops.minimum(ops.relu(inputs), top)
            scale = top / (2**self.bits - 1)
            return straight_through(clipped, ops.round(clipped / scale) * scale)

    return RoundedConv2D, RoundedDense, RoundedReLU
