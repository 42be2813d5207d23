"""The layers of the jail: what is reported, the tables behind them, and the jail without root."""

import json
import os
import re
import struct
import subprocess
import sys
from pathlib import Path

import nobody
import pytest
from attacks import arena

from tinymledu.course import probe, sandbox
from tinymledu.course.isolation import cgroups, identity, landlock, linux, mounts, seccomp
from tinymledu.course.isolation.limits import MIB, Limits
from tinymledu.errors import SandboxError

REPOSITORY = Path(__file__).parents[2]

LAYERS = (
    "namespaces",
    "file system",
    "privileges",
    "process limits",
    "system call filter",
    "Landlock",
    "control groups",
    "uid per jail",
)


# ------------------------------------------------------------------------------ what is reported


@pytest.mark.skipif(sys.platform != "linux", reason="the layers are Linux's")
def test_available_names_every_layer_and_a_reason_for_each_missing_one():
    isolation = sandbox.available()

    assert tuple(layer.name for layer in isolation.layers) == LAYERS
    for layer in isolation.layers:
        assert layer.present or layer.reason
        assert layer.present != bool(layer.fix or layer.reason)


def test_available_is_none_outside_linux(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    isolation = sandbox.available.__wrapped__()

    assert isolation.level == sandbox.NONE
    assert "this is darwin" in isolation.refusal()
    assert "WSL2" in isolation.refusal()


FORBIDDEN = """
import resource
resource.setrlimit(resource.RLIMIT_CORE, (1, 1))  # what the filter would refuse below
from tinymledu.course import probe
from tinymledu.course.isolation import linux, seccomp
linux.no_new_privileges()
seccomp.install()
from tinymledu.course.sandbox import as_records
print(as_records(probe.layers()))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the layers are Linux's")
def test_probe_reports_forbidden_namespaces_and_how_to_allow_them():
    done = subprocess.run(
        [sys.executable, "-c", FORBIDDEN], capture_output=True, text=True, timeout=60, check=True
    )
    layers = {layer["name"]: layer for layer in json.loads(done.stdout)}

    assert not layers["namespaces"]["present"]
    assert layers["namespaces"]["reason"] == "unshare: Operation not permitted"
    assert "--security-opt seccomp=unconfined" in layers["namespaces"]["fix"]
    assert layers["process limits"]["present"]


def without_layers(monkeypatch, uid):
    missing = sandbox.Layer("namespaces", False, "forbidden here", "Allow them.")
    monkeypatch.setattr(sandbox, "available", lambda: sandbox.Isolation(sandbox.NONE, (missing,)))
    monkeypatch.setattr(os, "geteuid", lambda: uid, raising=False)


@pytest.mark.parametrize("uid", [0, 1000])
def test_batch_without_isolation_is_refused_with_the_layer_and_the_way_out(monkeypatch, uid):
    without_layers(monkeypatch, uid)

    with pytest.raises(SandboxError) as refused:
        sandbox.level_for_batch(trust=False)

    assert str(refused.value) == (
        "NOT ISOLATED: this machine cannot shut untrusted code in, so nothing was run. namespaces: "
        "forbidden here. Allow them. If you trust every submission: add --i-trust-this-code"
    )


def test_batch_without_isolation_runs_for_a_person_who_trusts_it_and_never_for_root(monkeypatch):
    without_layers(monkeypatch, 1000)
    assert sandbox.level_for_batch(trust=True) == sandbox.NONE

    without_layers(monkeypatch, 0)
    with pytest.raises(SandboxError, match=r"you are root.*nothing was run.*ordinary user"):
        sandbox.level_for_batch(trust=True)


def test_batch_is_isolated_wherever_it_can_be_also_when_trusted(monkeypatch):
    monkeypatch.setattr(sandbox, "available", lambda: sandbox.Isolation(sandbox.FULL, ()))

    assert sandbox.level_for_batch(trust=True) == sandbox.FULL


def test_every_layer_says_what_its_absence_means():
    assert tuple(sandbox.MEANINGS) == LAYERS


def test_missing_layer_is_told_with_reason_meaning_and_way_out():
    layers = (
        sandbox.Layer("namespaces", True),
        sandbox.Layer("Landlock", False, "not supported", "Linux 5.13.", required=False),
    )

    assert sandbox.Isolation(sandbox.FULL, layers).weaknesses() == (
        "Without Landlock (not supported): there is one wall around your files instead of two. "
        "Linux 5.13.",
    )


def test_refusal_names_only_required_layers():
    layers = (
        sandbox.Layer("a", False, "no a", "get a"),
        sandbox.Layer("b", False, "no b", "get b", required=False),
        sandbox.Layer("c", True),
    )

    assert sandbox.Isolation(sandbox.NONE, layers).refusal() == "a: no a. get a"


@pytest.mark.parametrize(
    ("switch", "value", "fix"),
    [
        # Ubuntu 24.04 ships the first with 1; Debian kernels have the second.
        (
            "kernel/apparmor_restrict_unprivileged_userns",
            "1\n",
            "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
        ),
        (
            "kernel/unprivileged_userns_clone",
            "0\n",
            "sudo sysctl -w kernel.unprivileged_userns_clone=1",
        ),
        ("user/max_user_namespaces", "0\n", "sudo sysctl -w user.max_user_namespaces=15000"),
    ],
)
def test_fix_names_the_switch_that_forbids_namespaces(tmp_path, switch, value, fix):
    (tmp_path / switch).parent.mkdir()
    (tmp_path / switch).write_text(value)

    assert probe.namespace_fix(1000, tmp_path) == fix
    assert "--security-opt" in probe.namespace_fix(0, tmp_path)


def test_fix_for_a_container_is_given_where_no_switch_forbids(tmp_path):
    (tmp_path / "user").mkdir()
    (tmp_path / "user/max_user_namespaces").write_text("96365\n")

    assert "systempaths=unconfined" in probe.namespace_fix(1000, tmp_path)


# ------------------------------------------------------------------------ the call-number tables

CALLS = """
    ptrace process_vm_readv process_vm_writev kcmp mount umount2 pivot_root chroot unshare setns
    bpf perf_event_open keyctl add_key request_key kexec_load kexec_file_load init_module
    finit_module delete_module reboot swapon swapoff acct quotactl syslog sethostname
    setdomainname personality name_to_handle_at open_by_handle_at fanotify_init fanotify_mark
    adjtimex clock_adjtime settimeofday clock_settime mknodat
"""
X86_ONLY = "iopl ioperm mknod modify_ldt"
SAME_EVERYWHERE = """
    io_uring_setup io_uring_enter io_uring_register open_tree move_mount fsopen fsconfig fsmount
    fspick pidfd_getfd process_madvise mount_setattr quotactl_fd
"""
ABSENT = "clone3 userfaultfd memfd_create memfd_secret shmget msgget semget inotify_init1"
ABSENT_ON_X86 = " inotify_init"

HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}


@pytest.fixture(params=sorted(HEADERS))
def kernel_numbers(request):
    """Call numbers from the kernel's own headers."""
    header = HEADERS[request.param]
    if not header.exists():
        pytest.skip(f"{header} is not installed (package linux-libc-dev)")
    pattern = r"#define __NR(?:3264)?_(\w+)\s+(\d+)"
    return request.param, {n: int(v) for n, v in re.findall(pattern, header.read_text())}


def test_refused_calls_are_those_the_kernel_headers_name(kernel_numbers):
    machine, numbers = kernel_numbers
    wanted = (CALLS + (X86_ONLY if machine == "x86_64" else "")).split()

    assert sorted(seccomp._DENIED[machine]) == sorted(numbers[name] for name in wanted)
    assert list(seccomp._DENIED_EVERYWHERE) == [numbers[name] for name in SAME_EVERYWHERE.split()]


def test_absent_calls_are_those_the_kernel_headers_name(kernel_numbers):
    machine, numbers = kernel_numbers

    wanted = (ABSENT + (ABSENT_ON_X86 if machine == "x86_64" else "")).split()

    assert list(seccomp._ABSENT[machine]) == [numbers[name] for name in wanted]
    assert seccomp._CLONE[machine] == numbers["clone"]
    assert seccomp._SOCKET[machine] == numbers["socket"]
    assert seccomp._IOCTL[machine] == numbers["ioctl"]
    assert seccomp._FCNTL[machine] == numbers["fcntl"]
    assert seccomp._PRCTL[machine] == numbers["prctl"]
    assert seccomp._SETRLIMIT[machine] == numbers["setrlimit"]
    assert seccomp._PRLIMIT64[machine] == numbers["prlimit64"]
    assert linux._SYS_PIVOT_ROOT[machine] == numbers["pivot_root"]


ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALLOWED, EPERM, ENOSYS, NO_FAMILY, KILLED = 0x7FFF0000, 0x50001, 0x50026, 0x50061, 0x80000000


def verdict(program, number, arguments=(), architecture=None, machine="x86_64"):
    """What a filter answers: a small interpreter of classic BPF, after its manual."""
    padded = (*arguments, 0, 0, 0, 0, 0, 0)[:6]
    architecture = ARCHITECTURES[machine] if architecture is None else architecture
    data = struct.pack("<IIQ6Q", number, architecture, 0, *padded)
    steps = list(struct.iter_unpack("<HBBI", program))
    accumulator, at = 0, 0
    while True:
        code, if_true, if_false, value = steps[at]
        at += 1
        if code == 0x20:
            accumulator = struct.unpack_from("<I", data, value)[0]
        elif code == 0x06:
            return value
        else:
            holds = {
                0x15: accumulator == value,
                0x35: accumulator >= value,
                0x45: bool(accumulator & value),
            }[code]
            at += if_true if holds else if_false


@pytest.mark.parametrize(
    ("number", "arguments", "answer"),
    [
        (0, (), ALLOWED),  # read
        (59, (), ALLOWED),  # execve
        (165, (), EPERM),  # mount
        (435, (), ENOSYS),  # clone3
        (56, (17,), ALLOWED),  # clone as fork does
        (56, (0x10000011,), EPERM),  # with CLONE_NEWUSER
        (41, (1, 1), ALLOWED),  # socket AF_UNIX
        (41, (2, 1), NO_FAMILY),  # socket AF_INET
        (41, (0x1_0000_0001, 1), ALLOWED),  # the kernel reads 32 bits of it too
        (16, (0, 0x5401), ALLOWED),  # ioctl TCGETS
        (16, (0, 0x5412), EPERM),  # ioctl TIOCSTI
        (16, (0, 0x1_0000_5412), EPERM),
        (0x40000000, (), EPERM),  # an x32 number
        (72, (3, 3), ALLOWED),  # fcntl F_GETFL
        (72, (3, 1024), EPERM),  # fcntl F_SETLEASE
        (72, (3, 1026), EPERM),  # fcntl F_NOTIFY
        (157, (4, 1), ALLOWED),  # prctl PR_SET_DUMPABLE
        (157, (1, 9), ALLOWED),  # prctl PR_SET_PDEATHSIG SIGKILL
        (157, (1, 0), EPERM),
        (157, (1, 10), EPERM),
        (160, (7, 99), ALLOWED),  # setrlimit RLIMIT_NOFILE
        (160, (4, 99), EPERM),  # setrlimit RLIMIT_CORE
        (302, (0, 7, 99), ALLOWED),  # prlimit64 RLIMIT_NOFILE
        (302, (0, 4, 0, 99), ALLOWED),  # prlimit64 that only reads RLIMIT_CORE
        (302, (0, 4, 99), EPERM),
        (302, (0, 4, 0x7F00_0000_0000), EPERM),  # a pointer whose low word is zero
    ],
)
def test_filter_answers(number, arguments, answer):
    assert verdict(seccomp.filter_program("x86_64"), number, arguments) == answer


@pytest.mark.parametrize(
    ("number", "arguments", "answer"),
    [(63, (), ALLOWED), (40, (), EPERM), (435, (), ENOSYS), (198, (10,), NO_FAMILY)],
    ids=["read", "mount", "clone3", "socket"],
)
def test_filter_answers_on_aarch64(number, arguments, answer):
    program = seccomp.filter_program("aarch64")

    assert verdict(program, number, arguments, machine="aarch64") == answer


def test_filter_kills_a_call_of_another_architecture():
    i386 = 0x40000003

    assert verdict(seccomp.filter_program("x86_64"), 11, architecture=i386) == KILLED


def test_filter_is_reported_missing_on_other_machines():
    assert not seccomp.supported("riscv64")


@pytest.mark.parametrize(
    ("abi", "n_rights"), [(1, 13), (2, 14), (3, 15), (4, 15), (5, 16), (9, 16)]
)
def test_landlock_asks_only_for_rights_its_version_knows(abi, n_rights):
    # Kernel documentation: 13 rights at first, then REFER, TRUNCATE (3) and IOCTL_DEV (5).
    assert landlock._file_rights(abi) == 2**n_rights - 1


# -------------------------------------------------------------------------------------- the view


def test_view_has_what_python_needs_and_no_assignments():
    view = mounts.python_view(MIB, {})
    shown = [*view.read_only]

    assert str(REPOSITORY / "tinymledu") in shown
    assert str(REPOSITORY / "firmware") in shown
    assert not any(Path(path) in (REPOSITORY, REPOSITORY.parent, Path("/")) for path in shown)
    assert not any(str(REPOSITORY / "assignments").startswith(path) for path in shown)
    assert view.hidden == (str(REPOSITORY / "assignments"),)


def test_view_leaves_out_paths_inside_others():
    assert mounts._outermost(["/usr/lib", "/usr", "/usrx", "/opt/a", "/opt/a/b"]) == (
        "/usr",
        "/usrx",
        "/opt/a",
    )


@pytest.mark.skipif(os.getuid() != 0, reason="a uid per jail is a layer of root alone")
def test_no_two_live_jails_share_a_uid():
    uids = {identity.slot_uid(pid) for pid in range(2, 5000)}

    assert len(uids) == 4998
    assert min(uids) > 65534


def test_control_group_limits_are_what_was_asked(tmp_path):
    try:
        home = cgroups.find_home()
    except OSError as error:
        pytest.skip(f"no control groups here: {error}")
    group = cgroups.create(home, f"tinymledu-test-{os.getpid()}", Limits(memory_bytes=64 * MIB))
    try:
        limits = [
            (folder / name).read_text().strip()
            for folder in group.folders
            for name in ("memory.max", "memory.limit_in_bytes", "pids.max")
            if (folder / name).exists()
        ]
        assert sorted(limits) == ["64", str(64 * MIB)]
    finally:
        cgroups.remove(group)
    assert not any(folder.exists() for folder in group.folders)


def test_jail_has_a_share_of_the_cores_and_not_one_for_each_process():
    try:
        home = cgroups.find_home()
    except OSError as error:
        pytest.skip(f"no control groups here: {error}")
    if cgroups._SHARE not in dict(cgroups._mounts()) and home.version == 1:
        pytest.skip("no hierarchy for processor time is mounted")
    group = cgroups.create(home, f"tinymledu-test-{os.getpid()}", Limits())
    try:
        # One weight for the whole group: the kernel's defaults in version 1 and in version 2.
        files = [folder / name for folder in group.folders for name in ("cpu.shares", "cpu.weight")]
        weights = [int(file.read_text()) for file in files if file.exists()]
        if home.version == 2 and not weights:
            pytest.skip("the controller of processor time is not handed down")
        assert weights in ([1024], [100])
    finally:
        cgroups.remove(group)


# Text of the files as the kernel's own documentation gives it.
@pytest.mark.parametrize(
    ("version", "file", "text", "killed"),
    [
        (2, "memory.events", "low 0\nhigh 0\nmax 12\noom 1\noom_kill 1\n", True),
        (2, "memory.events", "low 0\nhigh 0\nmax 12\noom 1\noom_kill 0\n", False),
        (1, "memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n", True),
        (1, "memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 0\n", False),
    ],
)
def test_kill_for_memory_is_read_from_the_group(tmp_path, version, file, text, killed):
    (tmp_path / file).write_text(text)

    assert cgroups.ran_out_of_memory(cgroups.Group(version, (tmp_path,))) is killed


# ------------------------------------------------------------------------------------ without root

UNPRIVILEGED = """
import json, os, sys
from tinymledu.course import probe, sandbox
from tinymledu.course.runner import Limits, run_submission
from tinymledu.course.zygote import Zygote

CHECKS = '''
from tinymledu.course.checks import check, expect
@check(points=1, title="one")
def one(student):
    expect(student.call("one") == 1)
'''
CELLS = [
    "def one(): return 1",
    "import os; os.kill(GRADER, 0)".replace("GRADER", str(os.getpid())),
    "open('/usr/marker', 'w')",
    "import socket; socket.socket()",
    "import ctypes; assert ctypes.CDLL(None).unshare(0x10000000) == 0",
    "hog = []\\nwhile True: hog.append(bytearray(10_000_000))",
    "import os\\nn = 0\\ntry:\\n    for _ in range(200):\\n        if os.fork() == 0:\\n"
    "            import time; time.sleep(60)\\n        n += 1\\nexcept OSError: print(n < 24)",
    "print(os.getuid(), open('/proc/self/status').read().count('0000000000000000') >= 5)",
]
limits = Limits(memory_bytes=300 * 2**20, pids=24)
with Zygote(tensorflow=False) as warm:
    result = run_submission(CELLS, CHECKS, limits=limits, warm=warm)
print(json.dumps({
    "uid": os.getuid(),
    "level": sandbox.available().level,
    "missing": [l.name for l in sandbox.available().layers if not l.present],
    "cells": [cell.error or cell.output or cell.verdict.name for cell in result.cells],
    "points": result.points_earned,
    "reason": result.reason,
}))
"""


def test_jail_of_an_unprivileged_user_holds_too(warm):
    done = subprocess.run(
        nobody.command("-c", UNPRIVILEGED),
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)

    assert found["uid"] == 65534
    assert found["level"] == "full"
    assert "uid per jail" in found["missing"]
    assert found["cells"] == [
        "PASSED",
        "ProcessLookupError",
        "OSError",
        "OSError",
        "AssertionError",
        "MemoryError",
        "True\n",
        "65534 True\n",
    ]
    assert found["points"] == 1


@pytest.mark.slow
def test_every_layer_holds_for_an_unprivileged_user_too(warm):
    layers = Path(__file__).with_name("test_layers.py")
    done = subprocess.run(
        nobody.command("-m", "pytest", "-q", "-p", "no:cacheprovider", str(layers)),
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout[-3000:]
    assert re.search(r"^2\d passed, \d skipped", done.stdout, re.MULTILINE), done.stdout[-3000:]


@pytest.mark.slow
def test_attack_corpus_is_contained_for_an_unprivileged_user_too(warm):
    class_of = (str(nobody.HOME / "arena"), "1", "1", arena.QUICK)
    done = subprocess.run(
        nobody.command(arena.__file__, *class_of),
        capture_output=True, text=True, timeout=900, check=False, env=arena.environment(),
    )  # fmt: skip

    assert done.stdout, done.stderr[-3000:]
    assert json.loads(done.stdout)["problems"] == {}
