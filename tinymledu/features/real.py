"""Features in real numbers: frames, window, power spectrum, mel bands, cepstral coefficients.

Spectra are divided by the frame's length, and logarithms are to the base 2, because the integer
pipeline in q15.py does both: the two can then be compared number by number.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinymledu.errors import InputError

Real = NDArray[np.float64]

FRAME_SAMPLES = (16, 4096)
SMALLEST_WEIGHT = 2.0**-15  # of a bin in a mel band: less is 0 in the integer pipeline


@dataclass(frozen=True, slots=True)
class Settings:
    """How features are made. The same record must serve training and device.

    rate_hz: samples in a second. frame_samples: a power of two. hop_samples: from the start of a
    frame to that of the next. The mel bands lie between low_hz and high_hz.

    Raises:
        InputError: a number is out of its range, or a mel band would hold no bin.
    """

    rate_hz: int = 8000
    frame_samples: int = 256
    hop_samples: int = 128
    n_mels: int = 20
    n_mfcc: int = 10
    low_hz: float = 60.0
    high_hz: float = 4000.0

    def __post_init__(self) -> None:
        low, high = FRAME_SAMPLES
        n = self.frame_samples
        if not low <= n <= high or n & (n - 1):
            raise InputError(f"frame_samples is {n}; give a power of two from {low} to {high}.")
        for name, value in (("hop_samples", self.hop_samples), ("n_mels", self.n_mels)):
            if value < 1:
                raise InputError(f"{name} is {value}; give 1 or more.")
        if not 1 <= self.n_mfcc <= self.n_mels:
            raise InputError(f"n_mfcc is {self.n_mfcc}; give 1 to n_mels, which is {self.n_mels}.")
        if not 0 <= self.low_hz < self.high_hz <= self.rate_hz / 2:
            raise InputError(
                f"The mel bands go from {self.low_hz:g} to {self.high_hz:g} Hz; they must lie "
                f"between 0 Hz and half of the rate, {self.rate_hz / 2:g} Hz."
            )
        empty = np.flatnonzero(mel_filters(self).max(axis=1) < SMALLEST_WEIGHT)
        if empty.size:
            raise InputError(
                f"Mel band {empty[0]} of {self.n_mels} holds no bin: bins are "
                f"{self.rate_hz / n:g} Hz apart. Use fewer bands or longer frames."
            )

    @property
    def n_bins(self) -> int:
        """Bins from 0 Hz to half of the rate."""
        return self.frame_samples // 2 + 1

    @property
    def bin_hz(self) -> Real:
        """Frequency of each bin."""
        return np.arange(self.n_bins) * self.rate_hz / self.frame_samples


def frames(samples: ArrayLike, settings: Settings) -> NDArray[Any]:
    """All complete frames of a recording.

    Args:
        samples: (n,) of any type of number.

    Returns:
        (n_frames, frame_samples), a copy of the same type; no rows if the recording is too short.
    """
    recording: NDArray[Any] = np.asarray(samples)
    if recording.ndim != 1:
        raise InputError(f"samples have shape {recording.shape}; give one channel, (n,).")
    n_frames = 1 + (len(recording) - settings.frame_samples) // settings.hop_samples
    starts = np.arange(max(0, n_frames)) * settings.hop_samples
    framed: NDArray[Any] = recording[starts[:, None] + np.arange(settings.frame_samples)]
    return framed


def hann(n_samples: int) -> Real:
    """The Hann window, 0.5 - 0.5 cos(2 pi i / n): 0 at its first sample, 1 in the middle."""
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_samples) / n_samples)


def power_spectrum(framed: ArrayLike) -> Real:
    """Squared magnitude of each bin, |FFT / n|^2, of frames as they are given (no window).

    Args:
        framed: (..., n).

    Returns:
        (..., n // 2 + 1), in squared units of the samples. Parseval's theorem in these units: the
        sum over all n bins is the mean of the squared samples; a bin between the first and the last
        stands for two of the n.
    """
    values = np.asarray(framed, np.float64)
    spectrum = np.fft.rfft(values) / values.shape[-1]
    power: Real = spectrum.real**2 + spectrum.imag**2
    return power


def hz_to_mel(hz: ArrayLike) -> Real:
    """Frequency on the mel scale, 2595 log10(1 + f / 700).

    Source: D. O'Shaughnessy, "Speech Communication", 1987; the same in the HTK Book.

    >>> round(float(hz_to_mel(1000.0)), 2)
    999.99
    """
    mel: Real = 2595 * np.log10(1 + np.asarray(hz, np.float64) / 700)
    return mel


def mel_to_hz(mel: ArrayLike) -> Real:
    """The inverse of hz_to_mel."""
    hz: Real = 700 * (10 ** (np.asarray(mel, np.float64) / 2595) - 1)
    return hz


def mel_filters(settings: Settings) -> Real:
    """Triangles whose corners are equally far apart on the mel scale.

    Returns:
        (n_mels, n_bins): 1 at the middle corner, 0 from the outer corners on, straight in hertz.
    """
    ends = hz_to_mel([settings.low_hz, settings.high_hz])
    corners = mel_to_hz(np.linspace(ends[0], ends[1], settings.n_mels + 2))
    left, middle, right = (corners[i : i + settings.n_mels, None] for i in range(3))
    rising = (settings.bin_hz - left) / (middle - left)
    falling = (right - settings.bin_hz) / (right - middle)
    triangles: Real = np.maximum(0, np.minimum(rising, falling))
    return triangles


def log_mel(samples: ArrayLike, settings: Settings) -> Real:
    """Log-mel features: log2 of the power in each band, where power below 1 counts as 1.

    Args:
        samples: (n,), in units of int16 samples: -32768 to 32767.

    Returns:
        (n_frames, n_mels), 0 to 30.
    """
    framed = frames(samples, settings).astype(np.float64)
    power = power_spectrum(framed * hann(settings.frame_samples))
    return np.log2(np.maximum(1.0, power @ mel_filters(settings).T))


def dct_matrix(n_mfcc: int, n_mels: int) -> Real:
    """The first rows of the orthonormal discrete cosine transform (type 2), (n_mfcc, n_mels)."""
    angles = np.pi / n_mels * np.outer(np.arange(n_mfcc), np.arange(n_mels) + 0.5)
    matrix: Real = np.sqrt(2 / n_mels) * np.cos(angles)
    matrix[0] /= np.sqrt(2)
    return matrix


def mfcc(log_mels: ArrayLike, settings: Settings) -> Real:
    """Mel-frequency cepstral coefficients of log-mel features.

    Args:
        log_mels: (n_frames, n_mels).

    Returns:
        (n_frames, n_mfcc): the first is sqrt(n_mels) times the mean of a row.
    """
    return np.asarray(log_mels, np.float64) @ dct_matrix(settings.n_mfcc, settings.n_mels).T
