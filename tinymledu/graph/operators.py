"""The one list of operators that run here.

The NumPy interpreter, the arena planner and the C generator rely on what `check_runnable` has seen:
int8 activations of batch 1 with one scale, the types, shapes and constants that the operator needs,
and an output shape that follows from the inputs (operator_checks.py).
"""

from collections.abc import Mapping
from types import MappingProxyType

from tinymledu.errors import QuantizationError, UnsupportedModelError
from tinymledu.graph.fixed_point import (
    add_parameters,
    convolution_multipliers,
    fully_connected_multipliers,
    mul_multiplier,
    rescale_multiplier,
    softmax_parameters,
)
from tinymledu.graph.ir import Graph, Op, SoftmaxOptions
from tinymledu.graph.lookup_tables import lookup_table
from tinymledu.graph.operator_checks import CHECKS, check_activation, check_codes, need, refusal
from tinymledu.graph.refusals import INSTEAD_OF_INT16, LATER_VERSIONS, advice_on_numbers, refused
from tinymledu.graph.structural_checks import STRUCTURAL_CHECKS

# Highest version of each operator whose int8 form is the one implemented here.
VERSIONS: Mapping[str, int] = MappingProxyType(
    {
        "ADD": 2,
        "AVERAGE_POOL_2D": 2,
        "CONCATENATION": 2,
        "CONV_2D": 3,
        "DEPTHWISE_CONV_2D": 3,
        "DEQUANTIZE": 2,
        "ELU": 1,
        "FULLY_CONNECTED": 6,
        "HARD_SWISH": 1,
        "LEAKY_RELU": 2,
        "LOGISTIC": 2,
        "MAXIMUM": 4,
        "MAX_POOL_2D": 2,
        "MEAN": 2,
        "MINIMUM": 4,
        "MUL": 3,
        "NEG": 2,
        "PAD": 2,
        "PRELU": 1,
        "QUANTIZE": 2,
        "REDUCE_MAX": 2,
        "RELU": 2,
        "RELU6": 2,
        "RESHAPE": 1,
        "RESIZE_NEAREST_NEIGHBOR": 3,
        "SLICE": 3,
        "SOFTMAX": 2,
        "SPLIT": 2,
        "SPLIT_V": 2,
        "SQUARE": 2,
        "STRIDED_SLICE": 4,
        "SUB": 2,
        "TANH": 2,
        "TILE": 3,
        "TRANSPOSE": 4,
        "TRANSPOSE_CONV": 4,
        "UNPACK": 2,
    }
)

# Those that run on int16 activations too, with weights in int8 ("16x8").
INT16_KINDS = (
    "AVERAGE_POOL_2D",
    "CONV_2D",
    "DEPTHWISE_CONV_2D",
    "FULLY_CONNECTED",
    "MAX_POOL_2D",
    "RESHAPE",
)
WITH_OPTIONAL_BIAS = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "TRANSPOSE_CONV")
ALL_CHECKS = {**CHECKS, **STRUCTURAL_CHECKS}


def check_runnable(graph: Graph) -> None:
    """Raise UnsupportedModelError, with operator, version and index, where a graph cannot run."""
    unknown = [op for op in graph.ops if op.kind not in VERSIONS]
    if unknown:
        raise UnsupportedModelError(f"{refused(unknown)} These run: {', '.join(VERSIONS)}.")
    for op in graph.ops:
        _check_numbers(graph, op)
    for op in graph.ops:
        if not 1 <= op.version <= VERSIONS[op.kind]:
            later = LATER_VERSIONS.get(op.kind)
            note = f"; {later}" if later else ""
            raise refusal(op, f"versions 1 to {VERSIONS[op.kind]} run here{note}")
        _check_activations(graph, op)
        try:
            ALL_CHECKS[op.kind](graph, op)
            _check_factors(graph, op)
        except QuantizationError as error:
            raise refusal(op, str(error).rstrip(".")) from error
    if len(graph.inputs) != 1 or len(graph.outputs) != 1:
        raise UnsupportedModelError(
            f"Models with one input and one output run here; inputs of this one: "
            f"{len(graph.inputs)}, outputs: {len(graph.outputs)}. In Keras, Concatenate makes one "
            "output of several; several inputs can be the channels of one."
        )
    if not graph.ops:
        raise UnsupportedModelError(
            "This model has no operators that its output depends on. It needs at least one layer."
        )
    if all(graph.outputs[0] not in op.outputs for op in graph.ops):
        raise UnsupportedModelError("This model's output is not computed by any of its operators.")


def _check_numbers(graph: Graph, op: Op) -> None:
    activations = [index for index in op.inputs[: _ARITY[op.kind][2]] if index >= 0]
    for tensor in graph.op_outputs(op):
        types = {tensor.dtype, *(graph.tensors[index].dtype for index in activations)}
        if "int16" in types:
            need(
                op,
                types == {"int16"} and op.kind in INT16_KINDS,
                f"its activations are {' and '.join(sorted(types))}; with int16 (16x8) these run: "
                f"{', '.join(INT16_KINDS)}. {INSTEAD_OF_INT16}",
            )
        elif op.kind != "DEQUANTIZE" and tensor.dtype != "int8":
            raise refusal(
                op,
                f"its result {tensor.name!r} is {tensor.dtype}, and only int8 models run here; "
                f"{_advice(graph, tensor.dtype)}",
            )


