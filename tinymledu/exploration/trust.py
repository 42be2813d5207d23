"""Figures for deciding whether to trust a model: over time, in an audit, and at other sites."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinymledu.errors import InputError
from tinymledu.exploration.figure import (
    LINES,
    ORANGE,
    Figure,
    Line,
    canvas,
    check_count,
    in_words,
    ink,
    mark_level,
    show,
)

# An AUC with the ends of its interval.
Interval = tuple[float, float, float]
_LEAST_QUALITY = 0.4  # white in the table of sites, and the foot of the audit's axis


def drift_figure(days: Sequence[int], alarms: Mapping[str, Sequence[int]], *, title: str) -> Figure:
    """Alarms a day over days since the start, a line for each way of working, on a log axis.

    Raises:
        InputError: nothing to show, too many lines, or a line of another length.
    """
    check_count(len(alarms), "lines")
    if not len(days):
        raise InputError("There is no day to show: days is empty.")
    for name, values in alarms.items():
        if len(values) != len(days):
            raise InputError(f"{name!r} has {len(values)} values for {len(days)} days.")
    most = max(max(values) for values in alarms.values())
    with canvas(height=3.2) as (figure, axes):
        for (name, values), line in zip(alarms.items(), LINES, strict=False):
            axes.plot(days, values, line.mark, linestyle=line.dash, color=line.colour, label=name)
        axes.set_yscale("symlog", linthresh=10)  # 0 alarms a day has a place, too
        axes.set_ylim(0, max(12, 1.5 * most))
        axes.yaxis.set_major_formatter("{x:,.0f}")
        axes.set(xlabel="days since the start", ylabel="alarms a day", title=title)
        axes.legend()
        alt = in_words(
            "Line plot of alarms a day over days, logarithmic.",
            [f"{name}: {v[0]:,} at first, {v[-1]:,} at last" for name, v in alarms.items()],
            ".",
        )
        rows = [
            ("days", *map(str, days)),
            *((name, *(f"{n:,}" for n in values)) for name, values in alarms.items()),
        ]
        return show(figure, alt=alt, table=rows, title=title)


def audit_figure(audit: Mapping[float, Mapping[str, Interval]], *, title: str) -> Figure:
    """AUC by confounding, a line for each way of counting, with intervals.

    Args:
        audit: by confounding, then by name ("naive", "matched"): AUC, low end, high end.

    Raises:
        InputError: nothing to show, or the names differ.
    """
    names = list(next(iter(audit.values()), {}))
    if any(list(one) != names for one in audit.values()):
        raise InputError("Each confounding needs an AUC of the same names.")
    check_count(len(names), "ways of counting")
    lowest = min(low for one in audit.values() for _, low, _ in one.values())
    with canvas(height=3.4) as (figure, axes):
        mark_level(axes, 0.5, "tossing\na coin")
        for place, (name, line) in enumerate(zip(names, LINES, strict=False)):
            _draw_audit(axes, line, place, name, {dial: one[name] for dial, one in audit.items()})
        axes.set(xlabel="confounding (no unit)", ylabel="AUC (no unit)", title=title)
        axes.set_ylim(min(_LEAST_QUALITY, lowest - 0.02), 1.02)
        axes.set_xticks(list(audit))
        axes.legend(loc="upper left", frameon=True, edgecolor="none")
        first, last = (list(audit.values())[end] for end in (0, -1))
        alt = in_words(
            "Line plot of AUC over confounding with 95 % intervals:",
            [f"{name} AUC from {first[name][0]:.2f} to {last[name][0]:.2f}" for name in names],
            ".",
        )
        rows = [
            (f"{dial:g}", name, f"{auc:.3f}", f"{low:.3f} to {high:.3f}")
            for name in names
            for dial, (auc, low, high) in ((dial, one[name]) for dial, one in audit.items())
        ]
        heading = ("confounding", "counted", "AUC", "95 % interval")
        return show(figure, alt=alt, table=[heading, *rows], title=title)


def _draw_audit(
    axes: Any, line: Line, place: int, name: str, points: Mapping[float, Interval]
) -> None:
    middle, low, high = np.array(list(points.values())).T
    at = np.array(list(points)) + 0.012 * place  # beside each other, so that intervals are seen
    axes.errorbar(
        at, middle, (middle - low, high - middle), fmt=line.mark, linestyle=line.dash,
        color=line.colour, label=name, capsize=4,
    )  # fmt: skip


def cross_site_figure(
    quality: ArrayLike, models: Sequence[str], sites: Sequence[str], *, title: str
) -> Figure:
    """A row for each model, a column for each site; a frame around the worst site of each model.

    Args:
        quality: (models, sites), 0.5 to 1.

    Raises:
        InputError: the shape differs from the names.
    """
    values = np.asarray(quality, np.float64)
    if values.shape != (len(models), len(sites)) or values.size == 0:
        raise InputError(
            f"quality has shape {values.shape}, for {len(models)} models and {len(sites)} sites."
        )
    worst = values.argmin(axis=1)
    with canvas(width=1.5 + 1.3 * len(sites), height=1.2 + 0.55 * len(models)) as (figure, axes):
        _draw_sites(axes, values, worst)
        axes.set_xticks(range(len(sites)), sites)
        axes.set_yticks(range(len(models)), models)
        axes.grid(visible=False)
        axes.set(xlabel="works at", ylabel="trained at", title=title)
        alt = in_words(
            "Table of quality by model and site.",
            [
                f"{name}: worst at {sites[column]}, {row[column]:.2f}"
                for name, row, column in zip(models, values, worst, strict=True)
            ],
            ".",
        )
        rows = [
            ("trained at", *(f"at {site}" for site in sites), "worst site"),
            *(
                (name, *(f"{one:.3f}" for one in row), sites[column])
                for name, row, column in zip(models, values, worst, strict=True)
            ),
        ]
        return show(figure, alt=alt, table=rows, title=title)


def _draw_sites(axes: Any, values: NDArray[np.float64], worst: NDArray[np.intp]) -> None:
    axes.imshow(values, cmap="Blues", vmin=_LEAST_QUALITY, vmax=1, aspect="auto")
    for (row, column), value in np.ndenumerate(values):
        colour = ink((value - _LEAST_QUALITY) / (1 - _LEAST_QUALITY))
        axes.text(column, row, f"{value:.2f}", ha="center", va="center", color=colour)
    across, down = 0.46 * np.array([-1, 1, 1, -1, -1]), 0.4 * np.array([-1, -1, 1, 1, -1])
    for row, column in enumerate(worst):
        axes.plot(column + across, row + down, color=ORANGE, linewidth=3)
