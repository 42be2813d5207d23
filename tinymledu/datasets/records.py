"""What a dataset is: a card, labelled splits, and pictures without labels."""

import base64
import html
import io
from dataclasses import dataclass, replace
from numbers import Integral

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tinymledu.errors import InputError
from tinymledu.translation import translated
from tinymledu.units import count

Pictures = NDArray[np.uint8]  # (n, height, width, 3) RGB
Labels = NDArray[np.uint8]  # (n,)
Groups = NDArray[np.int64]  # (n,)
Indices = NDArray[np.intp]

SIZES = (16, 224)  # pixels a side


@dataclass(frozen=True, slots=True)
class DatasetCard:
    """What must be known before a dataset is used: where it is from and what it cannot show."""

    name: str
    title: str
    description: str
    labels: tuple[str, ...]
    shape: tuple[int, int, int]  # height, width, channels of one picture
    n_labelled: int  # training pictures, unless fewer are asked for
    n_test: int
    synthetic: bool  # drawn by a program
    licence: str
    source: str
    limits: tuple[str, ...]

    @property
    def kind(self) -> str:
        """What its pictures are called."""
        return "drawings" if self.synthetic else "photographs"

    def _repr_html_(self) -> str:
        limits = "".join(f"<li>{html.escape(limit)}</li>" for limit in self.limits)
        return (
            f"<h4>{html.escape(self.title)}</h4><p>{html.escape(self.description)}</p>"
            f"<p>Labels: {html.escape(', '.join(self.labels))}. Source: "
            f"{html.escape(self.source)}. Licence: {html.escape(self.licence)}.</p>"
            f"<ul>{limits}</ul>"
        )


