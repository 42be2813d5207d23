"""Record 16x8 models: writes models/int16_*.tflite, recorded_int16.npz and .json.

    python tests/vectors/make_int16.py

Needs the extra [oracle]. Each model is one of make.py's, with int16 activations (int16_models.py);
see make.py, whose rules hold here too.
"""

import zlib

import numpy as np
import recorded
from int16_models import with_int16_activations
from numpy.typing import NDArray
from recording import record

from tinymledu.graph.ir import Graph

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


def inputs_for(name: str, graph: Graph) -> NDArray[np.int16]:
    """Random codes, and two inputs where all are extreme."""
    rng = np.random.default_rng([SEED, zlib.crc32(name.encode())])
    codes = rng.integers(-(2**15), 2**15, (N_INPUTS, *graph.input.shape[1:]), np.int16)
    codes[0], codes[1] = -(2**15), 2**15 - 1
    return codes


def main() -> None:
    models = {
        f"int16_{source}": with_int16_activations(recorded.model_bytes(source)) for source in CASES
    }
    record("recorded_int16", models, inputs_for, seed=SEED)


if __name__ == "__main__":
    main()
