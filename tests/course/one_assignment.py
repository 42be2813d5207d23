"""One shipped assignment as its tests need it: checks, right answers, and who refuses what."""

import contextlib
import io
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from tinymledu.course import notebook as nb
from tinymledu.course.answers import AnswerFile, read_all, read_answers
from tinymledu.course.assignment import Assignment, assignment_names, load_assignment
from tinymledu.course.audit import AUDIT_SEED
from tinymledu.course.checks import Check, StudentError, failure_of
from tinymledu.course.home import NotebookStudent
from tinymledu.course.kit import prepare
from tinymledu.files import cache_dir

NAMES = assignment_names()


@dataclass(frozen=True)
class One:
    """An assignment whose checks run in this process, in `folder`, where its files lie.

    `helpers` are the names of the whole checks.py, beside all files; `public` those of what is
    handed out, beside the files that are handed out.
    """

    assignment: Assignment
    folder: Path
    helpers: dict[str, Any]
    public: dict[str, Any]

    @property
    def checks(self) -> list[Check]:
        """The checks in the order of the file."""
        return checks_among(self.helpers)

    @property
    def answers(self) -> dict[str, str]:
        """The lecturer's answers; what stands in for training trains no model."""
        stand_in = self.assignment.folder / "stand_in.txt"
        trained = read_answers(stand_in).answers if stand_in.exists() else {}
        return self.assignment.reference | dict(trained)

    @cached_property
    def right(self) -> dict[str, Any]:
        """The names of the notebook with the lecturer's answers."""
        return self.names_after(self.answers)

    @property
    def mutants(self) -> tuple[AnswerFile, ...]:
        """The wrong answers that a check must refuse; those that train are for the gate."""
        every = every_mutant(self.assignment)
        return tuple(one for one in every if "train" not in one.answers)

    def names_after(self, answers: dict[str, str]) -> dict[str, Any]:
        """The names of the notebook after all its given cells and these answers, quietly run.

        A cell that raises is left behind, as in grading.
        """
        names: dict[str, Any] = {"__name__": "__main__"}
        with self.inside(), contextlib.redirect_stdout(io.StringIO()):
            for source in nb.student_code(self.assignment.cells, answers):
                with contextlib.suppress(Exception):
                    exec(source, names)
        return names

    def named(self, name: str) -> Check:
        """The check of that name."""
        return next(check for check in self.checks if check.name == name)

    def about(self, part: str) -> list[Check]:
        """The checks with this in their names, of which there is one at least."""
        found = [check for check in self.checks if part in check.name]
        assert found, f"no check has {part!r} in its name"
        return found

    def message(self, name: str, names: dict[str, Any]) -> str:
        """What the check of that name says about these functions, which it must refuse."""
        with self.inside(), pytest.raises(StudentError) as caught:
            self.named(name).run(NotebookStudent(dict(names)))
        return str(caught.value)

    def refused_by(self, names: dict[str, Any], checks: Iterable[Check] | None = None) -> set[str]:
        """Names of the checks, of all by default, that refuse these functions."""
        student = NotebookStudent(dict(names))
        asked = self.checks if checks is None else checks
        with self.inside():
            return {one.name for one in asked if failure_of(one, student)}

    @contextlib.contextmanager
    def inside(self):
        """The folder is the working folder, as it is for a notebook."""
        before = Path.cwd()
        os.chdir(self.folder)
        try:
            yield
        finally:
            os.chdir(before)


def open_one(name: str, folder: Path) -> One:
    """The assignment of this id or name; its files, hidden ones too, are put into `folder`."""
    assignment = load_assignment(name)
    kit = prepare(assignment, cache_dir("assignments", assignment.name), hidden_seed=AUDIT_SEED)
    released = folder / "released"
    accepted = {path: (assignment.folder / path).read_bytes() for path in assignment.accepted}
    _write(folder, {**kit.student_files, **kit.checker_files, **accepted})
    _write(released, kit.student_files)
    source = assignment.checker_source
    return One(
        assignment,
        folder,
        helpers=_defined_by(source, folder),
        public=_defined_by(nb.without_hidden(source), released),
    )


def fixture_of(name: str) -> Any:
    """A fixture for a module of tests: the assignment in a folder of its own."""

    @pytest.fixture(scope="module")
    def opened(tmp_path_factory):
        return open_one(name, tmp_path_factory.mktemp(name))

    return opened


def every_mutant(assignment: Assignment) -> tuple[AnswerFile, ...]:
    """The assignment's wrong answers."""
    return read_all(assignment.folder / "mutants")


def checks_among(names: dict[str, Any]) -> list[Check]:
    """The checks among these names."""
    return [value for value in names.values() if isinstance(value, Check)]


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)


def _defined_by(source: str, folder: Path) -> dict[str, Any]:
    names = {"__name__": "checks", "__file__": str(folder / "checks.py")}
    exec(compile(source, "checks.py", "exec"), names)
    return names
