"""Grades back into the platform's own export: one column is filled, every other byte stays.

Platforms reject or misread a file with other columns, so none is added. A row is a student's by
number, id or email, never by name. What is not graded, or is anybody's guess, stays as it was.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from tinymledu.course import late_gradebook
from tinymledu.course.assignment import Assignment
from tinymledu.course.layout import open_course
from tinymledu.course.publishing import last_report
from tinymledu.course.roster import Roster, key, read_roster
from tinymledu.course.roster_formats import CANVAS, MOODLE_WORKSHEET, Layout, is_student, layout_of
from tinymledu.course.tables import Row, Table, read_table
from tinymledu.course.wire import clean_text
from tinymledu.errors import CourseError, InputError
from tinymledu.files import write_atomic


@dataclass(frozen=True, slots=True)
class Replaced:
    """A grade that the export had already, and another one now."""

    student: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Filled:
    """What was filled in.

    `waiting` are students of the export whose total is not complete: left as it was. `missing` are
    graded students whom the export does not have. `unknown` are rows, by line, that are nobody's.
    """

    path: Path
    kind: str
    column: str
    filled: tuple[str, ...]
    waiting: tuple[str, ...]
    missing: tuple[str, ...]
    unknown: tuple[str, ...]
    replaced: tuple[Replaced, ...]
    problems: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Everything a program may want, as plain values."""
        return {**asdict(self), "path": str(self.path)}


