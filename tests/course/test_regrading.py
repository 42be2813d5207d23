"""Grading again: what is kept, what is put to kept answers, what is run; locks and audits."""

import json
import shutil
import sqlite3

import pytest
from small_assignment import NAME, fresh_course, hand_in

from tinymledu import course
from tinymledu.cli import main
from tinymledu.course import gradebook, keys, work
from tinymledu.course import kit as kits
from tinymledu.course.layout import open_course
from tinymledu.course.lock import only_grader
from tinymledu.course.verdict import Verdict
from tinymledu.errors import CourseError, InputError

ANSWERS = {
    "ana": "def double(x):\n    return 2 * x",
    "bo": "def double(x):\n    return 2 * x",
    "chi": "def double(x):\n    return {3: 6, 4: 8}[x]",
    "eve": "import os\nos._exit(0)",
}
DUE = {"ana": 85, "bo": 85, "chi": 4, "eve": 0}


class SharedParent:
    """The session's warm parent, which no single grading may end."""

    def __init__(self, warm):
        self._warm = warm

    def __getattr__(self, name):
        return getattr(self._warm, name)

    def close(self):
        pass


@pytest.fixture(autouse=True)
def _shared_parent_and_steady_key(monkeypatch, warm):
    monkeypatch.setattr(work, "Zygote", lambda: SharedParent(warm))
    # The package may be worked on while its tests run.
    monkeypatch.setattr(keys, "environment", lambda: "as always")


@pytest.fixture(scope="module")
def graded_once(tmp_path_factory, warm):
    place = fresh_course(tmp_path_factory.mktemp("once") / "c")
    for student, source in ANSWERS.items():
        hand_in(place, student, source)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(work, "Zygote", lambda: SharedParent(warm))
        patch.setattr(keys, "environment", lambda: "as always")
        assert points(course.grade(place.folder, "T01")) == DUE
    return place


@pytest.fixture
def graded(graded_once, tmp_path):
    return open_course(shutil.copytree(graded_once.folder, tmp_path / "c"))


@pytest.fixture
def runs(monkeypatch):
    """The answers whose program is run, from now on."""
    seen = []
    run = kits.run

    def watched(kit, submission, **options):
        seen.append(submission.answers["double"])
        return run(kit, submission, **options)

    monkeypatch.setattr(kits, "run", watched)
    return seen


def points(report):
    return {one.student: one.machine_points for one in report.students}


def change_checks(place, before, after):
    path = place.folder / "lecturer" / NAME / "checks.py"
    source = path.read_text()
    assert before in source
    path.write_text(source.replace(before, after))


def records(place):
    return sorted((place.folder / "results" / NAME).glob("*.json"))


# ------------------------------------------------------------------------------- a changed check


def test_changed_check_is_put_to_kept_answers_and_no_program_runs(graded, runs):
    change_checks(graded, "expect(got == 34642, got=got", "expect(got == 34643, got=got")

    report = course.grade(graded.folder, "T01")

    assert runs == []
    assert points(report) == {"ana": 4, "bo": 4, "chi": 4, "eve": 0}
    assert {one.judged_again for one in report.students} == {("doubles_any_number",)}
    assert course.grade(graded.folder, "T01").students[0].cached


def test_check_that_asks_something_new_runs_the_programs_it_needs(graded, runs):
    change_checks(graded, "17321", "17322")
    change_checks(graded, "34642", "34644")

    report = course.grade(graded.folder, "T01")

    assert sorted(runs) == sorted({ANSWERS["ana"], ANSWERS["chi"]})  # eve's had ended: no need
    assert points(report) == DUE
    assert not any(one.from_earlier_run for one in report.students if one.student != "eve")


def test_changed_comment_changes_nothing(graded, runs):
    change_checks(graded, "### BEGIN HIDDEN", "# the hidden one\n### BEGIN HIDDEN")

    assert all(one.cached for one in course.grade(graded.folder, "T01").students)
    assert runs == []


def test_changed_limit_runs_everything_again(graded, runs):
    path = graded.folder / "lecturer" / NAME / "assignment.toml"
    path.write_text(path.read_text().replace("memory_mib = 1024", "memory_mib = 1000"))

    assert points(course.grade(graded.folder, "T01")) == DUE
    assert sorted(runs) == sorted(set(ANSWERS.values()))


