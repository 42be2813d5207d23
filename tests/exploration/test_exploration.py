import math
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from matplotlib import pyplot as plt

from tinymledu import exploration
from tinymledu.boards.profile import LayerFigures, Profile
from tinymledu.boards.traffic import Traffic
from tinymledu.errors import InputError, UnknownNameError
from tinymledu.measurement import Accuracy, Measurement
from tinymledu.quantities import Band
from tinymledu.training import Epoch, History, LearningCurve, LearningPoint, TrainingEnergy

LABELS = np.arange(200) % 2


def answered(n_wrong):
    predicted = LABELS.copy()
    predicted[:n_wrong] = 1 - predicted[:n_wrong]
    return Accuracy(predicted, LABELS, "test")


def history():
    epochs = tuple(Epoch(i, 3, 0.7, 0.5 + i / 10, 0.6, 0.5 + i / 10, 1e-3, 1.0) for i in (1, 2, 3))
    energy = TrainingEnergy(3.0, Band(10, 20), "a meter")
    return History(epochs, epochs[2], 400, 40, 7, 3.0, energy)


@pytest.mark.parametrize("loss", [math.nan, math.inf, 0.0])
@pytest.mark.filterwarnings("error")
def test_a_training_that_broke_is_drawn(loss):
    whole = history()
    broken = replace(whole.epochs[2], loss=loss, validation_loss=loss)
    epochs = (broken,) * 3 if loss == 0 else (*whole.epochs[:2], broken)

    figure = exploration.training_figure(replace(whole, epochs=epochs), subject="drawings")

    assert f"{loss:.2f} nat" in figure.alt


def measurements():
    return (
        Measurement("a", "float32", answered(20), 200_000, note="not on a board"),
        Measurement("b", "float16", answered(24), 100_000),
        Measurement(
            "c", "int8", answered(22), 51_200, board="Nano", flash_bytes=60_000, ram_bytes=40_000,
            arena_bytes=30_000, instructions=10**7, latency_ms=Band(100, 200),
            energy_mj=Band(1, 2),
        ),
    )  # fmt: skip


def profile():
    def layer(index, op, instructions):
        share = instructions / 4_000_000
        cycles = Band(1.5 * instructions, 2 * instructions)
        traffic = Traffic(1000, 4000, 500, 9000, 3000, 0)
        return LayerFigures(index, op, "k", 1000, instructions, cycles, Band(1, 2), traffic, share)

    layers = (layer(0, "CONV_2D", 3_000_000), layer(1, "SOFTMAX", 1_000_000))
    traffic = Traffic(2000, 8000, 1000, 18000, 6000, 0)
    cycles = Band(6_000_000, 8_000_000)
    return Profile(4_000_000, cycles, Band(1, 2), None, layers, 1, 1, 1, 1, 1, traffic)


def figures():
    curve = LearningCurve(
        tuple(LearningPoint(n, k, 200, history()) for n, k in ((250, 110), (4000, 170)))
    )
    pictures = np.zeros((3, 8, 8, 3), np.uint8)
    yield exploration.picture_grid_figure(pictures, ["cat", "dog", "cat"], title="Drawings")
    yield exploration.training_figure(history(), subject="drawings")
    yield exploration.learning_curve_figure(curve, subject="drawings", chance=0.5)
    yield exploration.confusion_figure(answered(20), ("cat", "dog"), title="int8")
    yield exploration.layers_figure(profile(), title="Nano 33 BLE")
    yield exploration.pareto_figure(measurements(), limit=100)


class Balanced(HTMLParser):
    """Counts open tags, to see that every one is closed."""

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, _attrs):
        self.open.append(tag)

    def handle_startendtag(self, _tag, _attrs):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("figure", list(figures()), ids=lambda figure: figure.title)
def test_figure_has_words_a_table_and_a_role(figure):
    html = figure._repr_html_()

    assert 'role="img"' in figure.svg
    assert "aria-label=" in figure.svg
    assert "max-width: 100%" in figure.svg  # a narrow page shows all of it
    assert 5 <= len(figure.alt.split()) <= 60
    assert figure.rows
    assert all(len(row) == len(figure.columns) for row in figure.rows)
    assert html.count("<tr>") == len(figure.rows) + 1
    parser = Balanced()
    parser.feed(html)
    assert parser.open == []


@pytest.mark.parametrize("figure", list(figures()), ids=lambda figure: figure.title)
def test_figure_refers_to_nothing_outside(figure):
    # Names of XML dialects are identifiers that nobody fetches.
    fetched = re.findall(r'(?:href|src)="(?!#|data:)([^"]*)"', figure.svg)

    assert fetched == []


def test_figures_are_the_same_bytes_for_the_same_data():
    first, again = (exploration.layers_figure(profile(), title="x").svg for _ in range(2))

    assert first == again


