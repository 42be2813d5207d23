"""A class's grades as one table that a lecturer reads without a manual."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tinymledu.course.grades import GradeReport, StudentGrade
from tinymledu.course.notebook import TEXT_STUB

if TYPE_CHECKING:
    from rich.table import Table

COLUMNS = ("student", "points", "result", "for a person")


def rows(report: GradeReport) -> list[Sequence[str]]:
    """One row a student: name, machine points, what happened, what is left for a person."""
    return [
        (one.student, _points(one, report), one.words, _for_person(one)) for one in report.students
    ]


def _points(grade: StudentGrade, report: GradeReport) -> str:
    earned = "-" if grade.machine_points is None else str(grade.machine_points)
    return f"{earned} of {report.machine_points}"


def _for_person(grade: StudentGrade) -> str:
    if grade.needs_human:
        return "look at the submission"
    texts = [
        text for text in grade.submission.essays.values() if text.strip() not in ("", TEXT_STUB)
    ]
    return "a text was handed in" if texts else "no text handed in"


def table(report: GradeReport) -> "Table":
    """The rows as a rich table. Students' words are shown as text, never as markup."""
    from rich.table import Table
    from rich.text import Text

    grid = Table(
        title=f"{report.assignment}: machine points; {report.person_points} more by a person",
        title_justify="left",
    )
    for column in COLUMNS:
        grid.add_column(column, justify="right" if column == "points" else "left", overflow="fold")
    for row in rows(report):
        grid.add_row(*(Text(entry) for entry in row))
    return grid


def lines(report: GradeReport) -> list[str]:
    """What was run and what was kept, and what an audit found."""
    n_kept = sum(one.cached for one in report.students)
    n_judged = sum(bool(one.judged_again) for one in report.students)
    said = []
    if n_kept or n_judged:
        said.append(
            f"Graded before: {n_kept}. Not run again, changed checks put to their answers: "
            f"{n_judged}. Run or not gradable: {len(report.students) - n_kept - n_judged}."
        )
    if report.audit is not None:
        audit = report.audit
        found = f"look at {', '.join(audit.differ)}" if audit.differ else "no difference"
        said.append(
            f"Audit: kept results of {len(audit.students)} students run again "
            f"(--audit-seed {audit.seed}): {found}."
        )
    return said
