"""A warm parent in which a test can switch single layers of the jail off.

The switch is here and nowhere in the package: an order's extra paths that start with /without/ name
what to leave out; they are taken out of the order, and the one forked supervisor is patched.
"""

import sys
from dataclasses import replace
from pathlib import Path

from tinymledu.course import supervisor, warm_parent
from tinymledu.course.isolation import (
    cgroups,
    identity,
    landlock,
    limits,
    linux,
    mounts,
    seccomp,
)

WITHOUT = "/without/"


def zygote_command(line, *, tensorflow):
    """What stands in for zygote._command."""
    program = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import layers; "
        f"layers.serve({line})"
    )
    return [sys.executable, "-c", program]


def serve(line):
    """The warm parent's program."""
    real = supervisor.supervise

    def supervise(order, control, channel, home, main):
        for path in [path for path in order.extra if path.startswith(WITHOUT)]:
            OFF[path.removeprefix(WITHOUT)](order.extra.pop(path))
        real(order, control, channel, None if _NO_GROUPS else home, main)

    supervisor.supervise = supervise
    warm_parent.serve(line, tensorflow=False)


_NO_GROUPS = []


def _without_namespace(flag):
    def switch(_):
        identity._NAMESPACES &= ~flag

    return switch


def _nothing(module, *names):
    def switch(_):
        for name in names:
            setattr(module, name, lambda *_, **__: None)

    return switch


def _without_view(_):
    mounts.enter_view = lambda *_: None
    mounts.WORK = "/"


def _without_uts(_):
    identity._NAMESPACES &= ~linux.CLONE_NEWUTS
    linux.set_hostname = lambda _name: None  # or the host would get another name


def _larger_scratch(_):
    real = mounts._make_scratch
    mounts._make_scratch = lambda root, n_bytes, uid, gid: real(root, 16 * n_bytes, uid, gid)


def _more_files(_):
    mounts._MAX_FILES = 10**6


def _without_slot_uid(_):
    import os

    identity.slot_uid = lambda _pid: os.getuid()


def _group_with(**larger):
    def switch(_):
        real = cgroups.create
        cgroups.create = lambda home, name, ours: real(home, name, replace(ours, **larger))

    return switch


def _process_limits(change=lambda ours: ours, **forced):
    def switch(_):
        real = limits.apply_process_limits

        def apply(ours, **options):
            real(change(ours), **(options | forced))

        limits.apply_process_limits = apply

    return switch


def _without_limit_of(name):
    """All limits of a process but one, whose number is in limits.py alone."""

    def switch(_):
        import resource

        kind, real = getattr(resource, name), resource.setrlimit
        resource.setrlimit = lambda of, pair: None if of == kind else real(of, pair)

    return switch


def _without_wall(_):
    real = supervisor._wait
    supervisor._wait = lambda control, wake_up, deadline: real(control, wake_up, deadline + 1000)


def _leak(folder):
    """Not a layer: a mistake in the mounts, which shows a folder that nobody listed."""
    real = mounts.enter_view

    def enter_view(view, *others):
        real(replace(view, extra={**view.extra, "/leak": folder}), *others)

    mounts.enter_view = enter_view


OFF = {
    "mount namespace": _without_view,
    "pid namespace": _without_namespace(linux.CLONE_NEWPID),
    "network namespace": _without_namespace(linux.CLONE_NEWNET),
    "ipc namespace": _without_namespace(linux.CLONE_NEWIPC),
    "uts namespace": _without_uts,
    "read-only mounts": _nothing(linux, "make_read_only"),
    "size of the scratch": _larger_scratch,
    "number of files": _more_files,
    "uid per jail": _without_slot_uid,
    "pids of the group": _group_with(pids=1000),
    "memory of the group": _group_with(memory_bytes=2 * limits.GIB),
    "control groups": _NO_GROUPS.append,
    "number of processes": _process_limits(count_processes=False),
    "address space": _process_limits(address_space=False),
    "processor time": _process_limits(lambda ours: replace(ours, cpu_s=1000)),
    "file size": _process_limits(lambda ours: replace(ours, scratch_bytes=limits.GIB)),
    "open files": _without_limit_of("RLIMIT_NOFILE"),
    "message queues": _without_limit_of("RLIMIT_MSGQUEUE"),
    "locked memory": _without_limit_of("RLIMIT_MEMLOCK"),
    "wall time": _without_wall,
    "capabilities": _nothing(linux, "drop_capabilities", "drop_bounding_capabilities"),
    "no new privileges": _nothing(linux, "no_new_privileges"),
    "Landlock": _nothing(landlock, "restrict"),
    "system call filter": _nothing(seccomp, "install"),
    "a leak in the mounts": _leak,
}
