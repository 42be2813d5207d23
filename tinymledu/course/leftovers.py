"""What a grading run that was ended left behind: files that were about to take their place."""

import re
from pathlib import Path

from tinymledu.course.layout import Course

_UNFINISHED = re.compile(r"\..+\.[a-z0-9_]{8}")  # as files.write_atomic names them


def remove(course: Course, assignment: str) -> None:
    """Remove unfinished files of an assignment. Only who holds the course's lock may do this."""
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
