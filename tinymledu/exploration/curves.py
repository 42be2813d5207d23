"""Curves side by side, and points with the lines that divide them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinymledu.errors import InputError
from tinymledu.exploration.figure import (
    BLACK,
    BLUE,
    LINES,
    ORANGE,
    Figure,
    canvas,
    check_count,
    in_words,
    legend_below,
    show,
)

MAX_PANELS = 4
TABLE_ROWS = 12  # of each panel, evenly spaced, the last one included

Panels = Mapping[str, Mapping[str, Sequence[float]]]


def curves_figure(
    panels: Panels,
    *,
    title: str,
    xlabel: str,
    ylabel: str,
    ylim: tuple[float, float] | None = None,
    digits: int = 2,
) -> Figure:
    """Up to four panels that share their axes, with up to six names of lines.

    Args:
        panels: by panel and line: a value for each step, the first being step 1. Lines of one name
            look alike in all panels.
        xlabel, ylabel: with unit.
        digits: after the point, in alt and table.

    Raises:
        InputError: too many or no panels or lines, or a line without a value.
    """
    _check(panels)
    columns = len(panels)
    styles = dict(zip(_names(panels), LINES, strict=False))
    with canvas(width=1.5 + 2.4 * columns, height=3.7, columns=columns) as (figure, drawn):
        for axes, (name, lines) in zip(np.atleast_1d(drawn), panels.items(), strict=True):
            for label, values in lines.items():
                line = styles[label]
                axes.plot(
                    range(1, len(values) + 1), values, linestyle=line.dash, color=line.colour,
                    marker=line.mark if len(values) == 1 else "", label=label,
                )  # fmt: skip
            axes.set(title=name, xlabel=xlabel)
            axes.set_ylim(*(ylim or _range(panels)))
        np.atleast_1d(drawn)[0].set(ylabel=ylabel)
        legend_below(figure, columns=min(columns + 1, len(styles)))
        figure.suptitle(title, x=0.01, ha="left", fontsize=12)
        return show(figure, alt=_alt(panels, ylabel, digits), table=_rows(panels, xlabel, digits),
                    title=title)  # fmt: skip


def points_figure(
    readings: ArrayLike, labels: ArrayLike, lines: Mapping[str, ArrayLike], *, title: str
) -> Figure:
    """The first two columns of points of two classes, and lines where the chance is one half.

    Args:
        readings: (n, 2) or more columns. labels: (n,) 0 or 1.
        lines: by name: three weights (of the first column, of the second, bias); at most six.

    Raises:
        InputError: no points, too many lines, or not three weights.
    """
    check_count(len(lines), "lines", least=0)
    weights = {name: np.asarray(given, dtype=np.float64) for name, given in lines.items()}
    if any(given.shape != (3,) for given in weights.values()):
        raise InputError(
            f"The lines have shapes {[given.shape for given in weights.values()]}; each needs "
            "three weights: two columns and the bias."
        )
    x, y = np.asarray(readings, dtype=np.float64), np.asarray(labels)
    if not len(x):
        raise InputError("There are no points to draw: readings is empty.")
    with canvas(width=5.5, height=4.5) as (figure, axes):
        for label, (mark, colour) in enumerate((("o", BLUE), ("^", ORANGE))):
            mine = x[y == label]
            axes.plot(mine[:, 0], mine[:, 1], mark, color=colour, alpha=0.6, label=f"class {label}")
        axes.set_ylim(x[:, 1].min() - 0.3, x[:, 1].max() + 0.3)
        for (name, given), line in zip(weights.items(), LINES, strict=False):
            _divide(axes, name, given, line.dash, x)
        axes.set(xlabel="first reading (no unit)", ylabel="second reading (no unit)", title=title)
        legend_below(figure)
        right = {name: float(np.mean(_side(x, w) == y)) for name, w in weights.items()}
        alt = in_words(
            f"Scatter plot of {len(x):,} points of two classes over two readings.",
            [f"{name} has {ratio:.0%} on its side" for name, ratio in right.items()],
            "." if right else "",
        )
        heading = ("line", "weight 1", "weight 2", "bias", "points on the right side")
        rows = [
            (name, *(f"{value:.2f}" for value in weights[name]), f"{ratio:.1%}")
            for name, ratio in right.items()
        ]
        table = [heading, *(rows or [("none", "-", "-", "-", "-")])]
        return show(figure, alt=alt, table=table, title=title)


def _divide(
    axes: Any, name: str, weights: NDArray[np.float64], dash: Any, x: NDArray[np.float64]
) -> None:
    """The line on which a x + b y + c is 0, as wide as the points."""
    a, b, c = weights
    ends = np.array([x[:, 0].min(), x[:, 0].max()])
    if b != 0:
        axes.plot(ends, -(a * ends + c) / b, linestyle=dash, color=BLACK, label=name)
    elif a != 0:  # upright
        axes.axvline(-c / a, linestyle=dash, color=BLACK, label=name)


def _side(x: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.bool_]:
    side: NDArray[np.bool_] = x[:, :2] @ weights[:2] + weights[2] > 0
    return side


def _names(panels: Panels) -> list[str]:
    """Of all lines, each once, in their order."""
    return list(dict.fromkeys(name for lines in panels.values() for name in lines))


def _check(panels: Panels) -> None:
    check_count(len(panels), "panels", most=MAX_PANELS)
    check_count(len(_names(panels)), "names of lines")
    for panel, lines in panels.items():
        if not lines or not all(len(values) for values in lines.values()):
            raise InputError(f"Panel {panel!r} needs a line, and each of its lines a value.")


def _range(panels: Panels) -> tuple[float, float]:
    values = [value for lines in panels.values() for line in lines.values() for value in line]
    gap = 0.05 * (max(values) - min(values)) or 0.05
    return min(values) - gap, max(values) + gap


def _alt(panels: Panels, ylabel: str, digits: int) -> str:
    said = [
        f"{name}: "
        + ", ".join(
            f"{label} {values[0]:.{digits}f} to {values[-1]:.{digits}f}"
            for label, values in lines.items()
        )
        for name, lines in panels.items()
    ]
    return in_words(f"Line plots of {ylabel}, first to last.", said, ".")


def _rows(panels: Panels, xlabel: str, digits: int) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [("panel", xlabel, "line", "value")]
    for name, lines in panels.items():
        for label, values in lines.items():
            places = np.unique(np.linspace(0, len(values) - 1, TABLE_ROWS).round().astype(int))
            rows += [(name, str(k + 1), label, f"{values[k]:.{digits}f}") for k in places]
    return rows
