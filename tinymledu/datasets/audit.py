"""Questions to put to a collection before anybody trains on it.

Does the background know the label? Who, or what, stands in two parts? How well does bare memory do?
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinymledu.datasets.records import Groups, Indices, Labels, Pictures, Split, averaged
from tinymledu.errors import DatasetError, InputError

Real = NDArray[np.float64]

MEMORY_SIDE = 8  # `nearest` compares pictures averaged down to about this side


def border_pixels(pictures: Pictures) -> Real:
    """Eight pixels of each picture, its corners and the middles of its sides: (n, 24), 0 to 1."""
    height, width = pictures.shape[1:3]
    rows = [0, 0, 0, height // 2, height // 2, height - 1, height - 1, height - 1]
    columns = [0, width // 2, width - 1, 0, width - 1, 0, width // 2, width - 1]
    pixels: Real = pictures[:, rows, columns].reshape(len(pictures), -1) / 255
    return pixels


@dataclass(frozen=True, slots=True, eq=False)
class BorderProbe:
    """A classifier that sees eight pixels of background. means: (n_classes, 24)."""

    means: Real

    def predict(self, pictures: Pictures) -> NDArray[np.intp]:
        """The class whose mean border is the nearest, for each picture."""
        distances = border_pixels(pictures)[:, None] - self.means[None]
        best: NDArray[np.intp] = np.argmin((distances**2).sum(axis=2), axis=1)
        return best


def border_probe(train: Split) -> BorderProbe:
    """Learn the mean border of each class.

    If the probe is better than chance on other pictures, then a network can be right without
    looking at what the pictures are about.

    Raises:
        DatasetError: fewer than two classes among the pictures.
    """
    classes = np.unique(train.labels)
    if len(classes) < 2 or classes[-1] != len(classes) - 1:
        raise DatasetError(
            f"The {len(train)} pictures have the labels {classes.tolist()}; a probe needs two "
            "labels or more, counted from 0, with a picture of each."
        )
    pixels = border_pixels(train.pictures)
    return BorderProbe(np.stack([pixels[train.labels == label].mean(axis=0) for label in classes]))


def shared_groups(first: Groups, second: Groups) -> Groups:
    """Groups, such as plants, that stand in both parts; each once."""
    return np.intersect1d(first, second)


def copies(first: Pictures, second: Pictures) -> list[tuple[int, int]]:
    """Places (i, j) where second[j] has the very pixels of first[i]; only the first such i."""
    known: dict[bytes, int] = {}
    for index, picture in enumerate(first):
        known.setdefault(picture.tobytes(), index)
    return [
        (known[content], index)
        for index, picture in enumerate(second)
        if (content := picture.tobytes()) in known
    ]


def nearest(train: Pictures, pictures: Pictures) -> Indices:
    """For each picture, the place of the most similar training picture.

    Similar is a small squared difference, after averaging down to about 8 x 8 pixels. It stands
    for pure memory: who answers with the label of that picture has learned nothing by rule.
    """
    known, asked = _small(train), _small(pictures)
    # |a - b|^2 = |a|^2 - 2 a.b + |b|^2, and |a|^2 is the same for all b.
    distances = (known**2).sum(axis=1) - 2 * asked @ known.T
    found: Indices = np.argmin(distances, axis=1)
    return found


def _small(pictures: Pictures) -> Real:
    return averaged(pictures, max(1, min(pictures.shape[1:3]) // MEMORY_SIDE))


def split_at_random(n: int, part: float, seed: int) -> tuple[Indices, Indices]:
    """(train, test): `part` of n pictures is for testing, whatever they belong to."""
    order = np.random.default_rng(seed).permutation(n)
    n_test = round(_checked(part) * n)
    return np.sort(order[n_test:]), np.sort(order[:n_test])


def split_by_groups(groups: ArrayLike, part: float, seed: int) -> tuple[Indices, Indices]:
    """(train, test): `part` of the groups is for testing, each with all its pictures.

    Raises:
        InputError: part is not between 0 and 1, or leaves a side without a group.
    """
    numbers = np.asarray(groups)
    every = np.random.default_rng(seed).permutation(np.unique(numbers))
    n_test = round(_checked(part) * len(every))
    if not 0 < n_test < len(every):
        raise InputError(
            f"{len(every)} groups with part {part:g} give {n_test} groups to test; both sides "
            "need one. Collect from more plants, people or places."
        )
    tested = np.isin(numbers, every[:n_test])
    return np.flatnonzero(~tested), np.flatnonzero(tested)


def _checked(part: float) -> float:
    if not 0 < part < 1:
        raise InputError(f"part is {part!r}; give a share between 0 and 1, such as 0.25.")
    return part


def table_of(labels: Labels, values: ArrayLike) -> dict[str, list[int]]:
    """How many pictures of each label have each value: {value: [of label 0, of label 1, ...]}.

    A row or column with a 0 says that label and value cannot be told apart: all sick leaves on one
    day, say.
    """
    names, kinds = np.asarray(values).astype(str), int(labels.max()) + 1
    return {
        str(name): np.bincount(labels[names == name], minlength=kinds).tolist()
        for name in np.unique(names)
    }
