from fractions import Fraction
from math import floor, nextafter

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tinymledu.errors import QuantizationError
from tinymledu.graph.fixed_point import (
    FixedPoint,
    activation_range,
    add_parameters,
    divide_by_power,
    high_multiply,
    mean_multiplier,
    quantize_multiplier,
    quantize_small_multiplier,
    requantize,
    requantize_once,
    softmax_parameters,
)
from tinymledu.graph.ir import Quantization

INT32 = st.integers(-(2**31), 2**31 - 1)
MULTIPLIERS = st.integers(2**30, 2**31 - 1)


def scale(value, zero_point=0):
    return Quantization((value,), (zero_point,))


def as_fraction(fixed):
    return Fraction(fixed.multiplier) * Fraction(2) ** (fixed.shift - 31)


@given(st.floats(2.0**-31, 2.0**29, exclude_max=True))
@example(2.0**-31)
@example(nextafter(2.0**29, 0))  # rounds up to the next power of two
@example(nextafter(1.0, 0))
def test_quantize_multiplier_is_within_half_a_unit(factor):
    multiplier, shift = quantize_multiplier(factor)

    assert 2**30 <= multiplier < 2**31
    assert -30 <= shift <= 30
    error = abs(Fraction(multiplier) * Fraction(2) ** (shift - 31) - Fraction(factor))
    assert error <= Fraction(factor) / 2**31


@pytest.mark.parametrize(
    "factor", [0.0, -1.0, nextafter(2.0**-31, 0), 2.0**29, float("inf"), float("nan")]
)
def test_quantize_multiplier_refuses_factors_outside_its_range(factor):
    with pytest.raises(QuantizationError, match=r"at least 2\*\*-31 .* below 2\*\*29"):
        quantize_multiplier(factor)


@given(st.floats(0, 2.0**-31))
@example(0.0)
@example(nextafter(2.0**-32, 0))  # the last that becomes 0, unless it rounds up to 2**-32
@example(2.0**-32)
def test_small_factors_are_kept_down_to_two_to_the_minus_32_and_then_become_zero(factor):
    fixed = quantize_small_multiplier(factor)

    if fixed.multiplier == 0:
        assert fixed == FixedPoint(0, 0)
        assert factor < 2.0**-32
    else:
        assert 2**30 <= fixed.multiplier < 2**31
        assert fixed.shift in (-31, -30)
        assert abs(as_fraction(fixed) - Fraction(factor)) <= Fraction(factor) / 2**31


@pytest.mark.parametrize("factor", [-1e-12, 2.0**29, float("nan")])
def test_small_multiplier_refuses_what_is_negative_too_large_or_not_a_number(factor):
    with pytest.raises(QuantizationError):
        quantize_small_multiplier(factor)


@given(INT32, MULTIPLIERS)
def test_high_multiply_rounds_halves_upwards(a, b):
    exact = Fraction(a * b, 2**31)

    assert high_multiply(a, b) == floor(exact + Fraction(1, 2))


@given(INT32, st.integers(0, 31))
@example(-3, 1)
@example(-1, 0)
@example(-(2**31), 31)
def test_divide_by_power_rounds_halves_away_from_zero(value, bits):
    magnitude = floor(Fraction(abs(value), 2**bits) + Fraction(1, 2))

    assert divide_by_power(np.int64(value), bits) == (magnitude if value >= 0 else -magnitude)


@given(st.integers(-(2**24), 2**24), MULTIPLIERS, st.integers(-31, 6))
def test_requantize_is_within_one_of_the_exact_product(acc, multiplier, shift):
    exact = Fraction(acc * multiplier) * Fraction(2) ** (shift - 31)

    assert abs(requantize(acc, multiplier, shift) - exact) <= 1


def test_requantize_rounds_twice():
    # 11 * 0.0478 -> first rounding: 11 * 0.7648 = 8.41 -> 8; second: 8 / 16 = 0.5 -> 1.
    # Rounded once, 11 * 0.0436 = 0.4796 would be 0.
    multiplier, shift = quantize_multiplier(0.0436)

    assert shift == -4
    assert round(11 * 0.0436 * 16) == 8
    assert requantize(11, multiplier, shift) == 1
    assert requantize(-11, multiplier, shift) == -1


