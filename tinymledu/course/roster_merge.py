"""Merging what a platform exports into the course's roster, and saying what changed.

A person is recognised by student id, by number at the same site, by email, and by name only where
an export has nothing else and one person has that name. Nobody is ever removed.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from tinymledu.course import roster_formats
from tinymledu.course.layout import open_course
from tinymledu.course.roster import (
    FILE_NAME,
    Person,
    Roster,
    key,
    name_key,
    ordered,
    person_of,
    read_roster,
    refuse_duplicates,
    same,
    write_roster,
)
from tinymledu.course.roster_formats import Entry, unusable_id
from tinymledu.course.tables import read_table


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one person that has another value now."""

    student: str
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Merged:
    """What a file changed. `absent` are in the roster, at its site, but not in the file: kept.

    `problems` has one line for each person of the file who was not taken, and why.
    """

    path: Path
    kind: str
    roster: Roster
    added: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    unchanged: int = 0
    absent: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Everything a program may want, as plain values."""
        return {
            "path": str(self.path),
            "kind": self.kind,
            "students": len(self.roster.people),
            "sites": list(self.roster.sites),
            "added": list(self.added),
            "changes": [asdict(change) for change in self.changes],
            "unchanged": self.unchanged,
            "absent": list(self.absent),
            "problems": list(self.problems),
        }


def import_roster(course: str | Path, file: str | Path, *, site: str = "") -> Merged:
    """Merge a file into the course's roster.

    Args:
        course: the course folder.
        file: CSV with a header, a participants, grade or grading worksheet export of Moodle, or
            a gradebook export of Canvas.
        site: where the people of the file are; before what its own column says.

    Raises:
        InputError: the file is no table that can be read.
        CourseError: it names somebody twice; the message has the lines. Nothing was changed.
    """
    place = open_course(course)
    table = read_table(Path(file))
    found = roster_formats.read(table)
    before = read_roster(place)
    merging = _Merging({key(one.student): one for one in before.people}, site.strip())
    entries = merging.with_ids(found.entries)
    refuse_duplicates(table.name, entries)
    for entry in entries:
        merging.take(entry)
    roster = ordered(merging.people.values())
    if roster != before or not (place.folder / FILE_NAME).is_file():
        write_roster(place, roster)
    sites = {one.site for one in roster.people if key(one.student) in merging.seen}
    absent = [
        one.student
        for one in before.people
        if key(one.student) not in merging.seen and one.site in sites
    ]
    return Merged(
        path=place.folder / FILE_NAME,
        kind=found.kind,
        roster=roster,
        added=tuple(merging.added),
        changes=tuple(merging.changes),
        unchanged=merging.unchanged,
        absent=tuple(absent),
        problems=(*found.problems, *merging.problems),
    )


@dataclass(slots=True)
class _Merging:
    """The people so far, by the key of their ids, and what is to be said."""

    people: dict[str, Person]
    site: str
    added: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    unchanged: int = 0

    def with_ids(self, entries: Iterable[Entry]) -> list[Entry]:
        """The entries, each with the student id of whom it means; without those of nobody."""
        entries = list(entries)
        names: dict[str, int] = defaultdict(int)
        for entry in entries:
            names[name_key(entry.name)] += 1
        roster = Roster(tuple(self.people.values()))
        known: list[Entry] = []
        for entry in entries:
            name_is_unique = names[name_key(entry.name)] == 1
            student, problem = self._student(roster, entry, name_is_unique=name_is_unique)
            if problem:
                self.problems.append(f"line {entry.line}: {problem} Not taken.")
            else:
                known.append(replace(entry, student=student, site=self.site or entry.site))
        return known

    def _student(self, roster: Roster, entry: Entry, *, name_is_unique: bool) -> tuple[str, str]:
        """The id of the person whom an entry means, or why that cannot be known."""
        site = self.site or entry.site
        meant = [roster.with_student(entry.student)] if entry.student else []
        meant += [roster.at(site).with_lms_id(number) for number in entry.lms_ids]
        meant += [roster.with_email(entry.email)]
        people = {one.student: one for found in meant for one in found}
        if len(people) > 1:
            return "", f"it fits {' and '.join(sorted(people))}."
        if people:
            (one,) = people.values()
            return one.student, _other_person(one, entry, site)
        if entry.student or entry.email:
            new = entry.student or entry.email
            return new, unusable_id(new)
        namesakes = roster.at(site).with_name(entry.name)
        if len(namesakes) > 1 or (namesakes and not name_is_unique):
            listed = ", ".join(one.student for one in namesakes)
            return "", (
                f"{entry.name!r} is the name of more than one person ({listed}), and there is no "
                f"id or email. Add {' '.join(entry.lms_ids) or 'an id'} to the right line of "
                f"{FILE_NAME} by hand."
            )
        return (namesakes[0].student if namesakes else entry.fallback), ""

    def take(self, entry: Entry) -> None:
        """Enter one person; what the file leaves empty stays as it was."""
        name = key(entry.student)
        new = person_of(entry, self.site)
        old = self.people.get(name)
        self.seen.add(name)
        if old is None:
            self.people[name] = new
            self.added.append(new.student)
            return
        numbers = tuple(dict.fromkeys((*old.lms_ids, *new.lms_ids)))
        merged = Person(
            student=old.student,
            name=new.name or old.name,
            email=new.email or old.email,
            site=new.site or old.site,
            lms_ids=numbers,
        )
        changes = _changes(old, merged)
        self.people[name] = merged
        self.changes += changes
        self.unchanged += not changes


def _other_person(one: Person, entry: Entry, site: str) -> str:
    """Why an entry with something of a known person is somebody else; '' when it is that person."""
    same_name = not (one.name and entry.name) or name_key(one.name) == name_key(entry.name)
    same_email = bool(entry.email) and same(one.email, entry.email)
    if entry.student and not same(entry.student, one.student) and not same_name:
        return (
            f"{entry.student!r}, {entry.name}, has the email or number of {one.student!r}, "
            f"{one.name}. If they are one person, correct {FILE_NAME} by hand."
        )
    moved = bool(site and one.site) and not same(one.site, site)
    if moved and not (same_name or same_email):
        return (
            f"{one.student!r} is the id of {one.name} at {one.site}. An id must be unique in a "
            f"course: write it with the site, such as {site}-{one.student}."
        )
    return ""


def _changes(old: Person, new: Person) -> list[Change]:
    found: list[Change] = []
    for one in fields(Person):
        before, after = getattr(old, one.name), getattr(new, one.name)
        if before != after:
            words = [" ".join(v) if isinstance(v, tuple) else v for v in (before, after)]
            found.append(Change(old.student, one.name, *words))
    return found
