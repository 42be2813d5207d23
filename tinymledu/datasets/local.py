"""A few labelled pictures of a new place: some to learn from, some to choose by."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tinymledu.datasets.records import Dataset, Split, balanced_order
from tinymledu.errors import InputError

VALIDATION_PART = 5  # one in five of the pictures chooses the epoch
LEAST, LEAST_HELD = 10, 4


def local_part(data: Dataset, k: int, *, seed: int = 7, n_groups: int | None = None) -> Dataset:
    """The dataset with `k` labelled pictures in all, classes taking turns; its test part stays.

    One in five of the k, and all others of the same groups, only choose the epoch: they are
    labelled pictures too, and who counts the price counts them.

    Args:
        k: 10 or more.
        n_groups: take the pictures from this many groups, such as plants, and not from as many as
            there are.

    Raises:
        InputError: k is too small, or there are fewer pictures, too few groups or none.
    """
    groups = data.train.groups
    if groups is None:
        raise InputError(f"{data.card.name} does not say which pictures belong together.")
    pool = np.arange(len(data.train))
    if n_groups is not None:
        first = _first_groups(data.train, n_groups, seed)
        pool = np.flatnonzero(np.isin(groups, first))
    if not LEAST <= k <= len(pool):
        raise InputError(
            f"k is {k}, and there are {len(pool)} pictures; {LEAST} are needed at least, and more "
            "than there are cannot be taken."
        )
    chosen = data.train.take(pool[balanced_order(data.train.labels[pool], seed)[:k]])
    held = _held(chosen)
    return replace(
        data,
        train=chosen.take(np.flatnonzero(~held)),
        validation=chosen.take(np.flatnonzero(held)),
    )


def _held(chosen: Split) -> NDArray[np.bool_]:
    """Which pictures choose the epoch: those of whole groups, until they are enough."""
    assert chosen.groups is not None
    held = np.zeros(len(chosen), dtype=bool)
    for group in chosen.groups:
        if held.sum() >= max(LEAST_HELD, len(chosen) // VALIDATION_PART):
            break
        held |= chosen.groups == group
    if held.all():
        raise InputError(
            f"The {len(chosen)} pictures (groups: {len(np.unique(chosen.groups))}) would all be "
            "needed to choose the epoch. Take more pictures or more groups."
        )
    return held


def _first_groups(split: Split, n: int, seed: int) -> list[int]:
    """`n` groups at random, their labels taking turns."""
    assert split.groups is not None
    names, where = np.unique(split.groups, return_index=True)
    if not 1 <= n <= len(names):
        raise InputError(f"n_groups is {n}; give 1 to {len(names)}, as many as there are.")
    order = balanced_order(split.labels[where], seed)
    return [int(name) for name in names[order[:n]]]
