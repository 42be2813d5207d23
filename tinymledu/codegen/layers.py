"""How each operator becomes a kernel call: one small function per operator.

All integers that stand for real factors come from graph/fixed_point.py, which the NumPy interpreter
uses too; here they are only put where the kernel's struct wants them.
"""

from collections.abc import Callable, Mapping

from tinymledu.codegen.elementwise import ELEMENTWISE_CALLS, add_sub_call, lookup_call
from tinymledu.codegen.int16 import INT16_CALLS
from tinymledu.codegen.parts import (
    activation_note,
    arguments,
    bias_of,
    check_accumulator,
    data_of,
    four_side_by_side,
    geometry_fields,
    input_of,
    output_of,
    output_stage_fields,
    quantization_of,
    reduced_extents,
    sliding_note,
    weight_tables,
)
from tinymledu.codegen.records import KernelCall, Number
from tinymledu.codegen.structural import STRUCTURAL_CALLS
from tinymledu.errors import UnsupportedModelError
from tinymledu.graph.fixed_point import (
    activation_range,
    add_parameters,
    convolution_multipliers,
    fully_connected_multipliers,
    mean_multiplier,
    rescale_multiplier,
    softmax_parameters,
)
from tinymledu.graph.ir import (
    AddOptions,
    Conv2DOptions,
    DepthwiseConv2DOptions,
    FullyConnectedOptions,
    Graph,
    InFloatOptions,
    Op,
    PoolOptions,
    Quantization,
    SoftmaxOptions,
)

MAX_PAD_AXES = 4


def kernel_call(graph: Graph, op: Op) -> KernelCall | None:
    """The kernel call for one operator of a runnable graph; None where it needs no code.

    Raises:
        UnsupportedModelError: no kernel for these axes.
        QuantizationError: an accumulator could leave int32.
    """
    if output_of(graph, op).dtype == "int16" and op.kind in INT16_CALLS:
        return INT16_CALLS[op.kind](graph, op)
    return _CALLS[op.kind](graph, op)


def _conv_2d(graph: Graph, op: Op) -> KernelCall:
    options = op.options
    assert isinstance(options, Conv2DOptions)
    inputs, weights, output = input_of(graph, op, 0), input_of(graph, op, 1), output_of(graph, op)
    bias = bias_of(graph, op)
    n_outputs, height, width, n_inputs = weights.shape
    factors = convolution_multipliers(
        quantization_of(inputs), quantization_of(weights), quantization_of(output)
    )
    check_accumulator(op, data_of(weights).reshape(n_outputs, -1), bias, quantization_of(inputs))
    fields: dict[str, Number] = {
        **geometry_fields(options, inputs, (height, width)),
        "input_channels": n_inputs,
        "output_channels": n_outputs,
        **output_stage_fields(inputs, output, options.activation),
    }
    return KernelCall(
        kernel="tk_conv_2d_s8",
        fields=fields,
        tables=weight_tables(four_side_by_side(data_of(weights)), bias, factors, n_outputs),
        absent=() if bias else ("bias",),
        arguments=arguments(graph, op),
        note=sliding_note(options, (height, width)),
    )


def _depthwise_conv_2d(graph: Graph, op: Op) -> KernelCall:
    options = op.options
    assert isinstance(options, DepthwiseConv2DOptions)
    inputs, weights, output = input_of(graph, op, 0), input_of(graph, op, 1), output_of(graph, op)
    bias = bias_of(graph, op)
    _, height, width, n_outputs = weights.shape
    n_inputs = inputs.shape[3]
    factors = convolution_multipliers(
        quantization_of(inputs), quantization_of(weights), quantization_of(output)
    )
    check_accumulator(op, data_of(weights).reshape(-1, n_outputs).T, bias, quantization_of(inputs))
    fields: dict[str, Number] = {
        **geometry_fields(options, inputs, (height, width)),
        "input_channels": n_inputs,
        "depth_multiplier": n_outputs // n_inputs,
        **output_stage_fields(inputs, output, options.activation),
    }
    return KernelCall(
        kernel="tk_depthwise_conv_2d_s8",
        fields=fields,
        tables=weight_tables(data_of(weights), bias, factors, n_outputs),
        absent=() if bias else ("bias",),
        arguments=arguments(graph, op),
        note=sliding_note(options, (height, width)),
    )


