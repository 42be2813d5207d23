import dataclasses
import math

import numpy as np
import pytest

from tinymledu import lessons
from tinymledu.calibration import (
    Bin,
    calibration_error,
    fit_temperature,
    logits_of,
    mean_surprise,
    reliability,
    softmax,
)
from tinymledu.datasets import load_dataset
from tinymledu.errors import InputError, UnsupportedModelError
from tinymledu.graph.reference import Interpreter
from tinymledu.graph.tflite import load_model


@pytest.fixture(scope="module")
def model():
    return load_model(lessons.shipped("01_cats_vs_dogs.tflite"))


def test_softmax_of_0_and_log_3_is_a_quarter_and_three_quarters():
    # exp(0) = 1 and exp(log 3) = 3, of 4. A temperature of 2 halves twice those logits.
    assert softmax([[0, math.log(3)]]) == pytest.approx(np.array([[0.25, 0.75]]))
    assert softmax([[0, 2 * math.log(3)]], 2.0) == pytest.approx(np.array([[0.25, 0.75]]))


def test_softmax_of_large_logits_stays_finite():
    with np.errstate(all="raise", under="ignore"):
        scores = softmax([[1000.0, -1000.0], [-5000.0, -5000.0]])

    assert scores.tolist() == [[1.0, 0.0], [0.5, 0.5]]


@pytest.mark.parametrize("temperature", [0, -1.0, math.nan])
def test_softmax_refuses_a_temperature_that_is_not_above_0(temperature):
    with pytest.raises(InputError, match="above 0"):
        softmax([[1.0, 2.0]], temperature)


def test_mean_surprise_is_the_mean_of_minus_log_of_the_right_score():
    logits = [[0, math.log(3)], [0, math.log(3)]]

    assert mean_surprise(logits, [1, 0]) == pytest.approx(-(math.log(0.75) + math.log(0.25)) / 2)


@pytest.mark.parametrize(("gap", "n_right"), [(4.0, 75), (0.5, 75), (3.0, 99)])
def test_fitted_temperature_makes_the_score_equal_the_share_that_is_right(gap, n_right):
    # All pictures claim the same: the best T has 1 / (1 + exp(-gap / T)) = n_right / 100.
    logits = np.tile([0.0, gap], (100, 1))
    labels = np.array([1] * n_right + [0] * (100 - n_right))

    expected = gap / math.log(n_right / (100 - n_right))
    assert fit_temperature(logits, labels) == pytest.approx(expected, rel=1e-6)


def test_fitted_temperature_ends_at_the_range_when_all_is_right():
    assert fit_temperature([[0.0, 0.1]] * 3, [1, 1, 1]) == pytest.approx(1 / 32, rel=1e-6)


@pytest.mark.parametrize("labels", [[], [1, 0]])
def test_fit_temperature_needs_a_label_for_each_row(labels):
    with pytest.raises(InputError, match="rows of logits"):
        fit_temperature(np.zeros((len(labels) // 2, 2)), labels)


def test_reliability_counts_by_hand():
    bins = reliability([0.5, 0.7, 0.75, 0.9, 1.0], [0, 1, 1, 1, 0], (0.5, 0.75, 1.0))

    assert [(one.n, one.n_correct) for one in bins] == [(2, 1), (3, 2)]  # 0.75 opens the second
    assert bins[0].mean_score == pytest.approx(0.6)
    # (2 * |0.6 - 0.5| + 3 * |2.65 / 3 - 2 / 3|) / 5 = (0.2 + 0.65) / 5
    assert calibration_error(bins) == pytest.approx(0.17)


def test_an_empty_bin_has_no_accuracy_and_no_weight():
    full, empty = reliability([0.6], [True], (0.5, 0.75, 1.0))

    assert math.isnan(empty.accuracy)
    assert calibration_error([full, empty]) == pytest.approx(0.4)


@pytest.mark.parametrize("edges", [(0.5,), (0.5, 0.5, 1), (1, 0.5)])
def test_reliability_refuses_edges_that_do_not_rise(edges):
    with pytest.raises(InputError, match="that rise"):
        reliability([0.6], [True], edges)


def test_calibration_error_needs_a_picture():
    with pytest.raises(InputError, match="None of the 1 bins"):
        calibration_error([Bin(0.5, 1.0, 0, 0, math.nan)])


def test_logits_of_a_model_give_the_scores_of_its_board(model):
    pictures = load_dataset("cats_vs_dogs", n_labelled=10).test.pictures[:24]

    logits = logits_of(model, pictures)

    board = (Interpreter(model).run(pictures).astype(float) + 128) / 256
    # The board rounds a score to 1/256, and its exponential is a table: one step is allowed.
    assert np.abs(softmax(logits) - board).max() <= 1 / 256
    assert logits.shape == (24, 2)


def test_logits_need_a_softmax_at_the_end(model):
    graph = dataclasses.replace(model.graph, ops=model.graph.ops[:-1])
    headless = dataclasses.replace(model, graph=graph)

    with pytest.raises(UnsupportedModelError, match="ends in FULLY_CONNECTED"):
        logits_of(headless, np.zeros((1, 48, 48, 3), np.uint8))
