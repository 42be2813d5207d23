"""A08 "Fit it": the split of its points, and the checker's own functions by hand and by TFLM."""

import one_assignment
import pytest

import tinymledu as tml
from tinymledu.graph.arena import plan_arena
from tinymledu.graph.memory_steps import memory_steps
from tinymledu.graph.offline_plan import tflm_arena
from tinymledu.graph.oracle import tflm_available

a08 = one_assignment.fixture_of("A08")

# Two steps and an addition, sizes 8, 8, 8, 8: the addition may lie over either input.
STEPS = [("CONV_2D", (0,), (1,)), ("RELU", (1,), (2,)), ("ADD", (1, 2), (3,))]
SIZES = {0: 8, 1: 8, 2: 8, 3: 8}
LIVES = {0: (0, 0), 1: (0, 2), 2: (1, 2), 3: (2, 2)}
PAIRS = [(3, 1), (3, 2)]  # not (2, 1): tensor 1 is needed again


def test_the_checker_knows_the_small_example_by_hand(a08):
    assert a08.helpers["right_lives"](STEPS, (0,), (3,)) == LIVES
    assert a08.helpers["right_pairs"](STEPS, SIZES, LIVES) == PAIRS
    assert a08.helpers["right_bound"](SIZES, LIVES, []) == 24  # step 2: tensors 1, 2 and 3
    assert a08.helpers["right_bound"](SIZES, LIVES, PAIRS) == 16


@pytest.mark.parametrize("name", ["given", "branches", "shortcuts"])
def test_the_pairs_of_a_network_are_those_of_its_steps(a08, name):
    model, sizes, lives, pairs = a08.helpers["task"](name)

    assert a08.helpers["right_pairs"](memory_steps(model.graph).steps, sizes, lives) == pairs


@pytest.mark.parametrize(
    ("offsets", "pairs", "expected"),
    [
        ({0: 8, 1: 0, 2: 8, 3: 16}, [], []),
        ({0: 8, 1: 0, 2: 8, 3: 8}, [], [(2, 3)]),
        ({0: 8, 1: 0, 2: 8, 3: 8}, PAIRS, []),
        ({0: 8, 1: 0, 2: 8, 3: 4}, PAIRS, [(1, 3), (2, 3)]),  # a pair, but not at one offset
        ({0: 0, 1: 0, 2: 8, 3: 16}, [], [(0, 1)]),
    ],
)
def test_the_checker_finds_conflicts_by_painting(a08, offsets, pairs, expected):
    assert a08.helpers["right_conflicts"](SIZES, LIVES, offsets, pairs) == expected


@pytest.mark.parametrize("name", ["given", "shortcuts", "branches"])
def test_the_lower_bars_are_apart_and_the_bound_is_below_them(a08, name):
    _, sizes, lives, pairs = a08.helpers["task"](name)
    bound = a08.helpers["right_bound"](sizes, lives, pairs)
    greedy = a08.helpers["largest_first"](sizes, lives)

    assert 1.05 * bound < greedy < a08.helpers["SHARE_OF_ALL"] * sum(sizes.values())


def test_bars_are_those_that_checks_py_tells(a08):
    told = a08.assignment.checker_source.replace(",", "")
    for name in ("given", "shortcuts", "branches"):
        _, sizes, lives, pairs = a08.helpers["task"](name)
        for figure in (
            sum(sizes.values()),
            a08.helpers["largest_first"](sizes, lives),
            a08.helpers["right_bound"](sizes, lives, pairs),
        ):
            assert f" {figure}" in told


@pytest.mark.skipif(not tflm_available(), reason="tflite-micro is not installed")
@pytest.mark.parametrize("name", ["given", "shortcuts", "branches"])
def test_the_largest_first_is_what_tflm_takes(a08, name):
    model = tml.load_model(a08.folder / f"{name}.tflite")
    _, sizes, lives, _ = a08.helpers["task"](name)

    greedy = a08.helpers["largest_first"](sizes, lives)

    # TFLM rounds each tensor up to 16 B; ours are rounded to 4 B.
    assert greedy <= tflm_arena(model).head_bytes <= greedy + 64


@pytest.mark.parametrize("name", ["given", "shortcuts", "branches"])
def test_networks_need_no_scratch_memory_beside_the_plan(a08, name):
    model = tml.load_model(a08.folder / f"{name}.tflite")
    sizes = memory_steps(model.graph).sizes
    plan = plan_arena(model.graph)

    firmware = tml.deploy(
        model,
        tml.board("nano33ble"),
        plan={k: plan.offsets[k] for k in sizes},
        optimise="size",
    )

    assert firmware.memory.arena_bytes == plan.arena_bytes


def test_graphs_drawn_at_random_have_what_the_checks_ask_for(a08):
    unread = pairs = shortcuts = 0
    for seed in range(40):
        steps, sizes = a08.helpers["made_graph"](seed, 12)
        lives = a08.helpers["right_lives"](steps, (0,), (len(sizes) - 1,))
        read = {k for _, reads, _ in steps for k in reads}
        unread += len(set(sizes) - read) - 1  # the output is read by nobody
        pairs += len(a08.helpers["right_pairs"](steps, sizes, lives))
        shortcuts += sum(last - first > 1 for first, last in lives.values())

    assert min(unread, pairs, shortcuts) > 20


def test_a_plan_for_more_memory_than_the_board_has_is_the_students_failure(a08):
    names = {**a08.right, "plan": lambda sizes, *_: {k: n * 2**20 for n, k in enumerate(sizes)}}

    said = a08.message("board_needs_less_than_all_tensors", names)

    assert said.startswith("The plan for given.tflite does not fit the board:")
