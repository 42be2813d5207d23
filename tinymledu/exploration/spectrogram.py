"""Spectrograms, the ghosts of too slow a rate, and what each bit of a word is worth."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinymledu.datasets import signals
from tinymledu.errors import InputError
from tinymledu.exploration.figure import BLUE, GREY, ORANGE, Figure, canvas, legend_below, show
from tinymledu.features import Settings, frames, hann, power_spectrum

MAX_SECONDS = 10.0
FLOOR_DB = -80.0  # below the loudest point of a spectrogram: what is shown as silence
N_ROWS = 8  # moments in the table twin
FINE = 4  # the world before sampling is computed at this many times the rate
SECONDS = 2.0


def spectrogram_figure(
    samples: ArrayLike, rate_hz: int, *, title: str, frame_samples: int = 256
) -> Figure:
    """Power over time and frequency, in decibels below the loudest point.

    Args:
        samples: (n,), at least one frame, at most 10 s.
        title: says what was recorded, and that it is synthetic if it is.

    Raises:
        InputError: too few samples, or too many.
    """
    levels, times_s = _levels(samples, rate_hz, frame_samples)
    loudest = _loudest_hz(levels, rate_hz)
    with canvas(width=8.0, height=3.4) as (figure, axes):
        image = _draw(axes, levels, times_s, rate_hz)
        axes.set(title=title)
        figure.colorbar(image, ax=axes, label="power (dB below the loudest)")
        heard = (
            f"The loudest frequency lies between {loudest.min():.0f} and {loudest.max():.0f} Hz."
            if levels.max() > FLOOR_DB
            else "There is no sound."
        )
        alt = f"Spectrogram, time against frequency from 0 to {rate_hz / 2000:g} kHz. {heard}"
        return show(figure, alt=alt, table=_moments(times_s, loudest), title=title)


def alias_figure(
    to_hz: float = 7000, rate_hz: int = signals.RATE_HZ, *, filtered: bool = False
) -> Figure:
    """A sweep upwards: as it is, and as it looks after sampling at a rate.

    Args:
        to_hz: where the sweep ends, from 500 Hz to twice the rate.
        rate_hz: samples in a second, 2000 to 16000.
        filtered: whether what lies above half of the rate is taken away before sampling.

    Raises:
        InputError: a number is out of its range.
    """
    if not 2000 <= rate_hz <= 16000:
        raise InputError(f"rate_hz is {rate_hz}; give 2000 to 16000.")
    if not 500 <= to_hz <= 2 * rate_hz:
        raise InputError(f"to_hz is {to_hz:g}; give 500 to twice the rate, {2 * rate_hz}.")
    world = signals.sweep(100, to_hz, seconds=SECONDS, rate_hz=FINE * rate_hz).samples
    before = _without_above(world, rate_hz / 2, FINE * rate_hz) if filtered else world
    after, times_s = _levels(before[::FINE], rate_hz, 256)
    whole, whole_times_s = _levels(world, FINE * rate_hz, 256 * FINE)
    true_hz = 100 + (to_hz - 100) * times_s / SECONDS
    seen_hz = signals.folded_hz(true_hz, rate_hz)
    how = "filtered, then sampled" if filtered else "sampled without a filter"
    title = f"A sweep to {to_hz:g} Hz (synthetic), {how} at {rate_hz} Hz"
    with canvas(width=8.5, height=3.6, columns=2) as (figure, (left, right)):
        _draw(left, whole, whole_times_s, FINE * rate_hz)
        left.set(title="before sampling", ylim=(0, max(to_hz, rate_hz / 2) / 1000))
        left.axhline(rate_hz / 2000, color=ORANGE, linestyle="--", label="half of the rate")
        _draw(right, after, times_s, rate_hz)
        ghost = true_hz > rate_hz / 2
        if ghost.any():
            where = "where the ghost would be" if filtered else "ghost: frequency that is not there"
            right.plot(times_s[ghost], seen_hz[ghost] / 1000, ":", color=ORANGE, label=where)
        right.set(title="after sampling")
        legend_below(figure)
        figure.suptitle(title, x=0.01, ha="left", fontsize=12)
        alt = (
            f"Two spectrograms. Left, a line rises evenly from 100 to {to_hz:g} Hz. Right, after "
            f"sampling at {rate_hz} Hz, {_ending(ghost, filtered=filtered, rate_hz=rate_hz)}"
        )
        return show(figure, alt=alt, table=_ghosts(times_s, true_hz, after, rate_hz), title=title)


def word_length_figure(errors_db: Mapping[int, float], *, title: str) -> Figure:
    """Error against the number of bits, with the line of 6.02 dB a bit through the first point.

    Args:
        errors_db: number of bits to the power of the error against the signal, in dB.

    Raises:
        InputError: fewer than two word lengths.
    """
    if len(errors_db) < 2:
        raise InputError(f"{len(errors_db)} word lengths make no line; give two or more.")
    bits = sorted(errors_db)
    measured = [errors_db[n] for n in bits]
    slope = float(np.polyfit(bits, measured, 1)[0])
    expected = [measured[0] - 6.02 * (n - bits[0]) for n in bits]
    with canvas() as (figure, axes):
        axes.plot(bits, expected, "--", color=GREY, label="-6.02 dB for each bit")
        axes.plot(bits, measured, "o", color=BLUE, label="measured")
        axes.set(xlabel="word length (bits)", ylabel="error / signal (dB)", title=title)
        axes.legend()
        alt = (
            f"Line plot: error against word length falls from {measured[0]:.0f} dB with {bits[0]} "
            f"bits to {measured[-1]:.0f} dB with {bits[-1]}, {slope:.2f} dB for each bit."
        )
        table = [("bits", "measured (dB)", "-6.02 dB a bit"),
                 *((n, f"{m:.1f}", f"{e:.1f}")
                   for n, m, e in zip(bits, measured, expected, strict=True))]  # fmt: skip
        return show(figure, alt=alt, table=table, title=title)


def _levels(
    samples: ArrayLike, rate_hz: int, frame_samples: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Decibels (n_frames, n_bins) below the loudest point, and the middle of each frame in s."""
    recording = np.asarray(samples, np.float64)
    if not frame_samples <= len(recording) <= MAX_SECONDS * rate_hz:
        raise InputError(
            f"There are {len(recording)} samples; give {frame_samples} at least and "
            f"{MAX_SECONDS:g} s at most."
        )
    hop = frame_samples // 4
    settings = Settings(
        rate_hz, frame_samples, hop, n_mels=1, n_mfcc=1, low_hz=0, high_hz=rate_hz / 2
    )
    power = power_spectrum(frames(recording, settings) * hann(frame_samples))
    levels = 10 * np.log10(np.maximum(power / max(power.max(), 1e-30), 10 ** (FLOOR_DB / 10)))
    times_s = (np.arange(len(power)) * hop + frame_samples / 2) / rate_hz
    return levels, times_s


