"""Checks of A05. They run in a jail of their own; the student's notebook is at the end of a wire.

Tolerances: scales and ranges to 1e-9 of themselves, as float64 sums differ in their last bits only.
Errors may exceed half a step by 1e-6 of a step, for the same reason. Percentiles may lie anywhere
between the two values that enclose them: NumPy alone knows thirteen ways. The mean squared error
of a range may be 2 % above the least, as the text says; min-max is 20 % above it in every case here.
"""

import numpy as np

from tinymledu.course.checks import (
    as_array,
    as_number,
    as_tuple,
    as_whole,
    check,
    expect,
    expect_each,
)

REREAD_RANGE = "Reread lesson 06, section 2, and the worked value of exercise 1."
REREAD_ROUNDING = "Reread lesson 06, section 3, and the worked value of exercise 2."
REREAD_CHANNELS = "Reread lesson 06, section 5, and the worked value of exercise 3."
REREAD_CALIBRATION = "Reread lesson 06, section 6, and the table of exercise 4."
NEAR = 1e-9  # relative
STEPS = 1e-6  # of a step
SLACK = 1.02  # on the least mean squared error


def limits(bits):
    """Lowest and highest code."""
    return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1


# ------------------------------------------------------------------------- exercise 1: qparams


def asked_parameters(student, values, bits=8):
    """The student's scale and zero point, a number above 0 and a code."""
    answer = student.call("qparams", values, bits) if bits != 8 else student.call("qparams", values)
    scale, zero_point = as_tuple(answer, "qparams()", 2)
    scale, zero_point = as_number(scale, "the scale"), as_whole(zero_point, "the zero point")
    expect(
        scale > 0 and np.isfinite(scale),
        where="the scale is the width of a step",
        expected="a number above 0",
        got=scale,
    )
    lowest, highest = limits(bits)
    expect(
        lowest <= zero_point <= highest,
        where=f"the zero point is a code of {bits} bits (widen the range instead of the codes)",
        expected=f"{lowest} to {highest}",
        got=zero_point,
    )
    return scale, zero_point


def expect_scale(student, values, bits, low, high, expected):
    """The scale is the expected one, and the end codes mean low and high."""
    lowest, highest = limits(bits)
    scale, zero_point = asked_parameters(student, values, bits)
    expect(
        abs(scale - expected) <= NEAR * expected,
        where=f"scale for a range from {low:g} to {high:g}, {bits} bits: {2**bits - 1} gaps",
        expected=expected,
        got=scale,
    )
    for end, code in ((low, lowest), (high, highest)):
        off = abs(scale * (code - zero_point) - end) / scale
        expect(
            off <= 0.5 + STEPS,
            where=f"code {code} should mean {end:g}, to half a step; it is off, in steps,",
            expected="0.5 at most",
            got=off,
        )


@check(
    exercise=1,
    points=6,
    title="qparams gives scale and zero point of a tensor with values on both sides of 0",
    hint=REREAD_RANGE,
)
def qparams_of_a_tensor(student):
    # By hand: 4 / 255, 2.5 / 255 and 4 / 15.
    expect_scale(student, [-1.0, 3.0], 8, -1.0, 3.0, 0.0156862745098)
    expect_scale(student, [[0.25, -0.5], [0.125, 2.0]], 8, -0.5, 2.0, 0.00980392156863)
    expect_scale(student, [-1.0, 3.0], 4, -1.0, 3.0, 0.266666666667)


### BEGIN HIDDEN TESTS
def expect_parameters(student, values, bits=8):
    """Scale and both ends are right for the values' range with 0."""
    low, high = min(0.0, float(np.min(values))), max(0.0, float(np.max(values)))
    expect_scale(student, values, bits, low, high, (high - low) / (2**bits - 1))


@check(
    exercise=1,
    points=6,
    title="0 is exactly a code and the ends fit, for other values and other bits",
    visible=False,
)
def zero_is_exact_and_the_ends_fit(student):
    rng = np.random.default_rng(6101)
    for bits in (8, 4, 8, 6, 3, 8, 5, 7):
        spread, shift = 10.0 ** rng.uniform(-4, 4), rng.uniform(-1, 1)
        values = spread * (rng.normal(size=(3, 7)) + shift)
        values[0, :2] = -0.3 * spread, 0.4 * spread  # on both sides of 0
        expect_parameters(student, values, bits)


