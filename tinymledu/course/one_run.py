"""The trusted parent's conversations with a student's process and with a checker's.

It reads what both jails write with bounded, typed reading (wire.py) and runs nothing of theirs. A
student's process that dies, hangs, floods or lies yields a verdict with a reason; whatever is our
own failure yields GRADER_ERROR.
"""

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from tinymledu.course import results, sandbox, wire
from tinymledu.course.isolation import mounts
from tinymledu.course.isolation.limits import Limits
from tinymledu.course.recording import NotKeptError, Recorder, answer_again
from tinymledu.course.supervisor import Ending
from tinymledu.course.verdict import (
    CellOutcome,
    CheckResult,
    Gone,
    SandboxResult,
    Transcript,
    Verdict,
)
from tinymledu.course.wire import Json, WireError
from tinymledu.course.zygote import Process, Zygote
from tinymledu.errors import SandboxError, TinymlError
from tinymledu.translation import said

_GRACE_S = 3.0  # between a limit kept inside the jail and the same limit kept from outside
_PATIENCE_S = 0.5  # for a process that closed its line to end by itself, and say how
_MAX_CELL_FRAME_SPARE = 64 * 1024
_MAX_QUESTIONS = 10_000
_MEMORY_PER_JSON_BYTE = 64  # "[[],[],...": 3 bytes become a list of 56 bytes and a pointer


def _link_caches(folder: Path, binds: Mapping[str, str]) -> None:
    """What a bind below the cache is in the jail, a link is without one."""
    for inside, outside in binds.items():
        if inside.startswith(f"{mounts.CACHE}/"):
            link = folder / PurePosixPath(inside).relative_to(mounts.SCRATCH)
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(outside)


