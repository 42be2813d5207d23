"""Kernel calls of the operators that take one code after the other; see layers.py."""

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from tinymledu.codegen.parts import (
    activation_note,
    arguments,
    data_of,
    input_of,
    output_of,
    quantization_of,
)
from tinymledu.codegen.records import Argument, ArgumentList, KernelCall, Number, Table
from tinymledu.graph.fixed_point import (
    activation_range,
    add_parameters,
    mul_multiplier,
    rescale_multiplier,
)
from tinymledu.graph.ir import (
    AddOptions,
    ConcatenationOptions,
    Graph,
    MulOptions,
    Op,
    SubOptions,
    Tensor,
)
from tinymledu.graph.lookup_tables import lookup_table

MAX_AXES = 3  # of tk_broadcast

Shape = tuple[int, ...]


def add_sub_call(graph: Graph, op: Op) -> KernelCall:
    """SUB, and ADD of inputs that differ in shape or are constant."""
    assert isinstance(op.options, AddOptions | SubOptions)
    output = quantization_of(output_of(graph, op))
    pair = [input_of(graph, op, position) for position in (0, 1)]
    factors = add_parameters(quantization_of(pair[0]), quantization_of(pair[1]), output)
    terms = [(pair[0], factors.input_1, 1), (pair[1], factors.input_2, _second_sign(op))]
    terms.sort(key=lambda term: term[0].data is not None)
    low, high = activation_range(op.options.activation, output)
    fields: dict[str, Number] = _broadcast_fields(terms[0][0], terms[1][0], output_of(graph, op))
    for name, (tensor, factor, sign) in zip(("first", "second"), terms, strict=True):
        fields |= {
            f"{name}.zero_point": quantization_of(tensor).zero_point,
            f"{name}.multiplier": factor.multiplier,
            f"{name}.shift": factor.shift,
            f"{name}.sign": sign,
        }
    fields |= {
        "output_zero_point": output.zero_point,
        "output_multiplier": factors.output.multiplier,
        "output_shift": factors.output.shift,
        "output_min": low,
        "output_max": high,
    }
    return _combining_call(graph, op, "add_sub", fields, activation_note(op.options.activation))


def _second_sign(op: Op) -> int:
    return -1 if op.kind == "SUB" else 1


def _mul(graph: Graph, op: Op) -> KernelCall:
    assert isinstance(op.options, MulOptions)
    output = quantization_of(output_of(graph, op))
    pair = [input_of(graph, op, position) for position in (0, 1)]
    factor = mul_multiplier(quantization_of(pair[0]), quantization_of(pair[1]), output)
    first, second = sorted(pair, key=lambda tensor: tensor.data is not None)
    low, high = activation_range(op.options.activation, output)
    fields: dict[str, Number] = {
        **_broadcast_fields(first, second, output_of(graph, op)),
        "first_zero_point": quantization_of(first).zero_point,
        "second_zero_point": quantization_of(second).zero_point,
        "output_zero_point": output.zero_point,
        "multiplier": factor.multiplier,
        "shift": factor.shift,
        "output_min": low,
        "output_max": high,
    }
    return _combining_call(graph, op, "mul", fields, activation_note(op.options.activation))


def _prelu(graph: Graph, op: Op) -> KernelCall:
    inputs, slopes, output = input_of(graph, op, 0), input_of(graph, op, 1), output_of(graph, op)
    quantization = quantization_of(output)
    above = rescale_multiplier(quantization_of(inputs), quantization)
    below = mul_multiplier(quantization_of(inputs), quantization_of(slopes), quantization)
    fields: dict[str, Number] = {
        **_broadcast_fields(inputs, slopes, output),
        "input_zero_point": quantization_of(inputs).zero_point,
        "slope_zero_point": quantization_of(slopes).zero_point,
        "output_zero_point": quantization.zero_point,
        "multiplier": above.multiplier,
        "shift": above.shift,
        "slope_multiplier": below.multiplier,
        "slope_shift": below.shift,
    }
    return KernelCall(
        kernel="tk_prelu_s8",
        fields=fields,
        tables=(Table("slopes", "int8_t", data_of(slopes)),),
        arguments=arguments(graph, op),
        clearances=(0 if inputs.n_elements == output.n_elements else None,),
    )