def _fully_connected(graph: Graph, op: Op) -> KernelCall:
    options = op.options
    assert isinstance(options, FullyConnectedOptions)
    inputs, weights, output = input_of(graph, op, 0), input_of(graph, op, 1), output_of(graph, op)
    bias = bias_of(graph, op)
    n_units, n_inputs = weights.shape
    factors = fully_connected_multipliers(
        quantization_of(inputs), quantization_of(weights), quantization_of(output)
    )
    check_accumulator(op, data_of(weights), bias, quantization_of(inputs))
    fields: dict[str, Number] = {
        "n_rows": inputs.n_elements // n_inputs,
        "n_inputs": n_inputs,
        "n_units": n_units,
        **output_stage_fields(inputs, output, options.activation),
    }
    return KernelCall(
        kernel="tk_fully_connected_s8",
        fields=fields,
        tables=weight_tables(data_of(weights), bias, factors, n_units),
        absent=() if bias else ("bias",),
        arguments=arguments(graph, op),
        note=activation_note(options.activation),
    )


def _average_pool_2d(graph: Graph, op: Op) -> KernelCall:
    return _pool(graph, op, "tk_average_pool_2d_s8")


def _max_pool_2d(graph: Graph, op: Op) -> KernelCall:
    return _pool(graph, op, "tk_max_pool_2d_s8")


def _pool(graph: Graph, op: Op, kernel: str) -> KernelCall:
    options = op.options
    assert isinstance(options, PoolOptions)
    inputs, output = input_of(graph, op, 0), output_of(graph, op)
    window = (options.filter_height, options.filter_width)
    low, high = activation_range(options.activation, quantization_of(output))
    fields: dict[str, Number] = {
        **geometry_fields(options, inputs, window),
        "n_channels": inputs.shape[3],
        "output_min": low,
        "output_max": high,
    }
    note = sliding_note(options, window)
    return KernelCall(kernel, fields, arguments(graph, op), note=note)


def _add(graph: Graph, op: Op) -> KernelCall:
    options = op.options
    assert isinstance(options, AddOptions)
    first, second, output = input_of(graph, op, 0), input_of(graph, op, 1), output_of(graph, op)
    if first.data is not None or second.data is not None or first.shape != second.shape:
        return add_sub_call(graph, op)
    factors = add_parameters(
        quantization_of(first), quantization_of(second), quantization_of(output)
    )
    low, high = activation_range(options.activation, quantization_of(output))
    fields: dict[str, Number] = {
        "n_values": output.n_elements,
        "first.zero_point": quantization_of(first).zero_point,
        "first.multiplier": factors.input_1.multiplier,
        "first.shift": factors.input_1.shift,
        "second.zero_point": quantization_of(second).zero_point,
        "second.multiplier": factors.input_2.multiplier,
        "second.shift": factors.input_2.shift,
        "output_zero_point": quantization_of(output).zero_point,
        "output_multiplier": factors.output.multiplier,
        "output_shift": factors.output.shift,
        "output_min": low,
        "output_max": high,
    }
    note = activation_note(options.activation)
    return KernelCall("tk_add_s8", fields, arguments(graph, op, n_inputs=2), note=note)


def _mean(graph: Graph, op: Op) -> KernelCall:
    inputs, output = input_of(graph, op, 0), output_of(graph, op)
    n_outer, n_averaged, n_inner = reduced_extents(graph, op)
    factor = mean_multiplier(quantization_of(inputs), quantization_of(output), n_averaged)
    fields: dict[str, Number] = {
        "n_outer": n_outer,
        "n_averaged": n_averaged,
        "n_inner": n_inner,
        "input_zero_point": quantization_of(inputs).zero_point,
        "output_zero_point": quantization_of(output).zero_point,
        "multiplier": factor.multiplier,
        "shift": factor.shift,
    }
    note = f"mean of {n_averaged:,} values each"
    return KernelCall("tk_mean_s8", fields, arguments(graph, op), note=note)


