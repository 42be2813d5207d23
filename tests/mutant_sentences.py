"""Real sentences of public checks: what they say about every mutant, and about answers of no use.

All runs in this process: mutants are the lecturer's own. Those that train a network are left out;
their sentences are those of a model that is not good enough.
"""

import contextlib
import io
import tempfile
from pathlib import Path

import numpy as np

from tinymledu.course import notebook as nb
from tinymledu.course import sentences, wire
from tinymledu.course.answers import read_all
from tinymledu.course.assignment import load_assignment
from tinymledu.course.audit import AUDIT_SEED
from tinymledu.course.candidates import MUTANT, candidates
from tinymledu.course.checks import Check, failure_of
from tinymledu.course.home import NotebookStudent
from tinymledu.course.kit import prepare
from tinymledu.files import cache_dir

USELESS = (None, 7, -0.5, "text", b"bytes", [], [[1], [2, 3]], (1, 2), ("a", "b"), {"a": 1}, {1},
           np.zeros(3), np.zeros((2, 2), complex))  # fmt: skip


def said_about(which):
    """Every sentence that the public checks of an assignment say, as it is kept: in English."""
    assignment = load_assignment(which)
    kit = prepare(assignment, cache_dir("assignments", assignment.name), hidden_seed=AUDIT_SEED)
    with tempfile.TemporaryDirectory() as name, contextlib.chdir(name):
        for file, content in {**kit.checker_files, **kit.student_files}.items():
            Path(file).write_bytes(content)
        names = {"__name__": "checks", "__file__": str(Path(name, "checks.py"))}
        exec(compile(nb.without_hidden(assignment.checker_source), "checks.py", "exec"), names)
        checks = [one for one in names.values() if isinstance(one, Check) and one.visible]
        found = set()
        for submission in mutants_of(kit):
            for file, content in submission.files.items():
                Path(file).write_bytes(content)
            notebook = run(nb.student_code(assignment.cells, submission.answers))
            found |= said_by(checks, notebook)
        for answer in USELESS:
            useless = dict.fromkeys(functions(notebook), lambda *_, answer=answer, **__: answer)
            found |= said_by(checks, notebook | useless)
        return found | said_by(checks, {})


def mutants_of(kit):
    files = read_all(kit.assignment.folder / "mutants")
    training = {one.name for one in files if "train" in one.answers}
    mutants = [one.submission for one in candidates(kit) if one.kind == MUTANT]
    return [one for one in mutants if one.student not in training]


def run(cells):
    """The notebook's names; a cell that raises leaves the others alone, as in grading."""
    names = {"__name__": "__main__"}
    for cell in cells:
        with contextlib.suppress(Exception), contextlib.redirect_stdout(io.StringIO()):
            exec(compile(cell, "cell", "exec"), names)
    return names


def functions(notebook):
    """Names of what the notebook itself defines."""
    return [name for name, one in notebook.items() if getattr(one, "__module__", "") == "__main__"]


def said_by(checks, notebook):
    student = NotebookStudent(notebook)
    found = set()
    for check in checks:
        failure = failure_of(check, student)
        if failure is not None:
            found.add(
                sentences.about_check(
                    title=check.title,
                    hint=check.hint,
                    visible=True,
                    verdict=failure.verdict,
                    said=wire.clean_text(str(failure), sentences.MAX_CHARS),
                )
            )
    return found
