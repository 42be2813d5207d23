"""What the functions of reference_operators.py and its siblings have in common."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinymledu.graph.fixed_point import (
    FixedPoint,
    IntArray,
    activation_range,
    requantize,
    requantize_wide,
    wrap_int32,
)
from tinymledu.graph.ir import Activation, Graph, Op, Quantization, Tensor

Array = NDArray[Any]
Codes = NDArray[np.int8]


def to_output(
    acc: Array, factors: tuple[FixedPoint, ...], activation: Activation, output: Tensor
) -> Codes:
    """From an accumulator to output codes; one factor, or one for each index of the last axis."""
    multipliers, shifts = np.array(factors, np.int64).T
    scaled = requantize(wrap_int32(acc.astype(np.int64, copy=False)), multipliers, shifts)
    return clamp(scaled + quantization_of(output).zero_point, activation, output)


def sum_to_output(
    acc: Array, factors: tuple[FixedPoint, ...], activation: Activation, output: Tensor
) -> Codes:
    """`to_output` for sums of products with weights, which for int16 are int64, rounded once."""
    if output.dtype == "int8":
        return to_output(acc, factors, activation, output)
    multipliers, shifts = np.array(factors, np.int64).T
    return clamp(requantize_wide(acc, multipliers, shifts), activation, output)


def clamp(codes: Array, activation: Activation, output: Tensor) -> Codes:
    """The codes between those that the fused activation allows."""
    low, high = activation_range(activation, quantization_of(output), output.dtype)
    # Not np.clip: where low > high, min after max gives high, as the kernels do.
    clamped: Codes = np.minimum(np.maximum(codes, low), high).astype(output.dtype)
    return clamped


def tensor_at(graph: Graph, op: Op, position: int) -> Tensor:
    return graph.tensors[op.inputs[position]]


def output_of(graph: Graph, op: Op) -> Tensor:
    return graph.tensors[op.outputs[0]]


def quantization_of(tensor: Tensor) -> Quantization:
    assert tensor.quantization is not None, "check_runnable has seen it"
    return tensor.quantization


def data_of(tensor: Tensor) -> Array:
    assert tensor.data is not None, "check_runnable has seen it"
    return tensor.data


def bias_of(graph: Graph, op: Op) -> IntArray | int:
    if len(op.inputs) < 3 or op.inputs[2] < 0:
        return 0
    return data_of(tensor_at(graph, op, 2)).astype(np.int64)
