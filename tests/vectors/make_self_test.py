"""Make firmware/self_test/model.tflite and print what TensorFlow Lite Micro answers.

    python tests/vectors/make_self_test.py

Needs the extra [oracle]. The printed outputs are those in tinymledu/boards/selftest.py; they change
only where the model changes.
"""

import sys

import numpy as np
import operator_models as om
from flatbuffers_of import OpSpec, activation, constant, tflite_bytes
from numpy.random import Generator

from tinymledu import files
from tinymledu.boards.selftest import KNOWN_ANSWERS, MODEL_PATH, self_test_model
from tinymledu.graph.oracle import Oracle, oracle_name

SEED = 11
SAME, VALID = om.PADDINGS["SAME"], om.PADDINGS["VALID"]
RELU, NONE = om.ACTIVATIONS["RELU"], om.ACTIVATIONS["NONE"]

# Scale and zero point of each activation. The first convolution clamps at its zero point.
PIXELS, FEATURES, MIXED, SUM, DEEP, LOGITS = (
    (0.0235, -5), (0.031, -128), (0.047, 9), (0.053, -11), (0.039, -128), (0.071, 3)
)  # fmt: skip


def weights(rng: Generator, shape, axis, n_products, before, after, spread=55.0):
    """int8 weights with one scale for each channel, so that outputs spread over the codes."""
    n = shape[axis]
    codes = rng.integers(-127, 128, shape, np.int8)
    deviation = om.CODE_DEVIATION * np.sqrt(n_products * 127 * 128 / 3)
    factors = spread / deviation * 2.0 ** rng.uniform(-1, 1, n)
    scales = factors * after[0] / before[0]
    bias = np.round(rng.uniform(-30, 30, n) / factors).astype(np.int32)
    return [constant(codes, scales, axis), constant(bias, before[0] * scales)]


def self_test_bytes() -> bytes:
    """8x8x3 -> conv 3x3 -> depthwise 3x3 -> add -> conv 1x1 stride 2 -> average pool -> dense."""
    rng = np.random.default_rng(SEED)
    tensors = [
        activation((1, 8, 8, 3), *PIXELS),
        *weights(rng, (6, 3, 3, 3), 0, 27, PIXELS, FEATURES),
        activation((1, 8, 8, 6), *FEATURES),  # 3
        *weights(rng, (1, 3, 3, 6), 3, 9, FEATURES, MIXED),
        activation((1, 8, 8, 6), *MIXED),  # 6
        activation((1, 8, 8, 6), *SUM),  # 7
        *weights(rng, (8, 1, 1, 6), 0, 6, SUM, DEEP),
        activation((1, 4, 4, 8), *DEEP),  # 10
        activation((1, 2, 2, 8), *DEEP),  # 11
        constant(np.array((1, 32), np.int32)),
        activation((1, 32), *DEEP),  # 13
        *weights(rng, (10, 32), 0, 32, DEEP, LOGITS, spread=400.0),
        activation((1, 10), *LOGITS),  # 16
    ]
    ones = {"strideH": 1, "strideW": 1, "dilationHFactor": 1, "dilationWFactor": 1}
    twos = {**ones, "strideH": 2, "strideW": 2}
    convolution = om.options_of("Conv2DOptions", padding=SAME, fusedActivationFunction=RELU, **ones)
    depthwise = om.options_of("DepthwiseConv2DOptions", padding=SAME, depthMultiplier=1, **ones)
    pointwise = om.options_of("Conv2DOptions", padding=VALID, fusedActivationFunction=RELU, **twos)
    pool = om.options_of(
        "Pool2DOptions", padding=VALID, strideH=2, strideW=2, filterHeight=2, filterWidth=2
    )
    ops = [
        OpSpec("CONV_2D", (0, 1, 2), 3, convolution, 3),
        OpSpec("DEPTHWISE_CONV_2D", (3, 4, 5), 6, depthwise, 3),
        OpSpec("ADD", (3, 6), 7, om.options_of("AddOptions"), 2),
        OpSpec("CONV_2D", (7, 8, 9), 10, pointwise, 3),
        OpSpec("AVERAGE_POOL_2D", (10,), 11, pool, 2),
        OpSpec("RESHAPE", (11, 12), 13, om.options_of("ReshapeOptions", newShape=[1, 32]), 1),
        OpSpec("FULLY_CONNECTED", (13, 14, 15), 16, om.options_of("FullyConnectedOptions"), 5),
    ]
    return tflite_bytes(tensors, ops)


def main() -> None:
    files.write_atomic(files.shipped(*MODEL_PATH), self_test_bytes())
    self_test_model.cache_clear()
    oracle = Oracle(self_test_model())
    sys.stdout.write(f"{oracle_name()}:\n")
    for answer in KNOWN_ANSWERS:
        codes = np.frombuffer(answer.input, np.int8).reshape(1, 8, 8, 3)
        sys.stdout.write(f"{answer.name:8s} {tuple(oracle.run(codes).ravel().tolist())}\n")


if __name__ == "__main__":
    main()