@check(
    exercise=1,
    points=5,
    title="qparams widens a range without 0: all positive, all negative, all equal",
    visible=False,
)
def qparams_of_values_on_one_side_of_zero(student):
    rng = np.random.default_rng(6102)
    for sign in (1.0, -1.0):
        expect_parameters(student, sign * rng.uniform(2, 6, (5, 4)))
        expect_parameters(student, sign * rng.uniform(900, 901, 11), bits=4)
        expect_parameters(student, np.full((2, 3), sign * 0.37))
        expect_parameters(student, [sign * 5e-7])


@check(
    exercise=1,
    points=5,
    title="qparams of zeros, and of no values, is scale 1 and zero point 0",
    visible=False,
)
def qparams_of_zeros_and_of_nothing(student):
    expect_parameters(student, [-0.2, 0.7, 0.1])  # not a constant answer
    for values in (np.zeros((2, 3)), np.zeros(0), [0.0], np.zeros((3, 0))):
        expect(asked_parameters(student, values) == (1.0, 0))


### END HIDDEN TESTS
# ------------------------------------------------------------- exercise 2: quantize, dequantize


def asked_codes(student, values, scale, zero_point, bits=8):
    """The student's codes: int8, of the shape of the values, of that many bits."""
    options = {} if bits == 8 else {"bits": bits}
    answer = student.call("quantize", values, scale, zero_point, **options)
    return checked_codes(answer, "quantize()", np.shape(values), limits(bits))


def checked_codes(answer, what, shape, ends):
    codes = as_array(answer, what, shape=shape, kinds="biuf")
    expect(codes.dtype == np.int8, where=f"type of {what}", expected="int8", got=str(codes.dtype))
    codes = codes.astype(int)
    inside = (codes >= ends[0]) & (codes <= ends[1])
    expect(inside.all(), where=what, expected=f"codes from {ends[0]} to {ends[1]}", got=codes)
    return codes


def expect_codes(codes, values, expected, what):
    """Each code is the expected one; of those that differ, the first is told."""
    expect_each(codes, expected, lambda *place: f"value {values[place]:g}, {what}")


@check(
    exercise=2,
    points=6,
    title="quantize gives the nearest code, and dequantize what it means",
    hint=REREAD_ROUNDING,
)
def quantize_gives_the_nearest_code(student):
    values = np.array([[-0.6, 0.0, 99.0], [0.7, -0.9, -99.0]])
    codes = asked_codes(student, values, 0.5, 1)
    # By hand: value / 0.5 + 1 is -0.2, 1, 199; 2.4, -0.8, -197. Codes end at -128 and 127.
    expected = [[0, 1, 127], [2, -1, -128]]
    expect_codes(codes, values, expected, "scale 0.5, zero point 1")
    back = student.call("dequantize", np.array([0, 1, 127], np.int8), 0.5, 1)
    got = as_array(back, "dequantize()", shape=(3,), kinds="f")
    meant = (0, 1, 127)
    expect_each(got, [-0.5, 0.0, 63.0], lambda i: f"what the code {meant[i]} means", within=NEAR)


### BEGIN HIDDEN TESTS
def expect_nearest(codes, values, scale, zero_point, ends):
    """No code is further from its value than half a step, unless the value lies outside."""
    real = np.asarray(values, float)
    inside = np.clip(real, scale * (ends[0] - zero_point), scale * (ends[1] - zero_point))
    off = np.abs(scale * (codes - zero_point) - inside) / scale
    nearest = np.where(off <= 0.5 + STEPS, codes, np.round(inside / scale) + zero_point)
    what = f"scale {scale:g}, zero point {zero_point}"
    expect_each(codes, nearest, lambda *place: f"value {real[place]:g}, {what}")


@check(
    exercise=2,
    points=5,
    title="to codes and back, a value in range is off by half a step at most",
    visible=False,
)
def the_error_is_half_a_step_at_most(student):
    rng = np.random.default_rng(6201)
    for bits, shape in ((8, (200,)), (8, (4, 5, 6)), (4, (60,)), (8, (1, 300)), (6, (9, 9))):
        lowest, highest = limits(bits)
        scale, zero_point = 10.0 ** rng.uniform(-3, 2), int(rng.integers(lowest, highest + 1))
        steps = rng.uniform(lowest - zero_point, highest - zero_point, shape)
        values = scale * steps
        codes = asked_codes(student, values, scale, zero_point, bits)
        back = student.call("dequantize", codes.astype(np.int8), scale, zero_point)
        real = as_array(back, "dequantize()", shape=shape, kinds="f")
        expect_each(real, values, lambda *_: "to codes and back", within=scale * (0.5 + STEPS))


