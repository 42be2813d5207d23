"""A filter on system calls: what no student program needs is refused with EPERM.

The list takes away calls that change namespaces, mounts or the kernel, look into other processes,
open sockets other than AF_UNIX, or keep memory where RLIMIT_AS does not count it. It is a list of
refusals and not of permissions because the needs of TensorFlow and of the compiler change between
versions.

Source of the numbers: arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h.
"""

import ctypes
import errno
import struct

from tinymledu.course.isolation import linux

_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32_BIT = 0x40000000  # x86_64 only: the x32 calls are the same calls under other numbers

_DENIED = {
    "x86_64": (
        *(101, 310, 311, 312),  # ptrace process_vm_readv process_vm_writev kcmp
        *(165, 166, 155, 161, 272, 308),  # mount umount2 pivot_root chroot unshare setns
        *(321, 298, 250, 248, 249),  # bpf perf_event_open keyctl add_key request_key
        *(246, 320, 175, 313, 176),  # kexec_load kexec_file_load init_ finit_ delete_module
        *(169, 167, 168, 163, 179, 103),  # reboot swapon swapoff acct quotactl syslog
        *(170, 171, 172, 173, 135),  # sethostname setdomainname iopl ioperm personality
        *(303, 304, 300, 301),  # name_to_handle_at open_by_handle_at fanotify_init _mark
        *(159, 305, 164, 227),  # adjtimex clock_adjtime settimeofday clock_settime
        *(133, 259, 154),  # mknod mknodat modify_ldt
    ),
    "aarch64": (
        *(117, 270, 271, 272),  # ptrace process_vm_readv process_vm_writev kcmp
        *(40, 39, 41, 51, 97, 268),  # mount umount2 pivot_root chroot unshare setns
        *(280, 241, 219, 217, 218),  # bpf perf_event_open keyctl add_key request_key
        *(104, 294, 105, 273, 106),  # kexec_load kexec_file_load init_ finit_ delete_module
        *(142, 224, 225, 89, 60, 116),  # reboot swapon swapoff acct quotactl syslog
        *(161, 162, 92),  # sethostname setdomainname personality
        *(264, 265, 262, 263),  # name_to_handle_at open_by_handle_at fanotify_init _mark
        *(171, 266, 170, 112),  # adjtimex clock_adjtime settimeofday clock_settime
        *(33,),  # mknodat
    ),
}
# Newer calls have one number everywhere: io_uring_setup _enter _register, open_tree move_mount
# fsopen fsconfig fsmount fspick, pidfd_getfd, process_madvise, mount_setattr, quotactl_fd.
_DENIED_EVERYWHERE = (425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 440, 442, 443)

# Callers have another way when these say "no such call": clone3 hides its flags from the filter;
# userfaultfd; memory that a process can hold without mapping it (memfd_create, memfd_secret,
# shmget, msgget, semget); and watching who opens a file that several jails share (inotify_init1,
# inotify_init).
_ABSENT = {
    "x86_64": (435, 323, 319, 447, 29, 68, 64, 294, 253),
    "aarch64": (435, 282, 279, 447, 194, 186, 190, 26),
}
_CLONE = {"x86_64": 56, "aarch64": 220}
_SOCKET = {"x86_64": 41, "aarch64": 198}
_IOCTL = {"x86_64": 16, "aarch64": 29}
_FCNTL = {"x86_64": 72, "aarch64": 25}
_PRCTL = {"x86_64": 157, "aarch64": 167}
_SETRLIMIT = {"x86_64": 160, "aarch64": 164}
_PRLIMIT64 = {"x86_64": 302, "aarch64": 261}

_NEW_NAMESPACE_FLAGS = 0x7E020000  # CLONE_NEW*; CLONE_NEWTIME exists for clone3 and unshare only
_AF_UNIX = 1
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C  # typing into a terminal
_F_SETLEASE, _F_NOTIFY = 1024, 1026  # making others wait for a file, watching a folder
_PR_SET_PDEATHSIG, _SIGKILL = 1, 9  # any other signal: outliving the grader
_RLIMIT_CORE = 4  # starting the crash reporter again, see limits.py

