"""The stream of firmware/stream/ under the name of a model, for exports that take windows."""

import math
from dataclasses import dataclass

from tinymledu import files
from tinymledu.boards.exports.kinds import Kind
from tinymledu.graph.ir import TFLiteModel

# The other kinds list their sources in a project file, which would have to name these too.
KINDS_WITH_STREAM = ("c-library", "arduino", "platformio")
_PARTS = ("stream", "smoother")


@dataclass(frozen=True, slots=True)
class InputWindow:
    """A model's input as frames of a stream: its first axis is time."""

    n_channels: int
    sample_bytes: int
    n_frames: int


def input_window(model: TFLiteModel, kind: Kind) -> InputWindow | None:
    """The window that an export cuts streams into; None for pictures, and for some kinds.

    A picture is what has three axes and more than one channel. One with a single channel may as
    well be a spectrogram.
    """
    tensor = model.graph.input
    shape = tensor.shape[1:]
    is_picture = len(shape) > 2 and shape[-1] > 1
    if kind.name not in KINDS_WITH_STREAM or is_picture or not shape:
        return None
    sample_bytes = tensor.n_bytes // tensor.n_elements
    return InputWindow(math.prod(shape[1:]), sample_bytes, shape[0])


def stream_files(c_name: str) -> dict[str, str]:
    """NAME_stream and NAME_smoother, headers and sources, so that two models can be together."""
    return {
        f"{c_name}_{part}.{ending}": _renamed(f"tk_{part}.{ending}", c_name)
        for part in _PARTS
        for ending in ("h", "c")
    }


def _renamed(file: str, c_name: str) -> str:
    text = files.shipped("firmware", "stream", file).read_text(encoding="utf-8")
    for part in _PARTS:
        text = text.replace(f"tk_{part}", f"{c_name}_{part}")
        text = text.replace(f"TK_{part.upper()}", f"{c_name.upper()}_{part.upper()}")
    return text
