"""A08 "Fit it": the split of its points, and the checker's own functions by hand and by TFLM."""

import runpy

import pytest

import tinymledu as tml
from tinymledu.course.assignment import load_assignment
from tinymledu.graph.arena import plan_arena
from tinymledu.graph.memory_steps import memory_steps
from tinymledu.graph.offline_plan import tflm_arena
from tinymledu.graph.oracle import tflm_available

# Two steps and an addition, sizes 8, 8, 8, 8: the addition may lie over either input.
STEPS = [("CONV_2D", (0,), (1,)), ("RELU", (1,), (2,)), ("ADD", (1, 2), (3,))]
SIZES = {0: 8, 1: 8, 2: 8, 3: 8}
LIVES = {0: (0, 0), 1: (0, 2), 2: (1, 2), 3: (2, 2)}
PAIRS = [(3, 1), (3, 2)]  # not (2, 1): tensor 1 is needed again


@pytest.fixture(scope="module")
def a08():
    return load_assignment("A08")


@pytest.fixture(scope="module")
def checker(a08):
    return runpy.run_path(str(a08.folder / "checks.py"))


def test_points_are_15_visible_35_hidden_45_on_the_board_and_5_by_a_person(a08):
    points = {"visible": 0, "hidden": 0, "board": 0}
    for check in a08.checks:
        kind = "board" if check.name.startswith("board_") else "visible"
        points["hidden" if kind == "visible" and not check.visible else kind] += check.points

    assert points == {"visible": 15, "hidden": 35, "board": 45}
    assert sum(cell.points for cell in a08.essays) == 5


def test_the_checker_knows_the_small_example_by_hand(checker):
    assert checker["right_lives"](STEPS, (0,), (3,)) == LIVES
    assert checker["right_pairs"](STEPS, SIZES, LIVES) == PAIRS
    assert checker["right_bound"](SIZES, LIVES, []) == 24  # step 2: tensors 1, 2 and 3
    assert checker["right_bound"](SIZES, LIVES, PAIRS) == 16


@pytest.mark.parametrize("name", ["given", "branches", "shortcuts"])
def test_the_pairs_of_a_network_are_those_of_its_additions(checker, name):
    model, sizes, lives, pairs = checker["task"](name)
    steps = memory_steps(model.graph).steps
    additions = [step if step[0] == "ADD" else ("OTHER", (), ()) for step in map(tuple, steps)]

    assert checker["right_pairs"](additions, sizes, lives) == pairs


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
def test_the_checker_finds_conflicts_by_painting(checker, offsets, pairs, expected):
    assert checker["right_conflicts"](SIZES, LIVES, offsets, pairs) == expected


@pytest.mark.parametrize("name", ["given", "shortcuts", "branches"])
def test_the_lower_bars_are_apart_and_the_bound_is_below_them(checker, name):
    _, sizes, lives, pairs = checker["task"](name)
    bound = checker["right_bound"](sizes, lives, pairs)
    greedy = checker["largest_first"](sizes, lives)

    assert 1.05 * bound < greedy < checker["SHARE_OF_ALL"] * sum(sizes.values())


def test_bars_are_those_that_checks_py_tells(a08, checker):
    told = a08.checker_source.replace(",", "")
    for name in ("given", "shortcuts", "branches"):
        _, sizes, lives, pairs = checker["task"](name)
        for figure in (
            sum(sizes.values()),
            checker["largest_first"](sizes, lives),
            checker["right_bound"](sizes, lives, pairs),
        ):
            assert f" {figure}" in told


@pytest.mark.skipif(not tflm_available(), reason="tflite-micro is not installed")
@pytest.mark.parametrize("name", ["given", "shortcuts", "branches"])
def test_the_largest_first_is_what_tflm_takes(checker, a08, name):
    model = tml.load_model(a08.folder / f"{name}.tflite")
    _, sizes, lives, _ = checker["task"](name)

    greedy = checker["largest_first"](sizes, lives)

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


def test_graphs_drawn_at_random_have_what_the_checks_ask_for(checker):
    unread = pairs = shortcuts = 0
    for seed in range(40):
        steps, sizes = checker["made_graph"](seed, 12)
        lives = checker["right_lives"](steps, (0,), (len(sizes) - 1,))
        read = {k for _, reads, _ in steps for k in reads}
        unread += len(set(sizes) - read) - 1  # the output is read by nobody
        pairs += len(checker["right_pairs"](steps, sizes, lives))
        shortcuts += sum(last - first > 1 for first, last in lives.values())

    assert min(unread, pairs, shortcuts) > 20
