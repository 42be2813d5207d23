"""Grades into nbgrader's gradebook.db, through nbgrader's own classes, by one writer.

formgrader also wants the graded notebooks under autograded/. They hold the student's answers inside
the lecturer's notebook, and the verdicts as plain text: no output of the student's is copied.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path
from typing import Any

from tinymledu.course import notebook as nb
from tinymledu.course.assignment import Assignment
from tinymledu.course.database import opened
from tinymledu.course.grades import GradeReport, PersonGrade, StudentGrade
from tinymledu.course.intake import Submission
from tinymledu.course.layout import Course
from tinymledu.course.notebook import Role
from tinymledu.course.verdict import CheckResult, Verdict
from tinymledu.files import write_atomic


def write(course: Course, assignment: Assignment, report: GradeReport) -> None:
    """Enter a report's grades. Points that a person gave before stay as they are.

    The reflection, and every check of a submission that could not be judged, is marked as waiting
    for a person, until that person gave points for this very submission.
    """
    with opened(course) as book, _one_transaction(book):
        declare(book, assignment)
        for grade in report.students:
            _enter(book, assignment, grade, unchanged=_is_unchanged(course, assignment, grade))
    for grade in report.students:
        _write_graded_notebook(course, assignment, grade)


@contextmanager
def _one_transaction(book: Any) -> Iterator[None]:
    """Everything that is entered counts together, or, if the grader is killed, nothing of it."""

    def only_flush() -> None:  # nbgrader commits after each entry
        book.db.flush()
        book.db.expire_all()

    commit = book.db.commit
    book.db.commit = only_flush
    try:
        yield
    finally:
        book.db.commit = commit
    commit()


def declare(book: Any, assignment: Assignment) -> None:
    """Tell the gradebook which cells the assignment has. Harmless when it knows."""
    name = assignment.name
    book.update_or_create_assignment(name)
    book.update_or_create_notebook(name, name)
    for position, raw in enumerate(assignment.notebook["cells"]):
        cell = assignment.cells[position]
        if not cell.grade_id:
            continue
        if cell.points:
            book.update_or_create_grade_cell(
                cell.grade_id, name, name, max_score=cell.points, cell_type=raw["cell_type"]
            )
        if cell.role in (Role.ANSWER, Role.ESSAY):
            book.update_or_create_solution_cell(cell.grade_id, name, name)
        locked = raw["metadata"]["nbgrader"].get("locked", False)
        book.update_or_create_source_cell(
            cell.grade_id, name, name,
            source=nb.text_of(raw), cell_type=raw["cell_type"], locked=locked,
        )  # fmt: skip


def _enter(book: Any, assignment: Assignment, grade: StudentGrade, *, unchanged: bool) -> None:
    name = assignment.name
    book.update_or_create_student(grade.student)
    submission = book.update_or_create_submission(name, grade.student)
    if grade.submission.submitted_at is not None:
        submission.timestamp = grade.submission.submitted_at.astimezone(UTC).replace(tzinfo=None)
    by_name = {check.name: check for check in grade.checks}
    for entry in submission.notebooks[0].grades:
        waited = entry.needs_manual_grade
        _set_score(entry, by_name.get(entry.name), judged=grade.machine_points is not None)
        if unchanged and entry.manual_score is not None:
            entry.needs_manual_grade = waited
    for comment in submission.notebooks[0].comments:
        comment.auto_comment = _comment(comment.name, grade)


def _set_score(entry: Any, check: CheckResult | None, *, judged: bool) -> None:
    entry.auto_score = check.points_earned if check is not None and judged else None
    entry.needs_manual_grade = entry.auto_score is None or entry.manual_score is not None


def _comment(cell: str, grade: StudentGrade) -> str | None:
    parts = [f"{one.verdict.value}: {one.message}" for one in grade.trouble if one.cell == cell]
    parts += [note for note in grade.submission.notes if f"'{cell}'" in note]
    if grade.machine_points is None:
        parts.append(grade.words_for_student)
    return " ".join(parts) or None


def read_people(course: Course, assignment: Assignment) -> dict[str, PersonGrade]:
    """What a person has entered in formgrader so far, by student.

    Raises:
        CourseError: the gradebook is damaged or locked.
    """
    if not course.gradebook.is_file():
        return {}
    texts = {cell.grade_id for cell in assignment.essays}
    with opened(course) as book:
        submissions = book.assignment_submissions(assignment.name)
        return {one.student.id: _person_grade(one.notebooks[0], texts) for one in submissions}


def _person_grade(notebook: Any, texts: set[str]) -> PersonGrade:
    entries = list(notebook.grades)
    read = [entry for entry in entries if entry.name in texts]
    comments = {one.name: one.manual_comment for one in notebook.comments if one.manual_comment}
    return PersonGrade(
        points=_sum(read),
        total=_sum(entries),
        comments=comments,
        nbgrader_penalty=notebook.late_submission_penalty or 0.0,
    )


def _sum(entries: list[Any]) -> float | None:
    """The points of cells, extra credit included; None while one of them waits for a person."""
    if any(entry.needs_manual_grade for entry in entries):
        return None
    return float(sum(entry.score for entry in entries))


# ------------------------------------------------------------------------------ autograded/

_MARK = "tinymledu_submission"


def _is_unchanged(course: Course, assignment: Assignment, grade: StudentGrade) -> bool:
    """Whether what a person saw in formgrader is what is graded now."""
    path = _graded_folder(course, assignment, grade) / f"{assignment.name}.ipynb"
    try:
        seen = json.loads(path.read_text(encoding="utf-8"))["metadata"][_MARK]
    except (OSError, ValueError, KeyError, TypeError):
        return False  # not graded before, or written by another program
    return bool(seen == _mark(grade.submission))


def _mark(submission: Submission) -> str:
    record = json.dumps(
        [submission.fingerprint, sorted(submission.essays.items()), submission.reason]
    )
    return hashlib.sha256(record.encode()).hexdigest()


def _graded_folder(course: Course, assignment: Assignment, grade: StudentGrade) -> Path:
    return course.folder / "autograded" / grade.student / assignment.name


def _write_graded_notebook(course: Course, assignment: Assignment, grade: StudentGrade) -> None:
    folder = _graded_folder(course, assignment, grade)
    notebook = graded_notebook(assignment, grade)
    notebook["metadata"] = {**notebook["metadata"], _MARK: _mark(grade.submission)}
    write_atomic(folder / f"{assignment.name}.ipynb", nb.to_text(notebook).encode())
    if grade.submission.submitted_at is not None:
        stamp = grade.submission.submitted_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")
        write_atomic(folder / "timestamp.txt", stamp.encode())


def graded_notebook(assignment: Assignment, grade: StudentGrade) -> dict[str, Any]:
    """The lecturer's notebook with the student's answers and our verdicts, nothing else.

    nbgrader can make feedback for students from it, so values of hidden tests stay out; they are
    in results/.
    """
    essays = {cell.grade_id: as_plain_text("") for cell in assignment.essays}
    essays |= {name: as_plain_text(text) for name, text in grade.submission.essays.items()}
    code = dict.fromkeys(assignment.answer_ids, "# no answer") | dict(grade.submission.answers)
    notebook = nb.with_answers(assignment.notebook, {**code, **essays})
    by_name = {check.name: check for check in grade.checks}
    trouble = {one.cell: f"{one.verdict.value}: {one.message}" for one in grade.trouble}
    for raw, cell in zip(notebook["cells"], assignment.cells, strict=True):
        if raw["cell_type"] != "code":
            continue
        said = trouble.get(cell.grade_id, "")
        if cell.role is Role.TEST:
            said = _verdict_text(by_name.get(cell.grade_id), grade)
        raw["execution_count"] = None
        raw["outputs"] = [_stdout(said)] if said else []
    return notebook


def _verdict_text(check: CheckResult | None, grade: StudentGrade) -> str:
    if check is None:
        return grade.words_for_student
    points = f"{check.points_earned:g} of {check.points:g} points"
    said = "" if check.verdict is Verdict.PASSED else f"\n{check.message}"
    return f"{check.verdict.value}: {points}{said}"


def _stdout(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text + "\n"}


def as_plain_text(text: str) -> str:
    """A student's text as a code block: formgrader would render its HTML and links otherwise."""
    fence = "~~~"
    while fence in text:
        fence += "~"
    return f"{fence}text\n{text or '(no answer)'}\n{fence}"
