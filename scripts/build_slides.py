"""Slides of each lesson, from its own text and figures: one HTML file each, arrow keys.

    python scripts/build_slides.py                     # build/slides/index.html
    BOOK_LESSONS=00,06 python scripts/build_slides.py  # only these have figures

A slide is a heading of the lesson with its "See" or "Predict" paragraphs, a figure, or a question
of "Check yourself". A presentation framework wants headings of its own, and shrinks what does not
fit; these slides scroll, so one file is readable on a phone as well. Formulas load the MathJax in
the folder beside them.
"""

import html
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import jupytext
import nbformat
from build_book import BUILD, NOT_NEEDED, ROOT, executed, mathjax, wanted_lessons
from lessons import lesson_sources
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

SLIDES = BUILD / "slides"
FRAME = ROOT / "book" / "slides"
SHOWN = {"See.": "", "Predict.": "Predict", "Predict (P).": "Predict"}  # label: what stands above
HEADING = re.compile(r"^(#{1,3}) (.+?)(?: \((?:P|R|I|Mo|Ma)(?:, (?:P|R|I|Mo|Ma))*\))?$")
LABEL = re.compile(r"^\*\*([A-Z][^*]*?)\*\* ?")
MATHJAX = """\
<script type="text/x-mathjax-config">MathJax.Hub.Config(SETTINGS)</script>
<script src="mathjax/MathJax.js?config=TeX-AMS-MML_HTMLorMML-full"></script>"""


@dataclass(frozen=True, slots=True)
class Slide:
    """Title and text in Markdown, or a figure as HTML."""

    title: str
    text: str = ""
    figure: str = ""


def slides_of(notebook: nbformat.NotebookNode) -> Iterator[Slide]:
    """The slides of a lesson, in its order."""
    title = ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for title, label, text in parts(cell.source, title):  # noqa: B020  goes on below
                yield from _text_slides(title, label, text)
        else:
            yield from (Slide(title, figure=figure) for figure in figures(cell))


def _text_slides(title: str, label: str, text: str) -> Iterator[Slide]:
    if title.startswith("Check yourself"):
        for question in re.split(r"\n(?=\d\. )", text):
            yield Slide(title, question)
    elif label in SHOWN and text:
        above = f"*{SHOWN[label]}*\n\n" if SHOWN[label] else ""
        yield Slide(title, above + text)
    elif re.match(r"\d\d · ", title) or title == "Why" or title.startswith("What you can now do"):
        text = re.sub(r"(?m)^\|.*\n?|^Marks in the headings.*(?:\n.+)*", "", text).strip()
        if text:
            yield Slide(title, text)


def parts(text: str, title: str) -> Iterator[tuple[str, str, str]]:
    """(heading, label such as "See.", text) of a cell; folded parts and marks are left out.

    A cell without a heading goes on under `title`, and so does what follows a heading of level 3.
    """
    text = re.sub(r"<details>.*?</details>", "", text, flags=re.S)
    text = re.sub(r"<!--.*?-->", "", text)
    label, kept = "", []
    for block in re.split(r"\n\s*\n", text.strip()):
        heading, marked = HEADING.match(block.partition("\n")[0]), LABEL.match(block)
        known = marked is not None and (marked[1].endswith(".") or marked[1] in SHOWN)
        if heading or known:
            if kept or label:
                yield title, label, "\n\n".join(kept)
            label, kept = (marked[1], [block[marked.end() :]]) if known and marked else ("", [])
        if heading:
            title = title if heading[1] == "###" else heading[2]
            block = block.partition("\n")[2]
        if not known and block.strip():
            kept.append(block)
    if kept or label:
        yield title, label, "\n\n".join(kept)
    else:
        yield title, "", ""


def figures(cell: nbformat.NotebookNode) -> Iterator[str]:
    """Drawings among a cell's outputs, with their words for screen readers."""
    for output in cell.get("outputs", []):
        shown = output.get("data", {}).get("text/html", "")
        yield from re.findall(r"<svg\b.*?</svg>", shown, re.S)


def page(title: str, slides: Iterable[Slide]) -> str:
    """One HTML file: style and script inside."""
    markdown = MarkdownIt("commonmark").enable("table").use(dollarmath_plugin, renderer=_formula)
    sections = []
    for number, slide in enumerate(slides, 1):
        level = "h1" if number == 1 else "h2"
        inner = slide.figure or markdown.render(slide.text)
        kind = "figure" if slide.figure else "text"
        heading = f"<{level}>{markdown.renderInline(slide.title)}</{level}>"
        sections.append(f'<section class="{kind}" id="s{number}">{heading}\n{inner}</section>')
    body = "\n".join(sections)
    settings = (ROOT / "book" / "mathjax.json").read_text("utf-8")
    script = MATHJAX.replace("SETTINGS", settings) if 'class="math"' in body else ""
    return (
        (FRAME / "deck.html")
        .read_text("utf-8")
        .replace("TITLE", html.escape(title))
        .replace("/* STYLE */", (FRAME / "deck.css").read_text("utf-8"))
        .replace("/* SCRIPT */", (FRAME / "deck.js").read_text("utf-8"))
        .replace("<!-- MATHJAX -->", script)
        .replace("<!-- SLIDES -->", body)
    )


def _formula(text: str, options: dict[str, bool]) -> str:
    ends = (r"\[", r"\]") if options["display_mode"] else (r"\(", r"\)")
    return f'<span class="math">{ends[0]}{html.escape(text)}{ends[1]}</span>'


def main() -> int:
    wanted = set(wanted_lessons())
    SLIDES.mkdir(parents=True, exist_ok=True)
    shutil.copytree(mathjax(), SLIDES / "mathjax", ignore=NOT_NEEDED, dirs_exist_ok=True)
    rows = []
    for source in lesson_sources():
        notebook = executed(source) if source in wanted else jupytext.read(source)
        slides = list(slides_of(notebook))
        title = slides[0].title
        (SLIDES / f"{source.stem[:2]}.html").write_text(page(title, slides), "utf-8")
        said = "" if source in wanted else ", without figures: `make slides` runs the lesson"
        rows.append(f"- [{title}]({source.stem[:2]}.html): {len(slides)} slides{said}")
    text = "Arrow keys, or a tap on the left or right edge.\n\n" + "\n".join(rows)
    (SLIDES / "index.html").write_text(page("Slides", [Slide("Slides", text)]), "utf-8")
    sys.stdout.write(f"{SLIDES / 'index.html'}: open it in a browser.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
