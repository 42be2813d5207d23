from dataclasses import replace

import numpy as np
import pytest
import recorded
from oracle_mark import NO_ORACLE
from tflite.utils import BUILTIN_OPCODE2NAME

from tinymledu.errors import UnsupportedModelError
from tinymledu.graph.ir import Op, Quantization
from tinymledu.graph.operators import VERSIONS, check_runnable
from tinymledu.graph.refusals import LATER_VERSIONS, REFUSALS, refused
from tinymledu.graph.tflite import load_model


def refusal_of(graph):
    with pytest.raises(UnsupportedModelError) as caught:
        check_runnable(graph)
    return str(caught.value)


def graph_of(*kinds, version=1):
    """relu6's graph, its operator replaced."""
    graph = load_model(recorded.model_bytes("relu6")).graph
    ops = tuple(Op(index, kind, version, (0,), (1,), None) for index, kind in enumerate(kinds))
    return replace(graph, ops=ops)


def with_output(name, **changes):
    graph = load_model(recorded.model_bytes(name)).graph
    tensors = list(graph.tensors)
    tensors[graph.output.index] = replace(graph.output, **changes)
    return replace(graph, tensors=tuple(tensors))


def test_the_table_is_of_operators_that_exist_and_do_not_run():
    assert len(REFUSALS) >= 40
    assert set(REFUSALS) <= set(BUILTIN_OPCODE2NAME.values())
    assert not set(REFUSALS) & set(VERSIONS)
    assert set(LATER_VERSIONS) <= set(VERSIONS)


@pytest.mark.parametrize("kind", REFUSALS)
def test_each_refusal_names_the_operator_the_layer_and_what_to_build(kind):
    text = refusal_of(graph_of(kind, version=3))
    sentence, _, running = text.partition(". These run: ADD, ")

    assert sentence.startswith(f"{kind} #0 (version 3; Keras: {REFUSALS[kind].keras}) does not run")
    assert sentence.endswith(f"; {REFUSALS[kind].instead}")
    assert "CONV_2D" in running
    assert "\n" not in text
    assert "{" not in text
    assert ".." not in text.replace("...", "")


def test_a_recurrent_network_is_told_of_a_convolution():
    text = refusal_of(graph_of("RELU6", "UNIDIRECTIONAL_SEQUENCE_LSTM"))

    assert text.startswith(
        "UNIDIRECTIONAL_SEQUENCE_LSTM #1 (version 1; Keras: LSTM) does not run here; LSTM, GRU "
        "and SimpleRNN with unroll=True run in a model of keras.Input(..., batch_size=1)"
    )


def test_an_operator_that_occurs_often_is_explained_once():
    text = refused(graph_of("EXP", "GELU", "EXP", "EXP", "EXP", "EXP").ops)

    assert text.startswith("EXP #0, #2, #3 and 2 more (version 1; Keras: activation 'softplus', ")
    assert text.count("EXP") == 1
    assert "GELU #1 (version 1; Keras: activation 'gelu') does not run here" in text


def test_after_four_kinds_the_others_are_only_named():
    text = refused(graph_of("LOG", "GELU", "WHILE", "EXP", "ABS", "ABS", "DIV").ops)

    assert text.endswith(" Nor do ABS #4, #5 (version 1), DIV #6 (version 1).")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (
            "CUSTOM FlexErf",
            "'Erf' is an operator of TensorFlow that TensorFlow Lite lacks; convert",
        ),
        ("CUSTOM Blur", "nothing in the file says what a custom operator computes; leave it out"),
        ("STABLEHLO_ADD", r"STABLEHLO_ADD #0 (version 1) does not run here. These run: "),
    ],
)
def test_operators_that_no_table_can_list_are_named(kind, words):
    text = refusal_of(graph_of(kind))

    assert text.startswith(f"{kind} #0 (version 1) does not run here")
    assert words in text


