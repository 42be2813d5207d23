"""Time to a warning on streams that one can follow with a finger."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinymledu.energy import Warnings, time_to_warning, within
from tinymledu.errors import InputError

TIMES = {"window_s": 2, "hop_s": 1}


def test_a_warning_counts_from_the_onset_to_the_ear():
    # windows end at 2, 3, 4, 5 s; the third warns; 4 + 0.5 - 2.5
    assert time_to_warning([0, 0, 1, 1], onset_s=2.5, delay_s=0.5, **TIMES) == 2.0


def test_a_warning_before_the_onset_is_a_false_alarm_and_counts_for_nothing():
    # windows end at 2 and 3 s, the event begins at 3 s: neither has seen it; the fourth has
    assert time_to_warning([1, 1, 0, 1], onset_s=3, **TIMES) == 2.0


def test_a_window_that_saw_a_moment_of_the_event_counts():
    assert time_to_warning([0, 1], onset_s=2.9, **TIMES) == pytest.approx(0.1)


def test_an_event_without_a_warning_is_missed():
    assert time_to_warning([1, 0, 0], onset_s=2.5, **TIMES) is None
    assert time_to_warning([], onset_s=0, **TIMES) is None


def test_truth_values_of_numpy_are_taken():
    assert time_to_warning(np.array([False, True]), onset_s=0, **TIMES) == 3


def test_within_is_the_nearest_rank_over_all_events():
    times = [5, 1, 4, 2, 3, 10, 9, 8, 7, 6]

    assert within(times, 0.5) == 5  # the 5th of 10
    assert within(times, 0.95) == 10  # 9.5, so the 10th
    assert within(times, 0.9) == 9


def test_nineteen_of_twenty_are_95_percent():
    assert within(range(1, 21), 0.95) == 19


def test_missed_events_stand_at_the_end():
    times = [1.0, 2.0, 3.0, None]

    assert within(times, 0.75) == 3.0
    assert within(times, 0.76) is None


@given(st.lists(st.one_of(st.none(), st.floats(0, 1e6)), min_size=1), st.floats(0.01, 1))
def test_at_least_that_share_was_warned_by_then(times, share):
    found = within(times, share)

    if found is None:
        assert sum(time is not None for time in times) / len(times) < share + 1e-8
    else:
        by_then = sum(time is not None and time <= found for time in times)
        assert by_then / len(times) >= share - 1e-8


def test_watching_counts_misses_and_false_alarms_per_day():
    # one event warned after 1 s, one missed; 2 false alarms in 7200 windows of 6 s, which are 12 h
    found = Warnings((1, None), n_false_alarms=2, watched_s=7200 * 6)

    assert (found.n_missed, found.median_s, found.p95_s) == (1, 1, None)
    assert found.false_alarms_per_day == pytest.approx(4)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: time_to_warning([1], onset_s=0, window_s=0, hop_s=1), "must be above 0, not 0"),
        (lambda: time_to_warning([1], onset_s=-1, **TIMES), "must not be negative: -1"),
        (lambda: within([], 0.5), "no events"),
        (lambda: within([1], 95), "at most 1, not 95"),
        (lambda: Warnings((), 0, 1), "0 events and 1 s without one"),
        (lambda: Warnings((1,), 0, 0), "1 events and 0 s without one"),
    ],
)
def test_what_cannot_be_is_refused(call, words):
    with pytest.raises(InputError, match=words):
        call()
