"""Record the elementwise operators: writes models/*.tflite, recorded_elementwise.npz and .json.

    python tests/vectors/make_elementwise.py

Needs the extra [oracle]. See make.py, whose rules hold here too.
"""

import zlib
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import elementwise_models as em
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from recording import record

from tinymledu.graph.ir import Graph

SEED = 11
VALUES_PER_CASE = 500  # inputs and outputs; so many inputs are recorded, but 4 to 24

Maker = Callable[[Generator], bytes]


def without_rng(make: Callable[..., bytes], *args: Any, **options: Any) -> Maker:
    """A maker for models that have no random constants."""
    return lambda _rng: make(*args, **options)


CASES: Mapping[str, Maker] = {
    "logistic": without_rng(em.function_of_one, "LOGISTIC"),
    "logistic_coarse_scale": without_rng(
        em.function_of_one, "LOGISTIC", scale=0.21, zero_point=-128
    ),
    "tanh": without_rng(em.function_of_one, "TANH", scale=0.017),
    "tanh_coarse_scale": without_rng(em.function_of_one, "TANH", scale=0.13, zero_point=90),
    "leaky_relu": without_rng(em.function_of_one, "LEAKY_RELU"),
    "leaky_relu_steep": without_rng(
        em.function_of_one, "LEAKY_RELU", alpha=1.7, scale=0.02, output=(0.047, 9)
    ),
    "hard_swish": without_rng(em.function_of_one, "HARD_SWISH"),
    "hard_swish_fine_scale": without_rng(
        em.function_of_one, "HARD_SWISH", scale=0.009, output=(0.005, -20)
    ),
    "elu": without_rng(em.function_of_one, "ELU"),
    "neg_in_float": without_rng(em.in_float, "NEG"),
    "square_in_float": without_rng(em.in_float, "SQUARE", output=(0.05, -120)),
    "split_in_float": without_rng(em.in_float, "SPLIT"),
    "prelu": partial(em.with_constant, kind="PRELU", scales=(0.0235, 0.01, 0.02)),
    "prelu_rows": partial(
        em.with_constant,
        kind="PRELU",
        constant_shape=(5, 1, 4),
        scales=(0.02, 0.02, 0.05),
        zero_points=(-5, 40, 2),
    ),
    "maximum": partial(
        em.with_constant,
        kind="MAXIMUM",
        constant_shape=(),
        scales=(0.02,) * 3,
        zero_points=(3,) * 3,
    ),
    "minimum_constant_first": partial(
        em.with_constant,
        kind="MINIMUM",
        constant_shape=(1,),
        scales=(0.02,) * 3,
        zero_points=(3,) * 3,
        is_constant_first=True,
    ),
    "concatenation": without_rng(em.concatenation, n_inputs=3),
    "concatenation_rows": without_rng(em.concatenation, axis=1),
    "mul": without_rng(em.combined, "MUL", scales=(0.0235, 0.0173, 0.018)),
    "mul_repeated_first_relu": without_rng(
        em.combined,
        "MUL",
        mean_axes=(3,),
        is_mean_first=True,
        activation_name="RELU",
        scales=(0.04, 0.02, 0.013),
    ),
    "mul_repeated_in_the_middle": without_rng(
        em.combined, "MUL", mean_axes=(2,), scales=(0.03, 0.02, 0.02)
    ),
    "mul_constant": partial(em.with_constant, kind="MUL", scales=(0.0235, 0.01, 0.02)),
    "mul_constant_scalar": partial(
        em.with_constant, kind="MUL", shape=(1, 16), constant_shape=(), scales=(0.0235, 0.02, 0.03)
    ),
    "sub": without_rng(em.combined, "SUB", scales=(0.0155, 0.0311, 0.015)),
    "sub_saturates_both_ends": without_rng(
        em.combined, "SUB", scales=(0.05, 0.011, 0.02), zero_points=(-5, 120, 9)
    ),
    "sub_constant_first_relu6": partial(
        em.with_constant, kind="SUB", is_constant_first=True, activation_name="RELU6"
    ),
    # With factors rounded to float32 two results differ.
    "sub_double_factors": without_rng(
        em.combined, "SUB", shape=em.ALL_CODES, scales=(0.0307, 0.0503, 0.0424)
    ),
    "add_constant": partial(em.with_constant, kind="ADD"),
    "add_repeated": without_rng(em.combined, "ADD", mean_axes=(3,)),
}


def inputs_for(name: str, graph: Graph) -> NDArray[np.int8]:
    """Random inputs, and three where all values are extreme or zero.

    An input of 256 values holds each code once.
    """
    tensor = graph.input
    assert tensor.quantization is not None
    if tensor.shape == em.ALL_CODES:
        return np.arange(-128, 128, dtype=np.int8).reshape(em.ALL_CODES)
    rng = np.random.default_rng([SEED, zlib.crc32(name.encode())])
    n = VALUES_PER_CASE // (tensor.n_elements + graph.output.n_elements)
    codes = rng.integers(-128, 128, (min(max(n, 4), 24), *tensor.shape[1:]), np.int8)
    codes[0], codes[1], codes[2] = -128, 127, tensor.quantization.zero_point
    return codes


def main() -> None:
    models = {
        name: make(np.random.default_rng([SEED, 1, zlib.crc32(name.encode())]))
        for name, make in CASES.items()
    }
    record("recorded_elementwise", models, inputs_for, seed=SEED)


if __name__ == "__main__":
    main()
