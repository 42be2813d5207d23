"""What each threshold costs, split into false alarms and misses: the figure for choosing one."""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from tinymledu.decisions import Costs, cheapest_threshold, cost_parts
from tinymledu.errors import InputError
from tinymledu.exploration.figure import BLACK, BLUE, GREEN, ORANGE, Figure, canvas, show
from tinymledu.units import count

# Thresholds are low where a miss is dearer than a false alarm, which is the usual case.
THRESHOLDS = (
    0.01,
    0.02,
    0.03,
    0.05,
    0.08,
    0.12,
    0.2,
    0.3,
    0.4,
    0.5,
    0.6,
    0.7,
    0.8,
    0.9,
    0.95,
    0.99,
)


def threshold_cost_figure(
    scores: ArrayLike,
    is_alarm: ArrayLike,
    costs: Costs,
    *,
    title: str,
    threshold: float | None = None,
    unit: str = "min",
    thresholds: Sequence[float] = THRESHOLDS,
) -> Figure:
    """Cost for 100 pictures over the threshold, with its two parts; the least is marked.

    Args:
        scores: (n,) of the class that calls for an alarm, from 0 to 1.
        is_alarm: (n,) bool, the truth.
        title: says what the pictures are.
        threshold: one that was chosen; drawn as a line, with its cost in the table.
        unit: of the costs, such as "min".
        thresholds: where costs are computed, rising, from 0 to 1.

    Raises:
        InputError: thresholds outside 0 to 1 or not rising, or as `cost_parts`.
    """
    places = _checked(thresholds, threshold)
    n = len(np.asarray(scores))
    parts = [cost_parts(scores, is_alarm, costs, place) for place in places]
    totals = [sum(part) for part in parts]
    least = cheapest_threshold(scores, is_alarm, costs)
    least_parts = cost_parts(scores, is_alarm, costs, least)
    with canvas() as (figure, axes):
        _draw(axes, places, parts, (least, sum(least_parts)))
        if threshold is not None:
            axes.axvline(threshold, color=BLACK, linestyle="-.", label=f"chosen: {threshold:.2f}")
        ylabel = f"cost of 100 pictures ({unit})"
        axes.set(xlabel="threshold (score, 0 to 1)", ylabel=ylabel, title=title, xlim=(0, 1))
        axes.set_ylim(bottom=0)
        axes.legend(loc="best")
        named = [f"{place:.3f}" for place in places]
        table = [
            ("threshold", *(f"{what} ({unit})" for what in ("false alarms", "misses", "both"))),
            *map(_row, [*named, f"{least:.3f} (least)"], [*parts, least_parts]),
        ]
        alt = _alt(n, least, sum(least_parts), (threshold, places, totals), unit)
        return show(figure, alt=alt, table=table, title=title)


def _row(name: str, parts: tuple[float, float]) -> tuple[str, ...]:
    return (name, *(f"{cost:.0f}" for cost in (*parts, sum(parts))))


def _draw(
    axes: Any,
    places: Sequence[float],
    parts: Sequence[tuple[float, float]],
    least: tuple[float, float],
) -> None:
    """Both costs and their sum over the threshold, and a star at the least of the sums."""
    false_alarms, misses = zip(*parts, strict=True)
    axes.plot(places, [sum(part) for part in parts], "o-", color=BLUE, label="both")
    axes.plot(places, false_alarms, "s--", color=ORANGE, label="false alarms")
    axes.plot(places, misses, "^:", color=GREEN, label="misses")
    axes.plot(
        *([one] for one in least), "*", color=BLACK, markersize=14, clip_on=False,
        label="least, found here",
    )  # fmt: skip


def _checked(thresholds: Sequence[float], chosen: float | None) -> list[float]:
    """All thresholds in order, the chosen one among them."""
    rising = all(a < b for a, b in itertools.pairwise(thresholds))
    inside = all(0 <= place <= 1 for place in (*thresholds, chosen or 0))
    if not (len(thresholds) >= 2 and rising and inside):
        raise InputError(
            f"thresholds are {list(thresholds)}, chosen is {chosen!r}; give two or more from 0 to "
            "1 that rise, and a chosen one from 0 to 1."
        )
    return sorted({*thresholds, *([] if chosen is None else [chosen])})


def _alt(
    n: int,
    least: float,
    least_cost: float,
    drawn: tuple[float | None, list[float], list[float]],
    unit: str,
) -> str:
    chosen, places, totals = drawn
    things = "picture" if n == 1 else "pictures"
    tail = ""
    if chosen is not None:
        cost = totals[places.index(chosen)]
        tail = f" The chosen threshold {chosen:.2f} costs {cost:.0f} {unit}."
    return (
        f"Line plot over the threshold, {count(n)} {things}: false alarms fall, misses rise. "
        f"Together they cost {totals[0]:.0f} {unit} for 100 pictures at {places[0]:.2f}, "
        f"{totals[-1]:.0f} at {places[-1]:.2f}, and least, {least_cost:.0f}, at "
        f"{least:.2f}.{tail}"
    )
