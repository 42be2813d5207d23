"""Plain layers give what runtimes gave: TFLM's recorded vectors, and lesson 07's recorded runs."""

import numpy as np
import pytest
import recorded

from tinymledu.errors import UnsupportedModelError
from tinymledu.files import shipped
from tinymledu.graph import plain_layers
from tinymledu.graph.fixed_point import requantize, requantize_once
from tinymledu.graph.tflite import load_model

FUNCTIONS = {
    "CONV_2D": plain_layers.convolution,
    "DEPTHWISE_CONV_2D": plain_layers.depthwise,
    "FULLY_CONNECTED": plain_layers.fully_connected,
}
PLAIN = [
    case
    for case in recorded.cases("conv_2d", "depthwise_", "fully_connected_")
    if case.inputs.dtype == np.int8
    and not any(word in case.name for word in ("dilated", "multiplier", "depthwise_tiny"))
]
MODELS = shipped("notebooks", "models")
RECORDED = np.load(MODELS / "07_activations.npz")
LESSON_MODEL = load_model(MODELS / "01_cats_vs_dogs.tflite")


def of_model(content):
    graph = load_model(content).graph
    return FUNCTIONS[graph.ops[0].kind], plain_layers.plain_layer(graph, graph.ops[0])


def runtime(name):
    """Activations of the lesson's model by tensor index, in one runtime."""
    found = {0: (RECORDED["pictures"].astype(np.int16) - 128).astype(np.int8)}
    for op in LESSON_MODEL.graph.ops:
        codes = RECORDED[f"reference_{op.outputs[0]}"]
        if name == "xnnpack":
            codes = codes + RECORDED[f"xnnpack_minus_reference_{op.outputs[0]}"]
        found[op.outputs[0]] = codes
    return found


@pytest.mark.parametrize("case", PLAIN, ids=lambda case: case.name)
def test_plain_layer_rounded_twice_is_tflm(case):
    compute, layer = of_model(case.content)

    got = compute(case.inputs, layer, requantize)

    assert np.array_equal(got.reshape(case.expected.shape), case.expected)


def test_all_three_kinds_are_among_the_recorded_cases():
    assert {load_model(case.content).graph.ops[0].kind for case in PLAIN} == set(FUNCTIONS)


@pytest.mark.parametrize(
    ("name", "rule", "n_wrong"),
    [
        ("reference", requantize, 0),
        ("xnnpack", requantize_once, 0),
        ("reference", requantize_once, 157),  # 58 + 60 + 34 + 5 of 276,480, as recorded
        ("xnnpack", requantize, 156),
    ],
)
def test_layers_of_lesson_01_in_two_runtimes(name, rule, n_wrong):
    known, found = runtime(name), 0
    for op in LESSON_MODEL.graph.ops:
        if op.kind in FUNCTIONS:
            layer = plain_layers.plain_layer(LESSON_MODEL.graph, op)
            got = FUNCTIONS[op.kind](known[op.inputs[0]], layer, rule)
            different = got.astype(int) - known[op.outputs[0]]
            found += np.count_nonzero(different)
            assert np.abs(different).max() <= 1

    assert found == n_wrong


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("conv_2d_dilated", "only dilation 1 can be had"),
        ("depthwise_multiplier_3", "3 filters for each channel"),
        ("mean_channels", "MEAN #0 is no layer with weights"),
        ("int16_conv_2d_no_bias", "reads int16; int8 is needed"),
    ],
)
def test_what_is_no_plain_layer_is_refused(name, said):
    graph = load_model(recorded.model_bytes(name)).graph

    with pytest.raises(UnsupportedModelError, match=said):
        plain_layers.plain_layer(graph, graph.ops[0])


@pytest.mark.parametrize(
    ("name", "rule"),  # the reference kernels round twice in a convolution, and once here
    [("tflm", requantize), ("reference", requantize_once), ("xnnpack", requantize_once)],
)
def test_fully_connected_in_three_runtimes(name, rule):
    compute, layer = of_model((MODELS / "07_fully_connected.tflite").read_bytes())

    got = compute(RECORDED["fully_connected_inputs"], layer, rule)

    assert np.array_equal(got, RECORDED[f"{name}_fully_connected"])
