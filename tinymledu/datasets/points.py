"""Synthetic readings of sensors: points of two classes, few enough numbers to think about."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tinymledu.errors import InputError

CENTRES = (1.0, 0.8)  # class 1 on average, in the first two columns; class 0 has the negatives
RADII, RADIUS_SPREAD = (0.8, 2.2), 0.35  # of the ring's classes


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Readings and their classes.

    readings: (n, n_columns) float64, no unit, about 1 in size. Only the first two columns depend
        on the class. labels: (n,) 0 or 1, as somebody wrote them down. truth: (n,) 0 or 1.
    """

    readings: NDArray[np.float64]
    labels: NDArray[np.intp]
    truth: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.labels)

    def __repr__(self) -> str:
        wrong = int((self.labels != self.truth).sum())
        return (
            f"Points: {len(self):,} synthetic readings of {self.readings.shape[1]} columns, "
            f"{wrong:,} labels wrong"
        )


def sensor_points(
    n: int,
    *,
    seed: int,
    n_columns: int = 50,
    ring: bool = False,
    offset: float = 0.0,
    flipped: float = 0.0,
) -> Points:
    """`n` points, the classes taking turns; the same seed gives the same points.

    Args:
        n_columns: readings of one point, 2 or more; all but two are noise with spread 1.
        ring: class 1 lies around class 0 instead of beside it, so no straight line separates them.
        offset: added to the first two columns, as by another sensor at another place.
        flipped: share of labels that are written down wrongly, 0 to 1.

    Raises:
        InputError: a number is out of range.
    """
    if n < 1 or n_columns < 2 or not 0 <= flipped <= 1:
        raise InputError(
            f"n is {n}, n_columns {n_columns}, flipped {flipped}; give n of 1 or more, 2 columns "
            "or more, and a share from 0 to 1."
        )
    rng = np.random.default_rng(seed)
    truth = np.arange(n, dtype=np.intp) % 2
    readings = rng.normal(0, 1, (n, n_columns))
    if ring:
        radius = np.where(truth == 1, RADII[1], RADII[0]) + rng.normal(0, RADIUS_SPREAD, n)
        angle = rng.uniform(0, 2 * np.pi, n)
        readings[:, 0], readings[:, 1] = radius * np.cos(angle), radius * np.sin(angle)
    else:
        readings[:, :2] += np.outer(2 * truth - 1, CENTRES)
    readings[:, :2] += offset
    wrong = rng.random(n) < flipped
    return Points(readings, np.where(wrong, 1 - truth, truth), truth)
