"""What a TensorFlow Lite Micro sketch has to say about a model: its operators and its arena."""

import importlib
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from tinymledu.errors import UnsupportedModelError
from tinymledu.graph.arena import aligned, plan_arena
from tinymledu.graph.flatbuffer import FlatbufferReader
from tinymledu.graph.ir import TFLiteModel
from tinymledu.graph.oracle import PACKAGE, WITHOUT_KERNEL, oracle_name, tflm_available
from tinymledu.units import count

TIMEOUT_S = 60
STEP_BYTES = 1024
LARGEST_BYTES = 64 * 1024**2
ESTIMATED_EXTRA_BYTES = 32 * 1024

# The methods of tflite::MicroMutableOpResolver are named as the operators are, but for these.
_METHODS = {"PADV2": "AddPadV2"}


@dataclass(frozen=True, slots=True)
class TFLMArena:
    """Size of a tensor arena for TensorFlow Lite Micro, and how it was obtained."""

    n_bytes: int
    how: str


def resolver_methods(content: bytes) -> tuple[str, ...]:
    """The calls that register exactly the operators of a .tflite file, each once, sorted.

    The file itself is read, since load_model leaves out operators that TFLM still runs.

    Raises:
        UnsupportedModelError: TensorFlow Lite Micro has no kernel for an operator.

    Source: TensorFlow Lite Micro, micro_mutable_op_resolver.h.
    """
    kinds = {op.kind for op in FlatbufferReader(content).graph().ops}
    missing = ", ".join(sorted(kinds & WITHOUT_KERNEL))
    if missing:
        raise UnsupportedModelError(
            f"TensorFlow Lite Micro has no kernel for {missing}, so it cannot run this model; "
            "the other kinds of export can."
        )
    return tuple(sorted({_method(kind) for kind in kinds}))


def _method(kind: str) -> str:
    parts = (part if part[0].isdigit() else part.capitalize() for part in kind.split("_"))
    return _METHODS.get(kind, "Add" + "".join(parts))


def tflm_arena(model: TFLiteModel) -> TFLMArena:
    """The smallest arena, in steps of 1 KiB, that TensorFlow Lite Micro accepts on this computer.

    It runs in a process of its own, because it writes to standard error what it refuses. Where the
    package tflite-micro is not installed, the size is estimated from the activations.
    """
    measured = _measure(model) if tflm_available() else None
    if measured is not None:
        return TFLMArena(
            measured,
            f"measured: the smallest multiple of {count(STEP_BYTES)} B that {oracle_name()} "
            "accepts on a 64-bit computer, where its records are larger than on a 32-bit board; "
            "CMSIS-NN kernels add scratch memory",
        )
    peak_bytes = plan_arena(model.graph).lower_bound_bytes
    return TFLMArena(
        aligned(2 * peak_bytes + ESTIMATED_EXTRA_BYTES, to=STEP_BYTES),
        f"estimated, not measured: twice the {count(peak_bytes)} B of activations that are alive "
        f"together, and {count(ESTIMATED_EXTRA_BYTES)} B for its records",
    )


def _measure(model: TFLiteModel) -> int | None:
    """Bytes, or None where the search ended without an answer."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", __name__],
            input=model.content,
            capture_output=True,
            timeout=TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    answer = done.stdout.split()[-1:]  # TFLM may say something first
    return int(answer[0]) if done.returncode == 0 and answer and answer[0].isdigit() else None


def _smallest_arena(content: bytes) -> int:
    runtime: Any = importlib.import_module(f"{PACKAGE}.python.tflite_micro.runtime")
    too_small, enough = 0, LARGEST_BYTES // STEP_BYTES
    while enough - too_small > 1:
        middle = (too_small + enough) // 2
        try:
            runtime.Interpreter.from_bytes(content, arena_size=middle * STEP_BYTES)
        except RuntimeError:
            too_small = middle
        else:
            enough = middle
    return enough * STEP_BYTES


if __name__ == "__main__":
    sys.stdout.write(f"\n{_smallest_arena(sys.stdin.buffer.read())}\n")
