"""An assignment ready to run: its notebook and checks together with the data they need."""

import os
import subprocess
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tinymledu.course import keys, own_work, runner, sandbox
from tinymledu.course import notebook as nb
from tinymledu.course.assignment import Assignment
from tinymledu.course.intake import Submission
from tinymledu.course.isolation import mounts
from tinymledu.course.isolation.limits import Limits
from tinymledu.course.verdict import SandboxResult
from tinymledu.course.zygote import Zygote
from tinymledu.errors import CourseError

_MAKE_TIMEOUT_S = 600
_DATA_SETS = "datasets"  # the folder of the cache that student and checker may read


@dataclass(frozen=True, slots=True)
class Kit:
    """What a run needs.

    Attributes:
        shown_folders: path in the jail -> path here, read-only.
        run_key: changes whenever a run of the same answers could come out differently.
        check_keys: for each check, changes whenever its result on the same run could.
    """

    assignment: Assignment
    student_files: Mapping[str, bytes]
    checker_files: Mapping[str, bytes]
    shown_folders: Mapping[str, str]
    run_key: str
    check_keys: Mapping[str, str]


def prepare(assignment: Assignment, folder: Path, *, hidden_seed: int) -> Kit:
    """Make the assignment's generated files in `folder`, unless they are there, and read them all.

    Raises:
        CourseError: its make_files.py failed, or a file it names is missing.
    """
    generated = set(assignment.generated_files)
    marker = folder / f"made-with-seed-{hidden_seed}-{assignment.maker_hash[:12]}"
    if generated and not marker.exists():
        _make_files(assignment, folder, hidden_seed)
        _readable_by_all(folder / "cache")
        marker.touch()
    contents = {
        name: _content(folder if name in generated else assignment.folder, name)
        for name in {*assignment.student_files, *assignment.lecturer_files}
    }
    shown = folder / "cache" / _DATA_SETS
    student_files = {name: contents[name] for name in assignment.student_files}
    checker_files = {name: contents[name] for name in assignment.lecturer_files}
    shown_folders = {f"{mounts.CACHE}/{_DATA_SETS}": str(shown)} if shown.is_dir() else {}
    return Kit(
        assignment=assignment,
        student_files=student_files,
        checker_files=checker_files,
        shown_folders=shown_folders,
        run_key=_run_key(assignment, student_files, shown_folders),
        check_keys=_check_keys(assignment, checker_files, shown_folders),
    )


def _run_key(assignment: Assignment, files: Mapping[str, bytes], folders: Mapping[str, str]) -> str:
    names = dict.fromkeys(assignment.answer_ids, "")
    given = nb.student_code(assignment.cells, names)
    limits = repr((assignment.limits, assignment.closed))
    return keys.joined(
        [*given, *names, limits, keys.of_files(files), keys.of_folders(folders), keys.environment()]
    )


def _check_keys(
    assignment: Assignment, files: Mapping[str, bytes], folders: Mapping[str, str]
) -> dict[str, str]:
    names = [check.name for check in assignment.checks]
    around = [repr(assignment.limits), keys.of_files(files), keys.of_folders(folders)]
    return {
        name: keys.joined([key, *around, keys.environment()])
        for name, key in keys.of_checks(assignment.checker_source, names).items()
    }


def _make_files(assignment: Assignment, folder: Path, hidden_seed: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    maker = assignment.folder / "make_files.py"
    done = subprocess.run(
        [sys.executable, str(maker), str(folder), "--hidden-seed", str(hidden_seed)],
        env={**os.environ, "TINYMLEDU_CACHE": str(folder / "cache")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_MAKE_TIMEOUT_S,
        check=False,
    )
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["it said nothing"]
        raise CourseError(f"The data of {assignment.name} could not be made: {last[0]}")


def _readable_by_all(folder: Path) -> None:
    """A jailed process has a user of its own."""
    for path in (folder, *folder.rglob("*")):
        if path.exists():
            path.chmod(0o755 if path.is_dir() else 0o644)


def _content(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        raise CourseError(f"The assignment's file {name} cannot be read: {error}.") from None


def run(
    kit: Kit,
    submission: Submission,
    *,
    wall_s: float | None = None,
    isolation: str = sandbox.FULL,
    warm: Zygote | None = None,
) -> SandboxResult:
    """Run a submission's answers in the lecturer's notebook, and the checks beside it.

    With isolation "none" the caller has made sure that the submission may be trusted.
    """
    given = [cell.source for cell in kit.assignment.cells if cell.role is nb.Role.GIVEN]
    answers = own_work.without_closed(submission.answers, kit.assignment.closed, given)
    return runner.run_submission(
        nb.student_code(kit.assignment.cells, answers),
        kit.assignment.checker_source,
        limits=_limits(kit, wall_s),
        files={**kit.student_files, **submission.files},
        checker_files=kit.checker_files,
        readonly_binds=kit.shown_folders,
        warm=warm,
        isolation=isolation,
        trust=isolation == sandbox.NONE,
    )


def judge_again(
    kit: Kit,
    earlier: SandboxResult,
    only: Collection[str],
    *,
    wall_s: float | None = None,
    isolation: str = sandbox.FULL,
    warm: Zygote,
) -> SandboxResult | None:
    """Put the checks of these names to an earlier run; None where only a new run can answer."""
    return runner.judge_again(
        earlier,
        kit.assignment.checker_source,
        only=only,
        limits=_limits(kit, wall_s),
        checker_files=kit.checker_files,
        readonly_binds=kit.shown_folders,
        warm=warm,
        isolation=isolation,
        trust=isolation == sandbox.NONE,
    )


def _limits(kit: Kit, wall_s: float | None) -> Limits:
    limits = kit.assignment.limits
    if wall_s is None:
        return limits
    return replace(limits, wall_s=wall_s, cell_s=0.7 * wall_s, cpu_s=wall_s)


def may_run(student: str, isolation: str, trusted: Collection[str] | None) -> bool:
    """Whether a submission is run: in the jail always, without it only when trusted."""
    return isolation == sandbox.FULL or trusted is None or student in trusted
