"""What the converter leaves in float32 between two int8 tensors, as operators on codes.

It has no int8 form of some operators, and writes DEQUANTIZE -> ELU -> QUANTIZE. A function of one
code has 256 results whatever it is computed with, so the three become one operator with
`InFloatOptions`, a table (lookup_tables.py). Where only copies lie between, they copy codes, and
QUANTIZE alone is the table.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from tinymledu.graph.folding import renumbered, without_unread
from tinymledu.graph.ir import CopyOptions, Graph, InFloatOptions, Op, Tensor

FUNCTIONS = ("ELU", "NEG", "SQUARE")


def on_codes(graph: Graph) -> Graph:
    """The same function; operators are counted anew from 0."""
    tensors = list(graph.tensors)
    read = Counter(index for op in graph.ops for index in op.inputs)
    read.update(graph.outputs)
    quantized = Counter(op.inputs[0] for op in graph.ops if _makes_codes(op, tensors))
    codes: dict[int, int] = {}  # by float tensor: the codes it was made of
    functions: dict[int, Op] = {}  # by float tensor: what it is a function of codes by
    ops = []
    for op in graph.ops:
        source = op.inputs[0] if len(op.inputs) == len(op.outputs) == 1 else -1
        made = op.outputs[0] if op.outputs else -1
        if source >= 0 and op.kind == "DEQUANTIZE" and tensors[source].dtype == "int8":
            codes[made] = source
        elif source in codes and 0 < read[made] == quantized[made]:
            if op.kind in FUNCTIONS:
                functions[made] = replace(op, inputs=(codes[source],))
                continue
            if isinstance(op.options, CopyOptions):
                origin = tensors[codes[source]]
                tensors[made] = replace(
                    tensors[made], dtype=origin.dtype, quantization=origin.quantization
                )
                functions[made] = Op(op.index, "QUANTIZE", 1, (made,), (), InFloatOptions())
                op = replace(op, inputs=(codes[source],))
        elif source in functions:
            op = replace(functions[source], outputs=op.outputs, options=InFloatOptions())
        ops.append(op)
    kept = without_unread(ops, graph.outputs)
    return renumbered(replace(graph, tensors=tuple(tensors)), kept)


def _makes_codes(op: Op, tensors: Sequence[Tensor]) -> bool:
    """QUANTIZE from float32 to int8."""
    return (
        op.kind == "QUANTIZE"
        and len(op.inputs) == len(op.outputs) == 1
        and op.inputs[0] >= 0
        and tensors[op.inputs[0]].dtype == "float32"
        and tensors[op.outputs[0]].dtype == "int8"
    )
