"""The map of the course: objective -> section -> test -> misconception, and areas and skills.

Its pointers stand in notebooks/curriculum.toml. `problems()` says which of them lead nowhere; a
test keeps that list empty. `map_page()` is the page of the book.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from curriculum import ROOT, TEACH, Lesson, assignments, lessons, markdown_of

from tinymledu.course.assignment import read_checks

POINTERS = ROOT / "notebooks" / "curriculum.toml"

# Knowledge areas of "Computer Science Curricula 2023" (ACM, IEEE Computer Society, AAAI).
CS2023 = {
    "AI": "Artificial Intelligence",
    "AL": "Algorithmic Foundations",
    "AR": "Architecture and Organization",
    "DM": "Data Management",
    "HCI": "Human-Computer Interaction",
    "MSF": "Mathematical and Statistical Foundations",
    "OS": "Operating Systems",
    "SDF": "Software Development Fundamentals",
    "SE": "Software Engineering",
    "SEC": "Security",
    "SEP": "Society, Ethics, and the Profession",
    "SF": "Systems Fundamentals",
    "SPD": "Specialized Platform Development",
}


@dataclass(frozen=True, slots=True)
class Objective:
    """What students can do: in which sections they work on it, what tests it, what gets in its way.

    `test` is "check 3", "exercise 2.1" or "A05 name_of_a_public_check".
    """

    verb: str
    sections: tuple[int, ...]
    test: str
    misconception: str


@dataclass(frozen=True, slots=True)
class Mapped:
    """A lesson's row of the map. `abet` are numbers of ABET EAC outcomes."""

    lesson: str
    cs2023: tuple[str, ...]
    abet: tuple[int, ...]
    skills: tuple[str, ...]
    objectives: tuple[Objective, ...]


@cache
def mapped() -> dict[str, Mapped]:
    """Rows of curriculum.toml by its number."""
    rows = tomllib.loads(POINTERS.read_text("utf-8"))
    return {number: _mapped(number, row) for number, row in rows.items()}


def _mapped(number: str, row: dict) -> Mapped:
    objectives = tuple(
        Objective(one["verb"], tuple(one["sections"]), one["test"], one["misconception"])
        for one in row["objective"]
    )
    skills = tuple(row["skills"])
    return Mapped(number, tuple(row["cs2023"]), tuple(row["abet"]), skills, objectives)


# ------------------------------------------------------------------- what a pointer may point to


def headings(lesson: Lesson) -> dict[int, str]:
    """Titles of the numbered sections, without their PRIMM marks."""
    text = markdown_of(lesson.source)
    found = re.findall(r"^## (\d+) · (.+?)(?: \([PRIMoa, ]+\))?$", text, re.M)
    return {int(number): title for number, title in found}


def tests_of(lesson: Lesson) -> dict[str, str]:
    """Questions and exercises of a lesson, each with its text or an empty one."""
    text = markdown_of(lesson.source)
    questions = text.partition("## Check yourself")[2]
    found = {f"check {n}": said for n, said in re.findall(r"^(\d)\. (.+)$", questions, re.M)}
    for numbers in re.findall(r"^### Exercises? (.+)$", text, re.M):
        found |= {f"exercise {n}": "" for n in re.findall(r"\d+\.\d+", numbers)}
    return found


def misconceptions(lesson: Lesson) -> tuple[str, ...]:
    """First column of the table of misconceptions of the lesson's teach page."""
    text = (TEACH / f"{lesson.source.stem}.md").read_text("utf-8")
    table = text.partition("## Misconceptions")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([^|]+?) \|", table, re.M)
    return tuple(row for row in rows if row != "misconception")


@cache
def public_checks(assignment_id: str) -> dict[str, str]:
    """Titles by name; hidden checks are not for a page that students read."""
    return {
        one.name: one.title
        for folder in (each.folder for each in assignments() if each.id == assignment_id)
        for one in read_checks((folder / "checks.py").read_text("utf-8"))
        if one.visible
    }


def title_of(test: str, lesson: Lesson) -> str | None:
    """What a test asks: the question, a check's title, "" for an exercise; None without it."""
    first, _, second = test.partition(" ")
    if first.startswith("A"):
        return public_checks(first).get(second)
    return tests_of(lesson).get(test)


# -------------------------------------------------------------------------------- what is wrong


