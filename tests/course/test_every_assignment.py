"""Every shipped assignment keeps the promises of docs/assignments.md and passes the gate.

What is particular to one assignment is in test_a01.py to test_a10.py.
"""

import ast
import itertools
import math
import re
import sys
import warnings

import numpy as np
import one_assignment
import pytest
import wrong_kinds

from tinymledu.course import notebook as nb
from tinymledu.course import sandbox
from tinymledu.course.audit import MUTANT, REFERENCE, audit
from tinymledu.course.checks import failure_of
from tinymledu.course.home import NotebookStudent
from tinymledu.course.isolation.limits import MIB
from tinymledu.course.literals import visible_literals
from tinymledu.course.static_rules import static_problems

MOST_EXERCISES = 5
LEAST_HIDDEN = 40
MOST_WALL_S = 120
MOST_MEMORY_BYTES = 2048 * MIB
N_SPOILT = 25  # of each function and check

# Visible, hidden and board points of the checks, and those that a person gives.
POINTS = {
    "A01": (20, 35, 30, 15),
    "A02": (25, 60, 0, 15),
    "A03": (25, 50, 15, 10),
    "A04": (20, 45, 0, 35),
    "A05": (25, 65, 0, 10),
    "A06": (20, 60, 20, 0),
    "A07": (20, 40, 30, 10),
    "A08": (15, 35, 45, 5),
    "A09": (15, 35, 40, 10),
    "A10": (15, 45, 15, 25),
}
COMPARED_WITH_THE_BOARD = "smoother_equals_the_board"  # not the student's program that runs there


@pytest.fixture(scope="module", params=one_assignment.NAMES)
def one(request, tmp_path_factory):
    return one_assignment.open_one(request.param, tmp_path_factory.mktemp(request.param))


@pytest.fixture
def assignment(one):
    return one.assignment


# ------------------------------------------------------------------- what is seen without running


def test_nothing_is_wrong_that_can_be_seen_without_running(assignment):
    assert static_problems(assignment) == []


def test_points_are_those_of_the_curriculum(assignment):
    def kind(check):
        on_the_board = "board" in check.name and check.name != COMPARED_WITH_THE_BOARD
        return "board" if on_the_board else "visible" if check.visible else "hidden"

    points = dict.fromkeys(("visible", "hidden", "board"), 0)
    for check in assignment.checks:
        points[kind(check)] += check.points
    by_person = sum(cell.points for cell in assignment.essays)

    assert (*points.values(), by_person) == POINTS[assignment.id]


def test_points_of_the_exercises_sum_to_100(assignment):
    text = "\n".join(cell.source for cell in assignment.cells)
    told = re.findall(r"^## Exercise \d.*\((\d+) points", text, re.MULTILINE)

    assert 0 < len(told) <= MOST_EXERCISES
    assert sum(map(int, told)) == 100


def test_checks_name_the_exercise_under_which_they_stand(assignment):
    exercise, stands = 0, {}
    for cell in assignment.cells:
        if heading := re.search(r"^## Exercise (\d)", cell.source, re.MULTILINE):
            exercise = int(heading[1])
        stands[cell.grade_id] = exercise

    assert {check.name: check.exercise for check in assignment.checks} == {
        check.name: stands[check.name] for check in assignment.checks
    }


def test_the_card_tells_what_a_machine_and_a_person_give(assignment):
    text = "\n".join(cell.source for cell in assignment.cells)
    by_person = sum(cell.points for cell in assignment.essays)
    by_machine = sum(check.points for check in assignment.checks)

    assert by_machine + by_person == 100
    assert f"100: {by_machine:g} by machine" in text
    assert not by_person or f"{by_person:g} by a person" in text


def test_enough_points_are_hidden_or_on_a_board(assignment):
    assert sum(check.points for check in assignment.checks if not check.visible) >= LEAST_HIDDEN


def test_limits_are_those_that_every_assignment_keeps(assignment):
    assert assignment.limits.wall_s <= MOST_WALL_S
    assert assignment.limits.memory_bytes <= MOST_MEMORY_BYTES


def test_checks_have_a_title_and_public_ones_a_hint(one):
    titles = [check.title for check in one.checks]

    assert all(titles)
    assert len(set(titles)) == len(titles)
    assert [check.name for check in one.checks if check.visible and not check.hint] == []


def test_what_is_released_holds_nothing_of_the_hidden_checks(one):
    text = nb.to_text(nb.release_version(one.assignment.notebook)) + nb.without_hidden(
        one.assignment.checker_source
    )
    hidden = [check for check in one.checks if not check.visible]
    defined = {name for name in set(one.helpers) - set(one.public) if not name.startswith("_")}

    assert not {check.name for check in hidden} & set(one.public)
    assert [name for name in defined if re.search(rf"^(def )?{name}\b", text, re.MULTILINE)] == []
    for marker in ("lecturer/", "BEGIN HIDDEN", "BEGIN SOLUTION"):
        assert marker not in text


