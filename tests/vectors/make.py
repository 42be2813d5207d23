"""Record what TensorFlow Lite Micro computes: writes models/*.tflite, recorded.npz, recorded.json.

    python tests/vectors/make.py

Needs the extras [oracle] and [full]. The models come from operator_models.py (one operator each)
and, for whole networks, from TensorFlow's converter. Expected outputs come from tflite-micro and
from nowhere else. Run it again only where a case is added, and say in the commit why recorded
values changed, if any did.
"""

import zlib
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import operator_models as om
from keras_models import keras_models
from numpy.random import Generator
from numpy.typing import NDArray
from recording import record

from tinymledu.graph.ir import Graph

SEED = 7
VALUES_PER_CASE = 4000  # inputs and outputs; so many inputs are recorded, but 12 to 64
NOT_RUN = ("tiny_cnn_float32", "tiny_cnn_float16", "tiny_cnn_dynamic")  # read, but not run here
FLOAT_ENDS_DEVIATION = 3.0  # standard deviation of real inputs, in the model's real units

Maker = Callable[[Generator], bytes]


def without_rng(make: Callable[..., bytes], *args: Any, **options: Any) -> Maker:
    """A maker for models that have no random weights."""
    return lambda _rng: make(*args, **options)


CONVOLUTIONS: Mapping[str, Maker] = {
    "conv_2d_same": partial(om.convolution, picture=(9, 9, 5), n_filters=8),
    "conv_2d_odd_channels": partial(om.convolution, picture=(4, 5, 3), n_filters=7),
    "conv_2d_valid_stride_2": partial(om.convolution, padding="VALID", strides=(2, 2)),
    "conv_2d_odd_strides": partial(
        om.convolution, picture=(8, 11, 2), filter_shape=(2, 4), strides=(3, 2)
    ),
    "conv_2d_dilated": partial(om.convolution, picture=(9, 8, 2), dilations=(2, 3)),
    "conv_2d_pointwise_relu": partial(
        om.convolution,
        filter_shape=(1, 1),
        picture=(5, 5, 16),
        n_filters=12,
        activation_name="RELU",
        output_zero_point=-128,
    ),
    "conv_2d_relu6": partial(
        om.convolution, activation_name="RELU6", output_scale=0.03, output_zero_point=-120
    ),
    "conv_2d_relu_n1_to_1": partial(om.convolution, activation_name="RELU_N1_TO_1"),
    "conv_2d_per_tensor": partial(om.convolution, per_channel=False, n_filters=8),
    "conv_2d_no_bias": partial(om.convolution, bias="none", input_zero_point=-128),
    "conv_2d_tiny_factors": partial(om.convolution, bias="huge", channel_spread=10.0, n_filters=8),
    # Around 2**-32 and 2**-31: below the first a factor counts as 0, at the second shift is -30.
    "conv_2d_smallest_factors": partial(
        om.convolution,
        n_filters=6,
        factors=(2.0**-30.9, 2.0**-31, 2.0**-31.1, 2.0**-31.4, 2.0**-31.9, 2.0**-32.4),
        bias="largest",
    ),
    "conv_2d_factors_above_one": partial(
        om.convolution, filter_shape=(1, 1), picture=(4, 4, 1), weight_limit=1, spread=400.0
    ),
    "conv_2d_saturates_both_ends": partial(om.convolution, spread=250.0, channel_spread=0.5),
    "conv_2d_filter_larger_than_picture": partial(om.convolution, picture=(2, 1, 3)),
    "depthwise_same": partial(
        om.convolution, depthwise=True, picture=(9, 9, 8), n_filters=8, spread=80.0
    ),
    "depthwise_valid_stride_2": partial(
        om.convolution, depthwise=True, padding="VALID", strides=(2, 2), n_filters=3
    ),
    "depthwise_multiplier_3": partial(
        om.convolution, depthwise=True, picture=(6, 5, 2), n_filters=6
    ),
    # More channels than a kernel sums at a time, and a last block of one.
    "depthwise_33_channels_multiplier_2": partial(
        om.convolution, depthwise=True, picture=(3, 2, 33), n_filters=66
    ),
    "depthwise_dilated_relu": partial(
        om.convolution,
        depthwise=True,
        picture=(9, 8, 4),
        dilations=(2, 2),
        activation_name="RELU",
        output_zero_point=-100,
    ),
    "depthwise_odd_strides_per_tensor": partial(
        om.convolution,
        depthwise=True,
        picture=(7, 10, 4),
        filter_shape=(4, 2),
        strides=(2, 3),
        per_channel=False,
    ),
    "depthwise_saturates_both_ends": partial(
        om.convolution, depthwise=True, n_filters=3, spread=250.0, input_zero_point=127
    ),
    "depthwise_tiny_factors": partial(
        om.convolution, depthwise=True, n_filters=6, bias="huge", channel_spread=10.0
    ),
    "fully_connected_per_tensor": partial(om.fully_connected, input_shape=(1, 64), n_units=40),
    "fully_connected_per_channel": partial(
        om.fully_connected, per_channel=True, input_shape=(1, 48), n_units=40
    ),
    "fully_connected_pictures": partial(om.fully_connected, input_shape=(1, 3, 4, 5), n_units=7),
    "fully_connected_keep_n_dims": partial(
        om.fully_connected, input_shape=(1, 3, 17), keep_n_dims=True, per_channel=True
    ),
    "fully_connected_relu6_no_bias": partial(
        om.fully_connected,
        bias="none",
        activation_name="RELU6",
        output_zero_point=-128,
        output_scale=0.07,
        spread=100.0,
    ),
    "fully_connected_saturates_both_ends": partial(om.fully_connected, spread=250.0, n_units=16),
}

