"""The Pareto explorer: which cost, and how much of it can be paid."""

from collections.abc import Sequence

from tinymledu.errors import InputError
from tinymledu.exploration.figure import Figure
from tinymledu.exploration.tradeoff import COSTS, pareto_figure
from tinymledu.exploration.widgets.frame import Choice, Controls, Follows, Slider, Widget
from tinymledu.measurement import Measurement

N_STEPS = 200


def explore(measurements: Sequence[Measurement], *, title: str = "Accuracy against cost") -> Widget:
    """Weigh measured models against each other: a menu of costs, and a limit.

    Only costs that at least one model has a figure for are in the menu.

    Raises:
        InputError: there are no measurements.
    """
    if not measurements:
        raise InputError("There is nothing to explore; measure([...], data) gives measurements.")
    models = tuple(measurements)
    known = {cost.title: name for name, cost in COSTS.items() if _values(models, name)}

    def limits(cost: str) -> Slider:
        paid = _values(models, cost)
        low, high = min(paid), float(f"{1.2 * max(paid):.3g}")
        return Slider(f"Limit ({COSTS[cost].unit})", low, high, (high - low) / N_STEPS, start=high)

    def draw(cost: str, limit: float) -> Figure:
        return pareto_figure(models, cost=cost, limit=limit, title=title)

    first = next(iter(known.values()))
    controls: Controls = {"cost": Choice("Cost", known, first), "limit": Follows("cost", limits)}
    return Widget(title, draw, controls)


def _values(measurements: Sequence[Measurement], cost: str) -> list[float]:
    values = (COSTS[cost].of(measurement) for measurement in measurements)
    return [float(value) for value in values if value is not None]
