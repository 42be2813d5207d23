"""What runs inside the warm parent: it imports, counts its threads, and forks a jail on request.

zygote.py starts it and speaks to it. It is told what to start and never which submission: what it
read, every later jail would inherit.
"""

import contextlib
import gc
import importlib
import json
import os
import shutil
import signal
import socket
import sys
import threading
import time
from pathlib import Path
from typing import NoReturn

import tinymledu
from tinymledu.course import sandbox, shell, supervisor, warm_folder
from tinymledu.course.isolation import cgroups, mounts
from tinymledu.course.supervisor import Order

MAX_ORDER_BYTES = 64 * 1024
END_TIMEOUT_S = 20.0

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


def serve(line_number: int, *, tensorflow: bool) -> None:
    """Import, greet, and fork on request until the line closes.

    Then the working folder is removed, here, since the grader may have been killed. A jail that
    still has its root mounted there would keep it, so jails end first.
    """
    started = time.perf_counter()
    modules = _import_all(tensorflow=tensorflow)
    shell.warm_shell()
    mounts.python_paths()
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
        signal.alarm(round(END_TIMEOUT_S))  # the next warm parent removes what this one cannot
        with contextlib.suppress(ChildProcessError):
            os.wait()  # until the last one: their status is ignored
    folder = Path.cwd()
    if folder.name.startswith(warm_folder.PREFIX):
        shutil.rmtree(folder, ignore_errors=True)


def _next_order(line: socket.socket) -> tuple[bytes, list[int]]:
    try:
        content, files, _, _ = socket.recv_fds(line, MAX_ORDER_BYTES, 2)
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
