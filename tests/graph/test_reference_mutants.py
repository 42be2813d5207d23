"""The recorded vectors reject wrong arithmetic: each mutant below changes some output of a case."""

from dataclasses import replace

import numpy as np
import pytest
import recorded

from tinymledu.graph import (
    reference_elementwise,
    reference_operators,
    reference_parts,
    reference_softmax,
)
from tinymledu.graph.fixed_point import (
    INT8_MIN,
    AddParameters,
    FixedPoint,
    convolution_multipliers,
    quantize_multiplier,
    requantize,
    rescale_multiplier,
)
from tinymledu.graph.geometry import Extent, window_extent
from tinymledu.graph.ir import Graph
from tinymledu.graph.operators import check_runnable
from tinymledu.graph.reference import Interpreter
from tinymledu.graph.tflite import load_model


def round_once(acc, multiplier, shift):
    """What the default interpreter on a PC does: floor(acc * multiplier * 2**(shift-31) + 1/2)."""
    product = np.asarray(acc).astype(object) * np.asarray(multiplier).astype(object)
    bits = 31 - np.asarray(shift).astype(object)
    return ((product + (1 << (bits - 1))) >> bits).astype(np.int64)


def do_not_round(acc, multiplier, shift):
    product = np.asarray(acc).astype(object) * np.asarray(multiplier).astype(object)
    return (product >> (31 - np.asarray(shift).astype(object))).astype(np.int64)


def halves_upwards(values, bits):
    return (values + ((np.int64(1) << bits) >> 1)) >> bits


def do_not_clamp(codes, activation, output):
    return np.asarray(codes).astype(np.int8)


def clamp_to_int8_only(codes, activation, output):
    return np.clip(codes, -128, 127).astype(np.int8)


def padding_before_first(n_input, **options):
    extent = window_extent(n_input, **options)
    return Extent(extent.output, extent.after, extent.before)


def without_bias(graph, op):
    return 0


def scale_once_per_tensor(inputs, weights, output):
    return convolution_multipliers(inputs, replace(weights, scales=weights.scales[:1]), output)


def flush_small_factors(inputs, weights, output):
    factors = convolution_multipliers(inputs, weights, output)
    return tuple(f if f.shift > -31 else FixedPoint(0, 0) for f in factors)


MODULES = (reference_elementwise, reference_operators, reference_parts)
PATCHES = {
    "single rounding": {"requantize": round_once},
    "no rounding": {"requantize": do_not_round},
    "no clamp": {"clamp": do_not_clamp},
    "no activation": {"clamp": clamp_to_int8_only},
    "dropped bias": {"bias_of": without_bias},
    "per-tensor scale": {
        "convolution_multipliers": scale_once_per_tensor,
        "fully_connected_multipliers": scale_once_per_tensor,
    },
    "odd padding before instead of after": {"window_extent": padding_before_first},
}
REJECTED = [
    ("single rounding", "conv_2d"),
    ("single rounding", "depthwise"),
    ("single rounding", "fully_connected"),
    ("single rounding", "add"),
    ("single rounding", "mul"),
    ("single rounding", "sub"),
    ("single rounding", "mean"),
    ("single rounding", "relu_rescaled"),
    ("single rounding", "quantize_int8"),
    ("no rounding", "conv_2d"),
    ("no rounding", "depthwise"),
    ("no rounding", "fully_connected"),
    ("no rounding", "add"),
    ("no rounding", "mul"),
    ("no rounding", "sub"),
    ("no rounding", "mean"),
    ("no rounding", "relu_rescaled"),
    ("no rounding", "quantize_int8"),
    ("no clamp", "conv_2d"),
    ("no clamp", "depthwise"),
    ("no clamp", "fully_connected"),
    ("no clamp", "add"),
    ("no clamp", "mul"),
    ("no clamp", "sub"),
    ("no clamp", "mean"),
    ("no clamp", "relu_rescaled"),
    ("no clamp", "quantize_int8"),
    ("no activation", "conv_2d"),
    ("no activation", "depthwise"),
    ("no activation", "fully_connected"),
    ("no activation", "average_pool_2d"),
    ("no activation", "max_pool_2d"),
    ("no activation", "add"),
    ("no activation", "mul"),
    ("no activation", "sub"),
    ("dropped bias", "conv_2d"),
    ("dropped bias", "depthwise"),
    ("dropped bias", "fully_connected"),
    ("per-tensor scale", "conv_2d"),
    ("per-tensor scale", "depthwise"),
    ("per-tensor scale", "fully_connected"),
    ("odd padding before instead of after", "conv_2d"),
    ("odd padding before instead of after", "depthwise"),
    ("odd padding before instead of after", "average_pool_2d"),
    ("odd padding before instead of after", "max_pool_2d"),
]
ZERO_POINTS = [
    ("conv_2d", "input"),
    ("conv_2d", "output"),
    ("depthwise", "input"),
    ("depthwise", "output"),
    ("fully_connected", "input"),
    ("fully_connected", "output"),
    ("add", "input"),
    ("add", "output"),
    ("mul", "input"),
    ("mul", "output"),
    ("sub", "input"),
    ("sub", "output"),
    ("logistic", "input"),
    ("tanh", "input"),
    ("mean", "input"),
    ("mean", "output"),
    ("relu_rescaled", "input"),
    ("relu_rescaled", "output"),
    ("relu6", "input"),
    ("pad", "output"),
    ("quantize_int8", "input"),
    ("quantize_int8", "output"),
]


