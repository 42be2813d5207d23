"""A graded class made up for tests of what is shown of it; nothing is run."""

from datetime import UTC, datetime

from tinymledu.course.grades import CellTrouble, GradeReport, StudentGrade
from tinymledu.course.intake import Submission
from tinymledu.course.verdict import CheckResult, Verdict

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SMALL, ANY = "doubles_small_numbers", "doubles_any_number"


def result(name, *, passed, message="", title=None, visible=None, verdict=Verdict.FAILED):
    points = {SMALL: 4.0, ANY: 81.0}[name]
    return CheckResult(
        name,
        title or {SMALL: "double of 3 and 4", ANY: "double of any number"}[name],
        Verdict.PASSED if passed else verdict,
        points,
        points if passed else 0.0,
        "" if passed else message,
        "expected 34642",
        visible=name == SMALL if visible is None else visible,
    )


def student(name, small, any_number, *, message="double(3): expected 6, got 9.", trouble=()):
    checks = (result(SMALL, passed=small, message=message), result(ANY, passed=any_number))
    points = 4 * small + 81 * any_number
    verdict = Verdict.PASSED if small and any_number else Verdict.FAILED
    return StudentGrade(Submission(name), points, verdict, "", checks, tuple(trouble))


def unread(name, reason="no JSON"):
    return StudentGrade(Submission(name, reason=reason), None, Verdict.NOT_RUN, reason)


def report_of(*students):
    return GradeReport("T01_double", 85, 15, "full", students, 1.0)


def raised(message, cell="double"):
    return CellTrouble(cell, Verdict.RAISED, message)
