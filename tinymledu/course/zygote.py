"""The warm parent: a process that has imported everything, runs nothing, and forks jails.

Importing TensorFlow takes seconds; a fork of a process that has imported it takes milliseconds, and
training and conversion work in every fork as long as the parent never ran an operation and has one
thread. So this process only imports, by name, and counts its threads before each fork. It is told
what to start and never which submission: what it read, every later jail would inherit.
"""

import contextlib
import gc
import importlib
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
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self

import tinymledu
from tinymledu.course import sandbox, shell, supervisor, warm_folder
from tinymledu.course.isolation import cgroups, mounts
from tinymledu.course.isolation.limits import Limits
from tinymledu.course.supervisor import Ending, Order
from tinymledu.errors import SandboxError
from tinymledu.files import cache_dir

_START_TIMEOUT_S = 180.0
_END_TIMEOUT_S = 20.0
_MAX_ORDER_BYTES = 64 * 1024

_ALWAYS = (
    "numpy",
    "numpy.random",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "matplotlib_inline.backend_inline",
    "IPython.core.completer",
    "IPython.core.interactiveshell",
    "IPython.core.pylabtools",
    "IPython.display",
    "PIL.Image",
    "tinymledu",
    "tinymledu.course.student_process",
    "tinymledu.course.checker_process",
)
_WITH_TENSORFLOW = ("tensorflow", "keras")
_LAZY_ATTRIBUTES = (
    "lite.TFLiteConverter",
    "keras.Sequential",
    "keras.layers.Dense",
    "data.Dataset",
)

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
                answer = control.recv(_MAX_ORDER_BYTES)
            except TimeoutError:
                answer = _end_and_hear(control)
            except OSError as error:
                return supervisor.failed(f"its supervisor is gone: {error}")
        if not answer:
            return supervisor.failed("its supervisor ended without an answer")
        return Ending(**json.loads(answer))


def _end_and_hear(control: socket.socket) -> bytes:
    """Ask a supervisor to end its jail; what it answers, or nothing."""
    control.settimeout(_END_TIMEOUT_S)
    with contextlib.suppress(OSError):
        control.shutdown(socket.SHUT_WR)  # a word that is left unread would reset the answer
        return control.recv(_MAX_ORDER_BYTES)
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
            greeting = self._line.recv(_MAX_ORDER_BYTES)
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
    program = "from tinymledu.course.zygote import serve; serve"
    return [sys.executable, "-c", f"{program}({line}, tensorflow={tensorflow})"]


# ------------------------------------------------------------------- inside the warm parent itself


def serve(line_number: int, *, tensorflow: bool) -> None:
    """Import, greet, and fork on request until the line closes.

    Then the working folder is removed, here, since the grader may have been killed. A jail that
    still has its root mounted there would keep it, so jails end first.
    """
    import signal
    import time

    started = time.perf_counter()
    modules = _import_all(tensorflow=tensorflow)
    shell.warm_shell()
    gc.collect()
    gc.freeze()  # a collection in a child would otherwise touch, and so copy, every page
    with socket.socket(fileno=line_number) as line:
        greeting = {
            "modules": modules,
            "tensorflow": "tensorflow" in modules,
            "start_s": time.perf_counter() - started,
        }
        with contextlib.suppress(OSError):  # the grader was killed meanwhile: the line is closed
            line.send(json.dumps(greeting).encode())
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # supervisors report by themselves
        home = _cgroup_home()
        while True:
            content, files = _next_order(line)
            if not content:
                break
            _fork(Order.from_json(content), files, home)
        signal.alarm(round(_END_TIMEOUT_S))  # the next warm parent removes what this one cannot
        with contextlib.suppress(ChildProcessError):
            os.wait()  # until the last one: their status is ignored
    folder = Path.cwd()
    if folder.name.startswith(warm_folder.PREFIX):
        shutil.rmtree(folder, ignore_errors=True)


