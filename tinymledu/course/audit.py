"""The no-free-points gate. An assignment is released only if

- the reference earns every machine point,
- no adversary (blank, constant, copied literal, swallowed exception, ...) earns one,
- every check that gives points refuses a named mutant of the reference,
- points sum to 100 and agree between notebook and checks,
- and the students' version holds no solution, no hidden test and no output.

Points that a person gives are outside this gate.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tinymledu.course import notebook as nb
from tinymledu.course import sandbox
from tinymledu.course.answers import AnswerFile, read_all, read_answers
from tinymledu.course.assignment import (
    TOTAL_POINTS,
    Assignment,
    load_assignment,
    read_checks,
)
from tinymledu.course.intake import Submission
from tinymledu.course.kit import Kit, prepare, run
from tinymledu.course.notebook import Role
from tinymledu.course.verdict import SandboxResult, Verdict
from tinymledu.course.zygote import Zygote
from tinymledu.files import cache_dir

REFERENCE, ADVERSARY, MUTANT = "reference", "adversary", "mutant"
AUDIT_SEED = 20211018
_AUDIT_WALL_S = 300.0  # the gate asks what is right, not how fast this machine is


@dataclass(frozen=True, slots=True)
class Trial:
    """One set of answers that the gate ran. `kills` names the checks that must refuse a mutant."""

    kind: str
    name: str
    title: str
    kills: tuple[str, ...]
    points: int
    verdict: str
    reason: str
    refused_by: tuple[str, ...]
    wall_s: float
    cpu_s: float


@dataclass(frozen=True, slots=True)
class AuditResult:
    """Whether the gate holds, and if not why."""

    assignment: str
    problems: tuple[str, ...]
    trials: tuple[Trial, ...]
    wall_s: float

    @property
    def holds(self) -> bool:
        """True when there is no problem."""
        return not self.problems

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "assignment": self.assignment,
            "holds": self.holds,
            "problems": list(self.problems),
            "wall_s": round(self.wall_s, 2),
            "trials": [asdict(trial) for trial in self.trials],
        }


def audit(
    which: str | Path,
    *,
    workers: int = 2,
    progress: Callable[[int, int], None] | None = None,
) -> AuditResult:
    """Run the gate on an assignment: shipped, by id or folder name, or in a folder of your own.

    Raises:
        SandboxError: this machine cannot isolate; adversaries are never run without.
        UnknownNameError: there is no such assignment.
    """
    assignment = load_assignment(which)
    folder = cache_dir("assignments", assignment.name)
    return audit_kit(
        prepare(assignment, folder, hidden_seed=AUDIT_SEED), workers=workers, progress=progress
    )


def audit_kit(
    kit: Kit, *, workers: int = 2, progress: Callable[[int, int], None] | None = None
) -> AuditResult:
    """Run the gate on an assignment whose data is made."""
    sandbox.require()
    started = time.monotonic()
    assignment = kit.assignment
    problems = static_problems(assignment)
    candidates = _candidates(assignment)
    files = _stand_in_files(assignment)
    done: list[Trial] = []
    with Zygote() as warm, ThreadPoolExecutor(workers) as pool:

        def attempt(candidate: _Candidate) -> Trial:
            submission = Submission(candidate.file.name, candidate.answers, files=files)
            result = run(kit, submission, wall_s=_AUDIT_WALL_S, warm=warm)
            return _trial(candidate, result)

        for trial in pool.map(attempt, candidates):
            done.append(trial)
            if progress is not None:
                progress(len(done), len(candidates))
    problems += trial_problems(assignment, done)
    return AuditResult(assignment.name, tuple(problems), tuple(done), time.monotonic() - started)


# ------------------------------------------------------------------------------------ what is run


@dataclass(frozen=True, slots=True)
class _Candidate:
    kind: str
    file: AnswerFile
    answers: dict[str, str]


def _candidates(assignment: Assignment) -> list[_Candidate]:
    """Reference, mutants and adversaries, the slow ones first.

    A mutant that leaves `train` alone runs with the stand-in's, so that the gate trains only where
    training is what is asked.
    """
    reference = AnswerFile("reference", {"title": "The lecturer's own answers"}, {})
    base = assignment.reference | _stand_in(assignment)
    found = [_Candidate(REFERENCE, reference, assignment.reference)]
    for mutant in read_all(assignment.folder / "mutants"):
        found.append(_Candidate(MUTANT, mutant, base | dict(mutant.answers)))
    for adversary in read_all(assignment.folder / "adversaries"):
        found.append(_Candidate(ADVERSARY, adversary, assignment.stubs | dict(adversary.answers)))
    return found


def _stand_in(assignment: Assignment) -> dict[str, str]:
    path = assignment.folder / "stand_in.txt"
    return dict(read_answers(path).answers) if path.exists() else {}


def _stand_in_files(assignment: Assignment) -> dict[str, bytes]:
    paths = [assignment.folder / name for name in assignment.accepted]
    return {path.name: path.read_bytes() for path in paths if path.exists()}


def _trial(candidate: _Candidate, result: SandboxResult) -> Trial:
    refused = [check.name for check in result.checks if check.verdict is not Verdict.PASSED]
    kills = candidate.file.notes.get("kills", "")
    return Trial(
        kind=candidate.kind,
        name=candidate.file.name,
        title=candidate.file.title,
        kills=tuple(name.strip() for name in kills.split(",") if name.strip()),
        points=round(result.points_earned),
        verdict=result.verdict.value,
        reason=result.reason,
        refused_by=tuple(refused),
        wall_s=round(result.wall_s, 2),
        cpu_s=round(result.cpu_s, 2),
    )


# ------------------------------------------------------------------------------- what must be true


def trial_problems(assignment: Assignment, trials: Sequence[Trial]) -> list[str]:
    """What the runs show to be wrong."""
    problems = []
    for trial in trials:
        who = f"The {trial.kind} {trial.name!r}"
        if trial.verdict == Verdict.GRADER_ERROR.value:
            problems.append(f"{who} ended in an error of the grader: {trial.reason}")
        elif trial.kind == REFERENCE and trial.points != assignment.machine_points:
            problems.append(
                f"The reference earns {trial.points} of {assignment.machine_points} machine "
                f"points; it was refused by {', '.join(trial.refused_by)}. {trial.reason}"
            )
        elif trial.kind == ADVERSARY and trial.points:
            problems.append(f"{who} ({trial.title}) earns {trial.points} points, not none.")
        elif trial.kind == MUTANT:
            survived = [name for name in trial.kills if name not in trial.refused_by]
            problems += [f"{who} ({trial.title}) survives {name}." for name in survived]
    killed = {name for trial in trials for name in trial.kills if name in trial.refused_by}
    problems += [
        f"The check {check.name} ({check.points} points) refuses no named mutant."
        for check in assignment.checks
        if check.points and check.name not in killed
    ]
    return problems


def static_problems(assignment: Assignment) -> list[str]:
    """What can be seen without running anything."""
    return [*_point_problems(assignment), *_release_problems(assignment)]


def _point_problems(assignment: Assignment) -> list[str]:
    in_notebook = {c.grade_id: c.points for c in assignment.cells if c.role is Role.TEST}
    in_checks = {check.name: check.points for check in assignment.checks}
    problems = [
        f"{name}: {in_notebook.get(name, 'no')} points in the notebook, "
        f"{in_checks.get(name, 'no')} in checks.py."
        for name in sorted(in_notebook.keys() | in_checks.keys())
        if in_notebook.get(name) != in_checks.get(name)
    ]
    total = assignment.machine_points + sum(cell.points for cell in assignment.essays)
    if total != TOTAL_POINTS:
        problems.append(f"The points sum to {total}; they must sum to {TOTAL_POINTS}.")
    hidden = sum(check.points for check in assignment.checks if not check.visible)
    if hidden < 0.4 * TOTAL_POINTS:
        problems.append(f"{hidden} points are hidden or on the board; it must be 40 or more.")
    return problems


def _release_problems(assignment: Assignment) -> list[str]:
    """Look for what must not be in the students' version, in its text."""
    released = nb.release_version(assignment.notebook)
    text = "\n".join(nb.text_of(raw) for raw in released["cells"])
    public = nb.without_hidden(assignment.checker_source)
    problems = [
        f"The students' version still has the line of the solution {line!r}."
        for line in _solution_lines(assignment)
        if line in text
    ]
    problems += [
        f"{marker} is in the students' version."
        for marker in (nb.BEGIN_SOLUTION, nb.BEGIN_HIDDEN)
        if marker in text or marker in public
    ]
    problems += [
        f"The hidden check {check.name} is in the students' checks.py."
        for check in read_checks(public)
        if not check.visible
    ]
    if any(raw.get("outputs") for raw in assignment.notebook["cells"]):
        problems.append("The lecturer's notebook holds outputs.")
    return problems


def _solution_lines(assignment: Assignment) -> list[str]:
    """Lines of the solutions that say something: not `return None`, not a closing bracket."""
    lines: list[str] = []
    for source in assignment.reference.values():
        inside = source.partition(nb.BEGIN_SOLUTION)[2].partition(nb.END_SOLUTION)[0]
        lines += [line.strip() for line in inside.splitlines() if len(line.strip()) > 15]
    return lines
