"""TRANSPOSE_CONV and RESIZE_NEAREST_NEIGHBOR in C against TensorFlow Lite Micro itself.

See test_kernel_sweep.py.
"""

from collections.abc import Callable

import numpy as np
import pytest
from host_program import build_host_program, needs_compiler
from numpy.random import Generator
from oracle_mark import NO_ORACLE

from tinymledu.graph.oracle import Oracle, tflm_available
from tinymledu.graph.reference import Interpreter
from tinymledu.graph.tflite import load_model

if not tflm_available():
    pytest.skip(NO_ORACLE, allow_module_level=True)

import structural_models as sm

pytestmark = needs_compiler

N_MODELS = 60  # for each kind below
N_INPUTS = 10


def transpose_conv(rng: Generator) -> bytes:
    """Pictures, filters and strides from 1 up, with strides above and below the filter."""
    padding = str(rng.choice(["SAME", "VALID"]))
    strides = tuple(int(n) for n in rng.integers(1, 4, 2))
    more = tuple(int(rng.integers(stride)) for stride in strides)
    return sm.transpose_conv(
        rng,
        picture=tuple(int(n) for n in rng.integers(1, 7, 3)),
        filter_shape=tuple(int(n) for n in rng.integers(1, 6, 2)),
        n_filters=int(rng.integers(1, 10)),
        strides=strides,
        padding=padding,
        more=more if padding == "VALID" else (0, 0),
        activation_name=str(rng.choice(["NONE", "RELU", "RELU6"])),
        per_channel=bool(rng.integers(2)),
        bias=str(rng.choice(["random", "none"])),
        input_zero_point=int(rng.choice([-128, -1, 0, 77, 127])),
        output_zero_point=int(rng.choice([-128, 0, 5, 127])),
        spread=float(rng.choice([3.0, 60.0, 400.0])),
        channel_spread=float(rng.choice([1.0, 10.0])),
        weight_limit=int(rng.choice([1, 127])),
    )


def resize_nearest(rng: Generator) -> bytes:
    return sm.resize_nearest(
        picture=tuple(int(n) for n in rng.integers(1, 9, 3)),
        size=tuple(int(n) for n in rng.integers(1, 20, 2)),
        align_corners=bool(rng.integers(2)),
        half_pixel_centers=bool(rng.integers(2)),
    )


KINDS: dict[str, Callable[[Generator], bytes]] = {
    "transpose_conv": transpose_conv,
    "resize_nearest": resize_nearest,
}


@pytest.mark.parametrize("kind", KINDS)
def test_kernel_and_interpreter_equal_tflite_micro_on_random_models(kind, tmp_path):
    rng = np.random.default_rng(20)
    models = [load_model(KINDS[kind](rng), name=f"{kind}_{k}") for k in range(N_MODELS)]
    program = build_host_program(models, tmp_path)

    for model in models:
        codes = rng.integers(-128, 128, (N_INPUTS, *model.graph.input.shape[1:]), np.int8)
        codes[0], codes[1] = -128, 127
        expected = Oracle(model).run(codes)

        np.testing.assert_array_equal(program.run(model.name, codes), expected, model.name)
        np.testing.assert_array_equal(Interpreter(model).run(codes), expected, model.name)
