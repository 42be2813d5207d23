"""What surrounds an animal, and what the camera makes of it. Nothing in this file knows a label."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Range = tuple[float, float]
Points = NDArray[np.float64]
Picture = NDArray[np.uint8]

SPLITS = ("train", "validation", "test", "unlabelled", "neither")
OVERSAMPLING = 4  # a picture is drawn this many times larger, then averaged down

FUR: tuple[Colour, ...] = (
    (44, 39, 37), (96, 66, 45), (152, 112, 72), (206, 162, 108), (231, 216, 196),
    (122, 120, 122), (74, 74, 82), (214, 132, 64), (244, 239, 232),
)  # fmt: skip
PINK: Colour = (222, 142, 142)
INK: Colour = (24, 20, 22)


@dataclass(frozen=True, slots=True)
class Difficulty:
    """How much stands between the eye and the animal. The same for both classes."""

    typical: float  # 0: probabilities as they are in Species, 1: each rounded to never or always
    things_lying_about: int  # at most
    thing_in_the_way: float  # probability
    scale: Range
    shift: float  # hundredths of a picture, standard deviation
    turn: float  # radians, standard deviation
    blur: float  # pixels, at most
    light: float  # 0: even daylight, 1: dim to glaring
    noise: float  # grey levels, standard deviation, at most


DIFFICULTIES = {
    "standard": Difficulty(0.0, 6, 0.25, (0.62, 1.20), 11.0, 0.32, 0.55, 1.0, 9.0),
    "easy": Difficulty(0.8, 2, 0.0, (0.85, 1.25), 7.0, 0.12, 0.0, 0.4, 3.0),
}


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the animal is: `x, y` and lengths in hundredths of a picture, `turn` in radians."""

    x: float
    y: float
    scale: float
    turn: float
    facing: float  # -1: to its right, 0: at us, 1: to its left


@dataclass(frozen=True, slots=True)
class Coat:
    """The colours of an animal, and its markings."""

    fur: Colour
    dark: Colour
    light: Colour
    ear: Colour
    bib: Colour
    markings: str  # "stripes", "patch" or "plain"


class Pen:
    """Draws on an image in units of a hundredth of its side, through a pose."""

    def __init__(self, image: Image.Image, pose: Pose | None = None) -> None:
        pose = pose or Pose(x=50, y=50, scale=1, turn=0, facing=0)
        self._draw = ImageDraw.Draw(image)
        self._unit = image.width / 100
        cos, sin = math.cos(pose.turn), math.sin(pose.turn)
        self._matrix = np.array([[cos, sin], [-sin, cos]]) * pose.scale * self._unit
        self._origin = np.array([pose.x, pose.y]) * self._unit
        self._length = pose.scale * self._unit

    def polygon(self, points: Sequence[tuple[float, float]] | Points, colour: Colour) -> None:
        self._draw.polygon(self._place(points), fill=colour)

    def oval(
        self, x: float, y: float, rx: float, ry: float, colour: Colour, *, turn: float = 0.0
    ) -> None:
        cos, sin = math.cos(turn), math.sin(turn)
        ring = _RING * (rx, ry) @ np.array([[cos, sin], [-sin, cos]]) + (x, y)
        self.polygon(ring, colour)

    def stroke(
        self, points: Sequence[tuple[float, float]] | Points, width: float, colour: Colour
    ) -> None:
        pixels = max(1, round(width * self._length))
        self._draw.line(self._place(points), fill=colour, width=pixels, joint="curve")

    def _place(self, points: Sequence[tuple[float, float]] | Points) -> list[float]:
        placed = (np.asarray(points, dtype=np.float64) - 50) @ self._matrix + self._origin
        flat: list[float] = placed.ravel().tolist()
        return flat


_RING: Points = np.stack(
    [np.cos(np.linspace(0, 2 * np.pi, 28)), np.sin(np.linspace(0, 2 * np.pi, 28))], axis=1
)


def vary(rng: np.random.Generator, colour: ArrayLike, spread: float) -> Colour:
    """A colour near another: each channel moved by a normal step of `spread` grey levels."""
    red, green, blue = np.clip(
        np.asarray(colour, dtype=np.float64) + rng.normal(0, spread, 3), 0, 255
    ).astype(int)
    return int(red), int(green), int(blue)


