"""Send it, or decide it here: the ways side by side."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tinymledu.energy import Way
from tinymledu.errors import InputError
from tinymledu.exploration.figure import BLACK, FILLS, Figure, canvas, check_count, in_words, show
from tinymledu.quantities import Band
from tinymledu.units import band, percent

_MOST_WAYS = 3  # more bars have no room
_DECADES = 1e-5  # the left end of an axis, in parts of the longest bar
NOT_KNOWN = "not known"


@dataclass(frozen=True, slots=True)
class _Panel:
    """One bar chart: what it shows, in which unit, and its figure of a way; None: not known."""

    name: str
    unit: str
    of: Callable[[Way], Band | None]

    @property
    def heading(self) -> str:
        return f"{self.name} ({self.unit})"


def send_or_decide_figure(
    ways: Sequence[Way],
    *,
    decisions_per_day: int,
    title: str = "Send it, or decide it here (modelled)",
) -> Figure:
    """Bytes, energy, money and seconds of each way; availability is in the table.

    Args:
        ways: as tinymledu.energy.ways gives them, 1 to 3.
        decisions_per_day: bytes, energy and money are of one day; seconds are of one decision.

    Raises:
        InputError: no ways or too many, or no decisions.
    """
    check_count(len(ways), "ways", most=_MOST_WAYS)
    if decisions_per_day < 1:
        raise InputError(f"Give at least 1 decision a day, not {decisions_per_day}.")
    panels = _panels(decisions_per_day, ways[0].currency)
    heading = ("way", *(panel.heading for panel in panels), "available")
    rows = [
        (way.name, *(_text(panel.of(way)) for panel in panels), percent(way.availability))
        for way in ways
    ]
    with canvas(width=9.5, height=3.0, columns=len(panels)) as (figure, all_axes):
        for axes, panel in zip(all_axes, panels, strict=True):
            _bars(axes, [panel.of(way) for way in ways])
            axes.set(title=panel.name, xlabel=panel.unit)
            axes.set_yticks(range(len(ways)), [""] * len(ways))
        all_axes[0].set_yticklabels([way.name.replace(", ", ",\n") for way in ways])
        figure.suptitle(title, x=0.01, ha="left", fontsize=12)
        return show(figure, alt=_alt(ways, panels), table=[heading, *rows], title=title)


def _panels(n: int, currency: str) -> tuple[_Panel, ...]:
    """Of n decisions a day."""
    return (
        _Panel("bytes sent", "kB a day", lambda way: _scaled(_exactly(way.bytes_sent), n / 1000)),
        _Panel("device", "J a day", lambda way: _scaled(way.device_mj, n / 1000)),
        _Panel("network", "J a day", lambda way: _scaled(way.elsewhere_mj, n / 1000)),
        _Panel("money", f"{currency} a day", lambda way: _scaled(way.cost, n)),
        _Panel("until known", "s", lambda way: way.seconds),
    )


def _bars(axes: Any, values: Sequence[Band | None]) -> None:
    """Upper ends as bars on a logarithmic axis over five decades; nought has no bar."""
    most = max((value.high for value in values if value), default=0.0)
    if most > 0:
        axes.set_xscale("log")
        axes.set_xlim(most * _DECADES, most * 3)
    else:
        axes.set_xticks([])
    axes.set_ylim(len(values) - 0.5, -0.5)
    for place, (value, (colour, hatch)) in enumerate(zip(values, FILLS, strict=False)):
        if value and value.high > 0:
            axes.barh(place, value.high, color=colour, edgecolor=BLACK, hatch=hatch)
        axes.annotate(
            _text(value), (0, place), xycoords=axes.get_yaxis_transform(), xytext=(3, 0),
            textcoords="offset points", va="center", fontsize=9,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1},
        )  # fmt: skip
    axes.tick_params(axis="x", labelsize=9)
    axes.grid(visible=False, axis="y")


def _exactly(value: float) -> Band:
    return Band(value, value)


def _scaled(value: Band | None, factor: float) -> Band | None:
    return None if value is None else value.scaled(factor)


def _text(value: Band | None) -> str:
    return NOT_KNOWN if value is None else band(value.low, value.high, "", digits=2).strip()


def _alt(ways: Sequence[Way], panels: Sequence[_Panel]) -> str:
    unknown = [panel.name for panel in panels if any(panel.of(way) is None for way in ways)]
    return in_words(
        "Five bar charts side by side, logarithmic: bytes, energy of the device and of the "
        f"network, money, seconds, for {len(ways)} ways. Device, per decision:",
        [f"{way.name} {_text(way.device_mj)} mJ" for way in ways],
        f". Not known: {', '.join(unknown)}." if unknown else ".",
    )
