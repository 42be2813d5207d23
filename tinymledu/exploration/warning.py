"""Time to a warning as a distribution, not as one number."""

from collections.abc import Mapping

import numpy as np

from tinymledu.energy import Warnings
from tinymledu.errors import InputError
from tinymledu.exploration.figure import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    Figure,
    canvas,
    show,
)

_LINES = ((BLUE, "-"), (ORANGE, "--"), (GREEN, "-."), (PURPLE, ":"), (BLACK, "-"))


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
    if not 1 <= len(found) <= len(_LINES):
        raise InputError(f"Give 1 to {len(_LINES)} ways of watching, not {len(found)}.")
    longest = max((t for one in found.values() for t in one.times_s if t is not None), default=None)
    if longest is None:
        raise InputError("Not one event had a warning. Lower the threshold, or debounce less.")
    heading = ("debouncing", "events", "missed", "median (s)", "95 % (s)", "false alarms a day")
    rows = [
        (
            name, str(len(one.times_s)), str(one.n_missed), _seconds(one.median_s),
            _seconds(one.p95_s), f"{one.false_alarms_per_day:.2f}",
        )
        for name, one in found.items()
    ]  # fmt: skip
    with canvas(width=7.5, height=4.0) as (figure, axes):
        for (name, one), (color, style) in zip(found.items(), _LINES, strict=False):
            times = np.sort([t for t in one.times_s if t is not None])
            shares = 100 * np.arange(len(times) + 1) / len(one.times_s)
            axes.step(
                [0, *times, longest * 1.05], [*shares, shares[-1]],
                where="post", color=color, linestyle=style,
                label=f"{name}: {one.false_alarms_per_day:.3g} false alarms a day",
            )  # fmt: skip
            for share, at in ((50, one.median_s), (95, one.p95_s)):
                if at is not None:
                    axes.plot([at], [share], "o", color=color)
        for share in (50, 95):
            axes.axhline(share, color=GREY, linewidth=1)
            axes.text(longest * 1.05, share + 1, f"{share} %", ha="right", fontsize=9)
        axes.set(xlabel="seconds since the onset", ylabel="events with a warning (%)", title=title)
        axes.set(xlim=(0, longest * 1.05), ylim=(0, 103))
        axes.legend(loc="lower right")
        told = "; ".join(f"{row[0]}: median {row[3]} s, 95 % {row[4]} s" for row in rows)
        alt = f"Step plot of the share of events warned over seconds since the onset. {told}."
        return show(figure, alt=alt, table=[heading, *rows], title=title)


def _seconds(value: float | None) -> str:
    return "never" if value is None else f"{value:.1f}"
