"""A course folder from its first day: make it, release an assignment, take submissions in."""

import os
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tinymledu.course import notebook as nb
from tinymledu.course.assignment import Assignment, assignment_names, find_folder
from tinymledu.course.audit import AuditResult, audit_kit
from tinymledu.course.grading import prepare_for
from tinymledu.course.intake import MAX_NOTEBOOK_BYTES, NOT_TAKEN_IN, read_regular
from tinymledu.course.layout import SETTINGS, Course, open_course, require_writable, student_names
from tinymledu.course.wire import clean_text
from tinymledu.errors import CourseError, InputError
from tinymledu.files import shipped, write_atomic

_STUDENTS_OWN_SEED = 7  # what load_dataset uses: hidden drawings must be others
_MAX_STUDENTS = 2_000

NBGRADER_CONFIG = '''"""Settings for nbgrader and formgrader; tinymledu shares this folder."""

c = get_config()  # noqa: F821  nbgrader defines it
c.CourseDirectory.course_id = {course_id!r}
c.ClearSolutions.code_stub = {{"python": {code_stub!r}}}
c.ClearSolutions.text_stub = {text_stub!r}
c.ExecutePreprocessor.timeout = 120
'''


def new(folder: str | Path, *, hidden_seed: int | None = None) -> Course:
    """Make a course folder with every shipped assignment in it.

    Args:
        folder: new or empty.
        hidden_seed: of the drawings that only the checks see; random by default, so that nobody
            can make them at home.

    Raises:
        CourseError: the folder has something in it, or cannot be written to.
        InputError: the seed is the one that students use.
    """
    root = Path(folder).resolve()
    seed = secrets.randbelow(2**31) + 1000 if hidden_seed is None else hidden_seed
    if seed < 0 or seed == _STUDENTS_OWN_SEED:
        raise InputError(f"hidden_seed is {seed}; give 0 or more, but not {_STUDENTS_OWN_SEED}.")
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise CourseError(f"{root} is not empty. Name a new folder; nothing was changed.")
    require_writable(root)
    for name in ("source", "release", "submitted", "lecturer"):
        (root / name).mkdir()
    for name in assignment_names():
        _copy_assignment(shipped("assignments", "source", name), root / "lecturer" / name)
    config = NBGRADER_CONFIG.format(
        course_id=root.name, code_stub=nb.CODE_STUB, text_stub=nb.TEXT_STUB
    )
    write_atomic(root / "nbgrader_config.py", config.encode())
    settings = f"# Not for students: this leads to the hidden tests.\nhidden_seed = {seed}\n"
    write_atomic(root / SETTINGS, settings.encode())
    return Course(root, seed)


