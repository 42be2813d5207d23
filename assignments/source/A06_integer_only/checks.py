"""Checks of A06. They run in a jail of their own; the student's notebook is at the end of a wire.

No check has a tolerance: all values are integers. Expected values were worked out by hand (public
checks of exercises 1 and 2) or come from exact arithmetic with Python's integers (hidden ones), from
the library's own layers (public checks of exercises 3 and 4), from TFLM and XNNPACK as
make_models.py recorded them (hidden ones), and from the virtual board (exercise 5). Every recorded
case holds 7 to 34 outputs in which the two rules of rounding differ, so that neither passes for the
other. tests/course/test_a06.py holds these sentences against the files.
"""

import functools
from fractions import Fraction
from math import floor
from pathlib import Path

import numpy as np

import tinymledu as tml
from tinymledu.course.checks import (
    StudentError,
    as_array,
    as_tuple,
    as_whole,
    check,
    expect,
    expect_each,
)
from tinymledu.graph.plain_layers import plain_layer

HERE = Path(__file__).parent
REREAD_FACTOR = "Reread lesson 07, section 2, and the worked value of exercise 1."
REREAD_ROUNDING = "Reread lesson 07, section 3, and the worked value of exercise 2."
REREAD_CONV = "Reread lesson 07, section 5: subtract the zero point, then pad with 0."
REREAD_DENSE = "Reread lesson 07, section 7, and the worked value of exercise 4."
KIND_CALLS = {"CONV_2D": "conv2d", "FULLY_CONNECTED": "fully_connected"}
M_0037 = (2034096511, -8)  # 0.0037 * 2**39 = 2034096511.3..., rounded


# --------------------------------------------------------- exercise 1: the factor as two integers


def multiplier_and_shift(student, factor):
    """What the student's quantize_multiplier gives, as two integers."""
    what = f"quantize_multiplier({factor!r})"
    answer = student.call("quantize_multiplier", factor)
    multiplier, shift = (as_whole(one, what) for one in as_tuple(answer, what, 2))
    return multiplier, shift


def expect_multipliers(student, cases):
    """Each factor of the cases gives its pair."""
    for factor, expected in cases.items():
        got = multiplier_and_shift(student, factor)
        expect(
            got == expected,
            where=f"quantize_multiplier({factor!r}), multiplier and shift",
            expected=expected,
            got=got,
        )


@check(
    exercise=1,
    points=4,
    title="quantize_multiplier is right for factors that can be worked out by hand",
    hint=REREAD_FACTOR,
)
def multiplier_of_worked_factors(student):
    by_hand = {
        0.375: (1610612736, -1),  # 0.75 / 2; 0.75 * 2**31 = 1610612736
        0.75: (1610612736, 0),
        0.5: (1073741824, 0),  # 0.5 * 2**31
        1.0: (1073741824, 1),  # 0.5 * 2
        6.0: (1610612736, 3),  # 0.75 * 8
        0.0037: M_0037,  # 0.9472 / 2**8
        2.0**-20: (1073741824, -19),  # 0.5 / 2**19
    }
    expect_multipliers(student, by_hand)


### BEGIN HIDDEN TESTS
def nearest_multiplier(factor):
    """The pair by exact arithmetic: shift from the power of two above, then round to nearest."""
    exact, shift = Fraction(factor), -60
    while exact >= Fraction(2) ** shift:
        shift += 1
    multiplier = floor(exact * Fraction(2) ** (31 - shift) + Fraction(1, 2))
    return (2**30, shift + 1) if multiplier == 2**31 else (multiplier, shift)


def expect_nearest(student, factors):
    expect_multipliers(student, {factor: nearest_multiplier(factor) for factor in factors})


@check(
    exercise=1,
    points=6,
    title="The multiplier is the nearest integer, for factors of many sizes",
    visible=False,
)
def multiplier_is_the_nearest(student):
    rng = np.random.default_rng(61)
    expect_nearest(student, [float(f) for f in 2.0 ** rng.uniform(-30, 20, 60)])


@check(
    exercise=1,
    points=4,
    title="The multiplier is at least 2**30 and below 2**31, also next to powers of two",
    visible=False,
)
def multiplier_stays_below_2_31(student):
    for power in (-29, -9, 0, 3, 19):
        one = 2.0**power
        below = (float(np.nextafter(one, 0)), one * (1 - 2.0**-40), one * (1 - 2.0**-31))
        expect_nearest(student, (*below, one, float(np.nextafter(one, 1e9))))


### END HIDDEN TESTS
# --------------------------------------------------------------- exercise 2: two rules of rounding


