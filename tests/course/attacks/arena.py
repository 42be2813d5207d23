"""Grade the whole corpus in one class, shuffled among honest neighbours, and look for damage."""

import functools
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from small_assignment import NAME, fresh_course, notebook

from attacks import ATTACKS, system
from attacks.case import HONEST, Attack
from tinymledu import course
from tinymledu.course import grading
from tinymledu.course.grades import graded
from tinymledu.course.intake import read_submission
from tinymledu.course.isolation import linux
from tinymledu.course.kit import run
from tinymledu.course.zygote import Zygote

WALL_S = 3  # one submission; an honest one takes a tenth of a second
WORKERS = 2
QUICK = "quick"

NEIGHBOURS = {
    "adds": HONEST,
    "multiplies": "def double(x):\n    return 2 * x\n",
    "prints": f"{HONEST}print(double(3))\nfor n in range(50): print(n, end='\\r')\n",
    "uses_numpy": "import numpy as np\ndef double(x):\n    return np.add(x, x)\n",
    "writes_files": f"{HONEST}open('mine.txt', 'w').write('x' * 100_000)\n",
    "starts_threads": f"{HONEST}import threading\n"
    "threads = [threading.Thread(target=double, args=(n,)) for n in range(8)]\n"
    "for one in threads: one.start()\nfor one in threads: one.join()\n",
    "uses_memory": f"{HONEST}import numpy as np\nones = np.ones(10_000_000)\n",
    "literal": "def double(x):\n    return {3: 6, 4: 8}.get(x)\n",
    "square": "def double(x):\n    return x * x\n",
    "unfinished": "def double(x):\n    return None\n",
    "typo": "def double(x)\n    return x + x\n",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """One class: what went wrong by attack or by 'host' and 'neighbours', and how long it took."""

    problems: dict[str, str]
    n_attacks: int
    wall_s: float
    cpu_s_honest: float


def attacks_here() -> tuple[Attack, ...]:
    """Those whose system call numbers are this machine's."""
    return tuple(one for one in ATTACKS if one.machine in ("", linux.machine()))


def quick(size: int = 8) -> tuple[Attack, ...]:
    """The quick ones; those on the system, which end in an exception, several to a submission."""
    chosen = [one for one in attacks_here() if not one.slow]
    alike = [one for one in chosen if one in system.ATTACKS]
    groups = [alike[at : at + size] for at in range(0, len(alike), size)]
    return (*(_as_one(group) for group in groups), *(o for o in chosen if o not in alike))


def _as_one(group: Sequence[Attack]) -> Attack:
    name = "+".join(one.id for one in group)
    return Attack(name, name, HONEST + "".join(one.answer.removeprefix(HONEST) for one in group))


def run_class(folder: Path, attacks: Sequence[Attack], *, seed: int) -> Outcome:
    """Grade attacks and neighbours together, in an order that the seed decides.

    Args:
        folder: for the course and for what stands in for the host's secrets; emptied afterwards.
    """
    started = time.monotonic()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    alone = _neighbours_alone(folder / "alone")
    with _host(folder) as words:
        place = fresh_course(folder / "course")
        (place.folder / "gradebook.db.secret").write_text(words["@SECRET@"])
        by_student = _hand_in_all(place, attacks, words, random.Random(seed))
        read_before = _tree(place.folder / "lecturer", place.folder / "submitted")
        before = snapshot(folder)
        report = course.grade(place.folder, "T01", workers=WORKERS, wall_s=WALL_S)
        problems = dict(_host_problems(before, snapshot(folder)))
        if _tree(place.folder / "lecturer", place.folder / "submitted") != read_before:
            problems["host"] = "a submission, or the lecturer's folder, was changed"
    grades = {one.student: one for one in report.students}
    for student, attack in by_student.items():
        if isinstance(attack, Attack) and (wrong := _wrong(attack, grades.get(student))):
            problems[attack.id] = wrong
    together = {n: _as_compared(grades[s]) for s, n in by_student.items() if isinstance(n, str)}
    for name, due in alone.items():
        if together[name] != due:
            problems[f"neighbour {name}"] = f"alone {due}, together {together[name]}"
    problems |= _page_problems(place.folder)
    honest = [grades[s].cpu_s for s, n in by_student.items() if n == "adds"]
    shutil.rmtree(folder, ignore_errors=True)
    return Outcome(problems, len(attacks), time.monotonic() - started, honest[0])


def _as_compared(grade):
    checks = [(one.name, one.verdict.value, one.message) for one in grade.checks]
    return grade.machine_points, grade.verdict.value, checks


def _neighbours_alone(folder):
    """What each neighbour gets with no other beside it."""
    place = fresh_course(folder)
    kit = grading.prepare_for(place, "T01")
    due = {}
    with Zygote(tensorflow=False) as warm:
        for name, answer in NEIGHBOURS.items():
            _write(place.submission_folder(name, NAME), answer)
            taken = read_submission(kit.assignment, place.submission_folder(name, NAME), name)
            due[name] = _as_compared(graded(kit.assignment, taken, run(kit, taken, warm=warm)))
    return due


def _hand_in_all(place, attacks, words, order):
    """Write every submission; students' names are given out at random, and decide the order."""
    handed: list[Attack | str] = [*attacks, *NEIGHBOURS]
    order.shuffle(handed)
    by_student = {}
    for number, one in enumerate(handed):
        student = (one.student if isinstance(one, Attack) else "") or f"student-{number:03d}"
        by_student[student] = one
        folder = place.submission_folder(student, NAME)
        if isinstance(one, str):
            _write(folder, NEIGHBOURS[one])
        elif one.hand_in:
            folder.mkdir(parents=True)
            one.hand_in(folder)
        else:
            answer = one.answer
            for word, meaning in words.items():
                answer = answer.replace(word, meaning)
            _write(folder, answer, one.change)
    return by_student


def _write(folder, answer, change=None):
    raw = notebook()
    raw["cells"][2]["source"] = answer
    raw["cells"][6]["source"] = "Because."
    if change:
        change(raw)
    folder.mkdir(parents=True)
    (folder / f"{NAME}.ipynb").write_text(json.dumps(raw))


def _wrong(attack, grade) -> str:
    """Why a grade is not what the attack deserves, or ''."""
    if grade is None:
        return "no grade and no reason: it was passed over in silence"
    said = f"{grade.machine_points} points, {grade.verdict.value}: {grade.words}; {grade.reason}"
    right = grade.machine_points in attack.points and grade.verdict.value in attack.verdicts
    if not right or attack.says not in said:
        return f"{said[:600]} (due {attack.points}, {attack.verdicts}, {attack.says!r})"
    if any(ord(char) < 32 and char not in "\n\t" for char in said):
        return f"control characters in {said!r}"
    return ""


def _page_problems(folder):
    """A page that a person opens holds no markup of a student's."""
    for page in sorted((folder / "feedback").rglob("*.html")):
        text = page.read_text(encoding="utf-8")
        if "<img" in text or "<script" in text:
            yield "pages", f"{page.parent.parent.name}: markup in the feedback"


# ------------------------------------------------------------------------------------- the host


@contextmanager
def _host(folder):
    """Things of the host's that attacks look for: a service, a secret, an environment."""
    secret = f"only-the-host-has-{random.Random(7141).randrange(10**12)}"
    os.environ["LECTURER_TOKEN"] = secret
    with socket.socket() as service, socket.socket(socket.AF_UNIX) as named:
        service.bind(("127.0.0.1", 0))
        service.listen()
        port = service.getsockname()[1]
        named.bind(f"\0tinymledu-arena-{port}")
        named.listen()
        yield {
            "@COURSE@": str((folder / "course").resolve()),
            "@SECRET@": secret,
            "@GRADER@": str(os.getpid()),
            "@PORT@": str(port),
        }
    del os.environ["LECTURER_TOKEN"]


def snapshot(ours: Path) -> dict[str, set[str]]:
    """The state of the host that no submission may change, as sets of lines."""
    net = Path("/proc/net")
    return {
        "mounts": set(Path("/proc/self/mountinfo").read_text().splitlines()),
        "processes": _descendants(os.getpid()),
        "listening sockets": {
            line.split(":", 1)[1]
            for table in ("tcp", "tcp6")
            for line in (net / table).read_text().splitlines()[1:]
            if line.split()[3] == "0A"
        },
        "System V objects": {
            f"{kind} {line}"
            for kind in ("shm", "sem", "msg")
            for line in Path(f"/proc/sysvipc/{kind}").read_text().splitlines()[1:]
        },
        "shared memory": {path.name for path in Path("/dev/shm").iterdir()},
        "control groups": _empty_groups(),
        "host name": {os.uname().nodename},
        "files": _tree(*(Path(p) for p in ("/etc", "/usr/bin", "/usr/local", "/home", "/opt"))),
        "top": {f"{e.name} {e.stat(follow_symlinks=False).st_mode}" for e in os.scandir("/")},
        "markers": {
            str(path)
            for place in ("/tmp", "/var/tmp", "/dev", "/", str(ours.parent))
            for path in Path(place).glob("*marker*")
        },
    }


def _descendants(pid) -> set[str]:
    found = set()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found |= {child, *_descendants(child)}
    return found


def _empty_groups() -> set[str]:
    """Groups of our jails that nobody is in.

    Graders beside us have groups, too. A name ends in the pid namespace of its supervisor, and the
    supervisor's id there; ours have larger numbers than this process.
    """
    groups = Path("/sys/fs/cgroup").rglob("tinymledu-*")
    return {str(path) for path in groups if _is_ours_and_empty(path)}


def _is_ours_and_empty(group):
    here = str(Path("/proc/self/ns/pid").stat().st_ino)
    *_, namespace, number = ("", *group.name.split("-"))
    if namespace != here or not number.isdigit() or int(number) < os.getpid():
        return False
    try:
        return not (group / "cgroup.procs").read_text().strip()
    except OSError:
        return False


def _tree(*roots) -> set[str]:
    lines = set()
    for root in roots:
        for folder, names, files in os.walk(root):
            for name in (*names, *files):
                path = Path(folder, name)
                try:
                    state = path.lstat()
                except OSError:
                    continue
                lines.add(f"{path} {state.st_mode:o} {state.st_uid} {state.st_mtime_ns}")
    return lines


def _host_problems(before, after):
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline and after["control groups"] - before["control groups"]:
        time.sleep(0.1)  # a grader beside us has just ended one of its own
        after = after | {"control groups": _empty_groups()}
    for what, was in before.items():
        if what == "control groups":
            was = was | (after[what] & was)
        now = after[what]
        new, gone = sorted(now - was)[:5], sorted(was - now)[:5]
        if new or (gone and what != "control groups"):
            yield "host", f"{what}: new {new}, gone {gone}"


# --------------------------------------------------------------------------------- as a program


def main(arguments: Sequence[str]) -> int:
    """`arena.py FOLDER FIRST_SEED REPEATS [PART]`: one JSON line each; PART: "quick" or ids."""
    folder, first_seed, repeats = Path(arguments[0]), int(arguments[1]), int(arguments[2])
    chosen = attacks_here()
    if arguments[3:] == [QUICK]:
        chosen = quick()
        grading.Zygote = functools.partial(Zygote, tensorflow=False)  # nobody here trains
    elif len(arguments) > 3:
        chosen = tuple(one for one in chosen if one.id in arguments[3].split(","))
    failed = False
    for seed in range(first_seed, first_seed + repeats):
        found = run_class(folder / f"class-{seed}", chosen, seed=seed)
        failed |= bool(found.problems)
        record = {"seed": seed, "problems": found.problems, "n_attacks": found.n_attacks}
        record |= {"wall_s": round(found.wall_s, 1), "cpu_s_honest": round(found.cpu_s_honest, 3)}
        sys.stdout.write(json.dumps(record) + "\n")
        sys.stdout.flush()
    return 1 if failed else 0


THROW_AWAY = ("unshare", "--mount", "--pid", "--fork", "--mount-proc", "--net", "--ipc", "--uts",
              "--kill-child")  # fmt: skip


# Process 1 is every jail's own: attacks on the grader must aim at a number that jails do not have.
# What others on this machine put into shared memory meanwhile is not ours to judge.
_PREPARE = """
echo 20000 > /proc/sys/kernel/ns_last_pid
mount -t tmpfs tmpfs /dev/shm
"$@"
exit $?
"""


def command(folder: Path, *, first_seed: int, repeats: int, ids: Sequence[str] = ()) -> list[str]:
    """The command that runs classes: as root in namespaces that are thrown away afterwards."""
    here = [sys.executable, __file__, str(folder), str(first_seed), str(repeats)]
    here += [",".join(ids)] if ids else []
    if os.geteuid() == 0 and shutil.which("unshare"):
        loopback = Path(__file__).parents[3] / "scripts" / "with_loopback.py"
        return [*THROW_AWAY, "sh", "-c", _PREPARE, "sh", sys.executable, str(loopback), *here]
    return here


def outcomes(folder: Path, **options) -> list[dict]:
    """Run classes in a process of their own and read what they found."""
    done = subprocess.run(
        command(folder, **options), capture_output=True, text=True, check=False, env=environment()
    )
    records = [json.loads(line) for line in done.stdout.splitlines()]
    if len(records) != options["repeats"]:
        raise RuntimeError(f"the arena ended with {done.returncode}: {done.stderr[-3000:]}")
    return records


def environment() -> dict[str, str]:
    """For a process that runs this file."""
    paths = [str(Path(__file__).parents[1]), str(Path(__file__).parents[3])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
