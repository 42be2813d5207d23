"""Grade a small class in a process of its own, kill that at any moment, and see what is left."""

import contextlib
import os
import re
import select
import shutil
import signal
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from small_assignment import NAME, fresh_course, hand_in

# A class that touches everything: right, slow, wrong, twice the same, ended early, unreadable, and
# programs that leave processes behind.
CLASS = {
    "ana": "def double(x):\n    return 2 * x",
    "bo": "def double(x):\n    return 2 * x",
    "chi": "import time\ntime.sleep(0.3)\ndef double(x):\n    return x + x",
    "dara": "def double(x):\n    return {3: 6, 4: 8}[x]",
    "eve": "import os\nos._exit(0)",
    "femi": "import subprocess\nchild = subprocess.Popen(['sleep', '600'])\n"
    "def double(x):\n    return 2 * x",
    "gus": "import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(600)\n"
    "def double(x):\n    return x * 2",
    "hana": "def double(x):\n    raise ValueError(x)",
}

# The moment of grading is fixed: it is written into every page. So is the key of the programs,
# which changes when somebody works on this package while its tests run.
_PROGRAM = """
import sys
from datetime import datetime, timezone
from functools import partial
from tinymledu.course import grading, keys, work, zygote
keys.environment = lambda: 'as always'
work.Zygote = partial(zygote.Zygote, tensorflow=False)
class Clock:
    now = staticmethod(lambda zone: datetime(2026, 3, 2, tzinfo=timezone.utc))
grading.datetime = Clock
grading.grade(sys.argv[1], "T01")
"""


def make_course(folder):
    place = fresh_course(folder)
    for student, source in CLASS.items():
        hand_in(place, student, source)
    unread = place.submission_folder("ida", NAME)
    unread.mkdir(parents=True)
    (unread / f"{NAME}.ipynb").write_text("Dear teacher")
    return folder


def start(course, temporary):
    temporary.mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, str(course)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env={**os.environ, "TMPDIR": str(temporary)},
    )


def run_to_the_end(course, temporary):
    process = start(course, temporary)
    said = process.communicate(timeout=120)[1].decode()
    assert process.returncode == 0, said


def kill_after(course, temporary, seconds, *, everything):
    """Kill the grader's process group, or with it all it started; the processes there were."""
    process = start(course, temporary)
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        started = processes_of(temporary)
        os.killpg(process.pid, signal.SIGKILL)
        for pid in started if everything else []:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.communicate()
        return set(started)
    return set()


def processes_of(temporary):
    """Processes with the folder in their environment: graders, warm parents, supervisors, jails."""
    mark = os.fsencode(str(temporary))
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (entry / "environ").read_bytes() and int(entry.name) != os.getpid():
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def outlive(temporary, seconds):
    """The processes that have not ended by themselves after that time."""
    for pid in processes_of(temporary):
        try:
            handle = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        with os.fdopen(handle):
            select.select([handle], [], [], seconds)
    return processes_of(temporary)


def groups_of(pids):
    """Control groups that supervisors of these ids, in this pid namespace, have left."""
    here = Path("/proc/self/ns/pid").stat().st_ino
    made_here = re.compile(rf"tinymledu-[0-9a-f]{{8}}-{here}-(\d+)")  # as cgroups.new_name does
    return {
        path
        for path in Path("/sys/fs/cgroup").glob("**/tinymledu-*")
        if (match := made_here.fullmatch(path.name)) and int(match[1]) in pids
    }


@dataclass(frozen=True)
class Outcome:
    """What people and later runs find after a grading; times of running are left out."""

    files: dict
    scores: list
    n_rows: dict


_TIMES = re.compile(rb'"(wall_s|cpu_s|peak_memory_bytes|cached)": [^,\n}]+')


def outcome(course):
    folders = ("results", "grades", "feedback", "autograded")
    paths = [p for name in folders for p in (course / name).rglob("*") if p.is_file()]
    files = {str(p.relative_to(course)): _TIMES.sub(b"", p.read_bytes()) for p in paths}
    book = sqlite3.connect(course / "gradebook.db")
    try:
        tables = [
            row[0] for row in book.execute("select name from sqlite_master where type='table'")
        ]
        n_rows = {
            name: book.execute(f"select count(*) from {name}").fetchone()[0] for name in tables
        }
        scores = sorted(book.execute(_SCORES).fetchall())
    finally:
        book.close()
    return Outcome(files, scores, n_rows)


_SCORES = """
    select submitted_assignment.student_id, submitted_assignment.timestamp, base_cell.name,
           grade.auto_score, grade.manual_score, grade.needs_manual_grade
    from grade
    join base_cell on base_cell.id = grade.cell_id
    join submitted_notebook on submitted_notebook.id = grade.notebook_id
    join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
"""


def copy_of(course, folder):
    shutil.copytree(course, folder)
    return folder
