"""Inputs with known outputs, for a self-test that a board runs by itself.

An input is a pattern that a few integers describe, so that a board makes it without storing it:
constants, noise, noise in blocks. Of many patterns those are kept whose outputs tell most: a model
that answers "certain" to everything would hide a wrong kernel.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinymledu.graph.ir import Graph, Quantization, TFLiteModel
from tinymledu.graph.reference import Interpreter

N_CHOSEN = 3  # beside all-lowest and all-highest
C_TYPES = {"int8": "int8_t", "int16": "int16_t", "float32": "float"}

_HOLDS = (1, 7, 61)
_BASES_AND_DIVISORS = ((0, 1), (-64, 2), (64, 4), (-128, 256), (0, 256))


@dataclass(frozen=True, slots=True)
class Pattern:
    """Value i is clamp(base + noise / divisor, -128, 127), new noise for every `hold` values.

    The noise is the top byte of a linear congruential generator, less 128; a divisor of 256 leaves
    none of it.
    """

    seed: int
    base: int
    divisor: int
    hold: int

    def codes(self, n: int) -> NDArray[np.int8]:
        """The first n codes; known_answers.c computes the same."""
        state, noise = self.seed, []
        for _ in range(-(-n // self.hold)):
            state = (state * 1664525 + 1013904223) % 2**32
            noise.append((state >> 24) - 128)
        steps = np.trunc(np.repeat(noise, self.hold)[:n] / self.divisor)
        codes: NDArray[np.int8] = np.clip(self.base + steps, -128, 127).astype(np.int8)
        return codes


@dataclass(frozen=True, slots=True)
class KnownAnswers:
    """Patterns with the outputs of the reference interpreter, and what C needs to make inputs.

    outputs: for each pattern, its values as C writes them. scale is a C number.
    """

    patterns: tuple[Pattern, ...]
    outputs: tuple[list[str], ...]
    n_inputs: int
    n_outputs: int
    input_bytes: int
    output_bytes: int
    input_c_type: str
    output_c_type: str
    scale: str
    zero_point: int


def known_answers(model: TFLiteModel) -> KnownAnswers:
    """Choose inputs for a runnable model, and compute its outputs."""
    graph = model.graph
    candidates = _candidates()
    outputs = Interpreter(model).run(np.stack([known_input(graph, p) for p in candidates]))
    flat = outputs.reshape(len(candidates), -1)
    chosen = _most_telling(flat)
    quantization = _input_quantization(graph)
    return KnownAnswers(
        patterns=tuple(candidates[index] for index in chosen),
        outputs=tuple([_c_value(value) for value in flat[index].tolist()] for index in chosen),
        n_inputs=graph.input.n_elements,
        n_outputs=graph.output.n_elements,
        input_bytes=graph.input.n_bytes,
        output_bytes=graph.output.n_bytes,
        input_c_type=C_TYPES[graph.input.dtype],
        output_c_type=C_TYPES[graph.output.dtype],
        scale=_c_value(float(np.float32(quantization.scale))),
        zero_point=quantization.zero_point,
    )


def known_input(graph: Graph, pattern: Pattern) -> NDArray[Any]:
    """One input, (*shape), in the type of the model's input tensor."""
    tensor = graph.input
    codes = pattern.codes(tensor.n_elements).reshape(tensor.shape[1:])
    if tensor.dtype != "float32":
        return codes.astype(tensor.dtype)
    quantization = _input_quantization(graph)
    steps = (codes.astype(np.int32) - quantization.zero_point).astype(np.float32)
    return steps * np.float32(quantization.scale)


def _candidates() -> list[Pattern]:
    """All-lowest and all-highest first, which every set of known answers has."""
    ends = [Pattern(seed=0, base=base, divisor=256, hold=1) for base in (-128, 127)]
    others = [
        Pattern(seed=1 + 3 * number, base=base, divisor=divisor, hold=hold)
        for number, hold in enumerate(_HOLDS)
        for base, divisor in _BASES_AND_DIVISORS
    ]
    return ends + others


def _most_telling(outputs: NDArray[Any]) -> list[int]:
    """The first two, and those that add most values which are new and not at either end."""
    low, high = outputs.min(), outputs.max()
    chosen = [0, 1]
    for _ in range(N_CHOSEN):
        seen = set(outputs[chosen].ravel().tolist()) | {low, high}
        n_new = [len(set(row.tolist()) - seen) for row in outputs]
        rest = [index for index in range(len(outputs)) if index not in chosen]
        chosen.append(max(rest, key=n_new.__getitem__))
    return chosen


def _input_quantization(graph: Graph) -> Quantization:
    """How the model reads its input; a float input is quantized by its first operator."""
    tensor = graph.input
    if tensor.quantization is None:
        (reader,) = (op for op in graph.ops if tensor.index in op.inputs)
        (tensor,) = graph.op_outputs(reader)
    assert tensor.quantization is not None  # check_runnable has seen to it
    return tensor.quantization


def _c_value(value: float) -> str:
    return f"{value.hex()}f" if isinstance(value, float) else str(value)
