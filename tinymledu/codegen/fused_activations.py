"""A compiler pass: a RELU or RELU6 of its own becomes the clamp that the operator before it has.

The converter fuses most activations itself, and leaves those whose tensor has two readers at first,
or that stand behind an operator it does not know to clamp. With the same scale and zero point on
both sides the activation only clamps codes, and a clamp to a part of int8 may be done at once:
max(zero point, min(127, max(-128, code))) is max(zero point, min(127, code)).

What is left of the activation is a RESHAPE to the same shape, which takes no code and no memory.
"""

from dataclasses import replace
from typing import Literal

from tinymledu.graph.ir import (
    AddOptions,
    Conv2DOptions,
    DepthwiseConv2DOptions,
    FullyConnectedOptions,
    Graph,
    MulOptions,
    NoOptions,
    Op,
    PoolOptions,
    SubOptions,
    TransposeConvOptions,
)

CLAMPING = (
    AddOptions,
    Conv2DOptions,
    DepthwiseConv2DOptions,
    FullyConnectedOptions,
    MulOptions,
    PoolOptions,
    SubOptions,
    TransposeConvOptions,
)


def fuse_activations(graph: Graph) -> Graph:
    """The graph with each activation that can be fused in the operator before it."""
    makers = {op.outputs[0]: op.index for op in graph.ops}
    ops = {op.index: op for op in graph.ops}
    for op in graph.ops:
        activation = _activation(op)
        maker = ops.get(makers.get(op.inputs[0], -1))
        if activation is None or maker is None or not _may_clamp(graph, maker, op):
            continue
        assert isinstance(maker.options, CLAMPING)
        ops[maker.index] = replace(maker, options=replace(maker.options, activation=activation))
        ops[op.index] = replace(op, kind="RESHAPE", version=1, options=NoOptions())
    return replace(graph, ops=tuple(ops[op.index] for op in graph.ops))


def _activation(op: Op) -> Literal["RELU", "RELU6"] | None:
    match op.kind:
        case "RELU" | "RELU6":
            return op.kind
    return None


def _may_clamp(graph: Graph, maker: Op, activation: Op) -> bool:
    """Whether nobody else sees the unclamped codes, and nothing but a clamp happens to them."""
    between, output = graph.tensors[maker.outputs[0]], graph.tensors[activation.outputs[0]]
    readers = sum(op.inputs.count(between.index) for op in graph.ops)
    return (
        isinstance(maker.options, CLAMPING)
        and maker.options.activation == "NONE"
        and between.dtype == output.dtype == "int8"
        and between.quantization == output.quantization
        and readers == 1
        and between.index not in graph.outputs
    )
