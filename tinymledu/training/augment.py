"""Random views of a picture: mirrored, zoomed into a corner, lighter or darker.

An animal looks as much like itself from the left as from the right. Showing each picture a little
differently in every epoch is worth several times as many pictures.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import tensorflow as tf

# Limits at strength 1; they grow in proportion.
ZOOM = 0.15  # part of the picture's side that may be cut off
CONTRAST = 0.12  # values are multiplied by 1 - CONTRAST to 1 + CONTRAST
BRIGHTNESS = 0.04  # and -BRIGHTNESS to BRIGHTNESS is added; values lie in [0, 1]
MAX_STRENGTH = 4.0


@dataclass(frozen=True, slots=True)
class Views:
    """One random view for each of n pictures.

    boxes: (n, 4) float32: top, left, bottom, right, in ratios of height and width. A box with
        right < left mirrors the picture.
    lights: (n, 2) float32: contrast and brightness.
    """

    boxes: NDArray[np.float32]
    lights: NDArray[np.float32]


def random_views(n: int, strength: float, rng: np.random.Generator) -> Views:
    """Draw n random views; with a strength of 0 the pictures stay as they are, mirroring too."""
    side = 1 - strength * ZOOM * rng.random(n)
    top = rng.random(n) * (1 - side)
    left = rng.random(n) * (1 - side)
    mirrored = rng.random(n) < (0.5 if strength else 0)
    edges = np.stack([left, left + side], axis=1)
    edges[mirrored] = edges[mirrored, ::-1]
    boxes = np.stack([top, edges[:, 0], top + side, edges[:, 1]], axis=1)
    contrast = 1 + strength * CONTRAST * rng.uniform(-1, 1, n)
    brightness = strength * BRIGHTNESS * rng.uniform(-1, 1, n)
    lights = np.stack([contrast, brightness], axis=1)
    return Views(boxes.astype(np.float32), lights.astype(np.float32))


def look(pictures: "tf.Tensor", boxes: "tf.Tensor", lights: "tf.Tensor") -> "tf.Tensor":
    """Apply views: (n, height, width, channels) uint8 in, float32 in [0, 1] of that shape out."""
    from tinymledu.models.framework import load_tensorflow

    tf = load_tensorflow()
    n = tf.shape(pictures)[0]
    cropped = tf.image.crop_and_resize(pictures, boxes, tf.range(n), pictures.shape[1:3])
    contrast, brightness = lights[:, 0, None, None, None], lights[:, 1, None, None, None]
    return tf.clip_by_value(cropped / 255 * contrast + brightness, 0, 1)
