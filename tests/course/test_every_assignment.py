"""Every shipped assignment keeps the promises of docs/assignments.md and passes the gate."""

import re
import sys
from pathlib import Path

import pytest

from tinymledu.course import notebook as nb
from tinymledu.course import sandbox
from tinymledu.course.assignment import load_assignment
from tinymledu.course.audit import MUTANT, audit
from tinymledu.course.static_rules import static_problems

ROOT = Path(__file__).parents[2]
FOLDERS = sorted((ROOT / "assignments" / "source").glob("A*"))
MOST_EXERCISES = 5
LEAST_HIDDEN = 40


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def assignment(request):
    return load_assignment(request.param)


def test_nothing_is_wrong_that_can_be_seen_without_running(assignment):
    assert static_problems(assignment) == []


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


def test_what_is_released_holds_nothing_of_the_hidden_checks(assignment):
    text = nb.to_text(nb.release_version(assignment.notebook)) + nb.without_hidden(
        assignment.checker_source
    )

    assert "lecturer/" not in text
    assert "BEGIN HIDDEN" not in text
    assert "BEGIN SOLUTION" not in text


@pytest.mark.slow
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_gate_holds(folder, capsys):
    if sandbox.available().level != sandbox.FULL:
        pytest.skip(f"untrusted code cannot be isolated here: {sandbox.available().refusal()}")

    result = audit(folder)

    mutants = [trial for trial in result.trials if trial.kind == MUTANT]
    with capsys.disabled():
        sys.stdout.write(f"\n{folder.name}: {len(result.trials)} runs, {result.wall_s:.0f} s\n")
    assert result.problems == ()
    assert sum(bool(trial.refused_by) for trial in mutants) == len(mutants)
