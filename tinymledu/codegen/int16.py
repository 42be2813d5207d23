"""Kernel calls of the operators on int16 activations with int8 weights (16x8); see layers.py.

All zero points are 0, and sums are int64; see firmware/kernels/tk_requantize_s16.h.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from tinymledu.codegen.parts import (
    activation_note,
    arguments,
    bias_of,
    data_of,
    geometry_fields,
    input_of,
    output_of,
    quantization_of,
    sliding_note,
    weight_tables,
)
from tinymledu.codegen.records import KernelCall, Number, Table
from tinymledu.errors import QuantizationError
from tinymledu.graph.fixed_point import (
    FixedPoint,
    activation_range,
    convolution_multipliers,
    fully_connected_multipliers,
)
from tinymledu.graph.ir import (
    Activation,
    Conv2DOptions,
    DepthwiseConv2DOptions,
    FullyConnectedOptions,
    Graph,
    Op,
    PoolOptions,
)

LARGEST_INPUT = 2**15
LARGEST_SUM = 2**47  # times 15 bits of the multiplier, it fits into int64
LARGEST_SHIFT = 7  # leaves at least 8 bits to round away


def _conv_2d(graph: Graph, op: Op) -> KernelCall:
    options = op.options
    assert isinstance(options, Conv2DOptions)
    inputs, weights, output = input_of(graph, op, 0), input_of(graph, op, 1), output_of(graph, op)
    n_outputs, height, width, n_inputs = weights.shape
    factors = convolution_multipliers(
        quantization_of(inputs), quantization_of(weights), quantization_of(output)
    )
    fields: dict[str, Number] = {
        **geometry_fields(options, inputs, (height, width)),
        "input_channels": n_inputs,
        "output_channels": n_outputs,
        **_limits(graph, op, options.activation),
    }
    return KernelCall(
        kernel="tk_conv_2d_s16",
        fields=fields,
        tables=_tables(graph, op, data_of(weights).reshape(n_outputs, -1), factors),
        absent=() if bias_of(graph, op) else ("bias",),
        arguments=arguments(graph, op),
        note=sliding_note(options, (height, width)),
    )


def _depthwise_conv_2d(graph: Graph, op: Op) -> KernelCall:
    options = op.options
    assert isinstance(options, DepthwiseConv2DOptions)
    inputs, weights, output = input_of(graph, op, 0), input_of(graph, op, 1), output_of(graph, op)
    _, height, width, n_outputs = weights.shape
    factors = convolution_multipliers(
        quantization_of(inputs), quantization_of(weights), quantization_of(output)
    )
    fields: dict[str, Number] = {
        **geometry_fields(options, inputs, (height, width)),
        "input_channels": inputs.shape[3],
        "depth_multiplier": options.depth_multiplier,
        **_limits(graph, op, options.activation),
    }
    return KernelCall(
        kernel="tk_depthwise_conv_2d_s16",
        fields=fields,
        tables=_tables(graph, op, data_of(weights).reshape(-1, n_outputs).T, factors),
        absent=() if bias_of(graph, op) else ("bias",),
        arguments=arguments(graph, op),
        note=sliding_note(options, (height, width)),
    )


def _fully_connected(graph: Graph, op: Op) -> KernelCall:
    options = op.options
    assert isinstance(options, FullyConnectedOptions)
    inputs, weights, output = input_of(graph, op, 0), input_of(graph, op, 1), output_of(graph, op)
    n_units, n_inputs = weights.shape
    factors = fully_connected_multipliers(
        quantization_of(inputs), quantization_of(weights), quantization_of(output)
    )
    fields: dict[str, Number] = {
        "n_rows": inputs.n_elements // n_inputs,
        "n_inputs": n_inputs,
        "n_units": n_units,
        **_limits(graph, op, options.activation),
    }
    return KernelCall(
        kernel="tk_fully_connected_s16",
        fields=fields,
        tables=_tables(graph, op, data_of(weights), factors),
        absent=() if bias_of(graph, op) else ("bias",),
        arguments=arguments(graph, op),
        note=activation_note(options.activation),
    )


def _average_pool_2d(graph: Graph, op: Op) -> KernelCall:
    return _pool(graph, op, "tk_average_pool_2d_s16")


def _max_pool_2d(graph: Graph, op: Op) -> KernelCall:
    return _pool(graph, op, "tk_max_pool_2d_s16")


def _pool(graph: Graph, op: Op, kernel: str) -> KernelCall:
    options = op.options
    assert isinstance(options, PoolOptions)
    inputs = input_of(graph, op, 0)
    window = (options.filter_height, options.filter_width)
    fields: dict[str, Number] = {
        **geometry_fields(options, inputs, window),
        "n_channels": inputs.shape[3],
        **_limits(graph, op, options.activation),
    }
    return KernelCall(kernel, fields, arguments(graph, op), note=sliding_note(options, window))


def _limits(graph: Graph, op: Op, activation: Activation) -> dict[str, Number]:
    output = output_of(graph, op)
    low, high = activation_range(activation, quantization_of(output), output.dtype)
    return {"output_min": low, "output_max": high}


def _tables(
    graph: Graph, op: Op, rows: NDArray[np.generic], factors: tuple[FixedPoint, ...]
) -> tuple[Table, ...]:
    """Weights as the file has them, bias in int64, factors.

    rows: (outputs, weights of one output), for the proof that no sum and no product overflows.
    """
    bias = bias_of(graph, op)
    sums = LARGEST_INPUT * np.abs(rows.astype(np.int64)).sum(axis=1)
    if bias is not None:
        sums += np.abs(data_of(bias))
    worst, largest_shift = int(sums.max()), max(factor.shift for factor in factors)
    if worst >= LARGEST_SUM or largest_shift > LARGEST_SHIFT:
        raise QuantizationError(
            f"{op.kind} #{op.index} could reach a sum of {worst:,}, to be shifted by "
            f"{largest_shift}; the 16x8 arithmetic holds {LARGEST_SUM - 1:,} and shifts up to "
            f"{LARGEST_SHIFT}. Fewer inputs for each output will help."
        )
    weights = data_of(input_of(graph, op, 1))
    return weight_tables(weights, bias, factors, len(rows))


INT16_CALLS: Mapping[str, Callable[[Graph, Op], KernelCall]] = {
    "AVERAGE_POOL_2D": _average_pool_2d,
    "CONV_2D": _conv_2d,
    "DEPTHWISE_CONV_2D": _depthwise_conv_2d,
    "FULLY_CONNECTED": _fully_connected,
    "MAX_POOL_2D": _max_pool_2d,
}
