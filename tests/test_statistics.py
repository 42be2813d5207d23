import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tinymledu.errors import InputError
from tinymledu.statistics import (
    auc,
    auc_interval,
    correlation,
    matched_auc,
    mcnemar_exact,
    mean_interval,
    t_quantile_975,
    wilson_interval,
)

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


@pytest.mark.parametrize(
    ("degrees_of_freedom", "published"),
    # Any table of Student's t, column 0.975.
    [(4, 2.776), (5, 2.571), (9, 2.262), (19, 2.093), (60, 2.000), (120, 1.980)],
)
def test_t_quantile_equals_the_table(degrees_of_freedom, published):
    assert t_quantile_975(degrees_of_freedom) == pytest.approx(published, abs=0.0012)


def test_mean_interval_equals_the_calculation_by_hand():
    # 1 to 5: mean 3, s = sqrt(10 / 4), so 3 +- 2.776 * sqrt(2.5 / 5).
    assert mean_interval([1, 2, 3, 4, 5]) == pytest.approx((1.037, 4.963), abs=0.001)


def test_mean_interval_refuses_fewer_than_5_values():
    with pytest.raises(InputError, match="4 values are too few"):
        mean_interval([1, 2, 3, 4])
    with pytest.raises(InputError, match="3 degrees of freedom"):
        t_quantile_975(3)


def test_correlation_equals_the_calculation_by_hand():
    # Point-biserial: (mean of the ones - mean of the zeros) / s * sqrt(p * q)
    # = (5.5 - 3) / sqrt(8.75 / 4) * sqrt(0.5 * 0.5), with s dividing by n.
    assert correlation([0, 0, 1, 1], [2, 4, 5, 6]) == pytest.approx(1.25 / 2.1875**0.5)


def test_correlation_does_not_depend_on_the_unit():
    small, usual = [2e-300, 4e-300, 5e-300, 6e-300], [2, 4, 5, 6]

    assert correlation([0, 0, 1, 1], small) == pytest.approx(correlation([0, 0, 1, 1], usual))


def test_correlation_of_what_does_not_vary_is_none():
    assert correlation([1, 1, 1], [1, 2, 3]) is None
    assert correlation([1, 2, 3], [0, 0, 0]) is None
    assert correlation([], []) is None


def test_correlation_refuses_lists_of_different_length():
    with pytest.raises(InputError, match="2 values beside 1"):
        correlation([1, 2], [1])


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), max_size=30))
@example([(0.0, 0.0), (1.0, 3e-236)])  # the square of such a deviation is 0
@example([(0.0, 0.0), (1.0, 5e-324)])
def test_correlation_is_symmetric_and_within_one(pairs):
    x, y = [a for a, _ in pairs], [b for _, b in pairs]
    found = correlation(x, y)

    assert found == correlation(y, x)
    assert found is None or -1 <= found <= 1


def test_auc_counts_pairs_and_half_of_the_ties():
    # Pairs of positives 0.9, 0.4 with negatives 0.4, 0.1: won, won, tie, won: 3.5 of 4.
    assert auc([0.9, 0.4, 0.4, 0.1], [True, False, True, False]) == 3.5 / 4
    assert auc([1, 2], [True, True]) is None


def test_matched_auc_counts_pairs_of_one_stratum_only():
    scores = [9, 8, 2, 1, 7, 3]
    ill = [True, False, True, False, True, True]
    site = ["ward", "ward", "home", "home", "ward", "lone"]

    # ward: 9 > 8 won, 7 > 8 lost; home: 2 > 1 won; "lone" has no healthy one. 2 of 3.
    assert matched_auc(scores, ill, site) == pytest.approx(2 / 3)
    # Without strata: positives 9, 2, 7, 3 against 8 and 1: 2 + 1 + 1 + 1 of 8.
    assert auc(scores, ill) == 5 / 8


def test_matched_auc_of_a_score_that_only_knows_the_stratum_is_a_half():
    site = [0, 0, 0, 1, 1, 1]

    assert matched_auc(site, [False, False, True, False, True, True], site) == 0.5
    assert auc(site, [False, False, True, False, True, True]) == pytest.approx(6 / 9)


@given(st.lists(st.tuples(st.integers(-5, 5), st.booleans(), st.integers(0, 2)), max_size=40))
def test_matched_auc_is_that_of_comparing_every_pair(cases):
    pairs = [(a, b) for a, ill, s in cases if ill for b, other, t in cases if not other and s == t]
    won = sum(1.0 if a > b else 0.5 if a == b else 0.0 for a, b in pairs)

    found = matched_auc(*zip(*cases, strict=True)) if cases else None

    assert found == (pytest.approx(won / len(pairs)) if pairs else None)


def test_auc_interval_of_one_pair_is_that_of_one_toss():
    # With m = n = 1 the standard error is that of a proportion of one, so Wilson's interval.
    assert auc_interval([2, 1], [True, False]) == pytest.approx(wilson_interval(1, 1))


def test_auc_interval_ends_where_the_standard_error_says():
    # m = n = 2, observed 3/4. At a = 0.5: (1 + 1 * (1/3 + 1/3)) * 0.25 / 4 = 0.104167, whose root
    # is 0.322749. With z = 0.25 / 0.322749 the lower end is 0.5.
    scores, positive = [4, 2, 3, 1], [True, True, False, False]

    low, high = auc_interval(scores, positive, z=0.25 / 0.322749)

    assert low == pytest.approx(0.5, abs=1e-5)
    assert 0.75 < high < 1


def test_auc_interval_of_two_equal_strata_is_narrower_than_of_one():
    scores, positive = [4, 2, 3, 1], [True, True, False, False]
    twice, answers = scores * 2, positive * 2

    one = auc_interval(scores, positive)
    two = auc_interval(twice, answers, [0] * 4 + [1] * 4)

    assert one[0] < two[0] < 0.75 < two[1] < one[1]


def test_auc_needs_pairs_and_equal_lengths():
    with pytest.raises(InputError, match="no AUC"):
        auc_interval([1, 2], [True, True])
    with pytest.raises(InputError, match="3 scores, 2 answers"):
        auc([1, 2, 3], [True, False])
