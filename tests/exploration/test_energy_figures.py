"""Figures of energy: the table twins carry numbers that were worked out by hand."""

from dataclasses import replace

import pytest

from tinymledu.energy import Link, Warnings, ways
from tinymledu.errors import InputError
from tinymledu.exploration import (
    battery_life_figure,
    memory_figure,
    send_or_decide_figure,
    warning_figure,
)
from tinymledu.quantities import Band

SLEEPS = {"deep": 0.009, "usual": 0.298}
LINK = Link("made up", Band(100, 100), Band(2, 2), 8000, Band(400, 500), Band(0.2, 0.2))


def three_ways():
    return ways(
        5000, inference_mj=Band(1, 2), latency_ms=Band(100, 200), warning_share=0.01,
        warning_bytes=10, link=LINK, link_availability=0.9,
    )  # fmt: skip


def test_battery_table_has_the_duty_for_a_year_and_says_impossible():
    figure = battery_life_figure(2500, active_ma=13.6, sleeps_ma=SLEEPS)

    deep, usual = figure.rows
    assert deep[:2] == ("deep: 9 µA", "2.03 %")
    assert usual[:3] == ("usual: 298 µA", "impossible", "349.6 days")
    assert deep[-1] == "7.7 days"  # 2500 / 13.6 / 24
    assert "usual never" in figure.alt
    assert "<svg role=" in figure.svg


def test_ways_table_is_of_one_day():
    figure = send_or_decide_figure(three_ways(), decisions_per_day=10)

    send, _, show = figure.rows
    # 10 decisions of 5000 bytes and 2.1 to 2.6 J; 10 J elsewhere; 7 s each
    assert send[1:4] == ("50", "21-26", "10")
    assert send[5:] == ("7.0", "90.0 %")
    assert show[1:5] == ("0", "0.010-0.020", "0", "0")
    assert figure.columns[2] == "device (J a day)"


def test_what_is_not_known_is_not_nought():
    unknown = [replace(way, elsewhere_mj=None, cost=None) for way in three_ways()[:2]]

    figure = send_or_decide_figure([*unknown, three_ways()[2]], decisions_per_day=10)

    send, _, show = figure.rows
    assert send[3:5] == ("not known", "not known")
    assert show[3:5] == ("0", "0")
    assert figure.alt.endswith("Not known: network, money.")
    assert "Not known" not in send_or_decide_figure(three_ways(), decisions_per_day=10).alt


def test_a_warning_that_never_comes_has_no_seconds():
    figure = warning_figure({"one": Warnings((1.0, None, None), 0, 86_400)})

    assert "one: median never, 95 % never." in figure.alt


def test_a_warning_in_no_time_is_drawn():
    assert "median 0.0 s" in warning_figure({"one": Warnings((0.0,), 0, 86_400)}).alt


def test_warning_table_says_never_where_too_many_were_missed():
    found = {"one": Warnings((1.0, 2.0), 3, 86_400), "three": Warnings((4.0, None), 0, 86_400)}

    figure = warning_figure(found)

    assert figure.rows[0] == ("one", "2", "0", "1.0", "2.0", "3.00")
    assert figure.rows[1] == ("three", "2", "1", "4.0", "never", "0.00")


def test_a_board_of_256_kib_is_a_thirty_second_of_8_mib():
    figure = memory_figure({"board": 256 * 1024, "PC of 1996": 8 * 1024**2})

    assert figure.rows[0][0] == "PC of 1996"
    assert figure.rows[1] == ("board", "256.0 KiB", "262,144", "1/32")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: battery_life_figure(1, active_ma=1, sleeps_ma={}), "1 to 6 sleep currents, not 0"),
        (lambda: send_or_decide_figure((), decisions_per_day=1), "1 to 3 ways, not 0"),
        (lambda: warning_figure({}), "not 0"),
        (lambda: warning_figure({"a": Warnings((None,), 0, 1)}), "debounce less"),
        (lambda: memory_figure({"one": 1}), "2 to 5 memories"),
        (lambda: memory_figure({"one": 1, "none": 0}), "at least 1 byte"),
    ],
)
def test_nothing_to_show_is_refused(call, words):
    with pytest.raises(InputError, match=words):
        call()
