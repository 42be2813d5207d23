"""The 16x8 kernels in C against TensorFlow Lite Micro itself; see test_kernel_sweep.py."""

import numpy as np
import pytest
from host_program import build_host_program, needs_compiler
from oracle_mark import NO_ORACLE

from tinymledu.codegen.emit import generate_c
from tinymledu.errors import QuantizationError
from tinymledu.graph.oracle import Oracle, tflm_available
from tinymledu.graph.tflite import load_model

if not tflm_available():
    pytest.skip(NO_ORACLE, allow_module_level=True)

import operator_models as om
import random_models
from int16_models import with_int16_activations

pytestmark = needs_compiler

N_MODELS = 40  # for each kind below
N_INPUTS = 6
KINDS = (
    "average_pool_2d",
    "conv_2d",
    "depthwise_conv_2d",
    "fully_connected",
    "max_pool_2d",
)


@pytest.mark.parametrize("kind", KINDS)
def test_kernel_equals_tflite_micro_on_random_models(kind, tmp_path):
    rng = np.random.default_rng(30)
    contents = [random_models.RANDOM_MODELS[kind](rng) for _ in range(N_MODELS)]
    models = [
        load_model(with_int16_activations(content), name=f"{kind}_{k}")
        for k, content in enumerate(contents)
    ]
    program = build_host_program(models, tmp_path)

    for model in models:
        codes = rng.integers(-(2**15), 2**15, (N_INPUTS, *model.graph.input.shape[1:]), np.int16)
        codes[0], codes[1] = -(2**15), 2**15 - 1

        outputs = program.run(model.name, codes)
        np.testing.assert_array_equal(outputs, Oracle(model).run(codes), model.name)


def test_a_factor_beyond_the_arithmetic_is_refused():
    content = om.convolution(np.random.default_rng(1), factors=(2.0**9,) * 4, bias="none")
    model = load_model(with_int16_activations(content))

    with pytest.raises(QuantizationError, match=r"CONV_2D #0 .* shifts up to 7"):
        generate_c(model)
