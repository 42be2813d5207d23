"""Every row of the founding needs is served by a cell or test that exists, or stands as open."""

import ast
import re
import tomllib
from pathlib import Path

import jupytext
import pytest

ROOT = Path(__file__).parents[1]
ROWS = [f"S{number:02}" for number in range(1, 48)]
SERVED = tomllib.loads((ROOT / "tests" / "needs.toml").read_text(encoding="utf-8"))
LESSONS = {path.stem[:2]: path for path in (ROOT / "notebooks" / "src").glob("*.py")}


def code_of(lesson):
    cells = jupytext.read(LESSONS[lesson]).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "code")


def functions_of(file):
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def pointers(kind):
    return [(row, one) for row, by in SERVED.items() for one in by.get(kind, ())]


@pytest.mark.parametrize(("row", "pointer"), pointers("cells"))
def test_the_cell_that_serves_a_row_is_there(row, pointer):
    lesson, _, code = pointer.partition(": ")

    assert code in code_of(lesson)
    assert row in re.findall(r"S\d\d", re.search(r"Serves \| (.+)", LESSONS[lesson].read_text())[1])


@pytest.mark.parametrize(("row", "pointer"), pointers("tests"))
def test_the_test_that_serves_a_row_is_there(row, pointer):
    file, _, name = pointer.partition("::")

    assert name in functions_of(file)


@pytest.mark.parametrize("row", ROWS)
def test_a_row_that_nothing_serves_is_on_the_roadmap(row):
    text = (ROOT / "docs" / "roadmap.md").read_text(encoding="utf-8")
    open_rows = re.findall(r"S\d\d", text.partition("\n- ")[2])

    assert row in SERVED or row in open_rows
