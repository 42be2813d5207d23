"""Plans from outside: sound ones are kept as they are, others are refused with what is wrong."""

from contextlib import nullcontext

import numpy as np
import pytest
import recorded
from test_arena import chain, graph_of

from tinymledu.codegen.emit import generate_c
from tinymledu.errors import InputError
from tinymledu.graph.arena import Workspace, plan_arena
from tinymledu.graph.given_plan import plan_with_offsets
from tinymledu.graph.tflite import load_model


def test_a_sound_plan_is_kept():
    plan = plan_with_offsets(chain(100, 40, 60), {0: 40, 1: 0, 2: 40})

    assert dict(plan.offsets) == {0: 40, 1: 0, 2: 40}
    assert plan.arena_bytes == 140
    assert plan.live_bytes == (140, 100)


@pytest.mark.parametrize(
    ("offsets", "message"),
    [
        ({0: 0, 1: 96}, r"no offset for tensor 2 \(output of RELU #1\)"),
        ({0: 0, 1: 100, 2: 0, 9: 4}, "places 9, which is no activation"),
        ({0: 0, 1: 102, 2: 0}, "102, which is no multiple of 4.*the next one is 104"),
        ({0: 0, 1: -4, 2: 0}, "-4; an offset is a whole number"),
        ({0: 0, 1: 100.0, 2: 0}, "100.0; an offset is a whole number"),
        ({0: 0, 1: True, 2: 0}, "True; an offset is a whole number"),
        ([0, 100, 0], "dictionary from tensor number to offset"),
    ],
)
def test_what_is_no_plan_is_refused(offsets, message):
    with pytest.raises(InputError, match=message):
        plan_with_offsets(chain(100, 40, 60), offsets)


def test_a_refusal_names_both_tensors_the_operator_and_the_bytes():
    # Tensor 0 ends before 100; tensor 1 begins at 92: 8 bytes are claimed twice.
    with pytest.raises(
        InputError,
        match=r"tensor 0 \(input of the model\) has bytes 0 to 99 and tensor 1 \(output of "
        r"RELU #0\) has bytes 92 to 131. Both are in use during RELU #0, and they share 8 B.*"
        r"at least 8 B",
    ):
        plan_with_offsets(chain(100, 40, 60), {0: 0, 1: 92, 2: 0})


def test_a_refusal_names_the_first_and_the_last_operator():
    graph = graph_of([16, 24, 24, 24], [("RELU", (0,), 1), ("RELU", (1,), 2), ("ADD", (1, 2), 3)])

    with pytest.raises(InputError, match="operators RELU #1 to ADD #2"):
        plan_with_offsets(graph, {0: 24, 1: 0, 2: 0, 3: 48})


def test_the_output_of_reshape_is_its_input():
    graph = graph_of([8, 32, 32, 4], [("RELU", (0,), 1), ("RESHAPE", (1,), 2), ("RELU", (2,), 3)])

    assert plan_with_offsets(graph, {0: 32, 1: 0, 3: 32}).offsets[2] == 0
    with pytest.raises(InputError, match="is the same bytes as tensor 1"):
        plan_with_offsets(graph, {0: 32, 1: 0, 2: 4, 3: 36})


def test_an_output_may_lie_over_its_input_only_where_the_kernel_allows_it():
    in_place = {0: Workspace(clearances=(0,))}

    assert plan_with_offsets(chain(40, 40), {0: 0, 1: 0}, in_place).arena_bytes == 40
    with pytest.raises(InputError, match="share 40 B"):
        plan_with_offsets(chain(40, 40), {0: 0, 1: 0})
    with pytest.raises(InputError, match="share 36 B"):  # it would write ahead of what it reads
        plan_with_offsets(chain(40, 40), {0: 0, 1: 4}, in_place)


def test_scratch_memory_goes_where_the_plan_leaves_room():
    # 8 free bytes between the tensors are too few for 12, so it comes on top.
    plan = plan_with_offsets(chain(40, 40), {0: 0, 1: 48}, {0: Workspace(scratch_bytes=12)})

    assert plan.scratch_offsets == {0: 88}
    assert plan.arena_bytes == 100


@pytest.mark.parametrize("name", [case.name for case in recorded.cases()])
def test_our_own_plan_is_sound_by_the_same_rules(name):
    graph = load_model(recorded.model_bytes(name)).graph
    ours = plan_arena(graph)

    assert plan_with_offsets(graph, ours.offsets).offsets == ours.offsets


@pytest.mark.parametrize("seed", range(20))
def test_what_is_refused_is_what_overlaps(seed):
    """Compared with a count of owners of each byte at each operator."""
    rng = np.random.default_rng(seed)
    sizes = [4 * int(k) for k in rng.integers(1, 6, 6)]
    graph = chain(*sizes)
    offsets = {k: 4 * int(rng.integers(0, 8)) for k in range(6)}
    twice = False
    for op in range(5):
        owners = np.zeros(200, int)
        for k in (op, op + 1, *((5,) if op == 4 else ())):
            owners[offsets[k] : offsets[k] + sizes[k]] |= 1 << k
        used = [bin(owner).count("1") for owner in owners]
        twice = twice or max(used) > 1

    refusal = pytest.raises(InputError, match="share") if twice else nullcontext()
    with refusal:
        plan_with_offsets(graph, offsets)


def test_generated_c_has_the_places_of_the_plan():
    model = load_model(recorded.model_bytes("tiny_residual_int8"), name="residual")
    # One after the other: 180, 220, 120, 120, 120, 24, (reshape), 4 B.
    offsets = {0: 0, 8: 180, 9: 400, 10: 520, 11: 640, 12: 760, 14: 784}

    source = generate_c(model, optimise="size", plan=offsets)

    assert source.arena_bytes == 788
    assert "arena + 640" in source.files["residual.c"]


def test_generated_c_refuses_an_overlapping_plan():
    model = load_model(recorded.model_bytes("tiny_residual_int8"))

    with pytest.raises(InputError, match="one would overwrite the other"):
        generate_c(model, plan=dict.fromkeys((0, 8, 9, 10, 11, 12, 14), 0))
