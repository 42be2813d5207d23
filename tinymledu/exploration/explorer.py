"""A widget to weigh models: which cost, and how much of it can be paid."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tinymledu.errors import InputError
from tinymledu.exploration.figure import Figure
from tinymledu.exploration.tradeoff import COSTS, pareto_figure
from tinymledu.measurement import Measurement


@dataclass(frozen=True, slots=True, eq=False)
class Explorer:
    """Two controls over the Pareto figure: the cost, and the most that can be paid.

    In a notebook it shows itself; where widgets cannot run, its static twin is shown.
    """

    measurements: tuple[Measurement, ...]
    title: str

    @property
    def costs(self) -> tuple[str, ...]:
        """The costs that at least one model has a figure for."""
        return tuple(
            name
            for name, cost in COSTS.items()
            if any(cost.of(measurement) is not None for measurement in self.measurements)
        )

    def figure(self, *, cost: str = "file_bytes", limit: float | None = None) -> Figure:
        """The figure for one setting of the controls; `limit` is in the cost's unit."""
        return pareto_figure(self.measurements, cost=cost, limit=limit, title=self.title)

    def static(self) -> tuple[Figure, ...]:
        """What the widget shows without being touched, and at the extremes of its controls."""
        default = self.figure()
        values = self._values("file_bytes")
        tightest = self.figure(limit=round(min(values), 1))
        others = (self.figure(cost=cost) for cost in self.costs if cost != "file_bytes")
        return (default, tightest, *others)

    def widget(self) -> Any:
        """The ipywidgets box: a menu of costs, a slider for the limit, the figure.

        Raises:
            ImportError: ipywidgets is not installed.
        """
        import ipywidgets  # type: ignore[import-untyped]  # it has no stubs

        cost = ipywidgets.Dropdown(
            options=[(COSTS[name].title, name) for name in self.costs], description="Cost"
        )
        limit = ipywidgets.FloatSlider(
            description="Limit", min=0, max=1, value=1, continuous_update=False,
            readout_format=".4g",
        )  # fmt: skip
        shown = ipywidgets.HTML()

        def draw(_change: object = None) -> None:
            shown.value = self.figure(cost=cost.value, limit=limit.value)._repr_html_()

        def rescale(_change: object = None) -> None:
            most = max(self._values(cost.value))
            limit.unobserve(draw, "value")
            limit.max, limit.step = 1.2 * most, 1.2 * most / 200
            limit.value = limit.max
            limit.description = f"Limit ({COSTS[cost.value].unit})"
            limit.observe(draw, "value")
            draw()

        cost.observe(rescale, "value")
        rescale()
        return ipywidgets.VBox([cost, limit, shown])

    def _repr_mimebundle_(self, **_choice: object) -> dict[str, Any]:
        """The widget for notebooks that can run it, the static figure for all others."""
        static = {"text/plain": repr(self), "text/html": self.figure()._repr_html_()}
        try:
            return {**self.widget()._repr_mimebundle_(), **static}
        except ImportError:
            return static

    def __repr__(self) -> str:
        return f"Explorer of {len(self.measurements)} models; .static() has its figures"

    def _values(self, cost: str) -> list[float]:
        values = (COSTS[cost].of(measurement) for measurement in self.measurements)
        return [value for value in values if value is not None]


def explore(
    measurements: Sequence[Measurement], *, title: str = "Accuracy against cost"
) -> Explorer:
    """Weigh measured models against each other, in a notebook with two controls.

    Raises:
        InputError: there are no measurements.
    """
    if not measurements:
        raise InputError("There is nothing to explore; measure([...], data) gives measurements.")
    return Explorer(tuple(measurements), title)
