"""What one submission may use, and the limits the kernel keeps for each process."""

import os
from dataclasses import dataclass
from pathlib import Path

from tinymledu.errors import InputError

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB


@dataclass(frozen=True, slots=True)
class Limits:
    """Resources of one jail. Student and checker get the same.

    Attributes:
        wall_s: cells and answers together; apart from that, the checks. Neither pays for the
            time in which it waits for the other.
        cpu_s: processor time of each process in the jail.
        memory_bytes: with a memory cgroup, of the whole jail; otherwise of each process, beyond
            what the warm parent had mapped already.
        pids: processes and threads in the jail at one time.
        scratch_bytes: everything written under the working folder, /tmp, home and /dev/shm.
        output_bytes: text kept from one cell; the rest is dropped.
        cell_s: one cell; then it is interrupted, and the next one starts.
        call_s: one call of a student's function by a check.
    """

    wall_s: float = 300.0
    cpu_s: float = 300.0
    memory_bytes: int = 2 * GIB
    pids: int = 64
    scratch_bytes: int = 256 * MIB
    output_bytes: int = 256 * KIB
    cell_s: float = 60.0
    call_s: float = 10.0

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if not getattr(self, name) > 0:
                raise InputError(
                    f"The limit {name} is {getattr(self, name)!r}; it must be positive."
                )


# A lecturer's session may allow real-time priorities (for audio); a jail could take all cores.
# Message queues are kernel memory. Each is 0 for a jail.
_NOTHING_OF = ("RLIMIT_RTPRIO", "RLIMIT_NICE", "RLIMIT_MSGQUEUE")


def apply_process_limits(limits: Limits, *, count_processes: bool, address_space: bool) -> None:
    """Set this process's rlimits. They are inherited by everything it starts.

    Args:
        count_processes: limit processes per uid; only where the uid is this jail's alone.
        address_space: limit mapped memory, for machines without a memory cgroup.
    """
    import resource  # POSIX only

    cpu_s = max(1, round(limits.cpu_s))
    wanted = {
        # With 0 the kernel still starts a crash reporter outside, if it knows one; with 1 never.
        resource.RLIMIT_CORE: (1, 1),
        resource.RLIMIT_FSIZE: (limits.scratch_bytes, limits.scratch_bytes),
        resource.RLIMIT_NOFILE: (256, 256),
        resource.RLIMIT_MEMLOCK: (0, 0),
        resource.RLIMIT_CPU: (cpu_s, cpu_s + 2),  # SIGXCPU first: it can be told from a crash
    }
    for name in _NOTHING_OF:
        if hasattr(resource, name):  # Linux
            wanted[getattr(resource, name)] = (0, 0)
    if count_processes:
        wanted[resource.RLIMIT_NPROC] = (limits.pids, limits.pids)
    if address_space:
        mapped_pages = int(Path("/proc/self/statm").read_text().split()[0])
        address_bytes = mapped_pages * os.sysconf("SC_PAGE_SIZE") + limits.memory_bytes
        wanted[resource.RLIMIT_AS] = (address_bytes, address_bytes)
    for kind, (soft, hard) in wanted.items():
        current = resource.getrlimit(kind)
        ceiling = current[1]
        if ceiling != resource.RLIM_INFINITY:
            soft, hard = min(soft, ceiling), min(hard, ceiling)
        if (soft, hard) != current:
            resource.setrlimit(kind, (soft, hard))
