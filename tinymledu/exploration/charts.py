"""The figures of a training and of a deployment."""

import math
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tinymledu.boards.layer_table import COLUMNS, layer_rows
from tinymledu.errors import InputError
from tinymledu.exploration.figure import (
    BLACK,
    BLUE,
    FILLS,
    GREY,
    ORANGE,
    SKY,
    Figure,
    canvas,
    in_words,
    ink,
    interval_text,
    show,
)
from tinymledu.measurement import Accuracy
from tinymledu.statistics import wilson_interval
from tinymledu.units import count, percent

if TYPE_CHECKING:
    from tinymledu.boards.profile import LayerFigures, Profile
    from tinymledu.training import History, LearningCurve

MAX_GRID = 60
GRID_COLUMNS = 8
CAPTION_CHARS = 14  # in a line over a picture
MAX_STRAIGHT_TICKS = 6  # numbers below an axis; of more, each is turned


def picture_grid_figure(
    pictures: NDArray[np.uint8], captions: Sequence[str], *, title: str
) -> Figure:
    """Pictures in rows, each with its caption.

    Args:
        pictures: (n, height, width, 3) uint8, n from 1 to 60.
        captions: one for each picture, such as its label or "cat 0.93".
        title: says whether they are drawings or photographs.

    Raises:
        InputError: no pictures, too many, or another number of captions.
    """
    n = len(pictures)
    if not 1 <= n <= MAX_GRID or len(captions) != n:
        raise InputError(
            f"There are {n} pictures and {len(captions)} captions; "
            f"give 1 to {MAX_GRID} pictures with a caption each."
        )
    columns = min(GRID_COLUMNS, n)
    rows = -(-n // columns)
    with canvas(width=1.0 * columns, height=1.25 * rows + 0.4) as (figure, first):
        first.remove()
        for index, (picture, caption) in enumerate(zip(pictures, captions, strict=True)):
            axes = figure.add_subplot(rows, columns, index + 1)
            axes.imshow(picture, interpolation="nearest")
            axes.set_title(textwrap.fill(caption, CAPTION_CHARS), fontsize=9, loc="center")
            axes.axis("off")
        figure.suptitle(title, x=0.01, ha="left", fontsize=12)
        names, counts = np.unique(np.asarray(captions), return_counts=True)
        alt = in_words(
            f"Grid of {n} pictures with captions:",
            [f"{k} {name}" for name, k in zip(names, counts, strict=True)],
            ".",
            between=", ",
        )
        table = [("picture", "caption"), *((str(i + 1), c) for i, c in enumerate(captions))]
        return show(figure, alt=alt, table=table, title=title)


def training_figure(history: "History", *, subject: str) -> Figure:
    """Loss and accuracy after each epoch, and which epoch's weights were kept.

    Args:
        subject: what was learned from, such as "drawings".
    """
    epochs = history.epochs
    numbers = [epoch.number for epoch in epochs]
    title = f"Training on {count(history.n_train)} {subject}"
    with canvas(width=8.0, height=3.4, columns=2) as (figure, (left, right)):
        left.plot(numbers, [e.loss for e in epochs], "o-", color=BLUE, label="training")
        validation = [e.validation_loss for e in epochs]
        left.plot(numbers, validation, "s--", color=ORANGE, label="validation")
        left.set(xlabel="epoch", ylabel="loss (cross-entropy, nat)")
        losses = [loss for e in epochs for loss in (e.loss, e.validation_loss)]
        highest = max((loss for loss in losses if math.isfinite(loss)), default=0)
        left.set_ylim(0, 1.1 * highest or 1)  # a training that broke has NaN for a loss
        right.plot(numbers, [100 * e.accuracy for e in epochs], "o-", color=BLUE, label="training")
        ratios = [100 * e.validation_accuracy for e in epochs]
        right.plot(numbers, ratios, "s--", color=ORANGE, label="validation")
        right.set(xlabel="epoch", ylabel="accuracy (%)")
        right.axvline(history.best.number, color=GREY, linestyle=":", label="weights kept")
        right.legend(loc="best")
        for axes in (left, right):
            axes.set_xlim(numbers[0] - 0.5, numbers[-1] + 0.5)
            axes.xaxis.get_major_locator().set_params(integer=True)
        figure.suptitle(title, x=0.01, ha="left", fontsize=12)
        alt = (
            f"Two line plots over {len(epochs)} epochs: validation loss goes from "
            f"{validation[0]:.2f} to {validation[-1]:.2f} nat, validation accuracy from "
            f"{ratios[0]:.1f} to {ratios[-1]:.1f} %. The weights of epoch "
            f"{history.best.number} were kept, at {percent(history.best.validation_accuracy)}."
        )
        return show(figure, alt=alt, table=history.rows(), title=title)


def learning_curve_figure(
    curve: "LearningCurve", *, subject: str, chance: float | None = None
) -> Figure:
    """Test accuracy against the number of labelled pictures, with 95 % intervals.

    Args:
        subject: what was learned from, such as "drawings".
        chance: accuracy of guessing, drawn as a line, 0 to 1.

    Raises:
        InputError: the curve has no point.
    """
    if not curve.points:
        raise InputError("The learning curve has no point, so there is nothing to draw.")
    sizes = [point.n_labelled for point in curve.points]
    ratios = [point.accuracy for point in curve.points]
    ends = [wilson_interval(point.n_correct, point.n) for point in curve.points]
    n_test = count(curve.points[-1].n)
    middle, (low, high) = 100 * np.array(ratios), 100 * np.array(ends).T
    title = f"Accuracy by number of labelled {subject}"
    with canvas() as (figure, axes):
        axes.errorbar(
            sizes, middle, yerr=(middle - low, high - middle), fmt="o-",
            color=BLUE, capsize=4, label="test accuracy, 95 % interval",
        )  # fmt: skip
        if chance is not None:
            axes.axhline(100 * chance, color=BLACK, linestyle=":", label="guessing")
        axes.set_xscale("log")
        turn = 0 if len(sizes) <= MAX_STRAIGHT_TICKS else 45
        axes.set_xticks(sizes, [count(size) for size in sizes], rotation=turn)
        axes.minorticks_off()
        axes.set(xlabel=f"labelled {subject} (number)", ylabel="test accuracy (%)", title=title)
        axes.legend(loc="best")
        alt = (
            f"Line plot: test accuracy over the number of labelled {subject}, from "
            f"{percent(ratios[0])} with {count(sizes[0])} to {percent(ratios[-1])} "
            f"with {count(sizes[-1])}, on {n_test} test pictures."
        )
        table = [
            (f"labelled {subject}", "test accuracy", "95 % interval", "test pictures"),
            *((count(size), percent(ratio), interval_text(*end), n_test)
              for size, ratio, end in zip(sizes, ratios, ends, strict=True)),
        ]  # fmt: skip
        return show(figure, alt=alt, table=table, title=title)


def confusion_figure(accuracy: Accuracy, labels: Sequence[str], *, title: str) -> Figure:
    """Which pictures are taken for what: a row for each label, a column for each answer."""
    cells = accuracy.confusion(len(labels))
    shares = cells / np.maximum(cells.sum(axis=1, keepdims=True), 1)
    side = 2.2 + 0.8 * len(labels)
    with canvas(width=side + 1, height=side) as (figure, axes):
        axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
        for row, column in np.ndindex(cells.shape):
            share = shares[row, column]
            words = f"{count(int(cells[row, column]))}\n{percent(share)}"
            axes.text(column, row, words, ha="center", va="center", color=ink(share))
        ticks = range(len(labels))
        axes.set_xticks(ticks, labels)
        axes.set_yticks(ticks, labels)
        axes.grid(visible=False)
        axes.set(xlabel="answer", ylabel="label (what it shows)", title=title)
        alt = in_words(
            "Table of labels against answers:",
            [
                f"of {count(int(cells[i].sum()))} {name} pictures {percent(shares[i, i])} are right"
                for i, name in enumerate(labels)
            ],
            ".",
        )
        table = [("label", *(f"answer {name}" for name in labels)),
                 *((name, *(count(int(n)) for n in row))
                   for name, row in zip(labels, cells, strict=True))]  # fmt: skip
        return show(figure, alt=alt, table=table, title=title)


def layers_figure(profile: "Profile", *, title: str) -> Figure:
    """What each layer of one inference costs: instructions, bytes moved, cycles.

    Raises:
        InputError: no layer was executed.
    """
    layers = [layer for layer in profile.layers if layer.instructions]
    if not layers:
        raise InputError(f"None of the {len(profile.layers)} layers of the profile was executed.")
    names = [f"{layer.index} {layer.op}" for layer in layers]
    heaviest = max(layers, key=lambda layer: layer.time_share)
    with canvas(width=10.0, height=1.4 + 0.3 * len(layers), columns=3) as (figure, panels):
        _layer_bars(panels, layers, names)
        for axes in panels:
            axes.invert_yaxis()
            axes.margins(x=0.12)
            axes.grid(visible=False, axis="y")
        for axes in panels[1:]:
            axes.set_yticklabels([])
        figure.suptitle(title, x=0.01, ha="left", fontsize=12)
        alt = (
            f"Three bar charts of {len(layers)} layers: instructions, bytes moved and cycles of "
            f"one inference. Layer {heaviest.index} {heaviest.op} takes "
            f"{percent(heaviest.time_share)} of the modelled time and "
            f"{count(heaviest.instructions)} of {count(profile.instructions)} instructions."
        )
        return show(figure, alt=alt, table=[COLUMNS, *layer_rows(profile)], title=title)


def _layer_bars(panels: Any, layers: "Sequence[LayerFigures]", names: Sequence[str]) -> None:
    """Counted instructions, counted bytes by where they go, modelled cycles from low to high."""
    instructions, bytes_moved, cycles = panels
    instructions.barh(names, [n.instructions / 1e6 for n in layers], color=SKY, edgecolor=BLACK)
    instructions.set(xlabel="instructions (millions, counted)")
    parts = (
        ("flash read", [n.traffic.flash_bytes_read for n in layers]),
        ("RAM read", [n.traffic.ram_bytes_read for n in layers]),
        ("RAM written", [n.traffic.bytes_written for n in layers]),
    )
    left = np.zeros(len(layers))
    for (label, n_bytes), (colour, hatch) in zip(parts, FILLS, strict=False):
        thousands = np.array(n_bytes) / 1000
        bytes_moved.barh(
            names, thousands, left=left, color=colour, hatch=hatch, edgecolor=BLACK, label=label
        )
        left += thousands
    bytes_moved.set(xlabel="data moved (kB, counted)")
    bytes_moved.legend(
        loc="lower left", bbox_to_anchor=(0, 1), ncols=len(parts), fontsize=9, handlelength=1.2,
        columnspacing=0.8, borderaxespad=0,
    )  # fmt: skip
    low = np.array([n.cycles.low for n in layers]) / 1e6
    high = np.array([n.cycles.high for n in layers]) / 1e6
    cycles.barh(names, high - low, left=low, color=GREY, edgecolor=BLACK)
    cycles.set(xlabel="cycles (millions, modelled band)", xlim=(0, None))