def _draw(axes: Any, levels: NDArray[np.float64], times_s: NDArray[np.float64], rate: int) -> Any:
    axes.set(xlabel="time (s)", ylabel="frequency (kHz)")
    axes.grid(visible=False)
    extent = (0.0, 2 * times_s[0] + times_s[-1] - times_s[0], 0.0, rate / 2000)
    return axes.imshow(
        levels.T, origin="lower", aspect="auto", cmap="cividis", vmin=FLOOR_DB, vmax=0,
        extent=extent, interpolation="nearest",
    )  # fmt: skip


def _loudest_hz(levels: NDArray[np.float64], rate_hz: int) -> NDArray[np.float64]:
    n = 2 * (levels.shape[1] - 1)
    return np.asarray(np.argmax(levels, axis=1) * rate_hz / n, np.float64)


def _moments(times_s: NDArray[np.float64], loudest: NDArray[np.float64]) -> list[tuple[str, str]]:
    chosen = np.unique(np.linspace(0, len(times_s) - 1, N_ROWS).astype(int))
    rows = [(f"{times_s[i]:.2f}", f"{loudest[i]:.0f}") for i in chosen]
    return [("time (s)", "loudest frequency (Hz)"), *rows]


def _ghosts(
    times_s: NDArray[np.float64],
    true_hz: NDArray[np.float64],
    levels: NDArray[np.float64],
    rate_hz: int,
) -> list[tuple[str, str, str]]:
    loudest = _loudest_hz(levels, rate_hz)
    chosen = np.unique(np.linspace(0, len(times_s) - 1, N_ROWS).astype(int))
    silent = levels.max(axis=1) < -20
    rows = [
        (f"{times_s[i]:.2f}", f"{true_hz[i]:.0f}", "silent" if silent[i] else f"{loudest[i]:.0f}")
        for i in chosen
    ]
    return [("time (s)", "frequency before (Hz)", "loudest after (Hz)"), *rows]


def _ending(ghost: NDArray[np.bool_], *, filtered: bool, rate_hz: int) -> str:
    if not ghost.any():
        return "it is the same line."
    if filtered:
        return f"it ends at {rate_hz / 2:g} Hz, and then there is silence."
    return f"it turns back at {rate_hz / 2:g} Hz: a ghost."


def _without_above(
    samples: NDArray[np.int16], limit_hz: float, rate_hz: int
) -> NDArray[np.float64]:
    """All up to 0.9 of the limit stays, all above the limit goes; between them it fades."""
    spectrum = np.fft.rfft(samples)
    hz = np.fft.rfftfreq(len(samples), 1 / rate_hz)
    spectrum *= np.clip((limit_hz - hz) / (0.1 * limit_hz), 0, 1)
    return np.asarray(np.fft.irfft(spectrum, len(samples)), np.float64)
