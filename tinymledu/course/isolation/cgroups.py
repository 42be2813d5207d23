"""Limits on a whole jail, kept by control groups: memory, number of processes, share of the cores.

Groups are made below the group this process is in, so an outer limit keeps holding. Version 2 needs
a group that hands its controllers down; where it does not, and the caller is root, the hierarchy's
top is used.

Source: Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst of the kernel.
"""

import contextlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tinymledu.course.isolation.limits import Limits

_CONTROLLERS = ("memory", "pids")
_SHARE = "cpu"  # where it is there, a jail of 60 processes gets no more time than one of 1
_REMOVAL_ATTEMPTS = 100


@dataclass(frozen=True, slots=True)
class Home:
    """Where groups can be made: one folder for version 2, one per controller for version 1."""

    version: int
    folders: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """One jail's control group."""

    version: int
    folders: tuple[Path, ...]


def find_home() -> Home:
    """Find where this process may make groups. Raises OSError with the reason."""
    mounts = dict(_mounts())
    if all(controller in mounts for controller in _CONTROLLERS):
        own = _own_paths()
        folders = [_own_folder(mounts[name], own.get(name, "/")) for name in _CONTROLLERS]
        if _SHARE in mounts:
            share = _own_folder(mounts[_SHARE], own.get(_SHARE, "/"))
            folders += [share] if os.access(share, os.W_OK) else []
        home = Home(1, tuple(dict.fromkeys(folders)))
    elif "" in mounts:
        home = Home(2, (_delegated_folder(mounts[""], _own_paths().get("", "/")),))
    else:
        raise OSError("no cgroup hierarchy with memory and pids is mounted")
    remove(create(home, new_name(), Limits()))
    _sweep(home)
    return home


def new_name() -> str:
    """For a group of this process: random, since process ids repeat.

    It ends in the process id and the namespace in which that is an id of ours: control groups are
    seen from all containers of a machine.
    """
    return f"tinymledu-{os.urandom(4).hex()}-{_pid_namespace()}-{os.getpid()}"


def _pid_namespace() -> int:
    return Path("/proc/self/ns/pid").stat().st_ino


def _sweep(home: Home) -> None:
    """Remove the empty groups of supervisors of this namespace that were killed."""
    here = str(_pid_namespace())
    for folder in (found for home_folder in home.folders for found in home_folder.iterdir()):
        match folder.name.split("-"):
            case ["tinymledu", _, namespace, pid] if namespace == here and pid.isdigit():
                if not Path("/proc", pid).exists():
                    with contextlib.suppress(OSError):  # its jail has not ended yet
                        folder.rmdir()


def _mounts() -> Iterator[tuple[str, Path]]:
    """(controller, mount point) of each hierarchy; the controller of version 2 is ''."""
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        before, _, after = line.partition(" - ")
        kind, _, options = after.split(" ", 2)
        if kind == "cgroup2":
            yield "", Path(before.split()[4])
        elif kind == "cgroup":
            for controller in set(options.split(",")) & {*_CONTROLLERS, _SHARE}:
                yield controller, Path(before.split()[4])


def _own_paths() -> dict[str, str]:
    paths = {}
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        paths.update(dict.fromkeys(controllers.split(","), path))
    return paths


def _own_folder(mount_point: Path, path: str) -> Path:
    folder = mount_point / path.lstrip("/")
    return folder if folder.is_dir() else mount_point


def _delegated_folder(mount_point: Path, path: str) -> Path:
    reason = "no writable group"
    for folder in dict.fromkeys((_own_folder(mount_point, path), mount_point)):
        control = folder / "cgroup.subtree_control"
        try:
            if not set(_CONTROLLERS) <= set(control.read_text().split()):
                control.write_text("+memory +pids")
            with contextlib.suppress(OSError):
                control.write_text(f"+{_SHARE}")
            if os.access(folder, os.W_OK):
                return folder
        except OSError as error:
            reason = f"{control}: {error.strerror}"
    raise OSError(reason)


def create(home: Home, name: str, limits: Limits) -> Group:
    """Make a group with its limits. Raises OSError."""
    group = Group(home.version, tuple(folder / name for folder in home.folders))
    try:
        for folder in group.folders:
            folder.mkdir()
        for file, value in _settings(home.version, limits).items():
            _write(group, file, value)
    except OSError:
        remove(group)
        raise
    for file, value in _WITHOUT_SWAP[home.version].items():
        with contextlib.suppress(OSError):  # a kernel without swap accounting
            _write(group, file, value if value else str(limits.memory_bytes))
    return group


def _settings(version: int, limits: Limits) -> dict[str, str]:
    memory = "memory.max" if version == 2 else "memory.limit_in_bytes"
    return {memory: str(limits.memory_bytes), "pids.max": str(limits.pids)}


_WITHOUT_SWAP = {
    1: {"memory.memsw.limit_in_bytes": ""},
    2: {"memory.swap.max": "0", "memory.oom.group": "1"},
}


def join(group: Group) -> None:
    """Put the calling process, and all it starts from now on, into the group.

    It must have one thread, as after a fork: version 1 has a file for single threads, `tasks`, and
    a thread that moves itself does not make the kernel wait for all others, 20 ms for each folder.

    Source: cgroup_procs_write_start in the kernel's kernel/cgroup/cgroup.c.
    """
    for folder in group.folders:
        (folder / ("cgroup.procs" if group.version == 2 else "tasks")).write_text("0")


def peak_memory_bytes(group: Group) -> int | None:
    """The most memory the group used, or None where the kernel does not keep it."""
    name = "memory.peak" if group.version == 2 else "memory.max_usage_in_bytes"
    try:
        return int(_read(group, name))
    except OSError:
        return None


def ran_out_of_memory(group: Group) -> bool:
    """Whether the kernel killed a process of the group for its memory limit."""
    name = "memory.events" if group.version == 2 else "memory.oom_control"
    try:
        lines = [line.split() for line in _read(group, name).splitlines()]
    except OSError:
        return False
    return any(words[0] == "oom_kill" and words[1] != "0" for words in lines)


def remove(group: Group) -> None:
    """Remove an empty group; just after the last process ended the kernel may need a moment."""
    for folder in group.folders:
        for _ in range(_REMOVAL_ATTEMPTS):
            try:
                folder.rmdir()
            except FileNotFoundError:
                break
            except OSError:
                time.sleep(0.01)
            else:
                break


def _file(group: Group, name: str) -> Path:
    for folder in group.folders:
        if (folder / name).exists():
            return folder / name
    raise FileNotFoundError(f"{name} in {group.folders[0]}")


def _read(group: Group, name: str) -> str:
    return _file(group, name).read_text()


def _write(group: Group, name: str, value: str) -> None:
    _file(group, name).write_text(value)
