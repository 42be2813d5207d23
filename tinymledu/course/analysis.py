"""What a graded class tells about the assignment: totals, items, misconceptions, sites; no names.

Everything here is a count or a mean over many. Groups of fewer than 5 students are pooled, and a
sentence that only one student got is counted and not quoted: it could be recognised.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tinymledu.course.grades import GradeReport, PersonGrade, StudentGrade
from tinymledu.course.verdict import CheckResult, Verdict
from tinymledu.statistics import correlation, mean_interval, wilson_interval

MIN_SITE = 5  # students; fewer could be recognised
MIN_FOR_DISCRIMINATION = 10  # judged submissions; below, one student decides the figure
POOLED = "smaller sites together"
NO_SITE = "not in the roster"
N_BINS = 10
_SENTENCES_PER_CHECK = 5


@dataclass(frozen=True, slots=True)
class Distribution:
    """Points of several submissions. `n_missing` have none yet; they are no zeros."""

    title: str
    values: tuple[float, ...]
    maximum: float
    n_missing: int

    @property
    def n(self) -> int:
        """Submissions that have points."""
        return len(self.values)

    @property
    def bins(self) -> tuple[tuple[float, float, int], ...]:
        """(from, to, count) in tenths of the maximum; each takes its lower edge, the last both."""
        width = self.maximum / N_BINS
        where = Counter(min(int(value / width), N_BINS - 1) for value in self.values)
        return tuple((i * width, (i + 1) * width, where[i]) for i in range(N_BINS))

    @property
    def quartiles(self) -> tuple[float, float, float]:
        """The lower quartile, the median and the upper quartile, of at least one value."""
        ordered = sorted(self.values)
        return _at(ordered, 0.25), _at(ordered, 0.5), _at(ordered, 0.75)


def _at(ordered: Sequence[float], share: float) -> float:
    """Between the two values nearest to a share of the way, as NumPy's default does."""
    place = share * (len(ordered) - 1)
    below, above = ordered[math.floor(place)], ordered[math.ceil(place)]
    return below + (above - below) * (place - math.floor(place))


@dataclass(frozen=True, slots=True)
class Item:
    """One check over all submissions that were judged.

    `interval` is Wilson's, of the share that passed. `discrimination` is the correlation of
    passing with the points of all other checks; None where it has no meaning.
    """

    title: str
    points: float
    visible: bool
    n: int
    n_passed: int
    interval: tuple[float, float]
    discrimination: float | None
    verdicts: Mapping[Verdict, int]

    @property
    def share(self) -> float:
        """Of the submissions, those that earned the points."""
        return self.n_passed / self.n


@dataclass(frozen=True, slots=True)
class Misconception:
    """What went wrong in a check, or a cell: sentences with how many students got them.

    `n_alone` more students got a sentence that nobody else got.
    """

    where: str
    n: int
    sentences: tuple[tuple[str, int], ...]
    n_alone: int


@dataclass(frozen=True, slots=True)
class Site:
    """The judged submissions of one site: mean machine points with their 95 % interval."""

    name: str
    n: int
    mean: float
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class ClassAnalysis:
    """A graded class without names."""

    n: int
    distributions: tuple[Distribution, ...]
    verdicts: Mapping[Verdict, int]
    items: tuple[Item, ...]
    misconceptions: tuple[Misconception, ...]
    sites: tuple[Site, ...]


def analyse(
    report: GradeReport,
    people: Mapping[str, PersonGrade] | None = None,
    sites: Mapping[str, str] | None = None,
) -> ClassAnalysis:
    """Summarise a grading.

    Args:
        report: what the machine found.
        people: what persons have entered, by student.
        sites: student to site; without it there is no summary by site.
    """
    judged = [one for one in report.students if one.machine_points is not None]
    return ClassAnalysis(
        n=len(report.students),
        distributions=_distributions(report, people or {}),
        verdicts=Counter(one.verdict for one in report.students),
        items=_items(judged),
        misconceptions=(*_check_misconceptions(judged), *_cell_misconceptions(judged)),
        sites=_sites(judged, sites or {}, report.machine_points),
    )


