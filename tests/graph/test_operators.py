from dataclasses import replace

import numpy as np
import pytest
import recorded

from tinymledu.errors import UnsupportedModelError
from tinymledu.graph.ir import ConcatenationOptions, Op, Quantization
from tinymledu.graph.operators import VERSIONS, check_runnable
from tinymledu.graph.tflite import load_model


def graph_named(name):
    return load_model(recorded.model_bytes(name)).graph


def with_op(graph, position=0, **changes):
    ops = list(graph.ops)
    ops[position] = replace(ops[position], **changes)
    return replace(graph, ops=tuple(ops))


def with_options(graph, **changes):
    return with_op(graph, options=replace(graph.ops[0].options, **changes))


def with_tensor(graph, index, **changes):
    tensors = list(graph.tensors)
    tensors[index] = replace(tensors[index], **changes)
    return replace(graph, tensors=tuple(tensors))


def only_last(graph):
    """The graph without the operators that make what the last one reads."""
    return replace(graph, ops=(replace(graph.ops[-1], index=0),))


def scaled(*scales, zero_point=0, axis=0):
    return Quantization(scales, (zero_point,) * len(scales), axis)


@pytest.mark.parametrize("name", [case.name for case in recorded.cases()])
def test_recorded_models_are_runnable(name):
    check_runnable(graph_named(name))


def test_unknown_operators_are_all_named_with_version_and_index_and_what_does_run():
    graph = graph_named("tiny_cnn_int8")
    graph = with_op(with_op(graph, 1, kind="LSTM"), 3, kind="CUSTOM Blur", version=2)

    with pytest.raises(UnsupportedModelError) as caught:
        check_runnable(graph)
    assert "LSTM #1 (version 2; Keras: LSTM) does not run here; " in str(caught.value)
    assert "CUSTOM Blur #3 (version 2) does not run here: " in str(caught.value)
    assert "These run: ADD, AVERAGE_POOL_2D, CONCATENATION, CONV_2D" in str(caught.value)


@pytest.mark.parametrize("kind", sorted(set(VERSIONS) - {"TILE"}))  # TFLM records none
def test_a_later_version_is_refused(kind):
    case = next(
        case
        for case in recorded.cases()
        if any(op.kind == kind for op in load_model(case.content).graph.ops)
    )
    graph = load_model(case.content).graph
    (position, *_) = (op.index for op in graph.ops if op.kind == kind)
    version = VERSIONS[kind] + 1

    with pytest.raises(
        UnsupportedModelError,
        match=rf"{kind} #{position} \(version {version}\): versions 1 to {version - 1} run here",
    ):
        check_runnable(with_op(graph, position, version=version))


