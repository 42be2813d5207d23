"""Compiler passes change the code and no output byte: TensorFlow Lite Micro is the judge."""

import numpy as np
import pytest
from host_program import OPTIMISE, build_host_program, needs_compiler
from numpy.random import default_rng
from oracle_mark import NO_ORACLE

from tinymledu.codegen.emit import generate_c
from tinymledu.graph.oracle import Oracle, tflm_available
from tinymledu.graph.tflite import load_model

if not tflm_available():
    pytest.skip(NO_ORACLE, allow_module_level=True)

import operator_models as om
from flatbuffers_of import OpSpec, activation, constant, tflite_bytes

pytestmark = needs_compiler

SCALE = 0.05
N_INPUTS = 8


def fully_connected(rng, n_inputs, n_units, source, first, bias=None):
    """Weights, bias and operator; its result is tensor first + 2."""
    weights = constant(rng.integers(-127, 128, (n_units, n_inputs), np.int8), [0.004])
    own = rng.integers(-900, 900, n_units, np.int32) if bias is None else bias
    options = om.options_of("FullyConnectedOptions", fusedActivationFunction=0)
    op = OpSpec("FULLY_CONNECTED", (source, first, first + 1), first + 2, options, 4)
    return [weights, constant(own, [SCALE * 0.004])], op


def dense_and(kind, *, output=(SCALE, 5), readers=1, outputs=None):
    """FULLY_CONNECTED, then an activation of its own; `readers` of what lies between."""
    constants, dense = fully_connected(default_rng(3), 9, 6, 0, 1)
    tensors = [activation((1, 9), SCALE, -4), *constants, activation((1, 6), SCALE, 5)]
    tensors.append(activation((1, 6), *output))
    ops = [dense, OpSpec(kind, (3,), 4, None, 2)]
    if readers == 2:
        tensors.append(activation((1, 6), 2 * SCALE, 1))
        options = om.options_of("AddOptions", fusedActivationFunction=0)
        ops.append(OpSpec("ADD", (3, 4), 5, options, 2))
    return tflite_bytes(tensors, ops, outputs=outputs)


def agree(contents, folder):
    """Whether all models give TFLM's bytes with all kernels; returns their sources for speed."""
    models = [load_model(content, name=name) for name, content in contents.items()]
    program = build_host_program(models, folder)
    for model in models:
        shape = (N_INPUTS, *model.graph.input.shape[1:])
        codes = default_rng(4).integers(-128, 128, shape, np.int8)
        codes[0], codes[1] = -128, 127
        for optimise in OPTIMISE:
            outputs = program.run(model.name, codes, optimise)
            np.testing.assert_array_equal(outputs, Oracle(model).run(codes), model.name)
    return {model.name: generate_c(model) for model in models}


def test_activations_are_fused_where_they_only_clamp(tmp_path):
    fused = {kind: dense_and(kind) for kind in ("RELU", "RELU6")}
    kept = {
        "other_scale": dense_and("RELU", output=(0.9 * SCALE, 5)),
        "other_zero_point": dense_and("RELU", output=(SCALE, -128)),
        "two_readers": dense_and("RELU", readers=2),
    }

    sources = agree(fused | kept, tmp_path)

    for name, source in sources.items():
        assert ("tk_rescale_s8.c" in source.files) == (name in kept), name


def with_dead_channels(rng, *, first_bias, zero_point=-128):
    """Dense 12 -> 10 -> 4, RELU between; a bias of -2**24 makes a unit's code constant."""
    first, dense = fully_connected(rng, 12, 10, 0, 1, np.array(first_bias, np.int32))
    dense.options.fusedActivationFunction = om.ACTIVATIONS["RELU"]
    second, last = fully_connected(rng, 10, 4, 3, 4)
    between, output = activation((1, 10), SCALE, zero_point), activation((1, 4), SCALE, 2)
    tensors = [activation((1, 12), SCALE, -3), *first, between, *second, output]
    return tflite_bytes(tensors, [dense, last])


DEAD, HIGH = -(2**24), 2**24


