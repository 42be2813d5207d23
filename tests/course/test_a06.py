"""A06 "Integer-only": its points, and its helpers against values worked out by hand."""

import numpy as np
import one_assignment
import pytest

import tinymledu as tml
from tinymledu.graph import plain_layers
from tinymledu.graph.fixed_point import requantize, requantize_once
from tinymledu.graph.oracle import Oracle, tflm_available

a06 = one_assignment.fixture_of("A06")

LAYERS = {"conv2d": plain_layers.convolution, "fully_connected": plain_layers.fully_connected}
RULES = {"once": requantize_once, "twice": requantize}


def library(spoil=lambda codes: codes):
    """The library's layers as a student's, after `spoil` has changed their output."""

    def answered(name):
        return lambda x, layer, rounding: spoil(LAYERS[name](x, layer, RULES[rounding]).copy())

    return {name: answered(name) for name in LAYERS}


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
def test_expected_multipliers(a06, factor, pair):
    assert a06.helpers["nearest_multiplier"](factor) == pair


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
def test_expected_roundings(a06, acc, multiplier, shift, once, twice):
    assert a06.helpers["exact_single"](acc, multiplier, shift) == once
    assert a06.helpers["exact_double"](acc, multiplier, shift) == twice


def test_chosen_accumulators_defeat_a_float(a06):
    rng = np.random.default_rng(63)
    acc, multipliers, shifts = a06.helpers["next_to_halves"](rng)
    by_float = np.floor(acc * (multipliers * 2.0 ** (shifts - 31)) + 0.5)
    exact = [
        a06.helpers["exact_single"](int(a), int(m), 0)
        for a, m in zip(acc, multipliers, strict=True)
    ]

    assert np.count_nonzero(by_float != exact) >= 5
    assert np.abs(acc).max() < 2**31


def test_every_product_just_below_a_half_tells_the_rules_apart(a06):
    acc, multipliers, shifts = a06.helpers["just_below_halves"](np.random.default_rng(65))

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
def test_the_librarys_layers_are_right(a06, name):
    assert a06.refused_by(library(), [a06.named(name)]) == set()


def test_one_wrong_code_is_told_with_its_place(a06):
    def spoil(codes):
        codes[3, 2, 1, 0] ^= 1
        return codes

    said = a06.message("conv_of_the_practice_model", library(spoil))

    assert "practice_conv.tflite, output (3, 2, 1, 0), rounded twice: expected" in said
    assert "1 of 3,840 outputs differ, all by 1: rounding." in said


def test_mistakes_at_the_border_are_named(a06):
    def spoil(codes):
        codes[:, 0] = 99
        return codes

    said = a06.message("conv_of_the_practice_model", library(spoil))

    assert "all at the border: padding" in said


def test_other_mistakes_are_not_called_rounding(a06):
    said = a06.message("fully_connected_of_the_practice_model", library(lambda codes: ~codes))

    assert "rounding" not in said
    assert said.endswith("200 of 200 outputs differ.")


def test_the_rules_of_rounding_differ_in_every_recorded_case(a06):
    cases = a06.helpers["recorded"]()
    names = a06.helpers["CONVOLUTIONS"] + a06.helpers["BORDERS"] + a06.helpers["DENSE"]

    different = [int(np.sum(cases[f"{n}.once"] != cases[f"{n}.twice"])) for n in names]

    assert (min(different), max(different)) == (7, 34)  # as checks.py says
    assert {key.partition(".")[0] for key in cases if key.endswith(".once")} == set(names)


@pytest.mark.skipif(not tflm_available(), reason="tflite-micro is not installed")
@pytest.mark.parametrize("name", ["conv", "fully_connected"])
def test_the_practice_models_are_computed_as_tflm_does(a06, name):
    model = tml.load_model(a06.folder / f"practice_{name}.tflite")
    x = np.random.default_rng(6).integers(-128, 128, (20, *model.graph.input.shape[1:]), np.int8)

    np.testing.assert_array_equal(tml.Interpreter(model).run(x), Oracle(model).run(x))
