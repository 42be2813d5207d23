import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinymledu.energy import break_even, carbon_g
from tinymledu.errors import InputError


@pytest.mark.parametrize(
    ("paid", "before", "after", "n"),
    [
        (1000, 3, 1, 500),  # 2 saved each time
        (1001, 3, 1, 501),  # 500 uses would leave 1
        (1.1, 0.1, 0, 11),  # 1.1 / 0.1 is 11.000000000000002 in floats
        (0.7, 0.1, 0, 7),
        (0, 1, 2, 0),  # nothing to pay back
        (5, 1, 1, None),  # saves nothing
        (5, 1, 2, None),  # costs more each time
    ],
)
def test_uses_until_it_is_paid_back(paid, before, after, n):
    assert break_even(paid, each_before=before, each_after=after) == n


@given(st.integers(1, 10**9), st.integers(1, 10**6), st.integers(0, 10**6))
def test_it_is_the_smallest_number_of_uses(paid, before, after):
    n = break_even(paid, each_before=before, each_after=after)

    if before <= after:
        assert n is None
    else:
        assert paid + n * after <= n * before
        assert paid + (n - 1) * after > (n - 1) * before


def test_a_kilowatt_hour_has_the_carbon_of_its_grid():
    # 62 s at 55 W: 3410 J = 0.000947 kWh; at 481 g/kWh: 0.4556 g
    assert carbon_g(62 * 55, g_per_kwh=481) == pytest.approx(0.4556, abs=1e-4)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: break_even(-1, each_before=1, each_after=0), "must not be negative: -1 once"),
        (lambda: break_even(1, each_before=float("nan"), each_after=0), "nan before"),
        (lambda: carbon_g(-1, g_per_kwh=1), "Neither may be negative"),
    ],
)
def test_negative_costs_are_refused(call, words):
    with pytest.raises(InputError, match=words):
        call()
