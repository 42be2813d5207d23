"""How sure a count of correct answers makes us: an interval for one model, a test for two."""

import math

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
