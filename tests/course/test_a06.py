"""A06 "Integer-only": its points, and its helpers against values worked out by hand."""

import numpy as np
import pytest

from tinymledu.course.assignment import load_assignment
from tinymledu.course.checks import StudentError
from tinymledu.graph import plain_layers
from tinymledu.graph.fixed_point import requantize, requantize_once

BOARD = {"convolution_equals_the_board", "network_equals_the_board"}
LAYERS = {"conv2d": plain_layers.convolution, "fully_connected": plain_layers.fully_connected}
RULES = {"once": requantize_once, "twice": requantize}


@pytest.fixture(scope="module")
def a06():
    return load_assignment("A06")


@pytest.fixture(scope="module")
def checks(a06):
    defined = {"__name__": "checks", "__file__": str(a06.folder / "checks.py")}
    exec(compile(a06.checker_source, "checks.py", "exec"), defined)
    return defined


class Library:
    """A student whose layers are the library's, after `spoil` has changed their output."""

    def __init__(self, spoil=lambda codes: codes):
        self.spoil = spoil

    def call(self, name, x, layer, rounding):
        return self.spoil(LAYERS[name](x, layer, RULES[rounding]).copy())


def message(check, student):
    with pytest.raises(StudentError) as caught:
        check.run(student)
    return str(caught.value)


def test_points_are_20_visible_60_hidden_and_20_on_the_board(a06):
    points = {"visible": 0, "hidden": 0, "board": 0}
    for check in a06.checks:
        kind = "board" if check.name in BOARD else "visible" if check.visible else "hidden"
        points[kind] += check.points

    assert points == {"visible": 20, "hidden": 60, "board": 20}
    assert not a06.essays


@pytest.mark.parametrize(
    ("factor", "pair"),
    [
        (0.375, (1610612736, -1)),  # 0.75 * 2**31, halved once
        (1.0, (2**30, 1)),
        (6.0, (1610612736, 3)),  # 0.75 * 8
        (0.0037, (2034096511, -8)),  # 0.0037 * 2**39 = 2034096511.4
        (1 - 2.0**-40, (2**30, 1)),  # 2**31 - 2**-9 rounds to 2**31
    ],
)
def test_expected_multipliers(checks, factor, pair):
    assert checks["nearest_multiplier"](factor) == pair


@pytest.mark.parametrize(
    ("acc", "multiplier", "shift", "once", "twice"),
    [
        (135, 2034096511, -8, 0, 1),  # 0.4995
        (-405, 2034096511, -8, -1, -2),  # -1.4985
        (3, 2**30, 0, 2, 2),  # 1.5: halves upwards
        (-3, 2**30, 0, -1, -1),  # -1.5: the first rounding takes halves upwards, too
        (-3, 2**30, -1, -1, -1),  # -0.75: y = -1, then -0.5 away from zero
        (-2, 2**30, -1, 0, -1),  # -0.5 exactly: upwards, or y = -1 and away from zero
        (5, 2**30, 3, 20, 20),  # 5 * 4
    ],
)
def test_expected_roundings(checks, acc, multiplier, shift, once, twice):
    assert checks["exact_single"](acc, multiplier, shift) == once
    assert checks["exact_double"](acc, multiplier, shift) == twice


def test_chosen_accumulators_defeat_a_float(checks):
    rng = np.random.default_rng(63)
    acc, multipliers, shifts = checks["next_to_halves"](rng)
    by_float = np.floor(acc * (multipliers * 2.0 ** (shifts - 31)) + 0.5)
    exact = [
        checks["exact_single"](int(a), int(m), 0) for a, m in zip(acc, multipliers, strict=True)
    ]

    assert np.count_nonzero(by_float != exact) >= 5
    assert np.abs(acc).max() < 2**31


def test_every_product_just_below_a_half_tells_the_rules_apart(checks):
    acc, multipliers, shifts = checks["just_below_halves"](np.random.default_rng(65))

    assert len(acc) >= 60
    assert (requantize(acc, multipliers, shifts) != requantize_once(acc, multipliers, shifts)).all()
    assert (acc > 0).any()
    assert (acc < 0).any()


@pytest.mark.parametrize(
    "name",
    [
        "conv_of_the_practice_model", "fully_connected_of_the_practice_model", "conv_equals_tflm",
        "conv_at_the_border", "conv_equals_xnnpack", "fully_connected_equals_tflm",
        "fully_connected_equals_xnnpack",
    ],
)  # fmt: skip
def test_the_librarys_layers_are_right(checks, name):
    checks[name].run(Library())


def test_one_wrong_code_is_told_with_its_place(checks):
    def spoil(codes):
        codes[3, 2, 1, 0] ^= 1
        return codes

    said = message(checks["conv_of_the_practice_model"], Library(spoil))

    assert "practice_conv.tflite, output (3, 2, 1, 0), rounded twice: expected" in said
    assert "1 of 3,840 outputs differ, all by 1: rounding." in said


def test_mistakes_at_the_border_are_named(checks):
    def spoil(codes):
        codes[:, 0] = 99
        return codes

    said = message(checks["conv_of_the_practice_model"], Library(spoil))

    assert "all at the border: padding" in said


def test_other_mistakes_are_not_called_rounding(checks):
    said = message(checks["fully_connected_of_the_practice_model"], Library(lambda codes: ~codes))

    assert "rounding" not in said
    assert said.endswith("200 of 200 outputs differ.")
