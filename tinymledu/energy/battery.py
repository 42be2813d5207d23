"""The life of a battery from currents and a duty cycle; definitions as in docs/energy.md."""

from tinymledu.errors import InputError

HOURS_PER_YEAR = 8760  # 365 days


def average_ma(*, active_ma: float, sleep_ma: float, duty: float) -> float:
    """Mean current of a device that works for the share `duty` of the time, and sleeps otherwise.

    duty * active + (1 - duty) * sleep.

    Raises:
        InputError: a current is negative, or duty is not from 0 to 1.

    >>> average_ma(active_ma=10, sleep_ma=2, duty=0.25)
    4.0
    """
    _check_currents(active_ma, sleep_ma)
    if not 0 <= duty <= 1:
        raise InputError(f"duty is a share of the time, from 0 to 1, not {duty!r}.")
    return duty * active_ma + (1 - duty) * sleep_ma


def leak_ma(capacity_mah: float, self_discharge_per_year: float) -> float:
    """Self-discharge as a current: the share of the capacity lost in a year, spread evenly over it.

    Real cells lose more when new and when warm; this line is simple, and it is said in docs.

    Raises:
        InputError: the capacity is not positive, or the share is not from 0 to 1.

    >>> leak_ma(8760, 0.02)
    0.02
    """
    if not capacity_mah > 0:
        raise InputError(f"The capacity must be above 0 mAh, not {capacity_mah!r}.")
    if not 0 <= self_discharge_per_year <= 1:
        raise InputError(
            "Self-discharge is the share that is lost in a year, from 0 to 1, not "
            f"{self_discharge_per_year!r}."
        )
    return capacity_mah * self_discharge_per_year / HOURS_PER_YEAR


def lifetime(
    capacity_mah: float,
    *,
    active_ma: float,
    sleep_ma: float,
    duty: float,
    self_discharge_per_year: float = 0.0,
) -> float:
    """Days until the battery is empty: capacity / (average current + leak) / 24.

    Args:
        capacity_mah: what the battery gives until the device stops. Cells in series have the
            capacity of one; in parallel, capacities add.
        active_ma, sleep_ma: currents out of the battery, of the whole device.
        duty: share of the time at work, 0 to 1.
        self_discharge_per_year: share of the capacity, 0 to 1.

    Raises:
        InputError: a figure is out of range, or nothing ever empties the battery.

    >>> round(lifetime(2500, active_ma=13.6, sleep_ma=0, duty=1), 2)
    7.66
    """
    leak = leak_ma(capacity_mah, self_discharge_per_year)
    drawn = average_ma(active_ma=active_ma, sleep_ma=sleep_ma, duty=duty) + leak
    if drawn == 0:
        raise InputError(
            "With no current and no self-discharge, the battery would last for ever. "
            "Give a sleep current above 0: every device has one."
        )
    return capacity_mah / drawn / 24


def duty_for(
    days: float,
    *,
    capacity_mah: float,
    active_ma: float,
    sleep_ma: float,
    self_discharge_per_year: float = 0.0,
) -> float | None:
    """The largest duty with which the battery lasts `days`; None where even sleep is too much.

    The inverse of `lifetime`: duty = (capacity / hours - leak - sleep) / (active - sleep), at
    most 1.

    Raises:
        InputError: a figure is out of range, or work takes no more current than sleep.

    >>> round(duty_for(365, capacity_mah=2500, active_ma=13.6, sleep_ma=0.009), 4)
    0.0203
    """
    if not days > 0:
        raise InputError(f"The days must be above 0, not {days!r}.")
    _check_currents(active_ma, sleep_ma)
    if active_ma <= sleep_ma:
        raise InputError(
            f"At work the device takes {active_ma} mA, asleep {sleep_ma} mA: duty has no effect "
            "unless work takes more. Were the two exchanged?"
        )
    allowed = capacity_mah / (24 * days) - leak_ma(capacity_mah, self_discharge_per_year)
    if allowed < sleep_ma:
        return None
    return min(1.0, (allowed - sleep_ma) / (active_ma - sleep_ma))


def battery_side_ma(
    load_ma: float,
    *,
    load_v: float,
    battery_v: float,
    efficiency: float | None = None,
    quiescent_ma: float = 0.0,
) -> float:
    """Current out of the battery when a regulator stands between it and the device.

    A switching regulator passes on power: load_ma * load_v / (battery_v * efficiency). A linear
    one (efficiency None) passes on current, and the rest of the voltage becomes heat. Either takes
    its own quiescent current.

    Raises:
        InputError: a figure is out of range, or a linear regulator would have to raise a voltage.

    >>> battery_side_ma(10, load_v=3, battery_v=6, efficiency=0.5)
    10.0
    """
    _check_currents(load_ma, quiescent_ma)
    if not (load_v > 0 and battery_v > 0):
        raise InputError(f"Voltages must be above 0, not {load_v!r} and {battery_v!r}.")
    if efficiency is None:
        if battery_v < load_v:
            raise InputError(
                f"A linear regulator cannot make {load_v} V out of {battery_v} V; give the "
                "efficiency of a switching one."
            )
        return load_ma + quiescent_ma
    if not 0 < efficiency <= 1:
        raise InputError(f"An efficiency is above 0 and at most 1, not {efficiency!r}.")
    return load_ma * load_v / (battery_v * efficiency) + quiescent_ma


def _check_currents(*currents_ma: float) -> None:
    for current in currents_ma:
        if not current >= 0:
            raise InputError(f"A current must not be negative, and this one is {current!r} mA.")
