"""Is the machine code right? The virtual board against TensorFlow Lite Micro, value by value."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinymledu.boards.catalog import Board
from tinymledu.boards.deploy import deploy
from tinymledu.codegen.choice import Optimise
from tinymledu.errors import InputError
from tinymledu.graph.ir import Tensor, TFLiteModel
from tinymledu.graph.oracle import Oracle, oracle_name
from tinymledu.graph.tflite import check_loaded


@dataclass(frozen=True, slots=True)
class Verification:
    """What a comparison found. mismatches counts output values that differ at all."""

    oracle: str
    inputs: int
    values: int
    mismatches: int


def verify(
    model: TFLiteModel,
    board: Board,
    *,
    n_inputs: int = 100,
    seed: int = 1,
    optimise: Optimise = "speed",
    keep_dead_channels: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Verification:
    """Run inputs through the board's machine code and through TensorFlow Lite Micro.

    They are n_inputs random ones, and three constant ones: the smallest code, the largest and 0, or
    the real values 0, 1 and -1 where the input is float32.

    Args:
        optimise, keep_dead_channels: as for `deploy`.

    Raises:
        MissingToolError: tflite-micro is not installed.
        InputError: n_inputs is not positive, or seed is negative.
    """
    check_loaded(model)
    if n_inputs < 1:
        raise InputError(f"At least one input is needed to compare, not {n_inputs}.")
    if seed < 0:
        raise InputError(f"seed is {seed!r}; give 0 or a positive integer.")
    oracle = Oracle(model)
    tensor = model.graph.input
    inputs = np.concatenate([constant_inputs(tensor), random_inputs(tensor, n_inputs, seed)])
    firmware = deploy(model, board, optimise=optimise, keep_dead_channels=keep_dead_channels)
    computed = firmware.run_many(inputs, progress=progress).codes
    expected = oracle.run(inputs).reshape(computed.shape)
    return Verification(
        oracle=oracle_name(),
        inputs=len(inputs),
        values=computed.size,
        mismatches=int(np.count_nonzero(computed != expected)),
    )


def constant_inputs(tensor: Tensor) -> NDArray[Any]:
    """Three inputs of one value each: the smallest code, the largest and 0, or real 0, 1 and -1."""
    if tensor.dtype == "float32":
        values = (0, 1, -1)
    else:
        limits = np.iinfo(tensor.dtype)
        values = (limits.min, limits.max, 0)
    return np.stack([np.full(tensor.shape[1:], value, tensor.dtype) for value in values])


def random_inputs(tensor: Tensor, n: int, seed: int) -> NDArray[Any]:
    """n random inputs: codes over their whole range, or real values from 0 to 1."""
    random = np.random.default_rng(seed)
    shape = (n, *tensor.shape[1:])
    if tensor.dtype == "float32":
        return random.random(shape, dtype=np.float32)
    limits = np.iinfo(tensor.dtype)
    return random.integers(limits.min, limits.max, shape, tensor.dtype, endpoint=True)
