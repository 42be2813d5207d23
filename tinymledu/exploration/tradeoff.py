"""Accuracy against cost: the Pareto figure and its table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from tinymledu.errors import InputError, unknown_name
from tinymledu.exploration.figure import (
    BLUE,
    GREY,
    ORANGE,
    Figure,
    canvas,
    in_words,
    interval_text,
    legend_below,
    show,
)
from tinymledu.measurement import Measurement
from tinymledu.pareto import pareto_front
from tinymledu.quantities import Band
from tinymledu.units import band, count, percent

# Height of the plot and of a line of names, in points; the part of the width that a name takes.
PLOT_POINTS, LINE_POINTS, NAME_SHARE = 220, 11, 0.2

OVER_LIMIT = "X"  # the mark of models that cost too much

Priced = tuple[Measurement, float]


@dataclass(frozen=True, slots=True)
class Cost:
    """Something to pay for accuracy. `of` gives it in `unit`, or None where it is not known."""

    title: str
    unit: str
    of: Callable[[Measurement], float | None]


def _kib(n_bytes: int | None) -> float | None:
    return None if n_bytes is None else n_bytes / 1024


def _upper_end(value: Band | None) -> float | None:
    """Of a latency or energy: what one must be ready for."""
    return None if value is None else value.high


COSTS: Mapping[str, Cost] = MappingProxyType(
    {
        "file_bytes": Cost("size of the .tflite file", "KiB", lambda m: _kib(m.file_bytes)),
        "flash_bytes": Cost("flash, linked", "KiB", lambda m: _kib(m.flash_bytes)),
        "ram_bytes": Cost("RAM, linked, with stack", "KiB", lambda m: _kib(m.ram_bytes)),
        "latency_ms": Cost(
            "latency, modelled, upper end", "ms", lambda m: _upper_end(m.latency_ms)
        ),
        "energy_mj": Cost(
            "energy of the processor, modelled, upper end", "mJ", lambda m: _upper_end(m.energy_mj)
        ),
    }
)


def pareto_figure(
    measurements: Sequence[Measurement],
    *,
    cost: str = "file_bytes",
    limit: float | None = None,
    title: str = "Accuracy against cost",
) -> Figure:
    """Accuracy with its interval against one cost; models that none dominates are joined.

    Args:
        cost: a name in COSTS; models without that figure are in the table only.
        limit: the most that can be paid, in the unit of the cost; drawn as a line.
        title: says what the models were trained on.

    Raises:
        UnknownNameError: there is no such cost.
        InputError: no model has that figure.
    """
    if cost not in COSTS:
        raise unknown_name("cost", cost, COSTS)
    price = COSTS[cost]
    priced = _priced(measurements, price)
    if not priced:
        raise InputError(
            f"None of the {len(measurements)} measurements has a {cost}: it comes from a board, "
            "and from int8 models only. measure(models, data, board) takes it."
        )
    front = pareto_front(priced, lambda pair: (pair[1], -pair[0].accuracy.ratio))
    with canvas() as (figure, axes):
        _draw_front(axes, front)
        sides = _labels_left(priced)
        lifts = _label_lifts(priced, sides)
        for (m, value), left, lift in zip(priced, sides, lifts, strict=True):
            _draw(axes, m, _Point(value, (m, value) in front, _within(value, limit), left, lift))
        if limit is not None:
            axes.axvline(limit, color=ORANGE, linestyle="--", label=f"limit {limit:g} {price.unit}")
            axes.plot([], [], OVER_LIMIT, color=GREY, label="over the limit")
        axes.margins(x=0.2, y=0.25)
        axes.set_xlim(left=0)
        xlabel = f"{price.title} ({price.unit})"
        axes.set(xlabel=xlabel, ylabel="test accuracy (%), 95 % interval", title=title)
        legend_below(figure)
        alt = _alt(priced, front, price, limit)
        return show(figure, alt=alt, table=measurement_rows(measurements), title=title)


def measurement_rows(measurements: Sequence[Measurement]) -> tuple[tuple[str, ...], ...]:
    """All figures of all models as text, heading first. A dash means: not known."""
    heading = (
        "model", "scheme", "accuracy", "95 % interval", "pictures", "file (B)", "flash (B)",
        "RAM (B)", "instructions", "latency", "energy", "note",
    )  # fmt: skip
    return (heading, *(_row(measurement) for measurement in measurements))


def _row(m: Measurement) -> tuple[str, ...]:
    return (
        m.name, m.scheme, percent(m.accuracy.ratio),
        interval_text(m.accuracy.low, m.accuracy.high), count(m.accuracy.n),
        count(m.file_bytes), _count_or_dash(m.flash_bytes), _count_or_dash(m.ram_bytes),
        _count_or_dash(m.instructions),
        band(m.latency_ms.low, m.latency_ms.high, "ms") if m.latency_ms else "-",
        band(m.energy_mj.low, m.energy_mj.high, "mJ") if m.energy_mj else "-",
        m.note,
    )  # fmt: skip


def _priced(measurements: Sequence[Measurement], price: Cost) -> list[Priced]:
    """The models that have that figure, the cheapest first."""
    known = [(m, value) for m in measurements if (value := price.of(m)) is not None]
    return sorted(known, key=lambda pair: pair[1])


def _draw_front(axes: Any, front: Sequence[Priced]) -> None:
    costs = [value for _, value in front]
    ratios = [100 * m.accuracy.ratio for m, _ in front]
    axes.step(costs, ratios, where="post", color=BLUE, label="Pareto front (filled)")


@dataclass(frozen=True, slots=True)
class _Point:
    cost: float
    on_front: bool
    within_limit: bool
    label_left: bool
    label_lift: float  # in points, from where it would stand alone


def _labels_left(priced: Sequence[Priced]) -> list[bool]:
    """Names stand right of their points; of two that are close, the cheaper one's stands left."""
    values = [value for _, value in priced]
    close = 0.08 * max(values)
    following = [*values[1:], float("inf")]
    return [nearest - value < close for value, nearest in zip(values, following, strict=True)]


