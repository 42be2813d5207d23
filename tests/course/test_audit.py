"""The no-free-points gate, on an assignment small enough to break in every way."""

import pytest
from small_assignment import NAME, write_assignment

from tinymledu.course import sandbox
from tinymledu.course.assignment import load_assignment
from tinymledu.course.audit import (
    ADVERSARY,
    MUTANT,
    REFERENCE,
    Trial,
    audit,
    static_problems,
    trial_problems,
)

BOTH = ("doubles_small_numbers", "doubles_any_number")


@pytest.fixture
def small(tmp_path):
    return write_assignment(tmp_path)


def trial(kind, points=0, kills=(), refused_by=(), verdict="failed"):
    return Trial(kind, "name", "title", kills, points, verdict, "reason", refused_by, 1.0, 1.0)


def good_trials():
    return [
        trial(REFERENCE, 85, verdict="passed"),
        trial(MUTANT, 0, BOTH, BOTH),
        trial(ADVERSARY, 0, (), BOTH),
    ]


def test_gate_holds_for_good_trials(small):
    assert trial_problems(small, good_trials()) == []
    assert static_problems(small) == []


@pytest.mark.parametrize(
    ("position", "bad", "said"),
    [
        (0, trial(REFERENCE, 81, refused_by=BOTH[:1]), "earns 81 of 85 machine points"),
        (2, trial(ADVERSARY, 4), "earns 4 points, not none"),
        (1, trial(MUTANT, 4, BOTH, BOTH[1:]), "survives doubles_small_numbers"),
        (2, trial(ADVERSARY, 0, verdict="grader error"), "an error of the grader"),
    ],
    ids=["reference_refused", "adversary_earns", "mutant_survives", "grader_fails"],
)
def test_gate_does_not_hold_when(small, position, bad, said):
    trials = good_trials()
    trials[position] = bad

    assert any(said in problem for problem in trial_problems(small, trials))


def test_check_without_a_mutant_is_named(small):
    trials = [trial(REFERENCE, 85, verdict="passed"), trial(MUTANT, 0, BOTH[:1], BOTH)]

    assert trial_problems(small, trials) == [
        "The check doubles_any_number (81 points) refuses no named mutant."
    ]


def change(assignment, name, old, new):
    path = assignment.folder / name
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    return load_assignment(assignment.folder)


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("checks.py", "points=4", "points=5", "4 points in the notebook, 5 in checks.py"),
        (f"{NAME}.ipynb", '"points": 15', '"points": 14', "The points sum to 99"),
        (f"{NAME}.ipynb", "twice the value", "twice the value\\n    ### END SOLUTION", ""),
        ("checks.py", "### BEGIN HIDDEN TESTS\n", "", "do not come in pairs"),
        ("checks.py", "points=81, title", "visible=True, points=81, title", "are hidden or on"),
    ],
    ids=["points_differ", "sum", "solution_ends_twice", "unpaired", "too_few_hidden"],
)
def test_broken_assignment_is_seen_without_running_it(small, name, old, new, said):
    if "visible=True" in new:
        small = change(small, name, ", visible=False", "")
    broken = change(small, name, old, new)
    if said == "do not come in pairs":
        from tinymledu.errors import CourseError

        with pytest.raises(CourseError, match=said):
            static_problems(broken)
    else:
        assert any(said in problem for problem in static_problems(broken)) or not said


def test_solution_told_in_the_text_is_seen(small):
    broken = change(small, f"{NAME}.ipynb", "# Double", "Write `return x + x  # twice the value`")

    assert any("still has the line of the solution" in p for p in static_problems(broken))


def test_audit_runs_reference_mutants_and_adversaries(small, monkeypatch, tmp_path):
    if sandbox.available().level != sandbox.FULL:
        pytest.skip(f"untrusted code cannot be isolated here: {sandbox.available().refusal()}")
    monkeypatch.setenv("TINYMLEDU_CACHE", str(tmp_path / "cache"))
    told = []

    result = audit(small.folder, progress=lambda *pair: told.append(pair))

    assert result.holds, result.problems
    assert [(one.kind, one.points) for one in result.trials] == [
        (REFERENCE, 85), (MUTANT, 4), (MUTANT, 0), (ADVERSARY, 0),
    ]  # fmt: skip
    assert told[-1] == (4, 4)
    assert result.to_json()["holds"] is True
