"""An int8 interpreter in NumPy, to be read: the integers of the board, for many pictures at once.

Every result equals TensorFlow Lite Micro's to the last bit. The Interpreter walks through the
operators in order; what each of them computes is one small function in reference_operators.py.

The shapes below have n, the number of pictures, where the model's file says batch 1.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinymledu.graph.ir import Graph, Op, TFLiteModel
from tinymledu.graph.operators import check_runnable
from tinymledu.graph.quantized_input import input_codes
from tinymledu.graph.reference_operators import OPERATORS

Codes = NDArray[Any]  # int8; float32 before QUANTIZE and after DEQUANTIZE

PATCH_ELEMENTS_AT_ONCE = 2**22  # 32 MiB of float64: larger pieces are not faster


class Interpreter:
    """Runs one int8 model.

    >>> Interpreter(model).run(pictures)                       # doctest: +SKIP
    array([[-128,  127], [ 127, -128]], dtype=int8)
    """

    def __init__(self, model: TFLiteModel | Graph) -> None:
        """Raises UnsupportedModelError for a model that cannot run, such as a float one."""
        self.graph = model if isinstance(model, Graph) else model.graph
        check_runnable(self.graph)
        (self._output,) = self.graph.outputs
        self._pictures_at_once = max(1, PATCH_ELEMENTS_AT_ONCE // _largest_step(self.graph))

    def run(self, values: ArrayLike) -> Codes:
        """Output codes for a batch of inputs.

        Args:
            values: (n, *input shape) uint8 pixels, float real values or int8 codes; see
                quantized_input.py.

        Returns:
            (n, *output shape) int8, or float32 where the model ends in DEQUANTIZE.
        """
        codes = input_codes(self.graph.input, values)
        output = self.graph.output
        results = np.empty((len(codes), *output.shape[1:]), output.dtype)
        for start in range(0, len(codes), self._pictures_at_once):
            piece = slice(start, start + self._pictures_at_once)
            results[piece] = self._compute(codes[piece])[self._output]
        return results

    def activations(self, values: ArrayLike) -> dict[int, Codes]:
        """All inputs and results of the operators, by tensor index, for a batch of inputs."""
        return self._compute(input_codes(self.graph.input, values))

    def _compute(self, codes: Codes) -> dict[int, Codes]:
        tensors = {self.graph.input.index: codes}
        for op in self.graph.ops:
            inputs = [tensors[index] for index in op.inputs if index in tensors]
            (output,) = op.outputs
            tensors[output] = OPERATORS[op.kind](self.graph, op, *inputs)
        return tensors


def _largest_step(graph: Graph) -> int:
    """Array elements that the largest operator needs for one picture."""
    return max(_step_elements(graph, op) for op in graph.ops)


def _step_elements(graph: Graph, op: Op) -> int:
    (output,) = graph.op_outputs(op)
    if op.kind != "CONV_2D":
        return max(output.n_elements, graph.tensors[op.inputs[0]].n_elements)
    weights = graph.tensors[op.inputs[1]]
    patch = math.prod(weights.shape[1:])  # every output pixel reads one patch of this size
    return max(output.n_elements, output.n_elements // output.shape[3] * patch)
