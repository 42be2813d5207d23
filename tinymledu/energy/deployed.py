"""How long a battery lasts: arithmetic on the sourced current of a board card.

Only the processor's current is known (the cards say so), so these are upper bounds of the battery's
life: power LED, regulator and sensors come on top.
"""

from dataclasses import dataclass

from tinymledu.boards.catalog import Board
from tinymledu.energy.battery import average_ma, lifetime
from tinymledu.errors import InputError
from tinymledu.quantities import Band, Method

_MS_PER_HOUR = 3_600_000


@dataclass(frozen=True, slots=True)
class BatteryLife:
    """Life of a battery, as a band because latency is one."""

    days: Band
    average_current_ma: Band
    busy_share: Band  # 0 to 1
    method: Method = Method.MODELLED


def battery_life(
    board: Board,
    latency_ms: Band,
    *,
    capacity_mah: float,
    inferences_per_hour: float,
    sleep_current_ma: float,
) -> BatteryLife:
    """Battery life when the processor wakes for each inference and sleeps in between.

    The arithmetic is that of `average_ma` and `lifetime`, at both ends of the busy share.

    Args:
        latency_ms: of one inference, such as deployment.profile.latency_ms.
        sleep_current_ma: of the whole board asleep; measure it, or take it from a data sheet.

    Raises:
        InputError: the board card has no sourced current, a figure is negative, or the inferences
            take longer than the hour they share.
    """
    if board.active_current_ma is None:
        raise InputError(
            f"The card of {board.title} has no sourced current, so its energy cannot be estimated."
        )
    if not inferences_per_hour >= 0:
        raise InputError(
            f"Inferences per hour must not be negative, and these are {inferences_per_hour!r}."
        )
    busy = latency_ms.scaled(inferences_per_hour / _MS_PER_HOUR)
    if busy.high > 1:
        raise InputError(
            f"{inferences_per_hour:g} inferences of up to {latency_ms.high:.0f} ms take longer "
            "than an hour."
        )
    currents = {"active_ma": board.active_current_ma, "sleep_ma": sleep_current_ma}
    duties = (busy.low, busy.high)
    average = sorted(average_ma(**currents, duty=duty) for duty in duties)
    days = sorted(lifetime(capacity_mah, **currents, duty=duty) for duty in duties)
    return BatteryLife(Band(*days), Band(*average), busy)
