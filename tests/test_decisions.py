import pytest

from tinymledu.decisions import (
    Costs,
    alarm_threshold,
    cheapest_threshold,
    cost_parts,
    question_band,
    threshold_for_alarms,
)
from tinymledu.errors import InputError

SCORES, DOG = [0.1, 0.3, 0.6, 0.9], [False, True, False, True]


@pytest.mark.parametrize(
    ("false_alarm", "miss", "expected"), [(1, 1, 0.5), (5, 45, 0.1), (9, 1, 0.9)]
)
def test_alarm_threshold_is_where_alarm_and_silence_cost_the_same(false_alarm, miss, expected):
    threshold = alarm_threshold(Costs(false_alarm, miss))

    assert threshold == pytest.approx(expected)
    assert (1 - threshold) * false_alarm == pytest.approx(threshold * miss)


def test_questions_pay_where_both_answers_cost_more():
    # 1 minute: silence is cheaper below 1 / 50, the alarm above 1 - 1 / 5.
    assert question_band(Costs(5, 50, question=1)) == pytest.approx((0.02, 0.8))


@pytest.mark.parametrize("question", [5, 2.6])
def test_dear_questions_are_never_asked(question):
    assert question_band(Costs(5, 5, question=question)) is None


def test_cost_parts_by_hand():
    # Above 0.5: pictures 3 and 4. Picture 3 is a false alarm, picture 2 is missed; 25 each of 100.
    assert cost_parts(SCORES, DOG, Costs(2, 10), 0.5) == (25 * 2, 25 * 10)
    # A score equal to the threshold is no alarm.
    assert cost_parts(SCORES, DOG, Costs(2, 10), 0.3) == (25 * 2, 25 * 10)
    assert cost_parts(SCORES, DOG, Costs(2, 10), 0.0) == (50 * 2, 0)


@pytest.mark.parametrize(("costs", "expected"), [(Costs(1, 10), 0.2), (Costs(10, 1), 0.75)])
def test_cheapest_threshold_by_hand(costs, expected):
    # Dear misses: between 0.1 and 0.3 one false alarm is left. Dear alarms: above 0.6 one miss is.
    assert cheapest_threshold(SCORES, DOG, costs) == pytest.approx(expected)


@pytest.mark.parametrize("amounts", [(0, 1), (1, -2), (1, float("nan")), (1, 1, -1)])
def test_costs_that_cannot_be_are_refused(amounts):
    with pytest.raises(InputError, match="must be above 0"):
        Costs(*amounts)


@pytest.mark.parametrize(("scores", "truth"), [([], []), ([0.5], [True, False])])
def test_scores_and_answers_must_match(scores, truth):
    with pytest.raises(InputError, match="one of each"):
        cost_parts(scores, truth, Costs(1, 1), 0.5)


def test_threshold_for_alarms_allows_the_alarms_of_all_days_together():
    # 6 scores of 2 days, 1 a day: the 2 largest may alarm, so the third is the threshold.
    assert threshold_for_alarms([3, 9, 4, 7, 5, 1], 2, 1) == 5
    assert threshold_for_alarms([3, 9, 4, 7, 5, 1], 2, 0) == 9  # nothing is above the largest
    assert threshold_for_alarms([3, 9, 4], 1, 99) == 3
    # 7 twice: either both alarm or none, and two would be too many.
    assert threshold_for_alarms([7, 7, 1, 2], 1, 1) == 7
    # 0.29 * 100 is 28.999999999999996 in floating point, and means 29.
    assert threshold_for_alarms(range(100), 100, 0.29) == 70


@pytest.mark.parametrize(
    ("scores", "days", "alarms"),
    [([], 1, 1), ([1, float("nan")], 1, 1), ([1], 0, 1), ([1], 1, -1)],
)
def test_threshold_for_alarms_needs_scores_days_and_an_allowance(scores, days, alarms):
    with pytest.raises(InputError, match="alarms_per_day of 0 or more"):
        threshold_for_alarms(scores, days, alarms)