def n_rejecting_cases(operator, change_graph=lambda graph: graph):
    """How many recorded cases of an operator differ from what the interpreter computes now."""
    rejecting = 0
    for case in recorded.cases(operator):
        interpreter = Interpreter(load_model(case.content))
        interpreter.graph = change_graph(interpreter.graph)
        rejecting += not np.array_equal(interpreter.run(case.inputs), case.expected)
    return rejecting


def replace_in_all_modules(monkeypatch, name, replacement):
    """Wherever a function was imported, it has a name of its own to be replaced."""
    for module in MODULES:
        if hasattr(module, name):
            monkeypatch.setattr(module, name, replacement)


@pytest.mark.parametrize(("mutant", "operator"), REJECTED)
def test_vectors_reject(mutant, operator, monkeypatch):
    assert n_rejecting_cases(operator) == 0
    for name, replacement in PATCHES[mutant].items():
        replace_in_all_modules(monkeypatch, name, replacement)

    assert n_rejecting_cases(operator) >= 1


@pytest.mark.parametrize(("operator", "end"), ZERO_POINTS)
def test_vectors_reject_a_dropped_zero_point(operator, end):
    def drop(graph: Graph) -> Graph:
        dropped = graph.input.index if end == "input" else graph.output.index
        tensors = list(graph.tensors)
        quantization = replace(tensors[dropped].quantization, zero_points=(0,))
        tensors[dropped] = replace(tensors[dropped], quantization=quantization)
        return replace(graph, tensors=tuple(tensors))

    assert n_rejecting_cases(operator, drop) >= 1


def test_vectors_reject_halves_upwards_in_the_second_rounding(monkeypatch):
    def mutant(acc, multiplier, shift):
        right = np.maximum(-np.asarray(shift), 0)
        return halves_upwards(requantize(acc, multiplier, np.maximum(shift, 0)), right)

    replace_in_all_modules(monkeypatch, "requantize", mutant)

    for operator in ("conv_2d", "depthwise", "fully_connected"):
        assert n_rejecting_cases(operator) >= 1


def test_vectors_reject_tiny_factors_flushed_one_shift_too_early(monkeypatch):
    monkeypatch.setattr(reference_operators, "convolution_multipliers", flush_small_factors)

    assert n_rejecting_cases("conv_2d_smallest_factors") == 1


def test_vectors_reject_a_float32_product_of_scales_in_fully_connected(monkeypatch):
    def float32_product(inputs, weights, output):
        product = np.float32(inputs.scale) * np.float32(weights.scale)
        return (quantize_multiplier(float(product) / output.scale),)

    monkeypatch.setattr(reference_operators, "fully_connected_multipliers", float32_product)

    assert n_rejecting_cases("fully_connected_double_scale") == 1


def test_vectors_reject_factors_of_sub_that_are_rounded_to_float32(monkeypatch):
    def float32_factors(input_1, input_2, output):
        one, two, out = (np.float32(each.scale) for each in (input_1, input_2, output))
        twice = 2 * max(one, two)
        factors = (one / twice, two / twice, twice / (2**20 * out))
        return AddParameters(*(quantize_multiplier(float(factor)) for factor in factors))

    monkeypatch.setattr(reference_elementwise, "add_parameters", float32_factors)

    assert n_rejecting_cases("sub_double_factors") == 1


def test_vectors_reject_a_mean_that_is_rounded_before_it_is_rescaled(monkeypatch):
    def mean(graph, op, x):
        inputs, output = graph.input.quantization, graph.output
        axes = tuple(graph.tensors[op.inputs[1]].data.tolist())
        centred = np.round(x.astype(float).mean(axis=axes)).astype(int) - inputs.zero_point
        codes = requantize(centred, *rescale_multiplier(inputs, output.quantization))
        codes = np.clip(codes + output.quantization.zero_point, -128, 127)
        return codes.astype(np.int8).reshape(len(x), *output.shape[1:])

    monkeypatch.setitem(reference_operators.OPERATORS, "MEAN", mean)

    assert n_rejecting_cases("mean") >= 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NEWTON_STEPS", 1),
        ("EXP_MINUS_EIGHTH", 1895147668 - 2**22),
        ("EXP_OF_POWERS", (1672461947,) * 7),
        ("ONE_THIRD", 0),
    ],
)
def test_vectors_reject_a_changed_softmax_constant(name, value, monkeypatch):
    monkeypatch.setattr(reference_softmax, name, value)

    assert n_rejecting_cases("softmax") >= 1


def test_vectors_reject_an_average_that_rounds_down(monkeypatch):
    def rounds_down(graph, op, x):
        taps = list(reference_operators._taps(x.astype(int), op.options, (2, 2), padding=0))
        return (sum(taps) // len(taps)).astype(np.int8)

    monkeypatch.setitem(reference_operators.OPERATORS, "AVERAGE_POOL_2D", rounds_down)

    assert n_rejecting_cases("average_pool_2d_same") == 1


def test_vectors_reject_a_max_pool_that_pads_with_zero(monkeypatch):
    taps = reference_operators._taps
    monkeypatch.setattr(
        reference_operators,
        "_taps",
        lambda *arguments, padding: taps(*arguments, padding=0 if padding == INT8_MIN else padding),
    )

    assert n_rejecting_cases("max_pool_2d") >= 1


def test_the_unchanged_graphs_are_runnable():
    for case in recorded.cases():
        check_runnable(load_model(case.content).graph)
