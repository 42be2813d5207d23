"""course roster, and course grades --fill: what comes from a platform, and what goes back."""

import argparse
from dataclasses import asdict

from tinymledu import course as tasks
from tinymledu.cli.output import console, emit_json, table
from tinymledu.course.layout import open_course
from tinymledu.course.roster import FILE_NAME, read_roster
from tinymledu.course.roster_merge import Merged
from tinymledu.course.wire import clean_text
from tinymledu.errors import CourseError, InputError

NEEDS_HUMAN = 4
_MAX_LINE_CHARS = 300


def roster(options: argparse.Namespace) -> int:
    if options.file is None:
        return _show(options)
    merged = tasks.import_roster(options.course, options.file, site=options.site)
    if options.json:
        emit_json(merged.to_json())
    else:
        _say(merged)
    return NEEDS_HUMAN if merged.problems else 0


def _say(merged: Merged) -> None:
    changed = len({change.student for change in merged.changes})
    console.print(
        f"{merged.kind}: {len(merged.added)} added, {changed} changed, {merged.unchanged} as "
        f"before. {len(merged.roster.people)} students are in {merged.path}."
    )
    lines = [
        f"{one.student}: {one.field} was {one.before!r}, is {one.after!r}" for one in merged.changes
    ]
    lines += [f"{student}: not in this file; kept" for student in merged.absent]
    lines += merged.problems
    for line in lines:
        console.print(f"  - {clean_text(line, _MAX_LINE_CHARS)}")


def _show(options: argparse.Namespace) -> int:
    people = read_roster(open_course(options.course)).at(options.site).people
    if not people:
        raise CourseError(
            f"There is no roster yet, or nobody at {options.site or 'any site'}. Make {FILE_NAME} "
            "from a CSV or an export: tinymledu course roster FILE"
        )
    if options.json:
        emit_json({"people": [asdict(one) for one in people]})
        return 0
    columns = ("student", "name", "email", "site", "lms_id")
    rows = [(one.student, one.name, one.email, one.site, " ".join(one.lms_ids)) for one in people]
    table(f"{len(people)} students", columns, rows)
    return 0


def fill(options: argparse.Namespace) -> int:
    if options.out is None:
        raise InputError("Name the file to write: --fill EXPORT.csv --out FILLED.csv")
    filled = tasks.fill_export(
        options.course,
        options.assignment,
        options.fill,
        options.out,
        column=options.column,
        scale=options.scale,
        site=options.site,
    )
    code = NEEDS_HUMAN if filled.missing or filled.problems else 0
    if options.json:
        emit_json(filled.to_json())
        return code
    console.print(
        f"{filled.kind}, column {filled.column!r}: {len(filled.filled)} grades are in "
        f"{filled.path}. Everything else in it is as exported."
    )
    lines = [f"{one.student}: was {one.before}, is {one.after}" for one in filled.replaced]
    lines += [f"{student}: not complete yet; left as it was" for student in filled.waiting]
    lines += [f"{student}: graded, but not in this export" for student in filled.missing]
    lines += [f"{row}: not in the roster; left as it was" for row in filled.unknown]
    for line in (*lines, *filled.problems):
        console.print(f"  - {clean_text(line, _MAX_LINE_CHARS)}")
    return code
