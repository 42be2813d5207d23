"""Our grading beside plain `nbgrader autograde`, the same class, honest submissions only.

    python -m benchmarks.against_nbgrader [--students 40]

As root: everything runs in namespaces that are thrown away, without a network, in temporary
folders, each engine with a cold cache. The engines take turns: half of plain's class, ours with
training, the other half, ours with the handed-in files. Says what is not like for like, too.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks import cpu_meter, loud_class
from benchmarks.firmware_tables import text_table, yes

ROOT = Path(__file__).parents[1]
THROW_AWAY = ("unshare", "--mount", "--pid", "--fork", "--mount-proc", "--net", "--kill-child")
INSIDE = "TINYMLEDU_BENCH_INSIDE"
WORKERS = 2
N_CONTROL = 4
TIMEOUT_S = 300  # for one cell of plain's; its default is 30
CONFIG = f"""
c = get_config()
c.CourseDirectory.course_id = "bench"
c.ExecutePreprocessor.timeout = {TIMEOUT_S}
"""


@dataclass(frozen=True, slots=True)
class Graded:
    """A class through one engine. `points` is None for a student who got no grade."""

    cost: cpu_meter.Cost
    points: dict

    @property
    def n(self):
        return len(self.points)

    @property
    def n_full(self):
        return sum(points == 100 for points in self.points.values())

    @property
    def cpu_s_each(self):
        return self.cost.cpu_s / self.n


# ------------------------------------------------------------------------------------------ plain


class Plain:
    """A course of plain nbgrader."""

    def __init__(self, folder):
        self.folder = folder
        source = folder / "source" / loud_class.NAME
        source.mkdir(parents=True)
        (source / f"{loud_class.NAME}.ipynb").write_text(loud_class.notebook())
        (folder / "nbgrader_config.py").write_text(CONFIG)
        self.cost = cpu_meter.Cost(0, 0, "", "")
        self._nbgrader("generate_assignment")

    def autograde(self, programs, models=None):
        """Grade these programs too; only this is counted."""
        hand_in(self.folder, programs, models or {})
        self.cost += self._nbgrader("autograde")

    def _nbgrader(self, verb):
        command = [sys.executable, "-m", "nbgrader", verb, loud_class.NAME]
        return cpu_meter.run(command, cwd=self.folder, env=environment(self.folder), check=False)

    def graded(self):
        from nbgrader.api import Gradebook

        with Gradebook(f"sqlite:///{self.folder / 'gradebook.db'}") as book:
            found = {
                one.student.id: one.score for one in book.assignment_submissions(loud_class.NAME)
            }
        students = [path.name for path in (self.folder / "submitted").iterdir()]
        return Graded(self.cost, {student: found.get(student) for student in sorted(students)})

    def model(self, student):
        """What the student's notebook wrote."""
        folder = self.folder / "autograded" / student / loud_class.NAME
        return (folder / loud_class.MODEL_FILE).read_bytes()

    def outcomes(self, student):
        """For each test cell: "passed", "stderr" (its asserts hold, but it wrote), or "error"."""
        path = self.folder / "autograded" / student / loud_class.NAME / f"{loud_class.NAME}.ipynb"
        cells = json.loads(path.read_text())["cells"]
        tests = [one for one in cells if one["metadata"].get("nbgrader", {}).get("grade")]
        return [outcome(one["outputs"]) for one in tests]


def outcome(outputs):
    """How a test cell of plain's ended."""
    if any(one["output_type"] == "error" for one in outputs):
        return "error"
    return "stderr" if any(one.get("name") == "stderr" for one in outputs) else "passed"


# ------------------------------------------------------------------------------------------- ours


def ours(folder, programs, models=None):
    """A course of ours, graded from nothing: gradebook, feedback pages and CSV are counted, too."""
    from tinymledu import course

    course.new(folder)
    target = folder / "lecturer" / loud_class.NAME
    shutil.copytree(loud_class.FOLDER, target)
    (target / f"{loud_class.NAME}.ipynb").write_text(loud_class.notebook())
    hand_in(folder, programs, models or {})
    command = [sys.executable, "-m", "tinymledu", "course", "grade", "N01", "--json"]
    command += ["--course", str(folder), "--workers", str(WORKERS)]
    cost = cpu_meter.run(command, env=environment(folder))
    pages = list(folder.glob("feedback/*/*/*.html"))
    if len(pages) != len(programs):
        sys.exit(f"{len(pages)} pages of feedback for {len(programs)} submissions")
    report = json.loads(cost.stdout)
    return Graded(cost, {one["student"]: one["machine_points"] for one in report["students"]})


def hand_in(course, programs, models):
    for student, answers in programs.items():
        folder = course / "submitted" / student / loud_class.NAME
        folder.mkdir(parents=True)
        (folder / f"{loud_class.NAME}.ipynb").write_text(loud_class.notebook(answers))
        if student in models:
            (folder / loud_class.MODEL_FILE).write_bytes(models[student])


def environment(course):
    """A lecturer's, whose home and caches are new for each course."""
    home = course.with_name(f"{course.name}-home")
    home.mkdir(exist_ok=True)
    return {
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"]),
        "PYTHONPATH": str(ROOT),
        "TINYMLEDU_CACHE": str(home / "cache"),
    }


