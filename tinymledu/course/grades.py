"""What grading a class gives: one record a student, and how it reads as words, JSON and CSV."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from tinymledu.course.assignment import Assignment
from tinymledu.course.intake import Submission
from tinymledu.course.notebook import Role
from tinymledu.course.tables import as_text
from tinymledu.course.verdict import CheckResult, SandboxResult, Verdict
from tinymledu.translation import marked, said


@dataclass(frozen=True, slots=True)
class CellTrouble:
    """A cell that did not run to its end, in words for its author."""

    cell: str
    verdict: Verdict
    message: str

    @property
    def words(self) -> str:
        """In a line of a table."""
        told = self.message if self.verdict is Verdict.FAILED else self.verdict.value
        return f"{self.cell}: {told}"


@dataclass(frozen=True, slots=True)
class StudentGrade:
    """One student's grade, or the reason why there is none.

    `machine_points` is None when nothing could be judged: a person decides then, it is not a zero.
    `cached` says that an identical submission had been graded before; `judged_again` names checks
    that were put to what an earlier run of it had answered.
    """

    submission: Submission
    machine_points: int | None
    verdict: Verdict
    reason: str
    checks: tuple[CheckResult, ...] = ()
    trouble: tuple[CellTrouble, ...] = ()
    wall_s: float = 0.0
    cpu_s: float = 0.0
    cached: bool = False
    judged_again: tuple[str, ...] = ()

    @property
    def from_earlier_run(self) -> bool:
        """Whether its program ran in an earlier grading, not in this one."""
        return self.cached or bool(self.judged_again)

    @property
    def student(self) -> str:
        """The name of the student's folder."""
        return self.submission.student

    @property
    def needs_human(self) -> bool:
        """Whether a person must look before there is a machine grade at all."""
        return self.machine_points is None

    @property
    def words(self) -> str:
        """The result in one line."""
        if self.machine_points is None:
            unread = _UNREAD if self.submission.reason else _NOT_GRADED[self.verdict]
            return said(unread, reason=self.reason)
        passed = sum(check.verdict is Verdict.PASSED for check in self.checks)
        line = f"{passed} of {len(self.checks)} checks passed"
        if passed == len(self.checks):
            return line
        return "; ".join([line, *(one.words for one in self.trouble[:1])])

    @property
    def words_for_student(self) -> str:
        """The same; of our own error only that it is ours, as its reason may quote hidden tests."""
        if self.verdict is Verdict.GRADER_ERROR:
            return said("an error of the grader, not yours; a person will look at it")
        return self.words


_UNREAD = marked("cannot be read: {reason}")
_NOT_GRADED = dict.fromkeys(Verdict, marked("not graded: {reason}")) | {
    Verdict.GRADER_ERROR: marked("our own error: {reason}"),
    Verdict.NOT_RUN: marked("not run: {reason}"),
}


@dataclass(frozen=True, slots=True)
class Lateness:
    """What lateness takes off a total, and why; 0 where it is only said."""

    points: float
    reason: str
    needs_human: bool = False


@dataclass(frozen=True, slots=True)
class PersonGrade:
    """What a person has entered about one submission.

    `points` are those of the texts, `total` those of all cells, a person's before the machine's;
    None while a cell of them still waits. `comments` are by the name of the cell. `late` is what
    lateness does to the total; `nbgrader_penalty` what nbgrader has entered for it.
    """

    points: float | None = None
    total: float | None = None
    comments: Mapping[str, str] = field(default_factory=dict)
    nbgrader_penalty: float = 0.0
    late: Lateness | None = None

    @property
    def final(self) -> float | None:
        """The total that counts, after what lateness takes off."""
        if self.total is None or self.late is None:
            return self.total
        return round(max(0.0, self.total - self.late.points), 2)


