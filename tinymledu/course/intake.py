"""What is taken from a submission: the answers, and the files that the assignment accepts.

A submission is a folder that a stranger wrote. Links are not followed, anything but a regular file
is refused, sizes are limited before reading, and of a notebook only the sources of answer cells are
kept: metadata, outputs, tests, names and every other cell are dropped. What cannot be read gives a
reason, never silence.
"""

import hashlib
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tinymledu.course.assignment import Assignment
from tinymledu.course.notebook import Role
from tinymledu.course.wire import clean_text
from tinymledu.errors import CourseError
from tinymledu.translation import said
from tinymledu.units import size

MAX_NOTEBOOK_BYTES = 16 * 1024**2
MAX_ANSWER_CHARS = 100_000
MAX_CELLS = 2_000
MAX_PARTS = 1_000_000  # lists and objects; two characters in the file, 100 bytes in memory
NOT_TAKEN_IN = "not-taken-in.txt"  # why there is no notebook, written when it was collected


@dataclass(frozen=True, slots=True)
class Submission:
    """The answers of one student.

    `answers` and `essays` map a cell's name to its source. `notes` are things a person may want to
    know: a cell that is missing or appears twice. `reason` says why nothing could be read; '' when
    the submission is readable.
    """

    student: str
    answers: Mapping[str, str] = field(default_factory=dict)
    essays: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    reason: str = ""
    submitted_at: datetime | None = None

    @property
    def fingerprint(self) -> str:
        """Equal for submissions whose machine grade must be equal."""
        files = {name: hashlib.sha256(content).hexdigest() for name, content in self.files.items()}
        record = json.dumps([sorted(self.answers.items()), sorted(files.items())])
        return hashlib.sha256(record.encode()).hexdigest()


def read_submission(assignment: Assignment, folder: Path, student: str) -> Submission:
    """Read one submission folder. Never raises for what the student did."""
    try:
        content = read_regular(folder, f"{assignment.name}.ipynb", MAX_NOTEBOOK_BYTES)
        cells = _cells(content)
        answers, essays, notes = _answers(assignment, cells)
    except CourseError as error:
        return Submission(student, reason=_not_taken_in(assignment, folder) or str(error))
    files, file_notes = _accepted_files(assignment, folder)
    all_notes = (*notes, *file_notes)
    at = read_timestamp(folder)
    return Submission(student, answers, essays, files, all_notes, submitted_at=at)


def _not_taken_in(assignment: Assignment, folder: Path) -> str:
    """Why collecting took no notebook; '' where there is one, or nothing was noted."""
    if os.path.lexists(folder / f"{assignment.name}.ipynb"):
        return ""
    try:
        noted = read_regular(folder, NOT_TAKEN_IN, 4_000).decode("utf-8", "replace")
    except CourseError:
        return ""
    return clean_text(noted, 1_000).strip()


