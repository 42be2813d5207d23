"""What was graded, kept by content: a run of the same answers is not run again.

One file for each distinct submission, named by what its run depends on. It holds what the student's
program did and answered, and each check's result with the key of that check. A check that is
changed is put to the kept answers; the run, which may have trained a model, stays.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from tinymledu.course.intake import Submission
from tinymledu.course.kit import Kit
from tinymledu.course.layout import Course
from tinymledu.course.verdict import (
    CellOutcome,
    CheckResult,
    Gone,
    SandboxResult,
    Transcript,
    Verdict,
)
from tinymledu.files import write_atomic

_FORMAT = 2


@dataclass(frozen=True, slots=True)
class Kept:
    """An earlier run of the same answers.

    `changed` names the checks whose results in it do not count any more; `whole` says that there
    are none, nor checks too many. `doubt` says why a person must decide about it.
    """

    result: SandboxResult
    changed: tuple[str, ...]
    whole: bool
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Cache:
    """The kept runs of one assignment in a course."""

    course: Course
    kit: Kit

    @property
    def folder(self) -> Path:
        """Where they lie."""
        return self.course.folder / "results" / self.kit.assignment.name

    def find(self, submission: Submission) -> Kept | None:
        """The run of the same answers, if there is one that can be read."""
        try:
            record = json.loads(self._path(submission).read_text(encoding="utf-8"))
            return self._kept(record)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None  # not there, or of another version: it is graded again

    def keep(self, submission: Submission, result: SandboxResult, *, doubt: str = "") -> None:
        """Keep a verdict on the submission, whole or not at all.

        A failure of ours is tried again next time, and so is what ran out of time.
        """
        if not worth_keeping(result):
            return
        record = as_record(result) | {
            "format": _FORMAT,
            "keys": dict(self.kit.check_keys),
            "doubt": doubt,
        }
        content = json.dumps(record, indent=1, ensure_ascii=False)
        write_atomic(self._path(submission), content.encode("utf-8", "surrogatepass"))

    def _path(self, submission: Submission) -> Path:
        return self.folder / f"{self.kit.run_key[:16]}-{submission.fingerprint[:32]}.json"

    def _kept(self, record: Mapping[str, Any]) -> Kept:
        if record["format"] != _FORMAT:
            raise ValueError(record["format"])
        before, now = record["keys"], self.kit.check_keys
        changed = tuple(name for name, key in now.items() if before.get(name) != key)
        return Kept(from_record(record), changed, before == now, record["doubt"])


def worth_keeping(result: SandboxResult) -> bool:
    """Whether a run says something about the submission: not our failure, and not the clock."""
    return result.verdict is not Verdict.GRADER_ERROR and not result.out_of_time


# --------------------------------------------------------------------------------- plain values


def as_record(result: SandboxResult) -> dict[str, Any]:
    """A run as plain values, without what cells printed."""
    said = result.transcript
    return {
        "verdict": result.verdict.value,
        "reason": result.reason,
        "wall_s": result.wall_s,
        "cpu_s": result.cpu_s,
        "peak_memory_bytes": result.peak_memory_bytes,
        "checks": [_plain(one) for one in result.checks],
        "cells": [_plain(replace(one, output="", truncated=False)) for one in result.cells],
        "transcript": None if said is None else _transcript_record(said),
    }


def from_record(record: Mapping[str, Any]) -> SandboxResult:
    """The run that `as_record` wrote."""
    said = record["transcript"]
    return SandboxResult(
        cells=tuple(CellOutcome(**_with_verdict(one)) for one in record["cells"]),
        checks=tuple(CheckResult(**_with_verdict(one)) for one in record["checks"]),
        verdict=Verdict(record["verdict"]),
        reason=record["reason"],
        wall_s=record["wall_s"],
        cpu_s=record["cpu_s"],
        peak_memory_bytes=record["peak_memory_bytes"],
        transcript=None if said is None else _transcript(said),
    )


def _transcript_record(said: Transcript) -> dict[str, Any]:
    return {
        "gone": None if said.gone is None else _plain(said.gone),
        "answers": {
            name: base64.b64encode(answer).decode() for name, answer in sorted(said.answers.items())
        },
    }


def _transcript(record: Mapping[str, Any]) -> Transcript:
    gone = record["gone"]
    return Transcript(
        answers={name: base64.b64decode(text) for name, text in record["answers"].items()},
        gone=None if gone is None else Gone(**_with_verdict(gone)),
    )


def _plain(entry: CheckResult | CellOutcome | Gone) -> dict[str, Any]:
    return {**asdict(entry), "verdict": entry.verdict.value}


def _with_verdict(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {**entry, "verdict": Verdict(entry["verdict"])}