def test_requantize_takes_one_factor_per_last_axis_and_wraps_left_shifts_as_int32_does():
    acc = np.array([[100, 100, 2**30], [-7, -7, 3]])
    multipliers, shifts = np.array([2**30, 2**30, 2**30]), np.array([0, 1, 3])

    # 2**30 in Q31 is 1/2: factors 1/2, 1, 4. 2**30 * 2**3 wraps to 0.
    assert requantize(acc, multipliers, shifts).tolist() == [[50, 100, 0], [-3, -7, 12]]


@pytest.mark.parametrize(
    ("activation", "quantization", "expected"),
    [
        ("NONE", scale(0.1, 5), (-128, 127)),
        ("RELU", scale(0.1, 5), (5, 127)),
        ("RELU", scale(0.1, -128), (-128, 127)),
        ("RELU6", scale(6 / 255, -128), (-128, 127)),
        ("RELU6", scale(0.05, -20), (-20, 100)),  # 6 / 0.05 = 120 steps above -20
        ("RELU_N1_TO_1", scale(0.03, 10), (-23, 43)),  # 1 / 0.03 = 33.3 steps to both sides
        ("RELU_N1_TO_1", scale(0.001, 0), (-128, 127)),
    ],
)
def test_activation_range_is_in_codes_of_the_output(activation, quantization, expected):
    assert activation_range(activation, quantization) == expected


@given(st.integers(1, 5000), st.floats(-8, 8))
def test_mean_multiplier_is_the_scale_ratio_over_n(n, ratio_log2):
    fixed = mean_multiplier(scale(2.0**ratio_log2), scale(1.0), n)
    exact = Fraction(2.0**ratio_log2) / n

    assert 0 <= 1 - as_fraction(fixed) / exact + Fraction(1, 2**30) <= Fraction(1, 2**28)


def test_add_parameters_halve_the_larger_scale_and_undo_the_left_shift():
    parameters = add_parameters(scale(0.5), scale(0.125), scale(0.25))

    # twice the larger scale is 1: 0.5 / 1, 0.125 / 1, and 1 / (2**20 * 0.25) = 2**-18.
    assert [as_fraction(fixed) for fixed in parameters] == [
        Fraction(1, 2),
        Fraction(1, 8),
        Fraction(1, 2**18),
    ]


def test_add_to_a_far_finer_scale_is_refused():
    with pytest.raises(QuantizationError, match=r"scales 1 and 2.*output scale 1e-07"):
        add_parameters(scale(1.0), scale(2.0), scale(1e-7))


def test_softmax_parameters_count_steps_in_q5_26():
    # One step of 1/16 is 2**22 in Q5.26, that is 2**30 * 2**(23 - 31). TFLM's bound for what fits
    # into Q5.26 takes the multiplier as 2**31: 31 * 2**26 / 2**23 = 248 steps.
    assert softmax_parameters(scale(1 / 16), 1.0) == (2**30, 23, -248)


def test_softmax_of_a_scale_below_the_last_bit_is_refused():
    with pytest.raises(QuantizationError, match=r"beta 1 .* scale 1e-09"):
        softmax_parameters(scale(1e-9), 1.0)


@pytest.mark.parametrize(
    ("acc", "twice", "once"),  # M = 0.0037; the exact products are 0.4995 and 1.4985
    [(135, 1, 0), (405, 2, 1), (-135, -1, 0), (-405, -2, -1), (134, 0, 0), (136, 1, 1)],
)
def test_rounding_twice_and_once_differ_just_below_a_half(acc, twice, once):
    fixed = quantize_multiplier(0.0037)

    assert requantize(acc, *fixed) == twice
    assert requantize_once(acc, *fixed) == once


@given(INT32, MULTIPLIERS, st.integers(-22, 0))
def test_requantize_once_is_the_exact_product_rounded(acc, multiplier, shift):
    exact = Fraction(acc * multiplier) * Fraction(2) ** (shift - 31)

    assert requantize_once(acc, multiplier, shift) == floor(exact + Fraction(1, 2))