CONV, FC = "conv_2d_same", "fully_connected_per_channel"
WRONG = {
    "float activations": (
        lambda: with_tensor(graph_named(CONV), 2, dtype="float32"),
        r"CONV_2D #0 \(version 3\): its result 't2' is float32, and only int8 models run here",
    ),
    "batch": (
        lambda: with_tensor(graph_named("relu6"), 0, shape=(2, 5, 3, 4)),
        r"shape \[2, 5, 3, 4\] does not begin with batch 1; convert the model with batch size 1",
    ),
    "no scale": (
        lambda: with_tensor(graph_named(CONV), 0, quantization=None),
        "tensor 0 of shape .* needs exactly one scale",
    ),
    "two scales": (
        lambda: with_tensor(graph_named(CONV), 0, quantization=scaled(1.0, 1.0)),
        "needs exactly one scale",
    ),
    "scale of zero": (
        lambda: with_tensor(graph_named(CONV), 2, quantization=scaled(0.0)),
        "has scale 0",
    ),
    "zero point": (
        lambda: with_tensor(graph_named(CONV), 2, quantization=scaled(0.1, zero_point=200)),
        "zero point outside int8",
    ),
    "weights zero point": (
        lambda: with_tensor(graph_named(CONV), 1, quantization=scaled(0.1, zero_point=3)),
        "need zero points of 0",
    ),
    "weights axis": (
        lambda: with_tensor(graph_named(CONV), 1, quantization=scaled(0.1, 0.2, 0.3, axis=1)),
        "a scale per index of dimension 1; 0 runs here",
    ),
    "factor": (
        lambda: with_tensor(graph_named(CONV), 1, quantization=scaled(1e30)),
        r"CONV_2D #0 .*factor .* cannot be written",
    ),
    "grouped convolution": (
        lambda: with_tensor(graph_named(CONV), 0, shape=(1, 9, 9, 10)),
        "filters have 5 channels and its input 10 .grouped convolutions",
    ),
    "output shape": (
        lambda: with_tensor(graph_named(CONV), 2, shape=(1, 9, 8, 8)),
        r"should have shape \[1, 9, 9, 8\], and the file says \[1, 9, 8, 8\]",
    ),
    "filter too large": (
        lambda: with_options(
            with_tensor(graph_named(CONV), 0, shape=(1, 2, 9, 5)), padding="VALID"
        ),
        "filter is larger than its input",
    ),
    "dilation": (
        lambda: with_options(graph_named(CONV), dilation_height=2**30),
        r"filter of \[3, 3\] reaches over \[2147483649, 3\] pixels",
    ),
    "bias": (
        lambda: with_tensor(graph_named(CONV), 3, data=np.zeros(7, np.int32), shape=(7,)),
        r"its bias is int32 \[7\]; int32 \[8\] runs here",
    ),
    "computed weights": (
        lambda: with_tensor(graph_named(CONV), 1, data=None),
        "input 1 is computed; here it must be a constant",
    ),
    "constant input": (
        lambda: with_tensor(graph_named("relu6"), 0, data=np.zeros((1, 5, 3, 4), np.int8)),
        "its input 0 is a constant",
    ),
    "depth multiplier": (
        lambda: with_options(graph_named("depthwise_multiplier_3"), depth_multiplier=2),
        "6 filters do not fit 2 input channels times depth multiplier 2",
    ),
    "fully connected inputs": (
        lambda: with_tensor(graph_named(FC), 0, shape=(1, 47)),
        "reads 47 values with weights for 48",
    ),
    "pool scales": (
        lambda: with_tensor(
            graph_named("max_pool_2d_same"), 1, quantization=scaled(0.05, zero_point=-3)
        ),
        "must have one scale and zero point",
    ),
    "mean over the batch": (
        lambda: with_tensor(graph_named("mean_height_width"), 1, data=np.array([0, 1], np.int32)),
        "must leave the batch",
    ),
    "mean axes": (
        lambda: with_tensor(graph_named("mean_height_width"), 1, data=np.array([1, 9], np.int32)),
        r"axes \[1, 9\] do not exist",
    ),
    "added shapes": (
        lambda: with_tensor(graph_named("mul"), 0, shape=(1, 5, 2, 4)),
        r"should have shape|combines shapes \[1, 5, 2, 4\] and \[1, 5, 3, 4\], which do not fit",
    ),
    "five axes repeated": (
        lambda: with_tensor(
            with_tensor(graph_named("add_constant"), 0, shape=(1, 1, 5, 3, 4)),
            2,
            shape=(1, 1, 5, 3, 4),
        ),
        r"combines shapes \[1, 1, 5, 3, 4\] and \[4\]; unequal shapes run with up to 4 axes",
    ),
    "two constants": (
        lambda: with_tensor(graph_named("add_constant"), 0, data=np.zeros((1, 5, 3, 4), np.int8)),
        r"ADD #0 .*: both of its inputs are constants",
    ),
    "constant of another type": (
        lambda: with_tensor(
            graph_named("mul_constant"), 1, dtype="int32", data=np.zeros(4, np.int32)
        ),
        r"MUL #0 .*: tensor 1 of shape \[4\] is int32; int8 runs here",
    ),
    "difference that is too fine": (
        lambda: with_tensor(graph_named("sub"), 2, quantization=scaled(1e-8)),
        r"SUB #1 .*Inputs of scales .* over 500,000 times smaller",
    ),
    "reshape": (
        lambda: with_tensor(graph_named("reshape"), 2, shape=(1, 23)),
        r"\[1, 3, 4, 2\] cannot become \[1, 23\]; where .* keras.Input\(\.\.\., batch_size=1\)\.",
    ),
    "softmax output": (
        lambda: with_tensor(
            graph_named("softmax"), 1, quantization=scaled(1 / 128, zero_point=-128)
        ),
        "must have scale 1/256 and zero point -128",
    ),
    "logistic output": (
        lambda: with_tensor(
            graph_named("logistic"), 1, quantization=scaled(1 / 256, zero_point=-127)
        ),
        "LOGISTIC #0 .*: its output must have scale 1/256 and zero point -128",
    ),
    "tanh output": (
        lambda: with_tensor(graph_named("tanh"), 1, quantization=scaled(1 / 256)),
        "TANH #0 .*: its output must have scale 1/128 and zero point 0",
    ),
    "tanh input": (
        lambda: with_tensor(graph_named("tanh"), 0, quantization=scaled(2.0**30)),
        r"TANH #0 .*cannot be computed in Q4\.27",
    ),
    "joined shapes": (
        lambda: with_op(
            graph_named("concatenation_rows"), 1, options=ConcatenationOptions(-1, "NONE")
        ),
        r"shapes \[1, 4, 3, 2\], \[1, 2, 3, 2\] cannot be joined along axis 3",
    ),
    "joined ranks": (  # without the axis both have the same extents
        lambda: only_last(with_tensor(graph_named("concatenation"), 2, shape=(1, 4, 3))),
        r"shapes .*\[1, 4, 3\] cannot be joined along axis 3",
    ),
    "joined scales": (
        lambda: with_tensor(graph_named("concatenation"), 3, quantization=scaled(0.05)),
        "CONCATENATION #2 .*: its input and output must have one scale and zero point",
    ),
    "joined axis": (
        lambda: with_op(graph_named("concatenation"), 2, options=ConcatenationOptions(4, "NONE")),
        "CONCATENATION #2 .*: its axis 4 does not exist",
    ),
    "joined and activated": (
        lambda: with_op(graph_named("concatenation"), 2, options=ConcatenationOptions(3, "RELU")),
        "CONCATENATION #2 .*: it ends in an activation",
    ),
    "negative slope": (
        lambda: with_options(graph_named("leaky_relu"), alpha=-0.5),
        r"LEAKY_RELU #0 .*: its slope below 0 is -0\.5; 0 and more run here",
    ),
    "hard swish output": (
        lambda: with_tensor(graph_named("hard_swish"), 1, quantization=scaled(1e-4)),
        "HARD_SWISH #0 .*: its output scale 0.0001 is below 1/128 of its input's",
    ),
    "hard swish input": (
        lambda: with_tensor(graph_named("hard_swish"), 0, quantization=scaled(2.0**-27)),
        "HARD_SWISH #0 .*: The factor .* cannot be applied to 16-bit integers",
    ),
    "softmax input": (
        lambda: with_tensor(graph_named("softmax"), 0, quantization=scaled(2.0**-27)),
        r"SOFTMAX #0 .*cannot be computed in Q5\.26",
    ),
    "pad": (
        lambda: with_tensor(
            graph_named("pad"),
            1,
            data=np.array([[1, 0], [0, 0], [0, 0], [0, 0]], np.int32),
        ),
        "pads the batch, or takes away",
    ),
    "dequantized type": (
        lambda: with_tensor(graph_named("quantize_dequantize_float32"), 2, dtype="float16"),
        "it makes float16",
    ),
    "two outputs": (
        lambda: replace(graph_named("relu6"), outputs=(0, 1)),
        r"inputs of this one: 1, outputs: 2. In Keras, Concatenate makes one output",
    ),
    "input is output": (
        lambda: replace(graph_named("relu6"), outputs=(0,)),
        "output is not computed by any of its operators",
    ),
    "too many inputs": (
        lambda: with_op(graph_named("relu6"), inputs=(0, 0)),
        r"RELU6 #0 \(version 2\): it reads 2 tensors",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_run_is_refused_with_the_reason(name):
    make, message = WRONG[name]

    with pytest.raises(UnsupportedModelError, match=message):
        check_runnable(make())


def test_a_graph_without_operators_is_refused():
    graph = replace(graph_named("relu6"), ops=())

    with pytest.raises(UnsupportedModelError, match=r"no operators .* at least one layer"):
        check_runnable(graph)


def test_an_operator_that_is_not_known_has_no_options():
    unknown = Op(0, "LSTM", 1, (0,), (1,), None)

    with pytest.raises(UnsupportedModelError, match=r"LSTM #0 \(version 1; Keras: LSTM\)"):
        check_runnable(replace(graph_named("relu6"), ops=(unknown,)))
