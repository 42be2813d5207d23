"""Widgets without a browser: a control changes the figure, and figures need no control."""

import sys

import numpy as np
import pytest

from tinymledu import exploration
from tinymledu.datasets import signals
from tinymledu.decisions import Costs
from tinymledu.errors import InputError, UnknownNameError
from tinymledu.exploration import widgets
from tinymledu.exploration.figure import Figure
from tinymledu.exploration.widgets.frame import Panel, Sentence
from tinymledu.measurement import Accuracy, Measurement
from tinymledu.quantities import Band

LABELS = np.arange(200) % 2
SIZES = {0: 400, 1: 300, 2: 300, 3: 300}
LIVES = {0: (0, 0), 1: (0, 2), 2: (1, 2), 3: (2, 2)}
IN_A_ROW = {0: 0, 1: 400, 2: 700, 3: 1000}


def measurements():
    def answered(n_wrong):
        predicted = LABELS.copy()
        predicted[:n_wrong] = 1 - predicted[:n_wrong]
        return Accuracy(predicted, LABELS, "test")

    return (
        Measurement("a", "float32", answered(20), 200_000, note="not on a board"),
        Measurement("b", "float16", answered(24), 100_000),
        Measurement(
            "c", "int8", answered(22), 51_200, board="Nano", flash_bytes=60_000, ram_bytes=40_000,
            arena_bytes=30_000, instructions=10**7, latency_ms=Band(100, 200),
            energy_mj=Band(1, 2),
        ),
    )  # fmt: skip


def pareto():
    return widgets.explore(measurements())


def number_line():
    return widgets.number_line([-0.6, 0.0, 0.8, 2.2], scale=0.5, zero_point=1, bits=3)


def arena_planner():
    return widgets.arena_planner(SIZES, LIVES, dict(IN_A_ROW), limit_bytes=900)


def spectrogram():
    return widgets.spectrogram(signals.tone(1000).samples, 8000, title="A tone (synthetic)")


def threshold_cost():
    # Two events with scores 0.2 and 0.8, two quiet moments with 0.1 and 0.6.
    return widgets.threshold_cost(
        [0.2, 0.8, 0.1, 0.6], [True, True, False, False], Costs(5, 60), title="Four (synthetic)"
    )


def battery_life():
    return widgets.battery_life(2500, active_ma=13.6, sleeps_ma={"usual": 0.298})


def counter():
    """One slider over a figure that costs nothing to draw."""

    def draw(n):
        return Figure("Counter", "<svg></svg>", f"Here is {n}.", ("n",), ((str(n),),))

    return widgets.Widget("Counter", draw, {"n": widgets.Slider("How many", 0, 9, 1, 5)})


ALL = (pareto, number_line, arena_planner, spectrogram, widgets.aliases, threshold_cost,
       battery_life)  # fmt: skip


@pytest.fixture
def shown(monkeypatch):
    """What a notebook would show, in order."""
    from IPython import display

    kept = []

    class Handle:
        def display(self, what):
            kept.append(what)

        update = display

    monkeypatch.setattr(display, "display", kept.append)
    monkeypatch.setattr(display, "DisplayHandle", Handle)
    return kept


@pytest.mark.parametrize("make", ALL, ids=lambda make: make.__name__)
def test_a_widget_has_one_to_three_controls_with_labels_and_a_static_twin(make):
    widget = make()

    figures = widget.static()

    assert 1 <= len(widget.controls) <= 3
    assert all(one["label"].strip() for one in Panel(widget).shown())
    assert len({one["label"] for one in Panel(widget).shown()}) == len(widget.controls)
    assert len(figures) > len(widget.controls)  # as it begins, and something for each control
    assert all(one.alt and one.rows for one in figures)


def test_four_controls_are_refused():
    controls = {str(i): widgets.Slider(str(i), 0, 1, 1, 0) for i in range(4)}

    with pytest.raises(InputError, match="has 4 controls; give 1 to 3"):
        widgets.Widget("Too much", lambda **_: None, controls)


def test_a_figure_of_an_unknown_control_is_refused():
    with pytest.raises(UnknownNameError, match="no control 'bit'"):
        number_line().figure(bit=3)


