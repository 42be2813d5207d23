"""The demo's report: records in, one self-contained HTML file out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2

from tinymledu import files
from tinymledu.exploration import Figure


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with its caption; every value is text already."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """One phase of the story."""

    title: str
    paragraphs: tuple[str, ...]
    figures: tuple[Figure, ...] = ()
    tables: tuple[Grid, ...] = ()
    listing_title: str = ""
    listing: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A headline figure; `detail` says how it was obtained."""

    name: str
    value: str
    detail: str


@dataclass(frozen=True, slots=True)
class Story:
    date: str
    lead: str
    cards: tuple[Card, ...]
    chapters: tuple[Chapter, ...]
    timing: Grid
    methods: tuple[str, ...]
    next_commands: tuple[str, ...]


def write_report(story: Story, path: Path) -> None:
    """Write the report. Everything is inside the file: it opens from a memory stick, offline."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["tight"] = _tight
    text = environment.get_template("report.html.j2").render(story=story)
    files.write_atomic(path, text.encode())


def grid(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Grid:
    return Grid(title, tuple(columns), tuple(tuple(row) for row in rows))


def _tight(text: str) -> str:
    """Keep numbers and their units on one line."""
    return re.sub(r"(?<=\d) (?=(%|s|ms|min|B|KiB|MiB|J|mJ|W)\b|%)", "\N{NO-BREAK SPACE}", text)
