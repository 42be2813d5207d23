"""Committed notebooks are built from their text, hold no output, and follow the house rules."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
NOTEBOOKS = LESSONS + sorted((ROOT / "assignments" / "source").glob("*/*.ipynb"))
MAX_CODE_LINES, MAX_STUB_LINES = 15, 25
MAX_WIDTH = 100
NOT_SHOWN = re.compile(r"^ *### BEGIN (SOLUTION|HIDDEN TESTS)\n.*?^ *### END \1\n?", re.M | re.S)
ROLES = {"setup", "predict", "run", "investigate", "modify", "make", "check", "test"}
OUTPUTS = {"none", "text", "html", "figure"}
LINES = re.compile(r"^\s*[!%]|https?://", re.M)  # a shell, a magic, an address
MODULES = re.compile(
    r"(aiohttp|ftplib|google|http|httpx|pip|requests|smtplib|socket|ssl|subprocess|torch|urllib3?"
    r"|warnings|webbrowser|websockets)\b"
)
CALLS = re.compile(
    r"(__import__|eval|exec|exit|quit|os\.(system|popen|chdir|kill)|sys\.exit"
    r"|files\.upload|drive\.mount|(\w+\.)*(expanduser|home)"
    r"|(\w+\.)*(list_physical_devices|set_memory_growth|device|cuda|set_seed|set_random_seed)"
    r"|random\.(?!Random$)\w+|(np|numpy)\.random\.(?!(default_rng|Generator)\b)\w+)"
)
# How a path of somebody's own computer begins; lesson 10 shows what a wrong port says.
PLACES = re.compile(r"/(?!dev/no_such_port$)\w|~|[A-Za-z]:[\\/]")


def cells(path):
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def code_of(cell):
    return "".join(cell["source"])


def banned(code):
    """What the code must not do: reach out, lean on this computer, or seed the whole process."""
    found = [mark[0].strip() for mark in LINES.finditer(code)]
    if found and found[0] in "!%":
        return found  # no Python
    nodes = [*ast.walk(ast.parse(code))]
    ends = [part for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values[1:]]
    for node in nodes:
        if isinstance(node, ast.Import):
            found += [one.name for one in node.names if MODULES.match(one.name)]
        elif isinstance(node, ast.ImportFrom) and MODULES.match(node.module or ""):
            found.append(node.module)
        elif isinstance(node, ast.Constant) and PLACES.match(str(node.value)):
            found += [node.value] if node not in ends else []
        elif isinstance(node, ast.Name) and node.id == "NotImplementedError":
            found.append(node.id)
        elif isinstance(node, ast.Call) and CALLS.fullmatch(dotted(node.func)):
            found.append(dotted(node.func))
    return found


def dotted(node):
    """A name as it stands in the code; what is called before it is left out."""
    if isinstance(node, ast.Attribute):
        return ".".join(filter(None, (dotted(node.value), node.attr)))
    return node.id if isinstance(node, ast.Name) else ""


def test_there_is_a_lesson():
    assert LESSONS


def test_notebooks_equal_their_text_sources():
    check = [sys.executable, str(ROOT / "scripts" / "build_notebooks.py"), "--check"]

    done = subprocess.run(check, capture_output=True, text=True)

    assert done.returncode == 0, f"run `make notebooks`; stale: {done.stdout}{done.stderr}"


@pytest.mark.parametrize("script", ["build_notebooks.py", "timetables.py"])
def test_a_misspelled_option_is_refused_and_nothing_is_written(script):
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / script), "--chek"], capture_output=True, text=True
    )

    assert done.returncode == 2
    assert "unrecognized arguments: --chek" in done.stderr


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
        stub = cell["metadata"].get("nbgrader", {}).get("solution")
        shown = NOT_SHOWN.sub("", code)
        assert len(shown.splitlines()) <= (MAX_STUB_LINES if stub else MAX_CODE_LINES), shown
        assert all(len(line) <= MAX_WIDTH for line in code.splitlines()), code
        assert banned(code) == [], code


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("!ls", ["!"]),
        ("%pip install x", ["%"]),
        ("from urllib.request import urlopen", ["urllib.request"]),
        ("import socket as s", ["socket"]),
        ("from google.colab import files\nfiles.upload()", ["google.colab", "files.upload"]),
        ("open('/data/x.csv'), open('C:\\\\x'), open('~/x')", ["/data/x.csv", "C:\\x", "~/x"]),
        ("Path.home(), Path('x').expanduser()", ["Path.home", "expanduser"]),
        ("tf.config.list_physical_devices('GPU')", ["tf.config.list_physical_devices"]),
        ("np.random.seed(1); np.random.rand(3)", ["np.random.seed", "np.random.rand"]),
        ("tf.random.set_seed(1)", ["tf.random.set_seed"]),
        ("random.random()", ["random.random"]),
        ("import warnings\nwarnings.simplefilter('ignore')", ["warnings"]),
        ("def f():\n    raise NotImplementedError", ["NotImplementedError"]),
        ("__import__('os').system('ls')", ["__import__"]),
        ("tml.get('https://example.org/a.zip')", ["https://"]),
        ("rng = np.random.default_rng(7); rng.random(3); a / b; f'{a}/s'", []),
    ],
)
def test_what_a_cell_must_not_do_is_found(code, found):
    assert sorted(banned(code)) == sorted(found)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_code_cells_say_their_role_budget_and_output(path):
    for cell in cells(path):
        if cell["cell_type"] == "code":
            tiny = cell["metadata"]["tiny"]
            assert tiny["role"] in ROLES
            assert tiny["output"] in OUTPUTS
            assert tiny["budget_s"] > 0
