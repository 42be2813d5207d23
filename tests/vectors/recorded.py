"""What TensorFlow Lite Micro computed, as recorded by the makers beside it. Needs NumPy only."""

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
    found = [case for path in FOLDER.glob("recorded*.npz") for case in _cases_of(path)]
    chosen = (case for case in found if case.name.startswith(prefixes or ""))
    return tuple(sorted(chosen, key=lambda case: case.name))


@cache
def _cases_of(path: Path) -> tuple[Case, ...]:
    with np.load(path) as arrays:
        names = [key.removesuffix(".inputs") for key in arrays if key.endswith(".inputs")]
        return tuple(
            Case(name, arrays[f"{name}.inputs"], arrays[f"{name}.outputs"]) for name in names
        )


@cache
def provenance() -> tuple[dict[str, Any], ...]:
    """Oracle, version, seed, and SHA-256 of every model, for each file of recorded cases."""
    paths = sorted(FOLDER.glob("recorded*.json"))
    return tuple(json.loads(path.read_text(encoding="utf-8")) for path in paths)