@dataclass(frozen=True, slots=True)
class Audit:
    """Which students' kept results were run again, and whose differed: a person must decide."""

    share: float
    seed: int
    students: tuple[str, ...]
    differ: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GradeReport:
    """A graded class, in the order of the students' names."""

    assignment: str
    machine_points: int
    person_points: int
    isolation: str
    students: tuple[StudentGrade, ...]
    wall_s: float
    audit: Audit | None = None

    @property
    def needs_human(self) -> tuple[str, ...]:
        """Students for whom a person must decide before there is a machine grade."""
        return tuple(one.student for one in self.students if one.needs_human)

    def to_json(self) -> dict[str, Any]:
        """Everything a program may want, as plain values."""
        return {
            "assignment": self.assignment,
            "machine_points": self.machine_points,
            "person_points": self.person_points,
            "isolation": self.isolation,
            "wall_s": round(self.wall_s, 2),
            "needs_human": list(self.needs_human),
            "audit": None if self.audit is None else asdict(self.audit),
            "students": [_student_json(one) for one in self.students],
        }


def _student_json(grade: StudentGrade) -> dict[str, Any]:
    return {
        "student": grade.student,
        "machine_points": grade.machine_points,
        "verdict": grade.verdict.value,
        "words": grade.words,
        "needs_human": grade.needs_human,
        "notes": list(grade.submission.notes),
        "submitted_at": _iso(grade.submission.submitted_at) or None,
        "wall_s": round(grade.wall_s, 2),
        "cpu_s": round(grade.cpu_s, 2),
        "cached": grade.cached,
        "judged_again": list(grade.judged_again),
        "checks": [
            {"name": one.name, "verdict": one.verdict.value, "points": one.points_earned}
            for one in grade.checks
        ],
    }


def graded(assignment: Assignment, submission: Submission, result: SandboxResult) -> StudentGrade:
    """Turn what a run produced into a grade. Our own failure gives no points and no zero."""
    failed_us = result.verdict is Verdict.GRADER_ERROR
    return StudentGrade(
        submission=submission,
        machine_points=None if failed_us else round(result.points_earned),
        verdict=result.verdict,
        reason=result.reason,
        checks=result.checks,
        trouble=_trouble(assignment, result),
        wall_s=result.wall_s,
        cpu_s=result.cpu_s,
    )


def _trouble(assignment: Assignment, result: SandboxResult) -> tuple[CellTrouble, ...]:
    names = _cell_names(assignment)
    return tuple(
        CellTrouble(names[one.index], one.verdict, _cell_words(one.error, one.message, one.line))
        for one in result.cells
        if one.verdict is not Verdict.PASSED and one.index < len(names)
    )


def _cell_names(assignment: Assignment) -> list[str]:
    """What the cells that run are called: an answer by its name, others by the last answer."""
    names: list[str] = []
    answer = ""
    for cell in assignment.cells:
        if cell.role is Role.ANSWER:
            answer = cell.grade_id
            names.append(answer)
        elif cell.role is Role.GIVEN:
            names.append(
                said("the cell after {name}", name=answer) if answer else said("the first cell")
            )
    return names


def _cell_words(error: str, message: str, line: int | None) -> str:
    where = f" (line {line})" if line else ""
    told = f"{error}: {message}" if error else message
    return f"{told}{where}"


# -------------------------------------------------------------------------------------------- CSV


