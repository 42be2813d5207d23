"""Write what TensorFlow Lite Micro computes: models/NAME.tflite, STEM.npz and STEM.json."""

import json
import platform
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinymledu.graph.ir import Graph
from tinymledu.graph.oracle import Oracle, oracle_name
from tinymledu.graph.tflite import load_model

FOLDER = Path(__file__).resolve().parent

# Inputs for the model of this name: (n, *shape); None for one that is only read, not run.
InputsFor = Callable[[str, Graph], NDArray[Any] | None]


def record(stem: str, models: Mapping[str, bytes], inputs_for: InputsFor, *, seed: int) -> None:
    """Run each model in the oracle; keep it, inputs, outputs, and where they come from."""
    arrays: dict[str, NDArray[Any]] = {}
    sums: dict[str, str] = {}
    (FOLDER / "models").mkdir(exist_ok=True)
    for name, content in models.items():
        (FOLDER / "models" / f"{name}.tflite").write_bytes(content)
        model = load_model(content, name=name)
        sums[name] = model.sha256
        inputs = inputs_for(name, model.graph)
        if inputs is not None:
            arrays[f"{name}.inputs"] = inputs
            arrays[f"{name}.outputs"] = Oracle(model).run(inputs)
    np.savez_compressed(FOLDER / f"{stem}.npz", **arrays)
    provenance = {
        "oracle": oracle_name(),
        "resolver": "all operators of the Python package, reference kernels",
        "platform": f"{platform.system()} {platform.machine()}",
        "seed": seed,
        "numpy": np.__version__,
        "sha256": sums,
    }
    text = json.dumps(provenance, indent=1) + "\n"
    (FOLDER / f"{stem}.json").write_text(text, encoding="utf-8")
    sys.stdout.write(f"{len(sums)} models, {len(arrays) // 2} recorded with {oracle_name()}\n")
