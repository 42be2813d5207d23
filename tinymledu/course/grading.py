"""Grading a class: submissions in parallel, each in its jail; then one writer stores the grades.

A grade, or the reason why there is none, comes out for every submission. Each is kept as soon as it
is there (cache.py), so a run that was ended, in whatever way, goes on where it stopped. What is
shown to people is written at the end, file by file, each whole or not at all. Submissions are only
read.
"""

import json
import secrets
import time
from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from tinymledu.course import database, gradebook, leftovers, publishing, sandbox
from tinymledu.course.cache import Cache
from tinymledu.course.class_run import ClassRun, Progress
from tinymledu.course.cluster import Cluster
from tinymledu.course.grades import GradeReport
from tinymledu.course.intake import read_submission
from tinymledu.course.kit import Kit, prepare
from tinymledu.course.layout import Course, open_course, require_writable
from tinymledu.course.lock import only_grader
from tinymledu.course.second_look import Sampling
from tinymledu.course.work import Here, How, Workers
from tinymledu.errors import CourseError, InputError
from tinymledu.files import write_atomic


def grade(
    course: str | Path,
    assignment: str,
    *,
    workers: int = 2,
    wall_s: float | None = None,
    isolation: str = sandbox.FULL,
    trusted: Collection[str] | None = (),
    again: bool = False,
    audit_share: float = 0.0,
    audit_seed: int | None = None,
    cluster: str | None = None,
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
        trusted: names of students; None means all, which root is refused.
        again: grade anew what has been graded before.
        audit_share: of what had been graded before, run this share again, chosen at random; where
            a result differs, a person must decide.
        audit_seed: chooses the sample; by default another one each time.
        cluster: address of a dask scheduler whose workers run the submissions; `workers` does not
            count then, nor this machine's isolation. See cluster.py for whom it must belong to.
        progress: called with (done, total).

    Raises:
        SandboxError: full isolation was asked for, and this machine has none; or none was asked
            for, for everybody, by root. Nothing was run.
        CourseError: the folder is no course, cannot be written to, or nothing was handed in.
        UnknownNameError: there is no such assignment.
        InputError: a number makes no sense.
    """
    if workers < 1:
        raise InputError(f"workers is {workers}; at least 1 submission has to run at a time.")
    if cluster is not None and isolation != sandbox.FULL:
        raise InputError("The workers of a cluster run submissions in isolation only.")
    sampling = _sampling(audit_share, audit_seed)
    place = open_course(course)
    kit = prepare_for(place, assignment)
    name = kit.assignment.name
    students = _who_handed_in(place, name)
    require_writable(place.folder / "results" / name)
    if cluster is None and isolation == sandbox.FULL:
        sandbox.require()
    if isolation != sandbox.FULL and trusted is None:
        sandbox.refuse_root()
    with only_grader(place), database.imported_meanwhile(), ExitStack() as stack:
        started = time.monotonic()
        leftovers.remove(place, name)
        where: AbstractContextManager[Workers] = (
            Here(workers) if cluster is None else Cluster(cluster)
        )
        run = ClassRun(
            kit=kit,
            cache=Cache(place, kit),
            workers=stack.enter_context(where),
            how=How(isolation, wall_s),
            trusted=trusted,
            progress=progress,
        )
        report = _report(place, run, students, again=again, sampling=sampling)
        report = replace(report, wall_s=time.monotonic() - started)
        store(place, kit, report)
        leftovers.remove(place, name)  # processes of a killed run may have ended only now
    return report


def _sampling(share: float, seed: int | None) -> Sampling | None:
    if not share:
        return None
    return Sampling(share, secrets.randbelow(2**32) if seed is None else seed)


def _who_handed_in(place: Course, assignment: str) -> tuple[str, ...]:
    students = place.students(assignment)
    if not students:
        raise CourseError(
            f"Nobody has handed in {assignment}: {place.folder / 'submitted'} has no folder "
            f"STUDENT/{assignment}. Take submissions in with: "
            f"tinymledu course collect {assignment} FOLDER"
        )
    return tuple(students)


def _report(
    place: Course, run: ClassRun, students: Sequence[str], *, again: bool, sampling: Sampling | None
) -> GradeReport:
    """Everybody's grade, after an audit where one was asked for; the time is not filled in yet."""
    assignment = run.kit.assignment
    submissions = [
        read_submission(assignment, place.submission_folder(student, assignment.name), student)
        for student in students
    ]
    grades = run.grade_all(submissions, again=again)
    audit = None
    if sampling is not None:
        doubtful, audit = run.audit(submissions, grades, sampling)
        grades |= doubtful
    return GradeReport(
        assignment=assignment.name,
        machine_points=assignment.machine_points,
        person_points=sum(cell.points for cell in assignment.essays),
        isolation=run.how.isolation,
        students=tuple(grades[student] for student in students),
        wall_s=0.0,
        audit=audit,
    )


def prepare_for(place: Course, assignment: str) -> Kit:
    """An assignment of a course with its data, made on first use."""
    found = place.assignment(assignment)
    return prepare(found, found.folder, hidden_seed=place.hidden_seed)


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
    fresh = tuple(
        replace(one, cached=False, judged_again=(), wall_s=0.0, cpu_s=0.0)
        for one in report.students
    )
    return replace(report, students=fresh, wall_s=0.0)