def requantized(student, name, acc, multipliers, shifts):
    """The student's integers, of the shape of the accumulators."""
    answer = student.call(name, acc, multipliers, shifts)
    what = f"{name}() of {np.shape(acc)} accumulators"
    return as_array(answer, what, shape=np.shape(acc), kinds="iu")


def expect_equal(name, acc, multipliers, shifts, got, expected):
    """Nothing differs; of what does, the first one is told with its exact product."""
    asked = np.broadcast_arrays(acc, multipliers, shifts)

    def place(*index):
        a, m, s = (int(one[index]) for one in asked)
        product = float(Fraction(a * m) / 2 ** (31 - s))
        return f"{name}({a}, {m}, {s}), exact product {product:.6g}"

    expect_each(got, expected, place)


# Products by hand: 135 * 0.0037 = 0.4995, 405 * 0.0037 = 1.4985, 134 and 136 * 0.0037 = 0.4958 and
# 0.5032. The first of two roundings gives 128, 384, 127 and 129; the second divides by 2**8:
# 0.5, 1.5, 0.496 and 0.504.
ALONE = (135, -135, 405, -405, 134, 136, 0)
# Columns: 0.0037, and 0.75 / 2**4. 1000, -77777 and 65536 times 0.046875: 46.875, -3645.797, 3072.
TOGETHER = [[135, 1000], [-405, -77777], [405, 65536]]


def worked(student, name, alone, together):
    for acc, expected in zip(ALONE, alone, strict=True):
        got = requantized(student, name, acc, *M_0037)
        expect_equal(name, acc, *M_0037, got, expected)
    accs = np.array(TOGETHER, np.int64)
    multipliers, shifts = np.array([M_0037, (1610612736, -4)], np.int64).T
    got = requantized(student, name, accs, multipliers, shifts)
    expect_equal(name, accs, multipliers, shifts, got, together)


@check(
    exercise=2,
    points=3,
    title="requant_single is right for 135 and its neighbours, alone and in an array",
    hint=REREAD_ROUNDING,
)
def single_of_worked_accumulators(student):
    together = [[0, 47], [-1, -3646], [1, 3072]]
    worked(student, "requant_single", (0, 0, 1, -1, 0, 1, 0), together)


@check(
    exercise=2,
    points=3,
    title="requant_double is right for 135 and its neighbours, alone and in an array",
    hint=f"{REREAD_ROUNDING} In the second rounding, halves go away from zero.",
)
def double_of_worked_accumulators(student):
    together = [[1, 47], [-2, -3646], [2, 3072]]
    worked(student, "requant_double", (1, -1, 2, -2, 0, 1, 0), together)


### BEGIN HIDDEN TESTS
def exact_single(acc, multiplier, shift):
    """acc * multiplier * 2**(shift - 31), halves upwards, in Python's integers."""
    return (acc * multiplier + (1 << (30 - shift))) >> (31 - shift)


def exact_double(acc, multiplier, shift):
    """The two roundings in Python's integers."""
    y = (acc * (1 << max(shift, 0)) * multiplier + (1 << 30)) >> 31
    right = max(-shift, 0)
    size = (abs(y) + ((1 << right) >> 1)) >> right
    return size if y >= 0 else -size


EXACT = {"requant_single": exact_single, "requant_double": exact_double}


def expect_requantized(student, name, acc, multipliers, shifts):
    """acc (..., channels), multipliers and shifts of one entry for each channel, or integers."""
    got = requantized(student, name, acc, multipliers, shifts)
    every = np.broadcast_arrays(acc, multipliers, shifts)
    each = zip(*(one.ravel().tolist() for one in every), strict=True)
    expected = [EXACT[name](*one) for one in each]
    expect_equal(name, acc, multipliers, shifts, got, np.reshape(expected, np.shape(acc)))


def many(student, name, seed):
    """Random accumulators, as large as 32 bits allow with the channel's shift, in two shapes."""
    rng = np.random.default_rng(seed)
    shifts = rng.permutation(np.concatenate([np.arange(-20, 5), np.arange(-10, 0)]))
    multipliers = rng.integers(2**30, 2**31, len(shifts))
    limits = 2 ** (30 - np.maximum(shifts, 0))
    accs = rng.integers(-limits, limits, (40, len(shifts)))
    accs[20:] >>= rng.integers(0, 22, (20, len(shifts)))  # small ones, too
    expect_requantized(student, name, accs, multipliers, shifts)
    expect_requantized(student, name, accs.reshape(5, 2, 4, -1), multipliers, shifts)
    expect_requantized(student, name, int(accs[30, 3]), int(multipliers[3]), int(shifts[3]))


