"""Battery life against numbers worked out by hand; the sums stand beside them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinymledu.energy import average_ma, battery_side_ma, duty_for, leak_ma, lifetime
from tinymledu.errors import InputError


def test_a_bare_sketch_empties_two_cells_in_eight_days():
    # 2500 mAh / 13.6 mA = 183.82 h; / 24 = 7.659 days
    assert lifetime(2500, active_ma=13.6, sleep_ma=0.009, duty=1) == pytest.approx(7.659, abs=5e-4)


@pytest.mark.parametrize(
    ("sleep_ma", "days"),
    [
        (0.298, 349.55),  # 2500 / 0.298 / 24: not a year, even if it never wakes
        (2.4, 43.40),  # 2500 / 2.4 / 24
    ],
)
def test_a_device_that_only_sleeps_still_empties_its_battery(sleep_ma, days):
    assert lifetime(2500, active_ma=13.6, sleep_ma=sleep_ma, duty=0) == pytest.approx(
        days, abs=0.01
    )


@pytest.mark.parametrize(
    ("sleep_ma", "duty"),
    [
        # a year is 8760 h: 2500 / 8760 = 0.285388 mA may flow on average
        (0.009, 0.020336),  # (0.285388 - 0.009) / (13.6 - 0.009)
        (0.063, 0.016428),  # (0.285388 - 0.063) / (13.6 - 0.063)
        (0.298, None),
        (2.4, None),
    ],
)
def test_the_duty_for_a_year_on_2500_mah(sleep_ma, duty):
    found = duty_for(365, capacity_mah=2500, active_ma=13.6, sleep_ma=sleep_ma)

    assert found == (None if duty is None else pytest.approx(duty, abs=1e-6))


def test_self_discharge_is_one_more_current():
    # 3 % of 2500 mAh in 8760 h: 75 / 8760 = 0.0085616 mA
    assert leak_ma(2500, 0.03) == pytest.approx(0.0085616, abs=1e-7)
    # 2500 / (0.1 + 0.0085616) / 24 = 959.52 days, instead of 1041.67 days
    aged = lifetime(2500, active_ma=1, sleep_ma=0.1, duty=0, self_discharge_per_year=0.03)
    assert aged == pytest.approx(959.52, abs=0.01)


def test_a_battery_in_a_drawer_lasts_as_long_as_its_self_discharge_says():
    # 5 % a year: 20 years of 365 days
    alone = lifetime(2500, active_ma=1, sleep_ma=0, duty=0, self_discharge_per_year=0.05)

    assert alone == pytest.approx(20 * 365)


def test_duty_is_never_above_one():
    assert duty_for(1, capacity_mah=2500, active_ma=10, sleep_ma=1) == 1


def test_the_last_possible_sleep_current_leaves_a_duty_of_nought():
    # 8760 mAh in 8760 h: exactly 1 mA
    assert duty_for(365, capacity_mah=8760, active_ma=10, sleep_ma=1) == 0


@given(
    st.floats(50, 20_000), st.floats(0.1, 100), st.floats(0, 0.099), st.floats(0.001, 1),
    st.floats(0, 0.3),
)  # fmt: skip
def test_duty_for_undoes_lifetime(capacity, active, sleep, duty, discharge):
    currents = {"active_ma": active, "sleep_ma": sleep, "self_discharge_per_year": discharge}

    days = lifetime(capacity, duty=duty, **currents)

    back = duty_for(days, capacity_mah=capacity, **currents)
    # None: the sleep current alone, where rounding puts the limit just below it
    assert (0.0 if back is None else back) == pytest.approx(duty, rel=1e-6, abs=1e-9)


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_work_never_makes_a_battery_last_longer(one, other):
    lazy, busy = sorted((one, other))
    days = [lifetime(100, active_ma=10, sleep_ma=0.1, duty=duty) for duty in (lazy, busy)]

    assert days[0] >= days[1]


def test_a_regulator_passes_on_power_or_current():
    # switching: 10 mA * 3.3 V = 33 mW; at 4.5 V and 90 %: 33 / 4.05 = 8.148 mA, and 0.045 mA own
    switching = battery_side_ma(10, load_v=3.3, battery_v=4.5, efficiency=0.9, quiescent_ma=0.045)
    linear = battery_side_ma(10, load_v=3.3, battery_v=4.5, quiescent_ma=0.045)

    assert switching == pytest.approx(8.148 + 0.045, abs=1e-3)
    assert linear == pytest.approx(10.045)


def test_average_is_weighted_by_time():
    assert average_ma(active_ma=13.6, sleep_ma=0.4, duty=0.25) == pytest.approx(3.4 + 0.3)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: lifetime(0, active_ma=1, sleep_ma=0, duty=1), "above 0 mAh, not 0"),
        (lambda: lifetime(1, active_ma=-1, sleep_ma=0, duty=1), "is -1 mA"),
        (lambda: lifetime(1, active_ma=1, sleep_ma=0, duty=2.03), "from 0 to 1, not 2.03"),
        (lambda: lifetime(1, active_ma=1, sleep_ma=0, duty=0), "last for ever"),
        (lambda: leak_ma(1, 3), "from 0 to 1, not 3"),
        (lambda: duty_for(0, capacity_mah=1, active_ma=1, sleep_ma=0), "days must be above 0"),
        (lambda: duty_for(1, capacity_mah=1, active_ma=1, sleep_ma=9), "exchanged"),
        (lambda: battery_side_ma(1, load_v=3.3, battery_v=3), "cannot make 3.3 V out of 3 V"),
        (lambda: battery_side_ma(1, load_v=0, battery_v=3), "Voltages must be above 0"),
        (lambda: battery_side_ma(1, load_v=3, battery_v=3, efficiency=90), "at most 1, not 90"),
    ],
)
def test_impossible_figures_are_refused(call, words):
    with pytest.raises(InputError, match=words):
        call()
