"""Battery life by duty cycle: what the sleep current leaves over for work."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from tinymledu.energy import duty_for, lifetime
from tinymledu.exploration.figure import (
    LINES,
    Figure,
    Line,
    canvas,
    check_count,
    in_words,
    mark_level,
    show,
)
from tinymledu.units import percent

_LEAST_DUTY = 1e-4
_DUTIES = np.geomspace(_LEAST_DUTY, 1, 121)
# The columns of the table after the duty for the goal, and their duties.
_COLUMNS = {"life asleep": 0.0, "at 1 % duty": 0.01, "at 10 %": 0.1, "always at work": 1.0}


def battery_life_figure(
    capacity_mah: float,
    *,
    active_ma: float,
    sleeps_ma: Mapping[str, float],
    goal_days: float = 365,
    self_discharge_per_year: float = 0.0,
    title: str = "Battery life by duty cycle (modelled)",
) -> Figure:
    """Days of life against the share of time at work, a line for each sleep current.

    Args:
        sleeps_ma: sleep currents by what they are called, 1 to 6, each below active_ma.
        goal_days: drawn as a level; the table has the largest duty that reaches it.

    Raises:
        InputError: no sleep currents or too many, or figures that `lifetime` refuses.
    """
    check_count(len(sleeps_ma), "sleep currents")
    given = {"active_ma": active_ma, "self_discharge_per_year": self_discharge_per_year}
    days_at = partial(lifetime, capacity_mah, **given)
    duty_at = partial(duty_for, goal_days, capacity_mah=capacity_mah, **given)
    duties = {name: duty_at(sleep_ma=sleep_ma) for name, sleep_ma in sleeps_ma.items()}
    rows = [("sleep current", f"duty for {goal_days:g} days", *_COLUMNS)]
    with canvas(width=7.5, height=4.2) as (figure, axes):
        mark_level(axes, goal_days, f"{goal_days:g} days")
        for (name, sleep_ma), line in zip(sleeps_ma.items(), LINES, strict=False):
            label, days = f"{name}: {_current(sleep_ma)}", partial(days_at, sleep_ma=sleep_ma)
            _draw(axes, line, label, days)
            _mark_goal(axes, line, duties[name], goal_days)
            rows.append((label, _duty(duties[name]), *_lives(days)))
        axes.set(xscale="log", yscale="log", title=title)
        axes.set(xlabel="duty: time at work (%)", ylabel="battery life (days)")
        axes.xaxis.set_major_formatter("{x:g}")
        axes.yaxis.set_major_formatter("{x:,.10g}")
        axes.legend(title="asleep", loc="upper right")
        shortest_days = days_at(sleep_ma=max(sleeps_ma.values()), duty=1.0)
        alt = _alt(duties, goal_days, shortest_days)
        return show(figure, alt=alt, table=rows, title=title)


def _draw(axes: Any, line: Line, label: str, days: Callable[..., float]) -> None:
    lives = [days(duty=float(duty)) for duty in _DUTIES]
    axes.plot(100 * _DUTIES, lives, color=line.colour, linestyle=line.dash, label=label)


def _mark_goal(axes: Any, line: Line, duty: float | None, goal_days: float) -> None:
    if duty is not None and duty >= _LEAST_DUTY:
        axes.plot([100 * duty], [goal_days], line.mark, color=line.colour)


def _lives(days: Callable[..., float]) -> list[str]:
    return [f"{days(duty=duty):.1f} days" for duty in _COLUMNS.values()]


def _duty(duty: float | None) -> str:
    return "impossible" if duty is None else f"{100 * duty:.2f} %"


def _current(ma: float) -> str:
    return f"{ma:g} mA" if ma >= 1 else f"{1000 * ma:g} µA"


def _alt(duties: Mapping[str, float | None], goal_days: float, shortest_days: float) -> str:
    return in_words(
        "Line plot, both axes logarithmic: battery life in days falls as duty grows, flat at first "
        f"where sleep current rules. Largest duty for {goal_days:g} days:",
        [f"{name} {'never' if duty is None else percent(duty)}" for name, duty in duties.items()],
        f". Always at work: {shortest_days:.1f} days.",
        between=", ",
    )
