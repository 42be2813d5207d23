"""Landlock: a second wall around the file system, TCP, abstract sockets and signals.

The mount namespace already hides what is not listed; Landlock holds even where a mistake in the
mounts, or a kernel bug in them, would show something. Linux 5.13 or newer.

Source: Documentation/userspace-api/landlock.rst of the kernel.
"""

import ctypes
import os
import stat
import struct
from collections.abc import Iterable

from tinymledu.course.isolation import linux

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_RULE_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_TRUNCATE, _IOCTL_DEV = 1 << 14, 1 << 15
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_FOR_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_TCP_BIND_AND_CONNECT = 3
_ABSTRACT_SOCKETS_AND_SIGNALS = 3


def abi_version() -> int:
    """The kernel's Landlock version; raises OSError where there is none."""
    size = ctypes.c_size_t(0)
    return linux.syscall("landlock", _CREATE_RULESET, None, size, _VERSION_FLAG)


def restrict(read_only: Iterable[str], writable: Iterable[str]) -> None:
    """Allow reading below `read_only`, everything below `writable`, and nothing else, for good.

    Needs no-new-privileges. Paths that do not exist are passed over.
    """
    abi = abi_version()
    all_rights = _file_rights(abi)
    ruleset = _create_ruleset(abi, all_rights)
    for paths, rights in ((read_only, _READ), (writable, all_rights)):
        for path in paths:
            _allow(ruleset, path, rights & all_rights)
    linux.syscall("landlock_restrict_self", _RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def _file_rights(abi: int) -> int:
    n_rights = {1: 13, 2: 14, 3: 15, 4: 15}.get(abi, 16)
    return (1 << n_rights) - 1


def _create_ruleset(abi: int, file_rights: int) -> int:
    attributes = struct.pack("Q", file_rights)
    if abi >= 4:
        attributes += struct.pack("Q", _TCP_BIND_AND_CONNECT)
    if abi >= 6:
        attributes += struct.pack("Q", _ABSTRACT_SOCKETS_AND_SIGNALS)
    size = ctypes.c_size_t(len(attributes))
    return linux.syscall("landlock_create_ruleset", _CREATE_RULESET, attributes, size, 0)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(beneath).st_mode):
            rights &= _FOR_FILES
        rule = struct.pack("=Qi", rights, beneath)
        linux.syscall(f"landlock_add_rule {path}", _ADD_RULE, ruleset, _RULE_PATH_BENEATH, rule, 0)
    finally:
        os.close(beneath)