@check(
    exercise=2,
    points=5,
    title="a larger value never gets a smaller code, and what lies outside gets an end",
    visible=False,
)
def quantize_is_monotone_and_saturates(student):
    rng = np.random.default_rng(6202)
    for bits, zero_point in ((8, 0), (8, -128), (8, 127), (4, -3), (8, 41)):
        scale = 10.0 ** rng.uniform(-3, 1)
        far = scale * np.array([-1e6, -700.0, -400.0, 400.0, 700.0, 1e6])
        values = np.sort(np.concatenate([far, scale * rng.uniform(-300, 300, 120)]))
        codes = asked_codes(student, values, scale, zero_point, bits)
        expect((np.diff(codes) >= 0).all())
        expect(codes[0] == limits(bits)[0] and codes[-1] == limits(bits)[1])
        expect_nearest(codes, values, scale, zero_point, limits(bits))


@check(
    exercise=2,
    points=4,
    title="dequantize is right for each of the 256 codes, with any zero point",
    visible=False,
)
def dequantize_does_not_wrap_around(student):
    codes = np.arange(-128, 128).reshape(16, 16)
    for scale, zero_point in ((0.031, -128), (1.7, 127), (3e-4, 5)):
        back = student.call("dequantize", codes.astype(np.int8), scale, zero_point)
        real = as_array(back, "dequantize()", shape=codes.shape, kinds="f")
        expected = scale * (codes - zero_point)
        within = 1e-6 * np.abs(expected)  # float32 will do
        expect_each(real, expected, lambda *place: f"code {codes[place]}", within=within)


### END HIDDEN TESTS
# ---------------------------------------------------------------------- exercise 3: per_channel


def asked_channels(student, weights, axis):
    """The student's codes and scales."""
    codes, scales = as_tuple(student.call("per_channel", weights, axis), "per_channel()", 2)
    codes = checked_codes(codes, "the codes", np.shape(weights), (-127, 127))
    n_channels = np.shape(weights)[axis]
    scales = as_array(scales, "the scales", shape=(n_channels,), kinds="f").astype(float)
    return codes, scales


def expect_scales(scales, expected, where):
    within = NEAR * np.abs(expected)
    expect_each(scales, expected, lambda i: f"scale of channel {i}, {where}", within=within)


@check(
    exercise=3,
    points=6,
    title="per_channel gives a matrix a scale for each row, or for each column",
    hint=REREAD_CHANNELS,
)
def per_channel_of_a_matrix(student):
    weights = np.array([[1.0, -2.54, 0.3], [0.04, 0.06, -0.01]])
    # By hand: 2.54 / 127 and 0.06 / 127. 1 / 0.02 = 50; 0.04 * 127 / 0.06 = 84.7.
    codes, scales = asked_channels(student, weights, 0)
    expect_scales(scales, np.array([0.02, 0.000472440944882]), "axis=0")
    expect_codes(codes, weights, [[50, -127, 15], [85, 127, -21]], "axis=0")
    # 1 / 127, 2.54 / 127 and 0.3 / 127. 0.04 * 127 = 5.08; 0.06 / 0.02 = 3; -0.01 * 127 / 0.3 = -4.2.
    codes, scales = asked_channels(student, weights, 1)
    expect_scales(scales, np.array([0.00787401574803, 0.02, 0.00236220472441]), "axis=1")
    expect_codes(codes, weights, [[127, -127, 127], [5, 3, -4]], "axis=1")


### BEGIN HIDDEN TESTS
def scales_by_channel(weights, axis):
    """max|w| / 127 of each channel, 1 where there is nothing but 0."""
    rows = np.moveaxis(np.asarray(weights, float), axis, 0)
    largest = [np.max(np.abs(row), initial=0.0) for row in rows]
    return np.array([most / 127 if most > 0 else 1.0 for most in largest])


