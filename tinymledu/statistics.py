"""How sure counts and scores make us: intervals, a test for two models, a correlation."""

import math
from collections.abc import Sequence

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
