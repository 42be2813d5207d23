"""Synthetic signals for lessons on sensors: one or two seconds, int16, made from a formula.

Every signal carries "synthetic" in its title. They are sampled without an anti-aliasing filter, as
a bare converter would: what lies above half of the rate folds down. datasets/signals/signals.toml
says what they cannot show.
"""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinymledu.errors import InputError
from tinymledu.files import shipped

Real = NDArray[np.float64]

FULL_SCALE = 32767
RATE_HZ = 8000
ECG_RATE_HZ = 250
MOST_SECONDS = 10.0

# First three formants in Hz, averages of 33 men; e and o are the vowels of "head" and "hawed".
# Source: G. E. Peterson, H. L. Barney, "Control methods used in a study of the vowels", Journal of
# the Acoustical Society of America 24, 1952, table II.
VOWELS = {
    "a": (730, 1090, 2440),
    "e": (530, 1840, 2480),
    "i": (270, 2290, 3010),
    "o": (570, 840, 2410),
    "u": (300, 870, 2240),
}
HUMMED = frozenset("bdglmnrvwyz")  # consonants with voice: a soft hum here; all others are noise


@dataclass(frozen=True, slots=True, eq=False)
class Signal:
    """One channel of samples. samples: (n,) int16. title: what it is, with "synthetic" in it."""

    samples: NDArray[np.int16]
    rate_hz: int
    title: str

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate_hz

    def __repr__(self) -> str:
        return f"Signal({self.title}: {self.seconds:g} s at {self.rate_hz} Hz)"


def card() -> dict[str, Any]:
    """What must be known before these signals are used: source, licence, limits."""
    return tomllib.loads(shipped("datasets", "signals", "signals.toml").read_text("utf-8"))


def folded_hz(frequency_hz: ArrayLike, rate_hz: float) -> Real:
    """Where a frequency appears after sampling: its distance to the nearest multiple of the rate.

    >>> folded_hz([3000, 5000, 8000, 9500], 8000).tolist()
    [3000.0, 3000.0, 0.0, 1500.0]
    """
    hz = np.asarray(frequency_hz, np.float64)
    return np.asarray(np.abs(hz - rate_hz * np.rint(hz / rate_hz)), np.float64)


def tone(
    frequency_hz: float, *, seconds: float = 1.0, rate_hz: int = RATE_HZ, amplitude: float = 0.5
) -> Signal:
    """A sine. amplitude: of full scale, 0 to 1. The frequency may lie above half of the rate."""
    time_s = _times(seconds, rate_hz)
    wave = amplitude * np.sin(2 * np.pi * frequency_hz * time_s)
    return Signal(_int16(wave), rate_hz, f"tone of {frequency_hz:g} Hz, synthetic")


def sweep(
    from_hz: float,
    to_hz: float,
    *,
    seconds: float = 2.0,
    rate_hz: int = RATE_HZ,
    amplitude: float = 0.5,
) -> Signal:
    """A sine whose frequency moves evenly from one value to the other."""
    time_s = _times(seconds, rate_hz)
    turns = from_hz * time_s + (to_hz - from_hz) * time_s**2 / (2 * seconds)
    title = f"sweep from {from_hz:g} to {to_hz:g} Hz, synthetic"
    return Signal(_int16(amplitude * np.sin(2 * np.pi * turns)), rate_hz, title)


def cough(*, seed: int, seconds: float = 1.0, rate_hz: int = RATE_HZ) -> Signal:
    """A cough-like burst: a sharp onset of wide noise, a weaker middle, a short voiced end."""
    rng = np.random.default_rng((seed, 1))
    time_s = _times(seconds, rate_hz)
    start = rng.uniform(0.05, 0.25) * seconds
    since = time_s - start
    noise = _coloured(rng, len(time_s), rate_hz, _resonances((700, 1500, 2600), width_hz=500))
    burst = _after(since, lambda t: np.exp(-t / 0.04) + 0.25 * np.exp(-(((t - 0.18) / 0.07) ** 2)))
    voice = _voiced(since, rng.uniform(180, 260), VOWELS["a"], rate_hz)
    end = _after(since, lambda t: 0.3 * np.exp(-(((t - 0.3) / 0.05) ** 2)))
    mixed = noise * burst + voice * end + 0.003 * rng.standard_normal(len(time_s))
    return Signal(_scaled(mixed, rng.uniform(0.4, 0.9)), rate_hz, "cough-like burst, synthetic")


def vibration(
    *, seed: int, worn: bool = False, seconds: float = 1.0, rate_hz: int = RATE_HZ
) -> Signal:
    """A machine: a shaft at about 25 turns a second with harmonics; worn, a bearing that clicks."""
    rng = np.random.default_rng((seed, 2))
    time_s = _times(seconds, rate_hz)
    shaft_hz = rng.uniform(23, 27)
    heights = (1.0, 0.5, 0.3, 0.15)
    phases = rng.uniform(0, 2 * np.pi, len(heights))
    mixed = 0.1 * rng.standard_normal(len(time_s))
    for order, (height, phase) in enumerate(zip(heights, phases, strict=True), start=1):
        mixed += height * np.sin(2 * np.pi * order * shaft_hz * time_s + phase)
    if worn:  # 3.6 clicks a turn ring at 2.2 kHz and fade within milliseconds
        since = np.mod(time_s, 1 / (3.6 * shaft_hz))
        mixed += 0.8 * np.exp(-since / 0.002) * np.sin(2 * np.pi * 2200 * since)
    name = "machine with a worn bearing" if worn else "machine"
    return Signal(_scaled(mixed, 0.6), rate_hz, f"vibration of a {name}, synthetic")


