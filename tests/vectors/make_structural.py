"""Record operators that move codes or spread them: models/*.tflite, recorded_structural.npz, .json.

    python tests/vectors/make_structural.py

Needs the extra [oracle]. See make.py, whose rules hold here too.
"""

import zlib
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import structural_models as sm
from numpy.random import Generator
from numpy.typing import NDArray
from recording import record

from tinymledu.graph.ir import Graph

SEED = 13
N_INPUTS = 8

CASES: Mapping[str, Callable[[Generator], bytes]] = {
    "transpose_conv_same": sm.transpose_conv,
    "transpose_conv_valid_odd_strides": partial(
        sm.transpose_conv, padding="VALID", strides=(3, 2), filter_shape=(4, 5), picture=(3, 4, 2)
    ),
    "transpose_conv_stride_above_filter": partial(
        sm.transpose_conv, padding="VALID", strides=(3, 3), filter_shape=(2, 1), n_filters=3
    ),
    "transpose_conv_output_padding_no_bias": partial(
        sm.transpose_conv, padding="VALID", more=(1, 1), bias="none", input_zero_point=-128
    ),
    "transpose_conv_per_tensor_relu": partial(
        sm.transpose_conv, per_channel=False, activation_name="RELU", strides=(1, 2)
    ),
    "transpose_conv_saturates_both_ends": partial(sm.transpose_conv, spread=250.0),
    "reduce_max": lambda _rng: sm.reduce_max(),
    "reduce_max_pictures": lambda _rng: sm.reduce_max(
        input_shape=(1, 4, 3, 5), axes=(1, 2), keep_dims=True
    ),
    "reduce_max_channels": lambda _rng: sm.reduce_max(input_shape=(1, 4, 3, 5), axes=(-1,)),
    "strided_slice_masks": lambda _rng: sm.strided_slice(),
    "strided_slice_every_second_channel": lambda _rng: sm.strided_slice(
        shape=(1, 3, 4, 5),
        begins=(0, 0, 1, 4),
        ends=(0, 2, 9, -6),
        strides=(1, 1, 2, -2),
        masks=(3, 1, 0),
        result=(1, 2, 2, 3),
    ),
    "slice": lambda _rng: sm.slice_of(),
    "transpose_all": lambda _rng: sm.transpose(shape=(1, 3, 4, 5), axes=(0, 3, 1, 2)),
    "transpose_in_place": lambda _rng: sm.transpose(shape=(1, 1, 4, 5), axes=(0, 2, 1, 3)),
    "split": lambda _rng: sm.split_and_joined("SPLIT"),
    "split_v": lambda _rng: sm.split_and_joined("SPLIT_V"),
    "unpack": lambda _rng: sm.split_and_joined("UNPACK", shape=(1, 4, 2)),
    "resize_nearest": lambda _rng: sm.resize_nearest(),
    "resize_nearest_odd": lambda _rng: sm.resize_nearest(picture=(3, 5, 3), size=(7, 4)),
    "resize_nearest_align_corners": lambda _rng: sm.resize_nearest(
        picture=(3, 4, 2), size=(8, 5), align_corners=True
    ),
    "resize_nearest_half_pixel_centers": lambda _rng: sm.resize_nearest(
        picture=(5, 4, 2), size=(3, 9), half_pixel_centers=True
    ),
}


def inputs_for(name: str, graph: Graph) -> NDArray[np.int8]:
    """Random codes, and three inputs where all are extreme or zero."""
    tensor = graph.input
    rng = np.random.default_rng([SEED, 1, zlib.crc32(name.encode())])
    assert tensor.quantization is not None
    codes = rng.integers(-128, 128, (N_INPUTS, *tensor.shape[1:]), np.int8)
    codes[0], codes[1], codes[2] = -128, 127, tensor.quantization.zero_point
    return codes


def main() -> None:
    models = {
        name: make(np.random.default_rng([SEED, zlib.crc32(name.encode())]))
        for name, make in CASES.items()
    }
    record("recorded_structural", models, inputs_for, seed=SEED)


if __name__ == "__main__":
    main()
