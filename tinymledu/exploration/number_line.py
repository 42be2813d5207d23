"""The quantization number line: which reals the codes stand for, and where given values land."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinymledu.errors import InputError
from tinymledu.exploration.figure import BLACK, BLUE, GREY, ORANGE, SKY, Figure, canvas, show
from tinymledu.graph.affine import code_limits, to_codes, to_reals

MAX_VALUES = 8
MOST_TICKS = 32  # with more codes than that, single ones cannot be told apart
REAL_Y, CODE_Y = 1.0, 0.0
ROW_Y = 0.25  # from one row of numbers to the next
DIGIT_SHARE = 0.014  # of the whole range: the room that a digit takes

Label = tuple[float, str, int]  # where it stands, what it says, and its row


def number_line_figure(
    scale: float, zero_point: int, values: Sequence[float] = (), *, bits: int = 8
) -> Figure:
    """Two parallel lines: reals above, codes below, and the way of each value between them.

    Args:
        scale: width of a step, above 0, in the unit of the values.
        zero_point: the code that means 0.
        values: at most 8 reals to be quantized.
        bits: 2 to 16; 3 or 4 show single steps.

    Raises:
        InputError: the scale is not above 0, the zero point is no code, or too many values.
    """
    check_line(scale, zero_point, values, bits)
    lowest, highest = code_limits(bits)
    reals = np.asarray(values, np.float64)
    codes = to_codes(reals, scale, zero_point, bits=bits)
    back = to_reals(codes, scale, zero_point)
    low, high = (float(to_reals(end, scale, zero_point)) for end in (lowest, highest))
    outside = (reals < low - scale / 2) | (reals > high + scale / 2)
    title = f"{highest - lowest + 1} codes, scale {scale:.4g}, zero point {zero_point}"
    places = [low, high, *reals.tolist()]
    with canvas(width=8.0, height=2.8) as (figure, axes):
        _draw_lines(axes, scale, zero_point, bits)
        for real, meant, saturated in zip(reals, back, outside, strict=True):
            _draw_value(axes, float(real), float(meant), saturated=bool(saturated))
        _write(axes, reals.tolist(), {lowest: low, zero_point: 0.0, highest: high}, places)
        _finish(axes, places, title, bits)
        alt = (
            f"Number line: codes {lowest} to {highest} stand for {low:.3g} to {high:.3g} in steps "
            f"of {scale:.3g}; code {zero_point} means 0. "
            f"Of {len(reals)} values, {int(outside.sum())} saturate at an end."
        )
        table = _rows(reals, codes, back, outside, scale)
        ends = [_end("lowest code", lowest, low), _end("zero point", zero_point, 0.0),
                _end("highest code", highest, high)]  # fmt: skip
        return show(figure, alt=alt, table=[*table, *ends], title=title)


def check_line(scale: float, zero_point: int, values: Sequence[float], bits: int) -> None:
    """Refuse what `number_line_figure` cannot draw."""
    lowest, highest = code_limits(bits)
    if not (math.isfinite(scale) and scale > 0):
        raise InputError(
            f"The scale is {scale!r}. It is the width of a step, so it must be above 0; a negative "
            "one would turn the line round."
        )
    if not lowest <= zero_point <= highest:
        raise InputError(
            f"The zero point is {zero_point!r}, which is none of the codes {lowest} to {highest}. "
            "Widen the range until it contains 0."
        )
    if len(values) > MAX_VALUES or not all(math.isfinite(value) for value in values):
        raise InputError(f"Give at most {MAX_VALUES} values, all finite; these are {len(values)}.")


def _draw_lines(axes: Any, scale: float, zero_point: int, bits: int) -> None:
    """Both lines with their ends, 0, and the single codes where there is room for them."""
    lowest, highest = code_limits(bits)
    every = _every(bits)
    shown = sorted({*range(lowest, highest + 1, every), lowest, zero_point, highest})
    places = to_reals(shown, scale, zero_point)
    low, high = places[0], places[-1]
    axes.plot([low, high], [REAL_Y, REAL_Y], color=BLUE, linewidth=4, solid_capstyle="butt")
    axes.plot([low, high], [CODE_Y, CODE_Y], color=BLACK, linewidth=1)
    if every == 1:
        axes.plot(places, np.full(len(places), REAL_Y), "|", color=BLACK, markersize=10)
    axes.plot(places, np.full(len(places), CODE_Y), "|", color=BLACK, markersize=10)
    for code in {lowest, zero_point, highest}:
        place = float(to_reals(code, scale, zero_point))
        style = "-" if code == zero_point else ":"
        axes.plot([place, place], [CODE_Y, REAL_Y], style, color=GREY, linewidth=1)


def _draw_value(axes: Any, real: float, meant: float, *, saturated: bool) -> None:
    """From the value on the upper line to the place of its code on the lower one."""
    color, marker, style = (ORANGE, "X", "--") if saturated else (SKY, "o", "-")
    axes.plot([real, meant], [REAL_Y, CODE_Y], style, color=color, linewidth=1.5)
    axes.plot([real], [REAL_Y], marker, color=color, markeredgecolor=BLACK, markersize=8)
    axes.plot([meant], [CODE_Y], "v", color=color, markeredgecolor=BLACK, markersize=7)


def _write(
    axes: Any, reals: Sequence[float], ends: Mapping[int, float], places: Sequence[float]
) -> None:
    """Values above the line of reals, what the ends mean above them, and their codes below."""
    span = max(places) - min(places)
    values = in_rows(((real, f"{real:.3g}") for real in reals), span)
    means = in_rows(((place, f"{place:.3g}") for place in ends.values()), span)
    codes = in_rows(((place, f"{code}") for code, place in ends.items()), span)
    values_y, codes_y = REAL_Y + 0.17, CODE_Y - 0.17
    means_y = values_y + 0.05 + ROW_Y * _n_rows(values)
    for labels, y, step, side in (
        (values, values_y, ROW_Y, "bottom"),
        (means, means_y, ROW_Y, "bottom"),
        (codes, codes_y, -ROW_Y, "top"),
    ):
        for place, text, row in labels:
            axes.text(place, y + step * row, text, ha="center", va=side, fontsize=9)
    low_y, high_y = codes_y - ROW_Y * _n_rows(codes), means_y + ROW_Y * _n_rows(means)
    axes.set_ylim(low_y - 0.1, high_y + 0.1)
    axes.figure.set_figheight(1.3 + 0.65 * (high_y - low_y))


def in_rows(labels: Iterable[tuple[float, str]], span: float) -> list[Label]:
    """Each label once, in the first row where it lies on no other; row 0 is next to the line."""
    placed: list[Label] = []
    for place, text in sorted(set(labels)):
        near = DIGIT_SHARE * span * (1 + len(text) / 2)
        taken = {
            row for other, words, row in placed
            if abs(place - other) < near + DIGIT_SHARE * span * len(words) / 2
        }  # fmt: skip
        placed.append((place, text, min({*range(len(placed) + 1)} - taken)))
    return placed


def _n_rows(labels: Sequence[Label]) -> int:
    return 1 + max((row for _, _, row in labels), default=0)


def _codes_shown(bits: int) -> str:
    every = _every(bits)
    return "codes" if every == 1 else f"codes\n(1 of {every})"


def _every(bits: int) -> int:
    """One of how many codes gets a tick."""
    return max(1, (1 << bits) // MOST_TICKS)


def _finish(axes: Any, places: Sequence[float], title: str, bits: int) -> None:
    margin = 0.06 * (max(places) - min(places))
    axes.set(
        xlim=(min(places) - margin, max(places) + margin), title=title,
        xlabel="real value (in the unit of the tensor)",
    )  # fmt: skip
    axes.set_yticks([CODE_Y, REAL_Y], [_codes_shown(bits), "reals"])
    axes.grid(visible=False)


def _rows(
    reals: NDArray[np.float64],
    codes: NDArray[np.int64],
    back: NDArray[np.float64],
    outside: NDArray[np.bool_],
    scale: float,
) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [("real", "code", "means", "error", "error (steps)", "note")]
    for real, code, meant, saturated in zip(reals, codes, back, outside, strict=True):
        error = meant - real
        note = "saturates" if saturated else "rounded"
        rows.append(
            (f"{real:.6g}", f"{code}", f"{meant:.6g}", f"{error:.3g}", f"{error / scale:.2f}", note)
        )
    return rows


def _end(note: str, code: int, meant: float) -> tuple[str, ...]:
    return ("-", f"{code}", f"{meant:.6g}", "-", "-", note)
