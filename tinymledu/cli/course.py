"""course new | audit | release | collect | grade | feedback | grades."""

import argparse
import os
from dataclasses import asdict
from pathlib import Path

from tinymledu import course as tasks
from tinymledu import translation
from tinymledu.cli import classroom
from tinymledu.cli.output import console, emit_json, progress, table
from tinymledu.course import publishing, sandbox, summary
from tinymledu.course.layout import open_course

NEEDS_HUMAN = 4


def new(options: argparse.Namespace) -> int:
    place = tasks.new(options.folder)
    console.print(f"A course is in {place.folder}. Next:")
    console.print(f"  tinymledu course release A01 --course {options.folder}")
    return 0


def audit(options: argparse.Namespace) -> int:
    with progress("gate") as report:
        result = tasks.audit(options.assignment, progress=report)
    if options.json:
        emit_json(result.to_json())
        return 0 if result.holds else 1
    rows = [
        (trial.kind, trial.name, str(trial.points), str(len(trial.refused_by)))
        for trial in result.trials
    ]
    columns = ("kind", "answers", "points (of the machine's)", "checks that refuse (count)")
    table(f"The gate of {result.assignment}", columns, rows)
    for problem in result.problems:
        console.print(f"  - {problem}")
    console.print("The gate holds." if result.holds else "The gate does not hold.")
    return 0 if result.holds else 1


def release(options: argparse.Namespace) -> int:
    if not options.json:
        console.print("Checking the assignment: reference, wrong variants, cheats.")
    with progress("gate") as report:
        folder = tasks.release(options.course, options.assignment, progress=report)
    if options.json:
        emit_json({"folder": str(folder)})
        return 0
    console.print(f"The gate holds. Hand out this folder: {folder}")
    return 0


def collect(options: argparse.Namespace) -> int:
    result = tasks.collect(
        options.course,
        options.assignment,
        options.source,
        site=options.site,
        handed_in_at=options.handed_in,
    )
    code = NEEDS_HUMAN if result.unusable else 0
    if options.json:
        emit_json(asdict(result))
        return code
    for problem in result.problems:
        console.print(f"  - {problem}", markup=False, highlight=False, soft_wrap=True)
    not_taken = f" Not taken in: {len(result.unusable)}." if result.unusable else ""
    console.print(
        f"Submissions taken in: {len(result.students)}.{not_taken} "
        "Nothing was moved or overwritten. Next:"
    )
    console.print(f"  tinymledu course grade {options.assignment} --course {options.course}")
    return code


def grade(options: argparse.Namespace) -> int:
    elsewhere = options.cluster is not None  # then its workers are asked what they can isolate
    trust = options.i_trust_this_code and not elsewhere
    isolation = sandbox.FULL if elsewhere else sandbox.level_for_batch(trust=trust)
    if not options.json and not elsewhere:
        for weakness in sandbox.available().weaknesses():
            console.print(weakness, markup=False, highlight=False, soft_wrap=True)
    _require_language(options)
    with progress("submissions") as report_progress, translation.speaking(options.language):
        report = tasks.grade(
            options.course,
            options.assignment,
            workers=options.workers,
            wall_s=options.wall_s,
            isolation=isolation,
            trusted=None if trust else (),
            again=options.again,
            audit_share=options.audit_share,
            audit_seed=options.audit_seed,
            cluster=options.cluster,
            progress=report_progress,
        )
    if options.json:
        emit_json(report.to_json())
    else:
        console.print(summary.table(report), soft_wrap=False)
        for line in summary.lines(report):
            console.print(line, markup=False, highlight=False, soft_wrap=True)
        console.print(f"Grades: {_grades_file(options)}")
        console.print(f"Feedback: {Path(options.course) / 'feedback'}")
    return NEEDS_HUMAN if report.needs_human else 0


def feedback(options: argparse.Namespace) -> int:
    _require_language(options)
    with translation.speaking(options.language):
        pages = tasks.publish(options.course, options.assignment)
    if options.json:
        emit_json({"pages": [str(page) for page in pages]})
        return 0
    for page in pages:
        console.print(str(page))
    return 0


def _require_language(options: argparse.Namespace) -> None:
    """A language that is not there is an error here, before anything is graded."""
    wanted = options.language or os.environ.get(translation.VARIABLE, "")
    translation.require(wanted or open_course(options.course).language)


def grades(options: argparse.Namespace) -> int:
    _require_language(options)
    with translation.speaking(options.language):
        tasks.publish(options.course, options.assignment)
    if options.fill is not None:
        return classroom.fill(options)
    path = _grades_file(options)
    if options.json:
        emit_json({"csv": str(path)})
        return 0
    console.print(path.read_text(encoding="utf-8"), end="")
    return 0


def _grades_file(options: argparse.Namespace) -> Path:
    place = open_course(options.course)
    return publishing.csv_path(place, place.assignment(options.assignment).name)
