"""A lecturer's notebook as plain cells, and the students' version made from it by removing.

The format is nbgrader's: its metadata says which cells hold answers, tests and points, and its
markers enclose what students must not see. The same notebook works with plain nbgrader.
"""

import copy
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from tinymledu.errors import CourseError

BEGIN_SOLUTION, END_SOLUTION = "### BEGIN SOLUTION", "### END SOLUTION"
BEGIN_HIDDEN, END_HIDDEN = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
CODE_STUB = 'print("Not done yet. The task is described above.")\nreturn None'
TEXT_STUB = "*Your answer here.*"


class Role(Enum):
    """What a cell is for."""

    GIVEN = "given"  # the lecturer's, run as it stands
    ANSWER = "answer"  # the student's code
    TEST = "test"  # carries a check's points; never run in the student's process
    ESSAY = "essay"  # text that a person reads and gives points for
    HOME = "home"  # loads the checks on the student's own computer; not run by the grader
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a lecturer's notebook. `grade_id` is '' where nbgrader knows none."""

    role: Role
    source: str
    grade_id: str
    points: int


def read_notebook(path: Path) -> dict[str, Any]:
    """A notebook that the lecturer wrote.

    Raises:
        CourseError: the file is missing or is not a notebook.
    """
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        notebook["cells"][0]["cell_type"]
    except FileNotFoundError:
        raise CourseError(f"There is no notebook {path}.") from None
    except (ValueError, KeyError, TypeError, IndexError):
        raise CourseError(f"{path} is not a notebook with cells.") from None
    return dict(notebook)


def cells_of(notebook: Mapping[str, Any]) -> tuple[Cell, ...]:
    """The cells in order, each with its role."""
    return tuple(_cell(raw) for raw in notebook["cells"])


def text_of(raw: Mapping[str, Any]) -> str:
    """A cell's source: notebook files hold it as one string or as a list of lines."""
    source = raw.get("source", "")
    return source if isinstance(source, str) else "".join(source)


def _cell(raw: Mapping[str, Any]) -> Cell:
    metadata = raw.get("metadata", {})
    grading = metadata.get("nbgrader", {})
    grade_id = grading.get("grade_id", "")
    points = int(grading.get("points", 0)) if grading.get("grade") else 0
    return Cell(_role(raw["cell_type"], metadata, grading), text_of(raw), grade_id, points)


def _role(kind: str, metadata: Mapping[str, Any], grading: Mapping[str, Any]) -> Role:
    if grading.get("solution"):
        return Role.ANSWER if kind == "code" else Role.ESSAY
    if kind != "code":
        return Role.TEXT
    if grading.get("grade"):
        return Role.TEST
    return Role.HOME if metadata.get("tiny", {}).get("role") == "check" else Role.GIVEN


# ------------------------------------------------------------------------- the students' version


def release_version(notebook: Mapping[str, Any]) -> dict[str, Any]:
    """The notebook without solutions, hidden tests and outputs; stubs stand in their place.

    Cells with checks get the tag that lets *Run All Cells* go on behind one that does not pass.
    """
    released = copy.deepcopy(dict(notebook))
    for raw in released["cells"]:
        stub = CODE_STUB if raw["cell_type"] == "code" else TEXT_STUB
        raw["source"] = without_hidden(without_solution(text_of(raw), stub))
        if raw["cell_type"] == "code":
            raw["outputs"], raw["execution_count"] = [], None
            if raw.get("metadata", {}).get("nbgrader", {}).get("grade"):
                raw["metadata"]["tags"] = ["raises-exception"]
    return released


def without_solution(source: str, stub: str) -> str:
    """Put the stub, indented like the marker, in place of each solution region.

    Raises:
        CourseError: a region is opened twice or not closed.
    """
    kept: list[str] = []
    inside = False
    for line in source.split("\n"):
        if BEGIN_SOLUTION in line:
            if inside:
                raise CourseError(f"{BEGIN_SOLUTION} appears inside a solution:\n{source}")
            inside = True
            indent = line[: len(line) - len(line.lstrip())]
            kept += [indent + text for text in stub.split("\n")]
        elif END_SOLUTION in line:
            inside = False
        elif not inside:
            kept.append(line)
    if inside:
        raise CourseError(f"{BEGIN_SOLUTION} has no {END_SOLUTION}:\n{source}")
    return "\n".join(kept)


def without_hidden(source: str) -> str:
    """Remove the regions between the hidden-test markers.

    Raises:
        CourseError: the markers do not come in pairs.
    """
    if source.count(BEGIN_HIDDEN) != source.count(END_HIDDEN):
        raise CourseError(f"{BEGIN_HIDDEN} and {END_HIDDEN} do not come in pairs:\n{source}")
    region = re.compile(
        rf"^[ \t]*{BEGIN_HIDDEN}.*?^[ \t]*{END_HIDDEN}[^\n]*\n?", re.DOTALL | re.MULTILINE
    )
    return region.sub("", source).rstrip("\n")


def with_answers(notebook: Mapping[str, Any], answers: Mapping[str, str]) -> dict[str, Any]:
    """The notebook with the given sources in its answer and essay cells, the rest untouched."""
    filled = copy.deepcopy(dict(notebook))
    for raw in filled["cells"]:
        cell = _cell(raw)
        if cell.role in (Role.ANSWER, Role.ESSAY) and cell.grade_id in answers:
            raw["source"] = answers[cell.grade_id]
    return filled


def student_code(cells: Sequence[Cell], answers: Mapping[str, str]) -> tuple[str, ...]:
    """The code that runs in the student's process: given cells and answers, in order.

    An answer that is missing runs as nothing; the checks that need it then say so.
    """
    return tuple(
        answers.get(cell.grade_id, "") if cell.role is Role.ANSWER else cell.source
        for cell in cells
        if cell.role in (Role.GIVEN, Role.ANSWER)
    )


def to_text(notebook: Mapping[str, Any]) -> str:
    """The JSON of a notebook file, as nbformat writes it."""
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
