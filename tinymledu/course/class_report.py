"""The class report: one page about an assignment's results, without names."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tinymledu.course import gradebook, pages
from tinymledu.course.analysis import (
    MIN_FOR_DISCRIMINATION,
    MIN_SITE,
    N_BINS,
    ClassAnalysis,
    Distribution,
    Item,
    analyse,
)
from tinymledu.course.assignment import Assignment
from tinymledu.course.layout import Course, open_course
from tinymledu.course.publishing import last_report
from tinymledu.course.roster import Roster, read_roster
from tinymledu.course.sentences import WORDS
from tinymledu.course.verdict import Verdict
from tinymledu.errors import CourseError
from tinymledu.files import write_atomic


def report(course: str | Path, assignment: str) -> tuple[Path, ClassAnalysis]:
    """Write reports/ASSIGNMENT.html from the last grading; nothing is graded.

    Sites are those of the course's roster, if it has one.

    Args:
        course: the course folder.
        assignment: id or folder name, such as "A01".

    Raises:
        CourseError: nothing has been graded yet, or a file cannot be read or written.
    """
    place = open_course(course)
    found = place.assignment(assignment)
    graded, graded_at = last_report(place, found.name)
    roster = read_roster(place)
    sites = _sites(roster, [one.student for one in graded.students])
    analysis = analyse(graded, gradebook.read_people(place, found), sites)
    path = page_path(place, found.name)
    try:
        html = page(
            found, analysis, graded_at, n_roster=len(roster.people), knows_sites=bool(sites)
        )
        write_atomic(path, html.encode())
    except OSError as error:
        raise CourseError(
            f"{error.filename or place.folder} cannot be written: {error.strerror}. "
            "Make the course folder writable, or free some space, and run this again."
        ) from None
    return path, analysis


def _sites(roster: Roster, students: Iterable[str]) -> dict[str, str]:
    """Student to site, where the roster knows exactly one."""
    found = {student: {one.site for one in roster.with_student(student)} for student in students}
    return {
        student: min(sites) for student, sites in found.items() if len(sites) == 1 and min(sites)
    }


def page_path(course: Course, assignment: str) -> Path:
    """Where the report of an assignment lies."""
    return course.folder / "reports" / f"{assignment}.html"


def page(
    assignment: Assignment,
    found: ClassAnalysis,
    graded_at: datetime,
    *,
    n_roster: int,
    knows_sites: bool,
) -> str:
    """The report as HTML."""
    return pages.render(
        "class_report.html.j2",
        assignment=assignment,
        found=found,
        n_roster=n_roster,
        now=graded_at,
        histograms=[_histogram(one) for one in found.distributions],
        verdicts=[(_ENDINGS[one], found.verdicts[one]) for one in Verdict if one in found.verdicts],
        reasons=_reasons,
        min_discrimination=MIN_FOR_DISCRIMINATION,
        min_site=MIN_SITE,
        no_sites=_NO_GROUPS if knows_sites else _NO_ROSTER,
    )


_ENDINGS = {
    Verdict.PASSED: "every check passed",
    Verdict.FAILED: "judged; some checks not passed",
    Verdict.RAISED: "judged; a cell raised an error",
    Verdict.OUT_OF_TIME: "judged as far as it ran; out of time",
    Verdict.OUT_OF_MEMORY: "judged as far as it ran; out of memory",
    Verdict.NOT_RUN: "not run: it could not be read, or not be isolated",
    Verdict.GRADER_ERROR: "an error of the grader; a person will look",
}
_NO_ROSTER = "No roster says which site a student belongs to, so there is nothing by site."
_NO_GROUPS = (
    f"There are no two groups of at least {MIN_SITE} judged submissions to set beside each other, "
    "so there is nothing by site."
)


def _reasons(item: Item) -> str:
    """How often a check was not passed, by verdict."""
    missed = [
        f"{WORDS[verdict]}: {item.verdicts[verdict]}"
        for verdict in Verdict
        if verdict not in (Verdict.PASSED, Verdict.FAILED, Verdict.RAISED)
        and item.verdicts.get(verdict)
    ]
    n_wrong = item.verdicts.get(Verdict.FAILED, 0)
    n_raised = item.verdicts.get(Verdict.RAISED, 0)
    first = [f"wrong: {n_wrong}"] * bool(n_wrong) + [f"error raised: {n_raised}"] * bool(n_raised)
    return ", ".join(first + missed)


# ------------------------------------------------------------------------------------- histogram

_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 394, 30, 180  # of the drawing area, in the SVG's own units
_STEP = (_RIGHT - _LEFT) / N_BINS


@dataclass(frozen=True, slots=True)
class _Bar:
    x: float
    y: float
    height: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class _Mark:
    y: float
    count: int


@dataclass(frozen=True, slots=True)
class _Histogram:
    title: str
    maximum: float
    bar_width: float
    bars: tuple[_Bar, ...]
    marks: tuple[_Mark, ...]
    caption: str
    alt: str


def _histogram(one: Distribution) -> _Histogram:
    tallest = max(count for _, _, count in one.bins)
    scale = (_BOTTOM - _TOP) / tallest
    bars = tuple(
        _Bar(
            round(_LEFT + index * _STEP + 1.5, 1), round(_BOTTOM - count * scale, 1),
            round(count * scale, 1), low, high, count,
        )
        for index, (low, high, count) in enumerate(one.bins)
    )  # fmt: skip
    counts = sorted({0, tallest // 2, tallest})
    lower, median, upper = one.quartiles
    caption = (
        f"n = {one.n}; median {median:.3g} of {one.maximum:g}, middle half from {lower:.3g} to "
        f"{upper:.3g}."
    )
    if one.n_missing:
        caption += f" {one.n_missing} more have none yet."
    said = ", ".join(f"{low:g} to {high:g}: {count}" for low, high, count in one.bins if count)
    return _Histogram(
        title=one.title,
        maximum=one.maximum,
        bar_width=_STEP - 3,
        bars=bars,
        marks=tuple(_Mark(round(_BOTTOM - count * scale, 1), count) for count in counts),
        caption=caption,
        alt=f"Histogram of points, {one.n} submissions. {said}.",
    )
