"""Who is in the course: one roster.csv in the course folder.

student   the name of the student's folder, unique in the course
name, email, site
lms_id    numbers by which a platform names the student; several are separated by spaces, because
          Moodle gives a student a new one for each assignment
"""

import csv
import io
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from tinymledu.course import roster_formats
from tinymledu.course.layout import Course, require_writable
from tinymledu.course.roster_formats import Entry
from tinymledu.course.tables import as_text, read_table
from tinymledu.errors import CourseError
from tinymledu.files import write_atomic

FILE_NAME = "roster.csv"


@dataclass(frozen=True, slots=True)
class Person:
    """One student of the course."""

    student: str
    name: str = ""
    email: str = ""
    site: str = ""
    lms_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Roster:
    """Everybody, in the order of their ids. Look-ups give all who fit: nobody is guessed."""

    people: tuple[Person, ...] = ()

    @property
    def sites(self) -> tuple[str, ...]:
        """The sites that somebody is at, in order."""
        return tuple(sorted({one.site for one in self.people} - {""}))

    def at(self, site: str) -> "Roster":
        """Who may be at a site: all of whom no other is known; everybody for ''."""
        if not site:
            return self
        wanted = key(site)
        if wanted not in self._at:
            here = [one for one in self.people if not one.site or key(one.site) == wanted]
            self._at[wanted] = Roster(tuple(here))
        return self._at[wanted]

    def with_student(self, student: str) -> tuple[Person, ...]:
        """Who has this student id."""
        return self._by_student.get(key(student), ())

    def with_lms_id(self, number: str) -> tuple[Person, ...]:
        """Whom a platform names by this number."""
        return self._by_number.get(number, ())

    def with_email(self, email: str) -> tuple[Person, ...]:
        """Who has this address."""
        return self._by_email.get(key(email), ())

    def with_name(self, name: str) -> tuple[Person, ...]:
        """Who is called so, as "First Last" or "Last, First"."""
        return self._by_name.get(name_key(name), ())

    @cached_property
    def _at(self) -> dict[str, "Roster"]:
        return {}

    @cached_property
    def _by_student(self) -> dict[str, tuple[Person, ...]]:
        return self._index(lambda one: (key(one.student),))

    @cached_property
    def _by_number(self) -> dict[str, tuple[Person, ...]]:
        return self._index(lambda one: one.lms_ids)

    @cached_property
    def _by_email(self) -> dict[str, tuple[Person, ...]]:
        return self._index(lambda one: (key(one.email),))

    @cached_property
    def _by_name(self) -> dict[str, tuple[Person, ...]]:
        return self._index(lambda one: (name_key(one.name),))

    def _index(self, keys: Callable[[Person], Iterable[str]]) -> dict[str, tuple[Person, ...]]:
        found: dict[str, list[Person]] = defaultdict(list)
        for one in self.people:
            for wanted in keys(one):
                if wanted:
                    found[wanted].append(one)
        return {wanted: tuple(people) for wanted, people in found.items()}


def same(one: str, other: str) -> bool:
    """Whether two names are one to a person: case, form of accents and space do not count."""
    return key(one) == key(other)


def key(text: str) -> str:
    """What is equal for two names that are one to a person."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def name_key(name: str) -> str:
    """The same for names of people, with "Last, First" as "First Last"."""
    last, comma, first = name.partition(",")
    return key(f"{first} {last}") if comma else key(name)


# ----------------------------------------------------------------------------------------- on disk


def read_roster(course: Course) -> Roster:
    """The course's roster; an empty one where there is no file yet.

    Raises:
        CourseError: the file cannot be read, or names somebody twice; the message has the lines.
    """
    path = course.folder / FILE_NAME
    if not path.is_file():
        return Roster()
    found = roster_formats.read(read_table(path))
    entries = [replace(entry, student=entry.student or entry.fallback) for entry in found.entries]
    refuse_duplicates(path.name, entries)
    return ordered(person_of(entry, "") for entry in entries)


def write_roster(course: Course, roster: Roster) -> Path:
    """Write the roster whole or not at all, and give its path."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("student", "name", "email", "site", "lms_id"))
    for one in roster.people:
        row = (one.student, one.name, one.email, one.site, " ".join(one.lms_ids))
        writer.writerow([as_text(value) for value in row])
    require_writable(course.folder)
    path = course.folder / FILE_NAME
    write_atomic(path, text.getvalue().encode())
    return path


def ordered(people: Iterable[Person]) -> Roster:
    """A roster in the order of the ids."""
    return Roster(tuple(sorted(people, key=lambda one: (key(one.student), one.student))))


def person_of(entry: Entry, site: str) -> Person:
    """A line of a file as a person; `site` is before the line's own."""
    return Person(entry.student, entry.name, entry.email, site or entry.site, entry.lms_ids)


def refuse_duplicates(name: str, entries: Iterable[Entry]) -> None:
    """A person has to say which of two lines for one id is right.

    Raises:
        CourseError: a student id, an email, or a number at one site is there twice.
    """
    lines: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    for entry in entries:
        values = [("student", entry.student), ("email", entry.email)]
        values += [("lms_id", f"{number} {entry.site}".strip()) for number in entry.lms_ids]
        for what, value in values:
            if value:
                lines[what, key(value)].append((entry.line, value))
    twice = [
        f"{what} {found[0][1]!r} on lines {', '.join(str(line) for line, _ in found)}"
        for (what, _), found in lines.items()
        if len(found) > 1
    ]
    if twice:
        more = f"; and {len(twice) - 10} more" if len(twice) > 10 else ""
        raise CourseError(
            f"{name} has the same person twice: {'; '.join(twice[:10])}{more}. "
            "Keep one line of each. Nothing was changed."
        )