@dataclass(frozen=True, slots=True)
class Preview:
    """A picture of pictures, with the words for those who do not see it."""

    image: Image.Image
    alt: str

    def _repr_html_(self) -> str:
        buffer = io.BytesIO()
        self.image.save(buffer, "PNG")
        encoded = base64.b64encode(buffer.getvalue()).decode()
        return f'<img alt="{html.escape(self.alt)}" src="data:image/png;base64,{encoded}">'


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Pictures and what they show: `labels[i]` is an index into the card's labels.

    Pictures with the same number in `groups` belong together, such as those of one plant: they are
    alike, and must stand in one part of a dataset only. None: nobody wrote it down.
    """

    pictures: Pictures
    labels: Labels
    groups: Groups | None = None  # (n,)

    def __len__(self) -> int:
        return len(self.labels)

    def __repr__(self) -> str:
        counts = ", ".join(str(n) for n in np.bincount(self.labels)) or "none"
        return f"Split: {count(len(self))} pictures, by label: {counts}"

    def take(self, indices: Indices) -> "Split":
        groups = None if self.groups is None else self.groups[indices]
        return Split(self.pictures[indices], self.labels[indices], groups)


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Pictures from which quantization learns the ranges of values; their labels play no part."""

    pictures: Pictures
    labels: tuple[str, ...]  # the names of the classes, which the quantized model carries along
    dataset: str

    def __len__(self) -> int:
        return len(self.pictures)

    def __repr__(self) -> str:
        return f"Calibration: {len(self)} training pictures of {self.dataset}"


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Labelled pictures in three parts that share none, and pictures without labels.

    Train on `train`, choose on `validation`, report on `test`, once. `unlabelled` is for phase 2:
    cats, dogs, and some pictures that are neither; its answers are not in this object.
    """

    card: DatasetCard
    train: Split
    validation: Split
    test: Split
    unlabelled: Pictures
    skipped: int = 0  # files that could not be read as pictures
    duplicates: int = 0  # files left out because the same bytes were there already
    notes: tuple[str, ...] = ()  # how the parts were made

    def labelled(self, n: int, seed: int = 7) -> "Dataset":
        """The same dataset with `n` training pictures, for learning curves.

        Classes take turns, so every even `n` has as many of each; a larger `n` contains every
        smaller one. Validation and test stay as they are.

        Raises:
            InputError: n is below 1 or above the number of training pictures.
        """
        return replace(self, train=self.train.take(self._first_training_pictures(n, seed)))

    def calibration(self, n: int = 200, seed: int = 7) -> Calibration:
        """`n` training pictures, classes taking turns, for `quantize`.

        Raises:
            InputError: n is below 1 or above the number of training pictures.
        """
        chosen = self._first_training_pictures(n, seed)
        return Calibration(self.train.pictures[chosen], self.card.labels, self.card.name)

    def preview(self, n: int = 12, seed: int = 7) -> Preview:
        """`n` training pictures of each class, a row a class."""
        chosen = self._first_training_pictures(
            min(n * len(self.card.labels), len(self.train)), seed
        )
        part = self.train.take(chosen)
        rows = [part.pictures[part.labels == label] for label in range(len(self.card.labels))]
        shown = ", ".join(
            f"{len(row)} labelled {name}" for row, name in zip(rows, self.card.labels, strict=True)
        )
        return Preview(picture_grid(rows), f"Training {self.card.kind}, a row a class: {shown}.")

    def _first_training_pictures(self, n: int, seed: int) -> Indices:
        if not 1 <= n <= len(self.train):
            raise InputError(
                f"n is {n!r}, and {self.card.name} has {count(len(self.train))} training pictures "
                f"here: give 1 to {count(len(self.train))}."
            )
        if seed < 0:
            raise InputError(f"seed is {seed!r}; give 0 or a positive integer.")
        return balanced_order(self.train.labels, seed)[:n]

    def __repr__(self) -> str:
        return (
            f"Dataset {self.card.name}: {self.card.kind} of {self.card.shape[1]}x"
            f"{self.card.shape[0]} pixels, {count(len(self.train))} to train, "
            f"{count(len(self.validation))} to validate, {count(len(self.test))} to test, "
            f"{count(len(self.unlabelled))} unlabelled; labels {', '.join(self.card.labels)}"
            + (f"; {count(self.skipped)} broken files skipped" if self.skipped else "")
            + (f"; {count(self.duplicates)} duplicates left out" if self.duplicates else "")
        )

    def _repr_html_(self) -> str:
        notes = "".join(
            f"<li>{html.escape(note)}</li>" for note in (*self.notes, *self.card.limits)
        )
        return (
            f"<h4>{html.escape(self.card.title)}</h4>"
            f"<p>{html.escape(repr(self))}</p>{self.preview()._repr_html_()}<ul>{notes}</ul>"
        )


def balanced_order(labels: Labels, seed: int) -> Indices:
    """A random order in which the classes take turns, until one has no more."""
    rng = np.random.default_rng(seed)
    queues = [rng.permutation(np.flatnonzero(labels == label)) for label in np.unique(labels)]
    turns = np.concatenate([np.arange(len(queue)) for queue in queues])
    return np.concatenate(queues)[np.argsort(turns, kind="stable")]


def check_size(size: int) -> None:
    """Raise InputError for a side that pictures here do not have."""
    low, high = SIZES
    if not isinstance(size, Integral) or not low <= size <= high:
        raise InputError(
            translated(
                "size is {size!r}; pictures have {low} to {high} pixels a side.",
                size=size,
                low=low,
                high=high,
            )
        )


def averaged(pictures: Pictures, pool: int) -> NDArray[np.float64]:
    """(n, features): pixels / 255, averaged over squares of `pool` pixels a side.

    A rest at the border is left out.
    """
    n, height, width, channels = pictures.shape
    rows, columns = height // pool, width // pool
    cut = pictures[:, : rows * pool, : columns * pool]
    squares = cut.reshape(n, rows, pool, columns, pool, channels)
    means: NDArray[np.float64] = squares.mean(axis=(2, 4), dtype=np.float64) / 255
    return means.reshape(n, -1)


def picture_grid(rows: list[Pictures], *, side: int = 64) -> Image.Image:
    """Rows of pictures as one image, each `side` pixels wide, with a white gap between."""
    gap = 4
    widest = max(len(row) for row in rows)
    grid = Image.new("RGB", (widest * (side + gap), len(rows) * (side + gap)), "white")
    for y, row in enumerate(rows):
        for x, picture in enumerate(row):
            tile = Image.fromarray(picture).resize((side, side), Image.Resampling.NEAREST)
            grid.paste(tile, (x * (side + gap), y * (side + gap)))
    return grid
