"""What a hostile notebook may try, measured: caps, messages, and what a lecturer is told.

The many attacks that need no test of their own are data, in attacks/; test_corpus.py grades them.
Hostile code runs only through run_submission, that is in the full jail, never bare. Each attack is
also harmless where it would succeed: it leaves a marker in a throw-away folder, or sends signal 0.
"""

import os
import resource
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tinymledu.course import sandbox, wire
from tinymledu.course.isolation.limits import MIB
from tinymledu.course.runner import Limits, run_submission
from tinymledu.course.verdict import Verdict
from tinymledu.course.zygote import Zygote

SMALL = Limits(
    wall_s=30, cpu_s=20, memory_bytes=300 * MIB, pids=24, scratch_bytes=16 * MIB, cell_s=8, call_s=3
)
SECRET = "the-hidden-answer-7141"

CHECKS = f"""
from tinymledu.course.checks import as_number, check, expect

SECRET = "{SECRET}"


@check(points=10, title="double doubles", hint="Multiply by 2.")
def doubles(student):
    got = as_number(student.call("double", 4), "double(4)")
    expect(got == 8, got=got, expected=8, where="double(4)")


@check(points=5, title="double works for large numbers", visible=False)
def doubles_large(student):
    got = as_number(student.call("double", 7141001), "double(7141001)")
    expect(got == 14282002, got=got, expected=14282002, where="double(7141001)")
"""

GOOD = "def double(x):\n    return 2 * x"


def run(warm, *cells, checks=CHECKS, limits=SMALL, **options):
    return run_submission(list(cells), checks, limits=limits, warm=warm, **options)


def errors(result):
    """What each cell came to, as one name: the error's, or the verdict's."""
    return [cell.error or cell.verdict.name for cell in result.cells]


def printed(warm, code, **options):
    """What a cell prints in the jail."""
    cell = run(warm, code, **options).cells[0]
    assert cell.verdict is Verdict.PASSED, cell
    return cell.output.strip()


# ------------------------------------------------------------------------------- files of others


def test_jail_does_not_show_a_file_beside_it(warm, tmp_path):
    (tmp_path / "other_submission.py").write_text(SECRET)
    result = run(warm, f"open({str(tmp_path / 'other_submission.py')!r}).read()")

    assert errors(result) == ["FileNotFoundError"]


def test_bind_is_read_only_and_a_link_in_it_leads_nowhere(warm, tmp_path):
    shared = tmp_path / "shared"
    shared.mkdir()
    (tmp_path / "secret").write_text(SECRET)
    (shared / "data").write_text("shown")
    (shared / "link").symlink_to(tmp_path / "secret")
    result = run(
        warm,
        "print(open('/scratch/cache/shared/data').read())",
        "open('/scratch/cache/shared/data', 'w')",
        "open('/scratch/cache/shared/link').read()",
        readonly_binds={"/scratch/cache/shared": str(shared)},
    )

    assert result.cells[0].output == "shown\n"
    assert errors(result)[1] in ("PermissionError", "OSError")
    assert errors(result)[2] == "FileNotFoundError"
    assert (shared / "data").read_text() == "shown"


def test_one_run_leaves_nothing_for_the_next(warm):
    look = "import os; print([os.listdir(f) for f in ['/tmp', '/scratch/work', '/dev/shm']])"
    before = printed(warm, look)  # /tmp shows the interpreter where a checkout lies under /tmp

    leave = "for f in ['/tmp/a', '/scratch/work/a', '/dev/shm/a']: open(f, 'w').write('x')"
    assert errors(run(warm, leave)) == ["PASSED"]

    assert "'a'" not in before
    assert printed(warm, look) == before


def test_source_of_the_checks_is_nowhere_in_the_students_memory(warm):
    run(warm, GOOD)  # a first run: what the warm parent saw of it, a later fork would inherit
    # The needle is put together by arithmetic, so that the search does not find itself.
    code = f"""
needle = bytes(b ^ 1 for b in {bytes(b ^ 1 for b in SECRET.encode())!r})
hits = 0
with open('/proc/self/maps') as maps, open('/proc/self/mem', 'rb', 0) as memory:
    for line in maps:
        span, rights = line.split()[:2]
        if 'r' not in rights or line.rstrip().endswith(('[vvar]', '[vsyscall]', '[vvar_vclock]')):
            continue
        start, end = (int(part, 16) for part in span.split('-'))
        memory.seek(start)
        try:
            hits += memory.read(end - start).count(needle)
        except OSError:
            pass
print(hits)
"""
    n_own = 1  # the needle itself
    assert int(printed(warm, code)) <= n_own + 1  # and a temporary of the search


