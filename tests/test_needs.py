"""Each row of the founding needs is served by a cell, test or check that exists, or is open."""

import ast
import functools
import re
import tomllib
from pathlib import Path

import jupytext
import pytest

from tinymledu.course.assignment import read_checks

ROOT = Path(__file__).parents[1]
ROWS = [f"S{number:02}" for number in range(1, 48)]
SERVED = tomllib.loads((ROOT / "tests" / "needs.toml").read_text(encoding="utf-8"))
LESSONS = {path.stem[:2]: path for path in (ROOT / "notebooks" / "src").glob("*.py")}
ASSIGNMENTS = {path.name[:3]: path for path in (ROOT / "assignments" / "source").glob("A??_*")}
KINDS = {"cells", "tests", "checks"}


@functools.cache
def code_of(lesson):
    """The code of a lesson without its comments: a mention serves nobody."""
    cells = jupytext.read(LESSONS[lesson]).cells
    lines = [line for cell in cells if cell.cell_type == "code" for line in cell.source.split("\n")]
    return "\n".join(line for line in lines if not line.lstrip().startswith("#"))


@functools.cache
def functions_of(file):
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@functools.cache
def points_of(assignment):
    source = (ASSIGNMENTS[assignment] / "checks.py").read_text(encoding="utf-8")
    return {check.name: check.points for check in read_checks(source)}


def pointers(kind):
    return [(row, one) for row, by in SERVED.items() for one in by.get(kind, ())]


def open_rows():
    """Rows that the roadmap names in its list."""
    text = (ROOT / "docs" / "roadmap.md").read_text(encoding="utf-8")
    return set(re.findall(r"S\d\d", text.partition("\n- ")[2]))


@pytest.mark.parametrize(("row", "pointer"), pointers("cells"))
def test_the_cell_that_serves_a_row_is_there(row, pointer):
    lesson, _, code = pointer.partition(": ")

    assert code in code_of(lesson)
    assert row in re.findall(r"S\d\d", re.search(r"Serves \| (.+)", LESSONS[lesson].read_text())[1])


@pytest.mark.parametrize(("row", "pointer"), pointers("tests"))
def test_the_test_that_serves_a_row_is_there(row, pointer):
    file, _, name = pointer.partition("::")

    assert name in functions_of(file)


@pytest.mark.parametrize(("row", "pointer"), pointers("checks"))
def test_the_check_that_serves_a_row_has_points(row, pointer):
    assignment, name = pointer.split()

    assert points_of(assignment)[name] > 0


def test_imports_serve_nothing():
    assert not [code for _, code in pointers("cells") if re.search(r": (from|import) ", code)]


@pytest.mark.parametrize("row", ROWS)
def test_a_row_is_served_or_open_and_both_only_in_part(row):
    served, stands_as_open = row in SERVED, row in open_rows()

    assert served or stands_as_open
    assert (served and stands_as_open) == SERVED.get(row, {}).get("part", False)


@pytest.mark.parametrize("row", SERVED)
def test_a_served_row_exists_and_names_what_serves_it(row):
    assert row in ROWS
    assert SERVED[row].keys() & KINDS
    assert SERVED[row].keys() <= KINDS | {"part"}
