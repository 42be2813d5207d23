"""TensorFlow Lite Micro itself, from the optional package tflite-micro.

"Bit-exact" in this project means: equal to what this runtime computes. It is published for Linux on
x86-64 only, so the rest of the package is checked against vectors recorded from it.
"""

import importlib
import importlib.metadata
import importlib.util
import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinymledu.errors import MissingToolError, UnsupportedModelError
from tinymledu.files import how_to_install
from tinymledu.graph.ir import TFLiteModel
from tinymledu.graph.operators import check_runnable
from tinymledu.graph.quantized_input import input_codes

PACKAGE = "tflite_micro"
ARENA_SLACK_BYTES = 1024**2
WITHOUT_KERNEL = frozenset({"TILE"})  # of the operators that run here


def tflm_available() -> bool:
    """Whether the package tflite-micro is installed."""
    return importlib.util.find_spec(PACKAGE) is not None


def oracle_name() -> str:
    """Name and version, such as "tflite-micro 0.dev20261023182759"."""
    need_oracle()
    return f"tflite-micro {importlib.metadata.version(PACKAGE)}"


class Oracle:
    """One model in TensorFlow Lite Micro's interpreter."""

    def __init__(self, model: TFLiteModel, *, arena_bytes: int | None = None) -> None:
        """Load a model; the arena is amply large unless `arena_bytes` says how large.

        Raises:
            MissingToolError: tflite-micro is not installed.
            UnsupportedModelError: the runtime refuses the model, or the arena is too small.
        """
        need_oracle()
        check_runnable(model.graph)  # on some of what it refuses, TFLM ends the process
        _check_kernels(model)
        runtime: Any = importlib.import_module(f"{PACKAGE}.python.tflite_micro.runtime")
        self._input = model.graph.input
        self._output = model.graph.output
        # Tensors never need more than all of them side by side, twice for scratch buffers.
        activations = sum(tensor.n_bytes for tensor in model.graph.tensors if tensor.data is None)
        try:
            self._interpreter = runtime.Interpreter.from_bytes(
                model.content,
                arena_size=arena_bytes or 2 * activations + ARENA_SLACK_BYTES,
            )
        except RuntimeError as error:
            raise UnsupportedModelError(
                f"{oracle_name()} does not accept {model.name}: {error}"
            ) from error

    def run(self, values: ArrayLike) -> NDArray[Any]:
        """Output codes of a batch, (n, *output shape), run one after the other."""
        codes = input_codes(self._input, values)
        shape = (len(codes), *self._output.shape[1:])
        outputs = np.empty((len(codes), math.prod(shape[1:])), self._output.dtype)
        for row, code in zip(outputs, codes, strict=True):
            self._interpreter.set_input(code[np.newaxis], 0)
            self._interpreter.invoke()
            row[:] = self._interpreter.get_output(0).ravel()
        return outputs.reshape(shape)

    def print_allocations(self) -> None:
        """Let the runtime's recorder print what its arena holds, to C's standard error."""
        self._interpreter.print_allocations()


def _check_kernels(model: TFLiteModel) -> None:
    missing = [op for op in model.graph.ops if op.kind in WITHOUT_KERNEL]
    if missing:
        names = ", ".join(f"{op.kind} #{op.index}" for op in missing)
        raise UnsupportedModelError(
            f"TensorFlow Lite Micro has no kernel for {names} (Keras: UpSampling1D or 2D, "
            f"RepeatVector), so nothing can be compared with it. {model.name} runs on boards all "
            "the same, and Interpreter(model).run computes the same codes. Conv2DTranspose and "
            "Resizing(interpolation='nearest') can be compared."
        )


def need_oracle() -> None:
    """Raise MissingToolError where the package tflite-micro is not installed."""
    if not tflm_available():
        raise MissingToolError(
            "TensorFlow Lite Micro is not installed, so nothing can be compared with it. "
            f"On Linux x86-64 with Python 3.11 or 3.12: {how_to_install('oracle')}. "
            "It is not published for other systems."
        )