# ------------------------------------------------------------------------------------- the figures


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that was measured."""

    plain: Graded
    trained: Graded  # ours, unchanged notebooks
    artefact: Graded  # ours, the file handed in
    hushed: Graded  # plain, quiet notebooks
    plain_artefact: Graded  # plain, the file handed in
    stderr_only: dict  # student -> tests whose asserts hold and which got nothing


def measure(folder, n):
    programs = loud_class.programs(n)
    names = list(programs)
    first, second = (
        {name: programs[name] for name in part} for part in (names[: n // 2], names[n // 2 :])
    )
    plain = Plain(folder / "plain")
    plain.autograde(first) if first else None
    trained = ours(folder / "ours-trained", programs)
    plain.autograde(second)
    models = {name: plain.model(name) for name in names}
    artefact = ours(folder / "ours-artefact", programs, models)
    n_control = min(N_CONTROL, n)
    hushed = Plain(folder / "plain-hushed")
    hushed.autograde(loud_class.hushed_programs(n_control))
    given = Plain(folder / "plain-artefact")
    some = {name: programs[name] for name in names[:n_control]}
    given.autograde(some, models)
    stderr_only = {name: plain.outcomes(name).count("stderr") for name in names}
    return Found(plain.graded(), trained, artefact, hushed.graded(), given.graded(), stderr_only)


COLUMNS = ["what", "goal", "plain nbgrader", "ours", "ratio", "reached"]


def table(found):
    """Rows of the table; a ratio is plain over ours."""
    plain, trained, artefact = found.plain, found.trained, found.artefact
    full = trained.n_full == trained.n and artefact.n_full == artefact.n
    return [
        [
            "full marks, all of them correct",
            "all",
            f"{plain.n_full} of {plain.n}",
            f"{trained.n_full} of {trained.n}; files: {artefact.n_full} of {artefact.n}",
            "",
            yes(full),
        ],
        _ratio("CPU-s each, notebooks that train", 2, plain.cpu_s_each, trained.cpu_s_each),
        _ratio("CPU-s each, model file judged", 20, plain.cpu_s_each, artefact.cpu_s_each),
        _ratio("wall s of the class, training", 3, plain.cost.wall_s, trained.cost.wall_s),
        _ratio("wall s of the class, model files", 20, plain.cost.wall_s, artefact.cost.wall_s),
    ]


def _ratio(what, goal, plain, own):
    ratio = plain / own
    figures = [f"{value:.3g}" if value < 10 else f"{value:.1f}" for value in (plain, own)]
    return [what, f">= {goal} x", *figures, f"{ratio:.1f} x", yes(ratio >= goal)]


def explained(found):
    """Lines beside the table: why plain gives what it gives, and what is not like for like."""
    plain, hushed, given = found.plain, found.hushed, found.plain_artefact
    lost = [name for name, count in found.stderr_only.items() if count]
    n_tests = sum(found.stderr_only.values())
    by_kind = {loud_class.kind_of(name).title for name in lost}
    nothing = [name for name, points in plain.points.items() if points is None]
    return [
        f"Plain: in {len(lost)} of {plain.n} submissions a test cell got 0 though all its asserts "
        f"hold, since something was written on stderr ({n_tests} cells, {len(by_kind)} of "
        f"{len(loud_class.KINDS)} kinds of program); {len(nothing)} got no grade at all.",
        f"Plain, quiet notebooks (stderr of the tested function shut): {hushed.n_full} of "
        f"{hushed.n} full marks, {hushed.cpu_s_each:.2f} CPU-s each.",
        f"Plain, model file handed in too, so that it need not train: {given.cpu_s_each:.2f} CPU-s "
        f"each (n = {given.n}); ours takes {given.cpu_s_each / found.artefact.cpu_s_each:.1f} x "
        "less than that.",
        "Training itself costs both the same, so longer training brings the second row near 1 x.",
    ]


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=len(loud_class.KINDS) * loud_class.VARIANTS)
    parser.add_argument("--keep", type=Path, help="leave the courses in this folder")
    options = parser.parse_args(arguments)
    if INSIDE not in os.environ:
        sys.exit(_inside(arguments or sys.argv[1:]))
    how = cpu_meter.describe()
    print(f"Load average before: {_load()}; cores: {os.cpu_count()}", flush=True)
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = options.keep or Path(name)
        found = measure(folder, options.students)
    print(f"Load average after: {_load()} (the engines' own work is in it)\n")
    print("\n".join(text_table(COLUMNS, table(found))))
    print()
    print("\n".join(explained(found)))
    print(
        f"Plain: nbgrader autograde as its manual says, {TIMEOUT_S} s for a cell, one after the "
        "other, as it does; autograde alone is counted.\nOurs: tinymledu course grade --workers "
        f"{WORKERS}, full isolation, with gradebook, feedback pages and CSV; the warm parent's "
        "start is counted.\nCPU-s: user and system, measured in " + how + "."
    )
    _sandbox_cost()


def _sandbox_cost():
    print("\nSandbox, each submission (benchmarks.sandbox_cost):", flush=True)
    subprocess.run([sys.executable, "-m", "benchmarks.sandbox_cost"], check=True, cwd=ROOT)


def _inside(arguments):
    if os.geteuid() or not shutil.which("unshare"):
        return (
            "This needs root and `unshare`: submissions must not meet the machine outside a jail."
        )
    loopback = str(ROOT / "scripts" / "with_loopback.py")
    here = [sys.executable, "-m", "benchmarks.against_nbgrader", *arguments]
    command = [*THROW_AWAY, sys.executable, loopback, *here]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, INSIDE: "1"}).returncode


def _load():
    return " ".join(f"{value:.2f}" for value in os.getloadavg())


if __name__ == "__main__":
    main()
