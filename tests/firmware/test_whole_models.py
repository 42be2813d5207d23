"""Whole models: two of them in one program, and the published ones where they are at hand."""

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
import recorded
from host_program import (
    SANITIZED,
    build_host_program,
    compile_c,
    needs_compiler,
    recorded_model,
    write_sources,
)
from oracle_mark import needs_oracle

from tinymledu.codegen.emit import generate_c
from tinymledu.graph.oracle import Oracle
from tinymledu.graph.tflite import load_model

pytestmark = needs_compiler

REAL_MODELS = ("kws_ref_model", "pretrainedResnet_quant", "vww_96_int8")
N_INPUTS = 100


def test_two_models_in_one_program_do_not_touch_each_other(tmp_path):
    cases = [recorded.cases(name)[0] for name in ("tiny_cnn_int8", "tiny_residual_int8")]
    sources = [
        generate_c(recorded_model(case.name), c_name=f"m{k}") for k, case in enumerate(cases)
    ]
    write_sources(sources, tmp_path)
    main = Path(__file__).with_name("two_models.c")
    program = tmp_path / "program"
    compile_c([*SANITIZED, *sorted(tmp_path.glob("*.c")), main, "-o", program], tmp_path)
    inputs = [case.inputs[5].tobytes() for case in cases]

    result = subprocess.run([program], input=b"".join(inputs), capture_output=True, check=True)

    expected = [case.expected[5].tobytes() for case in cases]
    assert result.stdout == b"".join(expected)


@pytest.mark.slow
@pytest.mark.skipif(
    "TINYMLEDU_REAL_MODELS" not in os.environ,
    reason="TINYMLEDU_REAL_MODELS does not name a folder with the MLPerf Tiny models",
)
@needs_oracle
@pytest.mark.parametrize("name", REAL_MODELS)
def test_published_model_equals_tflm(name, tmp_path):
    model = load_model(Path(os.environ["TINYMLEDU_REAL_MODELS"]) / f"{name}.tflite")
    program = build_host_program([model], tmp_path, flags=["-O2"])
    shape = (N_INPUTS, *model.graph.input.shape[1:])
    inputs = np.random.default_rng(1).integers(-128, 128, shape, np.int8)

    outputs = program.run(model.name, inputs)

    np.testing.assert_array_equal(outputs, Oracle(model).run(inputs))
