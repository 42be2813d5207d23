"""Controls over a figure: what all widgets of the course share.

The figure is an output of its own, which the controls replace: so it stays where no kernel runs any
more, and where ipywidgets is not installed, its static twin stands alone.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from types import MappingProxyType
from typing import Any

from tinymledu.errors import InputError, unknown_name
from tinymledu.exploration.figure import Figure
from tinymledu.exploration.widgets.live import in_browser, notebook

MOST_CONTROLS = 3
MOST_SHOWN = 5  # options of a menu that the static twin shows all; of longer menus, the ends
_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Slider:
    """A number from low to high. Where `start` is an int, so are all its values.

    Raises:
        InputError: it would begin outside its range.
    """

    label: str
    low: float
    high: float
    step: float
    start: float

    def __post_init__(self) -> None:
        if not self.low <= self.start <= self.high:
            raise InputError(
                f"{self.label} begins at {self.start:g}, and goes from {self.low:g} to "
                f"{self.high:g}; begin between them."
            )

    @property
    def extremes(self) -> tuple[Any, ...]:
        """Both ends."""
        return (self.low, self.high)

    def text(self, value: object) -> str:
        """A value as a reader sees it."""
        return f"{self.label}: {value:.6g}"

    def at(self, place: float) -> float:
        """The value at a place of the live slider."""
        value = min(max(place, self.low), self.high)
        return round(value) if isinstance(self.start, int) else float(value)

    def shown(self, value: float) -> dict[str, Any]:
        """What the browser shows."""
        return {"kind": "slider", "label": self.label, "low": self.low, "high": self.high,
                "step": self.step, "value": value}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several values; `options` maps what is shown to the value."""

    label: str
    options: Mapping[str, Any]
    start: Any

    @property
    def extremes(self) -> tuple[Any, ...]:
        """All values, or of a long menu the first and the last."""
        values = tuple(self.options.values())
        return values if len(values) <= MOST_SHOWN else (values[0], values[-1])

    def text(self, value: object) -> str:
        """A value as a reader sees it."""
        return f"{self.label}: {next(k for k, v in self.options.items() if v == value)}"

    def at(self, place: float) -> Any:
        """The value at a place of the live menu, from 0."""
        return list(self.options.values())[int(place)]

    def shown(self, value: object) -> dict[str, Any]:
        """What the browser shows."""
        return {"kind": "menu", "label": self.label, "options": list(self.options),
                "value": list(self.options.values()).index(value)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Follows:
    """A slider whose range follows from another control, which stands before it."""

    name: str
    slider: Callable[[Any], Slider]


Controls = Mapping[str, Slider | Choice | Follows]


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words in the place of a figure."""

    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.text)}</p>"


@dataclass(frozen=True, slots=True)
class Twin:
    """Figures in place of controls: as they begin, and, folded, at their ends."""

    figures: tuple[tuple[str, Figure], ...]

    def __repr__(self) -> str:
        return "\n".join(f"{said}: {figure.alt}" for said, figure in self.figures)

    def _repr_html_(self) -> str:
        (said, first), *others = self.figures
        folded = "".join(f"<p>{escape(s)}</p>{figure._repr_html_()}" for s, figure in others)
        return (
            f"<p>{escape(said)}</p>{first._repr_html_()}"
            f"<details><summary>The same with other settings</summary>{folded}</details>"
        )


@dataclass(frozen=True, eq=False, repr=False)
class Widget:
    """One to three controls over a figure; in a notebook it shows itself.

    Attributes:
        title: what it is.
        draw: from the values of all controls, by name, to the figure.
        controls: by name, in their order.
        keep: is told the values when a person has changed one, before the figure is drawn.
    """

    title: str
    draw: Callable[..., Figure]
    controls: Controls
    keep: Callable[[Mapping[str, Any]], None] = lambda _values: None

    def __post_init__(self) -> None:
        if not 1 <= len(self.controls) <= MOST_CONTROLS:
            raise InputError(
                f"{self.title} has {len(self.controls)} controls; give 1 to {MOST_CONTROLS}, so "
                "that a reader can say what each of them did."
            )

    def __repr__(self) -> str:
        return f"{self.title}: .static() has its figures"

    def figure(self, **chosen: Any) -> Figure:
        """The figure for some values; the other controls stay where they begin.

        Raises:
            UnknownNameError: there is no such control.
        """
        for name in chosen:
            if name not in self.controls:
                raise unknown_name("control", name, self.controls)
        return self.draw(**self.values(chosen))

    def static(self) -> tuple[Figure, ...]:
        """The figure as it begins, and with each control at its ends; equal ones once only."""
        return tuple(figure for _, figure in self.twin().figures)

    def twin(self) -> Twin:
        """The figures of `static` with their settings, for where there are no controls."""
        drawn: dict[Figure, str] = {}
        for values in self._settings():
            drawn.setdefault(self.draw(**values), self._said(values))
        return Twin(tuple((said, figure) for figure, said in drawn.items()))

    def _ipython_display_(self) -> None:
        first = self.figure()  # before anything is shown: it may refuse what the caller gave
        panel, shown = Panel(self), notebook().DisplayHandle()
        try:
            controls = panel.live(shown.update)
        except ImportError:
            notebook().display(self.twin())
            return
        notebook().display(controls)
        shown.display(first)

    def resolved(self, chosen: Mapping[str, Any] = _NOTHING) -> dict[str, Slider | Choice]:
        """Each control with its range, given the values chosen."""
        values: dict[str, Any] = {}
        resolved: dict[str, Slider | Choice] = {}
        for name, control in self.controls.items():
            one = control.slider(values[control.name]) if isinstance(control, Follows) else control
            resolved[name] = one
            values[name] = chosen.get(name, one.start)
        return resolved

    def values(self, chosen: Mapping[str, Any] = _NOTHING) -> dict[str, Any]:
        """The values of all controls: those chosen, and where the others begin."""
        return {n: chosen.get(n, one.start) for n, one in self.resolved(chosen).items()}

    def _settings(self) -> Iterator[dict[str, Any]]:
        """The values as they begin, then with one control after the other at its ends."""
        first = self.values()
        yield first
        for name, control in self.resolved().items():
            for value in control.extremes:
                if value != first[name]:
                    yield self.values({name: value})

    def _said(self, values: Mapping[str, Any]) -> str:
        resolved = self.resolved(values)
        return ", ".join(resolved[name].text(value) for name, value in values.items())


class Panel:
    """Where the controls of a widget stand now.

    Attributes:
        values: by name of the control.
    """

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self.values = widget.values()

    def change(self, name: str, place: float) -> Figure | Sentence:
        """Put a control to a place, as a person does; gives what is to be seen then.

        Args:
            name: of the control.
            place: the number of a slider, or the position in a menu, from 0.
        """
        widget = self._widget
        self.values[name] = widget.resolved(self.values)[name].at(place)
        for other, control in widget.controls.items():
            if isinstance(control, Follows) and control.name == name:
                self.values[other] = control.slider(self.values[name]).start
        widget.keep(self.values)
        try:
            return widget.draw(**self.values)
        except InputError as error:  # a setting that no figure belongs to: say why
            return Sentence(str(error))

    def shown(self) -> list[dict[str, Any]]:
        """What the browser shows: one record for each control."""
        resolved = self._widget.resolved(self.values)
        return [{"name": n, **one.shown(self.values[n])} for n, one in resolved.items()]

    def live(self, redraw: Callable[[Figure | Sentence], None]) -> Any:
        """The controls in the browser; `redraw` gets what is to be seen after each change.

        Raises:
            ImportError: anywidget or ipywidgets is not installed.
        """

        def heard(content: Mapping[str, Any], _buffers: object) -> None:
            figure = self.change(content["name"], content["value"])
            made.controls, made.said = self.shown(), _aloud(figure)
            redraw(figure)

        made = in_browser("controls.js", heard, controls=self.shown(), said="")
        return made


def _aloud(shown: Figure | Sentence) -> str:
    """What a screen reader says when a control has changed what is to be seen."""
    return shown.text if isinstance(shown, Sentence) else f"{shown.title}. {shown.alt}"
