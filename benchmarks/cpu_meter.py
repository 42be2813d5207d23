"""Processor time of a command and of everything it starts, whoever waits for it.

The time of children counts for their parent only when it waits for them. A warm parent that ignores
its children's end, or processes that outlive theirs, would go uncounted. So the command runs in a
control group of its own (version 1, cpuacct); where there is none, the whole machine is counted.
"""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

CPUACCT = Path("/sys/fs/cgroup/cpuacct")
_ENDED_S = 10
PROBE_S = 0.5

# A grandchild whose parent ignores its end and is gone first, like a jail below a warm parent.
_PROBE = f"""
import os, signal, time
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
if os.fork() == 0:
    if os.fork() == 0:
        while time.process_time() < {PROBE_S}:
            pass
    os._exit(0)
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command took, and what it wrote."""

    cpu_s: float
    wall_s: float
    stdout: str
    stderr: str

    def __add__(self, other):
        texts = self.stdout + other.stdout, self.stderr + other.stderr
        return Cost(self.cpu_s + other.cpu_s, self.wall_s + other.wall_s, *texts)


def run(command, *, check=True, **options):
    """Run a command and count it. Ends the program when the command fails, unless told not to."""
    group = _new_group()
    before = _machine_cpu_s()
    started = time.perf_counter()
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=None if group is None else lambda: _join(group),  # safe: one thread
        **options,
    )
    wall_s = time.perf_counter() - started
    if group is None:
        cpu_s = _machine_cpu_s() - before
    else:
        _wait_until_empty(group)
        cpu_s = int((group / "cpuacct.usage").read_text()) / 1e9
        group.rmdir()
    if check and done.returncode:
        sys.exit(f"{command} ended with {done.returncode}:\n{done.stdout}\n{done.stderr[-3000:]}")
    return Cost(cpu_s, wall_s, done.stdout, done.stderr)


def describe():
    """How it is counted here, with a try on a process that nobody waits for."""
    found = run([sys.executable, "-c", _PROBE]).cpu_s
    where = "a control group of its own (cpuacct)" if _has_groups() else "the WHOLE machine"
    text = f"{where}; of an orphan's {PROBE_S:.2f} CPU-s it counts {found:.2f}, Python's start too"
    if found < PROBE_S:
        sys.exit(f"Processor time cannot be counted here: {text}")
    return text


def _has_groups():
    return os.access(CPUACCT / "cgroup.procs", os.W_OK)


def _new_group():
    if not _has_groups():
        return None
    group = CPUACCT / f"tinymledu-bench-{os.urandom(4).hex()}"
    group.mkdir()
    return group


def _join(group):
    (group / "cgroup.procs").write_text("0")


def _wait_until_empty(group):
    deadline = time.monotonic() + _ENDED_S
    while (group / "cgroup.procs").read_text().strip():
        if time.monotonic() > deadline:
            sys.exit("Processes of the command are still there: its time cannot be told.")
        time.sleep(0.02)


def _machine_cpu_s():
    """User, nice, system, interrupts: everything but idle and waiting, of all cores."""
    fields = [int(one) for one in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    busy = sum(fields[:3]) + sum(fields[5:7])
    return busy / os.sysconf("SC_CLK_TCK")
