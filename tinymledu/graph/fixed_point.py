"""The integer arithmetic of TensorFlow Lite Micro: real factors as integers, and how to apply them.

Inside an int8 model no floating point is left. Every real factor, such as s_in * s_weight / s_out,
is written as multiplier * 2**(shift - 31) when the model is prepared, and applied to an int32
accumulator by a multiplication and a shift. Both steps round, so a result can differ by one from
the real product rounded once; since the runtime on the board rounds twice, so do we.

The NumPy interpreter and the C generator prepare their integers with the functions of this module,
so they cannot disagree on them. The C counterpart is firmware/kernels/tk_requantize.h.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinymledu.errors import QuantizationError
from tinymledu.graph.affine import rounded_away
from tinymledu.graph.ir import Activation, Quantization

IntArray = NDArray[np.int64]

INT8_MIN, INT8_MAX = -128, 127
ADD_LEFT_SHIFT = 20  # ADD works with 20 more bits than its int8 inputs have
SOFTMAX_INTEGER_BITS = 5  # differences below the maximum are Q5.26: down to -32


class FixedPoint(NamedTuple):
    """A real factor: multiplier * 2**(shift - 31)."""

    multiplier: int
    shift: int


class AddParameters(NamedTuple):
    """ADD and SUB: both inputs, times 2**20, go to one scale; the sum to the output scale."""

    input_1: FixedPoint
    input_2: FixedPoint
    output: FixedPoint


class SoftmaxParameters(NamedTuple):
    """SOFTMAX: (code - maximum) * multiplier * 2**(shift - 31) is the exponent in Q5.26.

    Codes more than -diff_min below the maximum count as exp(...) = 0.
    """

    multiplier: int
    shift: int
    diff_min: int


def quantize_multiplier(factor: float) -> FixedPoint:
    """Write a positive real factor as a Q31 integer and a power of two.

    Relative error is at most 2**-31. The kernels apply the result as TFLM does, rounding twice;
    see firmware/kernels/tk_requantize.h.

    Args:
        factor: s_in * s_weight / s_out, no unit, at least 2**-31 and below 2**29.

    Returns:
        multiplier in [2**30, 2**31) and shift in [-30, 30].

    Raises:
        QuantizationError: the factor is outside that range, or NaN.

    Source: TFLite QuantizeMultiplier, lite/kernels/internal/quantization_util.cc.

    >>> quantize_multiplier(0.75)
    FixedPoint(multiplier=1610612736, shift=0)
    """
    if not 2.0**-31 <= factor < 2.0**29:
        raise QuantizationError(
            f"The factor {factor:g} between two scales cannot be written as a 32-bit integer and "
            "a shift; it must be at least 2**-31 (4.7e-10) and below 2**29 (5.4e8)."
        )
    return _round_to_q31(factor)


def quantize_small_multiplier(factor: float) -> FixedPoint:
    """As `quantize_multiplier`, for factors that may be as small as 0.

    Channels whose weights are all nearly 0 get such scales: the VWW reference model has factors
    of 1e-11. Shift -31 is possible, and below 2**-32 the factor becomes 0 (multiplier 0, shift 0).

    Source: TFLite QuantizeMultiplier, which flushes to zero where shift < -31.
    """
    if not 0 <= factor < 2.0**-31:
        return quantize_multiplier(factor)
    if factor == 0:
        return FixedPoint(0, 0)
    fixed = _round_to_q31(factor)
    return fixed if fixed.shift >= -31 else FixedPoint(0, 0)


def _round_to_q31(factor: float) -> FixedPoint:
    fraction, shift = math.frexp(factor)  # factor = fraction * 2**shift, fraction in [1/2, 1)
    multiplier = math.floor(fraction * 2**31 + 0.5)
    if multiplier == 2**31:
        return FixedPoint(2**30, shift + 1)
    return FixedPoint(multiplier, shift)


def convolution_multipliers(
    inputs: Quantization, weights: Quantization, output: Quantization
) -> tuple[FixedPoint, ...]:
    """One factor s_in * s_weight / s_out per weight scale, in double precision.

    One entry for weights with one scale; it then holds for all output channels.
    """
    return tuple(
        quantize_small_multiplier(inputs.scale * scale / output.scale) for scale in weights.scales
    )


def fully_connected_multipliers(
    inputs: Quantization, weights: Quantization, output: Quantization
) -> tuple[FixedPoint, ...]:
    """As `convolution_multipliers`, also with one scale for all units.

    TFLM versions have been published that multiply s_in * s_weight as float32 in that case; the
    oracle of this project does not (recorded case fully_connected_double_scale).
    """
    return convolution_multipliers(inputs, weights, output)


def rescale_multiplier(inputs: Quantization, output: Quantization) -> FixedPoint:
    """The factor s_in / s_out: RELU, and QUANTIZE from int8 to int8."""
    return quantize_small_multiplier(inputs.scale / output.scale)


def add_parameters(
    input_1: Quantization, input_2: Quantization, output: Quantization
) -> AddParameters:
    """The three factors of ADD and SUB; a sum has twice the larger input scale over 2**20.

    TFLM versions have been published that round those of SUB to float32; the oracle of this project
    does not (recorded case sub_double_factors).
    """
    twice_larger = 2 * max(input_1.scale, input_2.scale)
    output_factor = twice_larger / (2**ADD_LEFT_SHIFT * output.scale)
    if output_factor >= 1:
        raise QuantizationError(
            f"Inputs of scales {input_1.scale:g} and {input_2.scale:g} cannot be brought to the "
            f"output scale {output.scale:g}: it is over 500,000 times smaller."
        )
    return AddParameters(
        quantize_small_multiplier(input_1.scale / twice_larger),
        quantize_small_multiplier(input_2.scale / twice_larger),
        quantize_small_multiplier(output_factor),
    )


def mul_multiplier(
    input_1: Quantization, input_2: Quantization, output: Quantization
) -> FixedPoint:
    """The factor s_1 * s_2 / s_out of MUL."""
    return quantize_small_multiplier(input_1.scale * input_2.scale / output.scale)


def mean_multiplier(inputs: Quantization, output: Quantization, n: int) -> FixedPoint:
    """The factor s_in / (s_out * n) that turns a sum of n codes into their mean.

    n divides the multiplier, rounded down, after as many bits as n has were added to it; so the
    multiplier may lie below 2**30.

    Source: TFLM QuantizedMeanOrSum, lite/kernels/internal/reference/reduce.h.
    """
    multiplier, shift = rescale_multiplier(inputs, output)
    extra = min(n.bit_length() - 1, 31 + shift)
    return FixedPoint((multiplier << extra) // n, shift - extra)


def softmax_parameters(inputs: Quantization, beta: float) -> SoftmaxParameters:
    """What one code step means as an exponent, and from which step on exp() counts as 0.

    Source: TFLite PreprocessSoftmaxScaling and CalculateInputRadius.
    """
    factor = min(beta * inputs.scale * 2 ** (31 - SOFTMAX_INTEGER_BITS), 2.0**31 - 1)
    if not factor > 1:
        raise QuantizationError(
            f"SOFTMAX with beta {beta:g} on inputs of scale {inputs.scale:g} cannot be computed "
            "in Q5.26: one step of the input is less than its last bit."
        )
    multiplier, shift = _round_to_q31(factor)
    radius = (2**SOFTMAX_INTEGER_BITS - 1) * 2 ** (31 - SOFTMAX_INTEGER_BITS) >> shift
    return SoftmaxParameters(multiplier, shift, -radius)


def activation_range(
    activation: Activation, output: Quantization, dtype: str = "int8"
) -> tuple[int, int]:
    """The codes between which a fused activation clamps, in the output's quantization and type."""
    lowest, highest = int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
    low, high = {
        "NONE": (None, None),
        "RELU": (0.0, None),
        "RELU6": (0.0, 6.0),
        "RELU_N1_TO_1": (-1.0, 1.0),
    }[activation]
    return (
        lowest if low is None else max(lowest, code_of(low, output)),
        highest if high is None else min(highest, code_of(high, output)),
    )


