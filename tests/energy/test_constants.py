"""The file of constants keeps its promise: a source and a date for each, or a reason for none."""

import re
import tomllib

import pytest

from tinymledu import files
from tinymledu.energy import constant, constants
from tinymledu.energy.constants import FILE, KINDS
from tinymledu.errors import InputError, UnknownNameError
from tinymledu.training.history import LAPTOP_WATTS

NAMES = list(constants())


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_has_a_source_or_says_why_not(name):
    entry = constant(name)

    assert entry.kind in KINDS
    assert len(entry.source) > 10
    assert (entry.kind == "no source") == (entry.band is None)
    if entry.band is None:
        assert (entry.value, entry.date) == (None, "")
    else:
        assert re.fullmatch(r"(read )?\d{4}(-\d{2}){0,2}", entry.date)
        assert entry.excludes
        assert entry.value is None or entry.band.low <= entry.value <= entry.band.high


def test_the_file_has_only_fields_that_are_read():
    tables = tomllib.loads(files.shipped(*FILE).read_text(encoding="utf-8"))
    known = {"title", "unit", "value", "low", "high", "kind", "source", "date", "excludes"}

    assert not [name for name, table in tables.items() if set(table) - known]


def test_a_figure_without_a_source_cannot_be_computed_with():
    missing = constant("link_availability")

    with pytest.raises(InputError, match="Measure yours"):
        _ = missing.number
    with pytest.raises(InputError, match="no sourced value"):
        _ = missing.known
    assert str(missing).startswith("share of the time that a mobile link works: not known.")


def test_a_band_without_a_value_gives_no_number():
    with pytest.raises(InputError, match="no single sourced value"):
        _ = constant("mobile_data_price_per_gb").number


def test_a_figure_says_its_value_band_and_source():
    said = str(constant("grid_g_per_kwh"))

    assert "481 (30 to 713) g/kWh [statistics, 2024-07-03: Ember" in said


def test_unknown_names_offer_the_nearest():
    with pytest.raises(UnknownNameError, match="sleep_usual_ua"):
        constant("sleep_usual_ma")


def test_sums_in_the_file_are_right():
    # processor, board, camera, LED, the rest, transport
    board = constant("board_embodied_kg")
    assert board.value == pytest.approx(0.17 + 0.16 + 0.77 + 0.06 + 0.11 + 0.40)
    assert board.band.low == pytest.approx(0.08 + 0.13 + 0.77 + 0.03 + 0.06 + 0.18)
    assert board.band.high == pytest.approx(0.29 + 0.24 + 1.47 + 0.06 + 0.14 + 1.35)
    # 0.06 kWh/GB: 0.06 * 3.6e6 J / 1e9 bytes, in mJ
    assert constant("fixed_network_mj_per_byte").value == pytest.approx(0.06 * 3.6e6 / 1e9 * 1000)
    assert constant("pc_1996_ram_bytes").value == 8 * 1024**2
    pentium = constant("pc_1996_cycles_per_joule").known
    assert (pentium.low, pentium.high) == (66e6 / 16, pytest.approx(200e6 / 15, abs=1))


def test_large_figures_are_written_out():
    assert "8,388,608 (8,388,608 to 16,777,216) byte" in str(constant("pc_1996_ram_bytes"))


def test_the_power_of_a_laptop_is_one_fact():
    assert constant("laptop_w").band == LAPTOP_WATTS
