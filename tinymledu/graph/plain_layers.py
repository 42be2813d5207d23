"""One layer as plain arrays and numbers, and the few lines that compute it.

What stands in a .tflite file is spread over tensors, options and scales. `plain_layer` gathers what
the integer arithmetic needs, so that a student can write it; the three functions below are that
arithmetic at its shortest, for any rule of rounding. reference_operators.py has the whole of it.
"""

from collections.abc import Callable
from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray

from tinymledu.errors import UnsupportedModelError
from tinymledu.graph.fixed_point import activation_range, convolution_multipliers
from tinymledu.graph.geometry import window_extent
from tinymledu.graph.ir import (
    Conv2DOptions,
    DepthwiseConv2DOptions,
    FullyConnectedOptions,
    Graph,
    Op,
)
from tinymledu.graph.reference_parts import bias_of, data_of, output_of, quantization_of, tensor_at

Array = NDArray[Any]
Codes = NDArray[np.int8]
Requantize = Callable[[Array, Array, Array], Array]  # (acc, multipliers, shifts) to output steps

_KINDS = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED")
_AXIS_OF_FILTERS = {"CONV_2D": 0, "DEPTHWISE_CONV_2D": -1, "FULLY_CONNECTED": 0}


class PlainLayer(TypedDict):
    """A layer with weights. A dict, because it also travels to graded notebooks, as plain values.

    weights: int8; CONV_2D (filters, height, width, channels), DEPTHWISE_CONV_2D (height, width,
        filters) with one filter for each channel, FULLY_CONNECTED (units, inputs).
    bias: (filters,) int32. padding: pixels (above, below) and (left, right).
    factors: (filters,) float64, s_in * s_weight / s_out, no unit; the same as `multipliers`, int64,
        times 2**(shifts - 31).
    low, high: the codes between which the fused activation keeps the output.
    """

    kind: str
    weights: Codes
    bias: NDArray[np.int32]
    input_zero_point: int
    output_zero_point: int
    factors: NDArray[np.float64]
    multipliers: NDArray[np.int64]
    shifts: NDArray[np.int64]
    strides: tuple[int, int]
    padding: tuple[tuple[int, int], tuple[int, int]]
    low: int
    high: int


def plain_layer(graph: Graph, op: Op) -> PlainLayer:
    """What the arithmetic of one int8 operator needs.

    Raises:
        UnsupportedModelError: another kind of operator, activations that are not int8, a dilation,
            or more than one filter for each channel of DEPTHWISE_CONV_2D.
    """
    if op.kind not in _KINDS:
        raise UnsupportedModelError(
            f"{op.kind} #{op.index} is no layer with weights; these are: {', '.join(_KINDS)}."
        )
    inputs, weights, output = tensor_at(graph, op, 0), tensor_at(graph, op, 1), output_of(graph, op)
    if inputs.dtype != "int8":
        raise UnsupportedModelError(f"{op.kind} #{op.index} reads {inputs.dtype}; int8 is needed.")
    quantizations = quantization_of(inputs), quantization_of(weights), quantization_of(output)
    data = data_of(weights)
    n_filters = data.shape[_AXIS_OF_FILTERS[op.kind]]
    fixed = np.array(convolution_multipliers(*quantizations), np.int64)
    strides, padding = _geometry(op, inputs.shape, data.shape)
    assert isinstance(op.options, Conv2DOptions | DepthwiseConv2DOptions | FullyConnectedOptions)
    low, high = activation_range(op.options.activation, quantizations[2])
    scales = np.array(quantizations[1].scales)
    factors = quantizations[0].scale * scales / quantizations[2].scale
    return PlainLayer(
        kind=op.kind,
        weights=(data[0] if op.kind == "DEPTHWISE_CONV_2D" else data).astype(np.int8),
        bias=np.broadcast_to(bias_of(graph, op), (n_filters,)).astype(np.int32),
        input_zero_point=quantizations[0].zero_point,
        output_zero_point=quantizations[2].zero_point,
        factors=np.broadcast_to(factors, (n_filters,)).copy(),
        multipliers=np.broadcast_to(fixed[:, 0], (n_filters,)).copy(),
        shifts=np.broadcast_to(fixed[:, 1], (n_filters,)).copy(),
        strides=strides,
        padding=padding,
        low=low,
        high=high,
    )


