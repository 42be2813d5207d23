"""A09 "Deploy and debounce": its split of points, its helpers by hand, and its synthetic rivers."""

import math
import runpy

import numpy as np
import one_assignment
import pytest

from tinymledu.course.checks import StudentError
from tinymledu.course.notebook import without_hidden
from tinymledu.energy import lifetime, time_to_warning, within

a09 = one_assignment.fixture_of("A09")


@pytest.fixture(scope="module")
def river(a09):
    """The maker of synthetic rivers."""
    return runpy.run_path(str(a09.assignment.folder / "make_files.py"))["river"]


def test_text_names_the_bars_of_the_checks(a09):
    text = "\n".join(cell.source for cell in a09.assignment.cells)

    for said in (
        f"at most {a09.helpers['MOST_FALSE_A_DAY']:g} false alarm a day",
        f"median time to warning at most {a09.helpers['MOST_MEDIAN_S']:g} s",
        f"warned of within {a09.helpers['MOST_P95_S']:g} s",
        f"lasts {a09.helpers['LEAST_DAYS']:g} days",
        f"takes {a09.helpers['ACTIVE_MA']} mA, asleep {a09.helpers['SLEEP_MA']} mA",
    ):
        assert said in text


def test_first_warning_is_that_of_lesson_11(a09):
    alarms = np.array([True, False, True, True])
    ends_s = np.array([10.0, 20.0, 30.0, 40.0])

    got = a09.helpers["first_warning"](ends_s, alarms, 10.0, 100.0)

    delay_s = a09.helpers["FEATURE_S"] + a09.helpers["INFERENCE_S"]
    assert got == pytest.approx(30 + 0.021 - 10)
    assert got == time_to_warning(alarms, onset_s=10, window_s=10, hop_s=10, delay_s=delay_s)
    assert a09.helpers["first_warning"](ends_s, alarms, 40.0, 100.0) == math.inf
    assert a09.helpers["first_warning"](ends_s, alarms, 10.0, 29.0) == math.inf


def test_nearest_rank_is_a_time_that_was_seen(a09):
    times = [30.0, 10.0, math.inf, 20.0]  # sorted: 10, 20, 30, missed

    assert a09.helpers["nearest_rank"](times, 0.5) == 20.0 == within([30.0, 10.0, None, 20.0], 0.5)
    assert a09.helpers["nearest_rank"](times, 0.75) == 30.0
    assert a09.helpers["nearest_rank"](times, 0.95) == math.inf
    assert a09.helpers["nearest_rank"]([float(n) for n in range(1, 41)], 0.95) == 38.0


def test_days_of_battery_are_those_of_lesson_11(a09):
    # period 60 s: duty 0.521 / 60 = 0.00868; 0.00868 * 13.6 + 0.99132 * 0.063 = 0.18054 mA
    assert a09.helpers["days_of_battery"](60) == pytest.approx(2500 / 0.180546 / 24, rel=1e-4)
    assert a09.helpers["days_of_battery"](20) == pytest.approx(
        lifetime(2500, active_ma=13.6, sleep_ma=0.063, duty=0.521 / 20)
    )


def test_alarms_that_the_board_is_judged_by_are_those_of_exercise_3(a09):
    # Sums of 3: -, -, 270, 200, 220, 260, 200, 140, 120, 250; an alarm needs 240, then 3 are quiet.
    codes = np.array([90, 100, 80, 20, 120, 120, -40, 60, 100, 90], np.int8)

    assert np.flatnonzero(a09.helpers["defined_alarms"](codes, 3, 80, 3)).tolist() == [2, 9]
    assert np.flatnonzero(a09.helpers["defined_alarms"](codes, 3, 80, 2)).tolist() == [2, 5, 9]
    assert not a09.helpers["defined_alarms"](codes[:2], 3, -128, 0).any()


def test_nothing_of_the_reference_design_is_told_in_the_released_checks(a09):
    told = without_hidden(a09.assignment.checker_source)

    assert "average of 3 codes" not in told
    assert "bars were chosen" not in told


@pytest.mark.parametrize(
    "text",
    [
        '#include "hidden.npz"',
        '__asm__(".incbin");',
        "#define X",
        "%: include <x>",
        "int f(void) { return 1 + 1; }",
        "__attribute__((section(a))) int x;",
        "/* */ # include <stdint.h>\\\n",
    ],
)
def test_c_text_that_is_more_than_declarations_is_refused(a09, text):
    with pytest.raises(StudentError, match="declarations only"):
        a09.helpers["plain_c"](text)


def test_c_text_with_comments_and_plain_includes_is_taken(a09):
    text = '// by "me"\n#include <stdint.h>\n/* a\n b */ const uint8_t x[] = {0x1F, 2};\n'

    assert "const uint8_t x[] = {0x1F, 2};" in a09.helpers["plain_c"](text)


def test_river_is_the_same_from_the_same_seed_and_its_flows_lie_apart(river):
    one, again = (river(1, 16, 5) for _ in range(2))

    assert np.array_equal(one.windows, again.windows)
    assert one.windows.shape == (8640, 8)
    assert len(one.events_s) == 16
    assert np.all(one.events_s[1:] - one.ends_s[:-1] > 120)  # the time in which no alarm is false
    assert np.all(one.ends_s - one.events_s >= 180)


def test_river_of_the_students_is_the_one_of_its_maker(a09, river):
    kept = np.load(a09.folder / "river.npz")

    assert np.array_equal(kept["windows"], river(1, 16, 2).windows)


def test_the_board_finds_other_bytes_by_their_crc(a09):
    (without_zeros,) = (one for one in a09.mutants if one.name == "array_without_zeros")
    names = a09.names_after(a09.answers | dict(without_zeros.answers))

    said = a09.message("board_has_the_model_in_flash", names)

    assert said.startswith("CRC-32 that the board computes: expected")


def test_mutants_name_every_check_that_refuses_them(a09):
    """Those of the arrays and operators; the others need days of a river each."""
    quick = {check.name: check for check in a09.checks if check.exercise in (1, 2, 4)}
    told = {one.name: set(one.notes["kills"].split(", ")) for one in a09.mutants}
    found = {
        one.name: a09.refused_by(a09.names_after(a09.answers | dict(one.answers)), quick.values())
        for one in a09.mutants
    }

    assert found == {name: kills & set(quick) for name, kills in told.items()}