def _label_lifts(priced: Sequence[Priced], left: Sequence[bool]) -> list[float]:
    """Points by which names move so that none lies on another; higher models keep higher names."""
    ends = [(100 * m.accuracy.low, 100 * m.accuracy.high) for m, _ in priced]
    span = max(high for _, high in ends) - min(low for low, _ in ends)
    points = PLOT_POINTS / (1.5 * span)  # for one percent; the margins take a third
    width = NAME_SHARE * max(value for _, value in priced)
    lifts = [0.0] * len(priced)
    placed: list[tuple[float, float]] = []  # where a name begins, and its height
    for k in sorted(range(len(priced)), key=lambda k: -priced[k][0].accuracy.ratio):
        m, value = priced[k]
        begins = value - width if left[k] else value
        stands = at = points * 100 * m.accuracy.ratio
        for other, taken in placed:
            if abs(other - begins) < width:
                at = min(at, taken - LINE_POINTS)
        lifts[k] = at - stands
        placed.append((begins, at))
    return lifts


def _draw(axes: Any, m: Measurement, point: _Point) -> None:
    """One model: filled if on the front, grey if over the limit, its name beside it."""
    result, mark = m.accuracy, "o" if point.within_limit else OVER_LIMIT
    ratio, color = 100 * result.ratio, BLUE if point.within_limit else GREY
    errors = [[ratio - 100 * result.low], [100 * result.high - ratio]]
    axes.errorbar(
        [point.cost], [ratio], yerr=errors, fmt=mark, color=color, capsize=4,
        markerfacecolor=color if point.on_front else "white",
    )  # fmt: skip
    axes.annotate(
        m.scheme,
        (point.cost, ratio),
        xytext=(-7 if point.label_left else 7, 5 + point.label_lift),
        ha="right" if point.label_left else "left",
        textcoords="offset points",
        fontsize=9,
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.5},
    )


def _alt(
    priced: Sequence[Priced],
    front: Sequence[Priced],
    price: Cost,
    limit: float | None,
) -> str:
    over = sum(not _within(value, limit) for _, value in priced)
    tail = f" Over the limit of {limit:g} {price.unit}: {over}." if limit is not None else ""
    return in_words(
        f"Scatter plot of test accuracy over {price.title}:",
        [f"{m.scheme} {value:.0f} {price.unit} {percent(m.accuracy.ratio)}" for m, value in priced],
        f". {len(front)} of {len(priced)} models are on the Pareto front.{tail}",
        between=", ",
    )


def _within(value: float, limit: float | None) -> bool:
    return limit is None or value <= limit


def _count_or_dash(value: int | None) -> str:
    return "-" if value is None else count(value)
