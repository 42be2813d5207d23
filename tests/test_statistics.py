import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinymledu.errors import InputError
from tinymledu.statistics import mcnemar_exact, wilson_interval

# Newcombe 1998, Statistics in Medicine 17, 857-872, table I, method 3.
NEWCOMBE = [
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 20, 0.0000, 0.1611),
    (1, 29, 0.0061, 0.1718),
]


@pytest.mark.parametrize(("n_correct", "n", "low", "high"), NEWCOMBE)
def test_wilson_interval_equals_the_published_table(n_correct, n, low, high):
    found = wilson_interval(n_correct, n)

    assert found == pytest.approx((low, high), abs=5e-5)  # the table has four decimals


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_interval_holds_the_proportion_and_mirrors(counts):
    n_correct, n = counts

    low, high = wilson_interval(n_correct, n)
    mirrored_low, mirrored_high = wilson_interval(n - n_correct, n)

    assert 0 <= low <= n_correct / n <= high <= 1
    assert low < high
    assert (mirrored_low, mirrored_high) == pytest.approx((1 - high, 1 - low))


@pytest.mark.parametrize(("n_correct", "n"), [(0, 0), (-1, 5), (6, 5)])
def test_wilson_interval_refuses_impossible_counts(n_correct, n):
    with pytest.raises(InputError, match=f"{n_correct} correct of {n}"):
        wilson_interval(n_correct, n)


@pytest.mark.parametrize(
    ("only_first", "only_second", "p_value"),
    [
        (1, 7, 18 / 256),  # Fagerland et al. 2013, table 1: 0.070; 2 * (1 + 8) / 2**8
        (2, 0, 1 / 2),  # 2 * 1 / 2**2
        (4, 2, 44 / 64),  # 2 * (1 + 6 + 15) / 2**6
        (10, 0, 2 / 1024),
        (5, 5, 1.0),  # 2 * 638 / 1024 is above 1
        (0, 0, 1.0),
    ],
)
def test_mcnemar_exact_equals_the_binomial_by_hand(only_first, only_second, p_value):
    assert mcnemar_exact(only_first, only_second) == pytest.approx(p_value, rel=1e-12)


@given(st.integers(0, 400), st.integers(0, 400))
def test_mcnemar_exact_is_a_probability_that_ignores_the_order(first, second):
    p_value = mcnemar_exact(first, second)

    assert 0 <= p_value <= 1
    assert p_value == mcnemar_exact(second, first)


def test_mcnemar_exact_refuses_negative_counts():
    with pytest.raises(InputError, match="-1 and 3"):
        mcnemar_exact(-1, 3)
