"""A synthetic study of coughs, in which the place of recording can give the answer away.

Each person has one recording, as eight numbers: three in which an illness shows a little, five in
which the recorder shows clearly. `confounding` says how strongly place and illness go together.
Nothing here was recorded, and no illness is meant: it is for learning how to audit a study.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tinymledu.errors import InputError

PLACES = ("home", "hospital")
N_NUMBERS = 8
_OF_ILLNESS, _OF_PLACE = slice(0, 3), slice(3, 8)
_ILLNESS_SHIFT, _PLACE_SHIFT = 0.20, 0.75
_STRONGEST = 0.40  # at full confounding, 90 % of the ill were recorded in the hospital


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """features: (n, 8) float64, no unit. ill: (n,) bool. place: (n,) of "home" and "hospital"."""

    features: NDArray[np.float64]
    ill: NDArray[np.bool_]
    place: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.ill)


def study(n: int, *, confounding: float, seed: int) -> Study:
    """n people, about half of them ill.

    Args:
        confounding: 0: ill and healthy are recorded in the same places. 1: nine of ten who are ill
            in the hospital, nine of ten who are healthy at home.

    Raises:
        InputError: n is below 1, or confounding is not from 0 to 1.
    """
    if n < 1 or not 0 <= confounding <= 1:
        raise InputError(
            f"{n} people with confounding {confounding}: give n >= 1 and a confounding of 0 to 1."
        )
    random = np.random.default_rng(seed)
    ill = random.random(n) < 0.5
    hospital = random.random(n) < 0.5 + _STRONGEST * confounding * np.where(ill, 1, -1)
    features = random.standard_normal((n, N_NUMBERS))
    features[ill, _OF_ILLNESS] += _ILLNESS_SHIFT
    features[hospital, _OF_PLACE] += _PLACE_SHIFT
    return Study(features, ill, np.where(hospital, PLACES[1], PLACES[0]))
