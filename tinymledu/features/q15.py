"""The features in 16-bit integers, as firmware/features/tk_features.c computes them.

A Q15 number is an int16 that stands for value / 32768: from -1 to 1 - 2**-15. All arithmetic here
is on integers, so that every computer, and the board, gives the same.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinymledu.errors import InputError
from tinymledu.features.real import Settings, frames, hann, mel_filters

Int16 = NDArray[np.int16]
Int64 = NDArray[np.int64]

ONE = 32768  # what 1.0 would be
_HALF = ONE // 2
_LOWEST, _HIGHEST = -32768, 32767

# Of one value of the transform, in units of the last place, as a complex magnitude: a product is
# rounded twice (0.71 in both parts), its cosine and sine are rounded (at most 1 on a full-scale
# value), their sum is halved with the error of the value before it, and rounded again (0.71).
FFT_ERROR_PER_STAGE = 0.71 / 2 + 1 / 2 + 0.71


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """What a device keeps in flash.

    window: (n,). cosine, sine: (n / 2,). mel: (n_mels, n_bins). All Q15.
    """

    window: Int16
    cosine: Int16
    sine: Int16
    mel: Int16


def to_q15(values: ArrayLike) -> Int16:
    """Real numbers as Q15, to nearest; what does not fit becomes the nearest that does.

    >>> to_q15([0.5, 1.0, -1.0]).tolist()
    [16384, 32767, -32768]
    """
    return _saturated(np.rint(np.asarray(values, np.float64) * ONE))


def multiply(a: ArrayLike, b: ArrayLike) -> Int16:
    """The product of Q15 numbers, to nearest, halves upwards; -1 * -1 saturates.

    >>> [int(multiply(a, b)) for a, b in [(16384, 16384), (-32768, -32768), (-1, 16384)]]
    [8192, 32767, 0]
    """
    return _saturated((_checked(a) * _checked(b) + _HALF) >> 15)


def tables(settings: Settings) -> Tables:
    """Window, cosine, sine and mel weights, rounded to Q15."""
    n = settings.frame_samples
    angles = 2 * np.pi * np.arange(n // 2) / n
    # Above -32768, so that no sum of two products leaves 32 bits.
    cosine, sine = (np.maximum(to_q15(f(angles)), -_HIGHEST) for f in (np.cos, np.sin))
    return Tables(
        to_q15(hann(n)), cosine.astype(np.int16), sine.astype(np.int16),
        to_q15(mel_filters(settings)),
    )  # fmt: skip


def windowed(framed: ArrayLike, window: ArrayLike | None = None) -> Int16:
    """Frames times a window, (n,) in Q15: the Hann window unless another is given.

    Args:
        framed: (..., n) int16; so is the result.
    """
    samples = _checked(framed)
    return multiply(samples, to_q15(hann(samples.shape[-1])) if window is None else window)


def fft(re: ArrayLike, im: ArrayLike, settings: Settings) -> tuple[Int16, Int16]:
    """Discrete Fourier transform, divided by n: radix 2, halved and rounded at each stage.

    Each value is within log2(n) * FFT_ERROR_PER_STAGE of the exact one if no sample of `re` and
    `im` together has a magnitude above 32768.

    Args:
        re, im: (..., n) int16.

    Returns:
        Real and imaginary parts, (..., n) int16.
    """
    n, table = settings.frame_samples, tables(settings)
    order = _bit_reversed(n)
    real, imaginary = _checked(re, n)[..., order], _checked(im, n)[..., order]
    half = 1
    while half < n:
        step = n // (2 * half)
        turn = table.cosine[::step].astype(np.int64), table.sine[::step].astype(np.int64)
        real, imaginary = _stage(real, imaginary, half, *turn)
        half *= 2
    return real.astype(np.int16), imaginary.astype(np.int16)


def power(re: ArrayLike, im: ArrayLike) -> NDArray[np.uint32]:
    """re**2 + im**2, at most 2**31."""
    total: Int64 = _checked(re) ** 2 + _checked(im) ** 2
    return total.astype(np.uint32)


def mel_energies(powers: ArrayLike, settings: Settings) -> NDArray[np.uint32]:
    """Power in each mel band, to nearest; saturates at 2**32 - 1, which no real frame reaches.

    Args:
        powers: (..., n_bins) integers, at most 2**31.

    Returns:
        (..., n_mels).
    """
    weights = tables(settings).mel.astype(np.uint64)
    sums = np.asarray(powers).astype(np.uint64) @ weights.T
    energies = (sums + np.uint64(_HALF)) >> np.uint64(15)
    saturated: NDArray[np.uint64] = np.minimum(energies, np.uint64(2**32 - 1))
    return saturated.astype(np.uint32)


def log2(values: ArrayLike) -> Int16:
    """log2 of integers from 0 to 2**32 - 1, in units of 1 / 1024; 0 counts as 1.

    Rounded down; the error is at most 1.2 units. Squaring a mantissa doubles its logarithm: where
    the square is 2 or more, the next bit of the logarithm is 1.

    >>> log2([1, 2, 3, 1024]).tolist()  # log2(3) * 1024 = 1623.0
    [0, 1024, 1622, 10240]
    """
    positive = np.maximum(1, np.asarray(values).astype(np.int64))
    result = np.zeros_like(positive)  # floor(log2), by halves of the 32 bits
    for bits in (16, 8, 4, 2, 1):
        result += np.where(positive >> (result + bits) > 0, bits, 0)
    mantissa = (positive << (31 - result)) >> 16
    for _ in range(10):
        squared = (mantissa * mantissa) >> 15
        bit = squared >> 16
        mantissa = squared >> bit
        result = 2 * result + bit
    return result.astype(np.int16)


def log_mel_of_frames(windowed_frames: ArrayLike, settings: Settings) -> Int16:
    """Log-mel features of frames that are windowed already: transform, power, bands, log2.

    Args:
        windowed_frames: (n_frames, frame_samples) int16.

    Returns:
        (n_frames, n_mels) int16, in units of 1 / 1024.
    """
    samples = _checked(windowed_frames, settings.frame_samples)
    re, im = fft(samples, np.zeros_like(samples), settings)
    powers = power(re[..., : settings.n_bins], im[..., : settings.n_bins])
    return log2(mel_energies(powers, settings))


def log_mel(samples: ArrayLike, settings: Settings) -> Int16:
    """Log-mel features of a recording: 1024 * real.log_mel, nearly, and as the board has them.

    Args:
        samples: (n,) int16, or integers that fit.

    Returns:
        (n_frames, n_mels) int16, in units of 1 / 1024.

    Raises:
        InputError: samples that int16 cannot hold exactly.
    """
    return log_mel_of_frames(windowed(frames(_checked(samples), settings)), settings)


def _stage(
    real: Int64, imaginary: Int64, half: int, cosine: Int64, sine: Int64
) -> tuple[Int64, Int64]:
    """Butterflies (a, b) -> ((a + w b) / 2, (a - w b) / 2), w = cosine - i sine, on (..., n)."""
    pairs = (*real.shape[:-1], -1, 2, half)
    re: Int64 = real.reshape(pairs)
    im: Int64 = imaginary.reshape(pairs)
    a_re, b_re = re[..., 0, :], re[..., 1, :]
    a_im, b_im = im[..., 0, :], im[..., 1, :]
    turned_re: Int64 = (b_re * cosine + b_im * sine + _HALF) >> 15
    turned_im: Int64 = (b_im * cosine - b_re * sine + _HALF) >> 15
    new_re = np.stack([a_re + turned_re, a_re - turned_re], axis=-2)
    new_im = np.stack([a_im + turned_im, a_im - turned_im], axis=-2)
    return _halved(new_re).reshape(real.shape), _halved(new_im).reshape(real.shape)


def _halved(values: Int64) -> Int64:
    return np.asarray(np.clip((values + 1) >> 1, _LOWEST, _HIGHEST), np.int64)


def _bit_reversed(n: int) -> Int64:
    """0 to n - 1, each written backwards in binary."""
    order = np.zeros(1, np.int64)
    while len(order) < n:
        order = np.concatenate([2 * order, 2 * order + 1])
    return order


def _saturated(values: NDArray[Any]) -> Int16:
    fitting: NDArray[Any] = np.clip(values, _LOWEST, _HIGHEST)
    return fitting.astype(np.int16)


def _checked(values: ArrayLike, n: int | None = None) -> Int64:
    """Integers that fit in int16, as int64, in which nothing here overflows."""
    given = np.asarray(values)
    if given.dtype.kind not in "iu" and given.size:
        raise InputError(f"These are {given.dtype} numbers; Q15 takes integers. Use to_q15 first.")
    if given.size and (given.min() < _LOWEST or given.max() > _HIGHEST):
        raise InputError(
            f"Q15 takes -32768 to 32767; these go from {given.min()} to {given.max()}."
        )
    if n is not None and given.shape[-1:] != (n,):
        raise InputError(f"The last axis must have {n} samples; the shape is {given.shape}.")
    return given.astype(np.int64)
