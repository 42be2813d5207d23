"""Just inside each condition the fast kernel is taken, just outside the clear one; both equal TFLM.

The conditions are those of tinymledu/codegen/fast.py; shifts follow from the factor by hand: it is
multiplier * 2**(shift - 31) with a multiplier of at least 2**30, so 2**-23 has shift -22.
"""

import numpy as np
import pytest
from host_program import (
    OPTIMISE,
    HostProgram,
    build_host_program,
    kernels_source,
    needs_compiler,
)
from numpy.random import default_rng
from oracle_mark import NO_ORACLE

from tinymledu.graph.oracle import Oracle, tflm_available
from tinymledu.graph.tflite import load_model

if not tflm_available():
    pytest.skip(NO_ORACLE, allow_module_level=True)

import fast_models
import operator_models as om

pytestmark = needs_compiler

FAST, CLEAR = True, False
N_TERMS = 600
LARGEST_SUM = 2**30


def with_factor(factor, n_terms=N_TERMS):
    """CONV_2D, 1x1, of enough terms for different codes."""
    return om.convolution(
        default_rng(6),
        picture=(1, 5, n_terms),
        filter_shape=(1, 1),
        n_filters=3,
        factors=(factor,) * 3,
        input_scale=1.0,
        output_scale=1.0,
        bias="none",
    )


def with_weight(code, **options):
    """A convolution whose fourth weight is `code`."""

    def change(weights):
        weights.ravel()[3] = code

    return fast_models.with_constant(om.convolution(default_rng(7), **options), 1, change)


def with_largest_sum(largest):
    """A convolution whose output 0 has sums of up to `largest`: every input at its best code.

    The factor 2**-23 makes that 128, and the zero point -128 brings it to the middle of int8.
    """
    content = om.convolution(
        default_rng(8),
        picture=(3, 3, 800),
        filter_shape=(1, 1),
        n_filters=1,
        factors=(2.0**-23,),
        input_scale=1.0,
        output_scale=1.0,
        input_zero_point=9,
        output_zero_point=-128,
    )
    weights = load_model(content).graph.tensors[1].data.astype(int)
    reach = int(np.maximum((127 - 9) * weights, (-128 - 9) * weights).sum())

    def change(bias):
        bias[0] = largest - reach

    return fast_models.with_constant(content, 2, change)


def dead_and_above_one():
    """One channel is -128 for every input, another has a factor above 1 (shift 1)."""
    return om.convolution(
        default_rng(9),
        picture=(2, 3, 2),
        filter_shape=(1, 1),
        n_filters=2,
        factors=(2.0**-40, 1.5),
        bias="none",
        weight_limit=3,
    )


def depthwise(**options):
    return om.convolution(
        default_rng(10), **{"depthwise": True, "picture": (6, 7, 4), "n_filters": 4, **options}
    )


def add(*scales):
    return om.add(shape=(1, 33), scales=scales, zero_points=(-5, 90, 2))


CASES = {
    "shift_minus_1": (with_factor(0.4999, 3), FAST),
    "shift_0": (with_factor(0.5, 3), CLEAR),
    "shift_1": (with_factor(1.0, 3), CLEAR),
    "shift_minus_22": (with_factor(2.0**-23), FAST),
    "shift_minus_23": (with_factor(1.9999 * 2.0**-24), CLEAR),
    "shift_minus_23_constant": (with_factor(1.9999 * 2.0**-24, 3), FAST),
    "shift_minus_31": (with_factor(2.0**-32), FAST),
    "factor_0": (with_factor(2.0**-40), FAST),
    "dead_and_shift_1": (dead_and_above_one(), CLEAR),
    "weight_minus_127": (with_weight(-127), FAST),
    "weight_minus_128": (with_weight(-128), CLEAR),
    "weight_minus_128_pointwise": (
        with_weight(-128, filter_shape=(1, 1), picture=(1, 5, 4)),
        CLEAR,
    ),
    "weight_minus_128_depthwise": (with_weight(-128, depthwise=True, n_filters=3), FAST),
    "sum_below_2_to_30": (with_largest_sum(LARGEST_SUM - 1), FAST),
    "sum_of_2_to_30": (with_largest_sum(LARGEST_SUM), CLEAR),
    "depthwise_stride_2": (depthwise(strides=(2, 2)), FAST),
    "depthwise_stride_3": (depthwise(strides=(3, 3)), CLEAR),
    "depthwise_two_strides": (depthwise(strides=(1, 2)), CLEAR),
    "depthwise_filter_3_by_2": (depthwise(filter_shape=(3, 2)), CLEAR),
    "depthwise_dilated": (depthwise(dilations=(2, 2)), CLEAR),
    "depthwise_two_for_each": (depthwise(n_filters=8), CLEAR),
    "depthwise_shift_0": (depthwise(factors=(0.5,) * 4, weight_limit=1), CLEAR),
    "add_one_scale_small": (add(1.0, 1.01 * 2.0**-22, 0.7), FAST),  # 2**-23 of twice the larger
    "add_one_scale_too_small": (add(1.0, 1.98 * 2.0**-23, 0.7), CLEAR),
    "add_shift_minus_1": (add(1.0, 0.9, 1.01 * 2.0**-18), FAST),  # 2 / 2**20 / scale < 1 / 2
    "add_shift_0": (add(1.0, 0.9, 0.99 * 2.0**-18), CLEAR),
    "add_shift_minus_22": (add(1.0, 0.9, 15.9), FAST),  # 2 / 2**20 / 16 = 2**-23
    "add_shift_minus_23": (add(1.0, 0.9, 16.1), CLEAR),
}


def inputs_of(model):
    """Random codes, both extremes, and, for a 1x1 filter, those that make sum 0 the largest."""
    codes = default_rng(12).integers(-128, 128, (8, *model.graph.input.shape[1:]), np.int8)
    codes[0], codes[1] = -128, 127
    weights = model.graph.tensors[1].data
    if weights is not None and weights.shape[1:3] == (1, 1):
        codes[2] = np.where(weights[0] >= 0, 127, -128)
    return codes


@pytest.fixture(scope="module")
def program(tmp_path_factory) -> HostProgram:
    models = [load_model(content, name=name) for name, (content, _) in CASES.items()]
    return build_host_program(models, tmp_path_factory.mktemp("choice"))


@pytest.mark.parametrize("name", CASES)
def test_choice_follows_the_proof_and_both_equal_tflm(name, program):
    content, is_fast = CASES[name]
    model = load_model(content, name=name)
    codes = inputs_of(model)

    expected = Oracle(model).run(codes)

    kernel = kernels_source(model, "speed").layers[-1].kernel
    assert kernel.endswith("_fast") == is_fast, kernel
    for optimise in OPTIMISE:
        np.testing.assert_array_equal(program.run(name, codes, optimise), expected, optimise)
