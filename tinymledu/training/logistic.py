"""Logistic regression, all of it: one weight for each column, a loss, and its gradient.

The last column of x is 1 for every point, so the last weight is the bias.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Real = NDArray[np.float64]


def with_ones(readings: ArrayLike) -> Real:
    """(n, d) becomes (n, d + 1): a last column of ones, whose weight is the bias."""
    values = np.asarray(readings, dtype=np.float64)
    return np.hstack([values, np.ones((len(values), 1))])


def chance(weights: ArrayLike, x: ArrayLike) -> Real:
    """p = 1 / (1 + exp(-z)) with z = x @ weights, without overflow: (n, d) gives (n,)."""
    z = np.asarray(x, dtype=np.float64) @ np.asarray(weights, dtype=np.float64)
    small = np.exp(-np.abs(z))  # never above 1
    p: Real = np.where(z >= 0, 1 / (1 + small), small / (1 + small))
    return p


def log_loss(weights: ArrayLike, x: ArrayLike, labels: ArrayLike) -> float:
    """Mean of -ln(chance given to the right class), in nat.

    Written as ln(1 + exp(z)) - label * z, which stays finite for any z.

    Args:
        x: (n, d). labels: (n,) 0 or 1.
    """
    z = np.asarray(x, dtype=np.float64) @ np.asarray(weights, dtype=np.float64)
    return float(np.mean(np.logaddexp(0, z) - np.asarray(labels) * z))


def gradient(weights: ArrayLike, x: ArrayLike, labels: ArrayLike) -> Real:
    """How the loss changes with each weight: the mean of (p - label) * x, (d,)."""
    values = np.asarray(x, dtype=np.float64)
    slope: Real = values.T @ (chance(weights, values) - np.asarray(labels)) / len(values)
    return slope
