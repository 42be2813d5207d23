"""Battery life by duty cycle: what the sleep current leaves over for work."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from tinymledu.energy import duty_for, lifetime
from tinymledu.errors import InputError
from tinymledu.exploration.figure import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    PURPLE,
    SKY,
    Figure,
    canvas,
    show,
)
from tinymledu.units import percent

_LINES = ((BLUE, "-"), (ORANGE, "--"), (GREEN, "-."), (PURPLE, ":"), (SKY, "-"), (BLACK, "--"))
_LEAST_DUTY = 1e-4
_DUTIES = np.geomspace(_LEAST_DUTY, 1, 121)


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
    if not 1 <= len(sleeps_ma) <= len(_LINES):
        raise InputError(f"Give 1 to {len(_LINES)} sleep currents, not {len(sleeps_ma)}.")

    def days_at(sleep_ma: float, duty: float) -> float:
        return lifetime(
            capacity_mah,
            active_ma=active_ma,
            sleep_ma=sleep_ma,
            duty=duty,
            self_discharge_per_year=self_discharge_per_year,
        )

    goals = {
        name: duty_for(
            goal_days,
            capacity_mah=capacity_mah,
            active_ma=active_ma,
            sleep_ma=sleep_ma,
            self_discharge_per_year=self_discharge_per_year,
        )
        for name, sleep_ma in sleeps_ma.items()
    }
    heading = ("sleep current", f"duty for {goal_days:g} days", *_HEADINGS)
    rows = [
        (
            f"{name}: {_current(sleep_ma)}",
            "impossible" if goals[name] is None else f"{100 * _some(goals[name]):.2f} %",
            *(f"{days_at(sleep_ma, duty):.1f} days" for duty in _TABLE_DUTIES),
        )
        for name, sleep_ma in sleeps_ma.items()
    ]
    with canvas(width=7.5, height=4.2) as (figure, axes):
        for (name, sleep_ma), (color, style) in zip(sleeps_ma.items(), _LINES, strict=False):
            days = [days_at(sleep_ma, float(duty)) for duty in _DUTIES]
            label = f"{name}: {_current(sleep_ma)}"
            axes.plot(100 * _DUTIES, days, color=color, linestyle=style, label=label)
            _mark_goal(axes, goals[name], goal_days, color)
        axes.axhline(goal_days, color=BLACK, linewidth=1)
        axes.text(100, goal_days * 1.1, f"{goal_days:g} days", ha="right", fontsize=10)
        axes.set(xscale="log", yscale="log", title=title)
        axes.set(xlabel="duty: time at work (%)", ylabel="battery life (days)")
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.legend(title="asleep", loc="upper right")
        alt = _alt(goals, goal_days, days_at(max(sleeps_ma.values()), 1.0))
        return show(figure, alt=alt, table=[heading, *rows], title=title)


_TABLE_DUTIES = (0.0, 0.01, 0.1, 1.0)
_HEADINGS = ("life asleep", "at 1 % duty", "at 10 %", "always at work")


def _mark_goal(axes: Any, duty: float | None, goal_days: float, color: str) -> None:
    if duty is not None and duty >= _LEAST_DUTY:
        axes.plot([100 * duty], [goal_days], "o", color=color)


def _some(duty: float | None) -> float:
    """A duty that is known not to be None, for the type checker."""
    return 0.0 if duty is None else duty


def _current(ma: float) -> str:
    return f"{ma:g} mA" if ma >= 1 else f"{1000 * ma:g} µA"


def _alt(goals: Mapping[str, float | None], goal_days: float, shortest_days: float) -> str:
    told = ", ".join(
        f"{name} {'never' if duty is None else percent(duty)}"
        for name, duty in list(goals.items())[:5]
    )
    return (
        "Line plot, both axes logarithmic: battery life in days falls as duty grows, flat at first "
        f"where sleep current rules. Largest duty for {goal_days:g} days: {told}. "
        f"Always at work: {shortest_days:.1f} days."
    )
