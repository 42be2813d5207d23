"""Our grading beside plain `nbgrader autograde`, the same class, honest submissions only.

    python -m benchmarks.against_nbgrader [--students 40]

As root: everything runs in namespaces that are thrown away, without a network, in temporary
folders, each engine with a cold cache. The engines take turns: half of plain's class, ours with
training, the other half, ours with the handed-in files. Says what is not like for like, too.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from benchmarks import cpu_meter, loud_class, sandbox_cost
from benchmarks.both_engines import ROOT, TIMEOUT_S, WORKERS, Graded, Plain, ours
from benchmarks.firmware_tables import text_table, yes

THROW_AWAY = ("unshare", "--mount", "--pid", "--fork", "--mount-proc", "--net", "--kill-child")
INSIDE = "TINYMLEDU_BENCH_INSIDE"
MOST_CORES = 2
N_CONTROL = 4


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that was measured."""

    plain: Graded
    trained: Graded  # ours, unchanged notebooks
    artefact: Graded  # ours, the file handed in
    hushed: Graded  # plain, quiet notebooks
    plain_artefact: Graded  # plain, the file handed in
    outcomes: dict  # student -> how plain's test cells ended
    jail_cpu_s: float
    n_cores: int


def measure(folder, n):
    """The engines in turns; the handed-in files are what the students' own notebooks wrote."""
    programs = loud_class.programs(n)
    names = list(programs)
    half, rest = (
        {name: programs[name] for name in part} for part in (names[: n // 2], names[n // 2 :])
    )
    plain = Plain(folder / "plain")
    if half:
        plain.autograde(half)
    trained = ours(folder / "ours-trained", programs)
    plain.autograde(rest)
    models = {name: plain.model(name) for name in names}
    artefact = ours(folder / "ours-artefact", programs, models)
    hushed = Plain(folder / "plain-hushed")
    hushed.autograde(loud_class.hushed_programs(min(N_CONTROL, n)))
    given = Plain(folder / "plain-artefact")
    given.autograde({name: programs[name] for name in names[:N_CONTROL]}, models)
    jailed, bare, _ = sandbox_cost.measured(sandbox_cost.SUBMISSIONS)
    return Found(
        plain=plain.graded(),
        trained=trained,
        artefact=artefact,
        hushed=hushed.graded(),
        plain_artefact=given.graded(),
        outcomes={name: plain.outcomes(name) for name in names},
        jail_cpu_s=jailed - bare,
        n_cores=len(os.sched_getaffinity(0)),
    )


COLUMNS = ["what", "goal", "plain nbgrader", "ours", "ratio", "reached"]


def table(found):
    """Rows of the table; a ratio is plain over ours."""
    plain, trained, artefact = found.plain, found.trained, found.artefact
    files = [f"{plain.n_full} of {plain.n}", f"{artefact.n_full} of {artefact.n}", ""]
    notebooks = [f"{plain.n_full} of {plain.n}", f"{trained.n_full} of {trained.n}", ""]
    goal = sandbox_cost.GOAL_CPU_S
    return [
        ["full marks, notebooks that train", "all", *notebooks, yes(trained.n_full == trained.n)],
        ["full marks, model file handed in", "all", *files, yes(artefact.n_full == artefact.n)],
        _ratio("CPU-s each, notebooks that train", 2, plain.cpu_s_each, trained.cpu_s_each),
        _ratio("CPU-s each, model file judged", 20, plain.cpu_s_each, artefact.cpu_s_each),
        _ratio("wall s of the class, training", 3, plain.cost.wall_s, trained.cost.wall_s),
        _ratio("wall s of the class, model files", 20, plain.cost.wall_s, artefact.cost.wall_s),
        [
            "CPU-s each that the jail costs",
            f"<= {goal}",
            "no jail",
            f"{found.jail_cpu_s:.3f}",
            "",
            yes(found.jail_cpu_s <= goal),
        ],
    ]


def _ratio(what, goal, plain, own):
    ratio = plain / own
    figures = [f"{value:.2f}" if value < 10 else f"{value:.1f}" for value in (plain, own)]
    return [what, f">= {goal} x", *figures, f"{ratio:.1f} x", yes(ratio >= goal)]


KIND_COLUMNS = ["what the programs write", "", "plain: full marks", "0 for stderr alone", "error"]


def kinds_table(found):
    """For each kind of program: students with full marks by plain, and how its test cells ended."""
    rows = []
    for kind in loud_class.KINDS:
        names = [name for name in found.outcomes if loud_class.kind_of(name) is kind]
        cells = Counter(one for name in names for one in found.outcomes[name])
        n_cells = sum(cells.values())
        n_full = sum(found.plain.points[name] == 100 for name in names)
        if names:
            counts = [f"{cells[one]} of {n_cells} cells" for one in ("stderr", "error")]
            rows.append([kind.title, "", f"{n_full} of {len(names)}", *counts])
    return rows


def beside(found):
    """Lines beside the table: what is not like for like, and how it was measured."""
    hushed, given = found.hushed, found.plain_artefact
    less = given.cpu_s_each / found.artefact.cpu_s_each
    return f"""\
Plain gives a test cell 0 when anything is written on stderr, though all its asserts hold.
Plain, quiet notebooks (stderr of the tested function shut): {hushed.n_full} of {hushed.n} with \
full marks, {hushed.cpu_s_each:.2f} CPU-s each.
Plain, model file handed in too, so that it need not train: {given.cpu_s_each:.2f} CPU-s each \
(n = {given.n}); ours takes {less:.1f} x less than that.
Both train alike: the longer a notebook trains, the nearer to 1 are the ratios of training.
Plain: nbgrader autograde with {TIMEOUT_S} s for a cell, all else its defaults; one submission \
after the other, as it does.
Ours: tinymledu course grade --workers {WORKERS}, full isolation; all it starts, gradebook, \
feedback and CSV are in it.
CPU-s: user and system time; wall: on {found.n_cores} cores; all measured, in one run."""


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=loud_class.SIZE)
    options = parser.parse_args(arguments)
    if not 1 <= options.students <= loud_class.SIZE:
        parser.error(f"--students is {options.students}; give 1 to {loud_class.SIZE}.")
    if INSIDE not in os.environ:
        sys.exit(_inside(sys.argv[1:] if arguments is None else arguments))
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:MOST_CORES])
    print(f"Processor time: {cpu_meter.describe()}")
    print(f"Load average before: {_load()}", flush=True)
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        found = measure(Path(name), options.students)
    print(f"Load average after: {_load()}; the engines' own work is in it\n")
    print("\n".join(text_table(COLUMNS, table(found))), end="\n\n")
    print("\n".join(text_table(KIND_COLUMNS, kinds_table(found))), end="\n\n")
    print(beside(found))


def _inside(arguments):
    if os.geteuid() or not shutil.which("unshare"):
        return "This needs root and `unshare`: plain nbgrader runs submissions unprotected."
    loopback = str(ROOT / "scripts" / "with_loopback.py")
    here = [sys.executable, "-m", "benchmarks.against_nbgrader", *arguments]
    command = [*THROW_AWAY, sys.executable, loopback, *here]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, INSIDE: "1"}).returncode


def _load():
    return " ".join(f"{value:.2f}" for value in os.getloadavg())


if __name__ == "__main__":
    main()