def convolution(x: Codes, layer: PlainLayer, requantize: Requantize) -> Codes:
    """CONV_2D: x (n, height, width, channels) to (n, rows, columns, filters).

    Padding stands for real zero, whose code is the zero point: 0 once that is subtracted.
    """
    weights = layer["weights"].astype(np.int64)
    acc = sum(
        tap @ weights[:, row, column].T for row, column, tap in _taps(x, layer, weights.shape[1:3])
    )
    return to_codes(acc + layer["bias"], layer, requantize)


def depthwise(x: Codes, layer: PlainLayer, requantize: Requantize) -> Codes:
    """DEPTHWISE_CONV_2D: as `convolution`, but filter i reads channel i only."""
    weights = layer["weights"].astype(np.int64)
    acc = sum(tap * weights[row, column] for row, column, tap in _taps(x, layer, weights.shape[:2]))
    return to_codes(acc + layer["bias"], layer, requantize)


def fully_connected(x: Codes, layer: PlainLayer, requantize: Requantize) -> Codes:
    """FULLY_CONNECTED: x, in rows of as many codes as a unit has weights, to (rows, units)."""
    weights = layer["weights"].astype(np.int64)
    rows = x.reshape(-1, weights.shape[1]).astype(np.int64)
    acc = (rows - layer["input_zero_point"]) @ weights.T
    return to_codes(acc + layer["bias"], layer, requantize)


def to_codes(acc: Array, layer: PlainLayer, requantize: Requantize) -> Codes:
    """From accumulators (..., filters) to the output's codes."""
    steps = requantize(acc, layer["multipliers"], layer["shifts"])
    codes: Codes = np.clip(steps + layer["output_zero_point"], layer["low"], layer["high"]).astype(
        np.int8
    )
    return codes


def _taps(x: Codes, layer: PlainLayer, window: tuple[int, ...]) -> list[tuple[int, int, Array]]:
    """(row, column, inputs that this place of the filter meets), for each place of the filter."""
    centred = x.astype(np.int64) - layer["input_zero_point"]
    padded = np.pad(centred, ((0, 0), *layer["padding"], (0, 0)))
    down, right = layer["strides"]
    rows = (padded.shape[1] - window[0]) // down + 1
    columns = (padded.shape[2] - window[1]) // right + 1
    return [
        (
            row,
            column,
            padded[
                :,
                row : row + (rows - 1) * down + 1 : down,
                column : column + (columns - 1) * right + 1 : right,
            ],
        )
        for row in range(window[0])
        for column in range(window[1])
    ]


def _geometry(
    op: Op, inputs: tuple[int, ...], weights: tuple[int, ...]
) -> tuple[tuple[int, int], tuple[tuple[int, int], tuple[int, int]]]:
    """Strides and padding, rows first."""
    options = op.options
    if not isinstance(options, Conv2DOptions | DepthwiseConv2DOptions):
        return (1, 1), ((0, 0), (0, 0))
    if (options.dilation_height, options.dilation_width) != (1, 1):
        raise UnsupportedModelError(
            f"{op.kind} #{op.index} is dilated; as a plain layer only dilation 1 can be had."
        )
    if isinstance(options, DepthwiseConv2DOptions) and options.depth_multiplier != 1:
        raise UnsupportedModelError(
            f"{op.kind} #{op.index} has {options.depth_multiplier} filters for each channel; as a "
            "plain layer only 1 can be had."
        )
    strides = (options.stride_height, options.stride_width)
    rows, columns = (
        window_extent(
            inputs[1 + k],
            n_filter=weights[1 + k],
            stride=strides[k],
            dilation=1,
            padding=options.padding,
        )
        for k in (0, 1)
    )
    return strides, ((rows.before, rows.after), (columns.before, columns.after))
