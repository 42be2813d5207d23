"""Keras layers that round on their way forward, for fake quantization.

The classes are made on first use, because their bases need Keras.
"""

import functools
from typing import Any

from tinymledu.graph.affine import code_limits
from tinymledu.models.framework import load_keras

TOP_MOMENTUM = 0.9  # of the largest activation, as of the batch normalization in models
SMALLEST_TOP = 1e-12  # in place of 0, for a filter of zeros
SMALLEST_ACTIVATION_TOP = 1e-6

# How many of the last axes of a kernel count its filters, each of which has a scale. The converter
# writes the two of DepthwiseConv2D as one axis, and gives that one the scales.
FILTER_AXES = {"Conv2D": 1, "DepthwiseConv2D": 2, "Dense": 1}


def rounded_layer(layer: Any, *, weight_bits: int, activation_bits: int) -> Any:
    """A new layer like `layer`; it rounds if `layer` is one of FILTER_AXES or a ReLU."""
    kind = type(layer).__name__
    if kind in FILTER_AXES:
        return _kernel_layers()[kind](**layer.get_config(), bits=weight_bits)
    if kind == "ReLU":
        return _relu()(name=layer.name, bits=activation_bits, max_value=layer.max_value)
    return type(layer).from_config(layer.get_config())


def _straight_through(exact: Any, rounded: Any) -> Any:
    """`rounded` on the way forward; on the way back, the slope of `exact`."""
    return exact + load_keras().ops.stop_gradient(rounded - exact)


def _rounded_kernel(kernel: Any, bits: int, *, filter_axes: int) -> Any:
    ops = load_keras().ops
    inside = tuple(range(len(kernel.shape) - filter_axes))
    top = ops.max(ops.abs(kernel), axis=inside, keepdims=True)
    scale = ops.maximum(top, SMALLEST_TOP) / code_limits(bits)[1]
    return _straight_through(kernel, ops.round(kernel / scale) * scale)


@functools.cache
def _kernel_layers() -> dict[str, Any]:
    """By the name of the layer that they stand for."""
    return {
        "Conv2D": _convolution(),
        "DepthwiseConv2D": _depthwise_convolution(),
        "Dense": _dense(),
    }


def _convolution() -> Any:
    layers = load_keras().layers

    class RoundedConv2D(layers.Conv2D):  # type: ignore[misc, name-defined]  # keras has no types
        def __init__(self, *, bits: int, **settings: Any) -> None:
            super().__init__(**settings)
            self.bits = bits

        def convolution_op(self, inputs: Any, kernel: Any) -> Any:
            kernel = _rounded_kernel(kernel, self.bits, filter_axes=FILTER_AXES["Conv2D"])
            return super().convolution_op(inputs, kernel)

    return RoundedConv2D


def _depthwise_convolution() -> Any:
    keras = load_keras()

    class RoundedDepthwiseConv2D(keras.layers.DepthwiseConv2D):  # type: ignore[misc, name-defined]
        def __init__(self, *, bits: int, **settings: Any) -> None:
            super().__init__(**settings)
            self.bits = bits

        def call(self, inputs: Any) -> Any:
            axes = FILTER_AXES["DepthwiseConv2D"]
            outputs = keras.ops.depthwise_conv(
                inputs,
                _rounded_kernel(self.kernel, self.bits, filter_axes=axes),
                strides=self.strides,
                padding=self.padding,
                dilation_rate=self.dilation_rate,
                data_format=self.data_format,
            )
            return self.activation(outputs + self.bias if self.use_bias else outputs)

    return RoundedDepthwiseConv2D


def _dense() -> Any:
    keras = load_keras()

    class RoundedDense(keras.layers.Dense):  # type: ignore[misc, name-defined]
        def __init__(self, *, bits: int, **settings: Any) -> None:
            super().__init__(**settings)
            self.bits = bits

        def call(self, inputs: Any) -> Any:
            kernel = _rounded_kernel(self.kernel, self.bits, filter_axes=FILTER_AXES["Dense"])
            outputs = keras.ops.matmul(inputs, kernel)
            return self.activation(outputs + self.bias if self.use_bias else outputs)

    return RoundedDense


@functools.cache
def _relu() -> Any:
    keras = load_keras()
    ops = keras.ops

    class RoundedReLU(keras.layers.Layer):  # type: ignore[misc, name-defined]
        """Codes from 0 to 2**bits - 1 between 0 and a slow average of the largest value."""

        def __init__(self, *, bits: int, max_value: float | None = None, name: str) -> None:
            super().__init__(name=name)
            self.bits = bits
            self.max_value = max_value
            self.top = self.add_weight(
                shape=(), initializer=keras.initializers.Constant(-1.0), trainable=False, name="top"
            )

        def call(self, inputs: Any, training: Any = None) -> Any:
            if self.max_value is not None:
                inputs = ops.minimum(inputs, self.max_value)
            seen = ops.max(inputs)
            if training:
                slow = TOP_MOMENTUM * self.top + (1 - TOP_MOMENTUM) * seen
                self.top.assign(ops.where(self.top < 0, seen, slow))  # the first sight counts
            top = ops.where(self.top < 0, seen, self.top)
            top = ops.maximum(top, SMALLEST_ACTIVATION_TOP)
            # Below 0 and above the top the slope is 0, as of any clipping.
            clipped = ops.minimum(ops.relu(inputs), top)
            scale = top / (2**self.bits - 1)
            return _straight_through(clipped, ops.round(clipped / scale) * scale)

    return RoundedReLU
