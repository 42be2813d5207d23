"""The process between the warm parent and a jail: it starts the jail, counts its time, and ends it.

It stands outside the jail's pid namespace, reads nothing that the jail writes after its set-up, and
answers on a control socket of its own, so nothing a student's process does can change what it says.
The jail dies with the supervisor, the supervisor with the warm parent.
"""

import contextlib
import json
import os
import select
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import NoReturn

from tinymledu.course import sandbox
from tinymledu.course.isolation import cgroups, identity, linux
from tinymledu.course.isolation.limits import Limits, apply_process_limits


@dataclass(frozen=True, slots=True)
class Ending:
    """How a jail ended. `setup_error` is our own failure; the rest is the jailed program's doing.

    `exit_status` is negative for a signal. `cpu_s` counts the supervisor too. `peak_memory_bytes`
    counts pages shared with the warm parent when there is no memory cgroup.
    """

    exit_status: int
    out_of_time: bool
    out_of_memory: bool
    cpu_s: float
    peak_memory_bytes: int
    setup_error: str = ""

    def to_json(self) -> bytes:
        """As the one message a supervisor sends."""
        return json.dumps(asdict(self)).encode()


def failed(reason: str) -> Ending:
    """The ending of a jail that never was."""
    return Ending(0, False, False, 0.0, 0, reason)


@dataclass(frozen=True, slots=True)
class Order:
    """What the warm parent is asked to start. It names no submission: a fork inherits memory.

    `folder` is empty: the new root is mounted there, or without isolation it is the working folder.
    """

    role: str
    isolation: str
    limits: Limits
    folder: str
    extra: dict[str, str]

    def to_json(self) -> bytes:
        """As the one message that starts a jail."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_json(cls, content: bytes) -> "Order":
        """The order that `to_json` wrote."""
        fields = json.loads(content)
        return cls(**{**fields, "limits": Limits(**fields["limits"])})


def supervise(
    order: Order,
    control: socket.socket,
    channel: int,
    home: cgroups.Home | None,
    main: Callable[[], NoReturn],
) -> NoReturn:
    """Start `main` in a jail, wait for its end or for the control socket's, and report.

    Args:
        control: its closing, in this direction or both, ends the jail.
        channel: file descriptor of the jailed process's line, which is closed here.
        home: where control groups can be made, or None.
        main: what the jailed process runs; it never returns.
    """
    isolated = order.isolation == sandbox.FULL
    group = None
    wake_up = _wake_on_child()
    try:
        if home is not None:
            group = cgroups.create(home, cgroups.new_name(), order.limits)
        uid = identity.slot_uid(os.getpid()) if isolated else os.getuid()
        jail = sandbox.Jail(order.limits, order.folder, uid, group, order.extra)
        if isolated:
            linux.die_with_parent(signal.SIGTERM)
            identity.enter_namespaces()
        pid, setup_error = _start(order, jail, channel, main)
        out_of_time = _wait(control, wake_up, time.monotonic() + order.limits.wall_s)
        _kill(pid, whole_group=not isolated)
        ending = _ending(pid, jail, out_of_time=out_of_time, setup_error=setup_error)
    except OSError as error:
        ending = failed(str(error))
    if group is not None:
        cgroups.remove(group)
    with contextlib.suppress(OSError):
        control.send(ending.to_json())
    os._exit(0)


def _wake_on_child() -> int:
    """A file descriptor that becomes readable when a child, or the warm parent, ends.

    The warm parent's end must not kill the supervisor: a jailed program can rid itself of its own
    death signal (a thread that calls exec has none), so somebody must be left to end it.
    """
    readable, writable = os.pipe()
    os.set_blocking(writable, False)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    signal.set_wakeup_fd(writable, warn_on_full_buffer=False)
    return readable


def _start(
    order: Order, jail: sandbox.Jail, channel: int, main: Callable[[], NoReturn]
) -> tuple[int, str]:
    """Fork the jailed process; its id, and why it could not be set up, or ''."""
    setup_readable, setup_writable = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(setup_readable)
        _become_jailed(order, jail, setup_writable, main)
    os.close(setup_writable)
    os.close(channel)
    with os.fdopen(setup_readable, "rb") as pipe:
        return pid, pipe.read(2000).decode("utf-8", "replace")


def _ending(pid: int, jail: sandbox.Jail, *, out_of_time: bool, setup_error: str) -> Ending:
    """Wait for a killed or ended process, and with it for everything in its pid namespace."""
    _, status, usage = os.wait4(pid, 0)
    exit_status = os.waitstatus_to_exitcode(status)
    cpu_s = usage.ru_utime + usage.ru_stime
    killed = exit_status == -signal.SIGKILL
    own_cpu_s = time.process_time()  # setting the jail up and taking it down
    peak_bytes = cgroups.peak_memory_bytes(jail.group) if jail.group else None
    return Ending(
        exit_status=exit_status,
        out_of_time=out_of_time or (killed and cpu_s >= jail.limits.cpu_s),
        out_of_memory=killed and jail.group is not None and cgroups.ran_out_of_memory(jail.group),
        cpu_s=cpu_s + own_cpu_s,
        peak_memory_bytes=usage.ru_maxrss * 1024 if peak_bytes is None else peak_bytes,
        setup_error=setup_error,
    )


def _wait(control: socket.socket, wake_up: int, deadline: float) -> bool:
    """Wait for the child's end or the control socket's; True at the deadline."""
    remaining_s = max(0.0, deadline - time.monotonic())
    watched: list[socket.socket | int] = [control, wake_up]
    return not select.select(watched, [], [], remaining_s)[0]


def _kill(pid: int, *, whole_group: bool) -> None:
    """End the child and, where it is process 1 of a pid namespace, with it everything inside."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    if whole_group:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


def _become_jailed(
    order: Order, jail: sandbox.Jail, setup: int, main: Callable[[], NoReturn]
) -> NoReturn:
    """The jailed process: set up, close the set-up pipe, and only then run `main`."""
    try:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        os.setsid()
        if order.isolation == sandbox.FULL:
            linux.die_with_parent(signal.SIGKILL)
            sandbox.enter(jail)
        else:
            os.chdir(order.folder)
            apply_process_limits(order.limits, count_processes=False, address_space=True)
    except BaseException as error:  # noqa: BLE001  whatever it is, the supervisor must hear of it
        os.write(setup, f"{type(error).__name__}: {error}".encode()[:2000] or b"?")
        os._exit(1)
    os.close(setup)
    try:
        main()
    finally:
        os._exit(1)  # nothing may come back into the supervisor's own code
