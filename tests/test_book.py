"""The book: its made pages are true to their sources, and it opens without any request."""

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

import tinymledu as tml

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts"))
sys.path.insert(0, str(ROOT / "tests" / "course"))

pytest.importorskip("myst_nb", reason="the extra `book` is not installed; `make book` installs it")

import browser  # noqa: E402  needs the lines above
import build_book  # noqa: E402
import build_slides  # noqa: E402
from alt_text import wordless  # noqa: E402
from book_pages import (  # noqa: E402
    api_pages,
    messages_of,
    restructured,
    troubleshooting_page,
    with_code,
)

from tinymledu.course.explain import table  # noqa: E402

OFFLINE = ("--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=127.0.0.1:9")


# ------------------------------------------------------------------------------- troubleshooting


@pytest.mark.parametrize(
    ("pattern", "messages"),
    [
        (r"is not callable", ["is not callable"]),
        (r"too (?:few|many) arguments", ["too few/many arguments"]),
        (r"axis -?[0-9]+ is out", ["axis … is out"]),
        (r"`compile\(\)` before|not built", ["`compile()` before", "not built"]),
        (r"requires (?:exactly )?[0-9]{1,3} of u?int[0-9]+", ["requires … of uint…"]),
        (r"(?i)no (?:a|b) found", ["no a/b found"]),
        (r"NumPy 2\.0 .{0,60}'None'", ["NumPy 2.0 …'None'"]),
        (r"error: [^\n:]{1,120}: No such", ["error: …: No such"]),
    ],
)
def test_a_pattern_is_shown_as_the_message_that_one_sees(pattern, messages):
    assert messages_of(pattern) == messages


def test_every_known_error_is_on_the_page_once():
    page = troubleshooting_page()

    names = re.findall(r'class="trouble" id="(\w+)"', page)
    assert names == [entry.name for entry in table()]


def test_messages_hold_nothing_of_the_pattern_language():
    shown = [said for entry in table() for said in messages_of(entry.pattern.pattern)]

    assert all(said for said in shown)
    assert not [said for said in shown if re.search(r"\(\?|\\|\{\d|\[\^|\+$", said)]


# ------------------------------------------------------------------------------------------- API


def test_every_public_name_has_its_place_in_the_reference():
    pages = api_pages()

    for name in tml.__all__:
        assert f"{name}.rst" in pages or f":: tinymledu.{name}" in pages["functions.rst"], name
        assert f"`tml.{name} <" in pages["index.rst"]


def test_plain_docstrings_do_not_become_markup():
    assert restructured("2**31 | x_ and `a_b*`") == r"2\*\*31 \| x\_ and `a_b*`"
    assert restructured(">>> f(*a)") == ">>> f(*a)"


def test_indented_lines_of_a_module_are_code():
    assert "::\n\n    f(*a)\n" in with_code("Say.\n\n    f(*a)\n\nThen more.")


# --------------------------------------------------------------------------------------- lessons


def test_unknown_lessons_are_refused_with_those_that_exist(monkeypatch):
    monkeypatch.setenv("BOOK_LESSONS", "00,77")

    with pytest.raises(SystemExit, match=r"no lesson 77\. There are 00, 01, "):
        build_book.wanted_lessons()


def test_lessons_that_were_not_run_say_so(tmp_path):
    assert build_book.write_lessons(tmp_path, set()) == {}

    first = nbformat.read(tmp_path / "00_passport.ipynb", as_version=4)
    assert "Outputs are missing" in first.cells[1].source


def test_widgets_leave_their_static_twin():
    data = {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}, "text/html": "twin"}
    cell = nbformat.v4.new_code_cell("f()", outputs=[nbformat.v4.new_output("display_data", data)])
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"widgets": {"state": {}}})

    build_book.without_widgets(notebook)

    assert notebook.cells[0].outputs[0].data == {"text/html": "twin"}
    assert "widgets" not in notebook.metadata


def test_an_executed_lesson_shows_the_figures_of_a_widget(tmp_path, monkeypatch):
    source = tmp_path / "00_small.py"
    source.write_text(
        "# %%\nfrom tinymledu.exploration import widgets\n"
        "widgets.number_line([-0.6, 2.2], scale=0.5, zero_point=1, bits=3)\n",
        "utf-8",
    )
    monkeypatch.setattr(build_book, "EXECUTED", tmp_path / "executed")
    monkeypatch.setattr(build_book, "LIBRARY", ())

    (cell,) = build_book.executed(source).cells

    shown = "".join(output["data"].get("text/html", "") for output in cell.outputs)
    assert "<svg" in shown
    assert "The same with other settings" in shown


def test_the_index_names_every_page_of_docs_and_no_other(tmp_path):
    (tmp_path / "docs").mkdir()
    for name in ("student", "new"):
        (tmp_path / "docs" / f"{name}.md").write_text("# A page\n", "utf-8")
    (tmp_path / "index.md").write_text("docs/student\ndocs/gone\nREST\nend\n", "utf-8")

    build_book.complete_index(tmp_path)

    assert (tmp_path / "index.md").read_text("utf-8") == "docs/student\ndocs/new\nend\n"


def test_an_executed_lesson_is_kept_until_it_changes(tmp_path, monkeypatch):
    source = tmp_path / "00_small.py"
    source.write_text("# %%\n1\n", "utf-8")
    runs = []

    def run(path, folder, environment):
        runs.append(path)
        return build_book.jupytext.read(path), folder

    monkeypatch.setattr(build_book, "EXECUTED", tmp_path / "executed")
    monkeypatch.setattr(
        build_book, "run_lesson", lambda *a, **k: type("Ran", (), {"notebook": run(*a, **k)[0]})
    )
    monkeypatch.setattr(build_book, "LIBRARY", ())

    build_book.executed(source)
    build_book.executed(source)
    source.write_text("# %%\n2\n", "utf-8")
    build_book.executed(source)

    assert len(runs) == 2


