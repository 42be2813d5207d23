"""Pictures from the camera of this computer, as arrays. They go into no file and no network."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinymledu.errors import InputError
from tinymledu.exploration.charts import picture_grid_figure
from tinymledu.exploration.figure import Figure
from tinymledu.exploration.widgets.live import in_browser, notebook

MOST_SIDE = 4096  # pixels: more than any webcam gives
BYTES_PER_PIXEL = 4  # red, green, blue and opacity, as the browser sends them
_NO_CAMERA = "A synthetic picture in place of a camera"

Picture = NDArray[np.uint8]


class Webcam:
    """A live picture and a button; `pictures` has what was taken, (h, w, 3) uint8 each.

    The browser asks for permission, and the camera is on only between "Start" and "Stop".
    """

    def __init__(self, *, width: int = 320, height: int = 240) -> None:
        """Ask the camera for a size in pixels; it gives the nearest that it has.

        Raises:
            InputError: a side is not from 1 to 4096.
        """
        if not (1 <= width <= MOST_SIDE and 1 <= height <= MOST_SIDE):
            raise InputError(f"The size is {width} x {height}; give sides from 1 to {MOST_SIDE}.")
        self.width, self.height = width, height
        self.pictures: list[Picture] = []

    def __repr__(self) -> str:
        return f"Webcam with {len(self.pictures)} pictures"

    def take(self, content: Mapping[str, Any], buffers: Sequence[bytes | memoryview]) -> str:
        """Add a picture that the browser sent; gives the sentence for the person who took it."""
        try:
            self.pictures.append(_decoded(content, buffers))
        except InputError as error:
            return str(error)
        height, width, _ = self.pictures[-1].shape
        return (
            f"Picture {len(self.pictures)}, {width} × {height}, is in pictures"
            f"[{len(self.pictures) - 1}]. It is in no file."
        )

    def static(self) -> tuple[Figure, ...]:
        """What a camera gives: a synthetic picture as it is, in the dark, and in too much light."""
        normal = _stand_in().astype(np.float64)
        pictures = np.stack([normal, 0.1 * normal, np.minimum(3 * normal, 255)]).astype(np.uint8)
        titles = ["as it is", "too dark", "too bright"]
        return (picture_grid_figure(pictures, titles, title=_NO_CAMERA),)

    def live(self) -> Any:
        """The widget for the notebook.

        Raises:
            ImportError: anywidget or ipywidgets is not installed.
        """

        def heard(content: Mapping[str, Any], buffers: Sequence[memoryview]) -> None:
            made.send({"kind": "said", "text": self.take(content, buffers)})

        made = in_browser("webcam.js", heard, width=self.width, height=self.height)
        return made

    def _ipython_display_(self) -> None:
        try:
            notebook().display(self.live())
        except ImportError:
            (figure,) = self.static()
            notebook().display(figure)


def webcam(*, width: int = 320, height: int = 240) -> Webcam:
    """Take pictures with the camera of this computer; without one, a sentence says so."""
    return Webcam(width=width, height=height)


def _decoded(content: Mapping[str, Any], buffers: Sequence[bytes | memoryview]) -> Picture:
    """The picture of a message, without its opacity."""
    sides = [content.get("height"), content.get("width")]
    if not all(isinstance(side, int) and 1 <= side <= MOST_SIDE for side in sides):
        raise InputError(f"The browser sent a picture of {sides}; take it again.")
    n_bytes = sum(len(memoryview(buffer).cast("B")) for buffer in buffers)
    height, width = (int(side) for side in sides if side is not None)
    if len(buffers) != 1 or n_bytes != height * width * BYTES_PER_PIXEL:
        raise InputError(
            f"{n_bytes} bytes came for {width} x {height} pixels of {BYTES_PER_PIXEL}; take the "
            "picture again."
        )
    pixels = np.frombuffer(buffers[0], np.uint8).reshape(height, width, BYTES_PER_PIXEL)
    return pixels[..., :3].copy()


def _stand_in() -> Picture:
    """A synthetic picture, (48, 64, 3): sky, ground and a red ball."""
    y, x = np.mgrid[0:48, 0:64]
    picture = np.where((y < 30)[..., None], (120, 160, 210), (70, 110, 50))
    ball = (x - 40) ** 2 + (y - 28) ** 2 < 100
    picture[ball] = (190, 50, 40)
    return picture.astype(np.uint8)