def test_symlink_as_output_file_is_not_followed(warm):
    checks = """
from tinymledu.course.checks import check, expect

@check(points=1, title="model.tflite is there")
def has_model(student):
    expect(len(student.file("model.tflite")) > 0)
"""
    result = run(warm, "import os; os.symlink('/etc/passwd', 'model.tflite')", checks=checks)

    assert result.checks[0].verdict is Verdict.FAILED
    assert result.checks[0].message == "There is no file 'model.tflite'."


# ---------------------------------------------------------------------------------- other processes


def test_fork_bomb_is_capped_and_leaves_nobody(warm):
    code = """
import os, time
n = 0
try:
    for _ in range(500):
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
        n += 1
except OSError as error:
    print(n, type(error).__name__)
"""
    result = run(warm, code, GOOD)

    n, error = result.cells[0].output.split()
    assert int(n) < SMALL.pids
    assert error == "BlockingIOError"
    assert result.checks[0].points_earned == 10
    assert jailed_processes() == []


def test_threads_are_capped(warm):
    code = """
import threading, time
n = 0
try:
    for _ in range(500):
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        n += 1
except RuntimeError:
    print(n)
"""
    assert int(printed(warm, code)) < SMALL.pids


def jailed_processes():
    """Processes in another pid namespace than ours whose supervisor is a child of a warm parent."""
    own = Path("/proc/self/ns/pid").readlink()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                other = (entry / "ns" / "pid").readlink() != own
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if other and b"tinymledu.course.warm_parent" in command and _is_ours(entry):
                found.append(entry.name)
    return found


def _is_ours(entry):
    """Whether this test process is among the ancestors."""
    while entry.name not in ("0", "1"):
        if entry.name == str(os.getpid()):
            return True
        status = (entry / "status").read_text()
        parent = next(line for line in status.splitlines() if line.startswith("PPid:"))
        entry = entry.parent / parent.split()[1]
    return False


# ------------------------------------------------------------------------------------- resources


def test_endless_loop_is_interrupted_and_the_next_cell_runs(warm):
    limits = Limits(cell_s=0.5)
    result = run(warm, "while True: pass", GOOD, limits=limits)

    assert [cell.verdict for cell in result.cells] == [Verdict.OUT_OF_TIME, Verdict.PASSED]
    assert [check.points_earned for check in result.checks] == [10, 5]


STUBBORN = """
while True:
    try:
        while True: sum(range(1000))
    except BaseException: pass
"""


def test_endless_loop_that_catches_everything_is_killed(warm):
    result = run(warm, GOOD, STUBBORN, GOOD, limits=Limits(cell_s=0.5))

    verdicts = [cell.verdict for cell in result.cells]
    assert verdicts == [Verdict.PASSED, Verdict.OUT_OF_TIME, Verdict.NOT_RUN]
    assert [check.verdict for check in result.checks] == [Verdict.OUT_OF_TIME] * 2
    assert "could not be interrupted" in result.checks[0].message


def test_total_time_is_limited(warm):
    result = run(warm, *["import time; time.sleep(0.7)"] * 5, limits=Limits(wall_s=1.5, cell_s=10))

    assert result.verdict is Verdict.OUT_OF_TIME
    assert result.cells[-1].verdict is Verdict.NOT_RUN


def test_processor_time_is_limited(warm):
    result = run(warm, STUBBORN, limits=Limits(cpu_s=1, cell_s=30))

    assert result.verdict is Verdict.OUT_OF_TIME
    assert result.cpu_s < 8


