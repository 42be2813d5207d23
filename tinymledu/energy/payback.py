"""What is paid once, and how often it must be used to pay back; joules as grams of CO2."""

import math

from tinymledu.errors import InputError

_JOULES_PER_KWH = 3.6e6


def break_even(paid_once: float, *, each_before: float, each_after: float) -> int | None:
    """The smallest number of uses n with paid_once + n * each_after <= n * each_before.

    Any unit serves, if it is the same for all three: joules, grams of CO2, money.

    Returns:
        0 where nothing was paid; None where a use saves nothing, so that it never pays back.

    Raises:
        InputError: a figure is negative or not a number.

    >>> break_even(1000, each_before=3, each_after=1)
    500
    """
    if not all(figure >= 0 for figure in (paid_once, each_before, each_after)):
        raise InputError(
            f"Costs must not be negative: {paid_once!r} once, {each_before!r} before, "
            f"{each_after!r} after."
        )
    if paid_once == 0:
        return 0
    saved = each_before - each_after
    if saved <= 0:
        return None
    n = math.ceil(paid_once / saved)
    # The division rounds: 1.1 / 0.1 is a little above 11, and 11 uses are enough.
    return n - 1 if (n - 1) * saved >= paid_once else n


def carbon_g(joules: float, *, g_per_kwh: float) -> float:
    """Grams of CO2 for an amount of electricity; 1 kWh is 3.6 million joules.

    Raises:
        InputError: a figure is negative.

    >>> carbon_g(3_600_000, g_per_kwh=481)
    481.0
    """
    if joules < 0 or g_per_kwh < 0:
        raise InputError(f"Neither may be negative: {joules!r} J, {g_per_kwh!r} g/kWh.")
    return joules / _JOULES_PER_KWH * g_per_kwh
