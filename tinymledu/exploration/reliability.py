"""Claimed against true: is a score of 0.8 right in 80 of 100 cases?"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tinymledu.calibration import Bin
from tinymledu.errors import InputError
from tinymledu.exploration.figure import (
    BLACK,
    LINES,
    Figure,
    Line,
    canvas,
    check_count,
    in_words,
    interval_text,
    show,
)
from tinymledu.statistics import wilson_interval
from tinymledu.units import count, percent


def reliability_figure(series: Mapping[str, Sequence[Bin]], *, title: str) -> Figure:
    """Accuracy over mean top score, a line for each series, with 95 % intervals.

    On the diagonal, scores are chances; below it, the classifier is too sure.

    Args:
        series: by name, such as "raw": bins from `calibration.reliability`; at most six.
        title: says what the pictures are.

    Raises:
        InputError: no series, more than six, or one without a picture.
    """
    filled = {name: [one for one in bins if one.n] for name, bins in series.items()}
    check_count(len(filled), "series")
    if not all(filled.values()):
        raise InputError(
            f"The filled bins of the series are {[len(bins) for bins in filled.values()]}; give "
            "series each with a picture."
        )
    with canvas(width=5.5, height=4.5) as (figure, axes):
        axes.plot([0, 100], [0, 100], "-", color=BLACK, linewidth=1, label="score = chance")
        for (name, bins), line in zip(filled.items(), LINES, strict=False):
            _draw(axes, line, name, bins)
        lowest = min(one.low for bins in filled.values() for one in bins)
        axes.set(xlabel="mean top score (%)", ylabel="accuracy (%), 95 % interval", title=title,
                 xlim=(100 * lowest - 2, 102), ylim=(0, 102))  # fmt: skip
        axes.legend(loc="lower right")
        return show(figure, alt=_alt(filled), table=_rows(filled), title=title)


def _draw(axes: Any, line: Line, name: str, bins: Sequence[Bin]) -> None:
    ratios = 100 * np.array([one.accuracy for one in bins])
    low, high = 100 * np.array([wilson_interval(one.n_correct, one.n) for one in bins]).T
    axes.errorbar(
        [100 * one.mean_score for one in bins], ratios, yerr=(ratios - low, high - ratios),
        fmt=line.mark, linestyle=line.dash, color=line.colour, capsize=3, label=name,
    )  # fmt: skip


def _rows(filled: Mapping[str, Sequence[Bin]]) -> list[tuple[str, ...]]:
    heading = ("scores", "from", "to", "pictures", "mean top score", "accuracy", "95 % interval")
    return [
        heading,
        *(
            (name, percent(one.low), percent(one.high), count(one.n), percent(one.mean_score),
             percent(one.accuracy), interval_text(*wilson_interval(one.n_correct, one.n)))
            for name, bins in filled.items()
            for one in bins
        ),
    ]  # fmt: skip


def _alt(filled: Mapping[str, Sequence[Bin]]) -> str:
    widest = {name: max(bins, key=lambda one: abs(one.mean_score - one.accuracy))
              for name, bins in filled.items()}  # fmt: skip
    return in_words(
        "Accuracy over mean top score, with the diagonal of perfect calibration.",
        [
            f"{name}: farthest from it at a score of {percent(one.mean_score)}, where "
            f"{percent(one.accuracy)} are right"
            for name, one in widest.items()
        ],
        ".",
    )
