"""Send it, or decide it here: the ways side by side."""

from collections.abc import Callable, Sequence
from typing import Any

from tinymledu.energy import Way
from tinymledu.errors import InputError
from tinymledu.exploration.figure import BLUE, GREEN, ORANGE, Figure, canvas, show
from tinymledu.quantities import Band
from tinymledu.units import band, percent

_COLORS = (ORANGE, BLUE, GREEN)
_PER_DAY = "a day"


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
    if not 1 <= len(ways) <= len(_COLORS) or decisions_per_day < 1:
        raise InputError(
            f"Give 1 to {len(_COLORS)} ways and at least 1 decision a day, not {len(ways)} ways "
            f"and {decisions_per_day} decisions."
        )
    currency = ways[0].currency
    panels: tuple[tuple[str, str, Callable[[Way], Band | None]], ...] = (
        ("bytes sent", f"kB {_PER_DAY}", lambda way: _flat(way.bytes_sent).scaled(n / 1000)),
        ("device", f"J {_PER_DAY}", lambda way: way.device_mj.scaled(n / 1000)),
        (
            "network",
            f"J {_PER_DAY}",
            lambda way: way.elsewhere_mj and way.elsewhere_mj.scaled(n / 1000),
        ),
        ("money", f"{currency} {_PER_DAY}", lambda way: way.cost and way.cost.scaled(n)),
        ("until known", "s", lambda way: way.seconds),
    )
    n = decisions_per_day
    heading = (
        "way",
        *(f"{name} ({unit})" for name, unit, _ in panels),
        "available",
    )
    rows = [
        (way.name, *(_text(of(way)) for _, _, of in panels), percent(way.availability))
        for way in ways
    ]
    with canvas(width=9.5, height=3.0, columns=len(panels)) as (figure, all_axes):
        for axes, (name, unit, of) in zip(all_axes, panels, strict=True):
            _bars(axes, [of(way) for way in ways])
            axes.set(title=name, xlabel=unit)
        all_axes[0].set_yticks(range(len(ways)), [way.name.replace(", ", ",\n") for way in ways])
        for axes in all_axes[1:]:
            axes.set_yticks(range(len(ways)), [""] * len(ways))
        figure.suptitle(title, x=0.01, ha="left", fontsize=12)
        return show(figure, alt=_alt(ways), table=[heading, *rows], title=title)


def _bars(axes: Any, values: Sequence[Band | None]) -> None:
    """Upper ends as bars on a logarithmic axis over five decades; nought has no bar."""
    most = max((value.high for value in values if value), default=0.0)
    for place, value in enumerate(values):
        height = value.high if value else 0.0
        if height > 0:
            axes.barh(place, height, color=_COLORS[place], hatch=("", "//", "..")[place])
    if most > 0:
        axes.set_xscale("log")
        axes.set_xlim(most * 1e-5, most * 3)
    axes.set_ylim(len(values) - 0.5, -0.5)
    for place, value in enumerate(values):
        where = axes.get_xlim()[0] if most > 0 else 0.0
        axes.annotate(
            _text(value),
            (where, place),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1},
        )
    axes.tick_params(axis="x", labelsize=9)


def _flat(value: float) -> Band:
    return Band(value, value)


def _text(value: Band | None) -> str:
    if value is None or value.high == 0:
        return "0"
    return band(value.low, value.high, "", digits=2).strip()


def _alt(ways: Sequence[Way]) -> str:
    told = ", ".join(f"{way.name} {_text(way.device_mj)} mJ" for way in ways)
    return (
        "Five bar charts side by side, logarithmic: bytes, energy of the device and of the "
        f"network, money, seconds, for {len(ways)} ways. Device, per decision: {told}."
    )
