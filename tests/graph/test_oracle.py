import importlib
import importlib.util
import os
from pathlib import Path

import numpy as np
import pytest
import recorded
from oracle_mark import NO_ORACLE, needs_oracle

from tinymledu.errors import MissingToolError, UnsupportedModelError
from tinymledu.graph import oracle
from tinymledu.graph.oracle import Oracle, oracle_name, tflm_available
from tinymledu.graph.reference import Interpreter
from tinymledu.graph.tflite import load_model

REAL_MODELS = ("kws_ref_model", "pretrainedResnet_quant", "vww_96_int8")
REAL_FOLDER = os.environ.get("TINYMLEDU_REAL_MODELS")
KINDS = (
    "add",
    "average_pool_2d",
    "conv_2d",
    "depthwise_conv_2d",
    "float_ends",
    "fully_connected",
    "max_pool_2d",
    "mean",
    "pad",
    "quantize",
    "relu",
    "relu6",
    "softmax",
)
N_RANDOM_INPUTS = 8

needs_real_models = pytest.mark.skipif(
    REAL_FOLDER is None,
    reason=f"TINYMLEDU_REAL_MODELS names no folder with {', '.join(REAL_MODELS)} (.tflite)",
)


def random_inputs(tensor, rng, n):
    shape = (n, *tensor.shape[1:])
    if tensor.dtype == "float32":
        return rng.normal(0, 6, shape).astype(np.float32)
    return rng.integers(-128, 128, shape, np.int8)


def assert_equal_on_random_models(kind, seeds):
    random_models = pytest.importorskip("random_models", reason=NO_ORACLE)
    for seed in seeds:
        rng = np.random.default_rng(seed)
        model = load_model(random_models.RANDOM_MODELS[kind](rng), name=f"{kind} {seed}")
        inputs = random_inputs(model.graph.input, rng, N_RANDOM_INPUTS)

        np.testing.assert_array_equal(
            Interpreter(model).run(inputs), Oracle(model).run(inputs), err_msg=model.name
        )


@needs_oracle
@pytest.mark.parametrize("kind", KINDS)
def test_interpreter_equals_tflite_micro_on_random_models(kind):
    assert_equal_on_random_models(kind, range(10))


@needs_oracle
@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_interpreter_equals_tflite_micro_on_many_random_models(kind):
    assert_equal_on_random_models(kind, range(10, 500))


@needs_oracle
def test_the_installed_oracle_computes_what_was_recorded():
    for case in recorded.cases():
        codes = Oracle(load_model(case.content)).run(case.inputs)

        np.testing.assert_array_equal(codes, case.expected, err_msg=case.name)


@needs_oracle
@needs_real_models
@pytest.mark.parametrize("name", REAL_MODELS)
def test_interpreter_equals_tflite_micro_on_published_models(name):
    model = load_model(Path(str(REAL_FOLDER)) / f"{name}.tflite")
    inputs = random_inputs(model.graph.input, np.random.default_rng(1), 100)

    np.testing.assert_array_equal(Interpreter(model).run(inputs), Oracle(model).run(inputs))


@needs_oracle
@needs_real_models
@pytest.mark.parametrize("name", REAL_MODELS)
def test_every_tensor_inside_published_models_equals_tflite_micro(name):
    runtime = importlib.import_module("tflite_micro.python.tflite_micro.runtime")
    model = load_model(Path(str(REAL_FOLDER)) / f"{name}.tflite")
    inputs = random_inputs(model.graph.input, np.random.default_rng(5), 5)
    interpreter = runtime.Interpreter.from_bytes(
        model.content,
        arena_size=8 * 1024**2,
        intrepreter_config=runtime.InterpreterConfig.kPreserveAllTensors,
    )
    activations = Interpreter(model).activations(inputs)

    for position, codes in enumerate(inputs):
        interpreter.set_input(codes[np.newaxis], 0)
        interpreter.invoke()
        for index, computed in activations.items():
            expected = interpreter.GetTensor(index, 0)["tensor_data"]
            np.testing.assert_array_equal(computed[position].ravel(), expected.ravel())


@needs_oracle
def test_oracle_refuses_a_float_model_before_the_runtime_sees_it():
    with pytest.raises(UnsupportedModelError, match="only int8 models run here"):
        Oracle(load_model(recorded.model_bytes("tiny_cnn_float32")))


def test_a_missing_oracle_is_named_with_the_command_that_installs_it(monkeypatch):
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        oracle.importlib.util,
        "find_spec",
        lambda name: None if name == "tflite_micro" else find_spec(name),
    )
    model = load_model(recorded.model_bytes("tiny_cnn_int8"))

    assert not tflm_available()
    with pytest.raises(MissingToolError, match=r"3\.11 or 3\.12: make venv\.") as caught:
        Oracle(model)
    assert "Linux x86-64" in str(caught.value)
    assert caught.value.exit_code == 3
    with pytest.raises(MissingToolError):
        oracle_name()


@needs_oracle
def test_an_operator_that_tflite_micro_lacks_is_named_with_its_layer_and_what_to_do():
    structural_models = pytest.importorskip("structural_models", reason=NO_ORACLE)
    model = load_model(structural_models.tile())

    with pytest.raises(
        UnsupportedModelError,
        match=r"no kernel for TILE #0 \(Keras: UpSampling1D or 2D, .* Conv2DTranspose and Resizing",
    ):
        Oracle(model)
