"""Kernel calls of the operators that move codes, or spread them; see layers.py."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

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
    weight_tables,
)
from tinymledu.codegen.records import KernelCall, Number, Table
from tinymledu.graph.copies import KINDS, merged_axes
from tinymledu.graph.fixed_point import INT8_MAX, INT8_MIN, convolution_multipliers
from tinymledu.graph.geometry import nearest_positions, transposed_window
from tinymledu.graph.ir import (
    CopyOptions,
    Graph,
    Op,
    PoolOptions,
    ResizeNearestOptions,
    TransposeConvOptions,
)
from tinymledu.graph.structural_checks import MAX_COPIED_AXES


def _transpose_conv(graph: Graph, op: Op) -> KernelCall:
    options = op.options
    assert isinstance(options, TransposeConvOptions)
    inputs, weights, output = input_of(graph, op, 0), input_of(graph, op, 1), output_of(graph, op)
    bias = bias_of(graph, op)
    n_outputs, height, width, n_inputs = weights.shape
    rows, columns = transposed_window(options, output.shape, weights.shape)
    factors = convolution_multipliers(
        quantization_of(inputs), quantization_of(weights), quantization_of(output)
    )
    check_accumulator(op, data_of(weights).reshape(n_outputs, -1), bias, quantization_of(inputs))
    fields: dict[str, Number] = {
        "input_height": inputs.shape[1],
        "input_width": inputs.shape[2],
        "output_height": output.shape[1],
        "output_width": output.shape[2],
        "filter_height": height,
        "filter_width": width,
        "stride_height": options.stride_height,
        "stride_width": options.stride_width,
        "pad_top": rows.before,
        "pad_left": columns.before,
        "input_channels": n_inputs,
        "output_channels": n_outputs,
        **output_stage_fields(inputs, output, options.activation),
    }
    notes = (
        f"window {height}x{width}",
        f"stride {options.stride_height}x{options.stride_width}",
        f"padding {options.padding}",
        activation_note(options.activation),
    )
    return KernelCall(
        kernel="tk_transpose_conv_s8",
        fields=fields,
        tables=weight_tables(four_side_by_side(data_of(weights)), bias, factors, n_outputs),
        absent=() if bias else ("bias",),
        arguments=arguments(graph, op),
        note=", ".join(filter(None, notes)),
    )


def _resize_nearest(graph: Graph, op: Op) -> KernelCall:
    options = op.options
    assert isinstance(options, ResizeNearestOptions)
    inputs, output = input_of(graph, op, 0), output_of(graph, op)
    fields: dict[str, Number] = {
        "input_width": inputs.shape[2],
        "output_height": output.shape[1],
        "output_width": output.shape[2],
        "n_channels": output.shape[3],
    }
    rows, columns = (nearest_positions(options, inputs.shape[k], output.shape[k]) for k in (1, 2))
    return KernelCall(
        kernel="tk_resize_nearest_s8",
        fields=fields,
        tables=(Table("rows", "int16_t", rows), Table("columns", "int16_t", columns)),
        arguments=arguments(graph, op),
    )


def _reduce_max(graph: Graph, op: Op) -> KernelCall:
    """A max pool: a picture of n_outer rows, of which each window covers one."""
    inputs = input_of(graph, op, 0)
    n_outer, n_reduced, n_inner = reduced_extents(graph, op)
    picture = replace(inputs, shape=(1, n_outer, n_reduced, n_inner))
    options = PoolOptions(1, 1, 1, n_reduced, "VALID", "NONE")
    fields: dict[str, Number] = {
        **geometry_fields(options, picture, (1, n_reduced)),
        "n_channels": n_inner,
        "output_min": INT8_MIN,
        "output_max": INT8_MAX,
    }
    note = f"largest of {n_reduced:,} values each"
    return KernelCall("tk_max_pool_2d_s8", fields, arguments(graph, op), note=note)


def _tile(graph: Graph, op: Op) -> KernelCall:
    shape = input_of(graph, op, 0).shape
    counts = [int(count) for count in data_of(input_of(graph, op, 1)).ravel()]
    axis = next((axis for axis, count in enumerate(counts) if count > 1), len(shape) - 1)
    fields: dict[str, Number] = {
        "n_blocks": math.prod(shape[:axis]),
        "n_repeats": counts[axis],
        "block_bytes": math.prod(shape[axis:]),
    }
    return KernelCall("tk_repeat_s8", fields, arguments(graph, op))


def _copy(graph: Graph, op: Op) -> KernelCall:
    assert isinstance(op.options, CopyOptions)
    axes = merged_axes(output_of(graph, op).shape, op.options.steps)
    axes = [(1, 0)] * (MAX_COPIED_AXES - len(axes)) + axes
    fields: dict[str, Number] = {
        "first": op.options.first,
        "shape": tuple(extent for extent, _ in axes),
        "steps": tuple(step for _, step in axes),
    }
    return KernelCall("tk_strided_copy_s8", fields, arguments(graph, op))


STRUCTURAL_CALLS: Mapping[str, Callable[[Graph, Op], KernelCall]] = {
    "REDUCE_MAX": _reduce_max,
    "RESIZE_NEAREST_NEIGHBOR": _resize_nearest,
    "TILE": _tile,
    **dict.fromkeys(KINDS, _copy),
    "TRANSPOSE_CONV": _transpose_conv,
}
