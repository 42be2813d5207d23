"""Models on a stream: windows of sound or of a sensor, a model's answer to each, and events.

`Stream` and `Smoother` do what firmware/stream/tk_stream.c and tk_smoother.c do on a board: the
same windows, the same losses, the same events. docs/streaming.md has an example of both.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from tinymledu.boards.deploy import Deployment
from tinymledu.errors import InputError


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """Some frames in a row. samples: (n_frames, n_channels). first_frame: counted from 0."""

    first_frame: int
    samples: NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What a model answered to the window from start_s to end_s, in seconds of the stream.

    scores: real values of the output. codes: the same as the model stores them.
    """

    start_s: float
    end_s: float
    label: str
    scores: tuple[float, ...]
    codes: NDArray[Any]


class Stream:
    """A ring of samples: pushed as they come, taken as windows.

    What is not taken in time is overwritten. A window that was lost is counted in
    `dropped_windows`; none that is taken has a gap.
    """

    def __init__(
        self,
        *,
        window_frames: int,
        hop_frames: int,
        capacity_frames: int,
        n_channels: int = 1,
        dtype: DTypeLike = np.int16,
    ) -> None:
        """Prepare an empty stream.

        Args:
            window_frames: frames of one window; a frame is one sample of each channel.
            hop_frames: from the start of a window to that of the next, more or less than a window.
            capacity_frames: what the memory holds, at least one window.

        Raises:
            InputError: a number is below 1, or the memory is smaller than a window.
        """
        for name, value in (
            ("window_frames", window_frames), ("hop_frames", hop_frames),
            ("n_channels", n_channels),
        ):  # fmt: skip
            if value < 1:
                raise InputError(f"{name} must be at least 1, not {value}.")
        if capacity_frames < window_frames:
            raise InputError(
                f"A memory of {capacity_frames} frames cannot hold a window of {window_frames}; "
                "give one window and what arrives while a window is used, or more."
            )
        self.n_channels = n_channels
        self.dropped_windows = 0
        self._window = window_frames * n_channels
        self._hop = hop_frames * n_channels
        self._capacity = capacity_frames * n_channels
        self._memory = np.zeros(0, dtype)  # the latest samples; the last one is written - 1
        self._written = 0
        self._next = 0

    def push(self, samples: ArrayLike) -> None:
        """Take in samples, channels side by side, any number of them; a frame may come in pieces.

        Raises:
            InputError: samples of a type that the stream's own cannot hold exactly.
        """
        new = np.asarray(samples).reshape(-1)
        dtype = self._memory.dtype
        if new.dtype != dtype and not _fits(new, dtype):
            raise InputError(
                f"The stream holds {dtype} samples, which cannot hold these {new.dtype} samples "
                f"without loss. Convert them first, or make the stream with another dtype."
            )
        latest = np.concatenate([self._memory, new.astype(dtype)])
        self._memory = latest[-self._capacity :]
        self._written += new.size

    def take(self) -> Window | None:
        """The oldest window that is complete, or None; windows lost before it are counted."""
        oldest = self._written - len(self._memory)
        if oldest > self._next:
            n_lost = math.ceil((oldest - self._next) / self._hop)
            self._next += n_lost * self._hop
            self.dropped_windows += n_lost
        start = self._next - oldest
        if start + self._window > len(self._memory):
            return None
        samples = self._memory[start : start + self._window].reshape(-1, self.n_channels)
        window = Window(self._next // self.n_channels, samples.copy())
        self._next += self._hop
        return window


def _fits(samples: NDArray[Any], dtype: np.dtype[Any]) -> bool:
    same_kind = samples.size == 0 or np.can_cast(samples.dtype, dtype, "same_kind")
    return same_kind and np.array_equal(samples.astype(dtype), samples)


def windows(
    chunks: Iterable[ArrayLike],
    *,
    window_frames: int,
    hop_frames: int,
    n_channels: int = 1,
    dtype: DTypeLike = np.int16,
) -> Iterator[Window]:
    """All windows of a stream that comes in chunks of any sizes; nothing is lost.

    >>> [w.samples[:, 0].tolist() for w in windows([[1, 2, 3], [4, 5]], window_frames=3,
    ...                                            hop_frames=2, dtype=int)]
    [[1, 2, 3], [3, 4, 5]]
    """
    stream = Stream(
        window_frames=window_frames,
        hop_frames=hop_frames,
        capacity_frames=2 * window_frames,  # less than a window waits when the next piece comes
        n_channels=n_channels,
        dtype=dtype,
    )
    piece = window_frames * n_channels
    for chunk in chunks:
        samples = np.asarray(chunk).reshape(-1)
        for start in range(0, len(samples), piece):
            stream.push(samples[start : start + piece])
            while (window := stream.take()) is not None:
                yield window


class Smoother:
    """From the scores of one class to events: average of the latest, threshold, refractory time."""

    def __init__(self, *, n_history: int, threshold: int, n_refractory: int = 0) -> None:
        """Prepare a smoother without scores.

        Args:
            n_history: scores in an average, 1 to 65535.
            threshold: smallest average that is an event, in codes of the model's output.
            n_refractory: scores after an event that cannot be another, 0 to 65535.

        Raises:
            InputError: a number is out of its range.
        """
        for name, value, low, high in (
            ("n_history", n_history, 1, 65535), ("threshold", threshold, -32768, 32767),
            ("n_refractory", n_refractory, 0, 65535),
        ):  # fmt: skip
            if not low <= value <= high:
                raise InputError(f"{name} must be from {low} to {high}, not {value}.")
        self._n_history, self._threshold = n_history, threshold
        self._n_refractory = n_refractory
        self._scores: list[int] = []
        self._n_quiet = 0

    def push(self, score: int) -> bool:
        """Take in the score of the next window, an output code; returns whether it is an event."""
        self._scores = [*self._scores, int(score)][-self._n_history :]
        if self._n_quiet > 0:
            self._n_quiet -= 1
            return False
        full = len(self._scores) == self._n_history
        event = full and sum(self._scores) >= self._threshold * self._n_history
        if event:
            self._n_quiet = self._n_refractory
        return event


def classify_stream(
    deployment: Deployment,
    samples: ArrayLike,
    *,
    hop_frames: int,
    rate_hz: float,
) -> tuple[Answer, ...]:
    """A board's answer to every window of a recording.

    The first axis of the model's input is time: (49, 10, 1) is a window of 49 frames of 10 values.

    Args:
        samples: (n_frames, ...) of what the model takes: float real values, codes of its input's
            type, or uint8 values for value / 255. One dimension will do for one channel.
        hop_frames: from the start of a window to that of the next.
        rate_hz: frames in a second.

    Raises:
        InputError: hop_frames or rate_hz is not above 0, there are fewer frames than a window
            has, or frames of another size than the model takes.
        BoardError: the board failed.

    Not modelled: the time that passes. A real board keeps up with the stream if the latency of one
    inference is below hop_frames / rate_hz.
    """
    if not isinstance(deployment, Deployment):
        raise InputError(
            f"classify_stream takes what deploy(model, board) gives, not a "
            f"{type(deployment).__name__}."
        )
    if not rate_hz > 0:
        raise InputError(f"rate_hz must be above 0, not {rate_hz}.")
    shape = deployment.model.graph.input.shape[1:]
    found = _windows_of(deployment.model.name, shape, np.asarray(samples), hop_frames)
    runs = deployment.run_many(np.stack([window.samples.reshape(shape) for window in found]))
    return tuple(
        Answer(
            start_s=window.first_frame / rate_hz,
            end_s=(window.first_frame + shape[0]) / rate_hz,
            label=run.label,
            scores=run.scores,
            codes=run.codes,
        )
        for window, run in zip(found, runs, strict=True)
    )


def _windows_of(
    name: str, shape: tuple[int, ...], samples: NDArray[Any], hop_frames: int
) -> list[Window]:
    """All windows of a recording for a model's input (n_frames, ...), at least one."""
    window_frames, n_channels = shape[0], math.prod(shape[1:])
    recording = np.atleast_1d(samples)
    if math.prod(recording.shape[1:]) != n_channels:
        raise InputError(
            f"{name} takes frames of {n_channels} values; these samples have shape "
            f"{recording.shape}. Give (n_frames, {n_channels})."
        )
    found = list(
        windows(
            [recording],
            window_frames=window_frames,
            hop_frames=hop_frames,
            n_channels=n_channels,
            dtype=recording.dtype,
        )
    )
    if not found:
        raise InputError(
            f"{name} takes windows of {window_frames} frames, and there are only "
            f"{len(recording)}; give a longer recording."
        )
    return found
