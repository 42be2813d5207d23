"""The no-free-points gate, on an assignment small enough to break in every way."""

import json
import re
from functools import partial
from pathlib import Path

import pytest
from small_assignment import NAME, write_assignment

from tinymledu import course
from tinymledu.course import sandbox
from tinymledu.course.adversaries import ATTACKS
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
from tinymledu.course.checks import failure_of
from tinymledu.course.zygote import Zygote
from tinymledu.errors import CourseError

BOTH = ("doubles_small_numbers", "doubles_any_number")


@pytest.fixture
def small(tmp_path):
    return write_assignment(tmp_path)


def trial(kind, points=0, kills=(), refused_by=(), verdict="failed", found=()):
    return Trial(
        kind, "", "name", "title", kills, points, verdict, "reason", refused_by, 1.0, 1.0, found
    )


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
        (2, trial(ADVERSARY, 0, found=("hidden.npz",)), "can read hidden.npz"),
        (1, trial(MUTANT, 0, (), BOTH), "must name checks that refuse it"),
        (1, trial(MUTANT, 0, ("doubles",), BOTH), "it names doubles. There are: doubles_any"),
    ],
    ids=[
        "reference_refused",
        "adversary_earns",
        "mutant_survives",
        "grader_fails",
        "adversary_reads",
        "mutant_names_no_check",
        "mutant_names_an_unknown_check",
    ],
)
def test_gate_does_not_hold_when(small, position, bad, said):
    trials = good_trials()
    trials[position] = bad

    assert any(said in problem for problem in trial_problems(small, trials))


def test_check_without_a_mutant_is_named(small):
    """And refusing a mutant of another check does not count."""
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
        with pytest.raises(CourseError, match=said):
            static_problems(broken)
    else:
        assert any(said in problem for problem in static_problems(broken)) or not said


def test_solution_told_in_the_text_is_seen(small):
    broken = change(small, f"{NAME}.ipynb", "# Double", "Write `return x + x  # twice the value`")

    assert any("still has the line of the solution" in p for p in static_problems(broken))


def test_stub_that_is_not_python_is_seen(small):
    raw = "### BEGIN SOLUTION\\ndouble = lambda x: x + x\\n### END SOLUTION"
    source = "def double(x):\\n    ### BEGIN SOLUTION\\n    return x + x  # twice the value"
    broken = change(small, f"{NAME}.ipynb", source + "\\n    ### END SOLUTION", raw)

    assert any("is not Python as it is handed out" in p for p in static_problems(broken))


@pytest.fixture
def run_gate(monkeypatch, tmp_path):
    if sandbox.available().level != sandbox.FULL:
        pytest.skip(f"untrusted code cannot be isolated here: {sandbox.available().refusal()}")
    monkeypatch.setenv("TINYMLEDU_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("tinymledu.course.audit.Zygote", partial(Zygote, tensorflow=False))
    return audit


def test_audit_runs_reference_mutants_and_adversaries(small, run_gate):
    told = []

    result = run_gate(small.folder, progress=lambda *pair: told.append(pair))

    assert result.holds, result.problems
    assert [(one.kind, one.points) for one in result.trials[:4]] == [
        (REFERENCE, 85), (MUTANT, 4), (MUTANT, 0), (ADVERSARY, 0),
    ]  # fmt: skip
    assert {(one.kind, one.points) for one in result.trials[3:]} == {(ADVERSARY, 0)}
    assert told[-1] == (len(result.trials), len(result.trials))


def test_json_lists_every_kind_with_its_adversaries_points_and_who_refused(small, run_gate):
    record = json.loads(json.dumps(run_gate(small.folder).to_json()))

    assert record["holds"] is True
    assert set(record["adversaries"]) == set(ATTACKS)
    assert all(record["adversaries"].values())
    assert record["kills"] == {
        "doubles_small_numbers": ["square"], "doubles_any_number": ["literal"],
    }  # fmt: skip
    assert record["mutants"] == {"total": 2, "killed": 2}
    one = next(trial for trial in record["trials"] if trial["attack"] == "early exit")
    assert one["points"] == 0
    assert one["refused_by"] == list(BOTH)


def test_gate_and_release_refuse_a_check_that_lost_its_teeth(small, run_gate, tmp_path):
    place = course.new(tmp_path / "course", hidden_seed=11)
    write_assignment(place.folder / "lecturer")
    toothless = place.folder / "lecturer" / NAME / "checks.py"
    source = toothless.read_text()
    asked = 'as_number(student.call("double", 17321), "double(17321)")'
    assert asked in source
    toothless.write_text(source.replace(asked, "34642"))

    with pytest.raises(
        CourseError, match=r"(?s)was not released.*earns 81 points, not none"
    ) as said:
        course.release(place.folder, "T01")

    assert "The mutant 'literal'" in str(said.value)
    assert "The check doubles_any_number (81 points) refuses no named mutant." in str(said.value)
    assert list((place.folder / "release").iterdir()) == []


def test_gate_fails_where_a_standard_adversary_cannot_be_made(small, run_gate):
    source = "def double(x):\\n    ### BEGIN SOLUTION"
    bare = change(small, f"{NAME}.ipynb", source, "if True:\\n  " + source.replace("    ", "    "))
    assert bare.reference["double"].startswith("if True:")

    assert any("No adversary of the kind 'constant' can be made" in p
               for p in run_gate(bare.folder).problems)  # fmt: skip


def test_check_in_the_guide_for_lecturers_refuses_what_it_should():
    guide = Path(__file__).parents[2] / "docs" / "assignments.md"
    source = re.search(r"```python\n(.*?)```", guide.read_text(), re.DOTALL)[1]
    names = {"__name__": "checks"}
    exec(source, names)
    check = names["rms_of_a_constant"]

    class Student:
        def __init__(self, answer):
            self.answer = answer

        def call(self, name, *_):
            assert name == "rms"
            return self.answer

    assert failure_of(check, Student(3.0)) is None
    assert str(failure_of(check, Student(9.0))) == "rms([3, 3]): expected 3, got 9.0."
    for wrong in (None, float("nan"), True, [3.0, 3.0], "3"):
        assert failure_of(check, Student(wrong)) is not None, wrong
