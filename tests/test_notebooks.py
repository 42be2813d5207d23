"""Committed notebooks are built from their text, hold no output, and follow the house rules."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
NOTEBOOKS = LESSONS + sorted((ROOT / "assignments" / "source").glob("*/*.ipynb"))
MAX_CODE_LINES = 25
MAX_WIDTH = 100
BANNED = re.compile(r"^\s*[!%](?!%)|files\.upload|drive\.mount|https?://\S+\.(zip|tar)", re.M)


def cells(path):
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def code_of(cell):
    return "".join(cell["source"])


def test_there_is_a_lesson():
    assert LESSONS


def test_notebooks_equal_their_text_sources():
    check = [sys.executable, str(ROOT / "scripts" / "build_notebooks.py"), "--check"]

    done = subprocess.run(check, capture_output=True, text=True)

    assert done.returncode == 0, f"run `make notebooks`; stale: {done.stdout}{done.stderr}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_holds_no_output(path):
    for cell in cells(path):
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_code_cells_are_short_and_stay_offline(path):
    for cell in cells(path):
        if cell["cell_type"] != "code":
            continue
        code = code_of(cell)
        assert len(code.splitlines()) <= MAX_CODE_LINES, code
        assert all(len(line) <= MAX_WIDTH for line in code.splitlines()), code
        assert not BANNED.search(code), code


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_lesson_cells_say_their_role_and_budget(path):
    for cell in cells(path):
        if cell["cell_type"] == "code":
            tiny = cell["metadata"]["tiny"]
            assert tiny["role"] in {
                "setup", "predict", "run", "investigate", "modify", "make", "check", "test",
            }  # fmt: skip
            assert tiny["budget_s"] > 0
