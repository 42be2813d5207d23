"""Taking submissions in: from a folder, a zip of a platform, or a memory stick.

What was brought is sorted first (deliveries.py); then each student's files are copied, whole or not
at all, and never over an earlier submission: that one is kept beside, with its time in its name.
"""

import shutil
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from tinymledu.course import deliveries, handed_in
from tinymledu.course.assignment import Assignment
from tinymledu.course.deadlines import read_deadlines
from tinymledu.course.deliveries import Delivery, Sorted
from tinymledu.course.folders import Folder
from tinymledu.course.handed_in import HandedIn
from tinymledu.course.intake import MAX_NOTEBOOK_BYTES, NOT_TAKEN_IN, read_regular
from tinymledu.course.layout import Course, open_course, require_writable, student_names
from tinymledu.course.roster import read_roster
from tinymledu.course.wire import clean_text
from tinymledu.errors import CourseError
from tinymledu.files import write_atomic

_MAX_STUDENTS = 2_000
_TIMESTAMP = "timestamp.txt"


@dataclass(frozen=True, slots=True)
class Collected:
    """What was taken in. `unusable` names people, and loose files, of whom nothing was.

    `problems` has one line for each thing that a person should know, most of them with a name.
    `marked_late` are the students whom the platform calls late.
    """

    students: tuple[str, ...]
    unusable: tuple[str, ...]
    problems: tuple[str, ...]
    marked_late: tuple[str, ...] = ()


def collect(
    course: str | Path,
    assignment: str,
    source: str | Path,
    *,
    site: str = "",
    handed_in_at: datetime | None = None,
    zone: tzinfo | None = None,
) -> Collected:
    """Take submissions in.

    Files are copied, never moved, and never over an earlier submission. A notebook under another
    name is taken if it is the only one.

    Args:
        course: the course folder.
        assignment: id or folder name, such as "A01".
        source: a folder with one for each student, or for each site; a zip of Moodle or Canvas, or
            of such folders; or a folder with several of these, as on a memory stick.
        site: where everybody in it is, where numbers or ids alone do not say.
        handed_in_at: when all of it was handed in, where only a person knows.
        zone: of the times in archives, which name none; by default that of deadlines.toml, or
            this computer's.

    Raises:
        CourseError: the source is missing, is no zip that can be read, has nobody in it or too
            many, or a folder's name is not text. Nothing was changed.
    """
    place = open_course(course)
    found = place.assignment(assignment)
    origin = Path(source)
    if origin.is_dir():
        student_names(origin)  # raises for a name that is not text
    elif not origin.is_file():
        raise CourseError(f"There is no folder or zip {origin}.")
    now = datetime.now(UTC)
    roster = read_roster(place)
    dates = read_deadlines(place, roster)
    zone = zone or (dates.zone if dates else None)
    with ExitStack() as stack:
        sorted_out = deliveries.sort_out(origin, found, roster, site=site.strip(), stack=stack)
        _require_somebody(origin, sorted_out, has_roster=bool(roster.people))
        require_writable(place.folder / "submitted")
        taken_in: list[str] = []
        for one in sorted_out.deliveries:
            moment = _moment(one, now, handed_in_at, zone)
            taken, said = _collect_one(place, found, one, moment)
            sorted_out.problems += [f"{one.label}: {line}" for line in said]
            (taken_in if taken else sorted_out.unusable).append(one.student)
    late = tuple(one.student for one in sorted_out.deliveries if one.handed_in.marked_late)
    return Collected(tuple(taken_in), tuple(sorted_out.unusable), tuple(sorted_out.problems), late)


def _require_somebody(origin: Path, found: Sorted, *, has_roster: bool) -> None:
    n_folders = len(found.deliveries)
    may_name_files_only = bool(found.unusable) and (has_roster or origin.is_file())
    if n_folders > _MAX_STUDENTS or not (n_folders or may_name_files_only):
        raise CourseError(
            f"{origin} has {n_folders} folders; there must be one for each student, "
            f"at most {_MAX_STUDENTS:,}."
        )


@dataclass(frozen=True, slots=True)
class _Moment:
    """A time, what it means, and when the submission was collected."""

    at: datetime
    kind: str
    now: datetime


def _moment(
    one: Delivery, now: datetime, handed_in_at: datetime | None, zone: tzinfo | None
) -> _Moment:
    if handed_in_at is not None:
        return _Moment(handed_in_at.astimezone(UTC), handed_in.KNOWN, now)
    if one.at is None:
        return _Moment(now, handed_in.AT_THE_LATEST, now)
    at = (one.at.replace(tzinfo=zone) if zone else one.at).astimezone(UTC)
    if at > now:  # a clock or zone is wrong: it was certainly there now
        return _Moment(now, handed_in.AT_THE_LATEST, now)
    return _Moment(at, one.handed_in.time, now)


