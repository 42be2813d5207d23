"""Try each layer of the jail in a throw-away process: `python -m tinymledu.course.probe`.

Prints the layers as JSON. `sandbox.available()` is what calls it and what people read.
"""

import os
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tinymledu.course import sandbox
from tinymledu.course.isolation import cgroups, identity, landlock, linux, mounts, seccomp
from tinymledu.course.isolation.limits import MIB, Limits, apply_process_limits
from tinymledu.course.sandbox import Layer

_DOCKER = (
    "In a container, start it with --security-opt seccomp=unconfined --security-opt "
    "apparmor=unconfined --security-opt systempaths=unconfined, and --cap-add SYS_ADMIN if it "
    "runs as root."
)
# The switches that forbid namespaces to people, each with the value that forbids.
_SWITCHES = (
    ("kernel.apparmor_restrict_unprivileged_userns", "1", "0"),
    ("kernel.unprivileged_userns_clone", "0", "1"),
    ("user.max_user_namespaces", "0", "15000"),
)


def layers() -> tuple[Layer, ...]:
    """Every layer of the jail, present or missing."""
    machine = linux.machine()
    fix = namespace_fix(os.getuid(), Path("/proc/sys"))
    with tempfile.TemporaryDirectory(prefix="tinymledu-") as folder:
        view = _in_namespaces(lambda: _enter_view(folder))
    return (
        _layer("namespaces", _in_namespaces(lambda: None), fix),
        _layer("file system", view, fix),
        _layer("privileges", _in_namespaces(_drop), fix),
        _layer("process limits", _in_child(_limit), ""),
        _optional("system call filter", _seccomp_reason(machine), ""),
        _optional("Landlock", _landlock_reason(), "Linux 5.13 or newer, with landlock in lsm=."),
        _optional("control groups", _cgroup_reason(), _CGROUP_FIX),
        _optional("uid per jail", _uid_reason(), "Run as root to have it."),
    )


_CGROUP_FIX = (
    "Run as root, or in a group that is delegated: systemd-run --user --scope -p Delegate=yes."
)


def _layer(name: str, reason: str, fix: str) -> Layer:
    return Layer(name, not reason, reason, fix if reason else "")


def _optional(name: str, reason: str, fix: str) -> Layer:
    return Layer(name, not reason, reason, fix if reason else "", required=False)


def namespace_fix(uid: int, switches: Path) -> str:
    """The command that allows namespaces to this user; `switches` is /proc/sys.

    A container's limits bind root and people alike, and no switch in it says so.
    """
    for name, forbidding, allowing in _SWITCHES if uid != 0 else ():
        switch = switches / name.replace(".", "/")
        if switch.exists() and switch.read_text().strip() == forbidding:
            return f"sudo sysctl -w {name}={allowing}"
    return _DOCKER


def _seccomp_reason(machine: str) -> str:
    if not seccomp.supported(machine):
        return f"the system call numbers of {machine} are not known here"
    return _in_child(_filter)


def _filter() -> None:
    linux.no_new_privileges()
    seccomp.install()


def _landlock_reason() -> str:
    try:
        landlock.abi_version()
    except OSError as error:
        return _reason(error)
    return ""


def _cgroup_reason() -> str:
    try:
        cgroups.find_home()
    except OSError as error:
        return _reason(error)
    return ""


def _uid_reason() -> str:
    return "" if os.getuid() == 0 else "an unprivileged user has one uid"


def _enter_view(mount_point: str) -> None:
    uid = identity.slot_uid(os.getpid())
    mounts.enter_view(mounts.python_view(MIB, {}), mount_point, uid, os.getgid())


def _drop() -> None:
    identity.drop_privileges(identity.slot_uid(os.getpid()))


def _limit() -> None:
    apply_process_limits(Limits(), count_processes=True, address_space=True)


def _in_namespaces(action: Callable[[], None]) -> str:
    """Run `action` as process 1 of new namespaces; '' or the reason it could not."""

    def enter_then_fork() -> None:
        identity.enter_namespaces()
        reason = _in_child(action)
        if reason:
            raise OSError(reason)

    return _in_child(enter_then_fork)


def _reason(error: BaseException) -> str:
    return str(getattr(error, "strerror", None) or error) or type(error).__name__


def _in_child(action: Callable[[], None]) -> str:
    """Run `action` in a fork; '' or the reason it failed."""
    readable, writable = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(readable)
            linux.die_with_parent(signal.SIGKILL)
            action()
        except BaseException as error:  # noqa: BLE001  the parent is told, whatever it is
            os.write(writable, _reason(error).encode()[:500])
        os._exit(0)
    os.close(writable)
    with os.fdopen(readable, "rb") as pipe:
        reason = pipe.read().decode("utf-8", "replace")
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return reason or (f"ended with {status}" if status else "")


if __name__ == "__main__":
    sys.stdout.write(sandbox.as_records(layers()) + "\n")