def test_call_that_never_ends_costs_only_its_check(warm):
    checks = (
        CHECKS
        + """
@check(points=3, title="spin ends")
def spins(student):
    student.call("spin")

@check(points=4, title="double still works")
def after(student):
    expect(as_number(student.call("double", 1), "double(1)") == 2)
"""
    )
    spin = "def spin():\n    while True: pass"
    result = run(warm, GOOD, spin, checks=checks, limits=Limits(call_s=0.5))

    assert [check.verdict.name for check in result.checks] == [
        "PASSED", "PASSED", "OUT_OF_TIME", "PASSED",
    ]  # fmt: skip
    assert result.checks[2].message == "spin() did not end: longer than 0.5 s."


def test_function_that_did_not_end_is_not_called_again(warm):
    checks = """
from tinymledu.course.checks import check, expect

@check(points=1, title="spin ends")
def spins(student):
    student.call("spin")

@check(points=1, title="spin ends for others", visible=False)
def spins_for_others(student):
    student.call("spin")

@check(points=1, title="double works", visible=False)
def doubles(student):
    expect(student.call("double", 2) == 4)
"""
    spin = "calls = 0\ndef spin():\n    global calls\n    calls += 1\n    while True: pass"
    limits = Limits(wall_s=4, call_s=2.5)
    result = run(warm, GOOD, spin, checks=checks, limits=limits)

    assert [check.verdict.name for check in result.checks] == [
        "OUT_OF_TIME", "OUT_OF_TIME", "PASSED",
    ]  # fmt: skip


def test_memory_hog_is_stopped(warm):
    result = run(warm, "hog = []\nwhile True: hog.append(bytearray(10_000_000))", GOOD)

    assert result.verdict is Verdict.OUT_OF_MEMORY
    assert result.cells[0].verdict is Verdict.OUT_OF_MEMORY
    assert result.peak_memory_bytes < 2 * SMALL.memory_bytes


def test_memory_of_many_processes_is_limited_together(warm):
    layers = {layer.name: layer for layer in sandbox.available().layers}
    if not layers["control groups"].present:
        pytest.skip(layers["control groups"].reason)
    code = """
import os, time
for _ in range(8):
    if os.fork() == 0:
        hog = b'x' * 100_000_000
        time.sleep(30)
time.sleep(3)
"""
    limits = Limits(memory_bytes=200 * MIB, pids=24, cell_s=4)
    result = run(warm, code, limits=limits)

    assert 150 * MIB < result.peak_memory_bytes <= limits.memory_bytes


def test_disk_fill_is_capped(warm):
    code = """
import errno
n = 0
for folder in ('/tmp', '/scratch/work', '/dev/shm', '/scratch/home'):
    try:
        with open(folder + '/fill', 'wb') as file:
            for _ in range(100):
                n += file.write(bytes(1_000_000))
    except OSError as error:
        assert error.errno in (errno.ENOSPC, errno.EFBIG), error
print(n)
"""
    assert int(printed(warm, code)) <= SMALL.scratch_bytes


def test_flood_of_files_is_capped(warm):
    code = """
n = 0
try:
    for n in range(100_000):
        open(f'/tmp/{n}', 'w').close()
except OSError:
    print(n)
"""
    assert int(printed(warm, code)) < 25_000


def test_100_mb_of_output_is_cut(warm):
    limits = Limits(output_bytes=10_000)
    code = "for _ in range(1000): print('x' * 100_000)"
    result = run(warm, code, "!head -c 20000000 /dev/zero | tr '\\0' 'y'", GOOD, limits=limits)

    for cell in result.cells[:2]:
        assert cell.truncated
        assert len(cell.output) <= 10_004
    assert result.verdict is Verdict.PASSED


# ------------------------------------------------------------------------------ ways to the end


def test_process_that_ends_itself_fails_with_the_reason(warm):
    result = run(warm, "import os; os._exit(3)", GOOD)

    assert result.verdict is Verdict.FAILED
    assert "exit status 3" in result.reason
    assert result.cells[0].verdict is Verdict.FAILED
    assert result.cells[1].verdict is Verdict.NOT_RUN
    assert [check.points_earned for check in result.checks] == [0, 0]
    assert "exit status 3" in result.checks[0].message


# ------------------------------------------------------------------------------------ cheating


