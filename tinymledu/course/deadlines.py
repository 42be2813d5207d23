"""Due dates, extensions and the rule for late work, from deadlines.toml of the course folder.

    timezone = "Africa/Nairobi"          # of times that name none; default: this computer's

    [due]
    A01 = 2026-03-01T18:00:00

    [late]                               # without it nothing is taken off
    grace_minutes = 15
    percent_per_day = 10                 # of the points earned, for each day that has begun
    max_percent = 50

    [late.A02]                           # another rule for one assignment
    percent_per_day = 0

    [[extensions]]
    assignment = "A01"                   # without it: of every assignment
    student = "amina.d"                  # or: site = "Dakar"
    until = 2026-03-04T18:00:00
    reason = "power cut"

Of several dates that a student has, the latest counts: an extension never shortens.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tinymledu.course.assignment import Assignment, assignment_names
from tinymledu.course.layout import Course
from tinymledu.course.roster import Roster, same
from tinymledu.errors import CourseError, unknown_name

FILE_NAME = "deadlines.toml"


@dataclass(frozen=True, slots=True)
class LateRule:
    """What lateness costs. Percents are of the points earned."""

    grace_minutes: float = 0.0
    percent_per_day: float = 0.0
    max_percent: float = 100.0


@dataclass(frozen=True, slots=True)
class Extension:
    """Another date for one student or site; `assignment` is '' for every one."""

    until: datetime
    student: str = ""
    site: str = ""
    assignment: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """Until when a student has time; `reason` is that of an extension, which `extended` says."""

    base: datetime
    at: datetime
    extended: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The file, checked. `has_rule` says whether it has anything about what lateness costs."""

    zone: tzinfo | None = None
    due: Mapping[str, datetime] = field(default_factory=dict)
    rules: Mapping[str, LateRule] = field(default_factory=dict)  # '' is for every assignment
    extensions: tuple[Extension, ...] = ()

    @property
    def has_rule(self) -> bool:
        """Whether a rule is written down, be it that nothing is taken off."""
        return bool(self.rules)

    def rule(self, assignment: Assignment) -> LateRule:
        """What lateness costs in an assignment."""
        names = (assignment.name, assignment.id, "")
        return next((self.rules[name] for name in names if name in self.rules), LateRule())

    def base_of(self, assignment: Assignment) -> datetime | None:
        """The date of everybody without an extension."""
        names = (assignment.name, assignment.id)
        return next((self.due[name] for name in names if name in self.due), None)

    def due_of(self, assignment: Assignment, student: str, site: str) -> Due | None:
        """Until when a student has time; None where there is no date."""
        names = (assignment.name, assignment.id)
        base = self.base_of(assignment)
        if base is None:
            return None
        fitting = [
            one
            for one in self.extensions
            if one.assignment in ("", *names)
            and (same(one.student, student) if one.student else same(one.site, site))
        ]
        best = max(fitting, key=lambda one: one.until, default=None)
        if best is None or best.until <= base:
            return Due(base, base)
        return Due(base, best.until, extended=True, reason=best.reason)


