"""Every kernel against what TensorFlow Lite Micro computed, under the sanitizers."""

import numpy as np
import pytest
import recorded
from host_program import (
    OPTIMISE,
    HostProgram,
    build_host_program,
    needs_compiler,
    recorded_model,
)

pytestmark = needs_compiler

FLOAT_ENDS = "quantize_dequantize_float32"


@pytest.fixture(scope="module")
def program(tmp_path_factory) -> HostProgram:
    models = [recorded_model(case.name) for case in recorded.cases()]
    return build_host_program(models, tmp_path_factory.mktemp("recorded"))


@pytest.mark.parametrize("optimise", OPTIMISE)
@pytest.mark.parametrize("case", recorded.cases(), ids=lambda case: case.name)
def test_generated_c_equals_tflm(case, optimise, program):
    outputs = program.run(case.name, case.inputs, optimise)

    np.testing.assert_array_equal(outputs, case.expected)


def test_float_input_beyond_any_code_saturates_and_nan_counts_as_zero(program):
    # scale 0.0471 (as float32), zero point -5: codes -128 and 127 stand for -123 and 132 scales.
    shape = recorded_model(FLOAT_ENDS).graph.input.shape
    scale = np.float32(0.0471)
    largest = np.finfo(np.float32).max
    inputs = np.zeros(shape, np.float32)
    inputs[0, :7] = [largest, -largest, np.inf, -np.inf, np.nan, 1e9, -1e9]

    outputs = program.run(FLOAT_ENDS, inputs)

    low, high = scale * np.float32(-123), scale * np.float32(132)
    np.testing.assert_array_equal(outputs[0, :7], [high, low, high, low, 0, high, low])


def test_float_input_halfway_between_codes_rounds_away_from_zero(program):
    scale = np.float32(0.0471)  # 0.5 and -0.5 times it, divided by it again, are exact
    inputs = np.zeros(recorded_model(FLOAT_ENDS).graph.input.shape, np.float32)
    inputs[0, :3] = np.float32([0.5, -0.5, 0.49999997]) * scale

    outputs = program.run(FLOAT_ENDS, inputs)

    np.testing.assert_array_equal(outputs[0, :3], np.float32([1, -1, 0]) * scale)
