"""From scores to decisions: what mistakes and questions cost, and which threshold costs least."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinymledu.errors import InputError


@dataclass(frozen=True, slots=True)
class Costs:
    """What each outcome costs, all in the same unit, such as minutes of a person.

    false_alarm: an alarm for nothing. miss: no alarm where one was due. question: a person is
    asked, who then decides rightly.
    """

    false_alarm: float
    miss: float
    question: float = 0.0

    def __post_init__(self) -> None:
        if not (self.false_alarm > 0 and self.miss > 0 and self.question >= 0):
            raise InputError(
                f"{self!r}: false_alarm and miss must be above 0, and question not below 0."
            )


def alarm_threshold(costs: Costs) -> float:
    """The chance of the class above which an alarm costs less than silence.

    With chance p, an alarm costs (1 - p) * false_alarm on average, and silence p * miss. They are
    equal at false_alarm / (false_alarm + miss). This holds for chances, not for any score.

    Source: Elkan 2001, "The foundations of cost-sensitive learning", IJCAI, section 2.

    >>> alarm_threshold(Costs(false_alarm=5, miss=45))
    0.1
    """
    return costs.false_alarm / (costs.false_alarm + costs.miss)


def question_band(costs: Costs) -> tuple[float, float] | None:
    """The chances between which it costs least to ask; None where asking never pays.

    Below question / miss silence is cheaper, above 1 - question / false_alarm the alarm is.

    Source: Chow 1970, "On optimum recognition error and reject tradeoff", IEEE Transactions on
    Information Theory 16, 41-46.

    >>> question_band(Costs(false_alarm=5, miss=50, question=1))
    (0.02, 0.8)
    """
    low, high = costs.question / costs.miss, 1 - costs.question / costs.false_alarm
    return (low, high) if low < high else None


def cost_parts(
    scores: ArrayLike, is_alarm: ArrayLike, costs: Costs, threshold: float
) -> tuple[float, float]:
    """(false alarms, misses): what each cost for 100 pictures, in the unit of the costs.

    Args:
        scores: (n,) of the class that calls for an alarm; above the threshold there is one.
        is_alarm: (n,) bool, the truth.

    Raises:
        InputError: no scores, or another number of answers.
    """
    given, due = _both(scores, is_alarm)
    alarm = given > threshold
    n_false, n_missed = int((alarm & ~due).sum()), int((~alarm & due).sum())
    share = 100 / len(given)
    return share * n_false * costs.false_alarm, share * n_missed * costs.miss


def cheapest_threshold(scores: ArrayLike, is_alarm: ArrayLike, costs: Costs) -> float:
    """The threshold that would have cost least on these labelled pictures.

    It fits what chance did to them as well: report what it costs on other pictures.

    Returns:
        The middle between two neighbouring scores; of equal costs, the lowest threshold.
    """
    given, due = _both(scores, is_alarm)
    known = np.unique(np.concatenate([[0.0], given, [1.0]]))
    middles = (known[:-1] + known[1:]) / 2
    totals = [sum(cost_parts(given, due, costs, float(middle))) for middle in middles]
    return float(middles[int(np.argmin(totals))])


def threshold_for_alarms(scores: ArrayLike, n_days: float, alarms_per_day: float) -> float:
    """The lowest of the scores above which ordinary days give so few alarms.

    It needs no example of what is to be found: scores of days on which nothing happened are enough.
    On other days there are about as many alarms, as long as the world stays the same.

    Args:
        scores: (n,) of `n_days` ordinary days; a score above the threshold is an alarm.

    Returns:
        One of the scores; the lowest of all where even one alarm for each score is allowed.

    Raises:
        InputError: no scores, some are no numbers, n_days is not above 0, or alarms_per_day is
            below 0.

    >>> threshold_for_alarms([3, 9, 4, 7, 5, 1], n_days=2, alarms_per_day=1)
    5.0
    """
    given = np.sort(np.asarray(scores, dtype=np.float64).ravel())[::-1]
    if not (len(given) and np.all(np.isfinite(given)) and n_days > 0 and alarms_per_day >= 0):
        raise InputError(
            f"{len(given)} scores of {n_days} days, {alarms_per_day} alarms a day: give finite "
            "scores, n_days above 0, and alarms_per_day of 0 or more."
        )
    # Rounded first: 0.29 * 100 is 28.999999999999996 in floating point.
    n_allowed = int(np.floor(np.round(alarms_per_day * n_days, 9)))
    return float(given[min(n_allowed, len(given) - 1)])


def _both(scores: ArrayLike, is_alarm: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    given, due = np.asarray(scores, dtype=np.float64), np.asarray(is_alarm, dtype=bool)
    if given.ndim != 1 or given.shape != due.shape or len(given) == 0:
        raise InputError(
            f"Scores have shape {given.shape} and answers {due.shape}; give one of each for every "
            "picture, and at least one."
        )
    return given, due
