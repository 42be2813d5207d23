"""A09 "Deploy and debounce": its split of points, its helpers by hand, and its synthetic rivers."""

import importlib.util
import math
import sys
from pathlib import Path

import numpy as np
import pytest

from tinymledu.course.assignment import load_assignment
from tinymledu.course.checks import StudentError
from tinymledu.course.notebook import without_hidden
from tinymledu.energy import lifetime, time_to_warning, within

FOLDER = Path(__file__).parents[2] / "assignments" / "source" / "A09_deploy_and_debounce"


@pytest.fixture(scope="module")
def a09():
    return load_assignment(FOLDER)


def module(name):
    spec = importlib.util.spec_from_file_location(f"a09_{name}", FOLDER / f"{name}.py")
    made = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = made
    spec.loader.exec_module(made)
    return made


@pytest.fixture(scope="module")
def checks():
    return module("checks")


def test_points_are_15_visible_35_hidden_40_board_and_10_by_a_person(a09):
    points = {"visible": 0, "hidden": 0, "board": 0}
    for check in a09.checks:
        board = check.name.startswith("board_")
        points["board" if board else "visible" if check.visible else "hidden"] += check.points

    assert points == {"visible": 15, "hidden": 35, "board": 40}
    assert sum(cell.points for cell in a09.essays) == 10


def test_text_names_the_bars_of_the_checks(a09, checks):
    text = "\n".join(cell.source for cell in a09.cells)

    for said in (
        f"at most {checks.MOST_FALSE_A_DAY:g} false alarm a day",
        f"median time to warning at most {checks.MOST_MEDIAN_S:g} s",
        f"warned of within {checks.MOST_P95_S:g} s",
        f"lasts {checks.LEAST_DAYS:g} days",
        f"takes {checks.ACTIVE_MA} mA, asleep {checks.SLEEP_MA} mA",
    ):
        assert said in text


def test_first_warning_is_that_of_lesson_11(checks):
    alarms = np.array([True, False, True, True])
    ends_s = np.array([10.0, 20.0, 30.0, 40.0])

    got = checks.first_warning(ends_s, alarms, 10.0, 100.0)

    delay_s = checks.FEATURE_S + checks.INFERENCE_S
    assert got == pytest.approx(30 + 0.021 - 10)
    assert got == time_to_warning(alarms, onset_s=10, window_s=10, hop_s=10, delay_s=delay_s)
    assert checks.first_warning(ends_s, alarms, 40.0, 100.0) == math.inf
    assert checks.first_warning(ends_s, alarms, 10.0, 29.0) == math.inf


def test_nearest_rank_is_a_time_that_was_seen(checks):
    times = [30.0, 10.0, math.inf, 20.0]  # sorted: 10, 20, 30, missed

    assert checks.nearest_rank(times, 0.5) == 20.0 == within([30.0, 10.0, None, 20.0], 0.5)
    assert checks.nearest_rank(times, 0.75) == 30.0
    assert checks.nearest_rank(times, 0.95) == math.inf
    assert checks.nearest_rank([float(n) for n in range(1, 41)], 0.95) == 38.0


def test_days_of_battery_are_those_of_lesson_11(checks):
    # period 60 s: duty 0.521 / 60 = 0.00868; 0.00868 * 13.6 + 0.99132 * 0.063 = 0.18054 mA
    assert checks.days_of_battery(60) == pytest.approx(2500 / 0.180546 / 24, rel=1e-4)
    assert checks.days_of_battery(20) == pytest.approx(
        lifetime(2500, active_ma=13.6, sleep_ma=0.063, duty=0.521 / 20)
    )


def test_alarms_that_the_board_is_judged_by_are_those_of_exercise_3(checks):
    # Sums of 3: -, -, 270, 200, 220, 260, 200, 140, 120, 250; an alarm needs 240, then 3 are quiet.
    codes = np.array([90, 100, 80, 20, 120, 120, -40, 60, 100, 90], np.int8)

    assert np.flatnonzero(checks.defined_alarms(codes, 3, 80, 3)).tolist() == [2, 9]
    assert np.flatnonzero(checks.defined_alarms(codes, 3, 80, 2)).tolist() == [2, 5, 9]
    assert not checks.defined_alarms(codes[:2], 3, -128, 0).any()


def test_nothing_of_the_reference_design_is_told_in_the_released_checks():
    told = without_hidden((FOLDER / "checks.py").read_text(encoding="utf-8"))

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
def test_c_text_that_is_more_than_declarations_is_refused(checks, text):
    with pytest.raises(StudentError, match="declarations only"):
        checks.plain_c(text)


def test_c_text_with_comments_and_plain_includes_is_taken(checks):
    text = '// by "me"\n#include <stdint.h>\n/* a\n b */ const uint8_t x[] = {0x1F, 2};\n'

    assert "const uint8_t x[] = {0x1F, 2};" in checks.plain_c(text)


def test_river_is_the_same_from_the_same_seed_and_its_flows_lie_apart():
    make_files = module("make_files")

    one, again = (make_files.river(1, 16, 5) for _ in range(2))

    assert np.array_equal(one.windows, again.windows)
    assert one.windows.shape == (8640, 8)
    assert len(one.events_s) == 16
    assert np.all(one.events_s[1:] - one.ends_s[:-1] > 120)  # the time in which no alarm is false
    assert np.all(one.ends_s - one.events_s >= 180)


def test_river_of_the_students_is_the_one_of_its_maker():
    make_files = module("make_files")
    kept = np.load(FOLDER / "river.npz")

    assert np.array_equal(kept["windows"], make_files.river(1, 16, 2).windows)
