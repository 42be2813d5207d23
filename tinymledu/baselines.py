"""Two classifiers in NumPy that any network should beat before it is worth its energy.

Both give each class a score that is linear in the pixels: pictures @ weights + biases.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tinymledu.datasets.records import Dataset, Pictures, Split, averaged
from tinymledu.errors import DatasetError, InputError
from tinymledu.units import count

# `linear` averages pixels down to this side: 1,728 features, and more learn nothing more.
LINEAR_SIDE = 24
RIDGE_PENALTIES = (1.0, 10.0, 100.0, 1_000.0, 10_000.0)


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """A linear classifier of pictures.

    weights: (features, n_classes); biases: (n_classes,). Features are pixel / 255, averaged over
        squares of `pool` x `pool` pixels.
    """

    name: str
    weights: NDArray[np.float64]
    biases: NDArray[np.float64]
    shape: tuple[int, ...]
    pool: int

    def predict(self, pictures: Pictures) -> NDArray[np.intp]:
        """The class of each picture, as an index into the labels.

        Raises:
            InputError: the pictures are of another shape than those it was made from.
        """
        if pictures.shape[1:] != self.shape:
            raise InputError(
                f"The baseline {self.name!r} takes pictures of shape {self.shape}; "
                f"these are {pictures.shape[1:]}."
            )
        scores = averaged(pictures, self.pool) @ self.weights + self.biases
        best: NDArray[np.intp] = np.argmax(scores, axis=1)
        return best

    def __repr__(self) -> str:
        return f"Baseline({self.name!r}: {count(self.weights.size + self.biases.size)} numbers)"


def nearest_mean(data: Dataset) -> Baseline:
    """Compare a picture with the mean picture of each class; the nearest wins.

    |x - m|^2 is smallest where x.m - |m|^2 / 2 is largest, which is linear in x.

    Raises:
        DatasetError: fewer than two classes among the training pictures.
    """
    _check(data.train)
    features = averaged(data.train.pictures, 1)
    n_classes = len(data.card.labels)
    means = np.stack(
        [features[data.train.labels == label].mean(axis=0) for label in range(n_classes)]
    )
    biases = -0.5 * (means**2).sum(axis=1)
    return Baseline("nearest mean picture", means.T, biases, data.train.pictures.shape[1:], 1)


def linear(data: Dataset) -> Baseline:
    """Ridge regression from pixels to classes; its penalty is chosen on data.validation.

    Raises:
        DatasetError: fewer than two classes among the training pictures.
    """
    _check(data.train)
    shape = data.train.pictures.shape[1:]
    pool = max(1, min(shape[:2]) // LINEAR_SIDE)
    features = averaged(data.train.pictures, pool)
    centre = features.mean(axis=0)
    wanted = np.eye(len(data.card.labels))[data.train.labels]
    share = wanted.mean(axis=0)
    centred = features - centre
    gram, moment = centred.T @ centred, centred.T @ (wanted - share)
    candidates = []
    for penalty in RIDGE_PENALTIES:
        weights = np.linalg.solve(gram + penalty * np.eye(len(gram)), moment)
        candidates.append(Baseline("linear", weights, share - centre @ weights, shape, pool))
    return max(candidates, key=lambda candidate: _accuracy(candidate, data.validation))


def _accuracy(baseline: Baseline, split: Split) -> float:
    return float((baseline.predict(split.pictures) == split.labels).mean())


def _check(split: Split) -> None:
    n_classes = len(np.unique(split.labels))
    if n_classes < 2:
        raise DatasetError(
            f"The {len(split.labels)} training pictures are of {n_classes} class; a baseline "
            "needs pictures of at least two to tell them apart."
        )
