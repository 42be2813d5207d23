"""What shorter numbers cost: the window stage with samples and window of any number of bits."""

import numpy as np
from numpy.typing import ArrayLike

from tinymledu.errors import InputError
from tinymledu.features.real import Real, Settings, frames, hann


def rounded(values: ArrayLike, n_bits: int) -> Real:
    """Real numbers in [-1, 1) as the nearest that n_bits can hold: multiples of 2**(1 - n_bits).

    >>> rounded([0.3, 1.0, -1.0], 4).tolist()  # multiples of 1/8, up to 7/8
    [0.25, 0.875, -1.0]
    """
    if not 2 <= n_bits <= 32:
        raise InputError(f"n_bits is {n_bits}; give 2 to 32.")
    scale = 2.0 ** (n_bits - 1)
    codes = np.rint(np.asarray(values, np.float64) * scale)
    return np.clip(codes, -scale, scale - 1) / scale


def window_error_db(samples: ArrayLike, n_bits: int, settings: Settings) -> float:
    """Power of the error of windowed frames against the power of the frames, in dB.

    Samples, window and product are rounded to n_bits each.

    Args:
        samples: (n,) real numbers in [-1, 1), with more bits than n_bits.
    """
    exact_frames = frames(np.asarray(samples, np.float64), settings).astype(np.float64)
    window = hann(settings.frame_samples)
    exact = exact_frames * window
    short = rounded(rounded(exact_frames, n_bits) * rounded(window, n_bits), n_bits)
    error, signal = np.mean((short - exact) ** 2), np.mean(exact**2)
    if not (error > 0 and signal > 0):
        raise InputError(
            f"With {n_bits} bits there is no error, or no signal, to give in decibels."
        )
    return float(10 * np.log10(error / signal))
