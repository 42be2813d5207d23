"""The warm parent: a process that has imported everything, runs nothing, and forks jails.

Importing TensorFlow takes seconds; a fork of a process that has imported it takes milliseconds, and
training and conversion work in every fork as long as the parent never ran an operation and has one
thread. So that process only imports, by name, and counts its threads before each fork; what it does
is in warm_parent.py. Here is the line to it.
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from tinymledu.course import sandbox, supervisor, warm_folder
from tinymledu.course.isolation.limits import Limits
from tinymledu.course.supervisor import Ending, Order
from tinymledu.course.warm_parent import END_TIMEOUT_S, MAX_ORDER_BYTES
from tinymledu.errors import SandboxError
from tinymledu.files import cache_dir

_START_TIMEOUT_S = 180.0

# One thread each: a fork keeps only the thread that forked, and results must not depend on cores.
# No secret of the lecturer's environment is passed on.
_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "CUDA_VISIBLE_DEVICES": "-1",
    "MPLBACKEND": "agg",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "LANG": "C.UTF-8",
    "PATH": "/usr/local/bin:/usr/bin:/bin",
}


@dataclass(frozen=True, slots=True)
class Warmth:
    """What a warm parent has imported, and what that took."""

    modules: tuple[str, ...]
    tensorflow: bool
    start_s: float


@dataclass(slots=True)
class Process:
    """One jailed process as the trusted parent sees it: channel to it, control to its keeper."""

    channel: socket.socket
    control: socket.socket
    ending: Ending | None = None

    def end(self, *, patience_s: float = 0.0) -> Ending:
        """End the jail, whole, if it has not ended, and say how it ended.

        Args:
            patience_s: time in which it may end by itself, after it has closed its line.

        Raises:
            SandboxError: it could not be set up, or its supervisor did not answer: our failure.
        """
        if self.ending is None:
            self.ending = self._ask(patience_s)
        if self.ending.setup_error:
            raise SandboxError(f"The jail could not be used: {self.ending.setup_error}.")
        return self.ending

    def _ask(self, patience_s: float) -> Ending:
        self.channel.close()
        with self.control as control:
            control.settimeout(max(0.001, patience_s))
            try:
                answer = control.recv(MAX_ORDER_BYTES)
            except TimeoutError:
                answer = _end_and_hear(control)
            except OSError as error:
                return supervisor.failed(f"its supervisor is gone: {error}")
        if not answer:
            return supervisor.failed("its supervisor ended without an answer")
        return Ending(**json.loads(answer))


def _end_and_hear(control: socket.socket) -> bytes:
    """Ask a supervisor to end its jail; what it answers, or nothing."""
    control.settimeout(END_TIMEOUT_S)
    with contextlib.suppress(OSError):
        control.shutdown(socket.SHUT_WR)  # a word that is left unread would reset the answer
        return control.recv(MAX_ORDER_BYTES)
    return b""


class Zygote:
    """A warm parent and the line to it. Use as a context manager; threads may share it.

    >>> with Zygote() as warm:                               # doctest: +SKIP
    ...     result = run_submission(cells, checks, limits=Limits(), files={}, warm=warm)
    """

    def __init__(self, *, tensorflow: bool = True) -> None:
        """Start the process and wait until it has imported everything.

        Args:
            tensorflow: import TensorFlow too, where it is installed.

        Raises:
            SandboxError: it did not come up, with what it wrote.
        """
        self._lock = threading.Lock()
        self.folder, lock = warm_folder.make()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._line = ours
        matplotlib_folder = str(cache_dir("matplotlib"))
        with theirs, tempfile.TemporaryFile() as log:
            self._process = subprocess.Popen(
                _command(theirs.fileno(), tensorflow=tensorflow),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(theirs.fileno(), lock),
                cwd=self.folder,
                start_new_session=True,  # Ctrl-C is for the grader, which then ends this process
                env={**_ENVIRONMENT, "HOME": str(self.folder), "MPLCONFIGDIR": matplotlib_folder},
            )
            os.close(lock)
            theirs.close()
            ours.settimeout(_START_TIMEOUT_S)
            self.warmth = self._greeting(log.fileno())

    def _greeting(self, log: int) -> Warmth:
        try:
            greeting = self._line.recv(MAX_ORDER_BYTES)
        except OSError:
            greeting = b""
        if not greeting:
            self.close()
            said = os.pread(log, 2000, max(0, os.fstat(log).st_size - 2000))
            raise SandboxError(
                "The warm parent process did not start. It wrote: "
                + said.decode("utf-8", "replace").strip()[-1000:]
            )
        fields = json.loads(greeting)
        return Warmth(tuple(fields["modules"]), fields["tensorflow"], fields["start_s"])

    def start(
        self,
        role: str,
        limits: Limits,
        *,
        isolation: str = sandbox.FULL,
        extra: Mapping[str, str] | None = None,
        folder: str | None = None,
    ) -> Process:
        """Fork a jailed process.

        Args:
            role: "student" or "checker".
            extra: more to show read-only: path inside -> path outside.
            folder: its working folder, when not isolated.

        Raises:
            SandboxError: the warm parent has ended.
        """
        order = Order(role, isolation, limits, folder or str(self.folder), dict(extra or {}))
        channel, channel_inside = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        control, control_inside = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with channel_inside, control_inside, self._lock:
            files = [channel_inside.fileno(), control_inside.fileno()]
            try:
                socket.send_fds(self._line, [order.to_json()], files)
            except OSError as error:
                channel.close()
                control.close()
                raise SandboxError(f"The warm parent process has ended: {error}.") from None
        return Process(channel, control)

    @property
    def pid(self) -> int:
        """Process id of the warm parent."""
        return self._process.pid

    def is_alive(self) -> bool:
        """Whether the warm parent is still there."""
        return self._process.poll() is None

    def close(self) -> None:
        """End the warm parent and with it every jail it started."""
        self._line.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _command(line: int, *, tensorflow: bool) -> list[str]:
    program = "from tinymledu.course.warm_parent import serve; serve"
    return [sys.executable, "-c", f"{program}({line}, tensorflow={tensorflow})"]