def test_one_file_is_judged_by_all_checks(warm):
    checks = """
from tinymledu.course.checks import check, expect

@check(points=1, title="small")
def small(student):
    expect(student.file("m.bin") == b"small")

@check(points=1, title="good", visible=False)
def good(student):
    expect(student.file("m.bin") == b"large and good")
"""
    changing = """
from pathlib import Path
read, answers = Path.read_bytes, [b"small", b"large and good"]
Path("m.bin").write_bytes(b"small")
Path.read_bytes = lambda path: answers.pop(0) if path.name == "m.bin" else read(path)
"""
    result = run(warm, changing, checks=checks)

    assert [check.points_earned for check in result.checks] == [1, 0]


def test_hidden_inputs_do_not_come_out_in_anything_a_student_reads(warm):
    spy = """
seen = []
def double(x):
    seen.append(x)
    print(seen)
    raise ValueError(f'seen: {seen}')
"""
    result = run(warm, spy)

    shown = [check.message for check in result.checks] + [cell.output for cell in result.cells]
    assert not any("7141001" in text or "14282002" in text for text in shown)
    assert result.checks[1].message == "Not met: double works for large numbers."
    assert "7141001" in result.checks[1].detail


def test_hidden_checks_run_after_visible_ones_whatever_their_order(warm):
    checks = """
from tinymledu.course.checks import check

@check(points=1, title="hidden", visible=False)
def first_in_the_file(student):
    student.call("f", "hidden input")

@check(points=1, title="visible")
def second_in_the_file(student):
    student.call("f", "visible input")
"""
    spy = "seen = []\ndef f(x):\n    seen.append(x)\n    raise ValueError(seen)"
    result = run(warm, spy, checks=checks)

    assert [check.name for check in result.checks] == ["first_in_the_file", "second_in_the_file"]
    assert result.checks[1].message.endswith(
        "raised ValueError in line 4 of its cell: ['visible input']"
    )


def test_no_control_group_is_left(warm):
    before = empty_groups()
    run(warm, GOOD)

    assert wait_for(lambda: empty_groups() <= before)


def empty_groups():
    """Those of a grader at work beside us have somebody in, or are gone a moment later."""
    found = set()
    for group in Path("/sys/fs/cgroup").rglob("tinymledu-*"):
        with suppress(OSError):
            if not (group / "cgroup.procs").read_text().strip():
                found.add(group)
    return found


# --------------------------------------------------------------------- what a reader of ours found


def warm_with(prepare):
    """A program with a warm parent that `prepare` has a hand in, and what it prints."""
    program = f"""
import os, sys
from tinymledu.course.runner import run_submission
from tinymledu.course.zygote import Zygote
{prepare}
with Zygote(tensorflow=False) as warm:
    print(run_submission([sys.argv[1]], "", warm=warm).cells[0].output)
"""
    return lambda cell: subprocess.run(
        [sys.executable, "-c", program, cell],
        capture_output=True, text=True, timeout=60, check=True,
    ).stdout.strip()  # fmt: skip


def test_line_to_the_warm_parent_is_not_inherited_by_a_grader_with_many_open_files():
    prepare = "files = [os.open('/dev/null', os.O_RDONLY) for _ in range(300)]"
    look = """
import os
numbers = [int(name) for name in os.listdir('/proc/self/fd')]
print([n for n in numbers if n > 3 and os.path.exists(f'/proc/self/fd/{n}')])
"""
    assert warm_with(prepare)(look) == "[]"


def test_what_a_lecturers_session_may_is_not_inherited(warm):
    """Real-time and high priority, message queues, and a crash reporter (0 would start one)."""
    code = """
import resource as r
print([r.getrlimit(n)[0] for n in (r.RLIMIT_RTPRIO, r.RLIMIT_NICE, r.RLIMIT_MSGQUEUE)])
print(r.getrlimit(r.RLIMIT_CORE)[0] == min(1, HARD))
"""
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1] % 2**64  # -1 is no limit

    assert printed(warm, code.replace("HARD", str(hard))) == "[0, 0, 0]\nTrue"


OUTLIVE = """
import os, threading, time
threading.Thread(target=lambda: os.execv('/bin/sleep', ['sleep', '50'])).start()
time.sleep(50)
"""


