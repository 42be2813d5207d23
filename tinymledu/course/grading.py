"""Grading a class: submissions in parallel, each in its jail; then one writer stores the grades.

A grade, or the reason why there is none, comes out for every submission. What was graded is kept by
the content of the submission, so an interrupted run goes on where it stopped and an identical
submission is not run twice. Submissions are only read.
"""

import json
import time
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from tinymledu.course import gradebook, publishing, sandbox
from tinymledu.course.grades import (
    GradeReport,
    StudentGrade,
    as_record,
    from_record,
    graded,
)
from tinymledu.course.intake import Submission, read_submission
from tinymledu.course.kit import Kit, may_run, prepare, run
from tinymledu.course.layout import Course, open_course, require_writable
from tinymledu.course.verdict import Verdict
from tinymledu.course.zygote import Zygote
from tinymledu.errors import CourseError, InputError, TinymlError
from tinymledu.files import write_atomic

Progress = Callable[[int, int], None]  # done, total


def grade(
    course: str | Path,
    assignment: str,
    *,
    workers: int = 2,
    wall_s: float | None = None,
    isolation: str = sandbox.FULL,
    trusted: Collection[str] | None = (),
    again: bool = False,
    progress: Progress | None = None,
) -> GradeReport:
    """Grade everything that was handed in for an assignment.

    Writes results/, gradebook.db, autograded/, feedback/ and grades/ of the course folder.

    Args:
        course: the course folder.
        assignment: id or folder name, such as "A01".
        workers: submissions that run at the same time.
        wall_s: limit for one submission; by default the assignment's own.
        isolation: "full", or "none" where this machine cannot isolate: then only submissions of
            `trusted` students are run.
        trusted: names of students; None means all.
        again: grade anew what has been graded before.
        progress: called with (done, total).

    Raises:
        SandboxError: full isolation was asked for, and this machine has none. Nothing was run.
        CourseError: the folder is no course, cannot be written to, or nothing was handed in.
        UnknownNameError: there is no such assignment.
    """
    if workers < 1:
        raise InputError(f"workers is {workers}; at least 1 submission has to run at a time.")
    place = open_course(course)
    kit = prepare_for(place, assignment)
    name = kit.assignment.name
    students = place.students(name)
    if not students:
        raise CourseError(
            f"Nobody has handed in {name}: {place.folder / 'submitted'} has no folder "
            f"STUDENT/{name}. Take submissions in with: tinymledu course collect {name} FOLDER"
        )
    require_writable(place.folder / "results" / name)
    if isolation == sandbox.FULL:
        sandbox.require()
    started = time.monotonic()
    submissions = [
        read_submission(kit.assignment, place.submission_folder(student, name), student)
        for student in students
    ]
    how = _How(isolation, trusted, wall_s, workers)
    grades = _grade_all(kit, submissions, place, how, again=again, progress=progress)
    report = GradeReport(
        assignment=name,
        machine_points=kit.assignment.machine_points,
        person_points=sum(cell.points for cell in kit.assignment.essays),
        isolation=isolation,
        students=tuple(grades[student] for student in students),
        wall_s=time.monotonic() - started,
    )
    store(place, kit, report)
    return report


@dataclass(frozen=True, slots=True)
class _How:
    isolation: str
    trusted: Collection[str] | None
    wall_s: float | None
    workers: int


def prepare_for(place: Course, assignment: str) -> Kit:
    """An assignment of a course with its data, made on first use."""
    found = place.assignment(assignment)
    return prepare(found, found.folder, hidden_seed=place.hidden_seed)


def _grade_all(
    kit: Kit,
    submissions: list[Submission],
    place: Course,
    how: _How,
    *,
    again: bool,
    progress: Progress | None,
) -> dict[str, StudentGrade]:
    grades: dict[str, StudentGrade] = {}
    waiting: list[Submission] = []
    for one in submissions:
        known = None if again else _graded_before(kit, place, one)
        if one.reason:
            grades[one.student] = _ungraded(one, Verdict.NOT_RUN, one.reason)
        elif not may_run(one.student, how.isolation, how.trusted):
            grades[one.student] = _ungraded(one, Verdict.NOT_RUN, _NOT_TRUSTED)
        elif known is not None:
            grades[one.student] = known
        else:
            waiting.append(one)
    _tell(progress, len(grades), len(submissions))
    with ExitStack() as stack:
        if waiting:
            warm = stack.enter_context(Zygote())
            pool = stack.enter_context(ThreadPoolExecutor(how.workers))
            jobs = {pool.submit(_grade_one, kit, one, warm, how): one for one in waiting}
            for job in as_completed(jobs):
                found = job.result()
                _keep(kit, place, jobs[job], found)
                grades[found.student] = found
                _tell(progress, len(grades), len(submissions))
            for one in waiting:
                if _machine_was_busy(grades[one.student]):
                    grades[one.student] = _once_more(kit, one, warm, how, grades[one.student])
                    _keep(kit, place, one, grades[one.student])
    return grades