# Expected words are counted by hand from the values given to the widget.
@pytest.mark.parametrize(
    ("make", "changes", "words"),
    [
        # Places in a menu are counted from 0; limits are in KiB: 50, 97.7 and 195.3 are there.
        (pareto, [("limit", 60)], "Over the limit of 60 KiB: 2."),
        (pareto, [("cost", 3), ("limit", 220)], "Over the limit of 220 ms: 0."),
        (number_line, [("bits", 2)], "codes -2 to 1 "),
        (number_line, [("zero_point", -4)], "stand for 0 to 3.5 in steps of 0.5"),
        (number_line, [("scale", 1.0)], "stand for -5 to 2 in steps of 1"),
        (arena_planner, [("tensor", 3), ("first_byte", 0)], "ends at 1,000 B"),
        (arena_planner, [("tensor", 2), ("first_byte", 500)], "One pair overlaps."),
        (widgets.aliases, [("filtered", 1)], "then there is silence"),
        (widgets.aliases, [("to_hz", 3500)], "it is the same line"),
        (widgets.aliases, [("rate_hz", 2)], "it is the same line"),  # 7,000 of 16,000 Hz
        # At 0.7 one of two events is missed, none of two is a false alarm: 25 times 60 min.
        (threshold_cost, [("threshold", 0.7)], "threshold 0.70 costs 1500 min"),
        (threshold_cost, [("threshold", 0.7), ("miss", 10)], "threshold 0.70 costs 250 min"),
        (threshold_cost, [("threshold", 0.15), ("false_alarm", 8)], "0.15 costs 200 min"),
        # 250 mAh at 13.6 mA: 18.4 h, 0.8 days.
        (battery_life, [("capacity_mah", 250)], "Always at work: 0.8 days."),
        # 2,500 mAh in 365 days: 0.285 mA on average; 0.298 mA asleep is too much.
        (battery_life, [("sleep_ua", 9)], "chosen never, usual never"),
        (battery_life, [("goal_days", 300)], "Largest duty for 300 days"),
    ],
)  # fmt: skip
def test_the_figure_follows_the_controls(make, changes, words):
    panel = Panel(make())

    for name, place in changes:
        figure = panel.change(name, place)

    assert words in figure.alt


def test_a_longer_frame_gives_finer_frequencies():
    tone = signals.tone(1010)
    panel = Panel(widgets.spectrogram(tone.samples, 8000, title="A tone (synthetic)"))

    short, long = panel.change("frame_samples", 0), panel.change("frame_samples", 4)

    # At 8,000 Hz, 64 samples give a bin every 125 Hz, 1,024 samples one every 7.8125 Hz.
    assert {row[1] for row in short.rows} == {"1000"}
    assert {row[1] for row in long.rows} == {"1008"}  # 129 bins


def test_a_control_that_follows_another_gets_its_range_and_begins_again():
    panel = Panel(number_line())

    panel.change("zero_point", -4)
    panel.change("scale", 1.0)
    kept = dict(panel.values)
    panel.change("bits", 2)
    _, _, zero_point = panel.shown()

    assert kept["zero_point"] == -4  # another scale does not move it
    assert (zero_point["low"], zero_point["high"], zero_point["value"]) == (-2, 1, 1)


def test_the_explorer_names_the_unit_of_its_limit():
    panel = Panel(pareto())

    before = panel.shown()[1]
    panel.change("cost", 3)

    # 51,200 bytes are 50 KiB; 1.2 times 200,000 bytes are 234 KiB.
    assert (before["label"], before["low"], before["high"]) == ("Limit (KiB)", 50, 234)
    assert panel.shown()[1]["label"] == "Limit (ms)"
    assert panel.shown()[1]["high"] == pytest.approx(1.2 * 200)


def test_the_explorer_offers_only_costs_that_are_known():
    with_board, without = pareto(), widgets.explore(measurements()[:2])

    assert tuple(with_board.controls["cost"].options.values()) == tuple(exploration.COSTS)
    assert tuple(without.controls["cost"].options.values()) == ("file_bytes",)


@pytest.mark.parametrize(
    ("sizes", "lives", "offsets", "words"),
    [
        ({}, {}, {}, "no tensor to draw"),
        ({0: 4}, {}, {0: 0}, r"missing for: \[0\]"),
        ({0: 4}, {0: (0, 0)}, {0: None}, "Tensor 0 has 4 bytes at offset None"),
        ({0: 0}, {0: (0, 0)}, {0: 0}, "Tensor 0 has 0 bytes"),
    ],
)
def test_the_arena_planner_refuses_what_is_no_plan(sizes, lives, offsets, words):
    with pytest.raises(InputError, match=words):
        widgets.arena_planner(sizes, lives, offsets)


