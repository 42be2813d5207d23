"""How sure counts and scores make us: intervals, a test for two models, a correlation, an AUC."""

import bisect
import math
from collections.abc import Callable, Hashable, Sequence

from tinymledu.errors import InputError

# 97.5 % point of the standard normal distribution, for intervals of 95 %.
Z_95 = 1.959963984540054


def wilson_interval(n_correct: int, n: int, *, z: float = Z_95) -> tuple[float, float]:
    """The Wilson score interval of a proportion; 95 % with the default z.

    Unlike p +- z * sqrt(p * (1 - p) / n) it stays within 0 and 1 and has a width at p = 1.

    Raises:
        InputError: n is not positive, or n_correct is not between 0 and n.

    Source: Wilson 1927, J. Am. Stat. Assoc. 22, 209-212; recommended by Brown, Cai and DasGupta
    2001, Statistical Science 16, 101-133.
    """
    if n < 1 or not 0 <= n_correct <= n:
        raise InputError(f"{n_correct} correct of {n}: give 0 <= n_correct <= n and n >= 1.")
    ratio = n_correct / n
    centre = ratio + z * z / (2 * n)
    half = z * math.sqrt(ratio * (1 - ratio) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    # At the ends the formula gives 0 and 1; floating point alone would miss them by 1e-17.
    low = 0.0 if n_correct == 0 else (centre - half) / scale
    high = 1.0 if n_correct == n else (centre + half) / scale
    return low, high


def mcnemar_exact(only_first: int, only_second: int) -> float:
    """Two-sided p-value of McNemar's exact test of two classifiers on the same pictures.

    Pictures that both get right, or both wrong, say nothing. If the classifiers were equally
    good, each of the others would be a fair coin: p = 2 * P(Binomial(n, 1/2) <= smaller count).

    Args:
        only_first: pictures that only the first classifies correctly.
        only_second: pictures that only the second classifies correctly.

    Raises:
        InputError: a count is negative.

    Source: McNemar 1947, Psychometrika 12, 153-157; exact form: Fagerland, Lydersen and Laake
    2013, BMC Medical Research Methodology 13:91.
    """
    if min(only_first, only_second) < 0:
        raise InputError(f"Counts are not negative; these are {only_first} and {only_second}.")
    n = only_first + only_second
    below = sum(math.comb(n, k) for k in range(min(only_first, only_second) + 1))
    return float(min(1, 2 * below / 2**n))


def t_quantile_975(degrees_of_freedom: int) -> float:
    """The 97.5 % point of Student's t distribution, within 0.05 % from 4 degrees of freedom on.

    Raises:
        InputError: there are fewer than 4 degrees of freedom.

    Source: Abramowitz and Stegun 1964, Handbook of Mathematical Functions, 26.7.5.
    """
    if degrees_of_freedom < 4:
        raise InputError(f"{degrees_of_freedom} degrees of freedom: give 4 or more.")
    z, v = Z_95, degrees_of_freedom
    return (
        z
        + (z**3 + z) / (4 * v)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * v**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * v**3)
        + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92160 * v**4)
    )


def mean_interval(values: Sequence[float]) -> tuple[float, float]:
    """Student's 95 % interval of a mean: mean +- t * s / sqrt(n), in the unit of the values.

    It takes the values for a sample of many like them, and their mean for nearly normal.

    Raises:
        InputError: there are fewer than 5 values.

    Source: Student 1908, Biometrika 6, 1-25.
    """
    n = len(values)
    if n < 5:
        raise InputError(f"{n} values are too few for an interval of their mean; give 5 or more.")
    mean = math.fsum(values) / n
    variance = math.fsum((value - mean) ** 2 for value in values) / (n - 1)
    half = t_quantile_975(n - 1) * math.sqrt(variance / n)
    return mean - half, mean + half


def correlation(x: Sequence[float], y: Sequence[float]) -> float | None:
    """Pearson's correlation; point-biserial where one of them holds zeros and ones.

    Returns:
        From -1 to 1; None where one of them does not vary, so that there is none.

    Raises:
        InputError: the lengths differ.

    Source: Lord and Novick 1968, Statistical Theories of Mental Test Scores, 15.5.
    """
    if len(x) != len(y):
        raise InputError(f"{len(x)} values beside {len(y)}; give as many of each.")
    if not x or min(x) == max(x) or min(y) == max(y):
        return None
    from_x, from_y = _deviations(x), _deviations(y)
    both = math.fsum(a * b for a, b in zip(from_x, from_y, strict=True))
    square_x = math.fsum(a * a for a in from_x)
    square_y = math.fsum(b * b for b in from_y)
    return max(-1.0, min(1.0, both / math.sqrt(square_x * square_y)))