def fill_export(
    course: str | Path,
    assignment: str,
    export: str | Path,
    out: str | Path,
    *,
    column: str = "",
    scale: bool = False,
    site: str = "",
) -> Filled:
    """Write a copy of a platform's export with the grades of an assignment in it.

    Args:
        course: the course folder.
        assignment: id or folder name, such as "A01".
        export: a grading worksheet or grade export of Moodle, or a gradebook export of Canvas.
        out: the copy; another file than the export.
        column: the header of the column to fill, where it is not plain from the assignment's name.
        scale: whether to convert to the platform's maximum where that is another one.
        site: whose platform it is, where numbers are not unique over sites.

    Raises:
        CourseError: nothing has been graded, the column is not there or not plain, or the
            platform's maximum is another one and `scale` was not asked for. Nothing is written.
    """
    place = open_course(course)
    found = place.assignment(assignment)
    table = read_table(Path(export))
    target = Path(out)
    if target.resolve() == Path(export).resolve():
        raise InputError(f"{out} is the export itself. Name another file: the export is kept.")
    report, _ = last_report(place, found.name)
    people = late_gradebook.read_people(place, found, report)
    totals = {one.student: None for one in report.students} | {
        student: person.final for student, person in people.items()
    }
    layout = layout_of(table)
    filling = _Filling(
        table=table,
        layout=layout,
        column=_column(table, layout, found, column),
        addresses=_Addresses(read_roster(place), site, totals),
        totals=totals,
        total_of=report.machine_points + report.person_points,
        scale=scale,
    )
    content, filled = filling.run(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(target, content)
    return filled


# ---------------------------------------------------------------------------------- which column


def _column(table: Table, layout: Layout, assignment: Assignment, wanted: str) -> int:
    header = table.rows[layout.header].values
    if wanted:
        fitting = [i for i, name in enumerate(header) if key(name) == key(wanted)]
    elif layout.kind == MOODLE_WORKSHEET:
        fitting = [i for i, name in enumerate(header) if key(name) == "grade"]
    else:
        fitting = [i for i, name in enumerate(header) if _names(name, assignment)]
        real = [i for i in fitting if key(header[i]).endswith("(real)")]
        fitting = real or fitting
    if len(fitting) == 1:
        return fitting[0]
    what = repr(wanted) if wanted else f"{assignment.id} ({assignment.title})"
    how_many = "more than one column" if fitting else "no column"
    listed = ", ".join(repr(clean_text(name, 60)) for name in header[:30] if name)
    raise CourseError(
        f"{table.name} has {how_many} for {what}. Name it with --column; there are: {listed}."
    )


def _names(header: str, assignment: Assignment) -> bool:
    """Whether a column is that of the assignment: it has the id as a word, the name or title."""
    said = key(header)
    word = rf"(?<![0-9a-z]){re.escape(key(assignment.id))}(?![0-9a-z])"
    whole = re.sub(r"\s*\([^()]*\)$", "", said)  # of Canvas the number, of Moodle the kind
    exact = (key(assignment.name), key(assignment.title))
    not_points = said.endswith(("(feedback)", "(percentage)", "(letter)"))
    return not not_points and (bool(re.search(word, said)) or whole in exact)


# ----------------------------------------------------------------------------------- whose row


@dataclass(frozen=True, slots=True)
class _Addresses:
    """Who a row of the export is: a graded student, or somebody of the roster."""

    roster: Roster
    site: str
    totals: Mapping[str, float | None]

    def students(self, layout: Layout, row: Row) -> tuple[str, ...]:
        """Everybody who fits; one, where it is plain."""
        here = self.roster.at(self.site)
        ids = [layout.value(row, what) for what in ("student", "login", "user")]
        found = [one for number in layout.lms_ids(row) for one in here.with_lms_id(number)]
        found += [one for name in ids if name for one in here.with_student(name)]
        found += here.with_email(layout.value(row, "email"))
        names = {one.student for one in found}
        if not names:
            names = {
                student for student in self.totals if key(student) in map(key, filter(None, ids))
            }
        return tuple(sorted(names))


# ------------------------------------------------------------------------------------ the filling


_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
_POSSIBLE = "points possible"


@dataclass(slots=True)
class _Filling:
    table: Table
    layout: Layout
    column: int
    addresses: _Addresses
    totals: Mapping[str, float | None]
    total_of: int
    scale: bool

    def run(self, target: Path) -> tuple[bytes, Filled]:
        rows, unknown, problems = self._rows()
        header = self.table.rows[self.layout.header].values
        comma = self._writes_commas()
        values: dict[int, str] = {}
        replaced: list[Replaced] = []
        waiting: list[str] = []
        for student, number in rows.items():
            if student not in self.totals:
                continue
            total = self.totals[student]
            if total is None:
                waiting.append(student)
                continue
            row = self.table.rows[number]
            before = self._value(row, self.column)
            value = self._written(total, self._maximum(row), comma=comma)
            values[number] = value
            if before and _as_number(before) != _as_number(value):
                replaced.append(Replaced(student, clean_text(before, 40), value))
            if key(self._named(row, "grade can be changed")) == "no":
                problems.append(f"{student}: the platform says that the grade cannot be changed.")
        filled = tuple(student for student, number in rows.items() if number in values)
        missing = tuple(s for s in sorted(self.totals) if s not in rows)
        result = Filled(
            target, self.layout.kind, header[self.column], filled, tuple(waiting), missing,
            tuple(unknown), tuple(replaced), tuple(problems),
        )  # fmt: skip
        return self.table.with_column(self.column, values), result

    def _rows(self) -> tuple[dict[str, int], list[str], list[str]]:
        """The row of each student, the rows that are nobody's, and what is not plain."""
        found: dict[str, list[int]] = {}
        unknown: list[str] = []
        problems: list[str] = []
        for number, row in enumerate(self.table.rows):
            if number <= self.layout.header or not is_student(self.layout, row):
                continue
            students = self.addresses.students(self.layout, row)
            label = f"line {row.line}: {clean_text(self.layout.name(row), 60)}"
            if len(students) == 1:
                found.setdefault(students[0], []).append(number)
            elif students:
                problems.append(f"{label} fits {' and '.join(students)}; left as it was.")
            else:
                unknown.append(label)
        for student, numbers in found.items():
            if len(numbers) > 1:
                lines = ", ".join(str(self.table.rows[number].line) for number in numbers)
                problems.append(f"{student} is on lines {lines}; left as they were.")
        return (
            {s: numbers[0] for s, numbers in found.items() if len(numbers) == 1},
            unknown,
            problems,
        )

    def _value(self, row: Row, column: int) -> str:
        return row.values[column] if column < len(row.cells) else ""

    def _named(self, row: Row, name: str) -> str:
        header = [key(value) for value in self.table.rows[self.layout.header].values]
        return self._value(row, header.index(name)) if name in header else ""

    def _maximum(self, row: Row) -> Decimal:
        """What the platform gives at most, by its own words; ours where it says nothing."""
        said = self._named(row, "maximum grade")
        if self.layout.kind == CANVAS:
            possible = next(
                (one for one in self.table.rows if key(self.layout.name(one)) == _POSSIBLE), None
            )
            said = self._value(possible, self.column) if possible else ""
            if "read only" in said:
                raise CourseError(
                    f"{self.table.name}: this column is read only in Canvas. Choose that of the "
                    "assignment with --column."
                )
        maximum = _as_number(said)
        if maximum is None:
            return Decimal(self.total_of)
        if maximum != self.total_of and not self.scale:
            raise CourseError(
                f"{self.table.name}, line {row.line}: the platform's maximum is "
                f"{float(maximum):g}, the assignment's {self.total_of}. Change it there, or "
                "convert with --scale."
            )
        return maximum

    def _written(self, total: float, maximum: Decimal, *, comma: bool) -> str:
        exact = Decimal(str(total)) * maximum / self.total_of
        text = f"{exact.quantize(Decimal('0.01'), ROUND_HALF_UP):f}".rstrip("0").rstrip(".")
        return text.replace(".", ",") if comma else text

    def _writes_commas(self) -> bool:
        """Whether the export's own numbers have a comma where ours have a point."""
        rows = self.table.rows[self.layout.header + 1 :]
        numbers = [self._named(row, "maximum grade") for row in rows]
        numbers += [self._value(row, self.column) for row in rows]
        written = [one for one in numbers if _NUMBER.fullmatch(one)]
        return any("," in one for one in written) and not any("." in one for one in written)


def _as_number(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None
    except InvalidOperation:
        return None
