"""Curves side by side, and points with the lines that divide them."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinymledu.errors import InputError
from tinymledu.exploration.figure import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    PURPLE,
    Figure,
    canvas,
    show,
)

LINES = (("-", BLUE), ("--", ORANGE), (":", GREEN), ("-.", PURPLE))
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
    """Up to four panels that share their axes, each with up to four lines.

    Args:
        panels: by panel and line: a value for each step, the first being step 1.
        xlabel, ylabel: with unit.
        digits: after the point, in alt and table.

    Raises:
        InputError: too many or no panels or lines, or a line without a value.
    """
    _check(panels)
    columns = len(panels)
    with canvas(width=1.5 + 2.4 * columns, height=3.4, columns=columns) as (figure, drawn):
        for axes, (name, lines) in zip(np.atleast_1d(drawn), panels.items(), strict=True):
            for (label, values), (style, colour) in zip(lines.items(), LINES, strict=False):
                axes.plot(range(1, len(values) + 1), values, style, color=colour, label=label)
            axes.set(title=name, xlabel=xlabel)
            low, high = ylim or _range(panels)
            axes.set_ylim(low, high)
        first = np.atleast_1d(drawn)[0]
        first.set(ylabel=ylabel)
        first.legend(loc="best")
        figure.suptitle(title, x=0.01, ha="left", fontsize=12)
        return show(figure, alt=_alt(panels, ylabel, digits), table=_rows(panels, xlabel, digits),
                    title=title)  # fmt: skip


def points_figure(
    readings: ArrayLike, labels: ArrayLike, lines: Mapping[str, ArrayLike], *, title: str
) -> Figure:
    """The first two columns of points of two classes, and lines where the chance is one half.

    Args:
        readings: (n, 2) or more columns. labels: (n,) 0 or 1.
        lines: by name: three weights (of the first column, of the second, bias); at most four.

    Raises:
        InputError: too many lines, or not three weights.
    """
    weights = {name: np.asarray(given, dtype=np.float64) for name, given in lines.items()}
    if len(weights) > len(LINES) or any(given.shape != (3,) for given in weights.values()):
        raise InputError(
            f"There are {len(weights)} lines of shapes {[w.shape for w in weights.values()]}; give "
            f"at most {len(LINES)}, each of three weights: two columns and the bias."
        )
    x, y = np.asarray(readings, dtype=np.float64), np.asarray(labels)
    with canvas(width=5.5, height=4.5) as (figure, axes):
        for label, (mark, colour) in enumerate((("o", BLUE), ("^", ORANGE))):
            mine = x[y == label]
            axes.plot(mine[:, 0], mine[:, 1], mark, color=colour, alpha=0.6, label=f"class {label}")
        ends = np.array([x[:, 0].min(), x[:, 0].max()])
        axes.set_ylim(x[:, 1].min() - 0.3, x[:, 1].max() + 0.3)
        for (name, (a, b, c)), (style, _) in zip(weights.items(), LINES, strict=False):
            if b != 0:
                axes.plot(ends, -(a * ends + c) / b, style, color=BLACK, label=name)
            elif a != 0:  # upright
                axes.axvline(-c / a, linestyle=style, color=BLACK, label=name)
        axes.set(xlabel="first reading (no unit)", ylabel="second reading (no unit)", title=title)
        axes.legend(loc="best")
        right = {name: float(np.mean(_side(x, w) == y)) for name, w in weights.items()}
        said = "; ".join(f"{name} has {ratio:.0%} on its side" for name, ratio in right.items())
        alt = f"Scatter plot of {len(x):,} points of two classes over two readings. {said}."
        table: list[tuple[str, ...]] = [
            ("line", "weight 1", "weight 2", "bias", "points on the right side")
        ]
        table += [
            (name, *(f"{value:.2f}" for value in weights[name]), f"{ratio:.1%}")
            for name, ratio in right.items()
        ] or [("none", "-", "-", "-", "-")]
        return show(figure, alt=alt, table=table, title=title)


def _side(x: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.bool_]:
    side: NDArray[np.bool_] = x[:, :2] @ weights[:2] + weights[2] > 0
    return side


def _check(panels: Panels) -> None:
    n_lines = [len(lines) for lines in panels.values()]
    short = [name for lines in panels.values() for name, values in lines.items() if not len(values)]
    if not (1 <= len(panels) <= MAX_PANELS and all(1 <= n <= len(LINES) for n in n_lines)) or short:
        raise InputError(
            f"There are {len(panels)} panels with {n_lines} lines, and no values for {short}; give "
            f"1 to {MAX_PANELS} panels of 1 to {len(LINES)} lines, each with a value."
        )


def _range(panels: Panels) -> tuple[float, float]:
    values = [value for lines in panels.values() for line in lines.values() for value in line]
    gap = 0.05 * (max(values) - min(values)) or 0.05
    return min(values) - gap, max(values) + gap


def _alt(panels: Panels, ylabel: str, digits: int) -> str:
    said = "; ".join(
        f"{name}: "
        + ", ".join(
            f"{label} {values[0]:.{digits}f} to {values[-1]:.{digits}f}"
            for label, values in lines.items()
        )
        for name, lines in panels.items()
    )
    return f"Line plots of {ylabel}, first to last. {said}."


def _rows(panels: Panels, xlabel: str, digits: int) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [("panel", xlabel, "line", "value")]
    for name, lines in panels.items():
        for label, values in lines.items():
            places = np.unique(np.linspace(0, len(values) - 1, TABLE_ROWS).round().astype(int))
            rows += [(name, str(k + 1), label, f"{values[k]:.{digits}f}") for k in places]
    return rows
