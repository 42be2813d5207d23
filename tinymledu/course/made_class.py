"""A class of made submissions: invented students, and the machine points each is due.

They are for the demo and the tests. Nobody wrote them but the authors of this package; the names
are from six continents and say `made`.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tinymledu.course import notebook as nb
from tinymledu.course.answers import AnswerFile, read_all
from tinymledu.course.assignment import Assignment
from tinymledu.course.layout import open_course
from tinymledu.errors import CourseError, InputError
from tinymledu.files import shipped, write_atomic

_HANDED_IN = "2021-10-22 16:00:{second:02d}.000000 UTC"


@dataclass(frozen=True, slots=True)
class MadeStudent:
    """An invented student. `due_points` is None where a person must decide.

    `hostile` submissions attack the grader; they must never run outside the jail.
    """

    name: str
    title: str
    due_points: int | None
    hostile: bool
    source: AnswerFile

    @property
    def honest(self) -> bool:
        """Written to be right or partly right: the demo runs only these without isolation."""
        return not self.hostile and bool(self.due_points)


def made_students(assignment: str = "A01") -> tuple[MadeStudent, ...]:
    """The invented class of an assignment, by number."""
    folder = _folder(assignment)
    due = tomllib.loads((folder / "due.toml").read_text(encoding="utf-8"))["due"]
    return tuple(_made(source, due[source.name]) for source in read_all(folder))


def _folder(assignment: str) -> Path:
    """Beside the tests in a checkout; in a wheel with the assignments, which the jail hides."""
    places = (
        shipped("tests", "submissions", assignment),
        shipped("assignments", "submissions", assignment),
    )
    for folder in places:
        if (folder / "due.toml").is_file():
            return folder
    raise CourseError(f"There are no made submissions for {assignment!r}.")


def _made(source: AnswerFile, due: object) -> MadeStudent:
    return MadeStudent(
        name=f"made_{source.name}",
        title=source.title,
        due_points=due if isinstance(due, int) else None,
        hostile=source.notes.get("hostile") == "true",
        source=source,
    )


def make_class(
    course: str | Path, *, n: int = 20, assignment: str = "A01"
) -> tuple[MadeStudent, ...]:
    """Write the first `n` made submissions into a course's submitted/ folder.

    Raises:
        CourseError: the folder is no course, or the assignment is not in it.
        InputError: there are fewer than `n`.
    """
    place = open_course(course)
    found = place.assignment(assignment)
    students = made_students(found.id)
    if not 1 <= n <= len(students):
        raise InputError(f"n is {n}; there are {len(students)} made submissions.")
    for number, student in enumerate(students[:n]):
        folder = place.submission_folder(student.name, found.name)
        write_atomic(
            folder / f"{found.name}.ipynb", submission_text(found, student.source).encode()
        )
        for name in _file_names(student.source):
            write_atomic(folder / name, (_folder(found.id) / name).read_bytes())
        write_atomic(folder / "timestamp.txt", _HANDED_IN.format(second=number).encode())
    return students[:n]


def _file_names(source: AnswerFile) -> list[str]:
    return [name.strip() for name in source.notes.get("files", "").split(",") if name.strip()]


def submission_text(assignment: Assignment, source: AnswerFile) -> str:
    """The notebook file that a student with these answers hands in; the rest is as handed out."""
    if source.notes.get("raw") == "true":
        return source.answers["raw"]
    filled: dict[str, Any] = nb.with_answers(
        nb.release_version(assignment.notebook), source.answers
    )
    without = source.notes.get("without")
    filled["cells"] = [
        raw
        for raw in filled["cells"]
        if without is None or raw["metadata"].get("nbgrader", {}).get("grade_id") != without
    ]
    return nb.to_text(filled)
