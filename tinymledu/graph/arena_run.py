"""A model executed inside one block of bytes, by any plan, also by a wrong one.

This is for learning what a plan is for. No overlap is refused: where two tensors share bytes at the
wrong time, one damages the other, and the answers show it. On a board, use deploy(plan=...), which
refuses such a plan.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinymledu.errors import InputError
from tinymledu.graph.arena import owners
from tinymledu.graph.given_plan import given_places, tensor_text
from tinymledu.graph.ir import Graph, TFLiteModel
from tinymledu.graph.operators import check_runnable
from tinymledu.graph.quantized_input import input_codes
from tinymledu.graph.reference_operators import OPERATORS

MAX_ARENA_BYTES = 64 * 1024**2
RUBBISH = 0xA5  # what the arena holds before anything is written, as RAM does after power-on


@dataclass(frozen=True, slots=True)
class Damage:
    """An operator read a tensor of which so many bytes were no longer what had been written."""

    op_index: int
    op: str
    tensor: int
    n_bytes: int


@dataclass(frozen=True, slots=True)
class ArenaRun:
    """What one inference gave.

    codes: the model's output, without the batch axis.
    damages: in order of execution; empty where the plan is sound.
    arena_bytes: from the beginning to the end of the highest tensor.
    """

    codes: NDArray[Any]
    damages: tuple[Damage, ...]
    arena_bytes: int


def run_in_arena(model: TFLiteModel, offsets: Mapping[int, int], values: ArrayLike) -> ArenaRun:
    """Execute one inference with every activation where `offsets` says.

    An operator here reads all of its inputs before it writes. So an output that lies over its own
    operator's input does no harm here, though it would with most kernels on a board.

    Args:
        offsets: byte offset by tensor index, multiples of 4, as for deploy(plan=...).
        values: one input: uint8 pixels, float real values or int8 codes.

    Raises:
        InputError: a tensor without an offset, an offset that is no place or lies further than any
            RAM reaches, or more than one input.
        UnsupportedModelError: an operator that has no reference.
    """
    check_runnable(model.graph)
    graph, owner = model.graph, owners(model.graph)
    given = given_places(graph, owner, offsets)
    places = {index: given[root] for index, root in owner.items()}
    codes = input_codes(graph.input, values)
    if len(codes) != 1:
        raise InputError(f"run_in_arena takes one input, not {len(codes)}.")
    end, last = max((place + graph.tensors[key].n_bytes, key) for key, place in places.items())
    if end > MAX_ARENA_BYTES:
        raise InputError(
            f"The plan ends at byte {end}, with {tensor_text(graph, last)}; an arena here has at "
            f"most {MAX_ARENA_BYTES} B, more than any of the boards."
        )
    arena = np.full(end, RUBBISH, np.uint8)
    damages = _execute(graph, arena, places, codes)
    output = _piece(graph, arena, places, graph.output.index)
    return ArenaRun(_as_tensor(graph, output, graph.output.index)[0], damages, end)


def _execute(
    graph: Graph, arena: NDArray[np.uint8], places: Mapping[int, int], codes: NDArray[Any]
) -> tuple[Damage, ...]:
    """Run all operators in the arena; what each tensor should hold is kept beside it."""
    meant: dict[int, NDArray[np.uint8]] = {}
    damages: list[Damage] = []

    def write(index: int, values: NDArray[Any]) -> None:
        piece = _piece(graph, arena, places, index)
        piece[:] = np.ascontiguousarray(values, graph.tensors[index].dtype).view(np.uint8).ravel()
        meant[index] = piece.copy()

    write(graph.input.index, codes)
    for op in graph.ops:
        read = []
        for index in dict.fromkeys(index for index in op.inputs if index in places):
            n_bytes = int(np.sum(_piece(graph, arena, places, index) != meant[index]))
            if n_bytes:
                damages.append(Damage(op.index, op.kind, index, n_bytes))
        for index in op.inputs:
            if index in places:
                piece = _piece(graph, arena, places, index).copy()
                read.append(_as_tensor(graph, piece, index))
        (output,) = op.outputs  # in normal form, each operator has one
        write(output, OPERATORS[op.kind](graph, op, *read))
    return tuple(damages)


def _piece(
    graph: Graph, arena: NDArray[np.uint8], places: Mapping[int, int], index: int
) -> NDArray[np.uint8]:
    return arena[places[index] : places[index] + graph.tensors[index].n_bytes]


def _as_tensor(graph: Graph, piece: NDArray[np.uint8], index: int) -> NDArray[Any]:
    tensor = graph.tensors[index]
    return piece.view(tensor.dtype).reshape(tensor.shape)
