"""Drawings of cats and dogs, for a course that must work with no network. NumPy and Pillow only.

Fur, pose, body, background, things lying about, things in the way, and light follow the same laws
for both classes: the functions that paint them never see the label. Only ears, muzzle, nose,
whiskers and pupils differ, and they differ by probability (`Species`). So no single pixel, colour
or place gives the class away; what does is a combination of small shapes.

A drawing depends on (seed, split, index) alone, so any part of a set can be made on its own.
A network trained on drawings knows nothing about photographs: 52 % there, which is chance.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from .neither import draw_neither
from .scene import (
    DIFFICULTIES,
    INK,
    OVERSAMPLING,
    PINK,
    Coat,
    Colour,
    Difficulty,
    Pen,
    Picture,
    Range,
    choose_coat,
    choose_pose,
    light_and_lens,
    paint_background,
    paint_thing,
    random_stream,
    vary,
)

LABELS = ("cat", "dog")
IRIS: tuple[Colour, ...] = ((158, 172, 74), (92, 60, 34), (196, 150, 60), (110, 140, 150))


@dataclass(frozen=True, slots=True)
class Species:
    """All that differs between the classes. Ranges are in hundredths of a picture."""

    erect_ears: float
    erect_ear_height: Range
    drop_ear_length: Range
    muzzle_width: Range
    muzzle_height: Range
    nose_radius: Range
    pink_triangle_nose: float
    slit_pupils: float
    whiskers: float
    tongue: float


CAT = Species(
    erect_ears=0.95, erect_ear_height=(13, 20), drop_ear_length=(11, 17),
    muzzle_width=(6.5, 9.5), muzzle_height=(4.5, 7.0), nose_radius=(1.8, 2.8),
    pink_triangle_nose=0.75, slit_pupils=0.75, whiskers=0.85, tongue=0.04,
)  # fmt: skip
DOG = Species(
    erect_ears=0.22, erect_ear_height=(14, 22), drop_ear_length=(20, 32),
    muzzle_width=(8.5, 12.5), muzzle_height=(8.5, 13.0), nose_radius=(2.8, 4.6),
    pink_triangle_nose=0.08, slit_pupils=0.06, whiskers=0.10, tongue=0.40,
)  # fmt: skip
SPECIES = (CAT, DOG)
_PROBABILITIES = ("erect_ears", "pink_triangle_nose", "slit_pupils", "whiskers", "tongue")


@dataclass(frozen=True, slots=True)
class Head:
    """Centre and half-axes of the skull."""

    x: float
    y: float
    width: float
    height: float


def paint_body(rng: np.random.Generator, pen: Pen, coat: Coat, facing: float) -> None:
    """A sitting animal from the neck down: tail, torso, bib, legs, paws."""
    middle, half = 50 - facing * rng.uniform(3, 10), rng.uniform(14, 20)
    top = rng.uniform(50, 54)
    side = 1 if rng.random() < 0.5 else -1
    tail = [
        (middle + side * reach * (half + 14), 94 - lift * rng.uniform(22, 40))
        for reach, lift in ((0.4, 0.0), (0.85, 0.1), (1.0, 0.5), (0.9, 1.0))
    ]
    pen.stroke(tail, rng.uniform(2.5, 6), coat.dark)
    pen.oval(middle, top + 28, half, 28, coat.fur)
    pen.oval(middle - side * half * 0.5, 92, half * 0.7, 8, coat.fur)
    if coat.markings == "stripes":
        for y in rng.uniform(top + 12, top + 42, 3):
            pen.stroke(
                [(middle + side * half * 0.5, y), (middle + side * half, y - 3)], 1.6, coat.dark
            )
    if coat.markings == "patch":
        pen.oval(middle + side * half * 0.4, top + 26, half * 0.5, 10, coat.dark)
    pen.oval(middle, top + 14, half * 0.55, 15, coat.bib)
    for leg in (-1, 1):
        pen.stroke([(middle + leg * 6, top + 20), (middle + leg * 6.5, 98)], 7, coat.fur)
        pen.oval(middle + leg * 7, 98, 5, 3.4, coat.bib)
    pen.stroke([(middle, top + 24), (middle, 98)], 0.8, coat.dark)


def paint_skull(rng: np.random.Generator, pen: Pen, coat: Coat, head: Head) -> None:
    """The head without what tells the classes apart."""
    pen.oval(head.x, head.y + 2.5, head.width * 0.98, head.height, coat.dark)
    pen.oval(head.x, head.y, head.width, head.height, coat.fur)
    if coat.markings == "stripes":
        for x in (-0.28, 0.0, 0.28):
            top = head.y - head.height * 0.92 * math.sqrt(1 - x * x)
            pen.stroke(
                [(head.x + x * head.width, top), (head.x + 0.8 * x * head.width, top + 6)],
                1.8, coat.dark,
            )  # fmt: skip
    if coat.markings == "patch":
        side = 1 if rng.random() < 0.5 else -1
        patch = coat.dark if rng.random() < 0.5 else coat.light
        pen.oval(head.x + side * head.width * 0.45, head.y - 3, 7, 8, patch)


def typical(species: Species, share: float) -> Species:
    """The same species with fewer exceptions: probabilities moved by `share` to 0 or 1."""
    chances = {name: getattr(species, name) for name in _PROBABILITIES}
    return replace(species, **{name: p + share * (round(p) - p) for name, p in chances.items()})


def paint_erect_ears(
    rng: np.random.Generator, pen: Pen, coat: Coat, head: Head, height: float
) -> None:
    outward, half = rng.uniform(0.5, 0.68), rng.uniform(6, 8.5)
    lining = PINK if rng.random() < 0.4 else coat.dark
    for side in (-1, 1):
        x, y = head.x + side * head.width * outward, head.y - head.height * 0.55
        tip = (x + side * rng.uniform(0, 4), y - height)
        pen.polygon([(x - half, y + 5), tip, (x + half, y + 5)], coat.ear)
        inner = (tip[0], tip[1] + height * 0.3)
        pen.polygon([(x - half * 0.5, y + 4), inner, (x + half * 0.5, y + 4)], lining)


def paint_drop_ears(
    rng: np.random.Generator, pen: Pen, coat: Coat, head: Head, length: float
) -> None:
    half, spread = rng.uniform(4.5, 6.5), rng.uniform(0.1, 0.4)
    for side in (-1, 1):
        x = head.x + side * head.width * 0.92
        y = head.y - head.height * 0.55 + length / 2
        x += side * spread * length / 3
        pen.oval(x, y, half + 0.7, length / 2 + 0.7, coat.dark, turn=-side * spread)
        pen.oval(x, y, half, length / 2, coat.ear, turn=-side * spread)


def paint_eyes(
    rng: np.random.Generator, pen: Pen, head: Head, facing: float, species: Species
) -> None:
    iris = vary(rng, IRIS[rng.integers(len(IRIS))], 15)
    radius, apart = rng.uniform(2.8, 4.2), rng.uniform(0.38, 0.48)
    pupil = radius * (0.25 if rng.random() < species.slit_pupils else 0.62)
    y = head.y - head.height * rng.uniform(0.05, 0.2)
    for side in (-1, 1):
        x = head.x + side * head.width * apart + facing * 3
        pen.oval(x, y, radius + 0.7, radius + 0.5, INK)
        pen.oval(x, y, radius, radius * 0.9, iris)
        pen.oval(x, y, pupil, radius * 0.85, INK)
        pen.oval(x + 1, y - 1.2, 0.8, 0.8, (250, 250, 250))


def paint_muzzle(
    rng: np.random.Generator, pen: Pen, coat: Coat, head: Head, facing: float, species: Species
) -> None:
    """Two cheeks and a chin, the mouth, perhaps a tongue or whiskers, and the nose on top."""
    width, height = rng.uniform(*species.muzzle_width), rng.uniform(*species.muzzle_height)
    x, y = head.x + facing * 5, head.y + head.height * rng.uniform(0.28, 0.42)
    colour = coat.light if rng.random() < 0.65 else coat.fur
    pen.oval(x, y + height * 0.45, width * 0.75, height * 0.9, coat.dark)
    if rng.random() < species.tongue:
        pen.oval(x, y + height * 1.3, 2.8, rng.uniform(4, 6), vary(rng, (218, 96, 108), 10))
    pen.oval(x, y + height * 0.3, width * 0.7, height * 0.8, colour)
    whiskers = rng.random() < species.whiskers
    for side in (-1, 1):
        pen.oval(x + side * width * 0.45, y + height * 0.1, width * 0.58, height * 0.72, colour)
        mouth = [(x, y + height * 0.3), (x + side * width * 0.3, y + height * 0.72),
                 (x + side * width * 0.7, y + height * 0.55)]  # fmt: skip
        pen.stroke(mouth, 0.8, INK)
        if whiskers:
            paint_whiskers(rng, pen, coat, (x + side * width * 0.7, y + height * 0.15), side)
    nose, y = rng.uniform(*species.nose_radius), y - height * 0.35
    if rng.random() < species.pink_triangle_nose:
        pen.polygon([(x - nose, y - nose * 0.6), (x + nose, y - nose * 0.6), (x, y + nose)], PINK)
    else:
        pen.oval(x, y, nose, nose * 0.75, INK)


def paint_whiskers(
    rng: np.random.Generator, pen: Pen, coat: Coat, root: tuple[float, float], side: int
) -> None:
    colour = (238, 238, 238) if sum(coat.fur) < 420 else (62, 58, 58)
    for slope in (-0.28, 0.0, 0.28):
        reach = rng.uniform(12, 19)
        end = (root[0] + side * reach, root[1] + reach * (slope + rng.normal(0, 0.06)))
        pen.stroke([root, end], 0.6, colour)


def paint_animal(
    shared: np.random.Generator,
    own: np.random.Generator,
    image: Image.Image,
    species: Species,
    difficulty: Difficulty,
) -> None:
    """One animal. `shared` decides what follows one law for both classes, `own` the rest."""
    coat, pose = choose_coat(shared), choose_pose(shared, difficulty)
    pen = Pen(image, pose)
    head = Head(50, 38 + shared.normal(0, 1.5), shared.uniform(17, 22), shared.uniform(15, 20))
    paint_body(shared, pen, coat, pose.facing)
    erect = own.random() < species.erect_ears
    if erect:
        paint_erect_ears(own, pen, coat, head, own.uniform(*species.erect_ear_height))
    paint_skull(shared, pen, coat, head)
    if not erect:
        paint_drop_ears(own, pen, coat, head, own.uniform(*species.drop_ear_length))
    paint_eyes(own, pen, head, pose.facing, species)
    paint_muzzle(own, pen, coat, head, pose.facing, species)


def label_of(seed: int, split: str, index: int) -> int:
    """0 for a cat, 1 for a dog. Pictures 2k and 2k + 1 are one of each, in random order."""
    swap = random_stream(seed, split, index // 2, stream=2).integers(2)
    return int((index + swap) % 2)


def draw(
    index: int, *, seed: int, split: str, size: int, difficulty: str, label: int | None = None
) -> Picture:
    """One drawing, (size, size, 3) RGB. Another `label` gives the same scene with another face."""
    level = DIFFICULTIES[difficulty]
    label = label_of(seed, split, index) if label is None else label
    species = typical(SPECIES[label], level.typical)
    shared, own = (
        random_stream(seed, split, index, stream=0),
        random_stream(seed, split, index, stream=1),
    )
    image = paint_background(shared, OVERSAMPLING * size, level)
    paint_animal(shared, own, image, species, level)
    if shared.random() < level.thing_in_the_way:
        paint_thing(shared, Pen(image))
    return light_and_lens(shared, image, size, level)


def draw_many(
    start: int, stop: int, *, seed: int, split: str, size: int, difficulty: str
) -> Picture:
    """Pictures `start` to `stop` - 1 of a split: (n, size, size, 3)."""
    if split == "neither":
        rows = [
            draw_neither(index, seed=seed, size=size, difficulty=difficulty)
            for index in range(start, stop)
        ]
    else:
        rows = [
            draw(index, seed=seed, split=split, size=size, difficulty=difficulty)
            for index in range(start, stop)
        ]
    return np.stack(rows)
