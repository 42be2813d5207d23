"""An assignment of one function, for tests of everything around it: no TensorFlow, no data."""

import json
from pathlib import Path

from tinymledu import course
from tinymledu.course.assignment import Assignment, load_assignment

NAME = "T01_double"

CHECKS = """
from tinymledu.course.checks import as_number, check, expect


@check(points=4, title="double of 3 and 4", hint="Reread section 1.")
def doubles_small_numbers(student):
    for x in (3, 4):
        got = as_number(student.call("double", x), f"double({x})")
        expect(got == 2 * x, got=got, expected=2 * x, where=f"double({x})")


### BEGIN HIDDEN TESTS
@check(points=81, title="double of any number", visible=False)
def doubles_any_number(student):
    got = as_number(student.call("double", 17321), "double(17321)")
    expect(got == 34642, got=got, expected=34642)


### END HIDDEN TESTS
"""

SOLUTION = """def double(x):
    ### BEGIN SOLUTION
    return x + x  # twice the value
    ### END SOLUTION"""


def cell(kind, source, grade_id="", **grading):
    metadata = {}
    if grade_id:
        metadata["nbgrader"] = {
            "grade": False, "grade_id": grade_id, "locked": True, "schema_version": 3,
            "solution": False, "task": False, **grading,
        }  # fmt: skip
    raw = {"cell_type": kind, "id": (grade_id or kind)[:12], "metadata": metadata, "source": source}
    return raw | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def notebook():
    """Given cell, answer, two tests, text: every role but HOME."""
    return {
        "cells": [
            cell("markdown", "# Double", "card"),
            cell("code", "import math", "setup"),
            cell("code", SOLUTION, "double", locked=False, solution=True),
            cell("code", "print(double(2))", "try_it"),
            cell("code", "check()", "doubles_small_numbers", grade=True, points=4),
            cell(
                "code",
                "# Hidden.\n### BEGIN HIDDEN TESTS\nassert double(17321) == 34642\n"
                "### END HIDDEN TESTS",
                "doubles_any_number", grade=True, points=81,
            ),
            cell(
                "markdown", "### BEGIN SOLUTION\nTwice.\n### END SOLUTION", "why",
                grade=True, solution=True, locked=False, points=15,
            ),
        ],
        "metadata": {"kernelspec": {"display_name": "P", "language": "python", "name": "python3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }  # fmt: skip


def write_assignment(root: Path) -> Assignment:
    """Write the assignment below `root` and load it."""
    folder = root / NAME
    for name in ("adversaries", "mutants"):
        (folder / name).mkdir(parents=True)
    (folder / f"{NAME}.ipynb").write_text(json.dumps(notebook()))
    (folder / "checks.py").write_text(CHECKS)
    (folder / "assignment.toml").write_text(
        'id = "T01"\ntitle = "Double"\n[accepted]\n"table.bin" = 100\n'
        "[limits]\nwall_s = 20\nmemory_mib = 1024\n"
    )
    (folder / "adversaries" / "zero.txt").write_text("# %% double\ndef double(x):\n    return 0\n")
    (folder / "mutants" / "literal.txt").write_text(
        "# kills: doubles_any_number\n# %% double\ndef double(x):\n    return {3: 6, 4: 8}.get(x)\n"
    )
    (folder / "mutants" / "square.txt").write_text(
        "# kills: doubles_small_numbers\n# %% double\ndef double(x):\n    return x * x\n"
    )
    return load_assignment(folder)


def hand_in(place, student, source, essay="Because."):
    raw = notebook()
    raw["cells"][2]["source"] = source
    raw["cells"][6]["source"] = essay
    folder = place.submission_folder(student, NAME)
    folder.mkdir(parents=True)
    (folder / f"{NAME}.ipynb").write_text(json.dumps(raw))
    (folder / "timestamp.txt").write_text("2026-03-01 10:20:30.000000 UTC")


def fresh_course(folder):
    place = course.new(folder, hidden_seed=11)
    write_assignment(place.folder / "lecturer")
    return place