def code_of(real: float, quantization: Quantization) -> int:
    """round(real / scale) + zero_point, not clamped: float32 division, halves away from zero."""
    steps = np.float32(real) / np.float32(quantization.scale)
    return quantization.zero_point + int(rounded_away(steps))


def requantize(acc: ArrayLike, multiplier: ArrayLike, shift: ArrayLike) -> IntArray:
    """acc * multiplier * 2**(shift - 31), rounded twice.

    Args:
        acc: int32 values, any shape.
        multiplier, shift: one value, or one for each index of the last axis of `acc`.

    A left shift (shift > 0) wraps modulo 2**32 where acc * 2**shift does not fit into int32.

    Source: TFLM MultiplyByQuantizedMultiplier, lite/kernels/internal/common.cc.
    """
    values = np.asarray(acc, dtype=np.int64)
    shifts = np.asarray(shift, dtype=np.int64)
    if np.any(shifts > 0):
        values = wrap_int32(values << np.maximum(shifts, 0))
    return divide_by_power(high_multiply(values, multiplier), np.maximum(-shifts, 0))


def requantize_once(acc: ArrayLike, multiplier: ArrayLike, shift: ArrayLike) -> IntArray:
    """acc * multiplier * 2**(shift - 31), rounded once, halves upwards.

    Not what the boards compute: it stands for runtimes such as XNNPACK, the default on a PC. (That
    one multiplies by a float32 factor and rounds halves to even, so a result can still differ.)

    Args:
        acc, multiplier, shift: as for `requantize`.

    Source: TFLite MultiplyByQuantizedMultiplier with TFLITE_SINGLE_ROUNDING, internal/common.cc.
    """
    bits = 31 - np.asarray(shift, dtype=np.int64)
    half = np.int64(1) << (bits - 1)
    result: IntArray = (np.multiply(acc, multiplier, dtype=np.int64) + half) >> bits
    return result


