"""An IPython shell for one submission, without a kernel: it runs a cell and says how that went.

Runs inside the jail, next to code that may have changed anything in the process. What it reports is
feedback for the student; points come from checks that run elsewhere.
"""

import builtins
import functools
import io
import os
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn

from tinymledu.course.verdict import Verdict
from tinymledu.errors import is_cell

_MAX_MESSAGE_CHARS = 1000


class OutOfTime(BaseException):
    """Raised in student code when its time is over; `except Exception` does not stop it."""


class Captured(io.TextIOBase):
    """A text stream that keeps the first `max_chars` and counts the rest."""

    def __init__(self, max_chars: int) -> None:
        self._parts: list[str] = []
        self._room = max_chars
        self.truncated = False

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if len(text) > self._room:
            self.truncated = True
        if self._room > 0:
            self._parts.append(text[: self._room])
            self._room -= len(self._parts[-1])
        return len(text)

    def text(self) -> str:
        """What was kept."""
        return "".join(self._parts)


@dataclass(frozen=True, slots=True)
class Failure:
    """An exception as text: its verdict, the name of its class, its message and the line."""

    verdict: Verdict
    error: str
    message: str
    line: int | None


@functools.cache
def warm_shell() -> Any:
    """A bare IPython shell: magics and display work, the keyboard and the terminal do not exist.

    There is one per process; the warm parent makes it, so that a fork finds it made.
    """
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.autocall = 0
    shell: Any = InteractiveShell.instance(config=config)
    shell.showtraceback = _show_nothing
    shell.showsyntaxerror = _show_nothing
    shell.system = _run_command
    shell.enable_gui = _show_nothing
    shell.ask_exit = _exit
    return shell


def refuse_keyboard() -> None:
    """Make `input()` say why it cannot work."""

    def no_input(_prompt: object = "") -> NoReturn:
        raise EOFError("input() cannot be used: nobody is at the keyboard while a check runs")

    builtins.input = no_input
    for message in (".*FigureCanvasAgg is non-interactive.*", "To exit: use .*"):
        warnings.filterwarnings("ignore", message=message)


def _show_nothing(*_arguments: object, **_options: object) -> None:
    """The caller reads the exception itself; a traceback would show paths and cost time."""


def _exit() -> NoReturn:
    raise SystemExit("exit() ends the cell here, not the notebook")


def _run_command(command: str) -> None:
    """What `!command` does: its output goes where print goes."""
    with subprocess.Popen(
        command,
        shell=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        try:
            while process.stdout and (part := os.read(process.stdout.fileno(), 65536)):
                sys.stdout.write(part.decode("utf-8", "replace"))
        except OutOfTime:
            process.kill()
            raise


@contextmanager
def capturing(captured: Captured) -> Iterator[None]:
    """Send what is printed to `captured`."""
    before = sys.stdout, sys.stderr
    sys.stdout = sys.stderr = captured
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise OutOfTime in the main thread after `seconds`, or when the processor time is used up.

    The student's code can switch this off; the trusted parent then ends the process.
    """

    def interrupt(*_: object) -> NoReturn:
        raise OutOfTime(f"longer than {seconds:g} s")

    signal.signal(signal.SIGALRM, interrupt)
    signal.signal(signal.SIGXCPU, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def run_cell(shell: Any, source: str, *, seconds: float, max_chars: int) -> dict[str, Any]:
    """Run one cell and report it as plain JSON values, the fields of a CellOutcome."""
    captured = Captured(max_chars)
    started = time.monotonic()
    error: BaseException | None
    try:
        with capturing(captured), time_limit(seconds):
            result = shell.run_cell(source, store_history=True)
        error = result.error_before_exec or result.error_in_exec
    except BaseException as escaped:  # noqa: BLE001  student code can make the shell itself raise
        error = escaped
    found = failure(error)
    return {
        "verdict": found.verdict.value,
        "error": found.error,
        "message": found.message,
        "line": found.line,
        "output": captured.text(),
        "truncated": captured.truncated,
        "wall_s": time.monotonic() - started,
    }


def failure(error: BaseException | None) -> Failure:
    """Describe an exception of student code; no exception is PASSED.

    The exception's own methods are the student's, so turning it into text can raise anything.
    """
    if error is None:
        return Failure(Verdict.PASSED, "", "", None)
    if isinstance(error, OutOfTime):
        return Failure(Verdict.OUT_OF_TIME, "", str(error), _line(error))
    verdict = Verdict.OUT_OF_MEMORY if isinstance(error, MemoryError) else Verdict.RAISED
    try:
        said = error.msg if isinstance(error, SyntaxError) else str(error)
        message = _without_its_middle(str(said))
    except BaseException:  # noqa: BLE001
        message = "(its message could not be read)"
    return Failure(verdict, type(error).__name__[:100], message, _line(error))


def _without_its_middle(text: str) -> str:
    """At most 1000 characters: TensorFlow begins with a traceback and ends with the reason."""
    if len(text) <= _MAX_MESSAGE_CHARS:
        return text
    half = _MAX_MESSAGE_CHARS // 2
    return f"{text[: half - 5]} ... {text[-half:]}"


def _line(error: BaseException) -> int | None:
    """The line, in the innermost frame that belongs to a cell."""
    if isinstance(error, SyntaxError):
        return error.lineno if isinstance(error.lineno, int) else None
    line, trace = None, error.__traceback__
    while trace is not None:
        if is_cell(trace.tb_frame.f_code.co_filename):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
