"""The arena planner: take a tensor, and put it elsewhere."""

import math
from collections.abc import Mapping
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
    called = names or {}
    # A step that all large tensors can share, so that a slider has few enough for the arrow keys.
    most = max(sizes[key] for key in offsets)
    shared = math.gcd(*(sizes[key] for key in offsets if sizes[key] >= LARGE * most))
    step = max(ALIGNMENT_BYTES, shared - shared % ALIGNMENT_BYTES)
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

    options = {
        " ".join(filter(None, (str(key), called.get(key), f"({sizes[key]:,} B)"))): key
        for key in sorted(offsets)
    }
    controls: Controls = {
        "tensor": Choice("Tensor", options, min(offsets)),
        "first_byte": Follows("tensor", first_bytes),
    }
    return Widget("Arena planner", draw, controls, keep)