def _combining_call(
    graph: Graph, op: Op, name: str, fields: Mapping[str, Number], note: str
) -> KernelCall:
    """tk_<name>_s8, or tk_<name>_constant_s8, whose struct holds that of the other."""
    pair = [input_of(graph, op, position) for position in (0, 1)]
    n_outputs = output_of(graph, op).n_elements
    clearances = tuple(0 if tensor.n_elements == n_outputs else None for tensor in pair)
    constants = [tensor for tensor in pair if tensor.data is not None]
    if not constants:
        return KernelCall(
            kernel=f"tk_{name}_s8",
            fields=fields,
            arguments=arguments(graph, op, n_inputs=2),
            note=note,
            clearances=clearances,
        )
    activations = [tensor for tensor in pair if tensor.data is None]
    return KernelCall(
        kernel=f"tk_{name}_constant_s8",
        fields={f"{name}.{field}": value for field, value in fields.items()},
        tables=(Table("constant", "int8_t", data_of(constants[0])),),
        arguments=(
            Argument("const int8_t", activations[0].index),
            Argument("int8_t", output_of(graph, op).index),
        ),
        note=note,
        clearances=clearances,
    )


def _broadcast_fields(first: Tensor, second: Tensor, output: Tensor) -> dict[str, Number]:
    """The struct tk_broadcast."""
    axes = _merged_axes(first.shape, second.shape, output.shape)
    missing = MAX_AXES - len(axes)
    extents = tuple(axis.extent for axis in axes)
    first_steps = _steps(extents, [axis.repeats_first for axis in axes])
    second_steps = _steps(extents, [axis.repeats_second for axis in axes])
    return {
        "broadcast.shape": (1,) * missing + extents,
        "broadcast.first_steps": (0,) * missing + first_steps,
        "broadcast.second_steps": (0,) * missing + second_steps,
    }


class _Axis(NamedTuple):
    """Neighbouring axes of the output along which the same inputs are repeated."""

    extent: int
    repeats_first: bool
    repeats_second: bool


def _merged_axes(first: Shape, second: Shape, output: Shape) -> list[_Axis]:
    """The axes of the output, as few as possible; those of extent 1 do not count."""
    rank = len(output)
    axes: list[_Axis] = []
    for extent, *pair in zip(output, _filled(first, rank), _filled(second, rank), strict=True):
        if extent == 1:
            continue
        repeats = (pair[0] == 1, pair[1] == 1)
        before = axes.pop().extent if axes and axes[-1][1:] == repeats else 1
        axes.append(_Axis(before * extent, *repeats))
    return axes


def _filled(shape: Shape, rank: int) -> Shape:
    return (1,) * (rank - len(shape)) + shape


def _steps(extents: Shape, repeats: list[bool]) -> Shape:
    """How far apart two neighbours along each axis lie; 0 along an axis that is repeated."""
    steps: list[int] = []
    step = 1
    for extent, is_repeated in zip(reversed(extents), reversed(repeats), strict=True):
        steps.insert(0, 0 if is_repeated else step)
        step *= 1 if is_repeated else extent
    return tuple(steps)


def _concatenation(graph: Graph, op: Op) -> KernelCall:
    assert isinstance(op.options, ConcatenationOptions)
    shapes = [graph.tensors[index].shape for index in op.inputs]
    axis = op.options.axis % len(shapes[0])
    n_values = np.array([math.prod(shape[axis:]) for shape in shapes], np.int32)
    return KernelCall(
        kernel="tk_concatenation_s8",
        fields={"n_outer": math.prod(shapes[0][:axis]), "n_inputs": len(shapes)},
        tables=(Table("n_values", "int32_t", n_values),),
        arguments=(
            ArgumentList("const int8_t", op.inputs),
            Argument("int8_t", output_of(graph, op).index),
        ),
        note=f"along axis {axis}",
    )


def lookup_call(graph: Graph, op: Op) -> KernelCall:
    return KernelCall(
        kernel="tk_lookup_s8",
        fields={"n_values": output_of(graph, op).n_elements},
        tables=(Table("table", "int8_t", lookup_table(graph, op)),),
        arguments=arguments(graph, op),
        clearances=(0,),
    )


ELEMENTWISE_CALLS: Mapping[str, Callable[[Graph, Op], KernelCall]] = {
    "CONCATENATION": _concatenation,
    "ELU": lookup_call,
    "HARD_SWISH": lookup_call,
    "LEAKY_RELU": lookup_call,
    "LOGISTIC": lookup_call,
    "MAXIMUM": lookup_call,
    "MINIMUM": lookup_call,
    "MUL": _mul,
    "NEG": lookup_call,
    "PRELU": _prelu,
    "SQUARE": lookup_call,
    "SUB": add_sub_call,
    "TANH": lookup_call,
}
