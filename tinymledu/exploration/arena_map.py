"""Where each tensor lies in the arena, and when: one rectangle for each, time by bytes."""

import operator
from collections.abc import Mapping
from itertools import combinations
from typing import Any

from tinymledu.errors import InputError
from tinymledu.exploration.figure import (
    BLACK,
    FILLS,
    Figure,
    canvas,
    mark_level,
    show,
)
from tinymledu.units import count

SMALLEST_LABEL = 0.05  # of the arena's height: a lower rectangle has no room for its number


def check_tensors(
    sizes: Mapping[int, int], lives: Mapping[int, tuple[int, int]], offsets: Mapping[int, int]
) -> None:
    """Refuse tensors that cannot be drawn or planned.

    Raises:
        InputError: no tensors; one without size or lifetime; a size below 1; an offset that is no
            whole number of bytes, 0 or more.
    """
    if not offsets:
        raise InputError("There is no tensor to draw: offsets is empty.")
    if unknown := sorted(key for key in offsets if key not in sizes or key not in lives):
        raise InputError(
            f"The map needs a size and a lifetime for each tensor; missing for: {unknown}."
        )
    for key, offset in offsets.items():
        if _whole(offset) < 0 or _whole(sizes[key]) < 1:
            raise InputError(
                f"Tensor {key} has {sizes[key]!r} bytes at offset {offset!r}; give a whole number "
                "of bytes, 1 or more, at an offset of 0 or more."
            )


def shared_bytes(
    sizes: Mapping[int, int],
    lives: Mapping[int, tuple[int, int]],
    offsets: Mapping[int, int],
) -> dict[tuple[int, int], int]:
    """Bytes that two tensors share while both are in use, by pair; empty for a sound plan."""
    shared = {}
    for a, b in combinations(sorted(offsets), 2):
        together = max(lives[a][0], lives[b][0]) <= min(lives[a][1], lives[b][1])
        n_bytes = min(offsets[a] + sizes[a], offsets[b] + sizes[b]) - max(offsets[a], offsets[b])
        if together and n_bytes > 0:
            shared[a, b] = n_bytes
    return shared


def arena_map_figure(
    sizes: Mapping[int, int],
    lives: Mapping[int, tuple[int, int]],
    offsets: Mapping[int, int],
    *,
    title: str,
    names: Mapping[int, str] | None = None,
    limit_bytes: int | None = None,
) -> Figure:
    """A map of the arena: operators from left to right, bytes from bottom to top.

    Where two rectangles lie over each other, both tensors claim the same bytes at the same time.

    Args:
        sizes: bytes by tensor number.
        lives: the first and the last operator during which a tensor is in use.
        offsets: first byte of each tensor. Tensors that are not here are left out.
        names: what each tensor is, for the table.
        limit_bytes: drawn as a line, such as the liveness bound or a board's RAM.

    Raises:
        InputError: as `check_tensors`.
    """
    check_tensors(sizes, lives, offsets)
    arena_bytes = max(offset + sizes[key] for key, offset in offsets.items())
    n_ops = 1 + max(lives[key][1] for key in offsets)
    with canvas(width=8.0, height=4.2) as (figure, axes):
        for position, key in enumerate(sorted(offsets, key=lambda key: (lives[key], key))):
            _rectangle(axes, key, position, lives[key], offsets[key], sizes[key], arena_bytes)
        if limit_bytes is not None:
            mark_level(axes, limit_bytes, f"{count(limit_bytes)} B", dash="--")
        top = 1.1 * max(arena_bytes, limit_bytes or 0)
        axes.set(xlim=(-0.5, n_ops - 0.5), ylim=(0, top), title=title)
        axes.set(xlabel="operator (number, in order of execution)", ylabel="place in arena (B)")
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.yaxis.set_major_formatter("{x:,.0f}")
        return show(
            figure,
            alt=_alt(sizes, lives, offsets, arena_bytes, n_ops, limit_bytes),
            table=_rows(sizes, lives, offsets, names or {}),
            title=title,
        )


def _rectangle(
    axes: Any,
    key: int,
    position: int,
    life: tuple[int, int],
    offset: int,
    size: int,
    arena_bytes: int,
) -> None:
    from matplotlib.patches import Rectangle

    colour, hatch = FILLS[position % len(FILLS)]
    corner, width = (life[0] - 0.5, offset), life[1] - life[0] + 1
    axes.add_patch(
        Rectangle(corner, width, size, facecolor=colour, edgecolor=BLACK, hatch=hatch, alpha=0.7)
    )
    if size >= SMALLEST_LABEL * arena_bytes:
        axes.text(
            (life[0] + life[1]) / 2,
            offset + size * (0.4 if position % 2 else 0.6),  # neighbours' numbers do not meet
            str(key),
            ha="center",
            va="center",
            fontsize=9,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
        )


def _whole(value: object) -> int:
    """The whole number that a value is, such as one of NumPy; -1 where it is none."""
    try:
        return operator.index(value)  # type: ignore[arg-type]  # refuses what is no integer
    except TypeError:
        return -1


def _alt(
    sizes: Mapping[int, int],
    lives: Mapping[int, tuple[int, int]],
    offsets: Mapping[int, int],
    arena_bytes: int,
    n_ops: int,
    limit_bytes: int | None,
) -> str:
    live = [
        sum(sizes[key] for key in offsets if lives[key][0] <= op <= lives[key][1])
        for op in range(n_ops)
    ]
    things = "rectangle" if len(offsets) == 1 else "rectangles"
    text = (
        f"Map of the arena, {n_ops} operators by bytes, {len(offsets)} {things}. "
        f"The highest ends at {count(arena_bytes)} B. Most is in use during operator "
        f"{live.index(max(live))}: {count(max(live))} B."
    )
    if limit_bytes is not None:
        text += f" A line marks {count(limit_bytes)} B."
    n_shared = len(shared_bytes(sizes, lives, offsets))
    if n_shared == 0:
        return text + " None overlap."
    return text + (" One pair overlaps." if n_shared == 1 else f" {n_shared} pairs overlap.")


def _rows(
    sizes: Mapping[int, int],
    lives: Mapping[int, tuple[int, int]],
    offsets: Mapping[int, int],
    names: Mapping[int, str],
) -> list[tuple[str, ...]]:
    heading = ("tensor", "what", "bytes", "first byte", "last byte", "in use", "shares bytes with")
    pairs = shared_bytes(sizes, lives, offsets)
    rows: list[tuple[str, ...]] = [heading]
    for key in sorted(offsets):
        others = sorted({a + b - key for a, b in pairs if key in (a, b)})
        rows.append(
            (
                str(key),
                names.get(key, ""),
                count(sizes[key]),
                count(offsets[key]),
                count(offsets[key] + sizes[key] - 1),
                f"operators {lives[key][0]} to {lives[key][1]}",
                ", ".join(map(str, others)) or "none",
            )
        )
    return rows