def test_the_arena_planner_reaches_every_place_where_a_tensor_lies():
    # Steps of 400: the second one begins at 404, which lies beyond 804 - 400 on the grid of 400.
    panel = Panel(widgets.arena_planner({0: 400, 1: 400}, LIVES, {0: 0, 1: 404}))

    panel.change("tensor", 1)
    _, place = panel.shown()

    assert place["value"] == 404 <= place["high"]


@pytest.mark.parametrize(
    ("costs", "begins"),
    [
        (Costs(5, 60), (0.08, 5, 60)),  # 5 / 65
        (Costs(0.2, 0.6), (0.25, 0.2, 0.6)),
        (Costs(2.5, 7.5), (0.25, 2.5, 7.5)),
        (Costs(1, 1000), (0.01, 1, 1000)),  # 1 / 1001 is below the lowest threshold
    ],
)
def test_thresholds_and_costs_begin_as_given(costs, begins):
    widget = widgets.threshold_cost([0.2, 0.8], [False, True], costs, title="Two (synthetic)")

    sliders = Panel(widget).shown()

    assert tuple(one["value"] for one in sliders) == begins == tuple(widget.values().values())
    for one in sliders:
        # A browser puts a slider on a multiple of its step above its low end.
        n_steps = (one["value"] - one["low"]) / one["step"]
        assert n_steps == pytest.approx(round(n_steps))
        assert one["low"] <= one["value"] <= one["high"]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: widgets.number_line(bits=12), "Bits begins at 12, and goes from 2 to 8"),
        (
            lambda: widgets.battery_life(100, active_ma=1, goal_days=5),
            "begins at 5, and goes from 7",
        ),
    ],
)
def test_a_slider_that_begins_outside_its_range_is_refused(make, words):
    with pytest.raises(InputError, match=words):
        make()


def test_the_arena_planner_keeps_every_move():
    offsets = dict(IN_A_ROW)
    panel = Panel(widgets.arena_planner(SIZES, LIVES, offsets))

    panel.change("tensor", 3)
    panel.change("first_byte", 0)
    panel.change("tensor", 1)
    panel.change("tensor", 3)

    assert offsets == {0: 0, 1: 400, 2: 700, 3: 0}
    assert panel.values == {"tensor": 3, "first_byte": 0}


def test_figures_without_controls_move_nothing():
    offsets = dict(IN_A_ROW)

    widgets.arena_planner(SIZES, LIVES, offsets).static()

    assert offsets == IN_A_ROW


def test_places_beyond_the_ends_become_the_ends():
    panel = Panel(number_line())

    panel.change("zero_point", 99)

    assert panel.values["zero_point"] == 3


def test_a_setting_without_figure_says_why():
    def draw(n):
        raise InputError("With 0 there is nothing to see; give 1.")

    widget = widgets.Widget("Refuses", draw, {"n": widgets.Slider("n", 0, 1, 1, 1)})

    said = Panel(widget).change("n", 0)

    assert isinstance(said, Sentence)
    assert said._repr_html_() == "<p>With 0 there is nothing to see; give 1.</p>"


def test_a_notebook_shows_controls_then_the_figure_and_replaces_it(shown):
    counter()._ipython_display_()
    controls, first = shown

    controls._handle_custom_msg({"name": "n", "value": 7}, [])

    assert [one["value"] for one in controls.controls] == [7]
    assert (first.alt, shown[-1].alt) == ("Here is 5.", "Here is 7.")
    assert controls.said == "Counter. Here is 7."


def test_a_setting_without_figure_is_said_aloud_too(shown):
    def draw(n):
        if n == 0:
            raise InputError("With 0 there is nothing to see; give 1.")
        return counter().figure(n=n)

    widgets.Widget("Refuses", draw, {"n": widgets.Slider("n", 0, 1, 1, 1)})._ipython_display_()
    controls, _ = shown

    controls._handle_custom_msg({"name": "n", "value": 0}, [])

    assert controls.said == "With 0 there is nothing to see; give 1."