def _distributions(
    report: GradeReport, people: Mapping[str, PersonGrade]
) -> tuple[Distribution, ...]:
    n = len(report.students)
    given = [people.get(one.student, PersonGrade()).total for one in report.students]
    totals = tuple(total for total in given if total is not None)
    machine = tuple(
        float(one.machine_points) for one in report.students if one.machine_points is not None
    )
    everything = report.machine_points + report.person_points
    found = (
        Distribution("Totals, machine and person", totals, everything, n - len(totals)),
        Distribution("Machine points", machine, report.machine_points, n - len(machine)),
    )
    return tuple(one for one in found if one.n)


# ------------------------------------------------------------------------------------------ items


def _items(judged: Sequence[StudentGrade]) -> tuple[Item, ...]:
    names = dict.fromkeys(check.name for one in judged for check in one.checks)
    return tuple(_item(name, judged) for name in names)


def _item(name: str, judged: Sequence[StudentGrade]) -> Item:
    results: list[CheckResult] = []
    rests: list[float] = []
    for one in judged:
        for check in one.checks:
            if check.name == name:
                results.append(check)
                rests.append(sum(c.points_earned for c in one.checks if c.name != name))
    passed = [float(check.verdict is Verdict.PASSED) for check in results]
    enough = len(results) >= MIN_FOR_DISCRIMINATION
    return Item(
        title=results[0].title,
        points=results[0].points,
        visible=results[0].visible,
        n=len(results),
        n_passed=int(sum(passed)),
        interval=wilson_interval(int(sum(passed)), len(passed)),
        discrimination=correlation(passed, rests) if enough else None,
        verdicts=Counter(check.verdict for check in results),
    )


# --------------------------------------------------------------------------------- misconceptions


def _check_misconceptions(judged: Sequence[StudentGrade]) -> list[Misconception]:
    """By public check, in their order. Of a hidden one there is one sentence, the item itself."""
    said: dict[str, Counter[str]] = {}
    for one in judged:
        for check in (check for check in one.checks if check.visible):
            sentences = said.setdefault(check.title, Counter())
            if check.verdict is not Verdict.PASSED:
                sentences[check.message or check.verdict.value] += 1
    return [_misconception(where, sentences) for where, sentences in said.items() if sentences]


_LINE = re.compile(r" \(line \d+\)$")


def _cell_misconceptions(judged: Sequence[StudentGrade]) -> list[Misconception]:
    said: dict[str, Counter[str]] = {}
    for one in judged:
        for trouble in one.trouble:
            sentence = _LINE.sub("", trouble.message) or trouble.verdict.value
            said.setdefault(f"cell {trouble.cell}", Counter())[sentence] += 1
    return [_misconception(where, sentences) for where, sentences in said.items()]


def _misconception(where: str, sentences: Counter[str]) -> Misconception:
    ordered = sorted(sentences.items(), key=lambda entry: (-entry[1], entry[0]))
    shown = tuple(entry for entry in ordered if entry[1] > 1)[:_SENTENCES_PER_CHECK]
    n = sentences.total()
    return Misconception(where, n, shown, n - sum(count for _, count in shown))


# ------------------------------------------------------------------------------------------ sites


def _sites(
    judged: Sequence[StudentGrade], sites: Mapping[str, str], maximum: float
) -> tuple[Site, ...]:
    """Sites by name, small ones pooled; nothing where that leaves no two groups to tell apart."""
    points: dict[str, list[float]] = {}
    for one in judged:
        points.setdefault(sites.get(one.student, NO_SITE), []).append(
            float(one.machine_points or 0)
        )
    pooled: list[float] = []
    for name in sorted(points, key=lambda name: (len(points[name]), name)):
        # The last ones join as well while the pool is small: it could be told by subtraction.
        if len(points[name]) < MIN_SITE or 0 < len(pooled) < MIN_SITE:
            pooled += points.pop(name)
    if pooled:
        points[POOLED] = pooled
    if len(points) < 2:
        return ()
    named = sorted((set(points) - {POOLED, NO_SITE}), key=str.casefold)
    last = [name for name in (NO_SITE, POOLED) if name in points]
    return tuple(_site(name, points[name], maximum) for name in [*named, *last])


def _site(name: str, points: Sequence[float], maximum: float) -> Site:
    low, high = mean_interval(points)
    return Site(name, len(points), sum(points) / len(points), (max(0.0, low), min(maximum, high)))
