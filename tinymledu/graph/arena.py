"""Which bytes of one block of memory, the arena, each tensor uses, and when.

A tensor has to keep its bytes from the operator that writes it to the last one that reads it; two
tensors that are never alive together may share bytes. A kernel that reads its input from front to
back can moreover write its output over what it has read: such a pair only needs a distance between
their beginnings, the clearance. Scratch memory is alive during one operator.

Finding the smallest arena is a packing problem (NP-hard). Placing one block after the other, each
as low as it fits, comes close; how close depends on the order, so several orders are tried.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from tinymledu.graph.ir import Graph, Op

ALIGNMENT_BYTES = 4
N_SHUFFLES = 300


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
class Workspace:
    """What the kernel of one operator asks of the arena.

    scratch_bytes: memory of its own while it runs.
    clearances: for each activation it reads, how many bytes before it the output must begin at
        least so that both may overlap (negative: how far after it it may begin); None: no overlap.
    """

    scratch_bytes: int = 0
    clearances: tuple[int | None, ...] = ()


@dataclass(frozen=True, slots=True)
class ArenaPlan:
    """Where every activation lies.

    offsets: byte offset by tensor index; the output of RESHAPE has its input's.
    scratch_offsets: byte offset by operator index, for operators with scratch memory.
    arena_bytes: bytes from the beginning of the arena to the end of its highest block.
    lifetimes: by tensor index; tensors that share bytes through RESHAPE have one lifetime.
    live_bytes: by operator, the bytes of all that is alive while it runs, overlaps counted once.
    peak_op: index of the operator with most of them.
    lower_bound_bytes: those bytes. No plan that keeps blocks whole can have a smaller arena.
    """

    offsets: Mapping[int, int]
    scratch_offsets: Mapping[int, int]
    arena_bytes: int
    lifetimes: Mapping[int, Lifetime]
    live_bytes: tuple[int, ...]
    peak_op: int
    lower_bound_bytes: int


@dataclass(frozen=True, slots=True)
class Blocks:
    """What has to be placed. Keys are tensor indices, and -1 - op index for scratch memory.

    clearances: by (output, input) that may overlap.
    """

    sizes: Mapping[int, int]
    lifetimes: Mapping[int, Lifetime]
    clearances: Mapping[tuple[int, int], int]


def plan_arena(graph: Graph, workspaces: Mapping[int, Workspace] | None = None) -> ArenaPlan:
    """Place all activations of a runnable graph, and the scratch memory of its kernels.

    Each block is placed as low as it fits: the largest first, in the order of execution, in its
    reverse, and in shuffles of these with a fixed seed, until an order reaches the lower bound.
    Offsets are multiples of 4 B.

    Args:
        workspaces: by operator index; an operator that is not there has no scratch memory, and its
            output overlaps none of its inputs (RESHAPE's output is its input).

    Sources: greedy by size, Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net
    Inference" (2020); overlapping, Blacker et al., "Optimising TinyML with quantization and
    distillation ... diagonal memory" (2021).
    """
    workspaces = workspaces or {}
    owner = owners(graph)
    blocks = blocks_of(graph, owner, workspaces)
    places = _smallest(blocks, max(_live(graph, blocks)))
    return summarised(graph, owner, blocks, places)


def summarised(
    graph: Graph, owner: Mapping[int, int], blocks: Blocks, places: Mapping[int, int]
) -> ArenaPlan:
    """The plan that these places are, with what is alive when."""
    live = _live(graph, blocks)
    bound = max(live)
    scratch = {-1 - key: place for key, place in places.items() if key < 0}
    return ArenaPlan(
        offsets=MappingProxyType({index: places[root] for index, root in owner.items()}),
        scratch_offsets=MappingProxyType(scratch),
        arena_bytes=end_of(places, blocks.sizes),
        lifetimes=MappingProxyType({i: blocks.lifetimes[root] for i, root in owner.items()}),
        live_bytes=live,
        peak_op=live.index(bound),
        lower_bound_bytes=bound,
    )


def blocks_of(
    graph: Graph, owner: Mapping[int, int], workspaces: Mapping[int, Workspace]
) -> Blocks:
    """Sizes and lifetimes of what has to be placed, and which outputs may lie over inputs."""
    lifetimes = _lifetimes(graph, owner)
    sizes = {root: aligned(graph.tensors[root].n_bytes) for root in lifetimes}
    clearances: dict[tuple[int, int], int] = {}
    for op in graph.ops:
        space = workspaces.get(op.index, Workspace())
        if space.scratch_bytes:
            sizes[-1 - op.index] = aligned(space.scratch_bytes)
            lifetimes[-1 - op.index] = Lifetime(op.index, op.index)
        output = owner[op.outputs[0]]
        for index, clearance in zip(op.inputs, space.clearances, strict=False):
            source = owner.get(index)
            if clearance is None or source is None:  # a constant has no place in the arena
                continue
            if lifetimes[source].last_op == op.index:
                # The same tensor may be read twice: the stricter reading counts.
                clearances[output, source] = max(
                    clearance, clearances.get((output, source), clearance)
                )
    return Blocks(sizes, lifetimes, clearances)


def _live(graph: Graph, blocks: Blocks) -> tuple[int, ...]:
    """By operator, the bytes of all that is alive while it runs."""
    return tuple(_live_bytes(blocks, op) for op in graph.ops)


def _live_bytes(blocks: Blocks, op: Op) -> int:
    alive = [
        key for key, life in blocks.lifetimes.items() if life.first_op <= op.index <= life.last_op
    ]
    sizes = blocks.sizes
    saved = [
        sizes[output] + sizes[source] - max(sizes[source] + max(clearance, 0), sizes[output])
        for (output, source), clearance in blocks.clearances.items()
        if blocks.lifetimes[output].first_op == op.index
    ]
    return sum(sizes[key] for key in alive) - max([0, *saved])


def _smallest(blocks: Blocks, bound: int) -> dict[int, int]:
    """The best placement found."""
    in_order = sorted(blocks.sizes, key=lambda key: (blocks.lifetimes[key].first_op, key))
    by_size = sorted(in_order, key=lambda key: -blocks.sizes[key])
    best = min(
        (place_in_order(order, blocks) for order in (by_size, in_order, in_order[::-1])),
        key=lambda places: end_of(places, blocks.sizes),
    )
    order = by_size
    shuffles = random.Random(0)
    for _ in range(N_SHUFFLES):
        if end_of(best, blocks.sizes) <= bound:
            break
        candidate = list(order)
        a, b = shuffles.randrange(len(order)), shuffles.randrange(len(order))
        candidate.insert(b, candidate.pop(a))
        places = place_in_order(candidate, blocks)
        if end_of(places, blocks.sizes) <= end_of(best, blocks.sizes):
            best, order = places, candidate
    return best


def place_in_order(
    order: Sequence[int], blocks: Blocks, fixed: Mapping[int, int] | None = None
) -> dict[int, int]:
    """Give each block the lowest offset that no block alive with it forbids.

    Args:
        fixed: blocks that have their places already, by key.
    """
    places = dict(fixed or {})
    for key in order:
        forbidden = sorted(
            forbidden_offsets(key, other, place, blocks)
            for other, place in places.items()
            if blocks.lifetimes[key].overlaps(blocks.lifetimes[other])
        )
        places[key] = _lowest_allowed(forbidden)
    return places


def forbidden_offsets(key: int, other: int, place: int, blocks: Blocks) -> tuple[int, int]:
    """Offsets strictly between the two numbers are out of the question for `key`."""
    below, above = place - blocks.sizes[key], place + blocks.sizes[other]
    if (key, other) in blocks.clearances:  # other is key's input: key begins that much before it
        below = max(below, place - blocks.clearances[key, other])
    elif (other, key) in blocks.clearances:
        above = min(above, place + blocks.clearances[other, key])
    return below, above


def _lowest_allowed(forbidden: Sequence[tuple[int, int]]) -> int:
    offset = 0
    for below, above in forbidden:
        if below < offset < above:
            offset = aligned(above)
    return offset


def end_of(places: Mapping[int, int], sizes: Mapping[int, int]) -> int:
    """Bytes from the beginning of the arena to the end of its highest block."""
    return max(place + sizes[key] for key, place in places.items())


def owners(graph: Graph) -> dict[int, int]:
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


def aligned(n_bytes: int, *, to: int = ALIGNMENT_BYTES) -> int:
    """Rounded up to a multiple of `to` bytes."""
    return -(-n_bytes // to) * to