# With these two scales every seventh code shows whether rounding was done once or twice.
ROUNDING_SCALES = (0.0188, 0.1179)

OTHERS: Mapping[str, Maker] = {
    "fully_connected_double_scale": without_rng(om.scaled_input),
    "average_pool_2d_same": without_rng(om.pool, "AVERAGE_POOL_2D", picture=(8, 7, 6)),
    "average_pool_2d_valid": without_rng(
        om.pool, "AVERAGE_POOL_2D", picture=(9, 9, 4), filter_shape=(3, 2), padding="VALID"
    ),
    "average_pool_2d_global": without_rng(
        om.pool, "AVERAGE_POOL_2D", picture=(6, 5, 8), filter_shape=(6, 5), padding="VALID"
    ),
    "average_pool_2d_relu6": without_rng(
        om.pool, "AVERAGE_POOL_2D", filter_shape=(3, 3), strides=(1, 1), activation_name="RELU6"
    ),
    "max_pool_2d_same": without_rng(om.pool, "MAX_POOL_2D", filter_shape=(3, 3), picture=(8, 6, 3)),
    "max_pool_2d_valid_relu": without_rng(
        om.pool, "MAX_POOL_2D", padding="VALID", activation_name="RELU", zero_point=40
    ),
    "mean_height_width": without_rng(om.mean, input_shape=(1, 6, 5, 20)),
    "mean_keep_dims": without_rng(om.mean, keep_dims=True, input_shape=(1, 7, 3, 20)),
    "mean_same_scale": without_rng(
        om.mean, output_scale=0.0235, output_zero_point=-9, input_shape=(1, 3, 3, 20)
    ),
    "mean_channels": without_rng(om.mean, axes=(-1,), input_shape=(1, 4, 5, 6)),
    "add": without_rng(om.add, shape=(1, 8, 8, 4)),
    "add_relu_far_scales": without_rng(
        om.add, scales=(0.9, 0.011, 0.52), activation_name="RELU", zero_points=(-20, 127, -60)
    ),
    "add_saturates_both_ends": without_rng(om.add, scales=(0.05, 0.04, 0.02)),
    "softmax": without_rng(om.softmax),
    "softmax_fine_scale": without_rng(om.softmax, scale=0.004, shape=(1, 40)),
    "softmax_coarse_scale": without_rng(om.softmax, scale=3.1, shape=(1, 4)),
    "softmax_rows_beta": without_rng(om.softmax, shape=(1, 3, 12), beta=0.5, scale=0.09),
    "softmax_two_classes": without_rng(om.softmax, shape=(1, 2), scale=0.05),
    "relu_rescaled": without_rng(om.relu, "RELU"),
    "relu_rescaled_coarser": without_rng(om.relu, "RELU", scales=ROUNDING_SCALES),
    "relu6": without_rng(om.relu, "RELU6", scales=(0.047, 0.047), zero_points=(-20, -20)),
    "pad": without_rng(om.pad),
    "reshape": without_rng(om.reshape),
    "quantize_int8_to_int8": without_rng(om.requantize),
    "quantize_int8_to_int8_coarser": without_rng(om.requantize, scales=ROUNDING_SCALES),
    "quantize_dequantize_float32": without_rng(om.float_ends),
}


def inputs_for(name: str, graph: Graph) -> NDArray[Any] | None:
    """Random inputs, and three where all values are extreme or zero."""
    if name in NOT_RUN:
        return None
    rng = np.random.default_rng([SEED, 1, zlib.crc32(name.encode())])
    tensor = graph.input
    n = VALUES_PER_CASE // (tensor.n_elements + graph.output.n_elements)
    shape = (min(max(n, 12), 64), *tensor.shape[1:])
    if tensor.dtype == "float32":
        return rng.normal(0, FLOAT_ENDS_DEVIATION, shape).astype(np.float32)
    codes = rng.integers(-128, 128, shape, np.int8)
    assert tensor.quantization is not None
    codes[0], codes[1], codes[2] = -128, 127, tensor.quantization.zero_point
    return codes


def main() -> None:
    makers = CONVOLUTIONS | OTHERS
    models = {
        name: make(np.random.default_rng([SEED, zlib.crc32(name.encode())]))
        for name, make in makers.items()
    }
    record("recorded", models | keras_models(SEED), inputs_for, seed=SEED)


if __name__ == "__main__":
    main()
