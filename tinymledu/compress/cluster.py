"""Weights that share a few values, and how many bytes weights of few bits would take."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinymledu.errors import InputError

Weights = NDArray[np.floating[Any]]
MAX_ROUNDS = 50


def cluster(weights: Weights, n_values: int) -> tuple[Weights, Weights]:
    """Replace each weight by the nearest of `n_values` shared values (k-means in one dimension).

    The values begin evenly spread from the smallest weight to the largest, so large weights, which
    are few and matter, get values of their own. A value that no weight is near stays where it is.

    Returns:
        The weights, in their shape, and the shared values, (n_values,) ascending.

    Raises:
        InputError: n_values is below 2, or there are no weights or such that are no numbers.

    Source: Han et al. 2016, "Deep compression", arXiv 1510.00149, section 3.
    """
    if n_values < 2:
        raise InputError(f"n_values is {n_values!r}; give 2 or more.")
    flat = weights.reshape(-1)
    n_finite = int(np.isfinite(flat).sum())
    if not 0 < len(flat) == n_finite:
        raise InputError(
            f"Of {len(flat)} weights, {n_finite} are finite numbers; all must be, and one at least "
            "is needed. Look at the training that made them."
        )
    values = np.linspace(flat.min(), flat.max(), n_values)
    for _ in range(MAX_ROUNDS):
        nearest = _nearest(flat, values)
        n = np.bincount(nearest, minlength=n_values)
        sums = np.bincount(nearest, weights=flat, minlength=n_values)
        moved = np.where(n > 0, sums / np.maximum(n, 1), values)
        if np.array_equal(moved, values):
            break
        values = moved
    shared = values.astype(weights.dtype)
    return shared[_nearest(flat, values)].reshape(weights.shape), shared


def _nearest(flat: Weights, values: Weights) -> NDArray[np.intp]:
    """Index of the nearest of ascending values: how many middles lie below."""
    return np.searchsorted((values[1:] + values[:-1]) / 2, flat)


def counted_bytes(n_weights: int, bits: int, *, table_bytes: int = 0) -> int:
    """Bytes of weights of `bits` each, packed, with a table of shared values if there is one.

    Counted, not linked: our kernels read weights of 8 bits only.

    Raises:
        InputError: a negative number, or less than 1 bit.
    """
    if n_weights < 0 or bits < 1 or table_bytes < 0:
        raise InputError(
            f"{n_weights} weights of {bits} bits with a table of {table_bytes} B cannot be counted."
        )
    return math.ceil(n_weights * bits / 8) + table_bytes
