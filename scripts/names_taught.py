"""Which names of tinymledu and NumPy the lessons teach, and which an assignment needs.

Names are taken from the code of lessons and of reference answers, so nobody lists them by hand.
"""

import ast
import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import jupytext
from curriculum import Section, Set, lessons, places

# Assignments use these, lessons need not introduce them: docs/timetables.md tells lecturers.
_KNOWN = """
abs arange array asarray ceil cos exp float64 int64 log max mean ones outer pi sign sort sqrt stack
sum where zeros
"""
KNOWN_NUMPY = tuple(_KNOWN.split())


def names_of(code: str) -> set[str]:
    """Dotted names that the code takes from tinymledu and NumPy: "tml.train", "np.argmax"."""
    tree = ast.parse(code)
    homes = {"tml": "tml", "np": "np"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tinymledu"):
            below = (node.module or "").removeprefix("tinymledu").lstrip(".")
            for alias in node.names:
                full = ".".join(part for part in ("tml", below, alias.name) if part)
                homes[alias.asname or alias.name] = full
    found = {homes[one] for one in homes if one not in ("tml", "np")}
    for node in ast.walk(tree):
        dotted = _dotted(node)
        if dotted and dotted[0] in homes:
            found.add(".".join((homes[dotted[0]], *dotted[1:])))
    return found


def _dotted(node: ast.AST) -> tuple[str, ...]:
    if isinstance(node, ast.Name):
        return (node.id,)
    if isinstance(node, ast.Attribute) and (before := _dotted(node.value)):
        return (*before, node.attr)
    return ()


@cache
def _cells_by_heading(source: Path) -> tuple[tuple[int | None, str, str], ...]:
    """(number of the heading above or None, cell type, source) of every cell."""
    number, found = None, []
    for cell in jupytext.read(source).cells:
        if heading := re.search(r"^## (?:(\d+) · )?", cell.source, re.M):
            number = int(heading[1]) if heading[1] else None
        found.append((number, cell.cell_type, cell.source))
    return tuple(found)


def taught_by(sections: Iterable[Section]) -> set[str]:
    """Names in the code of these sections, and of the frame of their lessons (imports, ledger)."""
    names: set[str] = set()
    numbers: dict[str, set[int | None]] = {}
    for section in sections:
        numbers.setdefault(section.lesson, {None}).update(section.numbers)
    for lesson in lessons():
        for number, kind, source in _cells_by_heading(lesson.source):
            if kind == "code" and number in numbers.get(lesson.number, ()):
                names |= names_of(source)
    return names


def needed_for(assignment: Set) -> set[str]:
    """Names in the reference's answers that the assignment's own text does not name."""
    path = assignment.folder / f"{assignment.folder.name}.py"
    answers, told = [], []
    for cell in jupytext.read(path).cells:
        grading = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and grading.get("solution"):
            answers.append(cell.source)
            told.append(cell.source.partition("### BEGIN SOLUTION")[0])
        else:
            told.append(cell.source)
    text = "\n".join(told)
    needed = set().union(*(names_of(source) for source in answers))
    return {name for name in needed if not re.search(rf"\b{re.escape(name)}\b", text)}


def missing_for(assignment: Set, taught: Iterable[Section]) -> set[str]:
    """Names that the assignment needs and that neither its text nor these sections teach."""
    known = {f"np.{name}" for name in KNOWN_NUMPY}
    return needed_for(assignment) - taught_by(taught) - known


def is_taught(assignment: Set, taught: Sequence[Section]) -> bool:
    """Whether these sections teach what the assignment asks, and every name that it needs."""
    return assignment.taught_in <= places(taught) and not missing_for(assignment, taught)
