"""The course as data, read from the lessons and assignments themselves, and what follows from it.

    python scripts/curriculum.py           # writes docs/timetables.md
    python scripts/curriculum.py --check   # fails where they differ from what the lessons say

Minutes and core sections stand in the timing table of notebooks/teach/NN_*.md; everything else in
the lesson's card, its text and its code. Nothing here is typed twice.
"""

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jupytext

ROOT = Path(__file__).resolve().parents[1]
LESSONS = ROOT / "notebooks" / "src"
TEACH = ROOT / "notebooks" / "teach"
ASSIGNMENTS = ROOT / "assignments" / "source"
DAYS, DAY_MINUTES = 5, 180
WEEKS, WEEK_MINUTES, PROJECT_WEEKS = 15, 150, 4

# What lesson 00 asks students to know before they begin.
KNOWN_NUMPY = """
abs arange argmax argsort array asarray ceil concatenate cos cumsum dot exp float32 float64 full
int8 int16 int32 int64 isfinite log max mean min ndarray ones outer pi sign sort sqrt stack sum
where zeros
"""
NUMPY_BEFORE_THE_COURSE = {f"np.{name}" for name in KNOWN_NUMPY.split()}


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


@dataclass(frozen=True, slots=True)
class Session:
    """One day or week: what is taught, the minutes left for questions, what is set at its end."""

    name: str
    sections: tuple[Section, ...]
    free_minutes: int
    sets: tuple[str, ...]

    @property
    def minutes(self) -> int:
        return sum(section.minutes for section in self.sections) + self.free_minutes


# ------------------------------------------------------------------------------------- reading


@cache
def lessons() -> tuple[Lesson, ...]:
    """All lessons in order."""
    return tuple(_lesson(path) for path in sorted(LESSONS.glob("*.py")))


def _lesson(path: Path) -> Lesson:
    text = "\n".join(
        cell.source for cell in jupytext.read(path).cells if cell.cell_type == "markdown"
    )
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


# ----------------------------------------------------------------------------------- timetables


def filled(sections: Iterable[Section], most_minutes: int) -> Iterator[tuple[Section, ...]]:
    """Sections in their order, as many in a session as fit."""
    now: list[Section] = []
    for section in sections:
        if sum(one.minutes for one in now) + section.minutes > most_minutes:
            yield tuple(now)
            now = []
        now.append(section)
    if now:
        yield tuple(now)


def timetable(name: str, sections: Sequence[Section], n: int, minutes: int) -> tuple[Session, ...]:
    """Sessions of equal length; an assignment is set as soon as all that it asks is taught."""
    parts = list(filled(sections, minutes))
    if len(parts) > n:
        raise SystemExit(f"The sections fill {len(parts)} sessions of {minutes} min, not {n}.")
    parts += [()] * (n - len(parts))
    table: list[Session] = []
    taught: list[Section] = []
    already: set[str] = set()
    for number, part in enumerate(parts, 1):
        taught += part
        sets = tuple(
            one.id for one in assignments() if one.id not in already and is_taught(one, taught)
        )
        already.update(sets)
        free = minutes - sum(section.minutes for section in part)
        table.append(Session(f"{name} {number}", part, free, sets))
    return tuple(table)


def five_days() -> tuple[Session, ...]:
    """The core sections of all lessons."""
    core = [section for lesson in lessons() for section in lesson.sections if section.core]
    return timetable("Day", core, DAYS, DAY_MINUTES)


def fifteen_weeks() -> tuple[Session, ...]:
    """All sections; the last weeks are for a project."""
    every = [section for lesson in lessons() for section in lesson.sections]
    taught = timetable("Week", every, WEEKS - PROJECT_WEEKS, WEEK_MINUTES)
    project = range(WEEKS - PROJECT_WEEKS + 1, WEEKS + 1)
    return (*taught, *(Session(f"Week {n}", (), WEEK_MINUTES, ()) for n in project))


# --------------------------------------------------------------------------------- names taught


