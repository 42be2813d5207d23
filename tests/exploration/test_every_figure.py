"""Every figure with as many series as it takes, and long names: its words stay within 60."""

import importlib
import inspect
import pkgutil
from dataclasses import replace

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.text import Text
from test_exploration import history, profile

from tinymledu import exploration
from tinymledu.calibration import reliability
from tinymledu.datasets import signals
from tinymledu.decisions import Costs
from tinymledu.energy import Link, Warnings, ways
from tinymledu.errors import InputError
from tinymledu.exploration import curves, trust
from tinymledu.exploration.figure import FILLS, LINES, MAX_ALT_WORDS, check_count, in_words
from tinymledu.measurement import Accuracy, Measurement
from tinymledu.quantities import Band
from tinymledu.training import LearningCurve, LearningPoint

TITLE = "A title of some words, synthetic"


def names(n=6):
    """Long names: with all of them, an alternative text would have more than 60 words."""
    return [f"the way of working in which number {k} was chosen by hand" for k in range(n)]


def curves_figure():
    lines = {name: [1.0, 0.5] for name in names()}
    panels = dict.fromkeys(names(curves.MAX_PANELS), lines)
    return curves.curves_figure(panels, title=TITLE, xlabel="step", ylabel="loss (nat)")


def points_figure():
    lines = {name: [1.0, 1.0, 0.0] for name in names()}
    return curves.points_figure([[0, 1], [1, 0]], [0, 1], lines, title=TITLE)


def drift_figure():
    return trust.drift_figure([0, 7], {name: [0, 1200] for name in names()}, title=TITLE)


def audit_figure():
    audit = {dial: dict.fromkeys(names(), (0.7, 0.6, 0.8)) for dial in (0, 1)}
    return trust.audit_figure(audit, title=TITLE)


def cross_site_figure():
    return trust.cross_site_figure(np.full((12, 12), 0.8), names(12), names(12), title=TITLE)


def reliability_figure():
    bins = reliability([0.6, 0.9], [1, 0], (0.5, 0.75, 1.0))
    return exploration.reliability_figure(dict.fromkeys(names(), bins), title=TITLE)


def warning_figure():
    found = {name: Warnings((1.0, None), 3, 86_400) for name in names()}
    return exploration.warning_figure(found, title=TITLE)


def battery_life_figure():
    sleeps_ma = {name: 0.01 * (k + 1) for k, name in enumerate(names())}
    return exploration.battery_life_figure(2500, active_ma=13.6, sleeps_ma=sleeps_ma)


def send_or_decide_figure():
    link = Link("made up", Band(100, 100), Band(2, 2), 8000, Band(400, 500), None)
    three = ways(
        5000, inference_mj=Band(1, 2), latency_ms=Band(100, 200), warning_share=0.01,
        warning_bytes=10, link=link, link_availability=0.9,
    )  # fmt: skip
    renamed = [replace(way, name=name) for way, name in zip(three, names(3), strict=True)]
    return exploration.send_or_decide_figure(renamed, decisions_per_day=10)


def memory_figure():
    memories = {name: 1024 * (k + 1) for k, name in enumerate(names(len(FILLS)))}
    return exploration.memory_figure(memories)


def arena_map_figure():
    tensors = range(40)
    return exploration.arena_map_figure(
        dict.fromkeys(tensors, 400), {k: (k, k + 1) for k in tensors},
        {k: 300 * (k % 2) for k in tensors}, title=TITLE, limit_bytes=600,
    )  # fmt: skip


def pareto_figure():
    labels = np.arange(200) % 2
    models = [
        Measurement(name, name, Accuracy(np.roll(labels, k), labels, "test"), 1000 * (k + 1))
        for k, name in enumerate(names(12))
    ]
    return exploration.pareto_figure(models, limit=5, title=TITLE)


def number_line_figure():
    return exploration.number_line_figure(0.5, 1, [0.1 * k for k in range(8)], bits=3)


