"""How many multiply-accumulates an operator takes, counted from shapes."""

import math

from tinymledu.graph.ir import Graph, Op


def macs_of(graph: Graph, op: Op) -> int:
    """Multiply-accumulates of one inference, taps in the padding included; 0 without weights."""
    if op.kind not in _WEIGHTED:
        return 0
    inputs, weights = graph.tensors[op.inputs[0]], graph.tensors[op.inputs[1]]
    output = graph.tensors[op.outputs[0]]
    match op.kind:
        case "CONV_2D":
            return output.n_elements * math.prod(weights.shape[1:])
        case "DEPTHWISE_CONV_2D":
            return output.n_elements * math.prod(weights.shape[1:3])
        case "FULLY_CONNECTED":
            return inputs.n_elements * weights.shape[0]
    return inputs.n_elements * math.prod(weights.shape[:3])  # TRANSPOSE_CONV: each input spreads


_WEIGHTED = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "TRANSPOSE_CONV")
