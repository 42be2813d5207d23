"""Figures for deciding whether to trust a model: over time, in an audit, and at other sites."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from tinymledu.errors import InputError
from tinymledu.exploration.figure import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    Figure,
    canvas,
    interval_text,
    show,
)

_LINES = ((BLUE, "o-"), (ORANGE, "s--"), (GREEN, "^-."), (PURPLE, "d:"))

# An AUC with the ends of its interval.
Interval = tuple[float, float, float]


def drift_figure(days: Sequence[int], alarms: Mapping[str, Sequence[int]], *, title: str) -> Figure:
    """Alarms a day over days since the start, a line for each way of working, on a log axis.

    Raises:
        InputError: nothing to show, too many lines, or a line of another length.
    """
    _check_lines(alarms, len(days))
    with canvas(height=3.2) as (figure, axes):
        for (name, values), (color, style) in zip(alarms.items(), _LINES, strict=False):
            axes.plot(days, values, style, color=color, label=name)
        axes.set_yscale("symlog", linthresh=10)  # 0 alarms a day has a place, too
        axes.set_ylim(bottom=0)
        axes.set(xlabel="days since the start", ylabel="alarms a day", title=title)
        axes.legend()
        told = "; ".join(
            f"{name}: {v[0]:,} at first, {v[-1]:,} at last" for name, v in alarms.items()
        )
        alt = f"Line plot of alarms a day over days, logarithmic. {told}."
        rows = [
            ("days", *map(str, days)),
            *((k, *(f"{n:,}" for n in v)) for k, v in alarms.items()),
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
    _check_lines(dict.fromkeys(names, ()), 0)
    rows = [("confounding", "counted", "AUC", "95 % interval")]
    with canvas(height=3.4) as (figure, axes):
        for place, (name, (color, style)) in enumerate(zip(names, _LINES, strict=False)):
            points = [one[name] for one in audit.values()]
            middle, low, high = np.array(points).T
            at = np.array(list(audit)) + 0.012 * place
            axes.errorbar(
                at, middle, (middle - low, high - middle), fmt=style, color=color, label=name,
                capsize=4,
            )  # fmt: skip
            rows += [
                (f"{dial:g}", name, f"{one[0]:.3f}", interval_text(one[1], one[2]))
                for dial, one in zip(audit, points, strict=True)
            ]
        axes.axhline(0.5, color=GREY, linewidth=1)
        axes.text(max(audit) / 4, 0.47, "tossing a coin", ha="center", fontsize=9)
        axes.set(xlabel="confounding (no unit)", ylabel="AUC (no unit)", title=title, ylim=(0.4, 1))
        axes.set_xticks(list(audit))
        axes.legend(loc="upper left")
        ends = (next(iter(audit.values())), list(audit.values())[-1])
        told = "; ".join(f"{n} AUC from {ends[0][n][0]:.2f} to {ends[1][n][0]:.2f}" for n in names)
        alt = f"Line plot of AUC over confounding with 95 % intervals: {told}."
        return show(figure, alt=alt, table=rows, title=title)


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
        axes.imshow(values, cmap="Blues", vmin=0.4, vmax=1, aspect="auto")
        for row, column in np.ndindex(values.shape):
            ink = "white" if values[row, column] > 0.75 else "black"
            axes.text(
                column, row, f"{values[row, column]:.2f}", ha="center", va="center", color=ink
            )
        for row, column in enumerate(worst):
            xs, ys = (
                np.array([-0.46, 0.46, 0.46, -0.46, -0.46]),
                np.array([-0.4, -0.4, 0.4, 0.4, -0.4]),
            )
            axes.plot(column + xs, row + ys, color=ORANGE, linewidth=3)
        axes.set_xticks(range(len(sites)), sites)
        axes.set_yticks(range(len(models)), models)
        axes.grid(visible=False)
        axes.set(xlabel="works at", ylabel="trained at", title=title)
        told = "; ".join(
            f"{name}: worst at {sites[column]}, {values[row, column]:.2f}"
            for row, (name, column) in enumerate(zip(models, worst, strict=True))
        )
        rows = [
            ("trained at", *(f"at {site}" for site in sites), "worst site"),
            *(
                (name, *(f"{one:.3f}" for one in values[row]), sites[worst[row]])
                for row, name in enumerate(models)
            ),
        ]
        return show(
            figure, alt=f"Table of quality by model and site. {told}.", table=rows, title=title
        )


def _check_lines(lines: Mapping[str, Sequence[int]], n: int) -> None:
    if not 1 <= len(lines) <= len(_LINES):
        raise InputError(f"Give 1 to {len(_LINES)} lines, not {len(lines)}.")
    for name, values in lines.items():
        if len(values) != n:
            raise InputError(f"{name!r} has {len(values)} values for {n} days.")
