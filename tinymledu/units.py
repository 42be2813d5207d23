"""Numbers as people read them. Everything else in the package keeps plain SI units and ratios."""

import math


def size(n_bytes: int) -> str:
    """Bytes as KiB, MiB or GiB: `size(262144)` is '256.0 KiB'; below 1 KiB, '512 B'."""
    if n_bytes < 1024:
        return f"{n_bytes} B"
    if n_bytes < 1024**2:
        return f"{n_bytes / 1024:.1f} KiB"
    if n_bytes < 1024**3:
        return f"{n_bytes / 1024**2:.1f} MiB"
    return f"{n_bytes / 1024**3:.1f} GiB"


def percent(ratio: float) -> str:
    """A ratio from 0 to 1 as a percentage with one decimal: `percent(0.8605)` is '86.1 %'."""
    return f"{100 * ratio:.1f} %"


def count(n: int) -> str:
    """An integer with thousands separators: `count(1234567)` is '1,234,567'."""
    return f"{n:,}"


def duration(seconds: float) -> str:
    """Seconds as '0.4 s', '12 s' or '3 min 05 s'."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s"


def band(low: float, high: float, unit: str, digits: int = 3) -> str:
    """An interval with `digits` significant digits: `band(41.23, 78.9, "ms")` is '41.2-78.9 ms'.

    Where both ends are one figure, as a measured one is, it stands alone.
    """
    if low == high:
        return f"{_significant(low, digits)} {unit}"
    return f"{_significant(low, digits)}-{_significant(high, digits)} {unit}"


def _significant(value: float, digits: int) -> str:
    if value == 0:
        return "0"
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    return f"{value:,.{decimals}f}"
