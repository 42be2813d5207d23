"""The parts that kernel calls are put together from: struct fields, tables, pointers."""

import math

import numpy as np
from numpy.typing import NDArray

from tinymledu.codegen.records import Argument, Number, Table
from tinymledu.errors import QuantizationError, UnsupportedModelError
from tinymledu.graph.fixed_point import FixedPoint, activation_range
from tinymledu.graph.geometry import window_extent
from tinymledu.graph.ir import (
    Activation,
    Conv2DOptions,
    DepthwiseConv2DOptions,
    Graph,
    Op,
    PoolOptions,
    Quantization,
    Tensor,
)

C_TYPES = {"int8": "int8_t", "int16": "int16_t", "float32": "float"}

SlidingOptions = Conv2DOptions | DepthwiseConv2DOptions | PoolOptions


def geometry_fields(
    options: SlidingOptions, inputs: Tensor, window: tuple[int, int]
) -> dict[str, Number]:
    """The struct tk_geometry, for pictures (1, height, width, channels) and a window in taps."""
    _, input_height, input_width, _ = inputs.shape
    dilation_height, dilation_width = _dilation(options)
    rows = window_extent(
        input_height,
        n_filter=window[0],
        stride=options.stride_height,
        dilation=dilation_height,
        padding=options.padding,
    )
    columns = window_extent(
        input_width,
        n_filter=window[1],
        stride=options.stride_width,
        dilation=dilation_width,
        padding=options.padding,
    )
    return {
        "geometry.input_height": input_height,
        "geometry.input_width": input_width,
        "geometry.output_height": rows.output,
        "geometry.output_width": columns.output,
        "geometry.filter_height": window[0],
        "geometry.filter_width": window[1],
        "geometry.stride_height": options.stride_height,
        "geometry.stride_width": options.stride_width,
        "geometry.dilation_height": dilation_height,
        "geometry.dilation_width": dilation_width,
        "geometry.pad_top": rows.before,
        "geometry.pad_left": columns.before,
    }


def _dilation(options: SlidingOptions) -> tuple[int, int]:
    if isinstance(options, PoolOptions):
        return 1, 1
    return options.dilation_height, options.dilation_width


def reduced_extents(graph: Graph, op: Op) -> tuple[int, int, int]:
    """What MEAN and REDUCE_MAX read as [outer][reduced][inner]: the three extents.

    Raises:
        UnsupportedModelError: the reduced axes are not neighbours.
    """
    shape = input_of(graph, op, 0).shape
    axes = sorted({int(axis) % len(shape) for axis in data_of(input_of(graph, op, 1)).ravel()})
    if not axes or axes != list(range(axes[0], axes[-1] + 1)):
        raise UnsupportedModelError(
            f"{op.kind} #{op.index} reduces the axes {axes}; the C kernel reduces neighbouring "
            "axes, such as 1 and 2 of (batch, height, width, channels)."
        )
    first, end = axes[0], axes[-1] + 1
    return math.prod(shape[:first]), math.prod(shape[first:end]), math.prod(shape[end:])


def output_stage_fields(
    inputs: Tensor, output: Tensor, activation: Activation
) -> dict[str, Number]:
    """The fields that all layers with weights have after their shapes."""
    low, high = activation_range(activation, quantization_of(output), output.dtype)
    return {
        "input_zero_point": quantization_of(inputs).zero_point,
        "output_zero_point": quantization_of(output).zero_point,
        "output_min": low,
        "output_max": high,
    }


def weight_tables(
    weights: NDArray[np.generic],
    bias: Tensor | None,
    factors: tuple[FixedPoint, ...],
    n_outputs: int,
) -> tuple[Table, ...]:
    """Weights as the kernel reads them, bias, and a factor for each output.

    One factor for all weights is repeated for each output.
    """
    each = factors * n_outputs if len(factors) == 1 else factors
    tables = [Table("weights", "int8_t", weights)]
    if bias is not None:
        tables.append(Table("bias", f"{bias.dtype}_t", data_of(bias)))
    multipliers = np.array([factor.multiplier for factor in each], np.int32)
    shifts = np.array([factor.shift for factor in each], np.int8)
    tables.append(Table("multipliers", "int32_t", multipliers))
    tables.append(Table("shifts", "int8_t", shifts))
    return tuple(tables)


def four_side_by_side(weights: NDArray[np.generic]) -> NDArray[np.generic]:
    """(outputs, ...) to (outputs / 4, ..., 4): one weight of four outputs, then the next.

    Where outputs is not a multiple of 4, zeros fill the last four up.
    """
    missing = -len(weights) % 4
    filled = np.pad(weights, [(0, missing)] + [(0, 0)] * (weights.ndim - 1))
    return np.moveaxis(filled.reshape(-1, 4, *weights.shape[1:]), 1, -1)


def check_accumulator(
    op: Op, weights: NDArray[np.generic], bias: Tensor | None, inputs: Quantization
) -> None:
    """weights: (outputs, weights of one output). No input may drive a sum out of int32."""
    largest_input = max(127 - inputs.zero_point, 128 + inputs.zero_point)
    sums = largest_input * np.abs(weights.astype(np.int64)).sum(axis=1)
    if bias is not None:
        sums += np.abs(data_of(bias).astype(np.int64))
    worst = int(sums.max())
    if worst >= 2**31:
        raise QuantizationError(
            f"{op.kind} #{op.index} could reach a sum of {worst:,} for some input; its int32 "
            f"accumulator holds {2**31 - 1:,}. Fewer inputs for each output will help."
        )


def arguments(graph: Graph, op: Op, n_inputs: int = 1) -> tuple[Argument, ...]:
    """Pointers to the first inputs, which are activations, and to the output."""
    pointers = []
    for position in range(n_inputs):
        tensor = input_of(graph, op, position)
        pointers.append(Argument(f"const {C_TYPES[tensor.dtype]}", tensor.index))
    output = output_of(graph, op)
    return (*pointers, Argument(C_TYPES[output.dtype], output.index))


def input_of(graph: Graph, op: Op, position: int) -> Tensor:
    return graph.tensors[op.inputs[position]]


def output_of(graph: Graph, op: Op) -> Tensor:
    return graph.tensors[op.outputs[0]]


def bias_of(graph: Graph, op: Op) -> Tensor | None:
    absent = len(op.inputs) < 3 or op.inputs[2] < 0
    return None if absent else input_of(graph, op, 2)


def quantization_of(tensor: Tensor) -> Quantization:
    assert tensor.quantization is not None  # check_runnable has seen to it
    return tensor.quantization


def data_of(tensor: Tensor) -> NDArray[np.generic]:
    assert tensor.data is not None  # check_runnable has seen to it
    return tensor.data


def activation_note(activation: Activation) -> str:
    return "" if activation == "NONE" else f"then {activation}"


def sliding_note(options: SlidingOptions, window: tuple[int, int]) -> str:
    parts = [
        f"window {window[0]}x{window[1]}",
        f"stride {options.stride_height}x{options.stride_width}",
        f"padding {options.padding}",
    ]
    if _dilation(options) != (1, 1):
        parts.append("dilation {}x{}".format(*_dilation(options)))
    return ", ".join([*parts, *filter(None, [activation_note(options.activation)])])