@pytest.mark.parametrize(
    ("biases", "n_alive"),
    [
        ([0, DEAD] * 5, 5),
        ([HIGH, 50, DEAD, 3, 0, 7, 9, HIGH, HIGH, 1], 6),  # constant, but not 0: joins the bias
        ([DEAD] * 10, 1),  # a layer keeps one channel at least
        ([0] * 10, 10),
    ],
    ids=["dead", "saturated", "all", "none"],
)
@pytest.mark.parametrize("zero_point", [-128, 11])
def test_channels_that_are_constant_for_every_input_go(biases, n_alive, zero_point, tmp_path):
    content = with_dead_channels(default_rng(5), first_bias=biases, zero_point=zero_point)

    source = agree({"dense": content}, tmp_path)["dense"]

    assert source.layers[0].output_shape == (1, n_alive)
    kept = generate_c(load_model(content), keep_dead_channels=True)
    assert kept.layers[0].output_shape == (1, 10)
    assert kept.macs == kept.model_macs == source.model_macs == 12 * 10 + 10 * 4
    assert source.macs == (12 + 4) * n_alive
    said = f"{source.macs} of the model's 160 multiply-accumulates" if n_alive < 10 else ""
    assert source.folded_note.startswith(said)
    assert bool(source.folded_note) == (n_alive < 10)
    assert ("of the model's 160" in source.files[f"{source.c_name}.h"]) == (n_alive < 10)
    assert source.weights_bytes <= kept.weights_bytes


@pytest.mark.parametrize("kind", ["LOGISTIC", "TANH", "HARD_SWISH", "ELU"])
def test_dead_channels_go_through_a_table(kind, tmp_path):
    """Dense 12 -> 10, a function of each code, dense -> 4: both lose the same five channels."""
    rng = default_rng(9)
    first, dense = fully_connected(rng, 12, 10, 0, 1, np.array([0, DEAD] * 5, np.int32))
    dense.options.fusedActivationFunction = om.ACTIVATIONS["RELU"]
    second, last = fully_connected(rng, 10, 4, 4, 5)
    made = {"LOGISTIC": (1 / 256, -128), "TANH": (1 / 128, 0)}.get(kind, (SCALE, -60))
    tensors = [activation((1, 12), SCALE, -3), *first, activation((1, 10), SCALE, -40)]
    tensors += [activation((1, 10), *made), *second, activation((1, 4), SCALE, 2)]
    content = tflite_bytes(tensors, [dense, OpSpec(kind, (3,), 4), last])

    source = agree({"table": content}, tmp_path)["table"]

    assert [layer.output_shape for layer in source.layers] == [(1, 5), (1, 5), (1, 4)]


def test_convolutions_lose_dead_channels_unless_padding_would_show(tmp_path):
    """Of 6 channels 2 are the zero point and 1 is another constant, which padding is not."""
    rng = default_rng(6)
    weights = [rng.integers(-127, 128, shape, np.int8) for shape in [(6, 1, 1, 3), (5, 3, 3, 6)]]
    biases = [np.array([9, DEAD, 0, HIGH, DEAD, 4], np.int32), rng.integers(-99, 99, 5, np.int32)]
    options = {"strideH": 1, "strideW": 1, "dilationHFactor": 1, "dilationWFactor": 1}
    contents = {}
    for padding in ("SAME", "VALID"):
        extent = 7 if padding == "SAME" else 5
        tensors = [activation((1, 7, 7, 3), SCALE, -3)]
        tensors += [constant(weights[0], [0.004]), constant(biases[0], [SCALE * 0.004])]
        tensors += [activation((1, 7, 7, 6), SCALE, -20)]
        tensors += [constant(weights[1], [0.002]), constant(biases[1], [SCALE * 0.002])]
        tensors += [activation((1, extent, extent, 5), SCALE, 2)]
        ops = [
            OpSpec("CONV_2D", inputs, output, om.options_of("Conv2DOptions", **options, **own), 3)
            for inputs, output, own in (
                ((0, 1, 2), 3, {"padding": 1, "fusedActivationFunction": om.ACTIVATIONS["RELU"]}),
                ((3, 4, 5), 6, {"padding": om.PADDINGS[padding], "fusedActivationFunction": 0}),
            )
        ]
        contents[padding] = tflite_bytes(tensors, ops)

    sources = agree(contents, tmp_path)

    assert sources["VALID"].layers[0].output_shape == (1, 7, 7, 3)
    assert sources["SAME"].layers[0].output_shape == (1, 7, 7, 4)
