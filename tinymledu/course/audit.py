"""The no-free-points gate. An assignment is released only if

- the reference earns every machine point,
- no adversary (blank, constant, copied literal, swallowed exception, ...) earns one,
- every check that gives points refuses a named mutant of the reference,
- points sum to 100 and agree between notebook and checks,
- and the students' version holds no solution, no hidden test and no output.

Points that a person gives are outside this gate.
"""

import re
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tinymledu.course import adversaries, sandbox
from tinymledu.course.assignment import Assignment, load_assignment
from tinymledu.course.candidates import ADVERSARY, MUTANT, REFERENCE, Candidate, candidates
from tinymledu.course.kit import Kit, prepare, run
from tinymledu.course.static_rules import static_problems
from tinymledu.course.verdict import SandboxResult, Verdict
from tinymledu.course.zygote import Zygote
from tinymledu.files import cache_dir

__all__ = ["ADVERSARY", "MUTANT", "REFERENCE", "AuditResult", "Trial", "audit", "audit_kit"]

AUDIT_SEED = 20211018
_AUDIT_WALL_S = 300.0  # the gate asks what is right, not how fast this machine is


@dataclass(frozen=True, slots=True)
class Trial:
    """One set of answers that the gate ran.

    `attack` is the kind of an adversary; `kills` names the checks that must refuse a mutant.
    `found` names files of the lecturer's that an adversary could read.
    """

    kind: str
    attack: str
    name: str
    title: str
    kills: tuple[str, ...]
    points: int
    verdict: str
    reason: str
    refused_by: tuple[str, ...]
    wall_s: float
    cpu_s: float
    found: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AuditResult:
    """Whether the gate holds, and if not why."""

    assignment: str
    problems: tuple[str, ...]
    trials: tuple[Trial, ...]
    wall_s: float
    checks: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """True when there is no problem."""
        return not self.problems

    def to_json(self) -> dict[str, Any]:
        """As plain values. `kills` has for each check the named mutants that it refuses."""
        mutants = [trial for trial in self.trials if trial.kind == MUTANT]
        killed = [trial for trial in mutants if trial.refused_by]
        return {
            "assignment": self.assignment,
            "holds": self.holds,
            "problems": list(self.problems),
            "wall_s": round(self.wall_s, 2),
            "adversaries": {
                attack: [trial.name for trial in self.trials if trial.attack == attack]
                for attack in adversaries.ATTACKS
            },
            "mutants": {"total": len(mutants), "killed": len(killed)},
            "kills": self._kills(),
            "trials": [asdict(trial) for trial in self.trials],
        }

    def _kills(self) -> dict[str, list[str]]:
        return {
            check: [
                one.name for one in self.trials if check in one.kills and check in one.refused_by
            ]
            for check in self.checks
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
    chosen = candidates(kit)
    done: list[Trial] = []
    with Zygote() as warm, ThreadPoolExecutor(workers) as pool:

        def attempt(candidate: Candidate) -> Trial:
            return _trial(
                candidate, run(kit, candidate.submission, wall_s=_AUDIT_WALL_S, warm=warm)
            )

        for trial in pool.map(attempt, chosen):
            done.append(trial)
            if progress is not None:
                progress(len(done), len(chosen))
    problems += adversaries.missing(assignment, {trial.attack for trial in done})
    problems += trial_problems(assignment, done)
    return AuditResult(
        assignment=assignment.name,
        problems=tuple(problems),
        trials=tuple(done),
        wall_s=time.monotonic() - started,
        checks=tuple(check.name for check in assignment.checks if check.points),
    )


_FOUND = re.compile(rf"^{adversaries.FOUND}(.{{1,100}})$", re.MULTILINE)


def _trial(candidate: Candidate, result: SandboxResult) -> Trial:
    refused = [check.name for check in result.checks if check.verdict is not Verdict.PASSED]
    output = "\n".join(cell.output for cell in result.cells)
    return Trial(
        kind=candidate.kind,
        attack=candidate.attack,
        name=candidate.submission.student,
        title=candidate.title,
        kills=candidate.kills,
        points=round(result.points_earned),
        verdict=result.verdict.value,
        reason=result.reason,
        refused_by=tuple(refused),
        wall_s=round(result.wall_s, 2),
        cpu_s=round(result.cpu_s, 2),
        found=tuple(dict.fromkeys(_FOUND.findall(output))),
    )


# ------------------------------------------------------------------------------- what must be true


def trial_problems(assignment: Assignment, trials: Sequence[Trial]) -> list[str]:
    """What the runs show to be wrong."""
    problems = []
    names = {check.name for check in assignment.checks}
    for trial in trials:
        who = f"The {trial.kind} {trial.name!r}"
        problems += [f"{who} can read {name}, which is the lecturer's." for name in trial.found]
        if trial.verdict == Verdict.GRADER_ERROR.value:
            problems.append(f"{who} ended in an error of the grader: {trial.reason}")
        elif trial.kind == REFERENCE and trial.points != assignment.machine_points:
            problems.append(
                f"The reference earns {trial.points} of {assignment.machine_points} machine "
                f"points; it was refused by {', '.join(trial.refused_by)}. {trial.reason}"
            )
        elif trial.kind == ADVERSARY and trial.points:
            problems.append(f"{who} ({trial.title}) earns {trial.points} points, not none.")
        elif trial.kind == MUTANT and not names.issuperset(trial.kills or ("",)):
            problems.append(
                f"{who} must name checks that refuse it, '# kills: CHECK, CHECK'; it names "
                f"{', '.join(trial.kills) or 'none'}. There are: {', '.join(sorted(names))}."
            )
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
