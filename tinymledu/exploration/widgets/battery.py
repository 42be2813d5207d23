"""Battery life: capacity, sleep current, and how long it has to last."""

from collections.abc import Mapping

from tinymledu.exploration.battery import battery_life_figure
from tinymledu.exploration.figure import Figure
from tinymledu.exploration.widgets.frame import Choice, Slider, Widget

SLEEPS_UA = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)


def battery_life(
    capacity_mah: float,
    *,
    active_ma: float,
    sleeps_ma: Mapping[str, float] | None = None,
    goal_days: int = 365,
    self_discharge_per_year: float = 0.0,
) -> Widget:
    """Choose a battery, a sleep current and a goal, and see which duty is left.

    Args:
        capacity_mah: to begin with; the slider goes from a tenth of it to twice it.
        active_ma: current at work.
        sleeps_ma: at most 5 sleep currents to compare with, by what they are called.
        goal_days: to begin with, 7 to 1095.
    """

    def draw(capacity_mah: float, sleep_ua: int, goal_days: int) -> Figure:
        return battery_life_figure(
            capacity_mah,
            active_ma=active_ma,
            sleeps_ma={"chosen": sleep_ua / 1000, **(sleeps_ma or {})},
            goal_days=goal_days,
            self_discharge_per_year=self_discharge_per_year,
            title=f"Battery life by duty cycle, {capacity_mah:,.0f} mAh (modelled)",
        )

    tenth = capacity_mah / 10
    return Widget(
        "Battery life",
        draw,
        {
            "capacity_mah": Slider("Capacity (mAh)", tenth, 20 * tenth, tenth, 10 * tenth),
            "sleep_ua": Choice("Sleep current", {f"{ua:,} µA": ua for ua in SLEEPS_UA}, 100),
            "goal_days": Slider("Has to last (days)", 7, 1095, 1, goal_days),
        },
    )
