"""Run one submission: student's cells in a jail, lecturer's checks in another, a relay between.

Or put changed checks to what an earlier run answered. one_run.py has the two conversations.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack

from tinymledu.course import payloads, sandbox
from tinymledu.course.isolation.limits import Limits
from tinymledu.course.one_run import Run
from tinymledu.course.verdict import SandboxResult
from tinymledu.course.zygote import Zygote
from tinymledu.errors import InputError

__all__ = ["Limits", "judge_again", "run_submission"]


def run_submission(
    cells: Sequence[str],
    checker_source: str,
    *,
    limits: Limits | None = None,
    files: Mapping[str, bytes] | None = None,
    checker_files: Mapping[str, bytes] | None = None,
    readonly_binds: Mapping[str, str] | None = None,
    warm: Zygote | None = None,
    isolation: str = sandbox.FULL,
    trust: bool = False,
) -> SandboxResult:
    """Run given and student code cell by cell, then the checks.

    Args:
        cells: code cells in order; one that fails does not stop the next.
        checker_source: a Python file that defines checks (see checks.py).
        files: put into the student's working folder, read-only: path -> content.
        checker_files: the same for the checker, for hidden data.
        readonly_binds: folders shown to both jails read-only: path inside -> path outside.
            Paths below isolation.mounts.CACHE make a dataset or compiler cache usable.
        warm: a warm parent to fork from; without one, one is started for this run.
        isolation: "full", or "none" for the lecturer's own notebooks.
        trust: must be True with isolation="none".

    Raises:
        SandboxError: this machine cannot isolate untrusted code.
        InputError: a file's path leaves the working folder, or trust was not given.
    """
    _require(isolation, trust=trust)
    student = payloads.for_student(cells, files or {})
    checker = payloads.for_checker(checker_source, checker_files or {})
    with ExitStack() as stack:
        parent = warm if warm is not None else stack.enter_context(Zygote())
        run = Run(parent, limits or Limits(), isolation, dict(readonly_binds or {}), stack)
        return run.whole(student, checker, n_cells=len(cells))


def judge_again(
    earlier: SandboxResult,
    checker_source: str,
    *,
    only: Collection[str],
    limits: Limits,
    checker_files: Mapping[str, bytes],
    readonly_binds: Mapping[str, str],
    warm: Zygote,
    isolation: str = sandbox.FULL,
    trust: bool = False,
) -> SandboxResult | None:
    """Put checks to an earlier run's answers: no code of the student's is run.

    Args:
        earlier: a run of the same cells; results of checks that are not in `only` stay.
        only: names of the checks to run.

    Returns:
        The result, or None where a check asks what the earlier run was not asked: run it anew.

    Raises:
        SandboxError: this machine cannot isolate untrusted code.
    """
    _require(isolation, trust=trust)
    if earlier.transcript is None:
        return None
    checker = payloads.for_checker(checker_source, checker_files, only=only)
    kept = {one.name: one for one in earlier.checks if one.name not in only}
    with ExitStack() as stack:
        run = Run(warm, limits, isolation, dict(readonly_binds), stack)
        return run.again(earlier, earlier.transcript, checker, kept)


def _require(isolation: str, *, trust: bool) -> None:
    if isolation == sandbox.FULL:
        sandbox.require()
    elif isolation != sandbox.NONE or not trust:
        raise InputError(
            f"isolation={isolation!r} with trust={trust!r}: code runs in the full jail, or with "
            "isolation='none', trust=True without any. Only trust what you wrote."
        )
