"""The table of a function of one code against TensorFlow Lite Micro, on all 256 codes."""

import numpy as np
import pytest
from oracle_mark import NO_ORACLE

from tinymledu.graph.oracle import Oracle, tflm_available
from tinymledu.graph.reference import Interpreter
from tinymledu.graph.tflite import load_model

if not tflm_available():
    pytest.skip(NO_ORACLE, allow_module_level=True)

import elementwise_models as em

N_MODELS = 400
CODES = np.arange(-128, 128, dtype=np.int8).reshape(em.ALL_CODES)


def zero_point(rng):
    return int(rng.choice([-128, 0, 127, rng.integers(-128, 128)]))


def assert_table_equals_tflm(content):
    model = load_model(content)

    np.testing.assert_array_equal(
        Interpreter(model).run(CODES), Oracle(model).run(CODES), str(model.graph.tensors)
    )


@pytest.mark.parametrize("kind", ["LOGISTIC", "TANH"])
def test_table_equals_tflm_at_every_scale(kind):
    rng = np.random.default_rng(5)
    for exponent in np.linspace(-27.9, 29.9, N_MODELS):
        scale = float(np.float32(2**exponent))
        assert_table_equals_tflm(em.function_of_one(kind, scale=scale, zero_point=zero_point(rng)))


def test_leaky_relu_equals_tflm_at_every_ratio_of_scales_and_slope():
    rng = np.random.default_rng(6)
    for exponent in np.linspace(-20, 12, N_MODELS):
        scale = float(2 ** rng.uniform(-9, 1))
        assert_table_equals_tflm(
            em.function_of_one(
                "LEAKY_RELU",
                scale=scale,
                zero_point=zero_point(rng),
                output=(float(scale / 2**exponent), zero_point(rng)),
                alpha=float(rng.choice([0.0, 0.01, 0.3, 1.0, rng.uniform(0, 3)])),
            )
        )


def test_hard_swish_equals_tflm_at_every_scale():
    rng = np.random.default_rng(7)
    for exponent in np.linspace(-20, 12, N_MODELS):
        scale = float(2**exponent)
        assert_table_equals_tflm(
            em.function_of_one(
                "HARD_SWISH",
                scale=scale,
                zero_point=zero_point(rng),
                output=(float(scale * 2 ** rng.uniform(-6.9, 8)), zero_point(rng)),
            )
        )


def test_elu_equals_tflm_at_every_scale():
    rng = np.random.default_rng(8)
    for exponent in np.linspace(-20, 12, N_MODELS):
        scale = float(2**exponent)
        assert_table_equals_tflm(
            em.function_of_one(
                "ELU",
                scale=scale,
                zero_point=zero_point(rng),
                output=(float(2 ** rng.uniform(-12, 4)), zero_point(rng)),
            )
        )


@pytest.mark.parametrize("kind", ["ELU", "NEG", "SQUARE", "SPLIT"])
def test_what_lies_between_dequantize_and_quantize_equals_tflm_at_every_scale(kind):
    rng = np.random.default_rng(9)
    for exponent in np.linspace(-15, 4, N_MODELS):
        assert_table_equals_tflm(
            em.in_float(
                kind,
                scale=float(2**exponent),
                zero_point=zero_point(rng),
                output=(float(2 ** (exponent + rng.uniform(-10, 4))), zero_point(rng)),
            )
        )