def spectrogram_figure():
    tone = signals.tone(1000)
    return exploration.spectrogram_figure(tone.samples, tone.rate_hz, title=TITLE)


def alias_figure():
    return exploration.alias_figure(7000, 8000, filtered=True)


def word_length_figure():
    return exploration.word_length_figure({n: -6.0 * n for n in range(2, 33)}, title=TITLE)


def threshold_cost_figure():
    return exploration.threshold_cost_figure(
        [0.2, 0.8], [False, True], Costs(5, 60), title=TITLE, threshold=0.5
    )


def picture_grid_figure():
    pictures = np.zeros((60, 8, 8, 3), np.uint8)
    return exploration.picture_grid_figure(pictures, names(60), title=TITLE)


def training_figure():
    return exploration.training_figure(history(), subject="drawings")


def learning_curve_figure():
    points = tuple(LearningPoint(100 * (k + 1), 110, 200, history()) for k in range(12))
    return exploration.learning_curve_figure(LearningCurve(points), subject="drawings", chance=0.5)


def confusion_figure():
    labels = np.arange(600) % 12
    return exploration.confusion_figure(Accuracy(labels, labels, "test"), names(12), title=TITLE)


def layers_figure():
    whole = profile()
    layers = tuple(replace(whole.layers[0], index=k) for k in range(30))
    return exploration.layers_figure(replace(whole, layers=layers), title=TITLE)


FIGURES = (
    alias_figure, arena_map_figure, audit_figure, battery_life_figure, confusion_figure,
    cross_site_figure, curves_figure, drift_figure, layers_figure, learning_curve_figure,
    memory_figure, number_line_figure, pareto_figure, picture_grid_figure, points_figure,
    reliability_figure, send_or_decide_figure, spectrogram_figure, threshold_cost_figure,
    training_figure, warning_figure, word_length_figure,
)  # fmt: skip


def test_no_figure_is_forgotten():
    found = set()
    for module in pkgutil.iter_modules(exploration.__path__, "tinymledu.exploration."):
        members = inspect.getmembers(importlib.import_module(module.name), inspect.isfunction)
        found |= {name for name, _ in members if name.endswith("_figure")}

    assert found == {make.__name__ for make in FIGURES}


@pytest.mark.parametrize("make", FIGURES, ids=lambda make: make.__name__)
def test_a_figure_of_many_series_has_short_words_and_readable_fonts(make, monkeypatch):
    sizes = []
    save = plt.Figure.savefig

    def look(drawing, *given, **options):
        sizes.extend(one.get_fontsize() for one in drawing.findobj(Text) if one.get_text())
        save(drawing, *given, **options)

    monkeypatch.setattr(plt.Figure, "savefig", look)

    figure = make()

    assert 5 <= len(figure.alt.split()) <= MAX_ALT_WORDS
    assert all(len(row) == len(figure.columns) for row in figure.rows)
    assert min(sizes) >= 9


def test_words_that_do_not_fit_are_counted():
    # 2 words before, 1 for "after", 20 for each part: with three words for "and 2 more", two fit.
    said = in_words("Here are", ["word " * 19 + "end"] * 4, " after.")

    assert said.endswith("end; and 2 more after.")
    assert len(said.split()) == 2 + 2 * 20 + 3 + 1
    assert in_words("Here:", ["word " * 99] * 4, ".") == "Here: 4 in all."
    assert in_words("Nothing", [], ".") == "Nothing."


def test_each_line_differs_from_every_other_without_its_colour():
    assert (
        len({str(line.dash) for line in LINES}) == len({line.mark for line in LINES}) == len(LINES)
    )
    assert len({hatch for _, hatch in FILLS}) == len(FILLS)


def test_too_many_is_refused_with_both_numbers():
    check_count(6, "lines")
    with pytest.raises(InputError, match="Give 1 to 6 lines, not 7"):
        check_count(7, "lines")