def names_of(code: str) -> set[str]:
    """Dotted names that the code takes from tinymledu and NumPy: "tml.train", "np.argmax"."""
    tree = ast.parse(code)
    homes = {"tml": "tml", "np": "np"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tinymledu"):
            below = (node.module or "").removeprefix("tinymledu").lstrip(".")
            for alias in node.names:
                full = ".".join(part for part in ("tml", below, alias.name) if part)
                homes[alias.asname or alias.name] = full
    found = {homes[one] for one in homes if one not in ("tml", "np")}
    for node in ast.walk(tree):
        dotted = _dotted(node)
        if dotted and dotted[0] in homes:
            found.add(".".join((homes[dotted[0]], *dotted[1:])))
    return found


def _dotted(node: ast.AST) -> tuple[str, ...]:
    if isinstance(node, ast.Name):
        return (node.id,)
    if isinstance(node, ast.Attribute) and (before := _dotted(node.value)):
        return (*before, node.attr)
    return ()


@cache
def _cells_by_heading(source: Path) -> tuple[tuple[int | None, str, str], ...]:
    """(number of the heading above or None, cell type, source) of every cell."""
    number, found = None, []
    for cell in jupytext.read(source).cells:
        if heading := re.search(r"^## (?:(\d+) · )?", cell.source, re.M):
            number = int(heading[1]) if heading[1] else None
        found.append((number, cell.cell_type, cell.source))
    return tuple(found)


def taught_by(sections: Iterable[Section]) -> set[str]:
    """Names in the code of these sections, and of the frame of their lessons (imports, ledger)."""
    names: set[str] = set()
    numbers: dict[str, set[int | None]] = {}
    for section in sections:
        numbers.setdefault(section.lesson, {None}).update(section.numbers)
    for lesson in lessons():
        for number, kind, source in _cells_by_heading(lesson.source):
            if kind == "code" and number in numbers.get(lesson.number, ()):
                names |= names_of(source)
    return names


def needed_for(assignment: Set) -> set[str]:
    """Names in the reference's answers that the assignment's own text does not name."""
    path = assignment.folder / f"{assignment.folder.name}.py"
    answers, told = [], []
    for cell in jupytext.read(path).cells:
        grading = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and grading.get("solution"):
            answers.append(cell.source)
            told.append(cell.source.partition("### BEGIN SOLUTION")[0])
        else:
            told.append(cell.source)
    text = "\n".join(told)
    needed = set().union(*(names_of(source) for source in answers))
    return {name for name in needed if not re.search(rf"\b{re.escape(name)}\b", text)}


def is_taught(assignment: Set, taught: Sequence[Section]) -> bool:
    """Whether these sections teach what the assignment asks, and every name that it needs."""
    met = {(section.lesson, number) for section in taught for number in section.numbers}
    return assignment.taught_in <= met and not missing_for(assignment, taught)


def missing_for(assignment: Set, taught: Iterable[Section]) -> set[str]:
    """Names that the assignment needs and that neither its text nor these sections teach."""
    return needed_for(assignment) - taught_by(taught) - NUMPY_BEFORE_THE_COURSE


# -------------------------------------------------------------------------------------- as text


def _session_rows(sessions: Sequence[Session]) -> Iterator[str]:
    yield "| when | lesson and section | minutes | assignments set at the end |"
    yield "|---|---|---|---|"
    for session in sessions:
        when = session.name
        for section in session.sections:
            yield f"| {when} | {section.lesson} · {section.title} | {section.minutes} | |"
            when = ""
        yield f"| {when} | questions, exercises, own work | {session.free_minutes} | |"
        yield f"| | *{session.name} in all* | *{session.minutes}* | {', '.join(session.sets)} |"


def timetables_text() -> str:
    """docs/timetables.md."""
    days, weeks = five_days(), fifteen_weeks()
    lines = ["# Timetables", "", "Made by scripts/curriculum.py from the lessons. Do not edit.", ""]
    for title, sessions in (
        (f"## Five days of {DAY_MINUTES} minutes: the core sections", days),
        (f"## Fifteen weeks of {WEEK_MINUTES} minutes: everything, and a project", weeks),
    ):
        set_here = {one for session in sessions for one in session.sets}
        total = sum(session.minutes for session in sessions)
        lines += [title, "", *_session_rows(sessions), "", f"In all {total:,} minutes."]
        left = [one for one in assignments() if one.id not in set_here]
        lines += [f"- {one.id} is not set: {_why_not(one, sessions)}" for one in left]
        lines.append("")
    return "\n".join(lines)


def _why_not(one: Set, sessions: Sequence[Session]) -> str:
    taught = [section for session in sessions for section in session.sections]
    met = {(section.lesson, number) for section in taught for number in section.numbers}
    if left := sorted(one.taught_in - met):
        names = ", ".join(f"{number} of lesson {lesson}" for lesson, number in left)
        return f"it asks for what section {names} teaches."
    return f"it needs {', '.join(sorted(missing_for(one, taught)))}."


def documents() -> dict[Path, str]:
    """Each generated page with its text."""
    return {ROOT / "docs" / "timetables.md": timetables_text()}


def main() -> int:
    stale = [
        path
        for path, text in documents().items()
        if not path.exists() or path.read_text("utf-8") != text
    ]
    for path in stale:
        sys.stdout.write(f"{path.relative_to(ROOT)}\n")
        if "--check" not in sys.argv:
            path.write_text(documents()[path], "utf-8")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