def choose_coat(rng: np.random.Generator) -> Coat:
    base = np.array(FUR[rng.integers(len(FUR))], dtype=float)
    fur, dark = vary(rng, base, 14), vary(rng, base * 0.6, 8)
    light = vary(rng, base * 0.7 + 85, 8)
    return Coat(
        fur=fur,
        dark=dark,
        light=light,
        ear=(fur, fur, dark, light)[rng.integers(4)],
        bib=light if rng.random() < 0.5 else fur,
        markings=str(rng.choice(["stripes", "patch", "plain"])),
    )


def paint_background(rng: np.random.Generator, side: int, difficulty: Difficulty) -> Image.Image:
    """A blotchy colour gradient with things lying about; some have the shapes of ears."""
    start, end = rng.uniform(40, 215, (2, 1)) + rng.normal(0, 25, (2, 3))
    angle = rng.uniform(0, 2 * np.pi)
    down, across = np.mgrid[0:1:12j, 0:1:12j]
    ramp = np.cos(angle) * across + np.sin(angle) * down
    ramp = (ramp - ramp.min()) / np.ptp(ramp)
    field = start + (end - start) * ramp[..., None]
    field += rng.normal(0, rng.uniform(4, 24), (12, 12, 1)) + rng.normal(0, 5, (12, 12, 3))
    tiny = Image.fromarray(np.clip(field, 0, 255).astype(np.uint8))
    image = tiny.resize((side, side), Image.Resampling.BICUBIC)
    pen = Pen(image)
    for _ in range(rng.integers(0, difficulty.things_lying_about + 1)):
        paint_thing(rng, pen)
    return image


def paint_thing(rng: np.random.Generator, pen: Pen) -> None:
    """A box, a ball, a cone, a leaf or a stick, half of the time in a colour that fur has."""
    near = FUR[rng.integers(len(FUR))] if rng.random() < 0.5 else rng.uniform(20, 235, 3)
    colour = vary(rng, near, 12)
    x, y = rng.uniform(0, 100, 2)
    w, h = rng.uniform(4, 22, 2)
    match rng.integers(5):
        case 0:
            pen.polygon([(x - w, y - h), (x + w, y - h), (x + w, y + h), (x - w, y + h)], colour)
        case 1:
            pen.oval(x, y, w, w, colour)
        case 2:
            pen.polygon([(x - w / 2, y + h / 2), (x, y - h), (x + w / 2, y + h / 2)], colour)
        case 3:
            pen.oval(x, y, w / 3, h, colour, turn=rng.uniform(0, np.pi))
        case _:
            pen.stroke([(x, y), (x + 3 * w - 36, y + 3 * h - 36)], rng.uniform(0.8, 4), colour)


def choose_pose(rng: np.random.Generator, difficulty: Difficulty) -> Pose:
    return Pose(
        x=50 + rng.normal(0, difficulty.shift),
        y=56 + rng.normal(0, difficulty.shift * 0.7),
        scale=rng.uniform(*difficulty.scale),
        turn=rng.normal(0, difficulty.turn),
        facing=rng.uniform(-1, 1),
    )


def light_and_lens(
    rng: np.random.Generator, image: Image.Image, size: int, difficulty: Difficulty
) -> Picture:
    """What the camera makes of the scene: size, focus, exposure, tint, noise, left or right."""
    small = image.reduce(image.width // size)
    if rng.random() < 0.5 and difficulty.blur > 0:
        small = small.filter(ImageFilter.GaussianBlur(rng.uniform(0, difficulty.blur)))
    pixels = np.asarray(small, dtype=np.float32)
    contrast = 1 + difficulty.light * rng.uniform(-0.4, 0.15)
    brightness = difficulty.light * (rng.normal(0, 22) + rng.normal(0, 8, 3))
    grain = rng.standard_normal(pixels.shape, dtype=np.float32) * rng.uniform(0, difficulty.noise)
    pixels = (pixels - 127) * contrast + 127 + brightness + grain
    if rng.random() < 0.5:
        pixels = pixels[:, ::-1]
    return np.clip(np.rint(pixels), 0, 255).astype(np.uint8)


def random_stream(seed: int, split: str, index: int, *, stream: int) -> np.random.Generator:
    """Random numbers that depend on nothing but these four, so that a set can be made in parts."""
    return np.random.default_rng((seed, SPLITS.index(split), index, stream))
