"""What a grading run that was killed left behind: unfinished files, folders, control groups.

Its processes end by themselves: the warm parent when its line closes, the jails with it.
"""

import contextlib
import re
from pathlib import Path

from tinymledu.course import warm_folder
from tinymledu.course.isolation import cgroups
from tinymledu.course.layout import Course

_UNFINISHED = re.compile(r"\..+\.[a-z0-9_]{8}")  # as files.write_atomic names them


def remove(course: Course, assignment: str) -> None:
    """Remove it, of one assignment. Only who holds the course's lock may do this."""
    warm_folder.sweep()
    with contextlib.suppress(OSError):  # no control groups here
        cgroups.find_home()  # it looks for what is left there
    folders = [
        course.folder / "grades",
        course.folder / "results",
        course.folder / "results" / assignment,
        *course.folder.glob(f"autograded/*/{assignment}"),
        *course.folder.glob(f"feedback/*/{assignment}"),
    ]
    for path in (path for folder in folders if folder.is_dir() for path in folder.iterdir()):
        if _UNFINISHED.fullmatch(path.name) and _is_ours(path, assignment):
            path.unlink(missing_ok=True)


def _is_ours(path: Path, assignment: str) -> bool:
    """A name that a grading run writes: of the assignment, of a record, or a timestamp."""
    target = path.name[1:].rpartition(".")[0]
    record = re.fullmatch(r"[0-9a-f]{16}-[0-9a-f]{32}\.json", target)
    known = (f"{assignment}.{end}" for end in ("csv", "json", "html", "ipynb"))
    return path.is_file() and (record is not None or target in (*known, "timestamp.txt"))