def _next_order(line: socket.socket) -> tuple[bytes, list[int]]:
    try:
        content, files, _, _ = socket.recv_fds(line, _MAX_ORDER_BYTES, 2)
    except ConnectionError:
        return b"", []
    return content, files


def _import_all(*, tensorflow: bool) -> list[str]:
    imported = []
    for name in (*_ALWAYS, *(_WITH_TENSORFLOW if tensorflow else ())):
        try:
            importlib.import_module(name)
        except ImportError:
            continue  # the lite profile; what a submission needs and is missing it will name itself
        imported.append(name)
    for module, paths in (("tinymledu", tinymledu.__all__), ("tensorflow", _LAZY_ATTRIBUTES)):
        if module in imported:
            for path in paths:
                _touch(sys.modules[module], path)
    return imported


def _touch(module: object, path: str) -> None:
    """Follow a lazily loaded attribute, so that it is loaded here once and not in every fork."""
    with contextlib.suppress(ImportError):  # needs a package that is not installed
        for name in path.split("."):
            module = getattr(module, name, None)


def _cgroup_home() -> cgroups.Home | None:
    try:
        return cgroups.find_home()
    except OSError:
        return None


def _fork(order: Order, files: list[int], home: cgroups.Home | None) -> None:
    """Fork a supervisor, or say on the control socket why not."""
    channel, control = files
    n_threads = _thread_count()
    if n_threads != 1:
        error = f"the warm parent has {n_threads} threads; a fork of it could hang"
        with socket.socket(fileno=control) as answer:
            answer.send(supervisor.failed(error).to_json())
        os.close(channel)
        return
    if os.fork() == 0:
        _be_supervisor(order, channel, control, home)
    os.close(channel)
    os.close(control)


def _thread_count() -> int:
    tasks = Path("/proc/self/task")
    return len(list(tasks.iterdir())) if tasks.exists() else threading.active_count()


def _be_supervisor(order: Order, channel: int, control: int, home: cgroups.Home | None) -> NoReturn:
    import signal

    from tinymledu.course import checker_process, student_process

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    mains = {"student": student_process.main, "checker": checker_process.main}

    def main() -> NoReturn:
        _only_channel(channel)
        _set_environment(order)
        mains[order.role](socket.socket(fileno=_CHANNEL), order.limits)
        os._exit(0)

    control_socket = socket.socket(fileno=control)
    supervisor.supervise(order, control_socket, channel, home, main)


_CHANNEL = 3


def _only_channel(channel: int) -> None:
    """Standard streams to nowhere, the channel as 3, and everything else closed."""
    nowhere = os.open(os.devnull, os.O_RDWR)  # above 3: the order's two files are open
    for number in range(3):
        os.dup2(nowhere, number)
    if channel != _CHANNEL:
        os.dup2(channel, _CHANNEL)
    os.set_inheritable(_CHANNEL, False)
    os.closerange(_CHANNEL + 1, _highest_open_file() + 1)


def _highest_open_file() -> int:
    """Above the limit, too: the jail has lowered it, and what was open before stays open."""
    listed = Path("/proc/self/fd")
    if not listed.exists():
        return os.sysconf("SC_OPEN_MAX")
    return max(int(entry.name) for entry in listed.iterdir())


def _set_environment(order: Order) -> None:
    """Everything that is written by default goes to the scratch."""
    isolated = order.isolation == sandbox.FULL
    scratch = mounts.SCRATCH if isolated else order.folder
    home = mounts.HOME if isolated else order.folder
    os.environ |= {
        "HOME": home,
        "TMPDIR": "/tmp" if isolated else order.folder,
        "TINYMLEDU_CACHE": f"{scratch}/cache",
        "TINYMLEDU_IN_JAIL": "1",
        "MPLCONFIGDIR": f"{home}/.matplotlib",
        "IPYTHONDIR": f"{home}/.ipython",
        "PATH": f"{sys.prefix}/bin:{os.environ['PATH']}",
    }
