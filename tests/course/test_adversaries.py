"""Standard adversaries: made for any assignment, and each finds the check that lost its teeth."""

import ast
import json

import pytest
from small_assignment import NAME, SOLUTION, notebook, write_assignment

from tinymledu.course import notebook as nb
from tinymledu.course.adversaries import (
    ATTACKS,
    definitions,
    missing,
    standard_adversaries,
)
from tinymledu.course.assignment import load_assignment
from tinymledu.course.candidates import ADVERSARY, candidates
from tinymledu.course.kit import prepare, run
from tinymledu.course.literals import visible_literals

ONE_CHECK = """
from tinymledu.course.checks import StudentError, as_number, check, expect


@check(points=81, title="double of any number", visible=False)
def doubles_any_number(student):
"""


@pytest.fixture
def small(tmp_path):
    return write_assignment(tmp_path)


def rewritten(assignment, *, body=None, cells=None, **options):
    """The assignment with one check of that body, other cells, and lines in assignment.toml."""
    folder = assignment.folder
    if body is not None:
        lines = "\n".join(f"    {line}" for line in body.strip().split("\n"))
        (folder / "checks.py").write_text(f"{ONE_CHECK}{lines}\n")
    if cells:
        raw = notebook()
        for position, source in cells.items():
            raw["cells"][position]["source"] = source
        (folder / f"{NAME}.ipynb").write_text(json.dumps(raw))
    for table, text in options.items():
        path = folder / "assignment.toml"
        content = path.read_text()
        head = f"[{table}]\n"
        new = content.replace(head, head + text) if head in content else content + head + text
        path.write_text(new)
    return load_assignment(folder)


def made(assignment):
    return standard_adversaries(assignment, {})


def test_every_kind_is_made_for_an_assignment_that_wrote_none(small):
    kinds = {one.attack for one in made(small)}

    assert set(ATTACKS) - kinds == set()
    assert missing(small, kinds) == ()
    assert len({one.name for one in made(small)}) == len(made(small))


def test_every_answer_of_every_adversary_is_python(small):
    for one in made(small):
        for source in one.answers.values():
            ast.parse(source)


def test_cell_that_defines_nothing_is_named_and_told_what_to_do(small):
    bare = rewritten(small, cells={2: "### BEGIN SOLUTION\nprint(1)\n### END SOLUTION"})
    kinds = {one.attack for one in made(bare)}

    said = missing(bare, kinds)
    assert "No adversary of the kind 'return None' can be made" in said[0]
    assert "cell double defines no function or variable" in said[0]
    assert "# attack: return None" in said[0]


def test_definitions_are_functions_with_their_results_and_variables():
    found = definitions(
        "%matplotlib inline\nn, m = 1, 2\ndef f(x):\n    return x, x\nclass C: pass"
    )

    assert [(one.name, one.is_function, one.n_results) for one in found] == [
        ("n", False, 1), ("m", False, 1), ("f", True, 2), ("C", True, 1),
    ]  # fmt: skip


def test_literals_are_results_first_then_numbers(small):
    text = "# Double\nDouble 21. **Worked value:** `double([1.5])` is `[3.0]`, 1,000 is .5"
    example = SOLUTION.replace("(x):\n", '(x):\n    """EXAMPLE: double(a, b=2) -> array([8])"""\n')
    found = visible_literals(rewritten(small, cells={0: text, 2: example}))["double"]

    assert {"array([8])", "[3.0]", "21", "1000", "0.5"} <= set(found)
    assert found.index("array([8])") < found.index("21")
    assert {"3", "4"} <= set(found)  # of the public check
    assert "17321" not in found  # of the hidden one


def test_edited_notebook_claims_everything_and_answers_nothing(small):
    edited = next(one for one in made(small) if one.attack == "edited test").notebook
    tests = [raw for raw in edited["cells"] if raw["metadata"]["nbgrader"].get("points") == 1000]
    sources = "".join(raw["source"] for raw in edited["cells"])

    assert len(tests) >= 2
    assert "34642" not in sources
    assert nb.CODE_STUB.split("\n")[0] in sources
    assert "x + x" not in sources


