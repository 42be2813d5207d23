"""What the operators compute that take one code after the other; see reference_operators.py."""

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from tinymledu.graph.fixed_point import (
    ADD_LEFT_SHIFT,
    INT8_MAX,
    INT8_MIN,
    FixedPoint,
    IntArray,
    add_parameters,
    mul_multiplier,
    requantize,
    rescale_multiplier,
)
from tinymledu.graph.ir import (
    AddOptions,
    ConcatenationOptions,
    Graph,
    MulOptions,
    Op,
    Quantization,
    SubOptions,
)
from tinymledu.graph.lookup_tables import lookup_table
from tinymledu.graph.reference_parts import (
    Codes,
    data_of,
    output_of,
    quantization_of,
    tensor_at,
    to_output,
)


def add_or_sub(graph: Graph, op: Op, *activations: Codes) -> Codes:
    """Both inputs, with 20 bits more precision, at one scale; sum or difference at the output's."""
    options = op.options
    assert isinstance(options, AddOptions | SubOptions)
    (x, first), (y, second) = _operands(graph, op, activations)
    output = output_of(graph, op)
    factors = add_parameters(first, second, quantization_of(output))
    x_term, y_term = _rescale(x, first, factors.input_1), _rescale(y, second, factors.input_2)
    total = x_term - y_term if op.kind == "SUB" else x_term + y_term
    return to_output(total, (factors.output,), options.activation, output)


def _rescale(x: Codes, quantization: Quantization, factor: FixedPoint) -> IntArray:
    return requantize((x.astype(np.int64) - quantization.zero_point) << ADD_LEFT_SHIFT, *factor)


def mul(graph: Graph, op: Op, *activations: Codes) -> Codes:
    """The product of both inputs, from the product of their scales to the output's."""
    options = op.options
    assert isinstance(options, MulOptions)
    (x, first), (y, second) = _operands(graph, op, activations)
    output = output_of(graph, op)
    product = (x.astype(np.int64) - first.zero_point) * (y.astype(np.int64) - second.zero_point)
    factor = mul_multiplier(first, second, quantization_of(output))
    return to_output(product, (factor,), options.activation, output)


def prelu(graph: Graph, op: Op, x: Codes) -> Codes:
    """x, or x times its slope where x is below 0."""
    ((codes, inputs), (slopes, of_slopes)) = _operands(graph, op, (x,))
    output = output_of(graph, op)
    quantization = quantization_of(output)
    steps = codes.astype(np.int64) - inputs.zero_point
    above = requantize(steps, *rescale_multiplier(inputs, quantization))
    products = steps * (slopes.astype(np.int64) - of_slopes.zero_point)
    below = requantize(products, *mul_multiplier(inputs, of_slopes, quantization))
    value = np.where(steps >= 0, above, below) + quantization.zero_point
    result: Codes = np.clip(value, INT8_MIN, INT8_MAX).astype(np.int8)
    return result


def _operands(
    graph: Graph, op: Op, activations: tuple[Codes, ...]
) -> Iterator[tuple[Codes, Quantization]]:
    """Both inputs, constants too, with as many axes as the output; NumPy repeats the shorter."""
    rank = len(output_of(graph, op).shape)
    given = iter(activations)
    for position in (0, 1):
        tensor = tensor_at(graph, op, position)
        missing = (1,) * (rank - len(tensor.shape))
        if tensor.data is None:
            x = next(given)
            codes = x.reshape(len(x), *missing, *tensor.shape[1:])
        else:
            codes = data_of(tensor).reshape(*missing, *tensor.shape)
        yield codes, quantization_of(tensor)


def concatenation(_graph: Graph, op: Op, *activations: Codes) -> Codes:
    """The inputs side by side along one axis; all have one scale."""
    assert isinstance(op.options, ConcatenationOptions)
    return np.concatenate(activations, axis=op.options.axis)


def lookup(graph: Graph, op: Op, x: Codes) -> Codes:
    """A function of one code, from the table of all its results."""
    return lookup_table(graph, op)[x.astype(np.int64) - INT8_MIN]


ELEMENTWISE: Mapping[str, Callable[..., Codes]] = {
    "ADD": add_or_sub,
    "CONCATENATION": concatenation,
    "ELU": lookup,
    "HARD_SWISH": lookup,
    "LEAKY_RELU": lookup,
    "LOGISTIC": lookup,
    "MAXIMUM": lookup,
    "MINIMUM": lookup,
    "MUL": mul,
    "NEG": lookup,
    "PRELU": prelu,
    "SQUARE": lookup,
    "SUB": add_or_sub,
    "TANH": lookup,
}
