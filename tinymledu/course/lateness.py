"""Whether work came late, what that costs by the course's rule, and why, in words.

Nothing is taken off for a time that nobody knows: a submission without a known time counts as on
time, and where the platform calls it late, a person is asked.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from tinymledu.course.assignment import Assignment
from tinymledu.course.deadlines import Deadlines, Due, LateRule, read_deadlines
from tinymledu.course.grades import GradeReport, Lateness, PersonGrade, StudentGrade
from tinymledu.course.handed_in import KNOWN, HandedIn, read_handed_in
from tinymledu.course.intake import read_timestamp
from tinymledu.course.layout import Course
from tinymledu.course.roster import key, read_roster
from tinymledu.translation import said

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Judged:
    """One submission against its date. `seconds_late` is 0 where lateness is not certain."""

    due: Due
    seconds_late: float
    percent: float
    reason: str
    needs_human: bool = False


def judge(due: Due, rule: LateRule, at: datetime, known: HandedIn) -> Judged:
    """Compare a time with a date.

    Args:
        due: the date.
        rule: what lateness costs.
        at: the time, with its zone.
        known: what the time means.
    """
    late = at - due.at
    extended = _extended(due)
    if late <= timedelta():
        used = due.extended and at > due.base
        return Judged(due, 0.0, 0.0, said("on time: {reason}", reason=extended) if used else "")
    before = f"{extended}; " if due.extended else ""
    if known.time != KNOWN:
        if known.marked_late:
            marked = said("the platform marks it late, but not by how much")
            decides = said("a person decides")
            return Judged(due, 0.0, 0.0, f"{before}{marked}; {decides}", needs_human=True)
        unknown = said("time not known, there on {moment}: not late", moment=_moment(at))
        return Judged(due, 0.0, 0.0, before + unknown)
    span = _span(late)
    if late <= timedelta(minutes=rule.grace_minutes):
        grace = said(
            "late by {span}, within {n:g} minutes of grace", span=span, n=rule.grace_minutes
        )
        return Judged(due, late.total_seconds(), 0.0, before + grace)
    days = math.ceil(late / _DAY)
    percent = min(rule.max_percent, days * rule.percent_per_day)
    if not percent:
        reason = "; ".join([said("late by {span}", span=span), said("nothing is taken off")])
        return Judged(due, late.total_seconds(), 0.0, before + reason)
    if days == 1:
        reason = said("late by {span}, 1 day has begun: -{n:g} %", span=span, n=percent)
    else:
        reason = said(
            "late by {span}, {days} days have begun: -{n:g} %", span=span, days=days, n=percent
        )
    return Judged(due, late.total_seconds(), percent, before + reason)


def _extended(due: Due) -> str:
    moment = _moment(due.at)
    if due.reason:
        return said("extended to {moment} ({reason})", moment=moment, reason=due.reason)
    return said("extended to {moment}", moment=moment)


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _span(span: timedelta) -> str:
    minutes = math.ceil(span.total_seconds() / 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [(days, "d"), (hours, "h"), (minutes, "min")]
    return " ".join(f"{n} {unit}" for n, unit in parts if n)


def judge_all(
    course: Course, assignment: Assignment, report: GradeReport
) -> tuple[Deadlines | None, dict[str, Judged]]:
    """Every graded submission that has a date, against it; the dates, where there are any."""
    roster = read_roster(course)
    deadlines = read_deadlines(course, roster)
    if deadlines is None:
        return None, {}
    sites = {key(one.student): one.site for one in roster.people}
    judged: dict[str, Judged] = {}
    for grade in report.students:
        due = deadlines.due_of(assignment, grade.student, sites.get(key(grade.student), ""))
        at = _time_of(course, assignment, grade)
        if due is not None and at is not None:
            known = read_handed_in(course, assignment.name, grade.student, at)
            judged[grade.student] = judge(due, deadlines.rule(assignment), at, known)
    return deadlines, judged


def _time_of(course: Course, assignment: Assignment, grade: StudentGrade) -> datetime | None:
    """What was graded says when it came; what could not be read does not, but lies there."""
    folder = course.submission_folder(grade.student, assignment.name)
    return grade.submission.submitted_at or read_timestamp(folder)


def applied(
    judged: Mapping[str, Judged], people: Mapping[str, PersonGrade], *, own_rule: bool
) -> dict[str, Lateness]:
    """What lateness does to each total, for everybody of whom there is something to say.

    Args:
        judged: by student.
        people: the totals before, and nbgrader's penalties.
        own_rule: whether the course's rule decides; otherwise what nbgrader has entered does.
    """
    found: dict[str, Lateness] = {}
    for student in sorted({*judged, *people}):
        one = judged.get(student)
        person = people.get(student, PersonGrade())
        reason = one.reason if one else ""
        penalty = 0.0
        if own_rule and one:
            penalty = penalty_of(person.total, one.percent)
        elif not own_rule and person.nbgrader_penalty:
            penalty = min(person.nbgrader_penalty, person.total or 0.0)
            theirs = said("nbgrader's late penalty: -{n:g}", n=person.nbgrader_penalty)
            reason = f"{reason}; {theirs}" if reason else theirs
        if reason:
            found[student] = Lateness(penalty, reason, bool(one and one.needs_human))
    return found


def penalty_of(points: float | None, percent: float) -> float:
    """What is taken off, to two decimals, halves up; 0 while there is no total."""
    exact = Decimal(str(points or 0.0)) * Decimal(str(percent)) / 100
    return float(exact.quantize(Decimal("0.01"), ROUND_HALF_UP))