@dataclass(slots=True)
class Run:
    """One run: what it was asked for, and what is known so far."""

    parent: Zygote
    limits: Limits
    isolation: str
    binds: dict[str, str]
    stack: ExitStack
    cells: list[CellOutcome] = field(default_factory=list)
    checks: list[CheckResult] = field(default_factory=list)
    gone: Gone | None = None  # why there is no student's process any more
    student_s: float = 0.0  # time that cells and answers took, without the checks' own
    checker_s: float = 0.0  # time that the checks took, without the answers
    endings: list[Ending] = field(default_factory=list)

    def whole(self, student: bytes, checker: bytes, *, n_cells: int) -> SandboxResult:
        """Student first, then the checker, then the verdict; our own failures are caught here."""
        started = time.monotonic()
        failure = ""
        transcript = None
        try:
            with self._process("student") as process:
                self._run_cells(process, student, n_cells)
                recorder = Recorder(self.gone)
                self._run_checks(checker, lambda asked: self._relay(process, asked, recorder))
                transcript = recorder.transcript(self.gone)
        except (TinymlError, OSError, WireError) as error:
            failure = str(error) or type(error).__name__
        wall_s = time.monotonic() - started
        return replace(self._result(failure, wall_s), transcript=transcript)

    def again(
        self,
        earlier: SandboxResult,
        transcript: Transcript,
        checker: bytes,
        kept: Mapping[str, CheckResult],
    ) -> SandboxResult | None:
        """Only the checker; times and memory stay those of the earlier run, which trained."""
        self.cells, self.gone = list(earlier.cells), transcript.gone

        def answer(asked: bytes) -> bytes:
            return self._gone() if self.gone else b"A" + answer_again(transcript, asked)

        failure = ""
        try:
            self._run_checks(checker, answer, kept)
        except NotKeptError:
            return None
        except (TinymlError, OSError, WireError) as error:
            failure = str(error) or type(error).__name__
        return replace(
            self._result(failure, earlier.wall_s),
            cpu_s=earlier.cpu_s,
            peak_memory_bytes=earlier.peak_memory_bytes,
            transcript=transcript,
        )

    def _result(self, failure: str, wall_s: float) -> SandboxResult:
        return results.result(
            self.cells, self.checks, self.gone, self.endings, failure=failure, wall_s=wall_s
        )

    @contextmanager
    def _process(self, role: str) -> Iterator[Process]:
        """A jailed process that is certainly ended afterwards."""
        folder = None
        if self.isolation == sandbox.NONE:
            folder = self.stack.enter_context(tempfile.TemporaryDirectory(dir=self.parent.folder))
            _link_caches(Path(folder), self.binds)
        # Each of the two waits while the other works, so each may be there for both their times.
        limits = replace(self.limits, wall_s=2 * (self.limits.wall_s + _GRACE_S))
        process = self.parent.start(
            role, limits, isolation=self.isolation, extra=self.binds, folder=folder
        )
        try:
            yield process
        finally:
            self.endings.append(process.end())

    # ------------------------------------------------------------------------------- the student

    def _run_cells(self, process: Process, payload: bytes, n_cells: int) -> None:
        if not self._tell(process, payload):
            return
        for index in range(n_cells + 1):
            report = self._hear(process, self.limits.cell_s, self._cell_frame_bytes())
            if report is None:
                self._mark_rest(index, n_cells)
                return
            if index < n_cells:
                self.cells.append(results.cell(index, report.get("cell"), self.limits))

    def _cell_frame_bytes(self) -> int:
        return 6 * self.limits.output_bytes + _MAX_CELL_FRAME_SPARE  # JSON may escape a character

    def _mark_rest(self, index: int, n_cells: int) -> None:
        """The cell during which the process went, and those it never came to."""
        gone = self.gone or Gone(Verdict.NOT_RUN, said("the process had ended"))
        for i in range(index, n_cells):
            verdict = gone.verdict if i == index else Verdict.NOT_RUN
            message = gone.reason if i == index else said("the program had ended before this cell")
            self.cells.append(CellOutcome(i, verdict, "", message, None, "", False, 0.0))

    def _tell(self, process: Process, content: bytes) -> bool:
        try:
            wire.send_frame(process.channel, content, timeout_s=_GRACE_S + self.limits.call_s)
        except OSError:
            self._end(process)
            return False
        return True

    def _hear(self, process: Process, seconds: float, max_bytes: int) -> dict[str, Json] | None:
        """One JSON object from the student's process, or None, and `gone` says why."""
        content = self._hear_bytes(process, seconds, max_bytes)
        if content is None:
            return None
        try:
            return wire.from_object(content)
        except WireError as error:
            self._end(
                process,
                Gone(Verdict.FAILED, said("the program forged a report: {error}", error=error)),
            )
            return None

    def _hear_bytes(self, process: Process, seconds: float, max_bytes: int) -> bytes | None:
        started = time.monotonic()
        left_s = max(0.0, self.limits.wall_s - self.student_s)
        deadline = started + min(seconds + _GRACE_S, left_s)
        try:
            content = wire.receive_frame(process.channel, deadline=deadline, max_bytes=max_bytes)
        except TimeoutError:
            reason = said(
                "longer than {seconds:g} s, and it could not be interrupted", seconds=seconds
            )
            if left_s < seconds + _GRACE_S:
                reason = said("it used up its {wall_s:g} s", wall_s=self.limits.wall_s)
            self._end(process, Gone(Verdict.OUT_OF_TIME, reason))
            return None
        except (WireError, OSError) as error:
            self._end(process, Gone(Verdict.FAILED, said("the program sent {error}", error=error)))
            return None
        finally:
            self.student_s += time.monotonic() - started
        if content is None:
            self._end(process)
        return content

    def _end(self, process: Process, gone: Gone | None = None) -> None:
        """End the student's process; without a reason given, its ending is the reason."""
        ending = process.end(patience_s=0.0 if gone else _PATIENCE_S)
        if self.gone is None:
            self.gone = gone or results.why_gone(ending, self.limits)

    # ------------------------------------------------------------------------------- the checker

    def _run_checks(
        self,
        payload: bytes,
        answer: Callable[[bytes], bytes],
        kept: Mapping[str, CheckResult] = MappingProxyType({}),
    ) -> None:
        with self._process("checker") as checker:
            wire.send_frame(checker.channel, payload)
            announced = self._checker_says(checker)
            if "checks" not in announced:
                raise SandboxError(f"The checks could not be loaded. {announced.get('broken')}")
            listed = results.announced(announced["checks"])
            self.checks = [kept.get(one.name) or results.unjudged(one) for one in listed]
            for _ in range(_MAX_QUESTIONS):
                told = self._checker_says(checker)
                if "done" in told:
                    return
                if "result" in told:
                    self._note(results.judged(listed, told["result"]))
                elif "ask" in told:
                    wire.send_frame(checker.channel, answer(wire.to_json(told["ask"])))
                else:
                    raise SandboxError("The checker sent something unknown.")
            raise SandboxError(f"The checks asked the student's process {_MAX_QUESTIONS} times.")

    def _checker_says(self, checker: Process) -> dict[str, Json]:
        started = time.monotonic()
        deadline = started + self.limits.wall_s - self.checker_s
        try:
            content = wire.receive_frame(checker.channel, deadline=deadline)
        except TimeoutError:
            raise SandboxError(
                f"The checker did not finish: it used up its {self.limits.wall_s:g} s."
            ) from None
        self.checker_s += time.monotonic() - started
        if content is None:
            reason = results.why_gone(checker.end(), self.limits).reason
            raise SandboxError(f"The checker did not finish: {reason}.")
        return wire.from_object(content)

    def _relay(self, student: Process, asked: bytes, recorder: Recorder) -> bytes:
        """Pass a question on. The answer's bytes are not looked at here: the checker reads them."""
        if self.gone is None and self._tell(student, asked):
            answer = self._hear_bytes(student, self.limits.call_s, self._answer_bytes())
            if answer is not None:
                recorder.note(asked, answer)
                return b"A" + answer
        return self._gone()

    def _gone(self) -> bytes:
        """What the checker is told instead of an answer."""
        gone = self.gone or Gone(Verdict.NOT_RUN, said("the program had ended"))
        reason = said("The notebook's program is not there any more: {reason}.", reason=gone.reason)
        return b"D" + wire.to_json({"reason": reason, "verdict": gone.verdict.value})

    def _answer_bytes(self) -> int:
        """A limit at which no answer, however it is built, fills the checker's memory."""
        share = self.limits.memory_bytes // _MEMORY_PER_JSON_BYTE
        return min(wire.MAX_FRAME_BYTES - 1, share)

    def _note(self, result: CheckResult) -> None:
        self.checks = [result if one.name == result.name else one for one in self.checks]
