"""Drawings of leaves, healthy and sick, as if photographed at two places. NumPy only.

North: a leaf on a sheet of paper. Sick leaves lie mostly on another sheet than healthy ones, so the
background gives the label away. South: another plant, in a field. The ground says nothing of the
label, and dust and splashes of soil lie on all leaves.

The illness is the same at both places: brown spots, each with a yellow ring. A splash of soil is a
brown spot without a ring. Who has only seen the north cannot know that the ring matters.

Each plant is drawn PER_PLANT times. Its pictures share label, colours, form, paper and ground. A
drawing depends on (place, seed, split, index) alone, so any part of a set can be made on its own.
These are no pictures of any real plant or illness.
"""

import numpy as np
from numpy.typing import NDArray

from .scene import (
    PLACES,
    SPLITS,
    Place,
    Plant,
    Real,
    choose_plant,
    disc,
    ground,
    leaf_mask,
    paint,
    polar_grid,
    random_stream,
    through_the_lens,
)

LABELS = ("healthy", "sick")
DIFFICULTIES = PLACES  # what other generators call a difficulty is a place here
PER_PLANT = 4  # pictures of one plant
PLANTS_OF_A_SPLIT = 1_000_000  # more than any split has, so that plant numbers are never used twice

Picture = NDArray[np.uint8]


def group_of(split: str, index: int) -> int:
    """The number of the plant in a picture; no two splits share a plant."""
    return SPLITS.index(split) * PLANTS_OF_A_SPLIT + index // PER_PLANT


def label_of(seed: int, split: str, index: int) -> int:
    """0: healthy, 1: sick. Of plants 2k and 2k + 1 one is sick, in random order."""
    plant = index // PER_PLANT
    swap = random_stream(seed, split, plant // 2, stream=2).integers(2)
    return int((plant + swap) % 2)


def paint_marks(
    rng: np.random.Generator, canvas: Real, inside: Real, n: int, *, ring: bool
) -> None:
    """`n` brown spots on the leaf, each with a yellow ring around it or without one."""
    rows, columns = np.nonzero(inside > 0.8)
    if len(rows) == 0:
        return
    side = canvas.shape[0]
    for _ in range(n):
        at = rng.integers(len(rows))
        x, y = (columns[at] + 0.5) / side, (rows[at] + 0.5) / side
        radius = rng.uniform(0.030, 0.060)
        brown = np.array([112, 74, 42]) + rng.normal(0, 12, 3)
        if ring:
            yellow = np.array([186, 176, 74]) + rng.normal(0, 12, 3)
            paint(canvas, yellow, 0.75 * disc(side, x, y, 1.8 * radius) * inside)
        paint(canvas, brown, disc(side, x, y, radius) * inside)


def paint_leaf(rng: np.random.Generator, canvas: Real, place: Place, plant: Plant) -> Real:
    """The leaf with its veins; returns where it is, 0 to 1."""
    side = canvas.shape[0]
    x, y = 0.5 + rng.normal(0, place.shift, 2)
    turn, scale = rng.uniform(0, 2 * np.pi), rng.uniform(*place.scale)
    radius, angle = polar_grid(side, x, y, turn)
    inside = leaf_mask(radius / scale, angle, plant, side)
    paint(canvas, plant.green, inside)
    veins = np.abs(np.sin(angle * plant.n_lobes / 2)) * radius < 0.012
    paint(canvas, plant.green * 1.18, 0.7 * inside * veins)
    return inside


def draw(
    index: int, *, seed: int, split: str, size: int, difficulty: str, label: int | None = None
) -> Picture:
    """One drawing, (size, size, 3) RGB. Another `label` gives another plant in the same pose."""
    place = PLACES[difficulty]
    label = label_of(seed, split, index) if label is None else label
    plant = choose_plant(random_stream(seed, split, index // PER_PLANT, stream=1), place, label)
    rng = random_stream(seed, split, index, stream=0)
    canvas = ground(rng, size, place, plant)
    inside = paint_leaf(rng, canvas, place, plant)
    marks = random_stream(seed, split, index, stream=3)
    paint(canvas, place.dust_colour, inside * plant.dust)
    paint_marks(marks, canvas, inside, int(marks.integers(*place.splashes)), ring=False)
    if label == 1:
        paint_marks(marks, canvas, inside, int(marks.integers(*place.spots)), ring=True)
    return through_the_lens(rng, canvas, place, plant)


def draw_neither(index: int, *, seed: int, size: int, difficulty: str) -> Picture:
    """Ground without a leaf, or noise, by turns."""
    place, rng = PLACES[difficulty], random_stream(seed, "neither", index, stream=0)
    if index % 2:
        return rng.integers(0, 256, (size, size, 3), dtype=np.uint8)
    plant = choose_plant(rng, place, 0)
    return through_the_lens(rng, ground(rng, size, place, plant), place, plant)


def draw_many(
    start: int, stop: int, *, seed: int, split: str, size: int, difficulty: str
) -> Picture:
    """Pictures `start` to `stop` - 1 of a split: (n, size, size, 3)."""
    if split == "neither":
        rows = [draw_neither(i, seed=seed, size=size, difficulty=difficulty)
                for i in range(start, stop)]  # fmt: skip
    else:
        rows = [draw(i, seed=seed, split=split, size=size, difficulty=difficulty)
                for i in range(start, stop)]  # fmt: skip
    return np.stack(rows)