def _deviations(values: Sequence[float]) -> list[float]:
    """From the mean, in units of the largest, so that no square of a tiny one becomes 0."""
    mean = math.fsum(values) / len(values)
    largest = max(abs(value - mean) for value in values)
    return [(value - mean) / largest for value in values]


def auc(scores: Sequence[float], positive: Sequence[bool]) -> float | None:
    """The chance that a positive has a higher score than a negative; a tie counts half.

    It is the area under the ROC curve, and Mann and Whitney's U divided by the number of pairs.

    Returns:
        From 0 to 1, 0.5 for scores that say nothing; None without a positive or a negative.

    Raises:
        InputError: the lengths differ.

    Source: Hanley and McNeil 1982, Radiology 143, 29-36.

    >>> auc([3, 1, 2], [True, False, True])
    1.0
    """
    return matched_auc(scores, positive, [0] * len(scores))


def matched_auc(
    scores: Sequence[float], positive: Sequence[bool], stratum: Sequence[Hashable]
) -> float | None:
    """The AUC of pairs from the same stratum only: what is left when the strata explain nothing.

    Every pair of a positive and a negative of one stratum, such as a site, counts once. So strata
    weigh by their number of pairs, and one with positives alone does not count at all.

    Returns:
        As `auc`; None where no stratum has both.

    Raises:
        InputError: the lengths differ.

    Source: the stratified statistic of van Elteren 1960, Bulletin of the International Statistical
    Institute 37, 351-361, with weights by pairs.
    """
    parts = _by_stratum(scores, positive, stratum)
    n_pairs = sum(len(above) * len(below) for above, below in parts)
    if not n_pairs:
        return None
    return sum(_pairs_won(above, below) for above, below in parts) / n_pairs


def auc_interval(
    scores: Sequence[float],
    positive: Sequence[bool],
    stratum: Sequence[Hashable] | None = None,
    *,
    z: float = Z_95,
) -> tuple[float, float]:
    """An interval of `auc`, or of `matched_auc` with strata; 95 % with the default z.

    The ends are the values a for which |a - observed| is z standard errors, the standard error
    taken at a, so it has a width at 0 and 1. Each score must come from another person: many
    recordings of one person make it too narrow.

    Raises:
        InputError: the lengths differ, or no stratum has both.

    Source: method 5 of Newcombe 2006, Statistics in Medicine 25, 559-573, with the standard error
    of Hanley and McNeil 1982; strata are independent and weigh by pairs.
    """
    strata = [0] * len(scores) if stratum is None else stratum
    observed = matched_auc(scores, positive, strata)
    if observed is None:
        raise InputError("No positive has a negative beside it, so there is no AUC here.")
    sizes = [(len(a), len(b)) for a, b in _by_stratum(scores, positive, strata) if a and b]
    n_pairs = sum(m * n for m, n in sizes)

    def distance(a: float) -> float:
        """Standard errors, times their number, by which a is too far away."""
        variance = sum((m * n / n_pairs) ** 2 * _auc_variance(a, m, n) for m, n in sizes)
        return abs(a - observed) - z * math.sqrt(variance)

    return _crossing(distance, observed, 0.0), _crossing(distance, observed, 1.0)


def _by_stratum(
    scores: Sequence[float], positive: Sequence[bool], stratum: Sequence[Hashable]
) -> list[tuple[list[float], list[float]]]:
    if not len(scores) == len(positive) == len(stratum):
        raise InputError(
            f"{len(scores)} scores, {len(positive)} answers and {len(stratum)} strata; give one of "
            "each for every case."
        )
    parts: dict[Hashable, tuple[list[float], list[float]]] = {}
    for score, is_positive, name in zip(scores, positive, stratum, strict=True):
        parts.setdefault(name, ([], []))[0 if is_positive else 1].append(score)
    return list(parts.values())


def _pairs_won(above: list[float], below: list[float]) -> float:
    """Pairs in which the first is larger, and half of those that are equal."""
    ordered = sorted(below)
    return sum(
        (bisect.bisect_left(ordered, one) + bisect.bisect_right(ordered, one)) / 2 for one in above
    )


def _auc_variance(a: float, m: int, n: int) -> float:
    others = (m + n) / 2 - 1
    return a * (1 - a) * (1 + others * ((1 - a) / (2 - a) + a / (1 + a))) / (m * n)


def _crossing(distance: Callable[[float], float], inside: float, outside: float) -> float:
    """Where `distance` becomes positive between a place where it is not and an end."""
    if distance(outside) <= 0:
        return outside
    for _ in range(60):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if distance(middle) <= 0 else (inside, middle)
    return (inside + outside) / 2
