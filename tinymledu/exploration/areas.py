"""Memories as squares: what has twice the bytes has twice the area."""

import math
from collections.abc import Mapping

from tinymledu.errors import InputError
from tinymledu.exploration.figure import BLUE, GREEN, ORANGE, PURPLE, SKY, Figure, canvas, show
from tinymledu.units import size

_COLORS = (ORANGE, BLUE, GREEN, PURPLE, SKY)
_HATCHES = ("", "//", "..", "xx", "--")
_GAP = 0.12  # between two squares, in sides of the largest


def memory_figure(n_bytes: Mapping[str, int], *, title: str = "RAM as area") -> Figure:
    """One square for each memory, its area in proportion to its bytes, largest first.

    Raises:
        InputError: fewer than 2 or more than 5 memories, or one without bytes.
    """
    if not 2 <= len(n_bytes) <= len(_COLORS) or min(n_bytes.values()) < 1:
        raise InputError(
            f"Give 2 to {len(_COLORS)} memories of at least 1 byte each, not {dict(n_bytes)}."
        )
    ordered = sorted(n_bytes.items(), key=lambda pair: -pair[1])
    most = ordered[0][1]
    rows = [("memory", "RAM", "bytes", "of the largest")]
    left = 0.0
    with canvas(width=7.5, height=4.0) as (figure, axes):
        for (name, count), color, hatch in zip(ordered, _COLORS, _HATCHES, strict=False):
            side = math.sqrt(count / most)
            axes.add_patch(_square(left, side, color, hatch))
            axes.text(left, -0.03, f"{name}\n{size(count)}", va="top", fontsize=10)
            rows.append((name, size(count), f"{count:,}", f"1/{most / count:.3g}"))
            left += max(side, 0.34) + _GAP
        axes.set(xlim=(-0.02, left), ylim=(-0.2, 1.02), aspect="equal", title=title)
        axes.axis("off")
        told = ", ".join(f"{name} {size(count)}" for name, count in ordered)
        alt = (
            f"{len(ordered)} squares side by side, area in proportion to bytes: {told}. "
            f"The smallest is 1/{most / ordered[-1][1]:.3g} of the largest."
        )
        return show(figure, alt=alt, table=rows, title=title)


def _square(left: float, side: float, color: str, hatch: str) -> object:
    from matplotlib.patches import Rectangle

    return Rectangle((left, 0), side, side, facecolor=color, edgecolor="white", hatch=hatch)