def test_new_submission_alone_is_run(graded, runs):
    hand_in(graded, "dara", "def double(x):\n    return x * 2")

    assert points(course.grade(graded.folder, "T01")) == DUE | {"dara": 85}
    assert runs == ["def double(x):\n    return x * 2"]


def test_answers_alike_are_run_once(graded, runs):
    report = course.grade(graded.folder, "T01", again=True)

    assert sorted(runs) == sorted(set(ANSWERS.values()))
    assert points(report) == DUE


def test_answer_that_changes_between_two_questions_is_not_kept(graded, runs):
    place = graded
    change_checks(place, "for x in (3, 4):", "for x in (3, 3):")
    shutil.rmtree(place.folder / "submitted")
    hand_in(place, "ana", "import itertools\nn = itertools.count()\ndef double(x):\n    next(n)")
    hand_in(
        place,
        "bo",
        "n = [0]\ndef double(x):\n    n[0] += 1\n    return 2 * x if n[0] < 3 else n[0]",
    )
    course.grade(place.folder, "T01")
    change_checks(place, "got == 2 * x, got", "got == 2 * x * 1, got")

    course.grade(place.folder, "T01")

    assert sorted(source[:1] for source in runs[:2]) == ["i", "n"]
    assert [source[:1] for source in runs[2:]] == ["n"]


def test_unreadable_submission_is_not_graded_as_the_empty_one_that_it_resembles(graded):
    hand_in(graded, "hana", "")
    path = graded.submission_folder("hana", NAME) / f"{NAME}.ipynb"
    notebook = json.loads(path.read_text())
    notebook["cells"] = [notebook["cells"][6]]  # the text alone, no answer
    path.write_text(json.dumps(notebook))
    unread = graded.submission_folder("ida", NAME)
    unread.mkdir(parents=True)
    (unread / f"{NAME}.ipynb").write_text("Dear teacher")

    assert points(course.grade(graded.folder, "T01")) == DUE | {"hana": 0, "ida": None}


# ---------------------------------------------------------------------------- errors of the grader


def test_error_of_a_check_is_never_a_zero(graded):
    change_checks(graded, "expect(got == 34642, got=got, expected=34642)", "raise KeyError(got)")

    report = course.grade(graded.folder, "T01")

    assert points(report) == {"ana": None, "bo": None, "chi": 4, "eve": 0}
    assert report.needs_human == ("ana", "bo")
    ana = report.students[0]
    assert ana.verdict is Verdict.GRADER_ERROR
    assert "KeyError" not in ana.words_for_student
    assert scores_of(graded, "ana") == {(None, 1)}
    row = (graded.folder / "grades" / f"{NAME}.csv").read_text().splitlines()[1]
    assert row.startswith(f"ana,{NAME},,85,")


def test_error_of_the_grader_is_tried_again(graded):
    source = (graded.folder / "lecturer" / NAME / "checks.py").read_text()
    change_checks(graded, "expect(got == 34642, got=got, expected=34642)", "raise KeyError(got)")
    course.grade(graded.folder, "T01")
    again = course.grade(graded.folder, "T01")
    (graded.folder / "lecturer" / NAME / "checks.py").write_text(source)

    assert [one.cached for one in again.students] == [False, False, True, True]
    assert points(course.grade(graded.folder, "T01")) == DUE


def scores_of(place, student):
    book = sqlite3.connect(place.gradebook)
    rows = book.execute(
        "select auto_score, needs_manual_grade from grade join submitted_notebook on"
        " submitted_notebook.id = grade.notebook_id join submitted_assignment on"
        " submitted_assignment.id = submitted_notebook.assignment_id where student_id = ?",
        (student,),
    ).fetchall()
    book.close()
    return set(rows)


def test_class_is_entered_whole_or_not_at_all(graded, monkeypatch):
    hand_in(graded, "dara", ANSWERS["ana"])
    hand_in(graded, "zoe", ANSWERS["ana"])
    enter = gradebook._enter

    def stopped_at_zoe(book, assignment, grade, **options):
        if grade.student == "zoe":
            raise OSError("the power went")
        enter(book, assignment, grade, **options)

    with monkeypatch.context() as patch:
        patch.setattr(gradebook, "_enter", stopped_at_zoe)
        with pytest.raises(CourseError, match="cannot be written"):
            course.grade(graded.folder, "T01")

    assert scores_of(graded, "dara") == set()
    course.grade(graded.folder, "T01")
    assert scores_of(graded, "dara") == scores_of(graded, "zoe") == scores_of(graded, "ana")


