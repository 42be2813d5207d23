"""Real sentences of public checks: what they say about every mutant, and about answers of no use.

All runs in this process: mutants are the lecturer's own. Those that train a network are left out;
their sentences are those of a model that is not good enough.
"""

import sys
import tempfile
from itertools import chain
from pathlib import Path

import numpy as np

from tinymledu.course import sentences, wire
from tinymledu.course.checks import failure_of
from tinymledu.course.home import NotebookStudent

sys.path.insert(0, str(Path(__file__).with_name("course")))

from one_assignment import checks_among, open_one  # needs the line above

USELESS = (None, 7, -0.5, "text", b"bytes", [], [[1], [2, 3]], (1, 2), ("a", "b"), {"a": 1}, {1},
           np.zeros(3), np.zeros((2, 2), complex))  # fmt: skip


def said_about(which):
    """Every sentence that the public checks of an assignment say, as it is kept: in English."""
    with tempfile.TemporaryDirectory() as folder:
        one = open_one(which, Path(folder))
        checks = [check for check in checks_among(one.public) if check.visible]
        mutants = (one.names_after(one.answers | dict(wrong.answers)) for wrong in one.mutants)
        own = functions(one.right)
        useless = (
            one.right | dict.fromkeys(own, lambda *_, answer=answer, **__: answer)
            for answer in USELESS
        )
        with one.inside():
            return set().union(*(said_by(checks, names) for names in chain(mutants, useless, [{}])))


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