@pytest.mark.parametrize("missing", ["ipywidgets", "anywidget"])
def test_without_the_packages_the_static_twin_is_shown(shown, monkeypatch, missing):
    from tinymledu.exploration.widgets import live

    live._kind.cache_clear()
    monkeypatch.setitem(sys.modules, missing, None)
    for name in [*sys.modules]:  # anywidget cannot be imported then
        if name.split(".")[0] == "anywidget" != missing:
            monkeypatch.delitem(sys.modules, name)

    counter()._ipython_display_()
    widgets.webcam()._ipython_display_()

    twin, stand_in = shown
    html = twin._repr_html_()
    assert [said for said, _ in twin.figures] == ["How many: 5", "How many: 0", "How many: 9"]
    assert html.count("<figure") == 3
    assert html.count("<details>") == html.count("</details>") == 4  # a table each, and the fold
    assert isinstance(stand_in, Figure)


def test_a_picture_from_the_browser_becomes_an_array():
    camera = widgets.webcam()
    # Two rows, three columns; red counts the pixels, and opacity is not kept.
    sent = np.zeros((2, 3, 4), np.uint8)
    sent[..., 0] = np.arange(6).reshape(2, 3)
    sent[..., 3] = 255

    said = camera.take({"width": 3, "height": 2}, [memoryview(sent.tobytes())])

    (picture,) = camera.pictures
    assert (picture.shape, picture.dtype) == ((2, 3, 3), np.uint8)
    assert picture[..., 0].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert not picture[..., 1:].any()
    assert said == "Picture 1, 3 × 2, is in pictures[0]. It is in no file."


@pytest.mark.parametrize(
    ("content", "n_bytes", "words"),
    [
        ({"width": 3, "height": 2}, 23, "23 bytes came for 3 x 2 pixels"),
        ({"width": 0, "height": 2}, 0, "a picture of"),
        ({"width": 10**9, "height": 10**9}, 4, "a picture of"),
        ({"width": "3", "height": 2}, 24, "a picture of"),
        ({}, 24, "a picture of"),
    ],
)
def test_a_picture_that_cannot_be_is_refused_with_a_sentence(content, n_bytes, words):
    camera = widgets.webcam()

    said = camera.take(content, [bytes(n_bytes)])

    assert words in said
    assert camera.pictures == []


def test_a_camera_of_impossible_size_is_refused():
    with pytest.raises(InputError, match="give sides from 1 to 4096"):
        widgets.webcam(width=0)


def test_the_camera_keeps_no_picture_in_its_state(shown):
    camera = widgets.webcam()
    camera._ipython_display_()
    (live,) = shown

    live._handle_custom_msg({"width": 1, "height": 1}, [memoryview(bytes([9, 8, 7, 255]))])

    assert camera.pictures[0].tolist() == [[[9, 8, 7]]]
    assert {"width", "height"} <= set(live.get_state())
    assert not [name for name, value in live.get_state().items() if isinstance(value, bytes)]


@pytest.mark.parametrize("script", ["controls.js", "keys.js", "webcam.js"])
def test_the_scripts_name_no_address_and_keep_nothing(script):
    from tinymledu.exploration.widgets import live

    text = (live.Path(live.__file__).parent / script).read_text(encoding="utf-8")

    for word in ("http", "fetch(", "import ", "XMLHttpRequest", "WebSocket", "localStorage",
                 "sendBeacon", "innerHTML", "eval("):  # fmt: skip
        assert word not in text.replace("with https", "")


def test_the_arena_planner_moves_in_steps_that_arrow_keys_can_walk():
    # Lesson 09's network: 6912 = 24 * 288, 4608 = 16 * 288, 1728 = 6 * 288, 864 = 3 * 288.
    sizes = {0: 6912, 1: 4608, 2: 1728, 3: 864, 4: 48, 5: 4}
    offsets = {key: sum(list(sizes.values())[:key]) for key in sizes}

    panel = Panel(widgets.arena_planner(sizes, dict.fromkeys(sizes, (0, 0)), offsets))

    assert panel.shown()[1]["step"] == 288


def test_a_scale_below_0_is_refused_before_anything_is_shown(shown):
    with pytest.raises(InputError, match="must be above 0"):
        widgets.number_line(scale=-0.5)._ipython_display_()

    assert shown == []
