"""A07 "Pareto": its points, its table against the files, and budgets that tell choices apart."""

import json
import math
import runpy
import shutil

import numpy as np
import pytest

import tinymledu as tml
from tinymledu.course import notebook as nb
from tinymledu.course.assignment import load_assignment
from tinymledu.course.checks import Check, failure_of
from tinymledu.course.home import NotebookStudent
from tinymledu.datasets.drawings import Block, draw_block, drawing_labels
from tinymledu.graph.macs import macs_of
from tinymledu.pareto import pareto_front

MOST_FILE_BYTES = 40_000


@pytest.fixture(scope="module")
def a07():
    return load_assignment("A07")


@pytest.fixture(scope="module")
def checker(a07):
    return runpy.run_path(str(a07.folder / "checks.py"))


@pytest.fixture(scope="module")
def table(a07):
    return json.loads((a07.folder / "candidates.json").read_text(encoding="utf-8"))


def test_points_are_20_visible_40_hidden_30_on_the_board_and_10_by_a_person(a07):
    points = {"visible": 0, "hidden": 0, "board": 0}
    for check in a07.checks:
        kind = "board" if check.name.startswith("board_") else "visible"
        points["hidden" if kind == "visible" and not check.visible else kind] += check.points

    assert points == {"visible": 20, "hidden": 40, "board": 30}
    assert sum(cell.points for cell in a07.essays) == 10


@pytest.mark.parametrize(
    ("costs", "expected"),
    [
        ([[3, 10], [2, 20], [3, 20]], [0, 1]),
        ([[1, 1], [1, 1]], [0, 1]),
        ([[1, math.nan], [2, 2], [3, 1], [3, 3]], [1, 2]),
        ([[math.nan, 1]], []),
    ],
)
def test_the_checker_knows_fronts_by_hand(checker, costs, expected):
    assert checker["right_front"](costs) == expected


def test_the_checkers_front_is_the_librarys_where_all_is_known(checker):
    costs = np.random.default_rng(1).integers(0, 5, (30, 3)).tolist()

    assert checker["right_front"](costs) == list(pareto_front(range(30), lambda k: costs[k]))


def test_the_checker_knows_the_strongest_filters_by_hand(checker):
    kernel = np.array([[[[3.0, -1.0, 1.0, 2.0], [0.0, 0.0, -2.0, 0.0]]]])

    assert checker["right_kept"](kernel, 2) == [0, 2]
    assert checker["right_kept"](np.ones((1, 1, 1, 4)), 3) == [0, 1, 2]


def test_right_answers_pass_the_released_checks_with_the_released_files_only(a07, tmp_path):
    for name in a07.student_files:
        shutil.copy(a07.folder / name, tmp_path)
    (tmp_path / "checks.py").write_text(nb.without_hidden(a07.checker_source), encoding="utf-8")
    released = runpy.run_path(str(tmp_path / "checks.py"))
    names = {}
    for answer in a07.reference.values():
        exec(answer, names)
    public = [one for one in released.values() if isinstance(one, Check)]

    assert len(public) == 4
    assert [failure_of(one, NotebookStudent(names)) for one in public] == [None] * 4


def test_candidates_are_small_and_their_table_is_right(a07, table):
    names = [row["name"] for row in table]
    assert len(names) == len(set(names)) == 7
    for row in table:
        path = a07.folder / f"{row['name']}.tflite"
        graph = tml.load_model(path).graph
        assert path.stat().st_size < MOST_FILE_BYTES
        assert row["macs"] == sum(macs_of(graph, op) for op in graph.ops)
        assert row["of"] == [125, 500]


def test_a_candidate_has_the_bytes_that_the_table_says(a07, table):
    (row,) = (row for row in table if row["name"] == "kiwi")
    memory = tml.deploy(tml.load_model(a07.folder / "kiwi.tflite"), tml.board("nano33ble")).memory

    assert (memory.flash_bytes, memory.ram_bytes) == (row["flash_bytes"], row["ram_bytes"])


def meets(row, budget, *, slack=0.0):
    """By the rules of exercise 3, written once more."""
    ratios = [r / n for r, n in zip(row["right"], row["of"], strict=True)]
    got = row | {"accuracy": sum(row["right"]) / sum(row["of"]), "worst_class": min(ratios)}
    return all(
        got[name] >= limit - slack
        if name in ("accuracy", "worst_class")
        else got[name] is not None and got[name] <= limit
        for name, limit in budget.items()
    )


def best(table, budget):
    able = [row for row in table if meets(row, budget)]
    return max(able, key=lambda row: sum(row["right"]))["name"] if able else None


def all_budgets(checker):
    return [*checker["BUDGETS"], *(b for bs in checker["HIDDEN_BUDGETS"].values() for b in bs)]


def test_each_check_on_the_board_has_budgets_with_different_answers(checker, table):
    for budgets in (checker["BUDGETS"], *checker["HIDDEN_BUDGETS"].values()):
        answers = {best(table, budget) for budget in budgets}

        assert None not in answers
        assert len(answers) == len(budgets) > 1


def test_every_limit_of_a_budget_changes_the_choice(checker, table):
    for budget in all_budgets(checker):
        for name in budget:
            if name in ("accuracy",):
                continue  # the most accurate is taken anyway; the bar refuses smaller ones
            without = {other: limit for other, limit in budget.items() if other != name}
            assert best(table, without) != best(table, budget), (name, budget)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 22, 333])
def test_what_the_table_says_holds_on_drawings_of_other_seeds(a07, checker, table, seed):
    pictures = draw_block(Block("cats_vs_dogs", "easy", "test", 0, 400, size=24, seed=seed))
    labels = drawing_labels("cats_vs_dogs", "test", 400, seed)
    for budget in all_budgets(checker):
        model = tml.load_model(a07.folder / f"{best(table, budget)}.tflite")
        right = tml.Interpreter(model).run(pictures).reshape(400, -1).argmax(axis=1) == labels
        cats, dogs = right[labels == 0].mean(), right[labels == 1].mean()
        worst = min(cats, dogs)
        assert 0.2 * cats + 0.8 * dogs >= budget.get("accuracy", 0) - checker["SLACK"]
        assert worst >= budget.get("worst_class", 0) - checker["SLACK"]
