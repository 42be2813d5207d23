"""Build the course as a site that opens from a memory stick: no server, no network.

    python scripts/build_book.py                     # build/book/index.html, lessons executed
    BOOK_LESSONS=00,06 python scripts/build_book.py  # executes these two; others have no outputs
    BOOK_LESSONS= python scripts/build_book.py       # executes none
    BOOK_FOLDER=/tmp/x python scripts/build_book.py  # /tmp/x/book/index.html

What Sphinx reads is put together in book-source beside it: book/ (frame and style), docs/ (guides
and arithmetic, as they are), the lessons, and pages made from the library and the curriculum. An
executed lesson is kept in build/executed until its source or the library changes.
"""

import hashlib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

import jupytext
import nbformat
from book_pages import api_pages, troubleshooting_page
from curriculum_map import map_page
from lessons import lesson_sources, run_lesson
from nbclient.exceptions import CellExecutionError
from pygments.formatters import HtmlFormatter
from sphinx.cmd.build import main as sphinx

ROOT = Path(__file__).resolve().parents[1]
BUILD = Path(os.environ.get("BOOK_FOLDER", ROOT / "build"))
SOURCE, SITE = BUILD / "book-source", BUILD / "book"
EXECUTED = ROOT / "build" / "executed"
# What can change the outputs of a lesson, beside its own text.
LIBRARY = ("tinymledu", "firmware", "datasets", "notebooks/models")
NOT_RUN = (
    "> **Outputs are missing on this page**: the book was built without running this lesson. "
    "`make book` runs it."
)
# A page has no kernel: where anywidget is missing, a widget shows its figures in place of controls.
WITHOUT_CONTROLS = 'import sys\nsys.modules["anywidget"] = None\n'
# Parts of MathJax that a page which only shows formulas never loads.
NOT_NEEDED = shutil.ignore_patterns("localization", "a11y", "MathMenu.js")


def main() -> int:
    failed = assemble(wanted_lessons())
    code = sphinx(["-q", "-N", "-d", str(BUILD / "book-doctrees"), str(SOURCE), str(SITE)])
    sys.stdout.write(f"{SITE / 'index.html'}: open it in a browser.\n")
    for name, reason in failed.items():
        sys.stderr.write(f"{name} did not run to its end, so its outputs are missing: {reason}\n")
    return 1 if failed else code


def wanted_lessons() -> list[Path]:
    """Sources of the lessons that are to be executed: BOOK_LESSONS names them, or all."""
    chosen = os.environ.get("BOOK_LESSONS")
    if chosen is None:
        return lesson_sources()
    return lesson_sources(word.strip() for word in chosen.split(",") if word.strip())


def assemble(wanted: Iterable[Path]) -> dict[str, str]:
    """Write all that Sphinx reads to SOURCE; what is unchanged keeps its time, for a quick build.

    Returns:
        lessons that failed, each with the last line of its error.
    """
    with tempfile.TemporaryDirectory() as folder:
        new = Path(folder)
        shutil.copytree(ROOT / "book", new, dirs_exist_ok=True)
        shutil.copytree(ROOT / "docs", new / "docs")
        complete_index(new)
        (new / "_static" / "code-dark.css").write_text(dark_code(), "utf-8")
        shutil.copytree(mathjax(), new / "_static" / "mathjax", ignore=NOT_NEEDED)
        (new / "docs" / "troubleshooting.md").write_text(troubleshooting_page(), "utf-8")
        (new / "map.md").write_text(map_page(), "utf-8")
        (new / "api").mkdir()
        for name, text in api_pages().items():
            (new / "api" / name).write_text(text, "utf-8")
        failed = write_lessons(new / "lessons", set(wanted))
        mirror(new, SOURCE)
    return failed


def complete_index(folder: Path) -> None:
    """Put pages of docs/ that index.md does not name where it says REST; drop those not written."""
    index = folder / "index.md"
    text = index.read_text("utf-8")
    there = {f"docs/{path.stem}" for path in (folder / "docs").glob("*.md")}
    named = set(re.findall(r"^docs/[a-z-]+$", text, re.M))
    for missing in named - there:
        text = text.replace(f"\n{missing}\n", "\n")
    rest = "".join(f"{name}\n" for name in sorted(there - named))
    index.write_text(text.replace("REST\n", rest), "utf-8")


def write_lessons(folder: Path, wanted: set[Path]) -> dict[str, str]:
    """Every lesson as a notebook, those of `wanted` with outputs."""
    folder.mkdir(exist_ok=True)
    failed = {}
    for source in lesson_sources():
        notebook = jupytext.read(source)
        if source in wanted:
            try:
                notebook = executed(source)
            except CellExecutionError as error:
                failed[source.stem] = str(error).strip().splitlines()[-1]
        without_widgets(notebook)
        if not any(cell.get("outputs") for cell in notebook.cells):
            notebook.cells.insert(1, nbformat.v4.new_markdown_cell(NOT_RUN, id="not-run"))
        notebook.metadata["language_info"] = {"name": "python", "pygments_lexer": "ipython3"}
        for number, cell in enumerate(notebook.cells):
            cell["id"] = f"cell-{number}"  # jupytext draws them by lot
        nbformat.write(notebook, folder / f"{source.stem}.ipynb")
    return failed


def without_widgets(notebook: nbformat.NotebookNode) -> None:
    """Leave the static twin of each widget: a widget needs a kernel, and scripts from a CDN."""
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)


def executed(source: Path) -> nbformat.NotebookNode:
    """The lesson with its outputs, run now or taken from build/executed."""
    kept = EXECUTED / f"{source.stem[:2]}.ipynb"
    key = fingerprint(source)
    if kept.exists():
        notebook = nbformat.read(kept, as_version=4)
        if notebook.metadata.get("made_from") == key:
            return notebook
    sys.stdout.write(f"Running lesson {source.stem} ...\n")
    sys.stdout.flush()
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as start:
        (Path(start) / "sitecustomize.py").write_text(WITHOUT_CONTROLS, "utf-8")
        ran = run_lesson(source, Path(folder), environment={"PYTHONPATH": start})
    ran.notebook.metadata["made_from"] = key
    EXECUTED.mkdir(parents=True, exist_ok=True)
    nbformat.write(ran.notebook, kept)
    return ran.notebook


def fingerprint(source: Path) -> str:
    """One hash of a lesson's text and of everything that it can use."""
    whole = hashlib.sha256(source.read_bytes())
    for path in files_of(LIBRARY):
        whole.update(path.relative_to(ROOT).as_posix().encode())
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def files_of(folders: Iterable[str]) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path


def mirror(new: Path, old: Path) -> None:
    """Make `old` equal to `new`, without touching files that are equal already."""
    wanted = {path.relative_to(new) for path in new.rglob("*") if path.is_file()}
    for path in [path for path in old.rglob("*") if path.is_file()]:
        if path.relative_to(old) not in wanted:
            path.unlink()
    for name in wanted:
        here, there = new / name, old / name
        if not there.exists() or there.read_bytes() != here.read_bytes():
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(here, there)


def mathjax() -> Path:
    """The folder of MathJax 2.7 that an installed package carries for use without a network."""
    found = find_spec("jupyter_server_mathjax")
    if found is None or found.origin is None:
        raise SystemExit("jupyter_server_mathjax is missing; `make venv` installs it.")
    return Path(found.origin).parent / "static"


def dark_code() -> str:
    """Colours of code on a dark screen."""
    style = HtmlFormatter(style="github-dark").get_style_defs(".highlight")
    return "@media (prefers-color-scheme: dark) {\n" + style + "\n}\n"


if __name__ == "__main__":
    sys.exit(main())
