"""A model of the shape of MLPerf Tiny's anomaly detector: ten dense layers on 640 inputs.

Weights are random: what the layers compute does not matter for how much they compute.
"""

import itertools

import numpy as np
import operator_models as om
from flatbuffers_of import OpSpec, activation, constant, tflite_bytes

WIDTHS = (640, 128, 128, 128, 128, 8, 128, 128, 128, 128, 640)
_SCALE = 0.05


def autoencoder_bytes(seed: int = 5) -> bytes:
    """The .tflite file; every layer but the last clamps at its zero point, as with ReLU."""
    rng = np.random.default_rng(seed)
    tensors, ops = [activation((1, WIDTHS[0]), _SCALE, -128)], []
    for before, after in itertools.pairwise(WIDTHS):
        source = len(tensors) - 1
        weight_scale = 1 / (127 * np.sqrt(before))
        weights = constant(rng.integers(-127, 128, (after, before), np.int8), [weight_scale])
        bias = constant(rng.integers(-500, 500, after, np.int32), [_SCALE * weight_scale])
        last = len(ops) == len(WIDTHS) - 2
        tensors += [weights, bias, activation((1, after), _SCALE, 0 if last else -128)]
        name = "NONE" if last else "RELU"
        options = om.options_of(
            "FullyConnectedOptions", fusedActivationFunction=om.ACTIVATIONS[name]
        )
        ops.append(OpSpec("FULLY_CONNECTED", (source, source + 1, source + 2), source + 3, options))
    return tflite_bytes(tensors, ops)
