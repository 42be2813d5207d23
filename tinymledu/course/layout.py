"""Where things lie in a course folder: nbgrader's layout, and folders of ours.

source/ release/ submitted/ autograded/ feedback/ gradebook.db   as nbgrader names them
lecturer/<assignment>/    notebook source, checks, hidden data, adversaries; never released
roster.csv                who is in the course, and at which site
collected/<assignment>/   for each student, what the times of the submissions mean
results/<assignment>/     one record for each distinct submission that was graded
results/<assignment>.json the last grading; grades and feedback are made from it
grades/<assignment>.csv
reports/<assignment>.html the class without names
teacher/                  shared passages of code, for its owner's eyes only
"""

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

from tinymledu.course.assignment import Assignment, load_assignment
from tinymledu.errors import CourseError
from tinymledu.files import is_utf8

SETTINGS = "course.toml"


@dataclass(frozen=True, slots=True)
class Course:
    """A course folder.

    `hidden_seed` is the seed of data that students must not be able to make; `language` is that of
    the feedback, such as "fr", or "" for English.
    """

    folder: Path
    hidden_seed: int
    language: str = ""

    @property
    def gradebook(self) -> Path:
        """nbgrader's database."""
        return self.folder / "gradebook.db"

    def assignment(self, which: str) -> Assignment:
        """An assignment of this course, by id or folder name."""
        return load_assignment(which, root=self.folder / "lecturer")

    def submission_folder(self, student: str, assignment: str) -> Path:
        """Where nbgrader keeps what a student handed in."""
        return self.folder / "submitted" / student / assignment

    def students(self, assignment: str) -> tuple[str, ...]:
        """Everybody who handed something in, by name.

        Raises:
            CourseError: a folder's name is not text, so no gradebook can hold it.
        """
        root = self.folder / "submitted"
        if not root.is_dir():
            return ()
        names = student_names(root)
        return tuple(sorted(name for name in names if os.path.lexists(root / name / assignment)))


def student_names(root: Path) -> list[str]:
    """The names of a folder's entries that stand for students: all but hidden ones.

    Raises:
        CourseError: a name is not text, as an archive made elsewhere may leave it.
    """
    names = [entry.name for entry in os.scandir(root) if not entry.name.startswith(".")]
    for name in names:
        if not is_utf8(name):
            raise CourseError(
                f"The folder {os.fsencode(name)!r} in {root} has a name that is not text. "
                "Rename it to the student's name and run this again."
            )
    return names


def open_course(folder: str | Path) -> Course:
    """Read a course folder.

    Raises:
        CourseError: it is not one; the message says how to make one.
    """
    root = Path(folder).resolve()
    try:
        settings = tomllib.loads((root / SETTINGS).read_text(encoding="utf-8"))
        return Course(root, int(settings["hidden_seed"]), str(settings.get("language", "")))
    except FileNotFoundError:
        raise CourseError(
            f"{root} is not a course folder: it has no {SETTINGS}. Name yours with "
            f"--course FOLDER, or make one with: tinymledu course new FOLDER"
        ) from None
    except (KeyError, ValueError, OSError) as error:
        raise CourseError(f"{root / SETTINGS} cannot be used: {error}.") from None


def require_writable(folder: Path) -> None:
    """Say at once, in words, when results could not be stored.

    Raises:
        CourseError: the folder is read-only, or the disk is full.
    """
    probe = folder / ".tinymledu-can-write"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as error:
        raise CourseError(
            f"{folder} cannot be written to: {error.strerror}. Nothing was changed. "
            "Copy the course to a folder of your own, or free some space, and run this again."
        ) from None