def expect_channels(student, weights, axis):
    """Scales as they should be, and each code the nearest of its channel."""
    codes, scales = asked_channels(student, weights, axis)
    expected = scales_by_channel(weights, axis)
    expect_scales(scales, expected, f"axis={axis}, shape {np.shape(weights)}")
    rows = zip(np.moveaxis(codes, axis, 0), np.moveaxis(np.asarray(weights), axis, 0), strict=True)
    for (of_channel, real), scale in zip(rows, expected, strict=True):
        expect_nearest(of_channel, real, scale, 0, (-127, 127))
    return codes


@check(
    exercise=3,
    points=6,
    title="per_channel works along any axis: first, middle, last, counted from the end",
    visible=False,
)
def per_channel_along_any_axis(student):
    rng = np.random.default_rng(6301)
    for axis in (0, 1, 2, 3, -1, -3):
        weights = rng.normal(0, 10.0 ** rng.uniform(-3, 1), (3, 4, 2, 3))
        expect_channels(student, weights, axis)
    expect_channels(student, rng.normal(size=6), 0)


@check(
    exercise=3,
    points=5,
    title="one large channel leaves the codes of the others as they are",
    visible=False,
)
def one_large_channel_leaves_the_others_alone(student):
    rng = np.random.default_rng(6302)
    for axis, channel in ((0, 2), (2, 4), (-1, 1)):
        weights = rng.normal(0, 0.1, (5, 4, 6))
        spoiled = np.moveaxis(weights, axis, 0).copy()
        spoiled[channel] *= 500
        before = np.moveaxis(expect_channels(student, weights, axis), axis, 0)
        after = expect_channels(student, np.moveaxis(spoiled, 0, axis), axis)
        same = np.delete(np.moveaxis(after, axis, 0) == before, channel, axis=0)
        expect(same.all())


@check(
    exercise=3,
    points=5,
    title="a channel of zeros, or without weights, has scale 1 and spoils no other",
    visible=False,
)
def empty_channels_have_scale_1(student):
    rng = np.random.default_rng(6303)
    weights = rng.normal(size=(4, 3, 5))
    weights[:, 1] = 0
    expect_channels(student, weights, 1)
    expect_channels(student, np.vstack([np.zeros(7), rng.normal(size=7)]), 0)
    expect_channels(student, np.zeros((3, 0)), 0)


### END HIDDEN TESTS
# ------------------------------------------------------------------------ exercise 4: calibrate


def asked_range(student, values, method, **options):
    """The student's range: two finite ends around 0."""
    answer = as_tuple(student.call("calibrate", values, method, **options), "calibrate()", 2)
    low, high = (as_number(end, f"an end of the range by {method}") for end in answer)
    expect(
        low <= 0 <= high and np.isfinite(low) and np.isfinite(high),
        where=f"range by {method}",
        expected="two ends with 0 between them",
        got=(low, high),
    )
    return low, high


def expect_range(student, values, method, expected, **options):
    """Both ends lie where they may, each (least, most)."""
    got = asked_range(student, values, method, **options)
    for end, (least, most), side in zip(got, expected, ("low end", "high end"), strict=True):
        slack = NEAR * max(abs(least), abs(most))
        expect(
            least - slack <= end <= most + slack,
            where=f"{side} by {method}, {np.size(values)} values, {options or 'as called'}",
            expected=least if least == most else f"{least:g} to {most:g}",
            got=end,
        )


@check(
    exercise=4,
    points=7,
    title="calibrate gives the ranges of the table: minmax, percentile, mse",
    hint=REREAD_CALIBRATION,
)
def calibrate_by_each_method(student):
    expect_range(student, [-1.5, 0.5, 4.0], "minmax", ((-1.5, -1.5), (4.0, 4.0)))
    expect_range(student, [2.0, 6.0], "minmax", ((0.0, 0.0), (6.0, 6.0)))
    integers = np.arange(-50, 51)
    expect_range(student, integers, "percentile", ((-45.0, -45.0), (45.0, 45.0)), percent=90)
    # 0 to 15 are codes of 4 bits exactly where the range ends at 15; then only 30 is off, by 15. With
    # an end of 15 (1 + e) the sum of squares is 100 * 1240 e² + 225 (1 - e)². At e = -0.0045 and
    # e = 0.0081 it is 2 % above the 225 of e = 0.
    values = np.append(np.repeat(np.arange(16.0), 100), 30.0)
    expect_range(student, values, "mse", ((0.0, 0.0), (14.933, 15.121)), bits=4)


