"""Answers as text files: adversaries, mutants and made submissions, readable beside each other.

    # title: Hard-codes the scale of one model
    # kills: infer_follows_another_model
    # %% infer
    def infer(model, pictures):
        ...

The lines before the first cell are notes, `key: value`. Each `# %% NAME` starts the answer of that
name. A file whose notes say `raw: true` holds, after the line `# %% raw`, a submission's bytes as
they stand, for what is not a notebook at all.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tinymledu.errors import CourseError

_NOTE = re.compile(r"# (\w+): (.*)")
_CELL = re.compile(r"^# %% (\w+)[ \t]*\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class AnswerFile:
    """The notes and answers of one file; `name` is its stem."""

    name: str
    notes: Mapping[str, str]
    answers: Mapping[str, str]

    @property
    def title(self) -> str:
        """What this is, in a few words."""
        return self.notes.get("title", self.name)


def read_answers(path: Path) -> AnswerFile:
    """Read one file.

    Raises:
        CourseError: a line before the first cell is not a note, or a name appears twice.
    """
    head, *parts = _CELL.split(path.read_text(encoding="utf-8"))
    notes: dict[str, str] = {}
    for line in filter(None, head.splitlines()):
        note = _NOTE.fullmatch(line)
        if note is None:
            raise CourseError(f"{path}: {line!r} is not a note of the form '# key: value'.")
        notes[note[1]] = note[2].strip()
    names = parts[0::2]
    if len(set(names)) != len(names):
        raise CourseError(f"{path}: an answer appears twice: {', '.join(names)}.")
    sources = [text.strip("\n") for text in parts[1::2]]
    return AnswerFile(path.stem, notes, dict(zip(names, sources, strict=True)))


def read_all(folder: Path) -> tuple[AnswerFile, ...]:
    """Every file of a folder, by name."""
    return tuple(read_answers(path) for path in sorted(folder.glob("*.txt")))