def _collect_one(
    place: Course, assignment: Assignment, one: Delivery, moment: _Moment
) -> tuple[bool, list[str]]:
    """Copy what may be a submission: whether there was a notebook, and what a person should know.

    Why a notebook was not taken in is also kept for grading, which repeats it.
    """
    files, problems = _accepted_files(assignment, one.folder)
    wanted = f"{assignment.name}.ipynb"
    taken = True
    try:
        name = _notebook_name(one.folder, wanted)
        files[wanted] = one.folder.read(name, MAX_NOTEBOOK_BYTES)
        if name != wanted:
            problems.append(f"{clean_text(name, 60)!r} was taken as {wanted}.")
    except CourseError as problem:
        taken = False
        files[NOT_TAKEN_IN] = f"{problem}\n".encode()
        problems.insert(0, f"no notebook was taken in. {problem}")
    if one.handed_in.marked_late:
        problems.append("the platform marks it as late.")
    target = place.submission_folder(one.student, assignment.name)
    stamp = handed_in.stamp_of(moment.at).encode()
    earlier = _content(target, _TIMESTAMP)
    if moment.kind == handed_in.AT_THE_LATEST and earlier and _holds(target, files):
        stamp = earlier  # collected again, and nothing new: it was there already then
    else:
        known = HandedIn(one.handed_in.source, moment.kind, one.handed_in.marked_late)
        handed_in.keep(place, assignment.name, one.student, stamp, known)
    _put(target, files | {_TIMESTAMP: stamp}, moment.now)
    return taken, problems


def _holds(target: Path, files: dict[str, bytes]) -> bool:
    try:
        names = {path.name for path in target.iterdir()} - {_TIMESTAMP}
    except OSError:
        return False
    return names == set(files) and all(_content(target, name) == files[name] for name in files)


def _content(folder: Path, name: str) -> bytes | None:
    try:
        return read_regular(folder, name, MAX_NOTEBOOK_BYTES)
    except CourseError:
        return None


def _put(target: Path, files: dict[str, bytes], now: datetime) -> None:
    """Write a submission's folder beside, then give it its name: never half of one."""
    stamp = f"{now:%Y%m%dT%H%M%S.%f}"
    for left in target.parent.glob(f".{target.name}.new-*"):  # of a run that was killed
        shutil.rmtree(left, ignore_errors=True)
    new = target.with_name(f".{target.name}.new-{stamp}")
    try:
        for name, content in files.items():
            write_atomic(new / name, content)
        if target.exists():
            target.rename(target.with_name(f".{target.name}.before-{stamp}"))
        new.rename(target)
    except OSError as error:
        raise CourseError(
            f"{target} cannot be written: {error.strerror}. The students before it are taken in; "
            "free some space and collect again."
        ) from None
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _notebook_name(origin: Folder, wanted: str) -> str:
    """The notebook to take: the one with the right name, or the only one there is."""
    if origin.has(wanted):
        return wanted
    names = [*origin.files(), *origin.folders()]
    others = sorted(name for name in names if name.lower().endswith(".ipynb"))
    if len(others) > 1:
        listed = ", ".join(clean_text(name, 60) for name in others[:5])
        raise CourseError(
            f"There is no file {wanted} in the submission, but {len(others)} other notebooks: "
            f"{listed}. Rename the one that counts to {wanted}."
        )
    return others[0] if others else wanted


def _accepted_files(assignment: Assignment, origin: Folder) -> tuple[dict[str, bytes], list[str]]:
    """The files that may be handed in beside the notebook, and what was left out."""
    files: dict[str, bytes] = {}
    problems: list[str] = []
    for name, max_bytes in assignment.accepted.items():
        if not origin.has(name):
            continue
        try:
            files[name] = origin.read(name, max_bytes)
        except CourseError as problem:
            problems.append(f"a file was left out. {problem}")
    known = {*assignment.accepted, *assignment.student_files}
    endings = {Path(name).suffix for name in assignment.accepted}
    for name in origin.files():
        if Path(name).suffix in endings and name not in known:
            problems.append(
                f"{clean_text(name, 60)!r} was left out; "
                f"a file must be called {' or '.join(assignment.accepted)}."
            )
    return files, problems