def problems() -> list[str]:
    """Pointers that lead nowhere, one sentence each."""
    known = {lesson.number: lesson for lesson in lessons()}
    found = [f"{number}: there is no such lesson" for number in mapped().keys() - known.keys()]
    found += [f"{number}: it has no row in the map" for number in known.keys() - mapped().keys()]
    for number in mapped().keys() & known.keys():
        found += [f"lesson {number}: {said}" for said in _problems(known[number], mapped()[number])]
    return sorted(found)


def _problems(lesson: Lesson, row: Mapped) -> Iterator[str]:
    if len(row.objectives) != len(lesson.objectives):
        yield f"{len(row.objectives)} objectives in the map, {len(lesson.objectives)} in the lesson"
    for area in row.cs2023:
        if area not in CS2023:
            yield f"{area!r} is no knowledge area of CS2023"
    for outcome in row.abet:
        if outcome not in range(1, 8):
            yield f"{outcome} is no outcome; they are 1 to 7"
    for objective, said in zip(row.objectives, lesson.objectives, strict=False):
        if not said.startswith(f"*{objective.verb}*"):
            yield f"the map says {objective.verb!r}, the lesson {said!r}"
        for section in objective.sections:
            if section not in headings(lesson):
                yield f"{objective.verb}: there is no section {section}"
        if title_of(objective.test, lesson) is None:
            yield f"{objective.verb}: nothing is called {objective.test!r}"
        if objective.misconception not in misconceptions(lesson):
            yield f"{objective.verb}: no misconception is {objective.misconception!r}"


# ------------------------------------------------------------------------------------- the page

MAP_HEAD = """\
# The map of the course

Each objective of a lesson, where students work on it, what tests it, and the misconception that
stands in its way. Feedback for each misconception stands in the lesson. A test of this project
keeps every pointer true.
"""

AREAS_NOTE = """\
Areas are those of *Computer Science Curricula 2023* (ACM, IEEE Computer Society and AAAI). Outcomes
of ABET's Engineering Accreditation Commission are given by number only. Both say what a lesson is
about. Nobody at these organisations has reviewed that.
"""


def map_page() -> str:
    """MyST Markdown: a table for each lesson, then areas, outcomes, skills and assignments."""
    parts = [MAP_HEAD]
    parts += [_lesson_part(lesson) for lesson in lessons()]
    parts += ["## Areas, outcomes and skills", "", AREAS_NOTE, _areas(), ""]
    parts += ["### CS2023: from area to lesson", "", _by_area(), ""]
    parts += ["## Assignments", "", _assignments(), ""]
    return "\n".join(parts)


def _lesson_part(lesson: Lesson) -> str:
    titles = headings(lesson)
    rows = []
    for objective, said in zip(mapped()[lesson.number].objectives, lesson.objectives, strict=True):
        where = "; ".join(f"{number} {titles[number]}" for number in objective.sections)
        question = title_of(objective.test, lesson)
        name = objective.test.split()[0] if objective.test.startswith("A") else objective.test
        test = f"{name}: {question}" if question else name
        rows.append((_one_line(said), where, test, objective.misconception))
    head = ("objective", "worked on in", "tested by", "misconception")
    title = f"## [{lesson.number} · {lesson.title}](lessons/{lesson.source.stem}.ipynb)"
    return "\n".join([title, "", "{.objectives}", _table(head, rows), ""])


def _one_line(text: str) -> str:
    return " ".join(text.split()).rstrip(";.")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    cells = [[cell.replace("|", "\\|") for cell in line] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


def _areas() -> str:
    rows = [
        (
            row.lesson,
            ", ".join(row.cs2023),
            ", ".join(map(str, row.abet)),
            ", ".join(row.skills),
        )
        for row in mapped().values()
    ]
    return _table(("lesson", "CS2023", "ABET EAC outcome", "skill asked for in industry"), rows)


def _by_area() -> str:
    rows = []
    for area, name in CS2023.items():
        where = [row.lesson for row in mapped().values() if area in row.cs2023]
        if where:
            rows.append((f"{area}, {name}", ", ".join(where)))
    return _table(("area", "lessons"), rows)


def _assignments() -> str:
    rows = [(f"{one.id} {one.title}", ", ".join(one.lessons)) for one in assignments()]
    return _table(("assignment", "after lessons"), rows)
