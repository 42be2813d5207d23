"""course roster: who is in the course, and what a platform's export changed."""

import argparse
from dataclasses import asdict

from tinymledu import course as tasks
from tinymledu.cli.output import console, emit_json, table
from tinymledu.course.layout import open_course
from tinymledu.course.roster import FILE_NAME, read_roster
from tinymledu.course.roster_merge import Merged
from tinymledu.course.wire import clean_text
from tinymledu.errors import CourseError

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
