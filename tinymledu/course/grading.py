"""Grading a class: submissions in parallel, each in its jail; then one writer stores the grades.

A grade, or the reason why there is none, comes out for every submission. Each is kept as soon as it
is there (cache.py), so a run that was ended, in whatever way, goes on where it stopped. What is
shown to people is written at the end, file by file, each whole or not at all. Submissions are only
read.
"""

import json
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from tinymledu.course import gradebook, leftovers, publishing, sandbox
from tinymledu.course.cache import Cache
from tinymledu.course.grades import GradeReport, StudentGrade, graded
from tinymledu.course.intake import Submission, read_submission
from tinymledu.course.kit import Kit, may_run, prepare
from tinymledu.course.layout import Course, open_course, require_writable
from tinymledu.course.lock import only_grader
from tinymledu.course.verdict import SandboxResult, Verdict
from tinymledu.course.work import Done, Here, How, Job, Workers
from tinymledu.errors import CourseError, InputError
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
    with only_grader(place), ExitStack() as stack:
        started = time.monotonic()
        leftovers.remove(place, name)
        run = _Run(
            kit=kit,
            cache=Cache(place, kit),
            workers=stack.enter_context(Here(workers)),
            how=How(isolation, wall_s),
            trusted=trusted,
            progress=progress,
        )
        submissions = [
            read_submission(kit.assignment, place.submission_folder(student, name), student)
            for student in students
        ]
        grades = run.grade_all(submissions, again=again)
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


def prepare_for(place: Course, assignment: str) -> Kit:
    """An assignment of a course with its data, made on first use."""
    found = place.assignment(assignment)
    return prepare(found, found.folder, hidden_seed=place.hidden_seed)


@dataclass(frozen=True, slots=True)
class _Run:
    """One grading run, before anything of it is shown to people."""

    kit: Kit
    cache: Cache
    workers: Workers
    how: How
    trusted: Collection[str] | None
    progress: Progress | None

    def grade_all(
        self, submissions: Sequence[Submission], *, again: bool
    ) -> dict[str, StudentGrade]:
        """A grade, or the reason why there is none, for each student.

        What several students handed in alike is run once, so that all of them get the same.
        """
        grades: dict[str, StudentGrade] = {}
        jobs: dict[str, Job] = {}
        alike: dict[str, list[Submission]] = {}
        for one in submissions:
            found = self._without_running(one, again=again)
            if isinstance(found, Job):
                jobs.setdefault(one.fingerprint, found)
                alike.setdefault(one.fingerprint, []).append(one)
            else:
                grades[one.student] = found
        self._tell(len(grades), len(submissions))
        busy: list[tuple[Job, SandboxResult]] = []
        for job, done in self.workers.run(self.kit, list(jobs.values()), self.how):
            self._keep(job, done)
            for one in alike[job.submission.fingerprint]:
                grades[one.student] = self._grade(one, done)
                self._tell(len(grades), len(submissions))
            if done.result is not None and _machine_was_busy(done.result):
                busy.append((job, done.result))
        for job, first in busy:
            better = self._once_more(job, first)
            if better is not None:
                self._keep(job, better)
                for one in alike[job.submission.fingerprint]:
                    grades[one.student] = self._grade(one, better)
        return grades

    def _without_running(self, submission: Submission, *, again: bool) -> StudentGrade | Job:
        if submission.reason:
            return ungraded(submission, Verdict.NOT_RUN, submission.reason)
        if not may_run(submission.student, self.how.isolation, self.trusted):
            return ungraded(submission, Verdict.NOT_RUN, _NOT_TRUSTED)
        known = None if again else self.cache.find(submission)
        if known is None:
            return Job(submission)
        if known.doubt:
            return ungraded(submission, Verdict.GRADER_ERROR, known.doubt)
        if known.whole:
            return replace(self._graded(submission, known.result), cached=True)
        return Job(submission, known.result, known.changed)

    def _keep(self, job: Job, done: Done) -> None:
        if done.result is not None:
            self.cache.keep(job.submission, done.result)

    def _grade(self, submission: Submission, done: Done) -> StudentGrade:
        if done.result is None:
            return ungraded(submission, Verdict.GRADER_ERROR, done.failure)
        return self._graded(submission, done.result)

    def _graded(self, submission: Submission, result: SandboxResult) -> StudentGrade:
        return graded(self.kit.assignment, submission, result)

    def _once_more(self, job: Job, first: SandboxResult) -> Done | None:
        """Run it with no other beside it and twice the time; what comes if it is better.

        What else this machine did must not cost a student points.
        """
        limit_s = self.how.wall_s or self.kit.assignment.limits.wall_s
        patient = replace(self.how, wall_s=2 * limit_s)
        for _, done in self.workers.run(self.kit, [Job(job.submission)], patient):
            if done.result is not None and done.result.points_earned > first.points_earned:
                return done
        return None

    def _tell(self, n_done: int, n_total: int) -> None:
        if self.progress is not None:
            self.progress(n_done, n_total)


_BUSY_SHARE = 0.6  # an endless loop that has a core for itself uses nearly all of its time


def _machine_was_busy(found: SandboxResult) -> bool:
    """Whether it ran out of time without having been given the time."""
    judged = found.verdict is not Verdict.GRADER_ERROR
    return judged and found.out_of_time and found.cpu_s < _BUSY_SHARE * found.wall_s


_NOT_TRUSTED = (
    "this machine cannot isolate untrusted code, so it was not run. "
    "`tinymledu doctor` says what would change that"
)


def ungraded(submission: Submission, verdict: Verdict, reason: str) -> StudentGrade:
    """No machine grade, and the reason why."""
    return StudentGrade(submission, None, verdict, reason)


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