def _softmax(graph: Graph, op: Op) -> KernelCall:
    options = op.options
    assert isinstance(options, SoftmaxOptions)
    inputs = input_of(graph, op, 0)
    n_classes = inputs.shape[-1]
    parameters = softmax_parameters(quantization_of(inputs), options.beta)
    fields: dict[str, Number] = {
        "n_rows": inputs.n_elements // n_classes,
        "n_classes": n_classes,
        "multiplier": parameters.multiplier,
        "shift": parameters.shift,
        "diff_min": parameters.diff_min,
    }
    return KernelCall("tk_softmax_s8", fields, arguments(graph, op))


def _relu(graph: Graph, op: Op) -> KernelCall:
    output = quantization_of(output_of(graph, op))
    low, high = activation_range("RELU", output)
    return _rescale(graph, op, low, high)


def _relu6(graph: Graph, op: Op) -> KernelCall:
    low, high = activation_range("RELU6", quantization_of(output_of(graph, op)))
    return _rescale(graph, op, low, high)


def _quantize(graph: Graph, op: Op) -> KernelCall:
    if isinstance(op.options, InFloatOptions):
        return lookup_call(graph, op)
    inputs, output = input_of(graph, op, 0), output_of(graph, op)
    if inputs.dtype == "int8":
        return _rescale(graph, op, -128, 127)
    return _convert(graph, op, "tk_quantize_f32_s8", quantization_of(output))


def _dequantize(graph: Graph, op: Op) -> KernelCall:
    return _convert(graph, op, "tk_dequantize_s8_f32", quantization_of(input_of(graph, op, 0)))


def _pad(graph: Graph, op: Op) -> KernelCall:
    inputs, output = input_of(graph, op, 0), output_of(graph, op)
    if len(inputs.shape) > MAX_PAD_AXES:
        raise UnsupportedModelError(
            f"{op.kind} #{op.index} pads {len(inputs.shape)} axes; the C kernel pads up to "
            f"{MAX_PAD_AXES}."
        )
    before = data_of(input_of(graph, op, 1)).reshape(-1, 2)[:, 0]
    missing = MAX_PAD_AXES - len(inputs.shape)
    fields: dict[str, Number] = {
        "input_shape": (1,) * missing + inputs.shape,
        "output_shape": (1,) * missing + output.shape,
        "before": (0,) * missing + tuple(int(n) for n in before),
        "pad_code": quantization_of(output).zero_point,
    }
    return KernelCall("tk_pad_s8", fields, arguments(graph, op))


def _no_code(graph: Graph, op: Op) -> None:
    """RESHAPE: the arena planner gives the output the input's place."""


def _rescale(graph: Graph, op: Op, low: int, high: int) -> KernelCall:
    inputs, output = quantization_of(input_of(graph, op, 0)), quantization_of(output_of(graph, op))
    factor = rescale_multiplier(inputs, output)
    fields: dict[str, Number] = {
        "n_values": output_of(graph, op).n_elements,
        "input_zero_point": inputs.zero_point,
        "output_zero_point": output.zero_point,
        "multiplier": factor.multiplier,
        "shift": factor.shift,
        "output_min": low,
        "output_max": high,
    }
    return KernelCall("tk_rescale_s8", fields, arguments(graph, op))


def _convert(graph: Graph, op: Op, kernel: str, codes: Quantization) -> KernelCall:
    """Between real values and the codes that `codes` describes."""
    fields: dict[str, Number] = {
        "n_values": output_of(graph, op).n_elements,
        "scale": codes.scale,
        "zero_point": codes.zero_point,
    }
    return KernelCall(kernel, fields, arguments(graph, op))


_CALLS: Mapping[str, Callable[[Graph, Op], KernelCall | None]] = {
    "CONV_2D": _conv_2d,
    "DEPTHWISE_CONV_2D": _depthwise_conv_2d,
    "FULLY_CONNECTED": _fully_connected,
    "AVERAGE_POOL_2D": _average_pool_2d,
    "MAX_POOL_2D": _max_pool_2d,
    "MEAN": _mean,
    "ADD": _add,
    "SOFTMAX": _softmax,
    "RELU": _relu,
    "RELU6": _relu6,
    "PAD": _pad,
    "QUANTIZE": _quantize,
    "DEQUANTIZE": _dequantize,
    "RESHAPE": _no_code,
    **ELEMENTWISE_CALLS,
    **STRUCTURAL_CALLS,
}