def test_jail_ends_with_the_warm_parent_even_without_a_death_signal():
    """A thread that calls exec becomes process 1 with no signal for its parent's end."""
    with Zygote(tensorflow=False) as warm:
        process = warm.start("student", SMALL)
        order = {"cells": [OUTLIVE], "files": {}}
        wire.send_frame(process.channel, wire.to_json(order))
        (jailed,) = wait_for(
            lambda: [p for p in grand_children(warm.pid) if is_running(p, "sleep")]
        )
        os.kill(warm.pid, signal.SIGKILL)

        assert wait_for(lambda: not Path(f"/proc/{jailed}").exists())


def wait_for(condition):
    """What `condition` gives as soon as that is something, or at last."""
    for _ in range(200):
        if found := condition():
            return found
        time.sleep(0.05)
    return condition()


def is_running(pid, program):
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip() == program
    except OSError:
        return False


UNGRADABLE = {
    "array_of_many_sides": "np.zeros((4,) * 10, bool)",
    "one_long_text_among_many": "['a' * 500_000] + [''] * 1000",
    "long_bytes_among_many": "[b'a' * 500_000] + [b''] * 1000",
    "empty_array_with_a_long_side": "np.zeros((0, 2**27), np.uint8)",
    "large_dict": "dict.fromkeys(range(20_000))",
}


@pytest.mark.parametrize("value", UNGRADABLE.values(), ids=UNGRADABLE.keys())
def test_answer_that_would_fill_or_delay_the_checker_fails_and_is_no_grader_error(warm, value):
    checks = """
from tinymledu.course.checks import as_array, check, expect

@check(points=1, title="adds up to 3")
def adds_up(student):
    got = as_array(student.call("f"), "f()")
    expect(got.sum(axis=0).sum() == 3, got=got)
"""
    result = run(warm, f"import numpy as np\ndef f(): return {value}", checks=checks)

    assert result.verdict is Verdict.FAILED, result.reason
    assert result.wall_s < 10


# ------------------------------------------------------------------------------ without the layers


REFUSAL = """
import json
import sys
from tinymledu.course.isolation import linux, seccomp
linux.no_new_privileges()
seccomp.install()          # takes unshare and mount away, as a locked-down container does
from tinymledu.course import sandbox, wire
from tinymledu.course.runner import run_submission
from tinymledu.errors import SandboxError
try:
    run_submission(["open(MARKER, 'w')"], "")
except SandboxError as error:
    print(json.dumps([error.exit_code, str(error)]))
"""


def test_where_namespaces_are_forbidden_nothing_is_run(tmp_path):
    marker = tmp_path / "marker"
    done = subprocess.run(
        [sys.executable, "-c", REFUSAL.replace("MARKER", repr(str(marker)))],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip

    assert done.stdout.startswith(
        '[3, "Untrusted code was not run: this machine cannot isolate it.'
    )
    assert "namespaces: unshare: Operation not permitted" in done.stdout
    assert not marker.exists()


def test_jail_ends_with_the_grader(tmp_path):
    """A grader that is killed leaves no jail: here a child process that is ours to kill."""
    program = f"""
from tinymledu.course.runner import Limits, run_submission
from tinymledu.course.zygote import Zygote
with Zygote(tensorflow=False) as warm:
    open({str(tmp_path / "up")!r}, 'w').close()
    run_submission(["import time; time.sleep(50)"], "", limits=Limits(), warm=warm)
"""
    grader = subprocess.Popen([sys.executable, "-c", program])
    descendants = []
    for _ in range(600):
        descendants = grand_children(grader.pid)
        if (tmp_path / "up").exists() and any(in_a_jail(pid) for pid in descendants):
            break
        time.sleep(0.05)
    folder = Path(f"/proc/{descendants[0]}/cwd").readlink()  # the warm parent's
    grader.send_signal(signal.SIGKILL)
    grader.wait()

    assert len(descendants) == 3  # the warm parent, a supervisor, a jailed process
    for _ in range(100):
        alive = [pid for pid in descendants if Path(f"/proc/{pid}").exists()]
        if not alive:
            break
        time.sleep(0.05)
    assert alive == []
    assert not folder.exists()


def in_a_jail(pid):
    try:
        entered = Path(f"/proc/{pid}/ns/mnt").readlink() != Path("/proc/self/ns/mnt").readlink()
        return entered and Path(f"/proc/{pid}/root/scratch").exists()
    except OSError:
        return False


def grand_children(pid):
    """All descendants of a process."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += [int(child), *grand_children(int(child))]
    return found