def ecg(
    *, seed: int, seconds: float = 2.0, rate_hz: int = ECG_RATE_HZ, mains_hz: float = 0.0
) -> Signal:
    """Heart beats of one lead: bell curves for P, Q, R, S and T, 60 to 80 beats a minute.

    mains_hz: hum of this frequency on top, a tenth of the R wave; 0 for none.
    """
    rng = np.random.default_rng((seed, 3))
    time_s = _times(seconds, rate_hz)
    beat_s = 60 / rng.uniform(60, 80)
    phase_s = np.mod(time_s - rng.uniform(0, beat_s), beat_s)
    mixed = np.zeros_like(time_s)
    # Height of the R wave is 1; place and width in seconds.
    for height, place, width in (
        (0.15, 0.16, 0.025), (-0.12, 0.285, 0.009), (1.0, 0.31, 0.011),
        (-0.25, 0.335, 0.010), (0.3, 0.54, 0.045),
    ):  # fmt: skip
        mixed += height * np.exp(-(((phase_s - place) / width) ** 2) / 2)
    if mains_hz:
        mixed += 0.1 * np.sin(2 * np.pi * mains_hz * time_s)
    mixed += 0.01 * rng.standard_normal(len(time_s))
    return Signal(_scaled(mixed, 0.8), rate_hz, "heart beats, synthetic")


def keyword(word: str, *, seed: int, rate_hz: int = RATE_HZ, letter_s: float = 0.16) -> Signal:
    """A word in any language that a-z can spell: vowels from formants, the rest hum or noise.

    Raises:
        InputError: the word is empty, too long, or has other letters than a to z.
    """
    letters = word.strip().lower()
    if not letters or set(letters) - set("abcdefghijklmnopqrstuvwxyz"):
        raise InputError(f"{word!r} must have 1 or more letters from a to z, and nothing else.")
    rng = np.random.default_rng((seed, 4, *letters.encode()))
    pitch_hz = rng.uniform(100, 200)
    time_s = _times(letter_s * len(letters), rate_hz)
    mixed = 0.002 * rng.standard_normal(len(time_s))
    for place, letter in enumerate(letters):
        since = time_s - place * letter_s
        shape = _after(since, lambda t: np.sin(np.pi * np.minimum(1, t / letter_s)) ** 0.5)
        mixed += shape * _letter(letter, since, pitch_hz, rate_hz, rng)
    return Signal(_scaled(mixed, 0.7), rate_hz, f"word {letters!r}, synthetic")


def _letter(
    letter: str, since: Real, pitch_hz: float, rate_hz: int, rng: np.random.Generator
) -> Real:
    if letter in VOWELS:
        return _voiced(since, pitch_hz, VOWELS[letter], rate_hz)
    if letter in HUMMED:
        return 0.4 * _voiced(since, pitch_hz, (250,), rate_hz)
    return 0.3 * _coloured(rng, len(since), rate_hz, _resonances((3000,), width_hz=1500))


def _times(seconds: float, rate_hz: int) -> Real:
    if not 0 < seconds <= MOST_SECONDS or rate_hz < 1:
        raise InputError(
            f"{seconds:g} s at {rate_hz} Hz: give up to {MOST_SECONDS:g} s, and 1 Hz or more."
        )
    return np.arange(round(seconds * rate_hz)) / rate_hz


def _after(since: Real, shape: Callable[[Real], Real]) -> Real:
    """The shape from time 0 on, and 0 before."""
    return np.where(since < 0, 0.0, shape(np.maximum(since, 0)))


def _resonances(centres_hz: tuple[float, ...], *, width_hz: float) -> Callable[[Real], Real]:
    """How strongly each frequency passes: a peak of height 1 at each centre, lower ones higher."""

    def passes(hz: Real) -> Real:
        peaks = [
            1 / (1 + ((hz - centre) / width_hz) ** 2) / (1 + number)
            for number, centre in enumerate(centres_hz)
        ]
        return np.asarray(np.sum(peaks, axis=0), np.float64)

    return passes


def _voiced(since: Real, pitch_hz: float, formants_hz: tuple[float, ...], rate_hz: int) -> Real:
    """Harmonics of a voice below half of the rate, each as strong as the formants let it be."""
    passes = _resonances(formants_hz, width_hz=90)
    harmonics = np.arange(pitch_hz, rate_hz / 2, pitch_hz)
    strengths = passes(harmonics)
    waves = [
        strength * np.sin(2 * np.pi * hz * since)
        for hz, strength in zip(harmonics, strengths, strict=True)
    ]
    return np.asarray(np.sum(waves, axis=0), np.float64)


def _coloured(
    rng: np.random.Generator, n: int, rate_hz: int, passes: Callable[[Real], Real]
) -> Real:
    """Noise of power 1 before it is coloured."""
    spectrum = np.fft.rfft(rng.standard_normal(n))
    frequencies = np.asarray(np.fft.rfftfreq(n, 1 / rate_hz), np.float64)
    return np.asarray(np.fft.irfft(spectrum * passes(frequencies), n), np.float64)


def _scaled(wave: Real, peak: float) -> NDArray[np.int16]:
    return _int16(peak * wave / np.abs(wave).max())


def _int16(wave: Real) -> NDArray[np.int16]:
    return np.rint(np.clip(wave, -1, 1) * FULL_SCALE).astype(np.int16)
