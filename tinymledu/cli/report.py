"""course report | similar: pages for lecturers."""

import argparse

from tinymledu import course as tasks
from tinymledu.cli.output import console, emit_json


def report(options: argparse.Namespace) -> int:
    path, found = tasks.report(options.course, options.assignment)
    if options.json:
        emit_json({"page": str(path), "submissions": found.n})
        return 0
    console.print(f"The class report, without names (submissions: {found.n}): {path}")
    return 0


def similar(options: argparse.Namespace) -> int:
    path, pairs = tasks.similar(options.course, options.assignment)
    if options.json:
        emit_json({"page": str(path), "pairs": len(pairs)})
        return 0
    console.print(
        f"Pairs of submissions with shared passages: {len(pairs)}. A hint is no proof: read the "
        f"page, then talk with the students. For you only: {path}"
    )
    return 0
