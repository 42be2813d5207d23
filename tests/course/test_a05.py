"""A05 "Quantize by hand": its points, its own arithmetic by hand, and other right answers."""

import numpy as np
import one_assignment
import pytest

from tinymledu.course.checks import StudentError
from tinymledu.course.home import NotebookStudent
from tinymledu.graph import affine

a05 = one_assignment.fixture_of("A05")


def test_the_tensor_is_half_given_the_channels_begun_and_calibration_blank(a05):
    given = {
        name: a05.assignment.stubs[name].partition('"""')[2].partition('"""')[2]
        for name in a05.assignment.stubs
    }

    assert "initial=0.0" in given["qparams"]
    assert "np.moveaxis" in given["per_channel"]
    assert "values" not in given["calibrate"]


def test_the_worked_values_are_those_of_the_reference(a05):
    reference = a05.right
    scale, zero_point = reference["qparams"]([-1.0, 3.0])
    codes = reference["quantize"]([-0.6, 0.0, 99.0], 0.5, 1)
    channels, scales = reference["per_channel"]([[1.27, -2.54], [0.0, 0.0]], 0)

    assert (scale, zero_point) == (pytest.approx(4 / 255), -64)
    assert reference["qparams"]([-1.0, 3.0], bits=4) == (pytest.approx(4 / 15), -4)
    assert codes.tolist() == [0, 1, 127]
    assert reference["dequantize"](codes, 0.5, 1).tolist() == [-0.5, 0.0, 63.0]
    assert scales.tolist() == [pytest.approx(0.02), 1.0]
    assert channels.tolist() in ([[64, -127], [0, 0]], [[63, -127], [0, 0]])
    assert reference["calibrate"](np.arange(-50, 51), "percentile", percent=90) == (-45.0, 45.0)
    assert reference["calibrate"]([2.0, 6.0], "minmax") == (0.0, 6.0)


def away_from_zero(values, scale, zero_point, bits=8):
    codes = affine.to_codes(values, scale, zero_point, bits=bits)
    return codes.astype(np.int8)


def by_loops(weights, axis):
    """Channel after channel, with lists; halves away from zero."""
    weights = np.asarray(weights, dtype=float)
    codes, scales = np.zeros(weights.shape, np.int8), []
    for index in range(weights.shape[axis]):
        place = [slice(None)] * weights.ndim
        place[axis] = index
        part = weights[tuple(place)]
        largest = float(np.max(np.abs(part), initial=0.0))
        scales.append(largest / 127 if largest else 1.0)
        codes[tuple(place)] = affine.to_codes(part, scales[-1], 0)
    return codes, scales


def other_percentiles(values, method, percent=99.8, bits=8):
    """Percentiles that are values themselves, and a search with each end by itself."""
    values = np.ravel(np.asarray(values, dtype=float))
    if not values.size:
        return 0, 0
    left = (100 - percent) / 2 if method == "percentile" else 0
    low, high = np.percentile(values, [left, 100 - left], method="lower")
    low, high = min(low, 0.0), max(high, 0.0)
    if method == "mse" and low < high:
        shares = np.arange(2, 101, 2) / 100
        tried = [(a * low, b * high) for a in shares for b in shares if low or a == b]
        return min(tried, key=lambda ends: error_of(values, ends, bits))
    return low, high


def error_of(values, ends, bits):
    scale, zero_point = affine.scale_and_zero_point(*ends, bits=bits)
    back = affine.to_reals(affine.to_codes(values, scale, zero_point, bits=bits), scale, zero_point)
    return np.mean((back - values) ** 2)


@pytest.mark.parametrize(
    "other",
    [{"quantize": away_from_zero}, {"per_channel": by_loops}, {"calibrate": other_percentiles}],
    ids=["halves_away_from_zero", "loops", "other_percentiles_and_a_finer_search"],
)
def test_other_right_answers_pass_every_check(a05, other):
    assert a05.refused_by({**a05.right, **other}) == set()


def test_percentile_ends_are_the_values_around_the_place(a05):
    # 11 values, 90 %: 5 % of 10 gaps is place 0.5, so between the first two and the last two.
    low, high = a05.helpers["percentile_ends"](np.arange(-5, 6), 90)
    # 101 values: place 5 exactly.
    exact = a05.helpers["percentile_ends"](np.arange(-50, 51), 90)

    assert (low, high) == ((-5, -4), (4, 5))
    assert exact == ((-45, -45), (45, 45))


def test_mean_squared_error_by_hand(a05):
    # 2 bits, range -1 to 2: codes -2 to 1, step 1, zero point -1, so -1, 0, 1, 2.
    values = np.array([-1.0, 0.25, 2.0, 4.0])  # off by 0, 0.25, 0 and, clipped, 2

    assert a05.helpers["mean_squared_error"](values, -1, 2, 2) == pytest.approx((0.0625 + 4) / 4)
    assert a05.helpers["mean_squared_error"](values, 0, 0, 2) == pytest.approx(21.0625 / 4)


@pytest.mark.parametrize(
    ("high", "holds"), [(14.933, True), (15.121, True), (14.93, False), (15.13, False)]
)
def test_the_public_range_by_mse_ends_where_the_error_is_2_percent_above_the_least(
    a05, high, holds
):
    values = np.append(np.repeat(np.arange(16.0), 100), 30.0)
    least, _ = a05.helpers["least_error"](values, 4)

    assert least == 225 / 1601  # 30 is clipped to 15, all others are exact
    assert (a05.helpers["mean_squared_error"](values, 0, high, 4) <= 1.02 * least) == holds


def test_scales_by_channel_by_hand(a05):
    weights = np.array([[127.0, -254.0], [0.0, 0.0]])

    assert a05.helpers["scales_by_channel"](weights, 0).tolist() == [2, 1]
    assert a05.helpers["scales_by_channel"](weights, -1).tolist() == [1, 2]
    assert a05.helpers["scales_by_channel"](np.zeros((3, 0)), 0).tolist() == [1, 1, 1]


def test_feedback_says_how_many_gaps(a05):
    student = NotebookStudent({"qparams": lambda _values: (4 / 256, -64)})

    with pytest.raises(StudentError, match=r"255 gaps: expected 0\.01568.*got 0\.015625"):
        a05.helpers["expect_parameters"](student, [-1.0, 3.0])


def test_feedback_says_which_channel(a05):
    student = NotebookStudent(
        {"per_channel": lambda w, _axis: (np.zeros(np.shape(w), np.int8), [0.02, 0.0])}
    )

    with pytest.raises(StudentError, match=r"scale of channel 1, axis=0, shape \(2, 2\)"):
        a05.helpers["expect_channels"](student, [[1.27, -2.54], [0.0, 0.0]], 0)
