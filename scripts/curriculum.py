"""The course as data, read from the lessons and assignments themselves.

Minutes and core sections stand in the timing table of notebooks/teach/NN_*.md; everything else in
the lesson's card and its text. Nothing here is typed twice.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jupytext

ROOT = Path(__file__).resolve().parents[1]
LESSONS = ROOT / "notebooks" / "src"
TEACH = ROOT / "notebooks" / "teach"
ASSIGNMENTS = ROOT / "assignments" / "source"


@dataclass(frozen=True, slots=True)
class Section:
    """Some parts of a lesson that are taught together: a row of the timing table."""

    lesson: str
    title: str
    minutes: int
    core: bool

    @property
    def numbers(self) -> tuple[int, ...]:
        """Numbers of the notebook's headings; a row without any is about its frame."""
        return tuple(int(n) for n in re.findall(r"(?:^|[,;&] |and )(\d+)(?= |$)", self.title))


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson. `objectives` are its sentences; `serves` the rows of needs that it names."""

    number: str
    title: str
    minutes: int
    profile: str
    serves: tuple[str, ...]
    objectives: tuple[str, ...]
    source: Path

    @property
    def sections(self) -> tuple[Section, ...]:
        """Rows of its timing table, in order."""
        return _sections(self.number, TEACH / f"{self.source.stem}.md")


@dataclass(frozen=True, slots=True)
class Set:
    """An assignment, its lessons, and the sections that teach what it asks: ("05", 2)."""

    id: str
    title: str
    lessons: tuple[str, ...]
    taught_in: frozenset[tuple[str, int]]
    folder: Path


@cache
def lessons() -> tuple[Lesson, ...]:
    """All lessons in order."""
    return tuple(_lesson(path) for path in sorted(LESSONS.glob("*.py")))


def _lesson(path: Path) -> Lesson:
    text = markdown_of(path)
    number = path.stem[:2]
    title = _found(r"^# \d\d · (.+)$", text, path)
    can = text.partition("**After this lesson you can**")[2].partition("\n## ")[0]
    return Lesson(
        number=number,
        title=title,
        minutes=int(_found(r"^\| Time \| (\d+) minutes", text, path)),
        profile=_found(r"^\| Profile \| \*(full|lite)\*", text, path),
        serves=tuple(re.findall(r"S\d\d", _found(r"^\| Serves \| (.+) \|$", text, path))),
        objectives=tuple(re.findall(r"^\d\. (\*[^\n]+(?:\n   [^\n]+)*)", can, re.M)),
        source=path,
    )


@cache
def markdown_of(source: Path) -> str:
    """All text cells of a notebook's source."""
    cells = jupytext.read(source).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def _found(pattern: str, text: str, path: Path) -> str:
    found = re.search(pattern, text, re.M)
    if found is None:
        raise SystemExit(f"{path.name}: nothing in it is like {pattern!r}.")
    return found[1]


@cache
def _sections(lesson: str, path: Path) -> tuple[Section, ...]:
    """Rows of the first table: section, minutes, PRIMM, core, what must not be missed."""
    head, *rows = _first_table(path.read_text("utf-8"))
    places = [head.index(name) for name in ("section", "minutes", "core")]
    cells = [[row[place] for place in places] for row in rows]
    return tuple(Section(lesson, title, int(n), core == "yes") for title, n, core in cells)


def _first_table(text: str) -> list[list[str]]:
    block = re.search(r"(?:^\|.*\n)+", text, re.M)
    lines = block[0].splitlines() if block else []
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in rows if not set("".join(row)) <= set("-: ")]


@cache
def assignments() -> tuple[Set, ...]:
    """All assignments in order."""
    found = []
    for path in sorted(ASSIGNMENTS.glob("A*/assignment.toml")):
        about = tomllib.loads(path.read_text("utf-8"))
        sections = (one.split(".") for one in about["taught_in"])
        taught_in = frozenset((lesson, int(number)) for lesson, number in sections)
        lessons_of = tuple(about["lessons"])
        found.append(Set(about["id"], about["title"], lessons_of, taught_in, path.parent))
    return tuple(found)


def places(sections: Iterable[Section]) -> set[tuple[str, int]]:
    """Numbered headings of these sections, as ("05", 2)."""
    return {(section.lesson, number) for section in sections for number in section.numbers}
