import math

import numpy as np
import pytest

from tinymledu.training.logistic import chance, gradient, log_loss, with_ones


def test_with_ones_adds_the_column_of_the_bias():
    assert with_ones([[2.0, 3.0]]).tolist() == [[2.0, 3.0, 1.0]]


def test_a_logit_of_log_3_is_three_quarters():
    # 1 / (1 + exp(-log 3)) = 1 / (1 + 1/3)
    assert chance([math.log(3)], [[1.0], [-1.0]]) == pytest.approx([0.75, 0.25])


def test_loss_by_hand():
    expected = -(math.log(0.75) + math.log(1 - 0.25)) / 2

    assert log_loss([math.log(3)], [[1.0], [-1.0]], [1, 0]) == pytest.approx(expected)


def test_loss_and_chance_stay_finite_for_any_logit():
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        assert chance([1.0], [[5000.0], [-5000.0]]).tolist() == [1.0, 0.0]
        assert log_loss([1.0], [[5000.0], [-5000.0]], [0, 0]) == 2500.0  # (5000 + 0) / 2


def test_gradient_by_hand():
    # p = 0.75 and label 0: (0.75 - 0) * x. The other point has p = 0.5: (0.5 - 1) * x.
    slope = gradient([math.log(3), 0.0], [[1.0, 2.0], [0.0, 4.0]], [0, 1])

    assert slope == pytest.approx([0.75 / 2, (0.75 * 2 - 0.5 * 4) / 2])


def test_gradient_is_the_slope_of_the_loss():
    rng = np.random.default_rng(0)
    w, x, y = rng.normal(size=4), rng.normal(size=(9, 4)), rng.integers(0, 2, 9)
    h = 1e-5  # the error of a central difference is near h**2 = 1e-10, and rounding near 1e-11

    slopes = [(log_loss(w + d, x, y) - log_loss(w - d, x, y)) / (2 * h) for d in h * np.eye(4)]

    assert gradient(w, x, y) == pytest.approx(slopes, abs=1e-8)
