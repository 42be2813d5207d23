"""The file system that a jailed process sees: what Python needs, read-only, and one capped scratch.

The new root is a small tmpfs. The interpreter, the virtual environment, the system's libraries and
this package are bind-mounted into it at the paths they have outside, read-only, without set-uid
programs or devices. Everything writable is one tmpfs, so one number caps it. Whatever is not named
here (home folders, the course tree, other submissions, the host's /tmp) does not exist inside.
"""

import functools
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tinymledu.course.isolation import linux
from tinymledu.files import PACKAGE, SHIPPED_FOLDERS, shipped

SCRATCH = "/scratch"
WORK = f"{SCRATCH}/work"
HOME = f"{SCRATCH}/home"
CACHE = f"{SCRATCH}/cache"

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/alternatives")
_SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/localtime", "/sys/devices/system/cpu")
_PREFIX_PARTS = ("bin", "lib", "lib64", "share", "pyvenv.cfg")  # not what a person keeps beside
_DEVICES = ("null", "zero", "full", "random", "urandom")
_MAX_FILES = 20_000


@dataclass(frozen=True, slots=True)
class View:
    """What is mounted where. `extra` maps a path inside to the path outside that it shows."""

    read_only: tuple[str, ...]
    hidden: tuple[str, ...]
    scratch_bytes: int
    extra: Mapping[str, str] = field(default_factory=dict)

    def inside(self) -> tuple[str, ...]:
        """Every read-only path as it is named inside."""
        return (*self.read_only, *self.extra)


def python_view(scratch_bytes: int, extra: Mapping[str, str]) -> View:
    """The view a Python process with this package needs: its assignments are left out."""
    return View(
        read_only=python_paths(),
        hidden=(str(shipped("assignments")),),
        scratch_bytes=scratch_bytes,
        extra=extra,
    )


@functools.cache
def python_paths() -> tuple[str, ...]:
    """What such a process reads: looked up once, by the warm parent, for all jails it forks."""
    prefixes = {sys.prefix, sys.base_prefix, os.path.realpath(sys.base_prefix)}
    parts = [f"{prefix}/{part}" for prefix in prefixes for part in _PREFIX_PARTS]
    sites = [entry for entry in sys.path if entry.endswith(("site-packages", "dist-packages"))]
    folders = [str(shipped(name)) for name in SHIPPED_FOLDERS if name != "assignments"]
    wanted = [*_SYSTEM, *_SYSTEM_FILES, *parts, *sites, str(PACKAGE), *folders]
    return _outermost(path for path in wanted if os.path.lexists(path))


def _outermost(paths: Iterable[str]) -> tuple[str, ...]:
    """Paths that lie in no other path of the list, shortest first."""
    kept: list[str] = []
    for path in sorted(set(paths), key=len):
        if not any(
            path.startswith(f"{folder}/") for folder in kept if not Path(folder).is_symlink()
        ):
            kept.append(path)
    return tuple(kept)


def enter_view(view: View, mount_point: str, uid: int, gid: int) -> None:
    """Build the view on `mount_point`, an empty folder, and make it the root of this process.

    In a mount namespace of its own. Needs CAP_SYS_ADMIN, and must run as process 1 of a new pid
    namespace, whose /proc it will show.
    """
    linux.unshare(linux.CLONE_NEWNS)
    linux.mount(None, "/", None, linux.MS_REC | linux.MS_PRIVATE)
    no_privileges = linux.MS_NOSUID | linux.MS_NODEV
    linux.mount("tmpfs", mount_point, "tmpfs", no_privileges, "size=1m,nr_inodes=4000,mode=755")
    root = Path(mount_point)
    _make_scratch(root, view.scratch_bytes, uid, gid)
    for path in view.read_only:
        _show(path, _below(root, path))
    for inside, outside in view.extra.items():
        _show(outside, _below(root, inside))
    for path in view.hidden:
        if _below(root, path).is_dir():
            options = "size=4k,mode=555"
            linux.mount("tmpfs", str(_below(root, path)), "tmpfs", linux.MS_RDONLY, options)
    _make_devices(root)
    _make_etc(root, uid, gid)
    (root / "proc").mkdir()
    linux.mount("proc", str(root / "proc"), "proc", no_privileges | linux.MS_NOEXEC)
    linux.enter_root(mount_point)
    linux.make_read_only("/", recursive=False)


def _make_scratch(root: Path, n_bytes: int, uid: int, gid: int) -> None:
    """One tmpfs, seen as /scratch, /tmp and /dev/shm: one cap on bytes and on files."""
    scratch = _below(root, SCRATCH)
    scratch.mkdir()
    options = f"size={n_bytes},nr_inodes={_MAX_FILES},mode=755,uid={uid},gid={gid}"
    linux.mount("tmpfs", str(scratch), "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, options)
    for inside in (WORK, HOME, CACHE, f"{SCRATCH}/tmp", f"{SCRATCH}/shm"):
        folder = _below(root, inside)
        folder.mkdir()
        os.chown(folder, uid, gid)
    for name, target in (("tmp", root / "tmp"), ("shm", root / "dev" / "shm")):
        target.mkdir(parents=True)
        linux.mount(str(scratch / name), str(target), None, linux.MS_BIND)


def _show(outside: str, target: Path) -> None:
    """Bind a folder or file read-only; a link is made again, so that /lib -> usr/lib stays one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    source = Path(outside)
    if source.is_symlink() and not source.readlink().is_absolute():
        if not os.path.lexists(target):
            target.symlink_to(source.readlink())
        return
    if source.is_dir():
        target.mkdir(exist_ok=True)
    else:
        target.touch()
    linux.mount(outside, str(target), None, linux.MS_BIND | linux.MS_REC)
    linux.make_read_only(str(target), recursive=True)


def _make_devices(root: Path) -> None:
    for name in _DEVICES:
        target = root / "dev" / name
        target.touch()
        linux.mount(f"/dev/{name}", str(target), None, linux.MS_BIND)
    (root / "dev" / "fd").symlink_to("/proc/self/fd")


def _make_etc(root: Path, uid: int, gid: int) -> None:
    """Just enough names for `getpass.getuser()` and `os.path.expanduser`."""
    etc = root / "etc"
    etc.mkdir(exist_ok=True)
    (etc / "passwd").write_text(f"student:x:{uid}:{gid}::{HOME}:/bin/sh\n")
    (etc / "group").write_text(f"student:x:{gid}:\n")


def _below(root: Path, path: str) -> Path:
    return root / path.lstrip("/")