def _advice(graph: Graph, dtype: str) -> str:
    results = {tensor.dtype for op in graph.ops for tensor in graph.op_outputs(op)}
    constants = {tensor.dtype for tensor in graph.tensors if tensor.data is not None}
    if dtype == "float32" and "int8" in results:
        return (
            "TensorFlow's converter left it in float32; its name tells the Keras layer, to be "
            "replaced or left out"
        )
    return advice_on_numbers(dtype, int8_weights="int8" in constants and "int8" not in results)


COMBINING = ("ADD", "MUL", "SUB")  # of two inputs, one may be a constant

# How many inputs each operator reads at least and at most, and how many of them are activations.
_ARITY: Mapping[str, tuple[int, int, int]] = {
    "ADD": (2, 2, 2),
    "AVERAGE_POOL_2D": (1, 1, 1),
    "CONCATENATION": (1, 10, 10),
    "CONV_2D": (2, 3, 1),
    "DEPTHWISE_CONV_2D": (2, 3, 1),
    "DEQUANTIZE": (1, 1, 1),
    "ELU": (1, 1, 1),
    "FULLY_CONNECTED": (2, 3, 1),
    "HARD_SWISH": (1, 1, 1),
    "LEAKY_RELU": (1, 1, 1),
    "LOGISTIC": (1, 1, 1),
    "MAXIMUM": (2, 2, 1),
    "MAX_POOL_2D": (1, 1, 1),
    "MEAN": (2, 2, 1),
    "MINIMUM": (2, 2, 1),
    "MUL": (2, 2, 2),
    "NEG": (1, 1, 1),
    "PAD": (2, 2, 1),
    "PRELU": (2, 2, 1),
    "QUANTIZE": (1, 1, 1),
    "REDUCE_MAX": (2, 2, 1),
    "RELU": (1, 1, 1),
    "RELU6": (1, 1, 1),
    "RESHAPE": (1, 1, 1),
    "RESIZE_NEAREST_NEIGHBOR": (2, 2, 1),
    "SLICE": (1, 4, 1),
    "SOFTMAX": (1, 1, 1),
    "SPLIT": (1, 4, 1),
    "SPLIT_V": (1, 4, 1),
    "SQUARE": (1, 1, 1),
    "STRIDED_SLICE": (1, 4, 1),
    "SUB": (2, 2, 2),
    "TANH": (1, 1, 1),
    "TILE": (2, 2, 1),
    "TRANSPOSE": (1, 4, 1),
    "TRANSPOSE_CONV": (2, 3, 1),
    "UNPACK": (1, 4, 1),
}


def _check_activations(graph: Graph, op: Op) -> None:
    low, high, n_activations = _ARITY[op.kind]
    need(op, low <= len(op.inputs) <= high, f"it reads {len(op.inputs)} tensors")
    need(op, len(op.outputs) == 1, f"it writes {len(op.outputs)} tensors")
    for index in op.inputs[:n_activations]:
        need(op, index >= 0, "an input is missing")
        tensor = graph.tensors[index]
        if tensor.data is not None:
            need(op, op.kind in COMBINING, f"its input {index} is a constant")
            check_codes(op, tensor)
        elif op.kind != "QUANTIZE":
            check_activation(op, tensor)
    for index in op.inputs[n_activations:]:
        optional = op.kind in WITH_OPTIONAL_BIAS
        need(op, index >= 0 or optional, "an input is missing")
        need(
            op,
            index < 0 or graph.tensors[index].data is not None,
            f"its input {index} is computed; here it must be a constant",
        )
    if op.kind != "DEQUANTIZE":
        check_activation(op, graph.tensors[op.outputs[0]])


def _check_factors(graph: Graph, op: Op) -> None:
    """The real factors between the scales can be written as integers."""
    quantizations = [
        tensor.quantization
        for tensor in (*graph.op_inputs(op), *graph.op_outputs(op))
        if tensor.quantization is not None and tensor.dtype in ("int8", "int16")
    ]
    match op.kind, quantizations:
        case (("CONV_2D" | "DEPTHWISE_CONV_2D" | "TRANSPOSE_CONV"), [inputs, weights, output]):
            convolution_multipliers(inputs, weights, output)
        case "FULLY_CONNECTED", [inputs, weights, output]:
            fully_connected_multipliers(inputs, weights, output)
        case (("ADD" | "SUB"), [first, second, output]):
            add_parameters(first, second, output)
        case "MUL", [first, second, output]:
            mul_multiplier(first, second, output)
        case (("MEAN" | "RELU" | "QUANTIZE"), [inputs, output]):
            rescale_multiplier(inputs, output)
        case "PRELU", [inputs, slopes, output]:
            rescale_multiplier(inputs, output)
            mul_multiplier(inputs, slopes, output)
        case "SOFTMAX", [inputs, _]:
            assert isinstance(op.options, SoftmaxOptions)
            softmax_parameters(inputs, op.options.beta)
        case (("ELU" | "HARD_SWISH" | "LEAKY_RELU" | "LOGISTIC" | "TANH"), _):
            lookup_table(graph, op)
