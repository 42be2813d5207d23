"""The Linux system calls that Python's `os` does not have, by way of the C library.

Every call raises OSError with the call's name, so that a refused layer can be reported.
"""

import ctypes
import errno
import functools
import os
import platform
import struct

# clone(2), unshare(2)
CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

# mount(2)
MS_RDONLY = 1
MS_NOSUID = 2
MS_NODEV = 4
MS_NOEXEC = 8
MS_BIND = 4096
MS_REC = 16384
MS_PRIVATE = 1 << 18

# umount2(2), mount_setattr(2), capset(2), prctl(2)
_MNT_DETACH = 2
_AT_FDCWD = -100
_AT_RECURSIVE = 0x8000
_SYS_MOUNT_SETATTR = 442  # one number on every architecture, as for all calls since 2019
_MOUNT_ATTR_RDONLY_NOSUID_NODEV = 1 | 2 | 4
_CAPABILITY_VERSION_3 = 0x20080522
_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_CAPBSET_DROP = 24
_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2

_SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}


@functools.cache
def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    return libc


def _checked(result: int, call: str) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{call}: {os.strerror(code)}")
    return result


def machine() -> str:
    """Name of the processor architecture as the kernel gives it: x86_64, aarch64, ..."""
    return platform.machine()


def syscall(name: str, number: int, *arguments: object) -> int:
    """Call the kernel by number; integers are passed as C longs."""
    widened = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return _checked(_libc().syscall(ctypes.c_long(number), *widened), name)


def unshare(flags: int) -> None:
    """Move the calling process into new namespaces."""
    _checked(_libc().unshare(ctypes.c_int(flags)), "unshare")


def mount(source: str | None, target: str, kind: str | None, flags: int, options: str = "") -> None:
    """mount(2): `kind` is the file system, `options` its comma-separated data."""
    result = _libc().mount(
        source.encode() if source else None,
        target.encode(),
        kind.encode() if kind else None,
        ctypes.c_ulong(flags),
        options.encode() or None,
    )
    _checked(result, f"mount {kind or source or 'propagation'} on {target}")


class _MountAttributes(ctypes.Structure):
    _fields_ = (
        ("attr_set", ctypes.c_uint64),
        ("attr_clr", ctypes.c_uint64),
        ("propagation", ctypes.c_uint64),
        ("userns_fd", ctypes.c_uint64),
    )


def make_read_only(path: str, *, recursive: bool) -> None:
    """Make a mount read-only, without set-uid programs or devices. Linux 5.12 or newer."""
    attributes = _MountAttributes(_MOUNT_ATTR_RDONLY_NOSUID_NODEV, 0, 0, 0)
    syscall(
        f"mount_setattr {path}",
        _SYS_MOUNT_SETATTR,
        _AT_FDCWD,
        path.encode(),
        _AT_RECURSIVE if recursive else 0,
        ctypes.byref(attributes),
        ctypes.sizeof(attributes),
    )


def enter_root(new_root: str) -> None:
    """Make `new_root`, a mount point, the root folder, and let go of the old one."""
    number = _SYS_PIVOT_ROOT.get(machine())
    if number is None:
        raise OSError(f"pivot_root: its number on {machine()} is not known here")
    os.chdir(new_root)
    syscall("pivot_root", number, b".", b".")
    _checked(_libc().umount2(b".", ctypes.c_int(_MNT_DETACH)), "umount2 of the old root")
    os.chdir("/")


def set_hostname(name: str) -> None:
    """Name the host within the UTS namespace."""
    _checked(_libc().sethostname(name.encode(), ctypes.c_size_t(len(name))), "sethostname")


def _prctl(call: str, option: int, *arguments: int) -> None:
    padded = [ctypes.c_ulong(argument) for argument in (*arguments, 0, 0, 0, 0)[:4]]
    _checked(_libc().prctl(ctypes.c_int(option), *padded), call)


def die_with_parent(signal_number: int) -> None:
    """Have the kernel send this process a signal when its parent ends."""
    _prctl("prctl PDEATHSIG", _PR_SET_PDEATHSIG, signal_number)


def set_dumpable() -> None:
    """Let the process open its own /proc entries again after a change of uid."""
    _prctl("prctl DUMPABLE", _PR_SET_DUMPABLE, 1)


def no_new_privileges() -> None:
    """From here on no program that is started can gain privileges."""
    _prctl("prctl NO_NEW_PRIVS", _PR_SET_NO_NEW_PRIVS, 1)


def set_seccomp_filter(n_instructions: int, address: int) -> None:
    """Install the BPF program of `n_instructions` at `address` on this process, for good."""
    header = struct.pack("HxxxxxxQ", n_instructions, address)
    pointer = ctypes.create_string_buffer(header, len(header))
    _prctl("seccomp", _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(pointer))


def drop_bounding_capabilities() -> None:
    """Empty the capability bounding set; the kernel says EINVAL after the last one it knows."""
    for capability in range(64):
        try:
            _prctl("prctl CAPBSET_DROP", _PR_CAPBSET_DROP, capability)
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise
            break


def drop_capabilities() -> None:
    """Empty the permitted, effective and inheritable sets."""
    header = struct.pack("Ii", _CAPABILITY_VERSION_3, 0)
    nothing = bytes(24)
    _checked(_libc().capset(header, nothing), "capset")
