"""Who a jailed process is: its namespaces, its uid, and how it gives up every privilege."""

import os
from pathlib import Path

from tinymledu.course.isolation import linux

# Unused by distributions and by systemd (which documents 0x70000000 and up as free); the process
# id is added, so no two live jails share a uid, nor one another's process count.
_FIRST_SLOT_UID = 0x70000000
# In a container that maps 65,536 ids only: above people, below `nobody`.
_FIRST_SMALL_SLOT_UID = 40_000
_N_SMALL_SLOTS = 20_000

# The mount namespace is entered by the jailed process itself (mounts.py): pivot_root would
# otherwise change the root of its supervisor too.
_NAMESPACES = linux.CLONE_NEWPID | linux.CLONE_NEWNET | linux.CLONE_NEWIPC | linux.CLONE_NEWUTS


def slot_uid(pid: int) -> int:
    """The uid for the jail of supervisor `pid`: its own when root, the user's own otherwise."""
    if os.getuid() != 0:
        return os.getuid()
    wanted = _FIRST_SLOT_UID + pid
    for line in Path("/proc/self/uid_map").read_text().splitlines():
        first, _, length = (int(number) for number in line.split())
        if first <= wanted < first + length:
            return wanted
    return _FIRST_SMALL_SLOT_UID + pid % _N_SMALL_SLOTS


def enter_namespaces() -> None:
    """Unshare all but the mounts; the next fork is process 1 of the new pid namespace.

    Without root this needs a user namespace, in which the user keeps the one uid there is.
    """
    uid, gid = os.getuid(), os.getgid()
    if uid == 0:
        linux.unshare(_NAMESPACES)
        return
    linux.unshare(_NAMESPACES | linux.CLONE_NEWUSER)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")


def drop_privileges(uid: int) -> None:
    """Become `uid` if that is another, with no capability and no way to gain one."""
    linux.drop_bounding_capabilities()
    if uid != os.getuid():
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
        linux.set_dumpable()
    linux.drop_capabilities()
    linux.no_new_privileges()
