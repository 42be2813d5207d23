"""One grader at a time on a course. The lock goes with its process, however that ends."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from tinymledu.course.layout import Course
from tinymledu.errors import CourseError

NAME = ".grading.lock"
_NOTE_AT = 1024  # Windows lets nobody read a locked byte: byte 0 is locked, the note lies behind


@contextmanager
def only_grader(course: Course) -> Iterator[None]:
    """Hold a course's lock. The file stays: removing it would let a third process lock another.

    Raises:
        CourseError: another process grades this course; the message says which and since when.
    """
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)
    file = os.open(course.folder / NAME, flags, 0o644)
    try:
        if not _locks(file):
            os.lseek(file, _NOTE_AT, os.SEEK_SET)
            holder = os.read(file, 200).decode("utf-8", "replace").strip() or "just started"
            raise CourseError(
                f"Another run is grading {course.folder} ({holder}). Wait until it is done, or end "
                "it, and run this again: what it has graded is kept."
            )
        os.ftruncate(file, 0)
        os.lseek(file, _NOTE_AT, os.SEEK_SET)
        since = datetime.now(UTC).astimezone().isoformat(timespec="seconds")
        os.write(file, f"process {os.getpid()} on {socket.gethostname()}, since {since}".encode())
        yield
    finally:
        os.close(file)


def _locks(file: int) -> bool:
    with suppress(ImportError):
        import fcntl

        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
    return _locks_on_windows(file)


def _locks_on_windows(file: int) -> bool:
    import msvcrt

    os.lseek(file, 0, os.SEEK_SET)
    try:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    except OSError:
        return False
    return True
