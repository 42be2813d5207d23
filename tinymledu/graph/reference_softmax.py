"""SOFTMAX in integers, step by step as gemmlowp and TensorFlow Lite Micro take it.

Qm.n means an int32 with n fractional bits: the real value times 2**n. Differences to the maximum
are Q5.26, exponentials Q0.31, their sum Q12.19.

Sources: lite/kernels/internal/reference/softmax.h and common.h (GetReciprocal); the constants and
the order of rounding of exp and 1 / (1 + x) are those of gemmlowp's fixedpoint.h.
"""

import numpy as np
from numpy.typing import NDArray

from tinymledu.graph.fixed_point import (
    INT8_MAX,
    INT8_MIN,
    SOFTMAX_INTEGER_BITS,
    IntArray,
    SoftmaxParameters,
    divide_by_power,
    high_multiply,
    wrap_int32,
)

ONE_Q0 = 2**31 - 1  # Q0.31 cannot say 1
ONE_Q2 = 2**29
EXP_MINUS_EIGHTH = 1895147668  # exp(-1/8) in Q0.31
ONE_THIRD = 715827883
# exp(-2**k) in Q0.31, for k = -2, -1, ..., 4
EXP_OF_POWERS = (1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242)
SUM_BITS = 12  # integer bits of the sum
NEWTON_STEPS = 3


def softmax_of_rows(codes: NDArray[np.int8], parameters: SoftmaxParameters) -> NDArray[np.int8]:
    """Softmax along the last axis; the result has scale 1/256 and zero point -128."""
    x = codes.astype(np.int64)
    difference = x - x.max(axis=-1, keepdims=True)
    exponent = high_multiply(
        wrap_int32(difference << parameters.shift), np.int64(parameters.multiplier)
    )
    exponentials = np.where(difference >= parameters.diff_min, exp_on_negative(exponent), 0)
    total = divide_by_power(exponentials, SUM_BITS).sum(axis=-1, keepdims=True)

    # total = (1 + rest) * 2**(SUM_BITS - headroom): divide by 1 + rest, then by the power of two.
    headroom = 32 - np.frexp(total.astype(np.float64))[1].astype(np.int64)
    rest = (total << headroom) - 2**31
    scaled = high_multiply(one_over_one_plus(rest), exponentials)
    result = divide_by_power(scaled, SUM_BITS - headroom + 31 - 8) + INT8_MIN
    return np.clip(result, INT8_MIN, INT8_MAX).astype(np.int8)


def exp_on_negative(x: IntArray, integer_bits: int = SOFTMAX_INTEGER_BITS) -> IntArray:
    """exp(x) in Q0.31 for x <= 0 with 4 or 5 integer bits (Q4.27, Q5.26).

    x is split into a multiple of 1/4 and a rest in [-1/4, 0); each bit of the multiple contributes
    a constant factor exp(-2**k).
    """
    quarter = 2 ** (29 - integer_bits)
    rest = (x & (quarter - 1)) - quarter
    multiple = rest - x
    result = exp_on_quarter(rest << integer_bits)
    for k, factor in enumerate(EXP_OF_POWERS[: integer_bits + 2]):
        has_bit = (multiple & (quarter << k)) != 0
        result = np.where(has_bit, high_multiply(result, factor), result)
    return np.where(x == 0, ONE_Q0, result)


def exp_on_quarter(x: IntArray) -> IntArray:
    """exp(x) for x in [-1/4, 0), both Q0.31: Taylor's series around -1/8 to the fourth power."""
    t = x + 2**28
    t2 = high_multiply(t, t)
    t3 = high_multiply(t2, t)
    t4 = high_multiply(t2, t2)
    third_and_fourth = high_multiply(divide_by_power(t4, 2) + t3, ONE_THIRD)
    higher = divide_by_power(third_and_fourth + t2, 1)
    return EXP_MINUS_EIGHTH + high_multiply(t + higher, EXP_MINUS_EIGHTH)


def one_over_one_plus(x: IntArray) -> IntArray:
    """1 / (1 + x) for x in [0, 1), both Q0.31."""
    result: IntArray = np.minimum(_two_over_one_plus(x) << 1, ONE_Q0)  # halved; Q2.29 to Q0.31
    return result


def one_minus_over_one_plus(x: IntArray) -> IntArray:
    """(1 - x) / (1 + x) = 2 / (1 + x) - 1 for x in [0, 1), both Q0.31."""
    result: IntArray = np.minimum((_two_over_one_plus(x) - ONE_Q2) << 2, ONE_Q0)
    return result


def _two_over_one_plus(x: IntArray) -> IntArray:
    """Newton's method for 1 / d in Q2.29, with d = (1 + x) / 2."""
    d = (x + 2**31) >> 1
    r = 1515870810 + high_multiply(d, -1010580540)  # 48/17 - 32/17 d
    for _ in range(NEWTON_STEPS):
        r = r + (high_multiply(r, ONE_Q2 - high_multiply(d, r)) << 2)
    return r