def requantize_wide(acc: IntArray, multiplier: ArrayLike, shift: ArrayLike) -> IntArray:
    """acc * multiplier * 2**(shift - 31) for sums of 16x8 products: int64, rounded once.

    The multiplier is shortened to 15 bits first. |acc| < 2**47, shift from -31 to 7.

    Source: TFLM MultiplyByQuantizedMultiplier for int64, lite/kernels/internal/common.cc.
    """
    long = np.asarray(multiplier, np.int64)
    short = np.where(long < 0x7FFF0000, (long + 2**15) >> 16, 0x7FFF)
    bits = 15 - np.asarray(shift, np.int64)
    return wrap_int32((acc * short + (np.int64(1) << (bits - 1))) >> bits)


def high_multiply(a: ArrayLike, b: ArrayLike) -> IntArray:
    """a * b / 2**31, to nearest, halves upwards: the first rounding. a, b: int32 values."""
    product = np.multiply(a, b, dtype=np.int64)
    product += 2**30
    product >>= 31
    return product


def divide_by_power(values: IntArray, bits: ArrayLike) -> IntArray:
    """values / 2**bits, to nearest, halves away from zero: the second rounding. bits: 0 to 31."""
    bits = np.asarray(bits, dtype=np.int64)
    half = (np.int64(1) << bits) >> 1
    down = (values < 0) & (bits > 0)
    result: IntArray = (values + (half - down)) >> bits
    return result


def wrap_int32(values: IntArray) -> IntArray:
    """Values modulo 2**32, as int32 hardware keeps them."""
    return values.astype(np.int32).astype(np.int64)
