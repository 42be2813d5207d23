"""Pictures that are neither cat nor dog: what a model that knows two answers meets in the field."""

import numpy as np

from .scene import (
    DIFFICULTIES,
    INK,
    OVERSAMPLING,
    Coat,
    Pen,
    Picture,
    choose_coat,
    choose_pose,
    light_and_lens,
    paint_background,
    paint_thing,
    random_stream,
)


def paint_goat(rng: np.random.Generator, pen: Pen, coat: Coat) -> None:
    """A goat, seen from the side: horns, beard, four straight legs."""
    for x in (34, 42, 60, 68):
        pen.stroke([(x, 66), (x + rng.uniform(-2, 2), 94)], 4, coat.dark)
    pen.stroke([(24, 52), (18, 44)], 4, coat.fur)
    pen.oval(50, 60, 28, 14, coat.fur)
    pen.polygon([(66, 62), (74, 30), (86, 34), (78, 62)], coat.fur)
    pen.stroke([(78, 30), (72, 18), (64, 14)], 3, coat.dark)
    pen.polygon([(84, 42), (80, 56), (90, 44)], coat.light)
    pen.oval(82, 33, 11, 6.5, coat.fur, turn=0.35)
    pen.oval(74, 33, 6, 2.2, coat.ear, turn=-0.4)
    pen.oval(82, 31, 1.8, 1.8, INK)


def paint_hen(rng: np.random.Generator, pen: Pen, coat: Coat) -> None:
    """A hen, seen from the side: comb, beak, two thin legs."""
    for x in (46, 54):
        pen.stroke([(x, 74), (x, 92), (x + rng.uniform(4, 6), 94)], 1.6, (206, 150, 40))
    pen.polygon([(28, 40), (20, 52), (36, 64), (46, 56)], coat.dark)
    pen.oval(50, 60, 22, 17, coat.fur)
    pen.polygon([(56, 60), (62, 30), (74, 32), (72, 62)], coat.fur)
    for x, y in ((64, 24), (68, 22), (72, 25)):
        pen.oval(x, y, 3, 4, (204, 44, 40))
    pen.oval(68, 31, 7, 7, coat.fur)
    pen.polygon([(74, 29), (82, 32), (74, 35)], (222, 160, 44))
    pen.oval(46, 60, 12, 9, coat.dark, turn=0.3)
    pen.oval(70, 30, 1.5, 1.5, INK)


def draw_neither(index: int, *, seed: int, size: int, difficulty: str) -> Picture:
    """A goat, a hen, a yard with no animal, or noise: by turns. No cat and no dog in it."""
    level, rng = DIFFICULTIES[difficulty], random_stream(seed, "neither", index, stream=0)
    if index % 4 == 3:
        return rng.integers(0, 256, (size, size, 3), dtype=np.uint8)
    image = paint_background(rng, OVERSAMPLING * size, level)
    coat, pen = choose_coat(rng), Pen(image, choose_pose(rng, level))
    if index % 4 == 0:
        paint_goat(rng, pen, coat)
    elif index % 4 == 1:
        paint_hen(rng, pen, coat)
    else:
        for _ in range(3):
            paint_thing(rng, Pen(image))
    return light_and_lens(rng, image, size, level)
