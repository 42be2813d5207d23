"""What a submission was found to be: verdicts and the records that carry them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Verdict(Enum):
    """How a cell, a check or a whole submission ended."""

    PASSED = "passed"
    FAILED = "failed"
    RAISED = "raised"
    OUT_OF_TIME = "out of time"
    OUT_OF_MEMORY = "out of memory"
    NOT_RUN = "not run"
    GRADER_ERROR = "grader error"  # our own failure: never a zero, it asks for a human


@dataclass(frozen=True, slots=True)
class CellOutcome:
    """One code cell as the student's own process reported it: feedback, never a ground for points.

    `line` counts from 1 within the cell. `output` is cut at the output limit; `truncated` says so.
    """

    index: int
    verdict: Verdict
    error: str
    message: str
    line: int | None
    output: str
    truncated: bool
    wall_s: float


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One of the lecturer's checks.

    `message` is for the student; for a hidden check it is the stated property and nothing else.
    `detail` is for the lecturer and may hold values of hidden tests.
    """

    name: str
    title: str
    verdict: Verdict
    points: float
    points_earned: float
    message: str
    detail: str
    visible: bool


@dataclass(frozen=True, slots=True)
class Gone:
    """Why the student's process is not there any more."""

    verdict: Verdict
    reason: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """What a student's process answered in one run, so that its checks can be asked again.

    `answers` maps the SHA-256 of a question to the bytes that came back; they are the student's and
    are read in the checker's jail only. `gone` says why there was no process to ask.
    """

    answers: Mapping[str, bytes] = field(default_factory=dict)
    gone: Gone | None = None


@dataclass(frozen=True, slots=True)
class SandboxResult:
    """Everything one run of a submission produced. `cpu_s` counts both jails.

    `transcript` is None where the run cannot be asked again: its process ended between two checks,
    or its answers are too many to keep.
    """

    cells: tuple[CellOutcome, ...]
    checks: tuple[CheckResult, ...]
    verdict: Verdict
    reason: str
    wall_s: float
    cpu_s: float
    peak_memory_bytes: int
    transcript: Transcript | None = None

    @property
    def points_earned(self) -> float:
        """Sum over the checks; meaningless when the verdict is GRADER_ERROR."""
        return sum(check.points_earned for check in self.checks)

    @property
    def out_of_time(self) -> bool:
        """Whether a cell or a check was ended by the clock."""
        cells = any(cell.verdict is Verdict.OUT_OF_TIME for cell in self.cells)
        return cells or any(check.verdict is Verdict.OUT_OF_TIME for check in self.checks)