def to_csv(
    report: GradeReport, graded_at: datetime, people: Mapping[str, PersonGrade] | None = None
) -> str:
    """The grades as CSV: RFC 4180, UTF-8, times in ISO 8601 with their zone.

    Args:
        report: the machine's grades.
        graded_at: when they were made.
        people: what a person has entered, by student. What is missing is pending: left empty.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    names = _check_names(report.students)
    writer.writerow(
        ["student", "assignment", "machine_points", "machine_points_of", "person_points_pending",
         "person_points", "total", "total_of", "total_before_late", "late_penalty",
         "late_reason", "result", "needs_human", "submitted_at",
         "graded_at", *names]
    )  # fmt: skip
    for one in report.students:
        earned = {check.name: round(check.points_earned) for check in one.checks}
        person = (people or {}).get(one.student, PersonGrade())
        writer.writerow(
            [
                as_text(one.student),
                report.assignment,
                "" if one.machine_points is None else one.machine_points,
                report.machine_points,
                report.person_points if person.points is None else 0,
                _points(person.points),
                _points(person.final),
                report.machine_points + report.person_points,
                *_late_cells(person),
                as_text(one.words),
                "yes" if _waits(one, person) else "no",
                _iso(one.submission.submitted_at),
                graded_at.isoformat(timespec="seconds"),
                *(earned.get(name, "") for name in names),
            ]
        )
    return text.getvalue()


def _late_cells(person: PersonGrade) -> tuple[str, str, str]:
    """The unpenalised total, what is taken off, and why."""
    if person.late is None:
        return _points(person.total), "", ""
    penalty = "" if person.total is None else f"{person.late.points:g}"
    return _points(person.total), penalty, as_text(person.late.reason)


def _waits(grade: StudentGrade, person: PersonGrade) -> bool:
    late = person.late is not None and person.late.needs_human
    return late or (grade.needs_human and person.total is None)


def _points(points: float | None) -> str:
    return "" if points is None else f"{points:g}"


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _check_names(students: Sequence[StudentGrade]) -> list[str]:
    return list(dict.fromkeys(check.name for one in students for check in one.checks))


# ------------------------------------------------------------------------------- kept by content


def as_record(grade: StudentGrade) -> dict[str, Any]:
    """What an identical submission's grade shares with this one, as plain values."""
    return {
        "machine_points": grade.machine_points,
        "verdict": grade.verdict.value,
        "reason": grade.reason,
        "checks": [_with_plain_verdict(check) for check in grade.checks],
        "trouble": [_with_plain_verdict(trouble) for trouble in grade.trouble],
        "wall_s": grade.wall_s,
        "cpu_s": grade.cpu_s,
    }


def report_as_record(report: GradeReport, graded_at: datetime) -> dict[str, Any]:
    """What grades and feedback are made from again, as plain values."""
    return {
        "assignment": report.assignment,
        "machine_points": report.machine_points,
        "person_points": report.person_points,
        "isolation": report.isolation,
        "wall_s": report.wall_s,
        "graded_at": graded_at.isoformat(),
        "students": [
            {
                "student": one.student,
                "notes": list(one.submission.notes),
                "reason": one.submission.reason,
                "submitted_at": _iso(one.submission.submitted_at),
                "grade": as_record(one),
            }
            for one in report.students
        ],
    }


def report_from_record(record: Mapping[str, Any]) -> tuple[GradeReport, datetime]:
    """A report, without the students' answers, and when it was made."""
    report = GradeReport(
        assignment=record["assignment"],
        machine_points=record["machine_points"],
        person_points=record["person_points"],
        isolation=record["isolation"],
        students=tuple(_student_from_record(entry) for entry in record["students"]),
        wall_s=record["wall_s"],
    )
    return report, datetime.fromisoformat(record["graded_at"])


def _student_from_record(entry: Mapping[str, Any]) -> StudentGrade:
    moment = entry["submitted_at"]
    submission = Submission(
        entry["student"],
        notes=tuple(entry["notes"]),
        reason=entry["reason"],
        submitted_at=datetime.fromisoformat(moment) if moment else None,
    )
    return from_record(entry["grade"], submission)


def from_record(record: Mapping[str, Any], submission: Submission) -> StudentGrade:
    """The grade of a submission from the record of an identical one."""
    return StudentGrade(
        submission=submission,
        machine_points=record["machine_points"],
        verdict=Verdict(record["verdict"]),
        reason=record["reason"],
        checks=tuple(CheckResult(**_with_verdict(entry)) for entry in record["checks"]),
        trouble=tuple(CellTrouble(**_with_verdict(entry)) for entry in record["trouble"]),
        wall_s=record["wall_s"],
        cpu_s=record["cpu_s"],
        cached=True,
    )


def _with_plain_verdict(entry: CheckResult | CellTrouble) -> dict[str, Any]:
    return {**asdict(entry), "verdict": entry.verdict.value}


def _with_verdict(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {**entry, "verdict": Verdict(entry["verdict"])}
