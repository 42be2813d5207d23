"""Two timetables of the course, made from the minutes that its lessons say they take.

Run it after editing a lesson; it writes docs/timetables.md. `--check` changes nothing and exits 1
where the page differs from what the lessons say.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from curriculum import ROOT, Section, Set, assignments, lessons, places
from names_taught import KNOWN_NUMPY, is_taught, missing_for

PAGE = ROOT / "docs" / "timetables.md"
DAYS, DAY_MINUTES = 5, 180
WEEKS, WEEK_MINUTES, PROJECT_WEEKS = 15, 150, 4
HEAD = f"""\
# Timetables

Made by scripts/timetables.py from the lessons. Do not edit.

An assignment is set as soon as everything that it needs has been taught. These names of NumPy are
taken as known before the course: {", ".join(f"`{name}`" for name in KNOWN_NUMPY)}.
"""


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


# -------------------------------------------------------------------------------------- as text


def _session_rows(sessions: Sequence[Session]) -> Iterator[str]:
    yield "| when | lesson and section | minutes | assignments set at the end |"
    yield "|---|---|---|---|"
    for session in sessions:
        when = session.name
        for section in session.sections:
            yield f"| {when} | {section.lesson} · {section.title} | {section.minutes} | |"
            when = ""
        free = "questions, exercises, own work" if session.sections else "a project of your own"
        yield f"| {when} | {free} | {session.free_minutes} | |"
        yield f"| | *{session.name} in all* | *{session.minutes}* | {', '.join(session.sets)} |"


def page() -> str:
    """docs/timetables.md."""
    lines = [HEAD]
    for title, sessions in (
        (f"## Five days of {DAY_MINUTES} minutes: the core sections", five_days()),
        (f"## Fifteen weeks of {WEEK_MINUTES} minutes: everything, and a project", fifteen_weeks()),
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
    if left := sorted(one.taught_in - places(taught)):
        names = ", ".join(f"{number} of lesson {lesson}" for lesson, number in left)
        return f"it asks for what section {names} teaches."
    return f"it needs {', '.join(sorted(missing_for(one, taught)))}."


def main() -> int:
    parser = argparse.ArgumentParser(description="Write docs/timetables.md from the lessons.")
    parser.add_argument("--check", action="store_true", help="write nothing, fail if it is stale")
    options = parser.parse_args()
    if PAGE.exists() and PAGE.read_text("utf-8") == page():
        return 0
    sys.stdout.write(f"{PAGE.relative_to(ROOT)}\n")
    if options.check:
        return 1
    PAGE.write_text(page(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
