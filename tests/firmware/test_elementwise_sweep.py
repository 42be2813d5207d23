"""The elementwise kernels against TensorFlow Lite Micro itself; see test_kernel_sweep.py.

The NumPy interpreter is held to the same results.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from host_program import HostProgram, build_host_program, needs_compiler
from numpy.random import Generator
from oracle_mark import NO_ORACLE

from tinymledu.graph.oracle import Oracle, tflm_available
from tinymledu.graph.reference import Interpreter
from tinymledu.graph.tflite import load_model

if not tflm_available():
    pytest.skip(NO_ORACLE, allow_module_level=True)

import elementwise_models as em

pytestmark = needs_compiler

N_MODELS = 40  # for each kind below
N_INPUTS = 10


def _shape(rng: Generator) -> em.Shape:
    """Rank 2 to 4, batch 1, axes from 1 up."""
    return (1, *(int(n) for n in rng.integers(1, 8, rng.integers(1, 4))))


def _scales_and_limits(rng: Generator, kind: str) -> dict[str, object]:
    """Scales far apart, outputs that saturate, zero points at both ends."""
    first, second = (float(2.0**x) for x in rng.uniform(-8, 0, 2))
    usual = 128 * first * second if kind == "MUL" else max(first, second)
    return {
        "scales": (first, second, usual * float(2.0 ** rng.uniform(-3, 3))),
        "zero_points": tuple(
            int(rng.choice([-128, 0, 127, rng.integers(-128, 128)])) for _ in range(3)
        ),
        "activation_name": str(rng.choice(["NONE", "RELU", "RELU6", "RELU_N1_TO_1"])),
    }


def equal_shapes(kind: str, rng: Generator) -> bytes:
    return em.combined(kind, shape=_shape(rng), **_scales_and_limits(rng, kind))


def repeated(kind: str, rng: Generator) -> bytes:
    """One of the two repeated along some axes, as squeeze-and-excite and attention do."""
    shape = (1, *(int(n) for n in rng.integers(1, 8, 3)))
    axes = [(1, 2), (3,), (1,), (2,), (2, 3), (1, 2, 3)][rng.integers(6)]
    return em.combined(
        kind,
        shape=shape,
        mean_axes=axes,
        is_mean_first=bool(rng.integers(2)),
        **_scales_and_limits(rng, kind),
    )


def constant(kind: str, rng: Generator) -> bytes:
    """The constant of any rank, repeated along any axes; sometimes the input is repeated too."""
    shape = _shape(rng)
    small = [1 if rng.integers(2) else extent for extent in shape]
    constant_shape = tuple(small[rng.integers(len(shape) + 1) :])
    if constant_shape and shape[-1] == 1 and rng.integers(2):
        constant_shape = (*constant_shape[:-1], int(rng.integers(2, 6)))
    return em.with_constant(
        rng,
        kind=kind,
        shape=shape,
        constant_shape=constant_shape,
        output_shape=np.broadcast_shapes(shape, constant_shape),
        is_constant_first=bool(rng.integers(2)),
        **_scales_and_limits(rng, kind),
    )


def function_of_one(kind: str, rng: Generator) -> bytes:
    scale = float(2.0 ** rng.uniform(-10, 0))
    zero_point, output_zero_point = (int(n) for n in rng.integers(-128, 128, 2))
    output = (scale * float(2.0 ** rng.uniform(-3, 1)), output_zero_point)
    return em.function_of_one(kind, scale=scale, zero_point=zero_point, output=output)


def prelu(rng: Generator) -> bytes:
    """Slopes for each value, channel or row."""
    shape = _shape(rng)
    small = [1 if rng.integers(2) else extent for extent in shape]
    options = _scales_and_limits(rng, "MUL") | {"activation_name": "NONE"}
    constant_shape = tuple(small[rng.integers(len(shape)) :])
    return em.with_constant(
        rng, kind="PRELU", shape=shape, constant_shape=constant_shape, **options
    )


def bounded(rng: Generator) -> bytes:
    """MAXIMUM and MINIMUM with one constant, such as ReLU(max_value=1)."""
    return em.with_constant(
        rng,
        kind=str(rng.choice(em.EXTREMA)),
        shape=_shape(rng),
        constant_shape=((), (1,), (1, 1))[rng.integers(3)],
        scales=(0.0235,) * 3,
        zero_points=(int(rng.integers(-128, 128)),) * 3,
        is_constant_first=bool(rng.integers(2)),
    )


def concatenation(rng: Generator) -> bytes:
    return em.concatenation(
        shape=(1, *(int(n) for n in rng.integers(1, 7, 3))),
        n_inputs=int(rng.integers(1, 11)),
        axis=int(rng.choice([-3, -2, -1, 1, 2, 3])),
        zero_point=int(rng.integers(-128, 128)),
    )


FUNCTIONS = ("LOGISTIC", "TANH", "LEAKY_RELU", "HARD_SWISH", "ELU")
COMBINING: dict[str, Callable[[Generator], bytes]] = {
    f"{kind}_{make.__name__}".lower(): partial(make, kind)
    for kind in ("ADD", "SUB", "MUL")
    for make in (equal_shapes, repeated, constant)
}
KINDS = COMBINING | {kind.lower(): partial(function_of_one, kind) for kind in FUNCTIONS}
KINDS |= {"concatenation": concatenation, "prelu": prelu, "bounded": bounded}


@pytest.fixture(scope="module", params=KINDS)
def program(request, tmp_path_factory) -> HostProgram:
    rng = np.random.default_rng(30)
    make = KINDS[request.param]
    models = [load_model(make(rng), name=f"{request.param}_{k}") for k in range(N_MODELS)]
    return build_host_program(models, tmp_path_factory.mktemp(request.param))


def test_generated_c_and_interpreter_equal_tflm(program):
    rng = np.random.default_rng(31)
    for model in program.models:
        inputs = rng.integers(-128, 128, (N_INPUTS, *model.graph.input.shape[1:]), np.int8)
        inputs[0], inputs[1] = -128, 127

        expected = Oracle(model).run(inputs)

        np.testing.assert_array_equal(Interpreter(model).run(inputs), expected, model.name)
        np.testing.assert_array_equal(program.run(model.name, inputs), expected, model.name)
