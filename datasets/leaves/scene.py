"""Places, plants, ground and light: what surrounds the spots. All lengths are parts of the side."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Real = NDArray[np.float64]
Range = tuple[float, float]

SPLITS = ("train", "validation", "test", "unlabelled", "neither")


@dataclass(frozen=True, slots=True)
class Place:
    """Where pictures are taken. Colours are RGB, 0 to 255; counts are from, below."""

    papers: tuple[tuple[int, int, int], ...]  # one for each label; or, for all, kinds of ground
    own_paper: float  # probability that a leaf lies on the paper of its label; 0: by chance
    paper_spread: float  # grey levels between two plants
    texture: Range  # grey levels within one picture
    weeds: tuple[int, int]
    n_lobes: tuple[int, int]
    lobe_depth: Range
    scale: Range
    shift: float
    dust: Range  # 0: clean leaf, 1: nothing but dust
    dust_colour: Real
    splashes: tuple[int, int]  # of soil, on every leaf
    spots: tuple[int, int]  # of the illness, on sick leaves
    light: float  # grey levels, standard deviation between days
    noise: float  # grey levels, standard deviation between pixels


PLACES = {
    "north": Place(
        papers=((214, 220, 228), (226, 220, 208)), own_paper=0.75, paper_spread=5.0,
        texture=(1.0, 3.0), weeds=(0, 1), n_lobes=(1, 2), lobe_depth=(0.0, 0.0),
        scale=(0.36, 0.44), shift=0.03, dust=(0.0, 0.05), dust_colour=np.array([190.0, 160, 118]),
        splashes=(0, 1), spots=(3, 9), light=5.0, noise=3.0,
    ),
    "south": Place(
        papers=((150, 92, 60), (174, 128, 86), (104, 96, 60)), own_paper=0.0, paper_spread=18.0,
        texture=(6.0, 24.0), weeds=(0, 5), n_lobes=(5, 6), lobe_depth=(0.22, 0.42),
        scale=(0.40, 0.56), shift=0.06, dust=(0.05, 0.40), dust_colour=np.array([190.0, 160, 118]),
        splashes=(2, 8), spots=(3, 9), light=20.0, noise=6.0,
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plant:
    """What the pictures of one plant share."""

    green: Real  # RGB
    paper: Real  # RGB of what lies behind
    n_lobes: int
    lobe_depth: float
    length: float  # of the blade against its width
    dust: float
    light: Real  # RGB, grey levels added: its pictures are of one day


def random_stream(seed: int, split: str, index: int, *, stream: int) -> np.random.Generator:
    """Random numbers that depend on nothing but these four, so that a set can be made in parts."""
    return np.random.default_rng((seed, SPLITS.index(split), index, stream))


def choose_plant(rng: np.random.Generator, place: Place, label: int) -> Plant:
    kinds = len(place.papers)
    own = rng.random() < place.own_paper
    paper = label if own else int(rng.integers(kinds))
    green = np.array([74.0, 132, 58]) + rng.normal(0, 12, 3) + rng.normal(0, 12)
    return Plant(
        green=green,
        paper=np.array(place.papers[paper]) + rng.normal(0, place.paper_spread, 3),
        n_lobes=int(rng.integers(*place.n_lobes)),
        lobe_depth=rng.uniform(*place.lobe_depth),
        length=rng.uniform(1.25, 1.75) if place.n_lobes[0] == 1 else rng.uniform(0.95, 1.15),
        dust=rng.uniform(*place.dust),
        light=rng.normal(0, place.light) + rng.normal(0, place.light / 4, 3),
    )


def grid(side: int) -> tuple[Real, Real]:
    """x and y of the middle of each pixel, 0 to 1."""
    y, x = (np.mgrid[:side, :side] + 0.5) / side
    return x, y


def polar_grid(side: int, x: float, y: float, turn: float) -> tuple[Real, Real]:
    """Distance from (x, y) and direction, for each pixel."""
    across, down = grid(side)
    return np.hypot(across - x, down - y), np.arctan2(down - y, across - x) - turn


def leaf_mask(radius: Real, angle: Real, plant: Plant, side: int) -> Real:
    """1 inside the leaf, 0 outside, between at its edge; `radius` in lengths of the leaf."""
    along, across = np.cos(angle), np.sin(angle) * plant.length
    edge = 1 / np.hypot(along, across)
    edge = edge * (1 - plant.lobe_depth * (0.5 + 0.5 * np.cos(plant.n_lobes * angle)))
    return np.clip((edge - radius) * side * 0.4 + 0.5, 0, 1)


def disc(side: int, x: float, y: float, radius: float) -> Real:
    across, down = grid(side)
    return np.clip((radius - np.hypot(across - x, down - y)) * side + 0.5, 0, 1)


def paint(canvas: Real, colour: Real, cover: Real) -> None:
    """Lay a colour over the canvas, as thickly as `cover`, (side, side), says."""
    canvas += cover[..., None] * (colour - canvas)


def ground(rng: np.random.Generator, side: int, place: Place, plant: Plant) -> Real:
    """Paper, or soil with weeds on it: (side, side, 3)."""
    coarse = rng.normal(0, rng.uniform(*place.texture), (16, 16))
    blocks = np.kron(coarse, np.ones((side // 16 + 1, side // 16 + 1)))[:side, :side]
    canvas = np.empty((side, side, 3))
    canvas[:] = plant.paper + blocks[..., None]
    for _ in range(int(rng.integers(*place.weeds))):
        x, y = rng.uniform(0, 1, 2)
        green = np.array([84.0, 120, 52]) + rng.normal(0, 16, 3)
        paint(canvas, green, disc(side, x, y, rng.uniform(0.05, 0.16)))
    return canvas


def through_the_lens(
    rng: np.random.Generator, canvas: Real, place: Place, plant: Plant
) -> NDArray[np.uint8]:
    """What the camera makes of it: light and noise."""
    bright = plant.light + rng.normal(0, place.light / 5)
    grain = rng.normal(0, place.noise, canvas.shape)
    return np.clip(np.rint(canvas + bright + grain), 0, 255).astype(np.uint8)