def read_regular(folder: Path, name: str, max_bytes: int) -> bytes:
    """Read a regular file of a folder, following no link on the last two steps of the way.

    Raises:
        CourseError: it is missing, a link, a device, a folder, unreadable, or too large.
    """
    no_follow = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    path = folder / name
    if folder.is_symlink() or path.is_symlink():
        raise CourseError(said("{name} is a link, not a file. Hand in the file itself.", name=name))
    try:
        if not stat.S_ISREG(path.lstat().st_mode):  # opening a device can already do something
            raise CourseError(f"{name} is not a regular file.")
        handle = os.open(path, os.O_RDONLY | no_follow | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        raise CourseError(_missing(folder, name)) from None
    except OSError as error:
        raise CourseError(f"{name} cannot be read: {error.strerror}.") from None
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        os.close(handle)
        raise CourseError(f"{name} is not a regular file.")
    with os.fdopen(handle, "rb") as file:
        if status.st_size > max_bytes:
            raise CourseError(
                said(
                    "{name} has {size}; at most {most}.",
                    name=name,
                    size=size(status.st_size),
                    most=size(max_bytes),
                )
            )
        content = file.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise CourseError(f"{name} grew while it was read; at most {size(max_bytes)}.")
    return content


_OURS = ("timestamp.txt", NOT_TAKEN_IN)


def _missing(folder: Path, missing: str) -> str:
    try:
        names = sorted(entry.name for entry in os.scandir(folder) if entry.name not in _OURS)[:5]
    except OSError:
        return said("There is no file {name} in the submission.", name=missing)
    listed = ", ".join(clean_text(name, 60) for name in names)
    if not listed:
        return said("There is no file {name} in the submission. Its folder is empty.", name=missing)
    return said(
        "There is no file {name} in the submission. It holds: {names}.", name=missing, names=listed
    )


def _cells(content: bytes) -> list[Any]:
    """The list of cells in a notebook's bytes, however broken the rest is."""
    if content.count(b"[") + content.count(b"{") > MAX_PARTS:
        raise CourseError(f"The file has more than {MAX_PARTS:,} brackets: it is no notebook.")
    try:
        notebook = json.loads(content)  # in UTF-8, -16 or -32, with or without a byte order mark
    except UnicodeDecodeError:
        raise CourseError(said("The file is not a notebook: it is not text.")) from None
    except json.JSONDecodeError as error:
        raise CourseError(
            said(
                "The file is not a notebook: no JSON (line {line}: {message}).",
                line=error.lineno,
                message=error.msg,
            )
        ) from None
    except RecursionError:
        raise CourseError(said("The file is not a notebook: it is nested too deeply.")) from None
    except ValueError:  # an integer of more than 4,300 digits
        raise CourseError("The file is not a notebook: it holds a number without end.") from None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        raise CourseError("The file is JSON, but not a notebook: it has no list of cells.")
    if len(cells) > MAX_CELLS:
        raise CourseError(f"The notebook has {len(cells):,} cells; at most {MAX_CELLS:,}.")
    return cells


def _answers(
    assignment: Assignment, cells: list[Any]
) -> tuple[dict[str, str], dict[str, str], list[str]]:
    wanted = {
        cell.grade_id: cell.role
        for cell in assignment.cells
        if cell.role in (Role.ANSWER, Role.ESSAY)
    }
    handed_out = {cell.grade_id: cell.source for cell in assignment.released_cells}
    found: dict[str, str] = {}
    notes: list[str] = []
    for raw in cells:
        grade_id = _grade_id(raw)
        if grade_id not in wanted:
            continue
        source = _source(raw)
        if len(source) > MAX_ANSWER_CHARS:
            notes.append(
                said(
                    "The cell {name!r} has {n:,} characters; it is left out.",
                    name=grade_id,
                    n=len(source),
                )
            )
            continue
        if grade_id in found:
            notes.append(
                said(
                    "The cell {name!r} is there twice; the first that was changed counts.",
                    name=grade_id,
                )
            )
        stub = handed_out[grade_id].strip()
        if found.get(grade_id, stub).strip() == stub:
            found[grade_id] = source
    if wanted and not any(_grade_id(raw) in wanted for raw in cells):
        raise CourseError(
            said(
                "None of the notebook's cells has the name of an answer: the program that saved it "
                "dropped the names. Put the answers into the notebook that was handed out."
            )
        )
    missing = [name for name in wanted if name not in found]
    notes += [said("The cell {name!r} is not in the notebook.", name=name) for name in missing]
    answers = {name: text for name, text in found.items() if wanted[name] is Role.ANSWER}
    essays = {name: text for name, text in found.items() if wanted[name] is Role.ESSAY}
    return answers, essays, list(dict.fromkeys(notes))


def _grade_id(raw: Any) -> str:
    """The name that nbgrader gave the cell, or '' for whatever else is there."""
    for key in ("metadata", "nbgrader"):
        raw = raw.get(key) if isinstance(raw, dict) else None
    name = raw.get("grade_id") if isinstance(raw, dict) else None
    return name if isinstance(name, str) else ""


def _source(raw: Mapping[str, Any]) -> str:
    source = raw.get("source", "")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    return source.encode("utf-8", "replace").decode("utf-8") if isinstance(source, str) else ""


def _accepted_files(assignment: Assignment, folder: Path) -> tuple[dict[str, bytes], list[str]]:
    files: dict[str, bytes] = {}
    notes: list[str] = []
    for name, max_bytes in assignment.accepted.items():
        if not os.path.lexists(folder / name):
            continue
        try:
            files[name] = read_regular(folder, name, max_bytes)
        except CourseError as error:
            notes.append(str(error))
    return files, notes


def read_timestamp(folder: Path) -> datetime | None:
    """When it was handed in, from nbgrader's timestamp.txt; None where that is not a time."""
    try:
        text = read_regular(folder, "timestamp.txt", 200).decode().strip()
        moment = datetime.fromisoformat(text.replace(" UTC", "+00:00"))
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        moment.astimezone(UTC)  # what the gradebook needs; near year 1 or 9999 there is none
    except (CourseError, ValueError, OverflowError):
        return None
    return moment
