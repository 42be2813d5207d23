"""Time to a warning as a distribution, not as one number."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from tinymledu.energy import Warnings
from tinymledu.errors import InputError
from tinymledu.exploration.figure import (
    LINES,
    Figure,
    Line,
    canvas,
    check_count,
    in_words,
    mark_level,
    show,
)

_NEVER = "never"


def warning_figure(
    found: Mapping[str, Warnings],
    *,
    title: str = "Time to a warning (synthetic stream)",
) -> Figure:
    """Share of all events that had their warning by then, a line for each way of watching.

    Missed events keep a line below 100 %. Marks stand at the median and the 95th percentile.

    Raises:
        InputError: nothing to show, too many lines, or not one event had a warning.
    """
    check_count(len(found), "ways of watching")
    longest_s = max(
        (time for one in found.values() for time in one.times_s if time is not None), default=None
    )
    if longest_s is None:
        raise InputError("Not one event had a warning. Lower the threshold, or debounce less.")
    end_s = 1.05 * longest_s or 1.0
    with canvas(width=7.5, height=4.0) as (figure, axes):
        mark_level(axes, 50, "50 %")
        mark_level(axes, 95, "95 %")
        for (name, one), line in zip(found.items(), LINES, strict=False):
            _draw(axes, line, name, one, end_s)
        axes.set(xlabel="seconds since the onset", ylabel="events with a warning (%)", title=title)
        axes.set(xlim=(0, end_s), ylim=(0, 103))
        axes.legend(loc="lower right", frameon=True, edgecolor="none")
        alt = in_words(
            "Step plot of the share of events warned over seconds since the onset.",
            [_told(name, one) for name, one in found.items()],
            ".",
        )
        return show(figure, alt=alt, table=_rows(found), title=title)


def _draw(axes: Any, line: Line, name: str, one: Warnings, end_s: float) -> None:
    times = np.sort([time for time in one.times_s if time is not None])
    shares = 100 * np.arange(len(times) + 1) / len(one.times_s)
    axes.step(
        [0, *times, end_s], [*shares, shares[-1]],
        where="post", color=line.colour, linestyle=line.dash,
        label=f"{name}: {one.false_alarms_per_day:.3g} false alarms a day",
    )  # fmt: skip
    for share, at_s in ((50, one.median_s), (95, one.p95_s)):
        if at_s is not None:
            axes.plot([at_s], [share], line.mark, color=line.colour)


def _told(name: str, one: Warnings) -> str:
    median, p95 = (
        _NEVER if time is None else f"{time:.1f} s" for time in (one.median_s, one.p95_s)
    )
    return f"{name}: median {median}, 95 % {p95}"


def _rows(found: Mapping[str, Warnings]) -> list[tuple[str, ...]]:
    heading = ("debouncing", "events", "missed", "median (s)", "95 % (s)", "false alarms a day")
    return [
        heading,
        *(
            (name, str(len(one.times_s)), str(one.n_missed), _seconds(one.median_s),
             _seconds(one.p95_s), f"{one.false_alarms_per_day:.2f}")
            for name, one in found.items()
        ),
    ]  # fmt: skip


def _seconds(value: float | None) -> str:
    return _NEVER if value is None else f"{value:.1f}"
