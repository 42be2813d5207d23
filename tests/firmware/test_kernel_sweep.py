"""Kernels against TensorFlow Lite Micro itself, over shapes, options, factors and zero points.

Models are drawn with a fixed seed; they are made and judged by the package tflite-micro, which
exists for Linux on x86-64. Elsewhere test_kernels.py stands alone.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from host_program import OPTIMISE, HostProgram, build_host_program, needs_compiler
from numpy.random import Generator
from oracle_mark import NO_ORACLE

from tinymledu.graph.ir import TFLiteModel
from tinymledu.graph.oracle import Oracle, tflm_available
from tinymledu.graph.tflite import load_model

if not tflm_available():
    pytest.skip(NO_ORACLE, allow_module_level=True)

import operator_models as om

pytestmark = needs_compiler

N_MODELS = 40  # for each kind below
N_INPUTS = 10


def _window(rng: Generator) -> dict[str, object]:
    """A picture from 1x1 up, and a window that fits it."""
    padding = str(rng.choice(["SAME", "VALID"]))
    filter_shape = tuple(int(n) for n in rng.integers(1, 5, 2))
    smallest = filter_shape if padding == "VALID" else (1, 1)
    height, width = (int(n + rng.integers(0, 8)) for n in smallest)
    strides = tuple(int(n) for n in rng.integers(1, 4, 2))
    return {
        "picture": (height, width, int(rng.integers(1, 12))),
        "filter_shape": filter_shape,
        "strides": strides,
        "padding": padding,
    }


def _weights(rng: Generator) -> dict[str, object]:
    """Zero points at both ends, factors from far below 1 to above it, outputs that saturate."""
    return {
        "activation_name": str(rng.choice(["NONE", "RELU", "RELU6"])),
        "per_channel": bool(rng.integers(2)),
        "bias": str(rng.choice(["random", "none", "huge"])),
        "input_zero_point": int(rng.choice([-128, -1, 0, 77, 127])),
        "output_zero_point": int(rng.choice([-128, 0, 5, 127])),
        "spread": float(rng.choice([3.0, 60.0, 400.0])),
        "channel_spread": float(rng.choice([1.0, 10.0])),
        "weight_limit": int(rng.choice([1, 127])),
    }


def convolution(rng: Generator) -> bytes:
    window = _window(rng)
    if window["padding"] == "SAME":
        window["dilations"] = tuple(int(n) for n in rng.integers(1, 4, 2))
    return om.convolution(rng, n_filters=int(rng.integers(1, 14)), **window, **_weights(rng))


def depthwise(rng: Generator) -> bytes:
    window = _window(rng)
    height, width, _ = window["picture"]
    channels = int(rng.choice([1, 2, 3, 31, 32, 33, 65]))  # around the kernel's block of 32
    window["picture"] = (height, width, channels)
    n_filters = channels * int(rng.integers(1, 4))
    return om.convolution(rng, depthwise=True, n_filters=n_filters, **window, **_weights(rng))


def fully_connected(rng: Generator) -> bytes:
    shape = (1, int(rng.integers(1, 70)))
    return om.fully_connected(
        rng, input_shape=shape, n_units=int(rng.integers(1, 20)), **_weights(rng)
    )


def pool(kind: str, rng: Generator) -> bytes:
    activation = str(rng.choice(["NONE", "RELU", "RELU6"]))
    zero_point = int(rng.choice([-128, 0, 40, 127]))
    return om.pool(kind, activation_name=activation, zero_point=zero_point, **_window(rng))


def mean(rng: Generator) -> bytes:
    shape = (1, *(int(n) for n in rng.integers(1, 9, 3)))
    axes = [(1,), (2,), (3,), (1, 2), (2, 3), (1, 2, 3), (-1,)][rng.integers(7)]
    return om.mean(
        input_shape=shape,
        axes=axes,
        keep_dims=bool(rng.integers(2)),
        output_scale=float(rng.choice([0.0235, 0.0118, 0.002, 0.4])),
        input_zero_point=int(rng.choice([-128, -9, 127])),
        output_zero_point=int(rng.choice([-128, 4, 127])),
    )


def add(rng: Generator) -> bytes:
    return om.add(
        shape=(1, int(rng.integers(1, 40))),
        scales=tuple(float(scale) for scale in np.exp2(rng.uniform(-9, 1, 3))),
        zero_points=tuple(int(point) for point in rng.integers(-128, 128, 3)),
        activation_name=str(rng.choice(["NONE", "RELU"])),
    )


def softmax(rng: Generator) -> bytes:
    return om.softmax(
        shape=(1, int(rng.integers(1, 4)), int(rng.integers(1, 60))),
        scale=float(np.exp2(rng.uniform(-10, 3))),
        zero_point=int(rng.integers(-128, 128)),
        beta=float(rng.choice([0.3, 1.0, 2.0])),
    )


def rescale(rng: Generator) -> bytes:
    shape = (1, 257)
    scales = tuple(float(scale) for scale in np.exp2(rng.uniform(-9, 1, 2)))
    zero_points = tuple(int(point) for point in rng.integers(-128, 128, 2))
    if rng.integers(2):
        return om.relu("RELU", shape=shape, scales=scales, zero_points=zero_points)
    return om.requantize(shape=shape, scales=scales, zero_points=zero_points)


def relu6(rng: Generator) -> bytes:
    scales = (float(np.exp2(rng.uniform(-9, 1))),) * 2
    return om.relu(
        "RELU6", shape=(1, 257), scales=scales, zero_points=(int(rng.integers(-128, 128)),) * 2
    )


def pad(rng: Generator) -> bytes:
    rank = int(rng.integers(2, 5))
    shape = (1, *(int(n) for n in rng.integers(1, 6, rank - 1)))
    amounts = [(0, 0), *((int(a), int(b)) for a, b in rng.integers(0, 4, (rank - 1, 2)))]
    return om.pad(shape=shape, amounts=tuple(amounts), zero_point=int(rng.integers(-128, 128)))


def float_ends(rng: Generator) -> bytes:
    scale = float(np.exp2(rng.choice([rng.uniform(-9, 3), rng.integers(-9, 3)])))
    return om.float_ends(shape=(1, 200), scale=scale, zero_point=int(rng.integers(-128, 128)))


KINDS: dict[str, Callable[[Generator], bytes]] = {
    "conv_2d": convolution,
    "depthwise_conv_2d": depthwise,
    "fully_connected": fully_connected,
    "average_pool_2d": partial(pool, "AVERAGE_POOL_2D"),
    "max_pool_2d": partial(pool, "MAX_POOL_2D"),
    "mean": mean,
    "add": add,
    "softmax": softmax,
    "rescale": rescale,
    "relu6": relu6,
    "pad": pad,
    "float_ends": float_ends,
}


@pytest.fixture(scope="module", params=KINDS)
def program(request, tmp_path_factory) -> HostProgram:
    rng = np.random.default_rng(20)
    make = KINDS[request.param]
    models = [load_model(make(rng), name=f"{request.param}_{k}") for k in range(N_MODELS)]
    return build_host_program(models, tmp_path_factory.mktemp(request.param))


def inputs_of(model: TFLiteModel, rng: Generator) -> np.ndarray:
    shape = (N_INPUTS, *model.graph.input.shape[1:])
    if model.graph.input.dtype == "float32":
        halves = rng.integers(-300, 300, shape) / 2  # exact where the scale is a power of two
        scale = model.graph.tensors[1].quantization.scale
        return (halves * scale).astype(np.float32)
    codes = rng.integers(-128, 128, shape, np.int8)
    codes[0], codes[1] = -128, 127
    return codes


def test_generated_c_equals_tflm_over_shapes_and_factors(program):
    rng = np.random.default_rng(21)
    for model in program.models:
        inputs = inputs_of(model, rng)

        expected = Oracle(model).run(inputs)

        for optimise in OPTIMISE:
            outputs = program.run(model.name, inputs, optimise)
            np.testing.assert_array_equal(outputs, expected, f"{model.name}, {optimise}")
