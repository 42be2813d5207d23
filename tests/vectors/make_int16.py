"""Record 16x8 models: writes models/int16_*.tflite, recorded_int16.npz and .json.

    python tests/vectors/make_int16.py

Needs the extra [oracle]. Each model is one of make.py's, with int16 activations (int16_models.py);
see make.py, whose rules hold here too.
"""

import json
import platform
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import recorded
from int16_models import with_int16_activations
from numpy.random import Generator
from numpy.typing import NDArray

from tinymledu.graph.ir import Tensor
from tinymledu.graph.oracle import Oracle, oracle_name
from tinymledu.graph.tflite import load_model

FOLDER = Path(__file__).resolve().parent
STEM = "recorded_int16"
SEED = 17
N_INPUTS = 4

CASES = (
    "conv_2d_dilated",
    "conv_2d_odd_strides",
    "conv_2d_no_bias",
    "conv_2d_relu6",
    "conv_2d_saturates_both_ends",
    "depthwise_multiplier_3",
    "depthwise_odd_strides_per_tensor",
    "depthwise_dilated_relu",
    "fully_connected_per_channel",
    "fully_connected_keep_n_dims",
    "fully_connected_relu6_no_bias",
    "average_pool_2d_same",
    "average_pool_2d_relu6",
    "max_pool_2d_same",
    "max_pool_2d_valid_relu",
    "reshape",
)


def inputs_for(tensor: Tensor, rng: Generator) -> NDArray[np.int16]:
    """Random codes, and two inputs where all are extreme."""
    codes = rng.integers(-(2**15), 2**15, (N_INPUTS, *tensor.shape[1:]), np.int16)
    codes[0], codes[1] = -(2**15), 2**15 - 1
    return codes


def main() -> None:
    arrays: dict[str, NDArray[Any]] = {}
    sums: dict[str, str] = {}
    for source in CASES:
        name = f"int16_{source}"
        content = with_int16_activations(recorded.model_bytes(source))
        (FOLDER / "models" / f"{name}.tflite").write_bytes(content)
        model = load_model(content, name=name)
        sums[name] = model.sha256
        rng = np.random.default_rng([SEED, zlib.crc32(name.encode())])
        arrays[f"{name}.inputs"] = inputs_for(model.graph.input, rng)
        arrays[f"{name}.outputs"] = Oracle(model).run(arrays[f"{name}.inputs"])
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
    sys.stdout.write(f"{len(sums)} models recorded with {oracle_name()}\n")


if __name__ == "__main__":
    main()