def _copy_assignment(source: Path, target: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    shutil.copytree(source, target, ignore=ignored)


def release(
    course: str | Path,
    assignment: str,
    *,
    workers: int = 2,
    audited: AuditResult | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Write the students' version to release/, if the gate holds.

    Also writes source/, nbgrader's own copy, so that plain nbgrader and formgrader know the
    assignment.

    Args:
        audited: a result of the gate for this assignment, when it has just been run.

    Returns:
        The folder to hand out.

    Raises:
        CourseError: the gate does not hold; the message lists why. Nothing is released.
        SandboxError: this machine cannot isolate, so the gate cannot be run.
    """
    place = open_course(course)
    kit = prepare_for(place, assignment)
    found = kit.assignment
    result = audited or audit_kit(kit, workers=workers, progress=progress)
    if not result.holds:
        listed = "\n".join(f"- {problem}" for problem in result.problems)
        raise CourseError(f"{found.name} was not released:\n{listed}")
    require_writable(place.folder / "release")
    source, target = (place.folder / name / found.name for name in ("source", "release"))
    write_atomic(source / f"{found.name}.ipynb", nb.to_text(found.notebook).encode())
    released = nb.release_version(found.notebook)
    write_atomic(target / f"{found.name}.ipynb", nb.to_text(released).encode())
    for folder in (source, target):
        _write_public_files(found, folder)
    return target


def _write_public_files(assignment: Assignment, folder: Path) -> None:
    public = nb.without_hidden(assignment.checker_source) + "\n"
    write_atomic(folder / "checks.py", public.encode())
    for name in assignment.student_files:
        write_atomic(folder / name, (assignment.folder / name).read_bytes())


@dataclass(frozen=True, slots=True)
class Collected:
    """What was taken in. `unusable` names students, and loose notebooks, of whom nothing was.

    `problems` has one line for each thing that a person should know, most of them with a name.
    """

    students: tuple[str, ...]
    unusable: tuple[str, ...]
    problems: tuple[str, ...]


def collect(course: str | Path, assignment: str, source: str | Path) -> Collected:
    """Take submissions in from a folder with one folder for each student.

    Files are copied, never moved, and never over an earlier submission: that one is kept beside,
    with its time in its name. A notebook under another name is taken if it is the only one.

    Raises:
        CourseError: the folder is missing, has no folders, too many, or one whose name is not text.
    """
    place = open_course(course)
    found = place.assignment(assignment)
    origin = Path(source)
    if not origin.is_dir():
        raise CourseError(f"There is no folder {origin}.")
    names = sorted(student_names(origin))
    students = [
        name for name in names if (origin / name).is_dir() and not (origin / name).is_symlink()
    ]
    if not 0 < len(students) <= _MAX_STUDENTS:
        raise CourseError(
            f"{origin} has {len(students)} folders; there must be one for each student, "
            f"at most {_MAX_STUDENTS:,}."
        )
    require_writable(place.folder / "submitted")
    loose = [name for name in names if name not in students]
    problems = [f"{clean_text(name, 60)}: not taken in; {_LOOSE}" for name in loose]
    unusable = [name for name in loose if name.lower().endswith(".ipynb")]
    for student in students:
        root = _submission_root(origin / student, found.name)
        taken, said = _collect_one(place, found, root, student)
        problems += [f"{clean_text(student, 60)}: {line}" for line in said]
        if not taken:
            unusable.append(student)
    taken_in = tuple(student for student in students if student not in unusable)
    return Collected(taken_in, tuple(unusable), tuple(problems))


_LOOSE = "it does not lie in a folder with the student's name."


def _submission_root(folder: Path, assignment: str) -> Path:
    """STUDENT/, or STUDENT/ASSIGNMENT/ where students hand in the folder they got."""
    inner = folder / assignment
    return inner if inner.is_dir() and not inner.is_symlink() else folder


def _collect_one(
    place: Course, assignment: Assignment, origin: Path, student: str
) -> tuple[bool, list[str]]:
    """Copy what may be a submission: whether there was a notebook, and what a person should know.

    Why a notebook was not taken in is also kept for grading, which repeats it.
    """
    target = place.submission_folder(student, assignment.name)
    now = datetime.now(UTC)
    if target.exists():
        earlier = target.with_name(f".{assignment.name}.before-{now:%Y%m%dT%H%M%S.%f}")
        target.rename(earlier)
    target.mkdir(parents=True)
    write_atomic(target / "timestamp.txt", f"{now:%Y-%m-%d %H:%M:%S.%f} UTC".encode())
    problems = _collect_files(assignment, origin, target)
    wanted = f"{assignment.name}.ipynb"
    try:
        name = _notebook_name(origin, wanted)
        content = read_regular(origin, name, MAX_NOTEBOOK_BYTES)
    except CourseError as problem:
        write_atomic(target / NOT_TAKEN_IN, f"{problem}\n".encode())
        return False, [f"no notebook was taken in. {problem}", *problems]
    write_atomic(target / wanted, content)
    if name != wanted:
        problems.append(f"{clean_text(name, 60)!r} was taken as {wanted}.")
    return True, problems


def _notebook_name(origin: Path, wanted: str) -> str:
    """The notebook to take: the one with the right name, or the only one there is."""
    if os.path.lexists(origin / wanted):
        return wanted
    others = sorted(
        name
        for name in _names(origin)
        if name.lower().endswith(".ipynb") and not name.startswith(".")
    )
    if len(others) > 1:
        listed = ", ".join(clean_text(name, 60) for name in others[:5])
        raise CourseError(
            f"There is no file {wanted} in the submission, but {len(others)} other notebooks: "
            f"{listed}. Rename the one that counts to {wanted}."
        )
    return others[0] if others else wanted


def _collect_files(assignment: Assignment, origin: Path, target: Path) -> list[str]:
    """Copy the files that may be handed in beside the notebook, and say what was left out."""
    problems: list[str] = []
    for name, max_bytes in assignment.accepted.items():
        if not os.path.lexists(origin / name):
            continue
        try:
            write_atomic(target / name, read_regular(origin, name, max_bytes))
        except CourseError as problem:
            problems.append(f"a file was left out. {problem}")
    known = {*assignment.accepted, *assignment.student_files}
    endings = {Path(name).suffix for name in assignment.accepted}
    for name in _names(origin):
        if Path(name).suffix in endings and name not in known and not name.startswith("."):
            problems.append(
                f"{clean_text(name, 60)!r} was left out; "
                f"a file must be called {' or '.join(assignment.accepted)}."
            )
    return problems


def _names(folder: Path) -> list[str]:
    try:
        return sorted(path.name for path in folder.iterdir())
    except OSError:  # not readable: opening the notebook says so
        return []


def lecturer_folder(course: Course, assignment: str) -> Path:
    """Where the lecturer's own files of an assignment lie."""
    return find_folder(assignment, course.folder / "lecturer")
