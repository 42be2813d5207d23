"""Operators that only copy: SLICE, STRIDED_SLICE, SPLIT, UNPACK and TRANSPOSE, all in one form.

Where each code comes from is known before the run: output[i, j, ...] = input[first + i * a + j * b
+ ...]. Bounds, masks and axes become `CopyOptions(first, (a, b, ...))`, and an operator with
several outputs becomes one for each. One that leaves every code in its place is a RESHAPE. What
cannot be read this way stays as it is, for check_runnable to refuse.

Source of the masks: TensorFlow's tf.strided_slice.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tinymledu.graph.folding import renumbered, without_unread
from tinymledu.graph.ir import (
    CopyOptions,
    Graph,
    NoOptions,
    Op,
    StridedSliceOptions,
    Tensor,
    UnpackOptions,
)

KINDS = ("SLICE", "SPLIT", "SPLIT_V", "STRIDED_SLICE", "TRANSPOSE", "UNPACK")

Range = tuple[int, int, int]  # first, step, how many, along one axis of the input


def as_copies(graph: Graph) -> Graph:
    """The same function; operators are counted anew from 0."""
    ops = [copy for op in graph.ops for copy in _copies(graph, op)]
    ops = _past_reshapes(graph, ops)
    return renumbered(graph, without_unread(ops, graph.outputs))


def places(shape: Sequence[int], options: CopyOptions) -> NDArray[np.int64]:
    """For each output of this shape, where in the flat input it comes from."""
    result: NDArray[np.int64] = np.array(options.first, np.int64)
    for extent, step in zip(shape, options.steps, strict=True):
        result = result[..., np.newaxis] + np.arange(extent, dtype=np.int64) * step
    return result


def merged_axes(shape: Sequence[int], steps: Sequence[int]) -> list[tuple[int, int]]:
    """Extent and step of as few axes as say the same; those of extent 1 do not count."""
    axes: list[tuple[int, int]] = []
    for extent, step in zip(shape, steps, strict=True):
        if extent == 1:
            continue
        if axes and axes[-1][1] == step * extent:
            axes[-1] = (axes[-1][0] * extent, step)
        else:
            axes.append((extent, step))
    return axes


def _copies(graph: Graph, op: Op) -> Sequence[Op]:
    if op.kind not in KINDS or not op.outputs or min(op.inputs, default=-1) < 0:
        return (op,)
    tensors = [graph.tensors[index] for index in op.inputs]
    outputs = [graph.tensors[index] for index in op.outputs]
    x = tensors.pop(1 if op.kind == "SPLIT" else 0) if len(tensors) > (op.kind == "SPLIT") else None
    constants = [_integers(tensor) for tensor in tensors]
    if x is None or x.data is not None or min(x.shape, default=0) < 1:
        return (op,)
    known = [each for each in constants if each is not None]
    if len(known) != len(constants):
        return (op,)
    found = list(_read(op, x.shape, known, [tensor.shape for tensor in outputs]))
    if len(found) != len(outputs):
        return (op,)
    source = op.inputs[1 if op.kind == "SPLIT" else 0]
    copies = []
    for index, output, options in zip(op.outputs, outputs, found, strict=True):
        in_a_row = merged_axes(output.shape, options.steps) in ([], [(x.n_elements, 1)])
        if in_a_row and options.first == 0 and output.n_elements == x.n_elements:
            copy = replace(op, kind="RESHAPE", version=1, options=NoOptions())
        else:
            copy = replace(op, options=options)
        copies.append(replace(copy, inputs=(source,), outputs=(index,)))
    return copies


def _past_reshapes(graph: Graph, ops: Sequence[Op]) -> list[Op]:
    """A copy from a RESHAPE is one from what it reads: the codes lie at the same places.

    A sequence with time as its first axis, as in an unrolled LSTM, is so no activation of its own.
    """
    sources: dict[int, int] = {}
    result = []
    for op in ops:
        match op.kind, op.inputs, op.outputs:
            case "RESHAPE", (x,), (made,) if x >= 0:
                if graph.tensors[x].n_elements == graph.tensors[made].n_elements:
                    sources[made] = sources.get(x, x)
            case _, (x,), _ if isinstance(op.options, CopyOptions):
                op = replace(op, inputs=(sources.get(x, x),))
        result.append(op)
    return result


def _integers(tensor: Tensor) -> list[int] | None:
    if tensor.data is None or tensor.dtype not in ("int32", "int64") or tensor.n_elements > 64:
        return None
    return [int(value) for value in tensor.data.ravel()]


def _read(
    op: Op, shape: tuple[int, ...], constants: list[list[int]], results: list[tuple[int, ...]]
) -> Iterator[CopyOptions]:
    """What each output takes; nothing where numbers do not fit each other, or the outputs."""
    rank = len(shape)
    match op.kind, op.options, constants:
        case "TRANSPOSE", _, [axes]:
            axes = [axis % rank for axis in axes]
            if sorted(axes) == list(range(rank)):
                yield from _fitting([_whole(shape)], results, shape, axes)
        case "SLICE", _, [begins, sizes] if len(begins) == len(sizes) == rank:
            ranges = [
                (begin, 1, extent - begin if size == -1 else size)
                for extent, begin, size in zip(shape, begins, sizes, strict=True)
            ]
            yield from _fitting([ranges], results, shape)
        case "STRIDED_SLICE", StridedSliceOptions() as options, [begins, ends, strides]:
            of_one_length = len(begins) == len(ends) == len(strides) <= rank
            if options.others or not of_one_length or 0 in strides:
                return
            ranges = _whole(shape)
            for axis, bounds in enumerate(zip(begins, ends, strides, strict=True)):
                ranges[axis] = _cut(options, axis, shape[axis], bounds)
            kept = [axis for axis in range(rank) if not options.shrink_axis >> axis & 1]
            yield from _fitting([ranges], results, shape, kept)
        case ("SPLIT", _, [[axis]]) if -rank <= axis < rank:
            n = len(results)
            if shape[axis] % n == 0:
                parts = _parts(shape, axis % rank, [shape[axis] // n] * n)
                yield from _fitting(parts, results, shape)
        case ("SPLIT_V", _, [sizes, [axis]]) if -rank <= axis < rank:
            if len(sizes) == len(results):
                rest = shape[axis] - sum(size for size in sizes if size != -1)
                filled = [rest if size == -1 else size for size in sizes]
                yield from _fitting(_parts(shape, axis % rank, filled), results, shape)
        case ("UNPACK", UnpackOptions(axis), []) if -rank <= axis < rank:
            if shape[axis] == len(results):
                kept = [each for each in range(rank) if each != axis % rank]
                parts = _parts(shape, axis % rank, [1] * shape[axis])
                yield from _fitting(parts, results, shape, kept)


def _cut(
    options: StridedSliceOptions, axis: int, extent: int, bounds: tuple[int, int, int]
) -> Range:
    """One axis of a STRIDED_SLICE, as Python slices; a shrunk one is a single entry."""
    begin, end, stride = bounds
    if options.shrink_axis >> axis & 1:
        return begin + extent if begin < 0 else begin, 1, 1
    from_begin, to_end = options.from_begin >> axis & 1, options.to_end >> axis & 1
    cut = range(extent)[None if from_begin else begin : None if to_end else end : stride]
    return cut.start, cut.step, len(cut)


def _whole(shape: Sequence[int]) -> list[Range]:
    return [(0, 1, extent) for extent in shape]


def _parts(shape: Sequence[int], axis: int, sizes: Sequence[int]) -> list[list[Range]]:
    """Neighbours along one axis."""
    parts = []
    first = 0
    for size in sizes:
        parts.append([*_whole(shape[:axis]), (first, 1, size), *_whole(shape[axis + 1 :])])
        first += size
    return parts


def _fitting(
    parts: Sequence[Sequence[Range]],
    results: Sequence[tuple[int, ...]],
    shape: tuple[int, ...],
    axes: Sequence[int] | None = None,
) -> Iterator[CopyOptions]:
    """Parts that lie inside the input and have the shapes of the outputs.

    axes: those of the input that the output has, in its order; otherwise all.
    """
    strides = _strides(shape)
    kept = range(len(shape)) if axes is None else axes
    for ranges, result in zip(parts, results, strict=True):
        inside = all(
            n >= 1 and 0 <= first < extent and 0 <= first + (n - 1) * step < extent
            for (first, step, n), extent in zip(ranges, shape, strict=True)
        )
        if inside and tuple(ranges[axis][2] for axis in kept) == result:
            first = sum(each[0] * stride for each, stride in zip(ranges, strides, strict=True))
            yield CopyOptions(first, tuple(ranges[axis][1] * strides[axis] for axis in kept))


def _strides(shape: Sequence[int]) -> tuple[int, ...]:
    """How far apart neighbours along each axis lie."""
    return tuple(math.prod(shape[axis + 1 :]) for axis in range(len(shape)))