def halves(rng):
    """Accumulators whose product is a half exactly: M = 2**-k, acc odd times 2**(k - 1)."""
    k = rng.integers(1, 12, 24)
    accs = (2 * rng.integers(-500, 500, 24) + 1) << (k - 1)
    return accs, np.full(24, 2**30), 1 - k


def next_to_halves(rng):
    """Products that miss a half by less than a 64-bit float can tell: acc * m = 2**30 - d mod 2**31."""
    multipliers = rng.integers(2**30, 2**31, 40) | 1
    missing = np.arange(40) % 8 - 4
    accs = [
        (2**30 + int(d)) * pow(int(m), -1, 2**31) % 2**31
        for m, d in zip(multipliers, missing, strict=True)
    ]
    signs = np.where(np.arange(40) % 2, 1, -1)
    return np.array(accs, np.int64) * signs, multipliers, np.zeros(40, np.int64)


def just_below_halves(rng):
    """Products that the first rounding lifts to a half, above and below zero."""
    found = []
    while len(found) < 60:
        k, m = int(rng.integers(2, 11)), int(rng.integers(2**30, 2**31))
        acc = int(rng.integers(-(2**16), 2**16))
        start = acc - acc % 2**k
        found += [
            (a, m, -k)
            for a in range(start, start + 2 ** (k + 1))
            if exact_single(a, m, -k) != exact_double(a, m, -k)
        ][:2]
    return np.array(found, np.int64).T


@check(
    exercise=2,
    points=5,
    title="requant_single is right for other accumulators, one factor for each channel",
    visible=False,
)
def single_of_many_accumulators(student):
    many(student, "requant_single", seed=62)


@check(
    exercise=2,
    points=4,
    title="requant_single is right at halves, and where floats cannot tell",
    visible=False,
)
def single_where_floats_fail(student):
    rng = np.random.default_rng(63)
    for make in (halves, next_to_halves, just_below_halves):
        expect_requantized(student, "requant_single", *make(rng))


@check(
    exercise=2,
    points=7,
    title="requant_double is right for other accumulators, also for shifts above 0",
    visible=False,
)
def double_of_many_accumulators(student):
    many(student, "requant_double", seed=64)


@check(
    exercise=2,
    points=4,
    title="requant_double is right where the first rounding makes a half: floats fail there",
    visible=False,
)
def double_where_floats_fail(student):
    rng = np.random.default_rng(65)
    for make in (just_below_halves, halves, next_to_halves):
        expect_requantized(student, "requant_double", *make(rng))


### END HIDDEN TESTS
# ------------------------------------------------------------------- exercises 3 and 4: the layers


def expect_codes(student, layer, x, expected, rounding, *, where):
    """The student's layer gives these codes, and if not: where, how many, and what that looks like."""
    name = KIND_CALLS[layer["kind"]]
    answer = student.call(name, x, layer, rounding)
    got = as_array(answer, f"{name}()", shape=expected.shape, kinds="iu").astype(np.int64)
    wrong = got != expected
    if not wrong.any():
        return
    place = tuple(int(index) for index in np.argwhere(wrong)[0])
    raise StudentError(
        f"{where}, output {place}, rounded {rounding}: expected {expected[place]}, got "
        f"{got[place]}. {wrong.sum():,} of {wrong.size:,} outputs differ{pattern(wrong, got - expected)}."
    )


def pattern(wrong, off):
    """What the wrong outputs have in common, in words, if that is known."""
    if np.abs(off).max() == 1 and wrong.mean() < 0.02:
        return ", all by 1: rounding"
    if wrong.ndim == 4 and min(wrong.shape[1:3]) > 2 and not wrong[:, 1:-1, 1:-1].any():
        return ", all at the border: padding"
    return ""


def only_layer(content):
    """The model of one layer, and that layer as plain values."""
    model = tml.load_model(content, name="given")
    return model, plain_layer(model.graph, model.graph.ops[0])


def expect_practice(student, name, seed):
    """As the NumPy interpreter computes it, which equals TFLM."""
    model, layer = only_layer((HERE / f"practice_{name}.tflite").read_bytes())
    shape = (20, *model.graph.input.shape[1:])
    x = np.random.default_rng(seed).integers(-128, 128, shape, np.int8)
    expected = tml.Interpreter(model).run(x)
    expect_codes(student, layer, x, expected, "twice", where=f"practice_{name}.tflite")


