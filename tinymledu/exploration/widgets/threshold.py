"""Threshold and cost: move the threshold, and what each mistake costs."""

from numpy.typing import ArrayLike

from tinymledu.decisions import Costs, alarm_threshold
from tinymledu.exploration.figure import Figure
from tinymledu.exploration.threshold_cost import threshold_cost_figure
from tinymledu.exploration.widgets.frame import Slider, Widget


def threshold_cost(
    scores: ArrayLike, is_alarm: ArrayLike, costs: Costs, *, title: str, unit: str = "min"
) -> Widget:
    """Move a threshold and both costs, and see what 100 pictures cost.

    Args:
        scores: (n,) of the class that calls for an alarm, from 0 to 1.
        is_alarm: (n,) bool, the truth.
        costs: to begin with; their sliders go from 1 to twice the larger one.
        unit: of the costs.
    """

    def draw(threshold: float, false_alarm: int, miss: int) -> Figure:
        chosen = Costs(false_alarm=false_alarm, miss=miss)
        return threshold_cost_figure(
            scores, is_alarm, chosen, title=title, threshold=threshold, unit=unit
        )

    most = round(2 * max(costs.false_alarm, costs.miss))
    false_alarm, miss = (max(1, round(cost)) for cost in (costs.false_alarm, costs.miss))
    return Widget(
        "Threshold and cost",
        draw,
        {
            "threshold": Slider("Threshold", 0.01, 0.99, 0.01, round(alarm_threshold(costs), 2)),
            "false_alarm": Slider(f"A false alarm costs ({unit})", 1, most, 1, false_alarm),
            "miss": Slider(f"A miss costs ({unit})", 1, most, 1, miss),
        },
    )
