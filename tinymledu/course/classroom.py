"""A course folder from its first day: make it, and release an assignment."""

import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

from tinymledu.course import notebook as nb
from tinymledu.course.assignment import Assignment, assignment_names
from tinymledu.course.audit import AuditResult, audit_kit
from tinymledu.course.grading import prepare_for
from tinymledu.course.layout import SETTINGS, Course, open_course, require_writable
from tinymledu.errors import CourseError, InputError
from tinymledu.files import shipped, write_atomic

_STUDENTS_OWN_SEED = 7  # what load_dataset uses: hidden drawings must be others

NBGRADER_CONFIG = '''"""Settings for nbgrader and formgrader; tinymledu shares this folder."""

c = get_config()  # noqa: F821  nbgrader defines it
c.CourseDirectory.course_id = {course_id!r}
c.ClearSolutions.code_stub = {{"python": {code_stub!r}}}
c.ClearSolutions.text_stub = {text_stub!r}
c.ExecutePreprocessor.timeout = 120

# Submissions run in the jail of `tinymledu course grade` only. Where that cannot be imported, the
# name below is unknown, and nbgrader's own autograde stops as well.
c.Autograde.exporter_class = "tinymledu.course.formgrader.NoAutograde"

# Nothing that students wrote runs in formgrader, and MathJax comes from this machine.
try:
    from tinymledu.course.formgrader import configure
except ImportError:  # Jupyter in another Python: what tinymledu graded is plain text all the same
    pass
else:
    configure(c)
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
