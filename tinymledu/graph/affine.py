"""Affine quantization in the open: from a range to scale and zero point, to codes and back.

The lessons compare their own code with this. It computes in float64 and for any number of bits;
what a model's input does, in float32 as TensorFlow Lite has it, is in quantized_input.py.

    real = scale * (code - zero_point),  code = clip(round(real / scale) + zero_point)

Source: TFLite 8-bit quantization specification; Jacob and others, arXiv 1712.05877, section 2.1.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinymledu.errors import InputError
from tinymledu.graph.ir import Quantization

Reals = NDArray[np.float64]


def code_limits(bits: int) -> tuple[int, int]:
    """Lowest and highest signed code: (-128, 127) for 8 bits.

    Raises:
        InputError: bits is not from 2 to 16.
    """
    if not 2 <= bits <= 16:
        raise InputError(f"bits is {bits!r}; give 2 to 16.")
    return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1


def scale_and_zero_point(low: float, high: float, *, bits: int = 8) -> tuple[float, int]:
    """Scale and zero point for reals from low to high, with 0 exactly a code.

    A range without 0 is widened to it, and the zero point is rounded, so the ends may move by half
    a step. A range of nothing but 0 has scale 1 and zero point 0.

    Raises:
        InputError: an end is not finite, or low is above high.
    """
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
        raise InputError(
            f"The range is {low!r} to {high!r}; give two finite ends, the lower first."
        )
    lowest, highest = code_limits(bits)
    low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        return 1.0, 0
    scale = (high - low) / (highest - lowest)
    return scale, round(lowest - low / scale)


def to_codes(real: ArrayLike, scale: float, zero_point: int, *, bits: int = 8) -> NDArray[np.int64]:
    """The nearest codes, halves away from zero; what lies outside the range gets an end code."""
    lowest, highest = code_limits(bits)
    steps = rounded_away(np.asarray(real, np.float64) / scale)
    codes: NDArray[np.int64] = np.clip(steps + zero_point, lowest, highest).astype(np.int64)
    return codes


def rounded_away(values: ArrayLike) -> Reals:
    """The nearest whole numbers, halves away from zero, as round() of C has it.

    >>> rounded_away([0.5, -0.5, 1.49]).tolist()
    [1.0, -1.0, 1.0]
    """
    # 0.5 itself would lift 0.49999999999999994 to 1: their sum is rounded, too.
    exact = np.asarray(values, np.float64)
    rounded: Reals = np.trunc(exact + np.copysign(np.nextafter(0.5, 0.0), exact))
    return rounded


def to_reals(codes: ArrayLike, scale: float, zero_point: int) -> Reals:
    """What codes mean. Small integers are widened first: int8 minus int8 would wrap around."""
    reals: Reals = scale * (np.asarray(codes).astype(np.float64) - zero_point)
    return reals


def dequantized(codes: NDArray[Any], quantization: Quantization) -> Reals:
    """What the codes of a model's tensor mean, with one scale or one along its axis."""
    if len(quantization.scales) == 1:
        return to_reals(codes, quantization.scale, quantization.zero_point)
    shape = [1] * codes.ndim
    shape[quantization.axis] = -1
    scales = np.reshape(quantization.scales, shape)
    reals: Reals = scales * (codes.astype(np.float64) - np.reshape(quantization.zero_points, shape))
    return reals


def symmetric_scales(weights: ArrayLike, *, axis: int | None = None, bits: int = 8) -> Reals:
    """Scales of weights with zero point 0 and codes -127 to 127: one, or one for each channel.

    Args:
        weights: any shape.
        axis: the axis of the channels; None for one scale of the whole tensor.
        bits: of a code, the lowest of which is not used: -7 to 7 for 4 bits.

    Returns:
        (n_channels,), or (1,) without an axis. A channel of zeros, or of nothing, has scale 1.

    Raises:
        InputError: bits is not from 2 to 16.
    """
    highest = code_limits(bits)[1]
    sizes = np.abs(np.asarray(weights, np.float64))
    others = None if axis is None else tuple(i for i in range(sizes.ndim) if i != axis % sizes.ndim)
    largest = np.atleast_1d(sizes.max(axis=others, initial=0.0))
    scales: Reals = np.where(largest > 0, largest / highest, 1.0)
    return scales