_BUSY_SHARE = 0.6  # an endless loop that has a core for itself uses nearly all of its time


def _machine_was_busy(found: StudentGrade) -> bool:
    """Whether it ran out of time without having been given the time."""
    return _out_of_time(found) and found.cpu_s < _BUSY_SHARE * found.wall_s


def _out_of_time(found: StudentGrade) -> bool:
    verdicts = [check.verdict for check in found.checks] + [one.verdict for one in found.trouble]
    return found.machine_points is not None and Verdict.OUT_OF_TIME in verdicts


def _once_more(
    kit: Kit, submission: Submission, warm: Zygote, how: _How, first: StudentGrade
) -> StudentGrade:
    """Run it with no other beside it and twice the time; the better result counts.

    What else this machine did must not cost a student points.
    """
    patient = replace(how, wall_s=2 * (how.wall_s or kit.assignment.limits.wall_s))
    second = _grade_one(kit, submission, warm, patient)
    return second if (second.machine_points or 0) > (first.machine_points or 0) else first


_NOT_TRUSTED = (
    "this machine cannot isolate untrusted code, so it was not run. "
    "`tinymledu doctor` says what would change that"
)


def _tell(progress: Progress | None, done: int, total: int) -> None:
    if progress is not None:
        progress(done, total)


def _grade_one(kit: Kit, submission: Submission, warm: Zygote, how: _How) -> StudentGrade:
    """The grading worker: whatever goes wrong here is our failure and becomes a reason."""
    try:
        result = run(kit, submission, wall_s=how.wall_s, isolation=how.isolation, warm=warm)
    except TinymlError as error:
        return _ungraded(submission, Verdict.GRADER_ERROR, str(error))
    except Exception as error:  # noqa: BLE001  one submission must not stop a class
        return _ungraded(submission, Verdict.GRADER_ERROR, f"{type(error).__name__}: {error}")
    return graded(kit.assignment, submission, result)


def _ungraded(submission: Submission, verdict: Verdict, reason: str) -> StudentGrade:
    """No machine grade, and the reason why."""
    return StudentGrade(submission, None, verdict, reason)


# ------------------------------------------------------------------------------- kept by content


def _record_path(kit: Kit, place: Course, submission: Submission) -> Path:
    key = f"{kit.fingerprint[:16]}-{submission.fingerprint[:32]}.json"
    return place.folder / "results" / kit.assignment.name / key


def _graded_before(kit: Kit, place: Course, submission: Submission) -> StudentGrade | None:
    path = _record_path(kit, place, submission)
    try:
        return from_record(json.loads(path.read_text(encoding="utf-8")), submission)
    except (OSError, ValueError, KeyError, TypeError):
        return None  # not there, or of another version: it is graded again


def _keep(kit: Kit, place: Course, submission: Submission, found: StudentGrade) -> None:
    """Keep a verdict on the submission.

    A failure of ours is tried again next time, and so is what ran out of time.
    """
    if found.machine_points is not None and not _out_of_time(found):
        content = json.dumps(as_record(found), indent=1, ensure_ascii=False)
        write_atomic(_record_path(kit, place, submission), content.encode())


def store(place: Course, kit: Kit, report: GradeReport) -> None:
    """Write a report where people look: gradebook, feedback pages, CSV."""
    now = datetime.now(UTC).astimezone()
    try:
        gradebook.write(place, kit.assignment, report)
        publishing.keep(place, report, now)
        publishing.write(place, kit.assignment, report, now)
        summary = json.dumps(report.to_json(), indent=1, ensure_ascii=False)
        path = publishing.csv_path(place, report.assignment)
        write_atomic(path.with_suffix(".json"), summary.encode())
    except OSError as error:
        raise CourseError(
            f"The grades are made, but {error.filename or place.folder} cannot be written: "
            f"{error.strerror}. Make the course folder writable, or free some space, and run this "
            "again; nothing is graded twice."
        ) from None


def without_cache_marks(report: GradeReport) -> GradeReport:
    """The report as if everything had been run now, to compare two runs."""
    fresh = tuple(replace(one, cached=False, wall_s=0.0, cpu_s=0.0) for one in report.students)
    return replace(report, students=fresh, wall_s=0.0)