### BEGIN HIDDEN TESTS
def percentile_ends(values, percent):
    """For each end the two values that enclose it, widened to contain 0."""
    ordered = np.sort(np.ravel(values))
    places = (len(ordered) - 1) * np.array([(100 - percent) / 2, (100 + percent) / 2]) / 100
    below, above = np.floor(places + STEPS).astype(int), np.ceil(places - STEPS).astype(int)
    low, high = ((ordered[i], ordered[j]) for i, j in zip(below, above, strict=True))
    return tuple(min(0.0, end) for end in low), tuple(max(0.0, end) for end in high)


def mean_squared_error(values, low, high, bits):
    """Of all values, to codes and back, with a range from low to high."""
    lowest, highest = limits(bits)
    if low == high:
        return float(np.mean(np.square(values)))
    scale = (high - low) / (highest - lowest)
    zero_point = np.round(lowest - low / scale)
    codes = np.clip(np.round(values / scale) + zero_point, lowest, highest)
    return float(np.mean((scale * (codes - zero_point) - values) ** 2))


def least_error(values, bits):
    """The least mean squared error of the 100 ranges, and that of min-max."""
    low, high = min(0.0, values.min()), max(0.0, values.max())
    errors = [mean_squared_error(values, k * low / 100, k * high / 100, bits)
              for k in range(1, 101)]  # fmt: skip
    return min(errors), errors[-1]


def expect_least_error(student, values, bits):
    low, high = asked_range(student, values, "mse", bits=bits)
    least, unclipped = least_error(values, bits)
    assert unclipped > 1.2 * least, "these values do not tell min-max from mse"
    got = mean_squared_error(values, low, high, bits)
    expect(
        got <= SLACK * least,
        where=f"mean squared error with {bits} bits in your range {low:.4g} to {high:.4g}",
        expected=f"{least:.4g}, or up to 2 % more",
        got=got,
    )


@check(
    exercise=4,
    points=6,
    title="the percentile range leaves out the same share on each side",
    visible=False,
)
def percentiles_leave_half_on_each_side(student):
    rng = np.random.default_rng(6401)
    for n, percent in ((1001, 99.8), (2001, 99.0), (501, 80.0), (777, 97.0)):
        lopsided = rng.gamma(2.0, 1.5, n) - 2.0
        for values in (lopsided, -lopsided, rng.normal(0, 30, n)):
            expect_range(student, values, "percentile", percentile_ends(values, percent),
                         percent=percent)  # fmt: skip
    values = rng.normal(3, 1, (40, 60))
    expect_range(student, values, "percentile", percentile_ends(values, 99.8))


@check(
    exercise=4,
    points=7,
    title="the mse range has the least mean squared error of all values",
    visible=False,
)
def mse_finds_the_best_range(student):
    rng = np.random.default_rng(6402)
    expect_least_error(student, rng.laplace(0, 0.02, 3000), bits=4)
    expect_least_error(student, np.maximum(0, rng.laplace(0, 7, 3000)), bits=4)
    expect_least_error(student, -np.abs(rng.laplace(0, 1, 2000)), bits=3)
    far_out = rng.normal(0, 1, 4000)
    far_out[:2] = 6.5, -6.0
    expect_least_error(student, far_out, bits=4)
    expect_least_error(student, rng.laplace(0, 1, 2500), bits=5)


@check(
    exercise=4,
    points=6,
    title="every range contains 0, also for values on one side, zeros, and no values",
    visible=False,
)
def every_range_contains_zero(student):
    rng = np.random.default_rng(6403)
    for method in ("minmax", "percentile", "mse"):
        positive, negative = rng.uniform(3, 5, 400), rng.uniform(-9, -8, 400)
        low, high = asked_range(student, positive, method)
        expect(low == 0 and 4.5 <= high <= 5.0)
        low, high = asked_range(student, negative, method)
        expect(-9.0 <= low <= -8.5 and high == 0)
        for nothing in (np.zeros((2, 3)), np.zeros(0)):
            expect(asked_range(student, nothing, method) == (0.0, 0.0))


### END HIDDEN TESTS
