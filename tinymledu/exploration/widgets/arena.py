"""The arena planner: take a tensor, and put it elsewhere."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tinymledu.exploration.arena_map import arena_map_figure, check_tensors
from tinymledu.exploration.figure import Figure
from tinymledu.exploration.widgets.frame import Choice, Controls, Follows, Slider, Widget
from tinymledu.graph.arena import ALIGNMENT_BYTES

LARGE = 0.01  # of the largest tensor: smaller ones find a place anywhere


def arena_planner(
    sizes: Mapping[int, int],
    lives: Mapping[int, tuple[int, int]],
    offsets: dict[int, int],
    *,
    title: str = "Your plan",
    names: Mapping[int, str] | None = None,
    limit_bytes: int | None = None,
) -> Widget:
    """Plan an arena by hand: choose a tensor, slide it to another place, see what it meets.

    Args:
        sizes: bytes by tensor number.
        lives: the first and the last operator during which a tensor is in use.
        offsets: where each tensor lies to begin with. It is changed with every move: afterwards,
            it is the plan.
        names: what each tensor is, for menu and table.
        limit_bytes: drawn as a line, such as the bound that no plan can beat.

    Raises:
        InputError: no tensors, or one that has no bytes, no lifetime or no place.
    """
    check_tensors(sizes, lives, offsets)
    step = _shared_step([sizes[key] for key in offsets])
    top = max(offset + sizes[key] for key, offset in offsets.items())

    def first_bytes(key: int) -> Slider:
        last_step = -(-(top - sizes[key]) // step)  # rounded up: it must reach where it lies
        return Slider("First byte", 0, last_step * step, step, offsets[key])

    def draw(tensor: int, first_byte: int) -> Figure:
        plan = {**offsets, tensor: first_byte}
        said = f"{title}: tensor {tensor} at byte {first_byte:,}"
        return arena_map_figure(
            sizes, lives, plan, title=said, names=names, limit_bytes=limit_bytes
        )

    def keep(values: Mapping[str, Any]) -> None:
        offsets[values["tensor"]] = values["first_byte"]

    controls: Controls = {
        "tensor": Choice("Tensor", _menu(sizes, offsets, names or {}), min(offsets)),
        "first_byte": Follows("tensor", first_bytes),
    }
    return Widget("Arena planner", draw, controls, keep)


def _shared_step(sizes: Sequence[int]) -> int:
    """Bytes that all large tensors can share, so that arrow keys reach the end of a slider."""
    shared = math.gcd(*(size for size in sizes if size >= LARGE * max(sizes)))
    return max(ALIGNMENT_BYTES, shared - shared % ALIGNMENT_BYTES)


def _menu(
    sizes: Mapping[int, int], tensors: Iterable[int], names: Mapping[int, str]
) -> dict[str, int]:
    """Each tensor by its number, name and bytes."""
    return {
        " ".join(filter(None, (str(key), names.get(key), f"({sizes[key]:,} B)"))): key
        for key in sorted(tensors)
    }
