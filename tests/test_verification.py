import os
from pathlib import Path

import pytest
import recorded
from oracle_mark import needs_oracle

from tinymledu.boards import board
from tinymledu.boards.catalog import board_names
from tinymledu.errors import InputError
from tinymledu.graph.tflite import load_model
from tinymledu.verification import constant_inputs, random_inputs, verify

REAL_FOLDER = os.environ.get("TINYMLEDU_REAL_MODELS")
REAL_MODELS = ("kws_ref_model", "pretrainedResnet_quant")

needs_real_models = pytest.mark.skipif(
    REAL_FOLDER is None,
    reason=f"TINYMLEDU_REAL_MODELS names no folder with {', '.join(REAL_MODELS)} (.tflite)",
)


@needs_oracle
@pytest.mark.parametrize("name", ["tiny_cnn_int8", "tiny_cnn_int8_float_ends"])
def test_machine_code_of_a_small_model_is_tflite_micro_to_the_bit(name):
    model = load_model(recorded.model_bytes(name))

    found = verify(model, board("nano33ble"), n_inputs=20, seed=1)

    assert found.oracle.startswith("tflite-micro 0.dev")
    assert found.values == (20 + 3) * model.graph.output.n_elements
    assert (found.inputs, found.mismatches) == (20 + 3, 0)  # three constant ones


@pytest.mark.parametrize(
    ("name", "lowest", "highest"),
    [("conv_2d_same", -128, 127), ("int16_conv_2d_relu6", -32_768, 32_767)],
)
def test_inputs_reach_both_ends_of_the_codes(name, lowest, highest):
    tensor = load_model(recorded.model_bytes(name)).graph.input
    constant = constant_inputs(tensor)
    random = random_inputs(tensor, 200, seed=1)

    assert constant.dtype == random.dtype == tensor.dtype
    assert [set(each.ravel().tolist()) for each in constant] == [{lowest}, {highest}, {0}]
    spread = (highest - lowest) / 100
    assert random.min() < lowest + spread
    assert random.max() > highest - spread


@needs_oracle
def test_machine_code_with_int16_activations_is_tflite_micro_to_the_bit():
    model = load_model(recorded.model_bytes("int16_conv_2d_relu6"))

    assert verify(model, board("nano33ble"), n_inputs=20, seed=1).mismatches == 0


@needs_oracle
def test_at_least_one_input_is_compared():
    model = load_model(recorded.model_bytes("tiny_cnn_int8"))

    with pytest.raises(InputError, match=r"At least one input is needed to compare, not 0"):
        verify(model, board("nano33ble"), n_inputs=0)


@needs_oracle
def test_negative_seed_is_refused():
    model = load_model(recorded.model_bytes("tiny_cnn_int8"))

    with pytest.raises(InputError, match=r"seed is -1; give 0 or a positive integer"):
        verify(model, board("nano33ble"), seed=-1)


@pytest.mark.slow
@needs_oracle
@needs_real_models
@pytest.mark.parametrize("name", REAL_MODELS)
def test_machine_code_of_mlperf_tiny_models_is_tflite_micro_to_the_bit(name):
    model = load_model(Path(REAL_FOLDER) / f"{name}.tflite")

    found = verify(model, board("nano33ble"), n_inputs=100, seed=1)

    assert (found.inputs, found.mismatches) == (100 + 3, 0)


@pytest.mark.slow
@needs_oracle
@needs_real_models
@pytest.mark.parametrize("name", [n for n in board_names() if board(n).executable])
def test_every_board_runs_a_mlperf_tiny_model_to_the_bit(name):
    model = load_model(Path(REAL_FOLDER) / "kws_ref_model.tflite")

    assert verify(model, board(name), n_inputs=10, seed=2).mismatches == 0