@pytest.mark.parametrize(
    ("graph", "words"),
    [
        (load_model(recorded.model_bytes("tiny_cnn_float32")).graph, "float32, and only int8"),
        (load_model(recorded.model_bytes("tiny_cnn_float16")).graph, "makes one."),
        (
            load_model(recorded.model_bytes("tiny_cnn_dynamic")).graph,
            "a dynamic-range model has int8 weights and float32 activations; quantize(model, ",
        ),
        (
            with_output("relu6", dtype="uint8"),
            "is uint8, and only int8 models run here; uint8 comes",
        ),
        (with_output("relu6", dtype="int64"), "int64 comes from counting or comparing; leave it"),
    ],
    ids=["float32", "float16", "dynamic", "uint8", "int64"],
)
def test_other_numbers_than_int8_are_refused_with_where_they_come_from(graph, words):
    text = refusal_of(graph)

    assert "and only int8 models run here" in text
    assert words in text


def test_a_layer_that_the_converter_left_in_float32_is_not_told_to_be_quantized():
    graph = load_model(recorded.model_bytes("tiny_cnn_int8")).graph
    tensors = list(graph.tensors)
    index = graph.ops[1].outputs[0]
    tensors[index] = replace(tensors[index], dtype="float32")

    text = refusal_of(replace(graph, tensors=tuple(tensors)))

    assert "converter left it in float32; its name tells the Keras layer, to be replaced" in text


def test_relu6_in_another_scale_is_refused_with_what_runs():
    graph = load_model(recorded.model_bytes("relu6")).graph
    output = replace(graph.output, quantization=Quantization((0.5,), (0,)))
    tensors = [output if tensor is graph.output else tensor for tensor in graph.tensors]

    text = refusal_of(replace(graph, tensors=tuple(tensors)))

    assert text.endswith("; ReLU(max_value=6) (Keras) right after a layer with weights runs.")


def test_a_uint8_input_is_refused_with_the_setting_that_makes_it():
    graph = load_model(recorded.model_bytes("quantize_int8_to_int8")).graph
    tensors = list(graph.tensors)
    tensors[0] = replace(tensors[0], dtype="uint8")

    text = refusal_of(replace(graph, tensors=tuple(tensors)))

    assert "is uint8; int8 runs here; uint8 comes from inference_input_type=tf.uint8" in text


def test_a_later_version_is_refused_with_what_it_is_for():
    graph = load_model(recorded.model_bytes("conv_2d_same")).graph
    ops = (replace(graph.ops[0], version=6),)

    text = refusal_of(replace(graph, ops=ops))

    assert text == (
        "CONV_2D #0 (version 6): versions 1 to 3 run here; later ones are for int16 and grouped "
        "convolutions (Keras: Conv2D(groups=...)), instead of which DepthwiseConv2D runs, and "
        "Concatenate of one Conv2D for each group."
    )


@pytest.mark.parametrize("kind", ["UNIDIRECTIONAL_SEQUENCE_LSTM", "SVDF"])
def test_an_operator_with_memory_is_refused_by_name_when_the_file_is_read(kind):
    flatbuffers_of = pytest.importorskip("flatbuffers_of", reason=NO_ORACLE)
    state = flatbuffers_of.activation((1, 4), 0.1, 0)
    tensors = [replace(state), replace(state, is_variable=True), replace(state)]
    content = flatbuffers_of.tflite_bytes(tensors, [flatbuffers_of.OpSpec(kind, (0, 1), 2)])

    with pytest.raises(UnsupportedModelError, match=rf"{kind} #0 \(version 1; Keras: "):
        load_model(content)


def test_a_tensor_with_memory_of_an_operator_that_runs_is_refused_too():
    flatbuffers_of = pytest.importorskip("flatbuffers_of", reason=NO_ORACLE)
    weights = flatbuffers_of.constant(np.ones((1, 4), np.int8), [0.1])
    tensors = [replace(weights, is_variable=True), flatbuffers_of.activation((1, 4), 0.1, 0)]
    content = flatbuffers_of.tflite_bytes(tensors, [flatbuffers_of.OpSpec("RELU", (0,), 1)])

    with pytest.raises(UnsupportedModelError, match="keeps state between runs"):
        load_model(content)
