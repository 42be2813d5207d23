"""Threshold and cost: move the threshold, and what each mistake costs."""

from numpy.typing import ArrayLike

from tinymledu.decisions import Costs, alarm_threshold
from tinymledu.exploration.figure import Figure
from tinymledu.exploration.threshold_cost import threshold_cost_figure
from tinymledu.exploration.widgets.frame import Slider, Widget

LOWEST, HIGHEST = 0.01, 0.99  # thresholds of the slider


def threshold_cost(
    scores: ArrayLike, is_alarm: ArrayLike, costs: Costs, *, title: str, unit: str = "min"
) -> Widget:
    """Move a threshold and both costs, and see what 100 pictures cost.

    Args:
        scores: (n,) of the class that calls for an alarm, from 0 to 1.
        is_alarm: (n,) bool, the truth.
        costs: to begin with. Their sliders go up to twice the larger one, in steps of 1; of a cost
            that is no whole number, in tenths of it.
        unit: of the costs.
    """

    def draw(threshold: float, false_alarm: float, miss: float) -> Figure:
        chosen = Costs(false_alarm=false_alarm, miss=miss)
        return threshold_cost_figure(
            scores, is_alarm, chosen, title=title, threshold=threshold, unit=unit
        )

    def slider(mistake: str, cost: float) -> Slider:
        whole = float(cost).is_integer()
        step, start = (1, int(cost)) if whole else (cost / 10, cost)
        most = 2 * max(costs.false_alarm, costs.miss)
        return Slider(f"A {mistake} costs ({unit})", step, most, step, start)

    least_costly = min(max(round(alarm_threshold(costs), 2), LOWEST), HIGHEST)
    return Widget(
        "Threshold and cost",
        draw,
        {
            "threshold": Slider("Threshold", LOWEST, HIGHEST, 0.01, least_costly),
            "false_alarm": slider("false alarm", costs.false_alarm),
            "miss": slider("miss", costs.miss),
        },
    )