def test_every_check_with_points_has_a_mutant_and_every_mutant_names_checks(one):
    names = {check.name for check in one.checks if check.points}
    killed = [kills_of(mutant) for mutant in one_assignment.every_mutant(one.assignment)]

    assert set().union(*killed) == names
    assert all(killed)


def kills_of(mutant):
    return {name.strip() for name in mutant.notes["kills"].split(",")}


# ------------------------------------------------------------------------- checks in this process


def test_the_reference_passes_every_check(one):
    assert len(one.checks) == len(one.assignment.checks)
    assert one.refused_by(one.right) == set()


def test_the_reference_passes_the_released_checks_beside_the_released_files(one):
    public = one_assignment.checks_among(one.public)

    assert [check.name for check in public] == [c.name for c in one.checks if c.visible]
    assert one.refused_by(one.right, public) == set()


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_every_mutant_is_refused_by_the_checks_that_it_names(one):
    survived = {}
    for mutant in one.mutants:
        names = one.names_after(one.answers | dict(mutant.answers))
        kills = kills_of(mutant)
        asked = [check for check in one.checks if check.name in kills]
        survived |= {mutant.name: left} if (left := kills - one.refused_by(names, asked)) else {}

    assert len(one.mutants) >= 10
    assert survived == {}


def test_no_visible_value_passes_a_public_check(one):
    """Also those beyond the ones that the gate copies."""
    passed = []
    with one.inside():
        asked = {check: asked_by(check, one.right) for check in one.checks if check.visible}
        for cell, values in visible_literals(one.assignment).items():
            functions = functions_of(one.assignment.reference[cell])
            checks = [check for check in asked if functions & set(asked[check])]
            for value in values:
                got = eval(value, {"array": np.array, "nan": math.nan, "inf": math.inf})
                names = one.right | dict.fromkeys(functions, wrong_kinds.gives(got))
                student = NotebookStudent(names)
                passed += [(cell, value) for check in checks if not failure_of(check, student)]

    assert passed == []


def functions_of(source):
    return {node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}


class Asked(NotebookStudent):
    """A student that remembers the first answer of each function that a check asks."""

    def __init__(self, names):
        super().__init__(dict(names))
        self.answers = {}

    def call(self, name, *args, **options):
        answer = super().call(name, *args, **options)
        self.answers.setdefault(name, answer)
        return answer


def asked_by(check, right):
    student = Asked(right)
    assert failure_of(check, student) is None
    return student.answers


def said_of(check, right, name, function):
    """What the check says when one function of the right answers is another."""
    try:
        with warnings.catch_warnings(action="ignore"):
            failure = failure_of(check, NotebookStudent({**right, name: function}))
    except Exception as error:  # noqa: BLE001  whatever it is, it is the grader's
        pytest.fail(f"grader error in {check.name}, {name}() wrong: {error!r}")
    return None if failure is None else str(failure)


def test_an_answer_of_a_wrong_kind_fails_in_words_and_is_never_an_error_of_the_grader(one):
    wrong = {what: wrong_kinds.gives(value) for what, value in wrong_kinds.WHOLE.items()}
    wrong |= {repr(error): wrong_kinds.raises(error) for error in wrong_kinds.RAISED}
    mute = []
    with one.inside():
        for check in one.checks:
            for name in asked_by(check, one.right):
                for what, function in wrong.items():
                    said = said_of(check, one.right, name, function)
                    told = said is not None and (not check.visible or has_a_place(said))
                    mute += [] if told else [(check.name, name, what, said)]

    assert mute == []


def has_a_place(said):
    """Whether words say of what they speak; 'Expected 3, got 4.' does not."""
    return len(said.split()) > 2 and not re.match(r"Expected|Got|This does not hold", said)


def test_a_right_answer_that_is_spoilt_in_one_place_is_never_an_error_of_the_grader(one):
    with one.inside():
        for check in one.checks:
            for name, answer in asked_by(check, one.right).items():
                n = sum(1 for _ in itertools.islice(wrong_kinds.spoilt(answer), 2000))
                for index in range(0, n, max(1, n // N_SPOILT)):
                    said_of(check, one.right, name, wrong_kinds.spoilt_in(one.right[name], index))


# --------------------------------------------------------------------------------------- the gate


@pytest.mark.slow
def test_the_gate_holds(assignment, capsys):
    if sandbox.available().level != sandbox.FULL:
        pytest.skip(f"untrusted code cannot be isolated here: {sandbox.available().refusal()}")

    result = audit(assignment.folder)

    (reference,) = (trial for trial in result.trials if trial.kind == REFERENCE)
    mutants = [trial for trial in result.trials if trial.kind == MUTANT]
    with capsys.disabled():
        sys.stdout.write(
            f"\n{assignment.name}: {len(result.trials)} runs, {result.wall_s:.0f} s; reference "
            f"{reference.wall_s:.1f} s, {reference.cpu_s:.1f} s of CPU\n"
        )
    assert result.problems == ()
    assert sum(bool(trial.refused_by) for trial in mutants) == len(mutants)
    assert reference.wall_s <= MOST_WALL_S