@check(
    exercise=3,
    points=6,
    title="conv2d gives the codes of practice_conv.tflite, rounded twice",
    hint=REREAD_CONV,
)
def conv_of_the_practice_model(student):
    expect_practice(student, "conv", seed=66)


@check(
    exercise=4,
    points=4,
    title="fully_connected gives the codes of practice_fully_connected.tflite, rounded twice",
    hint=REREAD_DENSE,
)
def fully_connected_of_the_practice_model(student):
    expect_practice(student, "fully_connected", seed=67)


### BEGIN HIDDEN TESTS
def recorded():
    """What students never see: models, inputs, and the codes of two runtimes."""
    return np.load(HERE / "cases.npz", allow_pickle=False)


def expect_recorded(student, names, rounding):
    cases = recorded()
    for name in names:
        _, layer = only_layer(cases[f"{name}.model"].tobytes())
        expected = cases[f"{name}.{rounding}"]
        expect_codes(student, layer, cases[f"{name}.inputs"], expected, rounding, where=name)


CONVOLUTIONS = ("conv_valid_odd_strides", "conv_same_stride_2", "conv_pointwise")
BORDERS = ("conv_border", "conv_same")
DENSE = ("fully_connected", "fully_connected_small", "fully_connected_saturates")


@check(
    exercise=3,
    points=8,
    title="conv2d equals TFLM for other shapes, strides, zero points and clamps",
    visible=False,
)
def conv_equals_tflm(student):
    expect_recorded(student, CONVOLUTIONS, "twice")


@check(
    exercise=3,
    points=5,
    title="conv2d equals TFLM where most outputs see the padding",
    visible=False,
)
def conv_at_the_border(student):
    expect_recorded(student, BORDERS, "twice")


@check(exercise=3, points=5, title="conv2d rounded once equals XNNPACK", visible=False)
def conv_equals_xnnpack(student):
    expect_recorded(student, CONVOLUTIONS + BORDERS, "once")


@check(
    exercise=4,
    points=7,
    title="fully_connected equals TFLM for other layers and inputs of several axes",
    visible=False,
)
def fully_connected_equals_tflm(student):
    expect_recorded(student, DENSE, "twice")


@check(exercise=4, points=5, title="fully_connected rounded once equals XNNPACK", visible=False)
def fully_connected_equals_xnnpack(student):
    expect_recorded(student, DENSE, "once")


### END HIDDEN TESTS
# ----------------------------------------------------------------------- exercise 5: on the board
### BEGIN HIDDEN TESTS


def with_own_factors(student, layer):
    """The layer with the student's own integers in place of the library's."""
    pairs = [multiplier_and_shift(student, float(factor)) for factor in layer["factors"]]
    multipliers, shifts = np.array(pairs, np.int64).T
    return {**layer, "multipliers": multipliers, "shifts": shifts}


@functools.cache
def on_the_board(name, n, seed):
    """A model, codes as its input, and what the machine code gives."""
    model = tml.load_model(recorded()[f"{name}.model"].tobytes(), name="given")
    shape = (n, *model.graph.input.shape[1:])
    codes = np.random.default_rng(seed).integers(-128, 128, shape, np.int8)
    firmware = tml.deploy(model, tml.board("nano33ble"))
    return model, codes, np.asarray(firmware.run_many(codes).codes)


def expect_bytes_of_the_board(student, name, n, seed):
    """The student's layers, one after the other, give what the machine code gives."""
    model, x, on_board = on_the_board(name, n, seed)
    for op in model.graph.ops:
        layer = with_own_factors(student, plain_layer(model.graph, op))
        answer = student.call(KIND_CALLS[op.kind], x, layer, "twice")
        x = as_array(answer, f"layer {op.index}", shape=(n, *out_shape(model, op)), kinds="iu")
        expect(bool(np.all((x >= -128) & (x <= 127))), where=f"layer {op.index}", got=x)
        x = x.astype(np.int8)
    expect(np.array_equal(x.reshape(n, -1), on_board), where=name)


def out_shape(model, op):
    return model.graph.tensors[op.outputs[0]].shape[1:]


@check(
    exercise=5,
    points=10,
    title="A convolution gives the bytes that the board's machine code gives",
    visible=False,
)
def convolution_equals_the_board(student):
    expect_bytes_of_the_board(student, "board_conv", n=60, seed=68)


@check(
    exercise=5,
    points=10,
    title="A network of three layers gives the bytes that the board's machine code gives",
    visible=False,
)
def network_equals_the_board(student):
    expect_bytes_of_the_board(student, "board_network", n=100, seed=69)


### END HIDDEN TESTS
