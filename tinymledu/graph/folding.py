"""Constant folding: what is known before any input is computed once, here, and not on the board.

A Keras model with an open batch size is converted with the shapes that it needs left to be computed
at run time: SHAPE -> STRIDED_SLICE -> PACK -> TRANSPOSE_CONV. On a board every shape is fixed (a
.tflite file stores an open batch as 1), so those operators have one possible result. It becomes
the data of their output tensor, and the operators go; so do operators whose outputs nobody reads.

`load_model` folds, so that everything after it - the checks, the NumPy interpreter, the arena
planner, the C generator, the list on screen - sees one and the same graph. The file keeps its
operators, and TensorFlow Lite Micro, which runs the file, computes the same bits.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinymledu.graph.ir import Graph, Op, PackOptions, StridedSliceOptions, Tensor

Array = NDArray[Any]

MAX_SHAPE_ELEMENTS = 64  # shapes and parts of them; a damaged file may pack anything


def fold_constants(graph: Graph) -> Graph:
    """The same function of the same input, with fewer operators.

    Tensors keep their indices. Operators are counted anew from 0, so that an operator's index is
    its position. What cannot be folded stays, for check_runnable to refuse.
    """
    tensors = list(graph.tensors)
    ops = []
    for op in graph.ops:
        value = _value(op, tensors)
        if value is None:
            ops.append(op)
        else:
            index = op.outputs[0]
            value.flags.writeable = False
            tensors[index] = replace(tensors[index], data=value)
    return renumbered(replace(graph, tensors=tuple(tensors)), without_unread(ops, graph.outputs))


def renumbered(graph: Graph, ops: Sequence[Op]) -> Graph:
    """The graph with these operators, counted from 0."""
    numbered = tuple(replace(op, index=index) for index, op in enumerate(ops))
    return replace(graph, ops=numbered)


def without_unread(ops: Sequence[Op], outputs: Sequence[int]) -> list[Op]:
    """The operators that the outputs depend on, and those without output, such as assignments."""
    wanted = set(outputs)
    kept = []
    for op in reversed(ops):
        if not op.outputs or wanted.intersection(op.outputs):
            wanted.update(op.inputs)
            kept.append(op)
    return kept[::-1]


def _value(op: Op, tensors: Sequence[Tensor]) -> Array | None:
    """The one possible result of an operator, as its output tensor holds it; None if unknown."""
    if len(op.outputs) != 1 or not op.inputs or min(op.inputs) < 0:
        return None
    output = tensors[op.outputs[0]]
    value = _computed(op, [tensors[index] for index in op.inputs], output)
    if value is None or value.shape != output.shape or value.dtype != np.dtype(output.dtype):
        return None
    return value


def _computed(op: Op, inputs: Sequence[Tensor], output: Tensor) -> Array | None:
    dtype = output.dtype
    match op.kind, op.options:
        case "SHAPE", _:
            return np.array(inputs[0].shape, dtype) if dtype in ("int32", "int64") else None
        case "STRIDED_SLICE", StridedSliceOptions() as options:
            return _slice_of_vector(options, inputs)
        case "PACK", PackOptions(axis=0 | -1):
            return _side_by_side(inputs)
        case "RESHAPE", _:
            return _reshaped(inputs, output.shape)
    return None


def _slice_of_vector(options: StridedSliceOptions, inputs: Sequence[Tensor]) -> Array | None:
    """Entries begin, begin + stride, ... before end of a shape; or one of them, as a scalar."""
    constants = _small_constants(inputs)
    if len(constants) != 4 or any(each.ndim != 1 for each in constants) or options.others:
        return None
    vector, bounds = constants[0], constants[1:]
    if any(bound.size != 1 for bound in bounds):
        return None
    begin, end, stride = (int(bound[0]) for bound in bounds)
    if stride == 0 or (options.shrink_axis & 1 and not -vector.size <= begin < vector.size):
        return None
    if options.shrink_axis & 1:
        return np.array(vector[begin])
    return vector[
        None if options.from_begin & 1 else begin : None if options.to_end & 1 else end : stride
    ]


def _side_by_side(inputs: Sequence[Tensor]) -> Array | None:
    """Scalars as a vector."""
    scalars = _small_constants(inputs)
    if not 1 <= len(scalars) <= MAX_SHAPE_ELEMENTS or any(each.ndim != 0 for each in scalars):
        return None
    return np.stack(scalars)


def _reshaped(inputs: Sequence[Tensor], shape: tuple[int, ...]) -> Array | None:
    """Any constant, weights too: the result shares its data."""
    data = inputs[0].data
    return None if data is None or data.size != math.prod(shape) else data.reshape(shape)


def _small_constants(inputs: Sequence[Tensor]) -> list[Array]:
    """The data of all inputs; nothing where one of them is computed, or larger than a shape."""
    data = [tensor.data for tensor in inputs]
    known = [each for each in data if each is not None and each.size <= MAX_SHAPE_ELEMENTS]
    return known if len(known) == len(data) else []
