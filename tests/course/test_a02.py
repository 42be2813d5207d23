"""A02 "Learn from scratch": its points, and the values that its checks expect."""

import math

import numpy as np
import one_assignment
import pytest

a02 = one_assignment.fixture_of("A02")


def test_limits_told_in_the_notebook_are_the_ones_that_count(a02):
    text = "\n".join(cell.source for cell in a02.assignment.cells)
    limits = a02.assignment.limits

    assert f"{limits.wall_s:g} s for the whole notebook, {limits.call_s:g} s for one call" in text


def test_parts_of_the_library_that_hold_the_answers_are_closed(a02):
    assert {"tinymledu.calibration", "tinymledu.training"} <= set(a02.assignment.closed)


def test_public_values_are_those_of_another_way_of_computing(a02):
    """Longdouble, one point at a time."""
    loss, grad = a02.helpers["true_loss"], a02.helpers["true_grad"]
    names = a02.right | {
        "loss": loss,
        "grad": grad,
        "step": lambda weights, x, labels, rate: weights - rate * grad(weights, x, labels),
    }
    public = [check for check in a02.checks if check.visible]

    assert [check.exercise for check in public] == [1, 2, 3, 4]
    assert a02.refused_by(names, public) == set()


LOG_3 = np.array([[0.0, math.log(3)]])  # z = 0 and ln 3: chances 1/4 and 3/4


def test_expected_loss_by_hand(a02):
    x = np.array([[1.0], [1.0], [0.0]])  # the third point has z = 0 twice: chances 1/2

    loss = a02.helpers["true_loss"](LOG_3, x, np.array([1, 0, 0]))

    assert loss == pytest.approx((math.log(4 / 3) + math.log(4) + math.log(2)) / 3, rel=1e-12)


def test_expected_loss_of_large_numbers_by_hand(a02):
    # ln(e^-900 + e^900) + 900 is 1800; for z of -5000 and -5001, ln(1 + 1/e) and that plus 1.
    ends = a02.helpers["true_loss"](np.array([[-900.0, 900.0]]), np.ones((1, 1)), np.array([0]))
    low = a02.helpers["true_loss"](
        np.array([[-5000.0, -5001.0]]), np.ones((2, 1)), np.array([0, 1])
    )

    assert ends == 1800
    assert low == pytest.approx(math.log(1 + 1 / math.e) + 0.5, rel=1e-12)


def test_expected_gradient_by_hand(a02):
    # Point 1: p - y = (1/4, -1/4), times 1. Point 2: z = 0, p - y = (-1/2, 1/2), times 0.
    # Point 3: z = (0, -2 ln 3), chances 9/10 and 1/10; label 0: (-1/10, 1/10), times -2.
    x = np.array([[1.0], [0.0], [-2.0]])

    slope = a02.helpers["true_grad"](LOG_3, x, np.array([1, 0, 0]))

    assert slope == pytest.approx(np.array([[0.25 + 0.2, -0.25 - 0.2]]) / 3)


def test_a_sum_in_place_of_the_mean_is_named(a02):
    def grad(weights, x, labels):
        return len(x) * a02.helpers["true_grad"](weights, x, labels)

    said = a02.message("grad_is_chance_minus_truth_times_reading", {"grad": grad})

    assert "3 times too large: take the mean" in said


def test_a_turned_sign_is_named(a02):
    def grad(weights, x, labels):
        return -a02.helpers["true_grad"](weights, x, labels)

    def step(weights, x, labels, rate):
        return weights + rate * a02.helpers["true_grad"](weights, x, labels)

    assert "sign is turned" in a02.message(
        "grad_is_chance_minus_truth_times_reading", {"grad": grad}
    )
    assert "a step uphill" in a02.message("step_goes_downhill_by_the_rate", {"step": step})


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ([np.arange(35)], "holds 1 values; expected 2"),
        ([np.arange(35), np.arange(2)], "exactly once"),
        ([np.arange(3), np.arange(3, 35)], "groups in part 0 and in part 1: expected 'none'"),
        ([np.arange(6), np.arange(6, 35)], "groups in each part, of 10: expected [7, 3]"),
        ([np.arange(35) / 1.0, np.arange(0)], "expected positions, integers"),
    ],
)
def test_what_is_wrong_with_a_split_is_named(a02, answer, said):
    def split_by_group(_groups, _shares, _seed):
        return answer

    names = {"split_by_group": split_by_group}
    assert said in a02.message("split_deals_out_every_picture_once", names)
