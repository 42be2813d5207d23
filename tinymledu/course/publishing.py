"""Grades and feedback pages, from the last grading and what a person entered since."""

import json
from datetime import datetime
from pathlib import Path

from tinymledu.course import feedback, late_gradebook
from tinymledu.course.assignment import Assignment
from tinymledu.course.grades import GradeReport, report_as_record, report_from_record, to_csv
from tinymledu.course.layout import Course, open_course
from tinymledu.errors import CourseError
from tinymledu.files import write_atomic


def publish(course: str | Path, assignment: str) -> tuple[Path, ...]:
    """Write the CSV and the pages again, with the points and comments that a person has given.

    Nothing is graded. The CSV is grades/ASSIGNMENT.csv.

    Returns:
        The pages, in the order of the students' names.

    Raises:
        CourseError: nothing has been graded yet, or a file cannot be read or written.
    """
    place = open_course(course)
    found = place.assignment(assignment)
    report, graded_at = last_report(place, found.name)
    try:
        write(place, found, report, graded_at)
    except OSError as error:
        raise CourseError(
            f"{error.filename or place.folder} cannot be written: {error.strerror}. "
            "Make the course folder writable, or free some space, and run this again."
        ) from None
    return tuple(feedback.page_path(place, found.name, one.student) for one in report.students)


def csv_path(course: Course, assignment: str) -> Path:
    """Where the grades of an assignment lie."""
    return course.folder / "grades" / f"{assignment}.csv"


def write(course: Course, assignment: Assignment, report: GradeReport, graded_at: datetime) -> None:
    """Write the CSV and every page."""
    people = late_gradebook.read_people(course, assignment, report)
    table = to_csv(report, graded_at, people)
    write_atomic(csv_path(course, assignment.name), table.encode())
    feedback.write(course, assignment, report, graded_at, people=people)


def keep(course: Course, report: GradeReport, graded_at: datetime) -> None:
    """Keep a report, so that it can be published again."""
    content = json.dumps(report_as_record(report, graded_at), indent=1, ensure_ascii=False)
    write_atomic(_path(course, report.assignment), content.encode())


def _path(course: Course, assignment: str) -> Path:
    return course.folder / "results" / f"{assignment}.json"


def last_report(course: Course, assignment: str) -> tuple[GradeReport, datetime]:
    """The last grading of an assignment, by its full name, and when it was.

    Raises:
        CourseError: nothing has been graded yet, or what was kept cannot be read.
    """
    try:
        content = _path(course, assignment).read_text(encoding="utf-8")
        return report_from_record(json.loads(content))
    except FileNotFoundError:
        reason = f"There are no grades of {assignment} yet."
    except (OSError, ValueError, KeyError, TypeError):
        reason = f"The last grades of {assignment} cannot be read."
    raise CourseError(f"{reason} Run: tinymledu course grade {assignment}")
