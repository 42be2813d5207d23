"""Keep what a student's process answered, so that a changed check can be put to the same run."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from tinymledu.course.verdict import Gone, Transcript

MAX_KEPT_BYTES = 8 * 1024**2  # of one submission; most are some ten kilobytes


class NotKeptError(Exception):
    """A check asked what the kept run was never asked: the student's program has to run again."""


@dataclass(slots=True)
class Recorder:
    """The answers of one run, as they come."""

    gone: Gone | None  # before the first question
    answers: dict[str, bytes] = field(default_factory=dict)
    unsteady: set[str] = field(default_factory=set)

    def note(self, question: bytes, answer: bytes) -> None:
        """Keep an answer. A question that got two different ones has none that counts."""
        name = _name(question)
        if self.answers.setdefault(name, answer) != answer:
            self.unsteady.add(name)

    def transcript(self, gone: Gone | None) -> Transcript | None:
        """What can be asked again, or None; `gone` is what was known after the last question."""
        kept = {name: one for name, one in self.answers.items() if name not in self.unsteady}
        if gone != self.gone or _n_bytes(list(kept.values())) > MAX_KEPT_BYTES:
            return None
        return Transcript(kept, gone)


def _n_bytes(answers: Sequence[bytes]) -> int:
    return sum(len(answer) for answer in answers)


def answer_again(transcript: Transcript, question: bytes) -> bytes:
    """The answer of a kept run. Raises NotKeptError."""
    try:
        return transcript.answers[_name(question)]
    except KeyError:
        raise NotKeptError from None


def _name(question: bytes) -> str:
    return hashlib.sha256(question).hexdigest()