# ------------------------------------------------------------------------------------ one grader


def test_second_grader_is_told_who_is_first(graded):
    with (
        only_grader(open_course(graded.folder)),
        pytest.raises(CourseError, match=r"Another run is grading .*\(process \d+ on .*, since 2"),
    ):
        course.grade(graded.folder, "T01")

    assert all(one.cached for one in course.grade(graded.folder, "T01").students)


def test_unfinished_files_are_removed_and_others_stay(graded):
    folder = graded.folder / "results" / NAME
    (folder / f".{records(graded)[0].name}.ab12cd_x").write_text("{")
    (folder / ".notes.ab12cd_x").write_text("mine")

    course.grade(graded.folder, "T01")

    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == [
        ".notes.ab12cd_x"
    ]


# ---------------------------------------------------------------------------------------- audits


def forge_a_zero(place):
    """Make the kept result of ana and bo one that no run gives."""
    for path in records(place):
        record = json.loads(path.read_text())
        if record["verdict"] == "passed":
            record["checks"][1] |= {"verdict": "failed", "points_earned": 0.0}
            path.write_text(json.dumps(record))


def test_audit_of_right_results_finds_nothing(graded, runs):
    report = course.grade(graded.folder, "T01", audit_share=1.0, audit_seed=3)

    assert sorted(runs) == sorted(set(ANSWERS.values()))
    assert report.audit.students == ("ana", "bo", "chi", "eve")
    assert report.audit.differ == ()
    assert points(report) == DUE


def test_audit_asks_a_person_where_a_second_run_differs_and_goes_on_asking(graded):
    forge_a_zero(graded)

    report = course.grade(graded.folder, "T01", audit_share=1.0, audit_seed=3)

    assert report.audit.differ == report.needs_human == ("ana", "bo")
    assert "doubles_any_number: 0 points before, 81 points now" in report.students[0].reason
    later = course.grade(graded.folder, "T01")
    assert later.needs_human == ("ana", "bo")
    assert points(course.grade(graded.folder, "T01", again=True)) == DUE
    assert course.grade(graded.folder, "T01").needs_human == ()


def test_audit_takes_a_share_of_what_differs_and_the_seed_chooses(graded, runs):
    chosen = {
        seed: course.grade(graded.folder, "T01", audit_share=0.34, audit_seed=seed).audit.students
        for seed in (1, 1, 2, 3, 4)
    }

    assert len(runs) == 10  # two of three that differ, five times
    assert len(set(chosen.values())) > 1


def test_audit_of_nothing_kept_runs_nothing_twice(graded, runs):
    report = course.grade(graded.folder, "T01", again=True, audit_share=1.0)

    assert report.audit.students == ()
    assert len(runs) == 3


@pytest.mark.parametrize("share", [-0.1, 1.5])
def test_share_that_makes_no_sense_is_refused(graded, share):
    with pytest.raises(InputError, match="share to audit is"):
        course.grade(graded.folder, "T01", audit_share=share)


# ---------------------------------------------------------------------------- on the command line


def test_command_says_what_was_kept_and_what_the_audit_found(graded, capsys):
    options = ["course", "grade", "T01", "--course", str(graded.folder)]

    assert main([*options, "--audit-share", "1", "--audit-seed", "3"]) == 0

    said = capsys.readouterr().out
    assert "Graded before: 4." in said
    assert "of 4 students run again (--audit-seed 3): no difference" in said


def test_command_asks_for_a_person_where_an_audit_differs(graded, capsys):
    forge_a_zero(graded)
    options = ["course", "grade", "T01", "--course", str(graded.folder), "--json"]

    assert main([*options, "--audit-share", "1", "--audit-seed", "3"]) == 4

    record = json.loads(capsys.readouterr().out)
    assert record["audit"]["differ"] == record["needs_human"] == ["ana", "bo"]


@pytest.mark.parametrize("share", ["0", "2", "half", "nan"])
def test_command_refuses_a_share_that_makes_no_sense(share, capsys):
    with pytest.raises(SystemExit):
        main(["course", "grade", "T01", "--audit-share", share])
    assert "not a share" in capsys.readouterr().err
