"""What TensorFlow Lite Micro computed, as recorded by make.py. Needs NumPy only."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Case:
    """One model, inputs for it, and the oracle's outputs, which are not to be doubted.

    inputs, expected: (n, *shape), int8 or (for float ends) float32.
    """

    name: str
    inputs: NDArray[Any]
    expected: NDArray[Any]

    @property
    def content(self) -> bytes:
        """The .tflite file."""
        return model_bytes(self.name)


def model_bytes(name: str) -> bytes:
    """A committed .tflite file; float models are among them too."""
    return (FOLDER / "models" / f"{name}.tflite").read_bytes()


def model_names() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in (FOLDER / "models").glob("*.tflite")))


@cache
def cases(*prefixes: str) -> tuple[Case, ...]:
    """The recorded cases, or those whose names begin with one of `prefixes`."""
    with np.load(FOLDER / "recorded.npz") as arrays:
        names = sorted(key.removesuffix(".inputs") for key in arrays if key.endswith(".inputs"))
        return tuple(
            Case(name, arrays[f"{name}.inputs"], arrays[f"{name}.outputs"])
            for name in names
            if name.startswith(prefixes or "")
        )


@cache
def provenance() -> dict[str, Any]:
    """Oracle, version, seed, and SHA-256 of every model."""
    record: dict[str, Any] = json.loads((FOLDER / "recorded.json").read_text(encoding="utf-8"))
    return record
