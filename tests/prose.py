"""The course's English as plain words, for the tests of its spelling and its sentences.

A Markdown reader says what is prose: code, formulas, addresses and HTML are left out.
"""

import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import jupytext
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

ROOT = Path(__file__).parents[1]
LESSONS = sorted((ROOT / "notebooks" / "src").glob("*.py"))
ASSIGNMENTS = sorted((ROOT / "assignments" / "source").glob("A*/A*.py"))
READER = MarkdownIt("commonmark").enable("table").use(dollarmath_plugin)
MARKS = re.compile(r" \((?:P|R|I|Mo|Ma)(?:, (?:P|R|I|Mo|Ma))*\)$")  # ways of working, in headings


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, cell of a table, or point of a list. A piece of code in it is `…`."""

    kind: str
    text: str


def blocks(markdown: str) -> Iterator[Block]:
    """Blocks of prose in their order; of a glossary, the English column only."""
    kind, column, english_only = "", 0, False
    for token in READER.parse(markdown):
        if token.type == "tr_open":
            column = 0
        if token.type.endswith("_open"):
            kind = token.type.removesuffix("_open")
        if token.type == "inline" and token.children:
            column += kind in ("th", "td")
            text = _words(token.children)
            if kind == "th" and column == 1:
                english_only = text == "English"
            if not (english_only and kind in ("th", "td") and column > 1):
                yield Block(kind, MARKS.sub("", text))


def _words(parts: list[Token]) -> str:
    texts = {"code_inline": "`…`", "math_inline": "`…`", "softbreak": " ", "hardbreak": " "}
    said = (part.content if part.type == "text" else texts.get(part.type, "") for part in parts)
    return re.sub(r"https?://\S+", "`…`", "".join(said))


def cells(source: Path, kind: str) -> list[str]:
    """Sources of a notebook's cells of this type, "markdown" or "code"."""
    return [cell.source for cell in jupytext.read(source).cells if cell.cell_type == kind]


def comments(code: str) -> Iterator[str]:
    """What stands behind # in a cell."""
    for token in tokenize.generate_tokens(StringIO(code).readline):
        if token.type == tokenize.COMMENT:
            yield token.string.lstrip("# ")


def pages() -> list[Path]:
    """Every page in Markdown, those that an export writes among them."""
    folders = ("book", "docs", "firmware/templates", "notebooks/teach")
    inside = (path for folder in folders for path in (ROOT / folder).rglob("*.md"))
    return sorted([*ROOT.glob("*.md"), *inside])
