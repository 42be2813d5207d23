"""Places in the arena that somebody else chose, such as a student: checked, never trusted."""

import operator
from collections.abc import Mapping
from itertools import combinations

from tinymledu.errors import InputError
from tinymledu.graph.arena import (
    ALIGNMENT_BYTES,
    ArenaPlan,
    Blocks,
    Workspace,
    blocks_of,
    forbidden_offsets,
    owners,
    place_in_order,
    summarised,
)
from tinymledu.graph.ir import Graph
from tinymledu.translation import translated


def plan_with_offsets(
    graph: Graph,
    offsets: Mapping[int, int],
    workspaces: Mapping[int, Workspace] | None = None,
) -> ArenaPlan:
    """The plan in which every activation lies where `offsets` says.

    Scratch memory of kernels is not the giver's business: it gets the lowest place that is free.

    Args:
        offsets: byte offset by tensor index, multiples of 4. The output of RESHAPE is its input:
            it may be left out, or must have the same offset.
        workspaces: as for plan_arena; what they do not allow to overlap must not.

    Raises:
        InputError: a tensor without an offset, an offset that is no place, or two tensors that are
            in use at the same time and share bytes; says which, when, and by how many bytes.
    """
    owner = owners(graph)
    blocks = blocks_of(graph, owner, workspaces or {})
    places = given_places(graph, owner, offsets)
    for first, second in combinations(sorted(places), 2):
        _check_apart(graph, blocks, places, first, second)
    scratch = [key for key in blocks.sizes if key < 0]
    return summarised(graph, owner, blocks, place_in_order(scratch, blocks, places))


def tensor_text(graph: Graph, index: int) -> str:
    """A tensor in words: "tensor 12 (output of CONV_2D #0)"."""
    for op in graph.ops:
        if index in op.outputs:
            operator_text = f"{op.kind} #{op.index}"
            return translated("tensor {n} (output of {operator})", n=index, operator=operator_text)
    return translated("tensor {n} (input of the model)", n=index)


def given_places(
    graph: Graph, owner: Mapping[int, int], offsets: Mapping[int, int]
) -> dict[int, int]:
    """Offsets of the tensors that own bytes; whether these are apart is not looked at.

    Args: as of `owners`, and as for plan_with_offsets.

    Raises:
        InputError: a tensor without an offset, or an offset that is no place.
    """
    if not isinstance(offsets, Mapping):
        raise InputError(
            f"A plan is a dictionary from tensor number to offset in bytes, not {offsets!r}."
        )
    missing = sorted({root for root in owner.values() if root not in offsets})
    if missing:
        raise InputError(
            translated(
                "The plan has no offset for {tensors}. "
                "Every activation needs a place in the arena.",
                tensors=", ".join(tensor_text(graph, k) for k in missing),
            )
        )
    places: dict[int, int] = {}
    for index, offset in offsets.items():
        if index not in owner:
            raise InputError(
                f"The plan places {index!r}, which is no activation of this model: it has the "
                f"tensors {', '.join(map(str, sorted(owner)))}. Constants stay in flash."
            )
        places[index] = _offset(graph, index, offset)
    for index, root in owner.items():
        if places.setdefault(index, places[root]) != places[root]:
            raise InputError(
                f"{_capital(tensor_text(graph, index))} has the offset {places[index]}, but is the "
                f"same bytes as {tensor_text(graph, root)}, which has {places[root]}. "
                "Give both the same offset, or leave the first one out."
            )
    return {root: places[root] for root in owner.values()}


def _offset(graph: Graph, index: int, offset: object) -> int:
    try:
        place = operator.index(offset)  # type: ignore[arg-type]  # refuses what is no integer
    except TypeError:
        place = -1
    if place < 0 or isinstance(offset, bool):
        raise InputError(
            translated(
                "The offset of {tensor} is {offset!r}; "
                "an offset is a whole number of bytes, 0 or more.",
                tensor=tensor_text(graph, index),
                offset=offset,
            )
        )
    if place % ALIGNMENT_BYTES:
        raise InputError(
            translated(
                "The offset of {tensor} is {place}, which is no multiple of {n}. The processor "
                "reads {n} B at once from such places only; the next one is {next}.",
                tensor=tensor_text(graph, index),
                place=place,
                n=ALIGNMENT_BYTES,
                next=place + -place % ALIGNMENT_BYTES,
            )
        )
    return place


def _check_apart(
    graph: Graph, blocks: Blocks, places: Mapping[int, int], first: int, second: int
) -> None:
    lives = blocks.lifetimes[first], blocks.lifetimes[second]
    if not lives[0].overlaps(lives[1]):
        return
    below, above = forbidden_offsets(first, second, places[second], blocks)
    if not below < places[first] < above:
        return
    begin = max(places[first], places[second])
    ends = [places[key] + blocks.sizes[key] for key in (first, second)]
    shared = max(0, min(ends) - begin)
    when = graph.ops[max(life.first_op for life in lives)]
    until = graph.ops[min(life.last_op for life in lives)]
    during = f"{when.kind} #{when.index}"
    if until is not when:
        last = f"{until.kind} #{until.index}"
        during = translated("operators {first} to {last}", first=during, last=last)
    raise InputError(
        translated(
            "In this plan, {one} has bytes {begin} to {end} and {other} has bytes {other_begin} to "
            "{other_end}. Both are in use during {during}, and they share {shared} B, so one would "
            "overwrite the other. Move one of them by at least {n} B.",
            one=tensor_text(graph, first),
            begin=places[first],
            end=ends[0] - 1,
            other=tensor_text(graph, second),
            other_begin=places[second],
            other_end=ends[1] - 1,
            during=during,
            shared=shared,
            n=min(places[first] - below, above - places[first]),
        )
    )


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
