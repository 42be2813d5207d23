"""Memories as squares: what has twice the bytes has twice the area."""

import math
import textwrap
from collections.abc import Mapping

from tinymledu.errors import InputError
from tinymledu.exploration.figure import (
    BLACK,
    FILLS,
    Figure,
    canvas,
    check_count,
    in_words,
    show,
)
from tinymledu.units import size

_GAP = 0.12  # between two squares, in sides of the largest
_NAME_CHARS, _NAME_SIDE = 12, 0.34  # a line of a name, and the room that it takes


def memory_figure(n_bytes: Mapping[str, int], *, title: str = "RAM as area") -> Figure:
    """One square for each memory, its area in proportion to its bytes, largest first.

    Raises:
        InputError: fewer than 2 or more than 5 memories, or one without bytes.
    """
    check_count(len(n_bytes), "memories", least=2, most=len(FILLS))
    if min(n_bytes.values()) < 1:
        raise InputError(f"Each memory needs at least 1 byte; these have {dict(n_bytes)}.")
    ordered = sorted(n_bytes.items(), key=lambda pair: -pair[1])
    most = ordered[0][1]
    rows = [("memory", "RAM", "bytes", "of the largest")]
    left = 0.0
    with canvas(width=7.5, height=4.0) as (figure, axes):
        for (name, count), (colour, hatch) in zip(ordered, FILLS, strict=False):
            side = math.sqrt(count / most)
            axes.add_patch(_square(left, side, colour, hatch))
            words = textwrap.fill(name, _NAME_CHARS) + f"\n{size(count)}"
            axes.text(left, -0.03, words, va="top", fontsize=10)
            rows.append((name, size(count), f"{count:,}", _part(most / count)))
            left += max(side, _NAME_SIDE) + _GAP
        axes.set(xlim=(-0.02, left), ylim=(-0.2, 1.02), aspect="equal", title=title)
        axes.axis("off")
        alt = in_words(
            f"{len(ordered)} squares side by side, area in proportion to bytes:",
            [f"{name} {size(count)}" for name, count in ordered],
            f". The smallest is {_part(most / ordered[-1][1])} of the largest.",
            between=", ",
        )
        return show(figure, alt=alt, table=rows, title=title)


def _part(ratio: float) -> str:
    return f"1/{ratio:,.0f}" if ratio >= 100 else f"1/{ratio:.3g}"


def _square(left: float, side: float, colour: str, hatch: str) -> object:
    """With an edge in black, so that a memory of a dot's size is a dot."""
    from matplotlib.patches import Rectangle

    return Rectangle(
        (left, 0), side, side, facecolor=colour, edgecolor=BLACK, linewidth=0.8, hatch=hatch
    )
