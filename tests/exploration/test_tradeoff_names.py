"""Names of models in the Pareto figure do not lie on each other."""

import itertools

import numpy as np

from tinymledu.exploration.tradeoff import LINE_POINTS, PLOT_POINTS, _label_lifts, _labels_left
from tinymledu.measurement import Accuracy, Measurement


def model(name, n_right, n=1000):
    answers = np.zeros(n, int)
    answers[n_right:] = 1
    return Measurement(name, name, Accuracy(answers, np.zeros(n, int), "test"), file_bytes=1)


def heights(priced):
    """Heights of the names in points, as the module takes them."""
    lifts = _label_lifts(priced, _labels_left(priced))
    ends = [(m.accuracy.low, m.accuracy.high) for m, _ in priced]
    scale = PLOT_POINTS / (1.5 * (max(high for _, high in ends) - min(low for low, _ in ends)))
    return [scale * m.accuracy.ratio + lift for (m, _), lift in zip(priced, lifts, strict=True)]


def test_five_models_of_one_cost_have_names_a_line_apart():
    priced = [(model(f"m{k}", 900 + k), 10.0) for k in range(5)]

    high_to_low = sorted(heights(priced)[:4], reverse=True)  # the last stands on the other side

    assert all(a - b >= LINE_POINTS - 1e-9 for a, b in itertools.pairwise(high_to_low))


def test_names_that_face_each_other_are_a_line_apart():
    priced = [(model("left", 900), 10.0), (model("right", 901), 11.5), (model("far", 800), 11.6)]
    one, other, _ = heights(priced)

    assert abs(one - other) >= LINE_POINTS - 1e-9


def test_names_with_room_stay_where_they_are():
    priced = [(model("small", 800), 2.0), (model("large", 950), 10.0)]

    assert _label_lifts(priced, _labels_left(priced)) == [0.0, 0.0]