# Classic BPF: load a 32-bit word, jump on =, >=, any common bit; return.
_LOAD, _EQUAL, _AT_LEAST, _COMMON_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT, _SECOND_ARGUMENT, _THIRD_ARGUMENT = 0, 4, 16, 24, 32
_ALLOW, _KILL_PROCESS, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000


def supported(machine: str) -> bool:
    """Whether the call numbers of this processor architecture are known here."""
    return machine in _AUDIT_ARCH


def install() -> None:
    """Filter this process and everything it will start, for good. Needs no-new-privileges."""
    program = filter_program(linux.machine())
    instructions = ctypes.create_string_buffer(program, len(program))
    linux.set_seccomp_filter(len(program) // 8, ctypes.addressof(instructions))


def filter_program(machine: str) -> bytes:
    """The filter for one architecture as BPF instructions of 8 bytes."""
    refuse, absent = _REFUSE | errno.EPERM, _REFUSE | errno.ENOSYS
    program = [_step(_LOAD, _ARCHITECTURE), _step(_EQUAL, _AUDIT_ARCH[machine], 1, 0)]
    program += [_step(_RETURN, _KILL_PROCESS), _step(_LOAD, _NUMBER)]
    if machine == "x86_64":
        program += [_step(_AT_LEAST, _X32_BIT, 0, 1), _step(_RETURN, refuse)]
    for number in (*_DENIED[machine], *_DENIED_EVERYWHERE):
        program += [_step(_EQUAL, number, 0, 1), _step(_RETURN, refuse)]
    for number in _ABSENT[machine]:
        program += [_step(_EQUAL, number, 0, 1), _step(_RETURN, absent)]
    program += _if_call(
        _CLONE[machine],
        _FIRST_ARGUMENT,
        [_step(_COMMON_BIT, _NEW_NAMESPACE_FLAGS, 0, 1), _step(_RETURN, refuse)],
    )
    program += _if_call(
        _SOCKET[machine],
        _FIRST_ARGUMENT,
        [_step(_EQUAL, _AF_UNIX, 1, 0), _step(_RETURN, _REFUSE | errno.EAFNOSUPPORT)],
    )
    for numbers, argument, one, other in (
        (_IOCTL, _SECOND_ARGUMENT, _TIOCSTI, _TIOCLINUX),
        (_FCNTL, _SECOND_ARGUMENT, _F_SETLEASE, _F_NOTIFY),
        (_SETRLIMIT, _FIRST_ARGUMENT, _RLIMIT_CORE, _RLIMIT_CORE),
    ):
        either = [_step(_EQUAL, one, 1, 0), _step(_EQUAL, other, 0, 1), _step(_RETURN, refuse)]
        program += _if_call(numbers[machine], argument, either)
    program += _if_call(_PRCTL[machine], _FIRST_ARGUMENT, _death_signal(refuse))
    program += _if_call(_PRLIMIT64[machine], _SECOND_ARGUMENT, _new_core_limit(refuse))
    return b"".join([*program, _step(_RETURN, _ALLOW)])


def _if_call(number: int, argument: int, body: list[bytes]) -> list[bytes]:
    """Run `body` on an argument's low word if the call is `number`; the number is loaded again."""
    inner = [_step(_LOAD, argument), *body, _step(_LOAD, _NUMBER)]
    return [_step(_EQUAL, number, 0, len(inner)), *inner]


def _death_signal(refuse: int) -> list[bytes]:
    """After the option is loaded: the signal at the parent's end may be SIGKILL, no other."""
    return [
        _step(_EQUAL, _PR_SET_PDEATHSIG, 0, 3),
        _step(_LOAD, _SECOND_ARGUMENT),
        _step(_EQUAL, _SIGKILL, 1, 0),
        _step(_RETURN, refuse),
    ]


def _new_core_limit(refuse: int) -> list[bytes]:
    """After the resource is loaded: refuse to set it; a null pointer to a new limit only reads."""
    return [
        _step(_EQUAL, _RLIMIT_CORE, 0, 5),
        _step(_LOAD, _THIRD_ARGUMENT),
        _step(_EQUAL, 0, 0, 2),
        _step(_LOAD, _THIRD_ARGUMENT + 4),
        _step(_EQUAL, 0, 1, 0),
        _step(_RETURN, refuse),
    ]


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)
