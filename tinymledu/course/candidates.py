"""What the gate runs: the reference, its mutants and everything that must earn nothing."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tinymledu.course import notebook as nb
from tinymledu.course.adversaries import Adversary, standard_adversaries
from tinymledu.course.answers import AnswerFile, read_all, read_answers
from tinymledu.course.assignment import Assignment
from tinymledu.course.intake import Submission, read_submission
from tinymledu.course.kit import Kit
from tinymledu.files import write_atomic

REFERENCE, ADVERSARY, MUTANT = "reference", "adversary", "mutant"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One set of answers. `attack` is an adversary's kind, `kills` a mutant's checks."""

    kind: str
    title: str
    submission: Submission
    attack: str = ""
    kills: tuple[str, ...] = ()


def candidates(kit: Kit) -> list[Candidate]:
    """Reference, mutants and adversaries, the slow ones first.

    A mutant that leaves `train` alone runs with the stand-in's, so that the gate trains only where
    training is what is asked. An adversary has neither the reference's answers nor its files.
    """
    assignment = kit.assignment
    files = _stand_in_files(assignment)
    reference = Submission("reference", assignment.reference, files=files)
    base = assignment.reference | _stand_in(assignment)
    return [
        Candidate(REFERENCE, "The lecturer's own answers", reference),
        *(_mutant(one, base, files) for one in read_all(assignment.folder / "mutants")),
        *(_own(assignment, one) for one in read_all(assignment.folder / "adversaries")),
        *(_standard(assignment, one) for one in standard_adversaries(assignment, secrets_of(kit))),
    ]


def secrets_of(kit: Kit) -> dict[str, bytes]:
    """The files of the lecturer that a submission must not be able to read: name -> content."""
    assignment = kit.assignment
    notebook = assignment.folder / f"{assignment.name}.ipynb"
    known = set(kit.student_files.values())
    secret = {name: content for name, content in kit.checker_files.items() if content not in known}
    secret[notebook.name] = notebook.read_bytes()
    secret["checks.py"] = assignment.checker_source.encode()
    return secret


def _stand_in(assignment: Assignment) -> dict[str, str]:
    path = assignment.folder / "stand_in.txt"
    return dict(read_answers(path).answers) if path.exists() else {}


def _stand_in_files(assignment: Assignment) -> dict[str, bytes]:
    paths = [assignment.folder / name for name in assignment.accepted]
    return {path.name: path.read_bytes() for path in paths if path.exists()}


def _mutant(one: AnswerFile, base: Mapping[str, str], files: Mapping[str, bytes]) -> Candidate:
    names = [name.strip() for name in one.notes.get("kills", "").split(",")]
    submission = Submission(one.name, {**base, **one.answers}, files=files)
    return Candidate(MUTANT, one.title, submission, kills=tuple(filter(None, names)))


def _own(assignment: Assignment, one: AnswerFile) -> Candidate:
    submission = Submission(one.name, {**assignment.stubs, **one.answers})
    return Candidate(ADVERSARY, one.title, submission, attack=one.notes.get("attack", ""))


def _standard(assignment: Assignment, one: Adversary) -> Candidate:
    if one.notebook is not None:
        submission = _handed_in(assignment, one)
    else:
        accepted = {name: one.files[name] for name in assignment.accepted if name in one.files}
        submission = Submission(one.name, {**assignment.stubs, **one.answers}, files=accepted)
    return Candidate(ADVERSARY, one.title, submission, attack=one.attack)


def _handed_in(assignment: Assignment, one: Adversary) -> Submission:
    """What is left of a notebook and files that are taken in as a student's are."""
    with tempfile.TemporaryDirectory(prefix="tinymledu-") as name:
        folder = Path(name) / one.name
        for path, content in one.files.items():
            write_atomic(folder / path, content)
        notebook = nb.to_text(one.notebook or {})
        write_atomic(folder / f"{assignment.name}.ipynb", notebook.encode())
        return read_submission(assignment, folder, one.name)