def test_two_figures_on_a_page_share_no_id_and_refer_to_their_own():
    figure = exploration.layers_figure(profile(), title="x")

    pages = [figure._repr_html_() for _ in range(2)]

    found = [set(re.findall(r'\bid="([^"]+)"', page)) for page in pages]
    assert found[0]
    assert not found[0] & found[1]
    for page, ids in zip(pages, found, strict=True):
        assert set(re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', page))
        assert {a or b for a, b in re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', page)} <= ids


def test_layers_figure_says_what_each_layer_costs():
    figure = exploration.layers_figure(profile(), title="x")

    assert "0 CONV_2D takes 75.0 % of the modelled time" in figure.alt
    assert "3,000,000 of 4,000,000 instructions" in figure.alt
    assert [row[1] for row in figure.rows] == ["CONV_2D", "SOFTMAX", "all"]
    conv = dict(zip(figure.columns, figure.rows[0], strict=True))
    assert conv["cycles (1,000, modelled)"] == "4,500.0-6,000.0"
    assert conv["data (kB, counted)"] == "16.0"
    assert (conv["flash read (B)"], conv["RAM read (B)"], conv["written (B)"]) == (
        "4,000", "9,000", "3,000",
    )  # fmt: skip


def test_no_figure_stays_open():
    plt.close("all")

    for _ in figures():
        pass

    assert plt.get_fignums() == []


def test_fonts_are_readable():
    from matplotlib.text import Text

    from tinymledu.exploration.figure import canvas

    with canvas() as (figure, axes):
        axes.set(xlabel="x (s)", ylabel="y (s)", title="t")
        sizes = [text.get_fontsize() for text in figure.findobj(Text) if text.get_text()]
        plt.close(figure)

    assert min(sizes) >= 9


def test_picture_grid_refuses_another_number_of_captions():
    with pytest.raises(InputError, match="2 pictures and 1 captions"):
        exploration.picture_grid_figure(np.zeros((2, 8, 8, 3), np.uint8), ["cat"], title="x")


def test_learning_curve_shows_wilson_intervals():
    curve = LearningCurve((LearningPoint(250, 0, 20, history()),))

    figure = exploration.learning_curve_figure(curve, subject="drawings")

    # Newcombe 1998, table I: 0 of 20 gives 0 to 0.1611.
    assert figure.rows == (("250", "0.0 %", "0.0-16.1 %", "20"),)


def test_nothing_to_draw_is_refused():
    with pytest.raises(InputError, match="learning curve has no point"):
        exploration.learning_curve_figure(LearningCurve(()), subject="drawings")
    with pytest.raises(InputError, match="None of the 0 layers"):
        exploration.layers_figure(replace(profile(), layers=()), title="x")


def test_pareto_figure_names_who_is_on_the_front():
    # float16 costs more than int8 and is right less often; the others are better in one of both.
    figure = exploration.pareto_figure(measurements())

    assert "2 of 3 models are on the Pareto front" in figure.alt
    assert "int8 50 KiB 89.0 %" in figure.alt  # 51,200 B, 178 of 200


def test_pareto_figure_counts_what_is_over_the_limit():
    figure = exploration.pareto_figure(measurements(), limit=60)

    assert "Over the limit of 60 KiB: 2." in figure.alt


def test_pareto_figure_leaves_out_models_without_that_cost():
    figure = exploration.pareto_figure(measurements(), cost="latency_ms")

    assert "int8 200 ms" in figure.alt  # the upper end of the band
    assert "float32" not in figure.alt


def test_pareto_figure_refuses_a_cost_that_no_model_has():
    with pytest.raises(InputError, match="None of the 1 measurements has a flash_bytes"):
        exploration.pareto_figure(measurements()[:1], cost="flash_bytes")


def test_pareto_figure_names_the_costs_it_knows():
    with pytest.raises(UnknownNameError, match=r"no cost 'flash'.*flash_bytes"):
        exploration.pareto_figure(measurements(), cost="flash")


def test_show_makes_a_figure_with_twins_of_any_plot():
    drawing, axes = plt.subplots()
    axes.plot([1, 2])

    figure = exploration.show(drawing, alt='A line "up".', table=[("x", "y"), (1, 2.5)])

    assert 'aria-label="A line &quot;up&quot;."' in figure.svg
    assert figure.columns == ("x", "y")
    assert figure.rows == (("1", "2.5"),)


@pytest.mark.parametrize(
    ("alt", "table", "words"),
    [
        ("", [("x",), (1,)], "alt has 0 words"),
        ("word " * 61, [("x",), (1,)], "alt has 61 words"),
        ("A line.", [("x",)], "at least one row"),
        ("A line.", [], "at least one row"),
    ],
)
def test_show_refuses_missing_twins(alt, table, words):
    drawing, _ = plt.subplots()

    with pytest.raises(InputError, match=words):
        exploration.show(drawing, alt=alt, table=table)
    plt.close(drawing)


def test_explore_refuses_nothing():
    with pytest.raises(InputError, match="nothing to explore"):
        exploration.explore([])


def test_measurement_rows_dash_what_is_not_known():
    heading, first, *_ = exploration.measurement_rows(measurements())

    row = dict(zip(heading, first, strict=True))
    assert row["flash (B)"] == row["latency"] == "-"
    assert row["note"] == "not on a board"
    last = exploration.measurement_rows([replace(measurements()[2])])[1]
    assert "100-200 ms" in last