# ---------------------------------------------------------------------------------------- slides

LESSON = """\
# 99 · A lesson

*A question?*
"""
SECTION = """\
## 1 · Look (R, I)

**See.** A *dataset* is a collection.

- one

**Predict.** What comes?

<details><summary>You should see</summary>

Nine.
</details>

**Run.** Press the key.
"""


def lesson_with_a_figure():
    figure = '<figure><svg role="img" aria-label="words">x</svg><details>t</details></figure>'
    shown = nbformat.v4.new_output("display_data", {"text/html": figure})
    return nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell(LESSON),
            nbformat.v4.new_markdown_cell(SECTION),
            nbformat.v4.new_code_cell("f()", outputs=[shown]),
            nbformat.v4.new_markdown_cell("## Check yourself\n\n1. Why?\n   - **a** so\n2. How?"),
        ]
    )


def test_slides_hold_what_one_sees_and_predicts_but_not_the_answer():
    slides = list(build_slides.slides_of(lesson_with_a_figure()))

    assert [(slide.title, slide.text) for slide in slides] == [
        ("99 · A lesson", "*A question?*"),
        ("1 · Look", "A *dataset* is a collection.\n\n- one"),
        ("1 · Look", "*Predict*\n\nWhat comes?"),
        ("1 · Look", ""),
        ("Check yourself", "1. Why?\n   - **a** so"),
        ("Check yourself", "2. How?"),
    ]
    assert slides[3].figure == '<svg role="img" aria-label="words">x</svg>'


def test_a_deck_is_one_file_and_loads_formulas_only_where_there_are_some():
    plain = build_slides.page("A", [build_slides.Slide("A", "text")])
    formula = build_slides.page("A", [build_slides.Slide("A", "$x_1 < 2$")])

    assert "src=" not in plain
    assert r'<span class="math">\(x_1 &lt; 2\)</span>' in formula
    assert formula.count("src=") == 1


# ---------------------------------------------------------------------------------- the whole

PHONE = 390  # CSS pixels
WIDTH = "document.documentElement.scrollWidth"


def wordless_pages(folder):
    """Pages with pictures that have no words."""
    found = {path.name: [*wordless(path.read_text("utf-8"))] for path in folder.rglob("*.html")}
    assert found
    return {name: pictures for name, pictures in found.items() if pictures}


FORMULAS = "document.querySelectorAll('.MathJax').length > 0"
PASTE = (
    "(() => { const field = document.getElementById('message');"
    "field.value = \"TypeError: 'NoneType' object is not subscriptable\";"
    "field.dispatchEvent(new Event('input'));"
    "return [...document.querySelectorAll('.trouble:not([hidden])')].map(e => e.id) })()"
)
READY = {  # page: what is true once it has loaded what it shows
    "book/index.html": "true",
    "book/lessons/00_passport.html": "document.querySelector('figure svg[aria-label]')",
    "book/lessons/03_inside_phase_2.html": FORMULAS,
    "book/docs/troubleshooting.html": "!document.getElementById('message').parentElement.hidden",
    "book/search.html?q=threshold": "document.querySelectorAll('ul.search li').length > 0",
    "slides/00.html": "document.querySelector('section.here h1')",
    "slides/03.html": FORMULAS,
}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Folder of the book and the slides, with lesson 00 executed and the others as they are."""
    folder = tmp_path_factory.mktemp("built")
    environment = os.environ | {"BOOK_LESSONS": "00", "BOOK_FOLDER": str(folder)}
    for script in ("build_book", "build_slides"):
        done = subprocess.run(
            [sys.executable, ROOT / "scripts" / f"{script}.py"],
            env=environment, capture_output=True, text=True,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")
    return folder


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    """A browser without a network."""
    program = browser.find()
    if program is None:
        pytest.skip("Chromium is not installed: sudo apt install chromium")
    with browser.browser(program, tmp_path_factory.mktemp("profile"), *OFFLINE) as opened:
        yield opened


@pytest.mark.slow
def test_every_picture_of_book_and_slides_has_words(built):
    assert wordless_pages(built / "book") == wordless_pages(built / "slides") == {}


@pytest.mark.slow
def test_book_and_slides_open_without_a_network_and_without_a_request(built, chromium):
    seen = {
        page: chromium.visit(f"{built.as_uri()}/{page}", ready=f"Boolean({ready})", touch=None)
        for page, ready in READY.items()
    }

    asked = [one for visit in seen.values() for one in visit.requests]
    assert asked, "a page asks for its style at least, so requests are seen"
    assert [one for one in asked if not one.startswith("file://")] == []
    assert "Outputs are missing" in seen["book/lessons/03_inside_phase_2.html"].text
    assert "Outputs are missing" not in seen["book/lessons/00_passport.html"].text


@pytest.mark.slow
def test_a_pasted_message_finds_its_trouble(built, chromium):
    page = (built / "book" / "docs" / "troubleshooting.html").as_uri()

    (found,) = chromium.visit(page, touch=None, ask=[PASTE]).values

    assert found[0] == "python_none_returned"


@pytest.mark.slow
def test_no_page_is_wider_than_a_phone(built, chromium):
    widths = {
        page.name: chromium.visit(page.as_uri(), touch=None, ask=[WIDTH], width=PHONE).values[0]
        for page in sorted((built / "book").rglob("*.html"))
    }

    assert len(widths) > 40
    assert {name: width for name, width in widths.items() if width > PHONE} == {}
