"""Which models nobody should choose, because another is at least as good in everything."""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from tinymledu.errors import InputError

Item = TypeVar("Item")


def dominates(first: Sequence[float], second: Sequence[float]) -> bool:
    """True if `first` is nowhere worse than `second` and somewhere better; smaller is better.

    >>> dominates((0.2, 100), (0.2, 200)), dominates((0.1, 300), (0.2, 200))
    (True, False)

    Raises:
        InputError: different numbers of objectives, or one that is not a number.
    """
    if len(first) != len(second):
        raise InputError(f"{len(first)} objectives cannot be compared with {len(second)}.")
    if any(math.isnan(value) for value in (*first, *second)):
        raise InputError(
            f"{tuple(first)} and {tuple(second)} cannot be compared: NaN is neither better nor "
            "worse than a number. Leave models without that figure out."
        )
    pairs = list(zip(first, second, strict=True))
    return all(a <= b for a, b in pairs) and any(a < b for a, b in pairs)


def pareto_front(
    items: Iterable[Item], objectives: Callable[[Item], Sequence[float]]
) -> tuple[Item, ...]:
    """The items that no other dominates, in their given order; equal ones stay together.

    Args:
        objectives: what counts for an item, smaller is better; give -accuracy, not accuracy.

    Raises:
        InputError: an objective is NaN, or items have different numbers of them.
    """
    listed = [(item, tuple(objectives(item))) for item in items]
    return tuple(
        item for item, own in listed if not any(dominates(other, own) for _, other in listed)
    )
