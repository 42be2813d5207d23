"""Operators that move codes or spread them, in C, against TensorFlow Lite Micro itself.

See test_kernel_sweep.py. TFLM has no TILE: what it computes is NumPy's `tile`.
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


def reduce_max(rng: Generator) -> bytes:
    axes = [(1,), (2,), (3,), (1, 2), (2, 3), (1, 2, 3), (-1,)][rng.integers(7)]
    return sm.reduce_max(
        input_shape=(1, *(int(n) for n in rng.integers(1, 9, 3))),
        axes=axes,
        keep_dims=bool(rng.integers(2)),
        zero_point=int(rng.integers(-128, 128)),
    )


def strided_slice(rng: Generator) -> bytes:
    """Cuts from 1 entry up, forwards and backwards, some without their axis."""
    shape = (1, *(int(n) for n in rng.integers(1, 7, rng.integers(1, 4))))
    bounds, result, shrink = [(0, 1, 1)], [1], 0
    for axis, extent in enumerate(shape[1:], start=1):
        stride = int(rng.choice([-3, -2, -1, 1, 1, 1, 2, 3]))
        first, last = sorted(int(n) for n in rng.integers(0, extent, 2))
        if rng.random() < 0.2:
            bounds.append((first - int(rng.integers(2)) * extent, first + 1, 1))
            shrink |= 1 << axis
            continue
        begin, end = (first, last + 1) if stride > 0 else (last, first - 1 - extent)
        bounds.append((begin, end, stride))
        result.append(len(range(extent)[begin:end:stride]))
    return sm.strided_slice(
        shape=shape,
        begins=[bound[0] for bound in bounds],
        ends=[bound[1] for bound in bounds],
        strides=[bound[2] for bound in bounds],
        masks=(int(rng.integers(2)), int(rng.integers(2)), shrink),
        result=tuple(result),
    )


def slice_of(rng: Generator) -> bytes:
    shape = (1, *(int(n) for n in rng.integers(1, 7, rng.integers(1, 4))))
    begins = tuple(int(rng.integers(extent)) for extent in shape)
    sizes = tuple(
        int(rng.choice([-1, rng.integers(1, extent - begin + 1)]))
        for extent, begin in zip(shape, begins, strict=True)
    )
    return sm.slice_of(shape=shape, begins=begins, sizes=sizes)


def transpose(rng: Generator) -> bytes:
    shape = (1, *(int(n) for n in rng.integers(1, 7, rng.integers(1, 5))))
    return sm.transpose(
        shape=shape, axes=(0, *(int(n) + 1 for n in rng.permutation(len(shape) - 1)))
    )


def split(rng: Generator) -> bytes:
    kind = str(rng.choice(["SPLIT", "SPLIT_V", "UNPACK"]))
    shape = (1, *(int(n) for n in rng.integers(2, 5, rng.integers(2, 4)) * 2))
    axis = int(rng.integers(1, len(shape)))
    axis = axis - len(shape) if rng.integers(2) else axis
    return sm.split_and_joined(kind, shape=shape, axis=axis)


KINDS: dict[str, Callable[[Generator], bytes]] = {
    "transpose_conv": transpose_conv,
    "resize_nearest": resize_nearest,
    "reduce_max": reduce_max,
    "strided_slice": strided_slice,
    "slice": slice_of,
    "transpose": transpose,
    "split": split,
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


@pytest.mark.parametrize(
    ("shape", "counts"),
    [
        ((1, 1), (1, 1)),
        ((1, 5), (1, 3)),
        ((1, 4, 1, 3, 2), (1, 1, 2, 1, 1)),
        ((1, 4, 3, 1, 2), (1, 1, 1, 3, 1)),
        ((1, 2, 3), (1, 1, 4)),
        ((1, 2, 3), (1, 4, 1)),
    ],
)
def test_tile_is_numpys_tile(shape, counts, tmp_path):
    model = load_model(sm.tile(shape=shape, counts=counts), name="tile_1")
    codes = np.random.default_rng(1).integers(-128, 128, (4, *shape[1:]), np.int8)
    expected = np.stack([np.tile(each, counts[1:]) for each in codes])

    np.testing.assert_array_equal(
        build_host_program([model], tmp_path).run("tile_1", codes), expected
    )
    np.testing.assert_array_equal(Interpreter(model).run(codes), expected)
