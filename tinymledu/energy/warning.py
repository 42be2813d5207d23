"""From the moment something happens to the warning: one event, and the distribution over many."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tinymledu.errors import InputError

_SECONDS_PER_DAY = 86_400


def time_to_warning(
    warned: Sequence[bool],
    *,
    onset_s: float,
    window_s: float,
    hop_s: float,
    delay_s: float = 0.0,
) -> float | None:
    """Seconds from the onset of an event to its warning; None where no warning came.

    Window k (0, 1, 2, ...) ends window_s + k * hop_s after the recording begins. Where warned[k]
    holds, the user is warned delay_s after the end of window k. A window that ends at the onset or
    before it has seen nothing of the event: its warning is a false alarm, and is passed over.

    Args:
        warned: one truth value for each window, after debouncing.
        onset_s: when the event begins, in seconds of the recording.
        delay_s: from the end of a window to the warning: features, inference, radio, sound.

    Raises:
        InputError: a time is negative, or window_s or hop_s is 0.

    >>> time_to_warning([False, False, True], onset_s=1.5, window_s=1, hop_s=1, delay_s=0.25)
    1.75
    """
    if not (window_s > 0 and hop_s > 0):
        raise InputError(f"window_s and hop_s must be above 0, not {window_s!r} and {hop_s!r}.")
    if not (onset_s >= 0 and delay_s >= 0):
        raise InputError(f"onset_s and delay_s must not be negative: {onset_s!r}, {delay_s!r}.")
    for k, says_so in enumerate(warned):
        end_s = window_s + k * hop_s
        if says_so and end_s > onset_s:
            return end_s + delay_s - onset_s
    return None


def within(times_s: Iterable[float | None], share: float) -> float | None:
    """The shortest time within which at least this share of ALL events had their warning.

    Missed events (None) count among all: the answer is None where too many were missed. This is
    the nearest-rank quantile: a time that was seen, nothing between two of them.

    Args:
        share: 0.5 for the median, 0.95 for the 95th percentile; above 0, at most 1.

    Raises:
        InputError: no times, or a share out of range.

    >>> within([3.0, 1.0, None, 2.0], 0.5), within([3.0, 1.0, None, 2.0], 0.95)
    (2.0, None)
    """
    if not 0 < share <= 1:
        raise InputError(f"A share is above 0 and at most 1, not {share!r}.")
    ordered = sorted(math.inf if time is None else float(time) for time in times_s)
    if not ordered:
        raise InputError("There are no events, so no time to a warning either.")
    # Rounded first: 0.95 * 20 is 19.000000000000004 on some ways to compute it.
    rank = math.ceil(round(share * len(ordered), 9))
    found = ordered[rank - 1]
    return None if math.isinf(found) else found


@dataclass(frozen=True, slots=True)
class Warnings:
    """What a way of watching gave: a time for each event, None for a missed one, and false alarms.

    watched_s: how long was watched with nothing happening, to count false alarms in.

    Raises:
        InputError: there are no events, or nothing was watched.
    """

    times_s: tuple[float | None, ...]
    n_false_alarms: int
    watched_s: float

    def __post_init__(self) -> None:
        if not (self.times_s and self.watched_s > 0):
            raise InputError(
                f"There are {len(self.times_s)} events and {self.watched_s!r} s without one; give "
                "at least one event, and more than 0 s to count false alarms in."
            )

    @property
    def n_missed(self) -> int:
        return sum(time is None for time in self.times_s)

    @property
    def median_s(self) -> float | None:
        return within(self.times_s, 0.5)

    @property
    def p95_s(self) -> float | None:
        return within(self.times_s, 0.95)

    @property
    def false_alarms_per_day(self) -> float:
        return self.n_false_alarms / (self.watched_s / _SECONDS_PER_DAY)
