"""The lists of people that are recognised by their headers: plain, of Moodle, of Canvas.

Moodle, participants and grade export   First name, Last name, ID number, Email address, ...
Moodle, grading worksheet               Identifier ("Participant 12"), Full name, Email, ...
Canvas, gradebook export                Student, ID, SIS User ID, SIS Login ID, Section, ...
plain                                   any of the words below, in any order
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from tinymledu.course.tables import Row, Table, from_text
from tinymledu.errors import CourseError

_HEADER_WITHIN_ROWS = 10  # exports may put a title above
_MAX_ID_CHARS = 100

MOODLE_WORKSHEET = "Moodle grading worksheet"
MOODLE = "Moodle export"
CANVAS = "Canvas gradebook"
PLAIN = "CSV"

_WORDS: Mapping[str, tuple[str, ...]] = {
    "student": (
        "student", "student id", "studentid", "student number", "id number", "username",
        "user name", "login", "login id", "matriculation number", "registration number",
    ),
    "name": ("name", "full name", "student name"),
    "first": ("first name", "firstname", "given name", "given names"),
    "last": ("last name", "lastname", "surname", "family name"),
    "email": ("email", "e-mail", "email address", "e-mail address", "mail"),
    "site": ("site", "campus", "centre", "center", "location"),
    "lms_id": (
        "lms id", "lms numeric id", "moodle id", "canvas id", "user id", "identifier",
        "participant", "id",
    ),
}  # fmt: skip
_CANVAS_WORDS = ("sis user id", "sis login id", "section", "integration id")


@dataclass(frozen=True, slots=True)
class Entry:
    """One person of a file, on its line. `fallback` is an id made from the platform's number."""

    line: int
    student: str = ""
    name: str = ""
    email: str = ""
    site: str = ""
    lms_ids: tuple[str, ...] = ()
    fallback: str = ""


@dataclass(frozen=True, slots=True)
class People:
    """What a file holds, and a line for each row that is no person one could enter."""

    kind: str
    entries: tuple[Entry, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Which file it is, where its header is, and which column holds what (-1: there is none)."""

    kind: str
    header: int
    columns: Mapping[str, int]

    def value(self, row: Row, what: str) -> str:
        """A row's value, without white space around it; '' where there is none."""
        column = self.columns.get(what, -1)
        return from_text(row.values[column]) if 0 <= column < len(row.cells) else ""

    def name(self, row: Row) -> str:
        """The name of a row's person."""
        parts = (self.value(row, "first"), self.value(row, "last"))
        return self.value(row, "name") or " ".join(part for part in parts if part)

    def lms_ids(self, row: Row) -> tuple[str, ...]:
        """The platform's numbers of a row's person: of "Participant 123" the 123."""
        return tuple(dict.fromkeys(_NUMBER.findall(self.value(row, "lms_id"))))


_NUMBER = re.compile(r"(?<!\S)[0-9]{1,18}(?!\S)")


def layout_of(table: Table) -> Layout:
    """Recognise a table by its header.

    Raises:
        CourseError: no row has the words; the message shows what there is and what is needed.
    """
    for number, row in enumerate(table.rows[:_HEADER_WITHIN_ROWS]):
        header = [_word(value) for value in row.values]
        found = _recognised(header)
        if found is not None:
            return Layout(found[0], number, found[1])
    first = ", ".join(repr(value[:40]) for value in table.rows[0].values[:8]) if table.rows else ""
    raise CourseError(
        f"{table.name} has no header that is known; its first line is: {first or 'empty'}. "
        "It needs a line such as student,name,email,site,lms_id. An export of Moodle is "
        "recognised when the platform's language is set to English."
    )


def _word(value: str) -> str:
    return " ".join(unicodedata.normalize("NFC", value).casefold().replace("_", " ").split())


def _recognised(header: list[str]) -> tuple[str, dict[str, int]] | None:
    if "student" in header and "id" in header and any(w in header for w in _CANVAS_WORDS):
        login = next((w for w in ("sis login id", "sis user id") if w in header), "")
        return CANVAS, {
            "name": header.index("student"),
            "lms_id": header.index("id"),
            "login": header.index(login) if login else -1,
            "user": header.index("sis user id") if "sis user id" in header else -1,
        }
    columns = {
        what: next((header.index(word) for word in words if word in header), -1)
        for what, words in _WORDS.items()
    }
    if columns["student"] < 0 and "id" in header:
        columns["student"], columns["lms_id"] = header.index("id"), -1
    if "identifier" in header and ("full name" in header or "grade" in header):
        return MOODLE_WORKSHEET, columns
    if columns["first"] >= 0 and columns["last"] >= 0 and "email address" in header:
        return MOODLE, columns
    if columns["student"] < 0 and (columns["email"] < 0 or columns["name"] < 0):
        return None
    return PLAIN, columns


def read(table: Table) -> People:
    """The people of a table.

    Raises:
        CourseError: its header is not known, or it names nobody.
    """
    layout = layout_of(table)
    entries: list[Entry] = []
    problems: list[str] = []
    for row in table.rows[layout.header + 1 :]:
        if layout.kind == CANVAS and not is_student(layout, row):
            continue
        entry = _entry(layout, row)
        problem = _problem(entry)
        if problem:
            problems.append(f"line {row.line}: {problem} Not taken.")
        else:
            entries.append(entry)
    if not entries:
        said = f" {problems[0]}" if problems else ""
        raise CourseError(f"{table.name} names nobody below its header.{said}")
    return People(layout.kind, tuple(entries), tuple(problems))


def is_student(layout: Layout, row: Row) -> bool:
    """Whether a row of a Canvas gradebook is a person: it also has points and a test student."""
    if layout.kind != CANVAS:
        return True
    return bool(layout.lms_ids(row)) and _word(layout.name(row)) not in _NOT_PEOPLE


_NOT_PEOPLE = ("points possible", "student, test", "test student")


def _entry(layout: Layout, row: Row) -> Entry:
    numbers = layout.lms_ids(row)
    email = layout.value(row, "email")
    student = layout.value(row, "student")
    if layout.kind == CANVAS:
        student = layout.value(row, "login") or layout.value(row, "user")
        email = student if "@" in student else ""
    of_platform = "canvas" if layout.kind == CANVAS else "participant"
    return Entry(
        line=row.line,
        student=unicodedata.normalize("NFC", student),
        name=layout.name(row),
        email=email,
        site=layout.value(row, "site"),
        lms_ids=numbers,
        fallback=f"{of_platform}-{numbers[0]}" if numbers else "",
    )


def _problem(entry: Entry) -> str:
    if not (entry.student or entry.email or entry.fallback):
        return "there is no student id, email or number."
    return unusable_id(entry.student) if entry.student else ""


_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[/\\:*?"<>|\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]')


def unusable_id(student: str) -> str:
    """Why an id cannot be the name of a folder on every system; '' when it can."""
    shown = student[:40]
    if not student or len(student.encode("utf-8", "replace")) > _MAX_ID_CHARS:
        return f"the id {shown!r} has to have 1 to {_MAX_ID_CHARS} bytes."
    odd = _FORBIDDEN.search(student)
    if odd:
        return f"the id {shown!r} has the character {odd.group()!r}, which no folder may have."
    if student[0] == "." or student[-1] in ". " or _RESERVED.fullmatch(student):
        return f"the id {shown!r} cannot be the name of a folder on every system."
    return ""