def read_deadlines(course: Course, roster: Roster) -> Deadlines | None:
    """The course's dates and rule; None where there is no file.

    Raises:
        CourseError: it is no TOML, or has a key, date, number, zone or name that cannot be used.
    """
    path = course.folder / FILE_NAME
    try:
        options = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CourseError(f"{path} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CourseError(f"{path} is not TOML: {error}.") from None
    reading = _Reading(course, roster, path)
    reading.only(options, ("timezone", "due", "late", "extensions"), "the file")
    zone = reading.zone(options.get("timezone"))
    return Deadlines(
        zone=zone,
        due={
            reading.assignment(name): reading.moment(value, f"due of {name}", zone)
            for name, value in reading.table(options.get("due", {}), "due").items()
        },
        rules=reading.rules(options.get("late")),
        extensions=tuple(
            reading.extension(entry, number, zone)
            for number, entry in enumerate(reading.list(options.get("extensions", [])), 1)
        ),
    )


_RULE = ("grace_minutes", "percent_per_day", "max_percent")


@dataclass(frozen=True, slots=True)
class _Reading:
    course: Course
    roster: Roster
    path: Path

    def wrong(self, what: str) -> CourseError:
        return CourseError(f"{self.path}: {what}")

    def only(self, table: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
        unknown = sorted(set(table) - set(known))
        if unknown:
            raise self.wrong(
                f"{where} has {', '.join(map(repr, unknown))}; it may have {', '.join(known)}."
            )

    def table(self, value: Any, name: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.wrong(f"{name} is {value!r}; write a table [{name}].")
        return value

    def list(self, value: Any) -> list[dict[str, Any]]:
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise self.wrong("extensions is no list; write [[extensions]] above each.")
        return value

    def zone(self, name: Any) -> tzinfo | None:
        if name is None:
            return None
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError, TypeError, OSError):  # ZoneInfoNotFoundError is a KeyError
            raise self.wrong(
                f"timezone is {name!r}, which this computer does not know. Write one such as "
                '"Africa/Nairobi" (where none is known: pip install tzdata).'
            ) from None

    def moment(self, value: Any, where: str, zone: tzinfo | None) -> datetime:
        try:
            if not isinstance(value, datetime):
                raise TypeError
            known = value if value.tzinfo or zone is None else value.replace(tzinfo=zone)
            return known.astimezone(UTC)
        except (TypeError, ValueError, OverflowError, OSError):
            raise self.wrong(
                f"{where} is {value!r}; write a date and time such as 2026-03-01T18:00:00."
            ) from None

    def assignment(self, name: str) -> str:
        names = assignment_names(self.course.folder / "lecturer")
        if not any(name in (one, one.split("_", 1)[0]) for one in names):
            raise self.wrong(str(unknown_name("assignment", name, names)))
        return name

    def rules(self, value: Any) -> dict[str, LateRule]:
        if value is None:
            return {}
        table = self.table(value, "late")
        own = {key: one for key, one in table.items() if not isinstance(one, dict)}
        rules = {"": self._rule(own, "late")}
        for name, one in table.items():
            if isinstance(one, dict):
                rules[self.assignment(name)] = self._rule(one, f"late.{name}")
        return rules

    def _rule(self, table: dict[str, Any], where: str) -> LateRule:
        self.only(table, _RULE, where)
        for key, value in table.items():
            most = 100 if "percent" in key else 60 * 24 * 365
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if not number or not 0 <= value <= most:
                raise self.wrong(f"{where}.{key} is {value!r}; it must be from 0 to {most}.")
        return LateRule(**{key: float(value) for key, value in table.items()})

    def extension(self, entry: dict[str, Any], number: int, zone: tzinfo | None) -> Extension:
        where = f"extension {number}"
        self.only(entry, ("assignment", "student", "site", "until", "reason"), where)
        words = {key: entry.get(key, "") for key in ("assignment", "student", "site", "reason")}
        if not all(isinstance(value, str) for value in words.values()):
            raise self.wrong(f"{where}: assignment, student, site and reason are texts in quotes.")
        if bool(words["student"]) == bool(words["site"]):
            raise self.wrong(f"{where} needs a student or a site, one of the two.")
        if words["assignment"]:
            self.assignment(words["assignment"])
        self._require_somebody(words["student"], words["site"], where)
        return Extension(until=self.moment(entry.get("until"), f"until of {where}", zone), **words)

    def _require_somebody(self, student: str, site: str, where: str) -> None:
        """A name with a slip in it would leave somebody without the extension, in silence."""
        if site and not any(same(site, one) for one in self.roster.sites):
            raise self.wrong(f"{where}: {unknown_name('site', site, self.roster.sites)}")
        folder = self.course.folder / "submitted"
        handed_in = [path.name for path in folder.iterdir()] if folder.is_dir() else []
        known = {*(one.student for one in self.roster.people), *handed_in}
        if student and not any(same(student, one) for one in known):
            raise self.wrong(f"{where}: {_nearest(student, known)}")


def _nearest(student: str, known: set[str]) -> str:
    """Without listing a whole class."""
    said = str(unknown_name("student", student, known))
    return said if len(said) < 300 else f"{said[:300]} ..."
