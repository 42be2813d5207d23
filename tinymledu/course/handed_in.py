"""What is known of a submission's time, kept in collected/ASSIGNMENT/STUDENT.json.

nbgrader's timestamp.txt holds one moment. Whether that is when the work was handed in, or only when
it was certainly there, decides whether lateness may be judged from it. A record counts only for the
timestamp that it was written with: who changes timestamp.txt by hand knows the time.
"""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tinymledu.course.intake import read_regular
from tinymledu.course.layout import Course
from tinymledu.errors import CourseError
from tinymledu.files import write_atomic

KNOWN = "known"  # handed in at that time
AT_THE_LATEST = "at the latest"  # handed in then, or any time before

_MAX_RECORDS = 50
_MAX_BYTES = 1024**2


@dataclass(frozen=True, slots=True)
class HandedIn:
    """Where a submission came from, what its time means, and what the platform said of it."""

    source: str = ""
    time: str = KNOWN
    marked_late: bool = False


def stamp_of(at: datetime) -> str:
    """A time as timestamp.txt has it."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC"


def read_handed_in(
    course: Course, assignment: str, student: str, at: datetime | None = None
) -> HandedIn:
    """What was kept with a submission; a known time where nothing was, as nbgrader means it.

    Args:
        course: the course.
        assignment: its full name.
        student: whose it is.
        at: the submission's time; by default that of the one that lies there now.
    """
    try:
        folder = course.submission_folder(student, assignment)
        stamp = stamp_of(at) if at else _stamp(folder)
        record = _records(course, assignment, student)[stamp]
        return HandedIn(
            source=str(record["source"]),
            time=AT_THE_LATEST if record["time"] == AT_THE_LATEST else KNOWN,
            marked_late=record["marked_late"] is True,
        )
    except (CourseError, KeyError, TypeError):
        return HandedIn()


def keep(course: Course, assignment: str, student: str, stamp: bytes, known: HandedIn) -> None:
    """Keep a record for a submission that has, or is about to get, this timestamp."""
    records = _records(course, assignment, student)
    records[stamp.decode()] = asdict(known)
    latest = dict(list(records.items())[-_MAX_RECORDS:])
    content = json.dumps(latest, indent=1, ensure_ascii=False)
    write_atomic(_path(course, assignment, student), content.encode())


def _path(course: Course, assignment: str, student: str) -> Path:
    return course.folder / "collected" / assignment / f"{student}.json"


def _stamp(folder: Path) -> str:
    return read_regular(folder, "timestamp.txt", 200).decode("utf-8", "replace").strip()


def _records(course: Course, assignment: str, student: str) -> dict[str, Any]:
    path = _path(course, assignment, student)
    try:
        found = json.loads(read_regular(path.parent, path.name, _MAX_BYTES))
    except (CourseError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
