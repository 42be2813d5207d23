"""The two figures of lesson 03."""

import pytest

from tinymledu.calibration import reliability
from tinymledu.decisions import Costs
from tinymledu.errors import InputError
from tinymledu.exploration import reliability_figure, threshold_cost_figure

SCORES, DOG = [0.1, 0.3, 0.6, 0.9], [False, True, False, True]


def test_threshold_cost_table_holds_both_parts_and_the_chosen_threshold():
    figure = threshold_cost_figure(
        SCORES, DOG, Costs(2, 10), title="Drawings", threshold=0.25, thresholds=(0.05, 0.5)
    )

    # Each of 4 pictures is 25 of 100. At 0.25: one false alarm (2). At 0.5: that and a miss (10).
    assert figure.columns[-1] == "both (min)"
    assert figure.rows == (
        ("0.050", "100", "0", "100"),
        ("0.250", "50", "0", "50"),
        ("0.500", "50", "250", "300"),
        ("0.200 (least)", "50", "0", "50"),
    )
    assert "chosen threshold 0.25 costs 50 min" in figure.alt


def test_threshold_cost_needs_no_chosen_threshold():
    figure = threshold_cost_figure(SCORES, DOG, Costs(1, 1), title="Drawings", unit="points")

    assert "chosen" not in figure.alt
    assert "4 pictures" in figure.alt


@pytest.mark.parametrize(
    ("thresholds", "chosen"), [((0.5,), None), ((0.5, 0.4), None), ((0.1, 0.2), 1.5)]
)
def test_thresholds_that_cannot_be_are_refused(thresholds, chosen):
    with pytest.raises(InputError, match="from 0 to 1"):
        threshold_cost_figure(
            SCORES, DOG, Costs(1, 1), title="x", threshold=chosen, thresholds=thresholds
        )


def test_reliability_figure_says_where_it_is_farthest_from_the_diagonal():
    bins = reliability([0.6, 0.6, 0.9, 0.9], [1, 0, 1, 1], (0.5, 0.75, 0.8, 1.0))

    figure = reliability_figure({"raw": bins}, title="Drawings")

    assert "score of 60.0 %, where 50.0 % are right" in figure.alt
    assert [row[3] for row in figure.rows] == ["2", "2"]  # the empty bin is left out


def test_reliability_figure_needs_pictures():
    with pytest.raises(InputError, match="each with a picture"):
        reliability_figure({"raw": reliability([], [], (0.5, 1.0))}, title="x")
