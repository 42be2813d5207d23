"""One page of feedback a student: self-contained, every text escaped, nothing that runs.

Visible checks say what was expected, what came and where. Hidden ones say which property was not
met. Cells' outputs are not shown, errors are shown as text; where they are known, with their cause
and the next step.

Pages are in the current language, or the course's own. What was kept in English (`sentences.py`) is
translated here.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from tinymledu import translation
from tinymledu.course import pages, sentences
from tinymledu.course.assignment import Assignment
from tinymledu.course.explain import explain
from tinymledu.course.grades import GradeReport, PersonGrade, StudentGrade
from tinymledu.course.layout import Course
from tinymledu.files import write_atomic
from tinymledu.translation import translated


def page(
    assignment: Assignment,
    grade: StudentGrade,
    graded_at: datetime,
    *,
    person: PersonGrade | None = None,
) -> str:
    """The page as HTML, with what a person has entered as far as there is any."""
    visible = [check for check in grade.checks if check.visible]
    hidden = [check for check in grade.checks if not check.visible]
    return pages.render(
        "feedback.html.j2",
        assignment=assignment,
        grade=grade,
        groups=[(translated("Public checks"), visible), (translated("Hidden checks"), hidden)],
        now=graded_at,
        person=person or PersonGrade(),
        person_points=sum(cell.points for cell in assignment.essays),
        words=sentences.WORDS,
        summary=sentences.summary(grade.checks),
        explain=explain,
        translated=translated,
        in_language=translation.in_language,
        language=translation.language(),
        draft_note=translation.draft_note(),
        late_reason=_late_reason(person),
    )


def _late_reason(person: PersonGrade | None) -> str:
    """Lateness is told in parts; each is a sentence of its own."""
    reason = person.late.reason if person is not None and person.late is not None else ""
    return "; ".join(translation.in_language(part) for part in reason.split("; "))


def page_path(course: Course, assignment: str, student: str) -> Path:
    """Where a student's page lies, as nbgrader names it."""
    return course.folder / "feedback" / student / assignment / f"{assignment}.html"


def write(
    course: Course,
    assignment: Assignment,
    report: GradeReport,
    graded_at: datetime,
    *,
    people: Mapping[str, PersonGrade],
) -> None:
    """Write every student's page, in the current language or else the course's."""
    with translation.speaking(translation.language(course.language)):
        for grade in report.students:
            target = page_path(course, assignment.name, grade.student)
            html = page(assignment, grade, graded_at, person=people.get(grade.student))
            write_atomic(target, html.encode())
