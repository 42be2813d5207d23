"""Record the elementwise operators: writes models/*.tflite, recorded_elementwise.npz and .json.

    python tests/vectors/make_elementwise.py

Needs the extra [oracle]. See make.py, whose rules hold here too.
"""

import json
import platform
import sys
import zlib
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import elementwise_models as em
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from tinymledu.graph.ir import Graph
from tinymledu.graph.oracle import Oracle, oracle_name
from tinymledu.graph.tflite import load_model

FOLDER = Path(__file__).resolve().parent
STEM = "recorded_elementwise"
SEED = 11
VALUES_PER_CASE = 1200  # inputs and outputs; so many inputs are recorded, but 4 to 24

CASES: Mapping[str, Callable[[], bytes]] = {
    "logistic": partial(em.function_of_one, "LOGISTIC"),
    "logistic_coarse_scale": partial(em.function_of_one, "LOGISTIC", scale=0.21, zero_point=-128),
    "tanh": partial(em.function_of_one, "TANH", scale=0.017),
    "tanh_coarse_scale": partial(em.function_of_one, "TANH", scale=0.13, zero_point=90),
}


def inputs_for(graph: Graph, rng: Generator) -> NDArray[np.int8]:
    """Random inputs, and three where all values are extreme or zero.

    An input of 256 values holds each code once.
    """
    tensor = graph.input
    assert tensor.quantization is not None
    if tensor.shape == em.ALL_CODES:
        return np.arange(-128, 128, dtype=np.int8).reshape(em.ALL_CODES)
    n = VALUES_PER_CASE // (tensor.n_elements + graph.output.n_elements)
    codes = rng.integers(-128, 128, (min(max(n, 4), 24), *tensor.shape[1:]), np.int8)
    codes[0], codes[1], codes[2] = -128, 127, tensor.quantization.zero_point
    return codes


def main() -> None:
    arrays: dict[str, NDArray[Any]] = {}
    sums: dict[str, str] = {}
    for name, make in CASES.items():
        content = make()
        (FOLDER / "models" / f"{name}.tflite").write_bytes(content)
        model = load_model(content, name=name)
        sums[name] = model.sha256
        inputs = inputs_for(model.graph, np.random.default_rng([SEED, zlib.crc32(name.encode())]))
        arrays[f"{name}.inputs"] = inputs
        arrays[f"{name}.outputs"] = Oracle(model).run(inputs)
    np.savez_compressed(FOLDER / f"{STEM}.npz", **arrays)
    record = {
        "oracle": oracle_name(),
        "resolver": "all operators of the Python package, reference kernels",
        "platform": f"{platform.system()} {platform.machine()}",
        "seed": SEED,
        "numpy": np.__version__,
        "sha256": sums,
    }
    (FOLDER / f"{STEM}.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(arrays) // 2} models recorded with {oracle_name()}\n")


if __name__ == "__main__":
    main()