@pytest.fixture
def gate(warm, tmp_path):
    """Run adversaries of one kind against an assignment: name -> points."""

    def against(assignment, attack):
        kit = prepare(assignment, tmp_path / "made", hidden_seed=1)
        chosen = [one for one in candidates(kit) if one.kind == ADVERSARY and one.attack == attack]
        results = {one.submission.student: run(kit, one.submission, warm=warm) for one in chosen}
        assert not any(r.verdict.value == "grader error" for r in results.values()), results
        return {name: result.points_earned for name, result in results.items()}

    return against


@pytest.mark.parametrize("attack", ATTACKS)
def test_sound_checks_give_an_attack_nothing(small, gate, attack):
    earned = gate(small, attack)

    assert earned
    assert set(earned.values()) == {0.0}


JUDGE = "import math\nimport json\nimport numpy as np\ndef is_right():\n    "
# What makes a check toothless for this kind of attack: a body, cells, lines of assignment.toml.
TOOTHLESS = {
    "blank": {"body": "expect(True)"},
    "return None": {"body": "expect(student.call('double', 7) in (14, None))"},
    "constant": {"body": "expect(as_number(student.call('double', 0), 'it') == 0)"},
    "copied visible literal": {
        "body": "expect(as_number(student.call('double', 21), 'it') == 42)",
        "cells": {0: "# Double\nThe double of 21 is 42."},
    },
    "swallowed exception": {
        "body": "try:\n    student.call('double', 7)\nexcept StudentError:\n    return\n"
        "expect(False)"
    },
    "evil __eq__": {
        "body": "got = as_number(student.call('double', 7), 'it')\nexpect(not abs(got - 14) > 1e-9)"
    },
    "monkeypatch": {
        "body": "expect(student.call('is_right'))",
        "cells": {3: JUDGE + "return bool(np.allclose(double(7), 14))"},
    },
    "early exit": {
        "body": "try:\n    student.call('double', 7)\nexcept StudentError as gone:\n"
        "    expect('ended' in str(gone))\n    return\nexpect(False)"
    },
    "forged transcript (of a board)": {
        "body": "from tinymledu.boards.transcript import Transcript\n"
        "from tinymledu.errors import InputError\n"
        "try:\n    Transcript.from_json(student.file('run.json').decode())\n"
        "except InputError:\n    expect(False)",
        "accepted": '"run.json" = 2000\n',
    },
    "forged transcript": {
        "body": "expect(b'\"passed\": true' in student.file('run.json'))",
        "accepted": '"run.json" = 1000\n',
    },
    "read answer file": {"files": 'student = ["answers.py"]\n'},
}


@pytest.mark.parametrize("attack", TOOTHLESS)
def test_check_without_teeth_is_found_by_its_attack(small, gate, attack):
    (small.folder / "answers.py").write_text(SOLUTION)

    earned = gate(rewritten(small, **TOOTHLESS[attack]), attack.partition(" (")[0])

    assert max(earned.values()) >= 81


def test_edited_test_earns_where_tests_are_taken_from_the_submission(small, gate, monkeypatch):
    """As a grader would be that trusts the submitted copy of a cell."""
    from tinymledu.course import candidates as module

    def trusting(assignment, folder, student):
        raw = json.loads((folder / f"{NAME}.ipynb").read_text())
        claims = [cell["source"] for cell in raw["cells"] if "Passed." in cell["source"]]
        return module.Submission(student, {"double": f"{claims[0]}\npassed = 1.0"})

    monkeypatch.setattr(module, "read_submission", trusting)
    believing = rewritten(small, body="expect(as_number(student.value('passed'), 'it') == 1)")

    assert gate(believing, "edited test") == {"edited_test": 81.0}


@pytest.mark.parametrize("place", ["student", "lecturer"])
def test_lecturers_file_is_found_only_where_a_submission_can_read_it(small, warm, tmp_path, place):
    from tinymledu.course.audit import _trial

    (small.folder / "hidden.csv").write_text("17321,34642\n")
    lines = {"student": 'student = ["hidden.csv"]\n', "lecturer": ""}
    changed = rewritten(small, files=lines[place] + 'lecturer = ["hidden.csv"]\n')
    kit = prepare(changed, tmp_path / "made", hidden_seed=1)
    secret = {"hidden.csv": b"17321,34642\n"}
    reader = next(
        one for one in standard_adversaries(changed, secret) if one.name.endswith("on_the_disk")
    )
    from tinymledu.course.candidates import _standard

    candidate = _standard(changed, reader)
    trial = _trial(candidate, run(kit, candidate.submission, warm=warm))

    assert trial.found == (("hidden.csv",) if place == "student" else ())
