import hashlib

import numpy as np
import pytest
import recorded

from tinymledu.errors import UnsupportedModelError
from tinymledu.graph.operators import VERSIONS
from tinymledu.graph.reference import Interpreter
from tinymledu.graph.reference_operators import OPERATORS
from tinymledu.graph.tflite import load_model

NOT_IN_TFLM = {"TILE"}  # a copy; tests/firmware compares it with NumPy's
MAX_VECTOR_BYTES = 500_000
VECTOR_SUFFIXES = {".tflite", ".npz", ".json"}


@pytest.mark.parametrize("case", recorded.cases(), ids=lambda case: case.name)
def test_interpreter_equals_tflite_micro(case):
    codes = Interpreter(load_model(case.content)).run(case.inputs)

    assert codes.dtype == case.expected.dtype
    np.testing.assert_array_equal(codes, case.expected)


def test_recorded_models_are_the_ones_the_oracle_ran():
    records = recorded.provenance()
    sums = {name: value for record in records for name, value in record["sha256"].items()}

    assert all(record["oracle"].startswith("tflite-micro 0.dev") for record in records)
    assert sums == {
        name: hashlib.sha256(recorded.model_bytes(name)).hexdigest()
        for name in recorded.model_names()
    }


def test_recorded_vectors_stay_small():
    files = [path for path in recorded.FOLDER.rglob("*") if path.suffix in VECTOR_SUFFIXES]
    n_bytes = sum(path.stat().st_size for path in files)

    assert n_bytes < MAX_VECTOR_BYTES


def test_every_runnable_operator_has_a_function_and_a_recorded_case():
    kinds = {op.kind for case in recorded.cases() for op in load_model(case.content).graph.ops}

    assert set(OPERATORS) == set(VERSIONS)
    assert kinds | NOT_IN_TFLM == set(VERSIONS)


@pytest.mark.parametrize("end", [-128, 127])
@pytest.mark.parametrize(
    "operator", ["conv_2d", "depthwise", "fully_connected", "add", "mean", "softmax", "quantize"]
)
def test_recorded_outputs_reach_both_ends_of_int8(operator, end):
    assert any(np.any(case.expected == end) for case in recorded.cases(operator))


def test_batches_of_any_size_give_the_same_codes():
    (case,) = recorded.cases("tiny_cnn_int8_float_ends")
    interpreter = Interpreter(load_model(case.content))
    interpreter._pictures_at_once = 5

    np.testing.assert_array_equal(interpreter.run(case.inputs), case.expected)
    np.testing.assert_array_equal(interpreter.run(case.inputs[0])[0], case.expected[0])
    assert interpreter.run(case.inputs[:0]).shape == (0, *case.expected.shape[1:])


def test_activations_hold_every_computed_tensor_and_end_in_the_output():
    (case,) = recorded.cases("tiny_residual_int8")
    graph = load_model(case.content).graph

    activations = Interpreter(graph).activations(case.inputs)

    assert set(activations) == {t.index for t in graph.tensors if t.data is None}
    for index, codes in activations.items():
        assert codes.shape == (len(case.inputs), *graph.tensors[index].shape[1:])
    np.testing.assert_array_equal(activations[graph.output.index], case.expected)


@pytest.mark.parametrize("scheme", ["float32", "float16", "dynamic"])
def test_float_models_are_refused_with_what_is_needed(scheme):
    model = load_model(recorded.model_bytes(f"tiny_cnn_{scheme}"))

    with pytest.raises(UnsupportedModelError, match=r"float32, and only int8 .* quantize\("):
        Interpreter(model)
