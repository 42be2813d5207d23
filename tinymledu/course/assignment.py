"""An assignment as the lecturer keeps it: notebook, checks, limits, files, and what it must refuse.

A01_two_phases/
  A01_two_phases.ipynb   built from A01_two_phases.py; nbgrader's metadata; reference solution
  assignment.toml        title, limits, files
  checks.py              the lecturer's checks, visible and hidden; run in a jail of their own
  make_files.py          makes the data: `make_files.py FOLDER --hidden-seed N`
  adversaries/ mutants/  answers that must earn nothing, and answers that a named check refuses
"""

import ast
import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tinymledu.course import notebook as nb
from tinymledu.course.isolation.limits import MIB, Limits
from tinymledu.course.notebook import Cell, Role
from tinymledu.errors import CourseError, unknown_name
from tinymledu.files import shipped

TOTAL_POINTS = 100


@dataclass(frozen=True, slots=True)
class CheckInfo:
    """What the decorator of a check says about it, read without running it."""

    name: str
    title: str
    points: int
    visible: bool
    exercise: int


@dataclass(frozen=True)
class Assignment:
    """One assignment. `name` is the name of its folder and notebook; `id` is what people say."""

    id: str
    name: str
    title: str
    folder: Path
    notebook: Mapping[str, Any]
    checks: tuple[CheckInfo, ...]
    checker_source: str
    limits: Limits
    student_files: tuple[str, ...]
    lecturer_files: tuple[str, ...]
    generated_files: tuple[str, ...]
    accepted: Mapping[str, int]  # file that may be submitted beside the notebook -> largest size
    closed: tuple[str, ...] = ()  # parts of the library that answers may not use

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """The notebook's cells, each with its role."""
        return nb.cells_of(self.notebook)

    @property
    def machine_points(self) -> int:
        """Points that the checks give."""
        return sum(check.points for check in self.checks)

    @property
    def essays(self) -> tuple[Cell, ...]:
        """The cells that a person reads and gives points for."""
        return tuple(cell for cell in self.cells if cell.role is Role.ESSAY)

    @property
    def answer_ids(self) -> tuple[str, ...]:
        """Names of the code cells that a student fills."""
        return tuple(cell.grade_id for cell in self.cells if cell.role is Role.ANSWER)

    @property
    def reference(self) -> dict[str, str]:
        """The lecturer's own answers."""
        return {cell.grade_id: cell.source for cell in self.cells if cell.role is Role.ANSWER}

    @cached_property
    def released_cells(self) -> tuple[Cell, ...]:
        """The cells as they are handed out."""
        return nb.cells_of(nb.release_version(self.notebook))

    @property
    def stubs(self) -> dict[str, str]:
        """The answers of a student who did nothing."""
        return {c.grade_id: c.source for c in self.released_cells if c.role is Role.ANSWER}

    @property
    def maker_hash(self) -> str:
        """Changes when the program that makes the data does."""
        maker = self.folder / "make_files.py"
        return hashlib.sha256(maker.read_bytes() if maker.exists() else b"").hexdigest()


def assignment_names(folder: Path | None = None) -> tuple[str, ...]:
    """Folder names of the assignments, shipped ones by default."""
    root = folder or shipped("assignments", "source")
    return tuple(sorted(path.parent.name for path in root.glob("*/assignment.toml")))


def load_assignment(which: str | Path, *, root: Path | None = None) -> Assignment:
    """Read an assignment by id ("A01"), by folder name, or from a folder.

    Args:
        root: where its folder lies; by default among the shipped assignments.

    Raises:
        UnknownNameError: there is no such assignment; the message lists those there are.
        CourseError: a file of it is missing or cannot be used.
    """
    folder = find_folder(which, root or shipped("assignments", "source"))
    options = _read_toml(folder / "assignment.toml")
    checker = folder / "checks.py"
    if not checker.is_file():
        raise CourseError(f"{folder} has no checks.py.")
    source = checker.read_text(encoding="utf-8")
    files = options.get("files", {})
    return Assignment(
        id=options["id"],
        name=folder.name,
        title=options["title"],
        folder=folder,
        notebook=nb.read_notebook(folder / f"{folder.name}.ipynb"),
        checks=read_checks(source),
        checker_source=source,
        limits=_limits(options.get("limits", {}), folder),
        student_files=tuple(files.get("student", ())),
        lecturer_files=tuple(files.get("lecturer", ())),
        generated_files=tuple(files.get("generated", ())),
        accepted=options.get("accepted", {}),
        closed=tuple(options.get("closed", ())),
    )


def find_folder(which: str | Path, root: Path) -> Path:
    """The folder that an id, a folder name or a path means."""
    if (Path(which) / "assignment.toml").is_file():
        return Path(which).resolve()
    names = assignment_names(root)
    for name in names:
        if str(which) in (name, name.split("_", 1)[0]):
            return root / name
    raise unknown_name("assignment", str(which), names)


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        options = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CourseError(f"{path} is not TOML: {error}.") from None
    missing = [key for key in ("id", "title") if not isinstance(options.get(key), str)]
    if missing:
        raise CourseError(f"{path} lacks {' and '.join(missing)}.")
    return options


def _limits(options: Mapping[str, Any], folder: Path) -> Limits:
    known = {
        "wall_s": 1, "cpu_s": 1, "cell_s": 1, "call_s": 1, "pids": 1,
        "memory_mib": MIB, "scratch_mib": MIB, "output_kib": 1024,
    }  # fmt: skip
    unknown = set(options) - set(known)
    if unknown:
        raise CourseError(f"{folder / 'assignment.toml'}: unknown limit {', '.join(unknown)}.")
    values = {
        key.replace("_mib", "_bytes").replace("_kib", "_bytes"): value * known[key]
        for key, value in options.items()
    }
    return Limits(**values)


def read_checks(source: str) -> tuple[CheckInfo, ...]:
    """The checks of a checks.py, from its text: the lecturer's code is not run for this.

    Raises:
        CourseError: the text is not Python, or a decorator's arguments are not plain constants.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise CourseError(f"checks.py, line {error.lineno}: {error.msg}.") from None
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    return tuple(
        _check_info(function, decorator)
        for function in functions
        for decorator in function.decorator_list
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "check"
    )


def _check_info(function: ast.FunctionDef, decorator: ast.Call) -> CheckInfo:
    try:
        constant: dict[str, Any] = {"visible": True, "exercise": 0}
        for word in decorator.keywords:
            if word.arg in ("title", "points", "visible", "exercise"):
                constant[word.arg] = ast.literal_eval(word.value)
        title, points = constant.pop("title"), constant.pop("points")
        return CheckInfo(function.name, title, points, **constant)
    except (ValueError, KeyError):
        raise CourseError(
            f"checks.py, line {decorator.lineno}: the decorator of {function.name} needs constant "
            "points=, title=, visible= and exercise=."
        ) from None
