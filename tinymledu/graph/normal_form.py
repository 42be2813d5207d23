"""Operators in one form: the activation first, and nothing that the tensors' shapes say already.

All shapes of a .tflite file are fixed. What else tells a shape - the second input of RESHAPE, the
axes of EXPAND_DIMS and SQUEEZE, the first input of TRANSPOSE_CONV - says it again, and in a model
with an open batch it is computed at run time. Without it EXPAND_DIMS and SQUEEZE are RESHAPE, so
that everything after this pass knows one operator for the three, and the operators that computed
the shapes have no reader (folding.py drops them).
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from tinymledu.graph.ir import Graph, Op, Tensor


def in_normal_form(graph: Graph) -> Graph:
    """The same function, with RESHAPE(x) and TRANSPOSE_CONV(x, weights, bias)."""
    ops = tuple(_in_normal_form(op, graph.tensors) for op in graph.ops)
    return replace(graph, ops=ops, tensors=_with_batch(graph.tensors, ops))


def _with_batch(tensors: tuple[Tensor, ...], ops: Iterable[Op]) -> tuple[Tensor, ...]:
    """A RESHAPE to a vector, which the converter makes before some sums, keeps the batch of 1."""
    made = {op.outputs[0] for op in ops if op.kind == "RESHAPE" and len(op.outputs) == 1}
    return tuple(
        replace(tensor, shape=(1, *tensor.shape))
        if tensor.index in made and len(tensor.shape) == 1 and tensor.dtype == "int8"
        else tensor
        for tensor in tensors
    )


def _in_normal_form(op: Op, tensors: Sequence[Tensor]) -> Op:
    match op.kind, op.inputs:
        case "RESHAPE", (x, _):
            return replace(op, inputs=(x,))
        case "EXPAND_DIMS", (x, _):
            return replace(op, kind="RESHAPE", inputs=(x,))
        case "SQUEEZE", (x,):
            return replace(op, kind="RESHAPE", version=1, inputs=(x,))
        case (("MAXIMUM" | "MINIMUM"), (bound, x)) if tensors[bound].data is not None:
            return replace(op, inputs=(x, bound))
        case "TRANSPOSE_CONV", (_, weights, x, *bias):
            return replace(op, inputs=(x, weights, *bias))
    return op
