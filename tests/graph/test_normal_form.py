import numpy as np
import pytest
import recorded
from oracle_mark import NO_ORACLE, needs_oracle

from tinymledu.graph.flatbuffer import FlatbufferReader
from tinymledu.graph.ir import Graph, NoOptions, Op
from tinymledu.graph.normal_form import in_normal_form
from tinymledu.graph.oracle import Oracle
from tinymledu.graph.reference import Interpreter
from tinymledu.graph.tflite import load_model


def normal(kind, inputs, version=1):
    op = Op(0, kind, version, inputs, (9,), NoOptions())
    (result,) = in_normal_form(Graph((), (op,), (), ())).ops
    return result.kind, result.version, result.inputs


@pytest.mark.parametrize(
    ("kind", "inputs", "version", "expected"),
    [
        ("RESHAPE", (3, 4), 1, ("RESHAPE", 1, (3,))),
        ("RESHAPE", (3,), 1, ("RESHAPE", 1, (3,))),
        ("EXPAND_DIMS", (3, 4), 1, ("RESHAPE", 1, (3,))),
        ("SQUEEZE", (3,), 2, ("RESHAPE", 1, (3,))),
        ("TRANSPOSE_CONV", (1, 2, 3), 2, ("TRANSPOSE_CONV", 2, (3, 2))),
        ("TRANSPOSE_CONV", (1, 2, 3, 4), 3, ("TRANSPOSE_CONV", 3, (3, 2, 4))),
        ("CONV_2D", (1, 2, 3), 3, ("CONV_2D", 3, (1, 2, 3))),
        ("EXPAND_DIMS", (), 1, ("EXPAND_DIMS", 1, ())),
    ],
)
def test_the_activation_comes_first_and_shapes_are_left_out(kind, inputs, version, expected):
    assert normal(kind, inputs, version) == expected


@needs_oracle
def test_a_vector_without_batch_is_one_of_batch_1_and_equals_tflite_micro():
    structural_models = pytest.importorskip("structural_models", reason=NO_ORACLE)
    model = load_model(structural_models.another_shape("SQUEEZE", (1, 1, 6), (6,), [0, 1]))
    codes = np.random.default_rng(3).integers(-128, 128, (4, 1, 6), np.int8)

    assert model.graph.output.shape == (1, 6)
    np.testing.assert_array_equal(Interpreter(model).run(codes), Oracle(model).run(codes))


def test_keras_layers_for_sequences_with_an_open_batch_equal_tflite_micro():
    (case,) = recorded.cases("tiny_conv1d_open_batch_int8")
    kinds = {op.kind for op in FlatbufferReader(case.content).graph().ops}
    model = load_model(case.content)

    assert "EXPAND_DIMS" in kinds
    assert {op.kind for op in model.graph.ops} == kinds - {"EXPAND_DIMS"}
    np.testing.assert_array_equal(Interpreter(model).run(case.inputs), case.expected)


@needs_oracle
@pytest.mark.parametrize(
    ("kind", "before", "after", "axes"),
    [
        ("EXPAND_DIMS", (1, 5, 3), (1, 1, 5, 3), [1]),
        ("EXPAND_DIMS", (1, 5, 3), (1, 5, 3, 1), [-1]),
        ("SQUEEZE", (1, 1, 5, 3), (1, 5, 3), [1]),
        ("SQUEEZE", (1, 5, 1, 1), (1, 5), [2, -1]),
    ],
)
def test_expand_dims_and_squeeze_equal_tflite_micro(kind, before, after, axes):
    structural_models = pytest.importorskip("structural_models", reason=NO_ORACLE)
    model = load_model(structural_models.another_shape(kind, before, after, axes))
    codes = np.random.default_rng(3).integers(-128, 128, (4, *before[1:]), np.int8)

    np.testing.assert_array_equal(Interpreter(model).run(codes), Oracle(model).run(codes))
