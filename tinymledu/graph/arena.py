"""Which bytes of one block of memory, the arena, each tensor uses, and when.

A tensor has to keep its bytes from the operator that writes it to the last one that reads it; two
tensors that are never alive together may share bytes. Finding the smallest arena is a packing
problem (NP-hard). Placing one tensor after the other, each as low as it fits, comes close; how
close depends on the order, so three orders are tried.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tinymledu.graph.ir import Graph

ALIGNMENT_BYTES = 4


@dataclass(frozen=True, slots=True)
class Lifetime:
    """The operators during which a tensor's bytes are in use, both ends included.

    The model's input is alive from the first operator, its output to the last.
    """

    first_op: int
    last_op: int

    def overlaps(self, other: "Lifetime") -> bool:
        return self.first_op <= other.last_op and other.first_op <= self.last_op


@dataclass(frozen=True, slots=True)
class ArenaPlan:
    """Where every activation lies.

    offsets: byte offset by tensor index; the output of RESHAPE has its input's.
    arena_bytes: bytes from the beginning of the arena to the end of its highest tensor.
    lifetimes: by tensor index; tensors that share bytes through RESHAPE have one lifetime.
    live_bytes: by operator, the bytes of the tensors that are alive while it runs.
    peak_op: index of the operator with most of them.
    lower_bound_bytes: those bytes. No plan that keeps tensors whole can have a smaller arena.
    """

    offsets: Mapping[int, int]
    arena_bytes: int
    lifetimes: Mapping[int, Lifetime]
    live_bytes: tuple[int, ...]
    peak_op: int
    lower_bound_bytes: int


def plan_arena(graph: Graph) -> ArenaPlan:
    """Place all activations of a runnable graph.

    Each is placed as low as it fits: the largest first, or in the order of execution, or in its
    reverse, whichever makes the smallest arena. (The largest first is usually best; on the VWW
    reference model it needs 64,512 B and the order of execution 55,296 B, the lower bound.)

    Offsets are multiples of 4 B. The inputs and outputs of one operator never overlap, except for
    RESHAPE, whose output is its input.

    Source: greedy by size, Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net
    Inference" (2020).
    """
    owner = _owners(graph)
    lifetimes = _lifetimes(graph, owner)
    sizes = {root: _aligned(graph.tensors[root].n_bytes) for root in lifetimes}
    in_order = sorted(sizes, key=lambda root: (lifetimes[root].first_op, root))
    by_size = sorted(in_order, key=lambda root: -sizes[root])
    plans = [_place(order, sizes, lifetimes) for order in (by_size, in_order, in_order[::-1])]
    places = min(plans, key=lambda plan: _end(plan, sizes))
    live = tuple(
        sum(sizes[root] for root, life in lifetimes.items() if life.first_op <= k <= life.last_op)
        for k in range(len(graph.ops))
    )
    peak_op = max(range(len(live)), key=live.__getitem__)
    return ArenaPlan(
        offsets=MappingProxyType({index: places[root] for index, root in owner.items()}),
        arena_bytes=_end(places, sizes),
        lifetimes=MappingProxyType({index: lifetimes[root] for index, root in owner.items()}),
        live_bytes=live,
        peak_op=peak_op,
        lower_bound_bytes=live[peak_op],
    )


def _place(
    order: list[int], sizes: Mapping[int, int], lifetimes: Mapping[int, Lifetime]
) -> dict[int, int]:
    """Give each tensor the lowest offset that is free during its lifetime."""
    places: dict[int, int] = {}
    for root in order:
        neighbours = sorted(
            (place, place + sizes[other])
            for other, place in places.items()
            if lifetimes[root].overlaps(lifetimes[other])
        )
        places[root] = _lowest_gap(neighbours, sizes[root])
    return places


def _end(places: Mapping[int, int], sizes: Mapping[int, int]) -> int:
    return max(place + sizes[root] for root, place in places.items())


def _owners(graph: Graph) -> dict[int, int]:
    """For each activation, the tensor whose bytes it uses: itself, or RESHAPE's first input."""
    owner = {index: index for index in graph.inputs}
    for op in graph.ops:
        for index in op.outputs:
            owner[index] = owner[op.inputs[0]] if op.kind == "RESHAPE" else index
    return owner


def _lifetimes(graph: Graph, owner: Mapping[int, int]) -> dict[int, Lifetime]:
    """Lifetimes of the tensors that own bytes."""
    first = {owner[index]: 0 for index in graph.inputs}
    last = dict(first)
    for op in graph.ops:
        for tensor in (*graph.op_inputs(op), *graph.op_outputs(op)):
            if tensor.data is None:
                root = owner[tensor.index]
                first.setdefault(root, op.index)
                last[root] = op.index
    for index in graph.outputs:
        last[owner[index]] = len(graph.ops) - 1
    return {root: Lifetime(first[root], last[root]) for root in first}


def _lowest_gap(taken: list[tuple[int, int]], n_bytes: int) -> int:
    """The lowest offset where `n_bytes` fit between intervals that are sorted by their begin."""
    offset = 0
    for begin, end in taken:
        if offset + n_bytes <= begin:
            break
        offset = max(offset, end)
    return offset


def _aligned(n_bytes: int) -> int:
    return -(-n_bytes // ALIGNMENT_BYTES) * ALIGNMENT_BYTES
