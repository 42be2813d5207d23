"""Outputs that lie over their inputs: every plan is played through, byte by byte."""

import itertools
import random
from dataclasses import dataclass

import pytest
from test_arena import chain, graph_of

from tinymledu.graph.arena import Workspace, plan_arena


@dataclass(frozen=True)
class Kernel:
    """Reads its input from front to back: after step k it has written `written[k]` bytes of the
    output, and needs of the input only the bytes from `needed[k]` on."""

    written: tuple[int, ...]
    needed: tuple[int, ...]

    @property
    def clearance(self):
        """The output must begin so far before the input that no step writes what is needed."""
        return max(w - n for w, n in zip(self.written[:-1], self.needed[:-1], strict=True))


def random_kernel(draw, n_inputs, n_outputs):
    n_steps = draw.randint(2, 6)
    written = sorted(draw.randint(0, n_outputs) for _ in range(n_steps - 1))
    needed = sorted(draw.randint(0, n_inputs) for _ in range(n_steps - 1))
    return Kernel((*written, n_outputs), (*needed, n_inputs))


def play(graph, plan, kernels, scratch_bytes):
    """Run all kernels in one block of memory whose bytes say whose they are."""
    memory = [None] * plan.arena_bytes

    def write(owner, offset, begin, end):
        for i in range(begin, end):
            memory[offset + i] = (owner, i)

    def intact(owner, offset, begin, end):
        return all(memory[offset + i] == (owner, i) for i in range(begin, end))

    write(0, plan.offsets[0], 0, graph.tensors[0].n_bytes)
    for op in graph.ops:
        (source,), (output,) = op.inputs, op.outputs
        kernel = kernels[op.index]
        if scratch_bytes:
            place = plan.scratch_offsets[op.index]
            write("scratch", place, 0, scratch_bytes)
        done = (0, 0)
        for step in zip(kernel.written, kernel.needed, strict=True):
            n_source = graph.tensors[source].n_bytes
            assert intact(source, plan.offsets[source], done[1], n_source), f"op {op.index}"
            write(output, plan.offsets[output], done[0], step[0])
            done = step
        assert intact(output, plan.offsets[output], 0, graph.tensors[output].n_bytes)
        if scratch_bytes:
            assert intact("scratch", place, 0, scratch_bytes)


@pytest.mark.parametrize("scratch_bytes", [0, 12])
def test_no_kernel_finds_its_input_overwritten(scratch_bytes):
    draw = random.Random(8)
    for _ in range(150):
        sizes = [draw.randint(1, 40) for _ in range(draw.randint(2, 6))]
        graph = chain(*sizes)
        kernels = [random_kernel(draw, *pair) for pair in itertools.pairwise(sizes)]
        spaces = {
            k: Workspace(scratch_bytes, (kernel.clearance,)) for k, kernel in enumerate(kernels)
        }

        plan = plan_arena(graph, spaces)

        play(graph, plan, kernels, scratch_bytes)


def test_one_byte_less_clearance_would_be_noticed():
    """The player above is no yes-man: a plan made for less clearance fails in it."""
    kernel = Kernel(written=(8, 16), needed=(4, 16))
    graph = chain(16, 16)
    good, bad = (
        plan_arena(graph, {0: Workspace(0, (clearance,))}) for clearance in (kernel.clearance, 0)
    )

    play(graph, good, [kernel], 0)
    with pytest.raises(AssertionError, match="op 0"):
        play(graph, bad, [kernel], 0)


@pytest.mark.parametrize(
    ("clearance", "n_bytes"), [(None, 32), (0, 16), (4, 20), (5, 24), (16, 32), (-8, 16)]
)
def test_two_tensors_of_16_bytes_by_hand(clearance, n_bytes):
    """Offsets are multiples of 4, so 5 bytes of clearance take 8."""
    plan = plan_arena(chain(16, 16), {0: Workspace(0, (clearance,))})

    assert plan.arena_bytes == n_bytes


def test_a_tensor_that_is_read_later_is_not_written_over():
    graph = graph_of([16, 16, 16], [("RELU", (0,), 1), ("ADD", (0, 1), 2)])

    plan = plan_arena(graph, {0: Workspace(0, (0,)), 1: Workspace(0, (0, 0))})

    assert abs(plan.offsets[0] - plan.offsets[1]) >= 16
    assert plan.arena_bytes == 32  # the sum lies over both


def test_scratch_memory_lies_beside_what_is_alive():
    plan = plan_arena(chain(16, 16), {0: Workspace(10, (0,))})

    assert plan.arena_bytes == 28  # 10 bytes take 12
    assert plan.lower_bound_bytes == 28
