"""From what two untrusted processes wrote to records: everything is checked, cut and cleaned."""

import math
import signal
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tinymledu.course import sentences
from tinymledu.course.isolation.limits import Limits
from tinymledu.course.supervisor import Ending
from tinymledu.course.verdict import CellOutcome, CheckResult, Gone, SandboxResult, Verdict
from tinymledu.course.wire import Json, clean_text
from tinymledu.errors import SandboxError
from tinymledu.translation import said
from tinymledu.units import size

_MAX_NAME_CHARS = 100
_MAX_MESSAGE_CHARS = sentences.MAX_CHARS
_MAX_DETAIL_CHARS = 4000
_MAX_CHECKS = 1000


def why_gone(ending: Ending, limits: Limits) -> Gone:
    """Turn the way a process ended into a verdict and words."""
    if ending.out_of_time:
        return Gone(
            Verdict.OUT_OF_TIME,
            said(
                "it used up its {wall_s:g} s, or {cpu_s:g} s of processor time",
                wall_s=limits.wall_s,
                cpu_s=limits.cpu_s,
            ),
        )
    if ending.out_of_memory:
        return Gone(
            Verdict.OUT_OF_MEMORY,
            said("it needed more than the {size} there are", size=size(limits.memory_bytes)),
        )
    if ending.exit_status == -signal.SIGKILL:
        return Gone(Verdict.FAILED, said("it closed its line to the grader, and was ended"))
    if ending.exit_status < 0:
        known = {number.value: number.name for number in signal.Signals}
        name = known.get(-ending.exit_status, f"signal {-ending.exit_status}")
        return Gone(Verdict.FAILED, said("it crashed ({name})", name=name))
    return Gone(
        Verdict.FAILED,
        said(
            "it ended itself with exit status {status} (os._exit, or an uncaught error)",
            status=ending.exit_status,
        ),
    )


def cell(index: int, report: Json, limits: Limits) -> CellOutcome:
    """A cell's outcome from the student's own process; a forged one becomes a failed one."""
    fields = report if isinstance(report, dict) else {}
    line, wall_s = fields.get("line"), fields.get("wall_s")
    return CellOutcome(
        index=index,
        verdict=_cell_verdict(fields.get("verdict")),
        error=clean_text(fields.get("error"), _MAX_NAME_CHARS),
        message=clean_text(fields.get("message"), _MAX_MESSAGE_CHARS),
        line=line if type(line) is int and 0 < line < 10**6 else None,
        output=clean_text(fields.get("output"), limits.output_bytes),
        truncated=fields.get("truncated") is True,
        wall_s=wall_s if isinstance(wall_s, float) and 0 <= wall_s <= limits.wall_s else 0.0,
    )


_CELL_VERDICTS = (Verdict.PASSED, Verdict.RAISED, Verdict.OUT_OF_TIME, Verdict.OUT_OF_MEMORY)


def _cell_verdict(value: Json) -> Verdict:
    return next((one for one in _CELL_VERDICTS if one.value == value), Verdict.FAILED)


@dataclass(frozen=True, slots=True)
class Announced:
    """A check as the checker lists it before it runs any."""

    name: str
    title: str
    points: float
    visible: bool
    hint: str


def announced(listed: Json) -> list[Announced]:
    """The checker's list of checks. Raises SandboxError for anything else."""
    if not isinstance(listed, list) or len(listed) > _MAX_CHECKS:
        raise SandboxError("The checker's list of checks cannot be read.")
    return [_announced(entry) for entry in listed]


def _announced(entry: Json) -> Announced:
    fields = entry if isinstance(entry, dict) else {}
    points = fields.get("points")
    if not isinstance(points, float) or not math.isfinite(points) or points < 0:
        raise SandboxError(f"The check {clean_text(fields.get('name'), 50)!r} has no points.")
    return Announced(
        name=clean_text(fields.get("name"), _MAX_NAME_CHARS),
        title=clean_text(fields.get("title"), _MAX_MESSAGE_CHARS),
        points=points,
        visible=fields.get("visible") is True,
        hint=clean_text(fields.get("hint"), _MAX_MESSAGE_CHARS),
    )


def unjudged(one: Announced) -> CheckResult:
    """A check before its result: if none comes, that is the grader's failure."""
    reason = said("The check did not come to a result; a person will look at it.")
    return CheckResult(
        name=one.name,
        title=one.title,
        verdict=Verdict.GRADER_ERROR,
        points=one.points,
        points_earned=0.0,
        message=reason,
        detail="",
        visible=one.visible,
    )


def judged(listed: Sequence[Announced], told: Json) -> CheckResult:
    """A check with the result that the checker gives it."""
    fields = told if isinstance(told, dict) else {}
    one = next((entry for entry in listed if entry.name == fields.get("name")), None)
    verdict = next((v for v in Verdict if v.value == fields.get("verdict")), None)
    if one is None or verdict is None:
        raise SandboxError("The checker sent a result of a check it had not listed.")
    if verdict is Verdict.GRADER_ERROR:
        detail = clean_text(fields.get("detail"), _MAX_DETAIL_CHARS)
        return replace(unjudged(one), detail=detail)
    message = clean_text(fields.get("message"), _MAX_MESSAGE_CHARS)
    return replace(
        unjudged(one),
        verdict=verdict,
        points_earned=one.points if verdict is Verdict.PASSED else 0.0,
        message=sentences.about_check(
            title=one.title, hint=one.hint, visible=one.visible, verdict=verdict, said=message
        ),
        detail=clean_text(fields.get("detail"), _MAX_DETAIL_CHARS),
    )


def result(
    cells: Sequence[CellOutcome],
    checks: Sequence[CheckResult],
    gone: Gone | None,
    endings: Sequence[Ending],
    *,
    failure: str,
    wall_s: float,
) -> SandboxResult:
    """Put a run together; `failure` is our own and outweighs everything else."""
    verdict, reason = _overall(cells, checks, gone, failure)
    return SandboxResult(
        cells=tuple(cells),
        checks=tuple(checks),
        verdict=verdict,
        reason=reason,
        wall_s=wall_s,
        cpu_s=sum(ending.cpu_s for ending in endings),
        peak_memory_bytes=max((ending.peak_memory_bytes for ending in endings), default=0),
    )


def _overall(
    cells: Sequence[CellOutcome], checks: Sequence[CheckResult], gone: Gone | None, failure: str
) -> tuple[Verdict, str]:
    if failure:
        return Verdict.GRADER_ERROR, failure
    broken = [check for check in checks if check.verdict is Verdict.GRADER_ERROR]
    if broken:
        return Verdict.GRADER_ERROR, f"The check {broken[0].name} has an error of its own."
    failed = [check for check in checks if check.verdict is not Verdict.PASSED]
    if not failed:
        return Verdict.PASSED, ""
    if gone is not None:
        return gone.verdict, said(
            "The notebook's program ended early: {reason}.", reason=gone.reason
        )
    raised = [cell for cell in cells if cell.verdict is not Verdict.PASSED]
    if raised:
        first = raised[0]
        told = f"{first.error}: {first.message}" if first.error else first.message
        return first.verdict, f"Cell {first.index + 1}: {told}"
    return Verdict.FAILED, f"{len(failed)} of {len(checks)} checks were not passed."
