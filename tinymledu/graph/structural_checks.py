"""What the operators need that move codes, or spread them; see operator_checks.py."""

from collections.abc import Callable, Mapping

from tinymledu.graph.copies import KINDS as COPYING
from tinymledu.graph.copies import merged_axes
from tinymledu.graph.geometry import transposed_window
from tinymledu.graph.ir import CopyOptions, Graph, Op, TransposeConvOptions
from tinymledu.graph.operator_checks import (
    MAX_REACH,
    check_reduction,
    check_same_quantization,
    check_shape,
    check_weights,
    need,
)

MAX_COPIED_AXES = 4  # of tk_strided_copy_s8
MAX_PIXELS = 2**15 - 1  # of one dimension: the C kernel counts them in int16


def _check_transpose_conv(graph: Graph, op: Op) -> None:
    assert isinstance(op.options, TransposeConvOptions)
    picture, output = graph.tensors[op.inputs[0]].shape, graph.tensors[op.outputs[0]].shape
    n_filters, *window, channels = check_weights(graph, op, rank=4, axis=0).shape
    need(op, len(picture) == len(output) == 4, f"its input has shape {list(picture)}, not 4-D")
    need(op, max(window) <= MAX_REACH, f"its filter reaches over {window} pixels")
    need(
        op,
        picture[3] == channels,
        f"its filters have {channels} channels and its input {picture[3]}",
    )
    rows, columns = transposed_window(op.options, output, (n_filters, *window, channels))
    need(
        op,
        picture[1:3] == (rows.output, columns.output) and output[3] == n_filters,
        f"its result of shape {list(output)} does not follow from an input of {list(picture)}",
    )


def _check_resize(graph: Graph, op: Op) -> None:
    picture, size = graph.tensors[op.inputs[0]].shape, graph.tensors[op.inputs[1]]
    need(op, len(picture) == 4, f"its input has shape {list(picture)}, not 4-D")
    need(
        op,
        size.dtype == "int32" and size.shape == (2,) and size.data is not None,
        f"its size is {size.dtype} {list(size.shape)}; int32 [2] runs here",
    )
    height, width = (int(n) for n in ([] if size.data is None else size.data))
    need(
        op,
        min(height, width) >= 1 and max(height, width, *picture[1:3]) <= MAX_PIXELS,
        f"it goes from {list(picture[1:3])} to {[height, width]} pixels; 1 to {MAX_PIXELS} run",
    )
    check_shape(graph, op, (1, height, width, picture[3]))
    check_same_quantization(graph, op)


def _check_reduce_max(graph: Graph, op: Op) -> None:
    check_reduction(graph, op)
    check_same_quantization(graph, op)


def _check_tile(graph: Graph, op: Op) -> None:
    shape, counts = graph.tensors[op.inputs[0]].shape, graph.tensors[op.inputs[1]]
    given = [] if counts.data is None else [int(count) for count in counts.data.ravel()]
    need(
        op,
        counts.dtype in ("int32", "int64") and len(given) == len(shape),
        f"its counts are {counts.dtype} {given}; one for each of {len(shape)} axes runs here",
    )
    repeated = [axis for axis, count in enumerate(given) if count != 1]
    need(
        op,
        len(repeated) <= 1 and 0 not in repeated and min(given) >= 1,
        f"it repeats {given} times along its axes; one axis, which is not the batch, runs here",
    )
    check_shape(graph, op, tuple(n * count for n, count in zip(shape, given, strict=True)))
    check_same_quantization(graph, op)


def _check_copy(graph: Graph, op: Op) -> None:
    inputs, output = graph.tensors[op.inputs[0]], graph.tensors[op.outputs[0]]
    need(
        op,
        isinstance(op.options, CopyOptions),
        f"what it takes from {list(inputs.shape)} to make {list(output.shape)} is not known before "
        "the run; constant bounds and axes run here",
    )
    check_same_quantization(graph, op)
    assert isinstance(op.options, CopyOptions)
    axes = len(merged_axes(output.shape, op.options.steps))
    need(op, axes <= MAX_COPIED_AXES, f"it moves {axes} axes; up to {MAX_COPIED_AXES} run here")


STRUCTURAL_CHECKS: Mapping[str, Callable[[Graph, Op], None]] = {
    "REDUCE_MAX": _check_reduce_max,
    "RESIZE_NEAREST_NEIGHBOR": _check_resize,
    "TILE": _check_tile,
    "TRANSPOSE_CONV": _check_transpose_conv,
    **dict.fromkeys(COPYING, _check_copy),
}
