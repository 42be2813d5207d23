"""Records of grades: words, JSON, CSV, and the copy kept for identical submissions."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from small_assignment import write_assignment

from tinymledu.course import summary
from tinymledu.course.grades import (
    GradeReport,
    StudentGrade,
    as_record,
    from_record,
    graded,
    to_csv,
)
from tinymledu.course.intake import Submission
from tinymledu.course.notebook import TEXT_STUB
from tinymledu.course.verdict import CellOutcome, CheckResult, SandboxResult, Verdict

HANDED_IN = datetime(2026, 3, 1, 10, 20, 30, tzinfo=timezone(timedelta(hours=1)))


def check(name="c", verdict=Verdict.PASSED, points=4.0):
    earned = points if verdict is Verdict.PASSED else 0.0
    return CheckResult(name, "title", verdict, points, earned, "message", "detail", True)


def outcome(index, verdict=Verdict.PASSED, error="", message="", line=None):
    return CellOutcome(index, verdict, error, message, line, "", False, 0.1)


def result(*checks, cells=(), verdict=Verdict.PASSED, reason=""):
    return SandboxResult(tuple(cells), checks, verdict, reason, 1.5, 0.5, 1000)


def report(*students):
    return GradeReport("T01_double", 85, 15, "full", students, 2.0)


@pytest.fixture
def small(tmp_path):
    return write_assignment(tmp_path)


def test_points_are_the_sum_over_the_checks(small):
    grade = graded(
        small,
        Submission("ana"),
        result(check(), check("d", Verdict.FAILED), check("e", points=3.0)),
    )

    assert grade.machine_points == 7
    assert grade.words == "2 of 3 checks passed"
    assert not grade.needs_human


def test_our_own_error_is_no_zero_and_asks_for_a_person(small):
    grade = graded(
        small,
        Submission("ana"),
        result(check(), verdict=Verdict.GRADER_ERROR, reason="The checker did not finish."),
    )

    assert grade.machine_points is None
    assert grade.needs_human
    assert grade.words == "our own error: The checker did not finish."


def test_trouble_names_the_cell_and_says_what_happened(small):
    cells = [
        outcome(0),
        outcome(1, Verdict.RAISED, "NameError", "no x", 3),
        outcome(2, Verdict.OUT_OF_TIME, "", "longer than 9 s"),
    ]
    grade = graded(small, Submission("ana"), result(check(verdict=Verdict.FAILED), cells=cells))

    assert [one.cell for one in grade.trouble] == ["double", "the cell after double"]
    assert grade.trouble[0].message == "NameError: no x (line 3)"
    assert grade.words == "0 of 1 checks passed; double: raised"


def test_submission_that_cannot_be_read_says_why():
    grade = StudentGrade(Submission("ana", reason="no JSON"), None, Verdict.NOT_RUN, "no JSON")

    assert grade.words == "cannot be read: no JSON"


def test_record_gives_the_grade_back(small):
    submission = Submission("ana", {"double": "x"}, notes=("n",))
    cells = [outcome(0), outcome(1, Verdict.RAISED, "E", "m")]
    grade = graded(small, submission, result(check(verdict=Verdict.RAISED), cells=cells))

    record = json.loads(json.dumps(as_record(grade)))
    again = from_record(record, submission)

    assert again.cached
    assert (again.checks, again.trouble, again.words) == (grade.checks, grade.trouble, grade.words)
    assert again.machine_points == grade.machine_points


def test_csv_can_be_read_back_whatever_names_and_messages_hold(small):
    odd = 'a,"b"\nc'
    grades = [
        graded(small, Submission(odd, submitted_at=HANDED_IN), result(check())),
        StudentGrade(Submission("=1+1"), None, Verdict.NOT_RUN, "=cmd()"),
    ]

    text = to_csv(report(*grades), datetime(2026, 3, 2, 8, 0, tzinfo=UTC))
    rows = list(csv.DictReader(io.StringIO(text, newline="")))

    assert rows[0]["student"] == odd
    assert rows[0]["machine_points"] == "4"
    assert rows[0]["submitted_at"] == "2026-03-01T10:20:30+01:00"
    assert rows[0]["graded_at"] == "2026-03-02T08:00:00+00:00"
    assert rows[0]["c"] == "4"
    assert rows[1]["machine_points"] == ""
    assert rows[1]["needs_human"] == "yes"


def test_csv_cell_that_a_spreadsheet_would_run_is_made_text():
    grade = StudentGrade(Submission("=1+1"), None, Verdict.NOT_RUN, "r")

    assert "'=1+1" in to_csv(report(grade), HANDED_IN)


def test_json_holds_plain_values_only(small):
    grade = graded(small, Submission("ana", submitted_at=HANDED_IN), result(check()))

    record = json.loads(json.dumps(report(grade).to_json()))

    assert record["students"][0]["submitted_at"] == "2026-03-01T10:20:30+01:00"
    assert record["students"][0]["checks"] == [{"name": "c", "verdict": "passed", "points": 4.0}]
    assert record["needs_human"] == []


def test_summary_says_what_is_left_for_a_person(small):
    texts = [{"why": "Because."}, {"why": TEXT_STUB}, {}]
    grades = [graded(small, Submission("s", essays=text), result(check())) for text in texts]
    unread = StudentGrade(Submission("t", reason="r"), None, Verdict.NOT_RUN, "r")

    assert [row[3] for row in summary.rows(report(*grades, unread))] == [
        "a text was handed in", "no text handed in", "no text handed in", "look at the submission",
    ]  # fmt: skip


def test_summary_shows_names_as_text_and_not_as_markup():
    from rich.console import Console

    console = Console(width=120, record=True, file=io.StringIO())
    console.print(summary.table(report(StudentGrade(Submission("[red]x"), 3, Verdict.PASSED, ""))))

    assert "[red]x" in console.export_text()
