"""Make the files of A06: run once by the author, on Linux; the files are kept.

practice_conv.tflite, practice_fully_connected.tflite
    one layer each, random weights: for the public checks.
cases.npz
    for the hidden checks. For each case: `NAME.model` (the bytes of a .tflite file), `NAME.inputs`,
    `NAME.twice` as TensorFlow Lite Micro computed it, and `NAME.once` as XNNPACK did. Models whose
    names begin with "board" are there without values: the virtual board computes those. `versions`
    names the runtimes.

Needs ai-edge-litert and tflite-micro. Every case is refused in which the two rules of rounding do
not differ, or in which the library's own arithmetic does not give exactly these values.
"""

import importlib.metadata
import sys
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from tflite_micro.tensorflow.lite.micro.python import schema_py_generated as schema

import tinymledu as tml
from tinymledu.graph import plain_layers
from tinymledu.graph.fixed_point import requantize, requantize_once
from tinymledu.graph.oracle import Oracle

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2] / "tests" / "vectors"))

from flatbuffers_of import OpSpec, activation, constant, tflite_bytes
from operator_models import convolution, factors_for, fully_connected, options_of

FUNCTIONS = {
    "CONV_2D": plain_layers.convolution,
    "FULLY_CONNECTED": plain_layers.fully_connected,
}
LEAST_DIFFERENT = 5  # outputs in which a case must tell the rules apart


def layers(rng):
    """The one-layer models, by name; the sides, strides and zero points of no two are alike."""
    return {
        "conv_same": convolution(
            rng, picture=(9, 7, 3), n_filters=5, activation_name="RELU", input_zero_point=-128,
            output_zero_point=-100,
        ),
        "conv_valid_odd_strides": convolution(
            rng, picture=(9, 12, 4), filter_shape=(2, 3), n_filters=6, strides=(2, 1),
            padding="VALID", input_zero_point=17, output_zero_point=-4,
        ),
        "conv_same_stride_2": convolution(
            rng, picture=(10, 11, 2), filter_shape=(5, 3), n_filters=7, strides=(2, 2),
            activation_name="RELU6", output_zero_point=-90, spread=90.0,
        ),
        "conv_border": convolution(
            rng, picture=(4, 5, 3), n_filters=6, input_zero_point=101, output_zero_point=9,
        ),
        "conv_pointwise": convolution(
            rng, picture=(6, 5, 16), filter_shape=(1, 1), n_filters=8, per_channel=False,
            input_zero_point=-3,
        ),
        "fully_connected": fully_connected(rng, input_shape=(1, 11), n_units=20),
        "fully_connected_small": fully_connected(
            rng, input_shape=(1, 6), n_units=24, per_channel=True, activation_name="RELU",
            input_zero_point=-77,
        ),
        "fully_connected_saturates": fully_connected(
            rng, input_shape=(1, 2, 3, 4), n_units=16, bias="none", spread=250.0, per_channel=True,
        ),
    }  # fmt: skip


def board_network(rng):
    """Two convolutions and a fully connected layer, as one model."""
    shapes = [(1, 12, 10, 3), (1, 6, 5, 8), (1, 6, 5, 6), (1, 16)]
    zero_points = (-128, -128, 5, -20)
    scales = (0.0118, 0.0472, 0.0511, 0.0703)
    weights = [(8, 3, 3, 3), (6, 3, 3, 8), (16, 180)]
    tensors = [activation(*one) for one in zip(shapes, scales, zero_points, strict=True)]
    ops = []
    for k, shape in enumerate(weights):
        factors = factors_for(rng, shape[0], 50.0, 1.5, 127, int(np.prod(shape[1:])))
        w_scales = factors * scales[k + 1] / scales[k]
        tensors.append(constant(rng.integers(-127, 128, shape, np.int8), w_scales))
        limits = 40 / factors
        bias = np.round(rng.uniform(-limits, limits)).astype(np.int32)
        tensors.append(constant(bias, scales[k] * w_scales))
        inputs = (k, len(tensors) - 2, len(tensors) - 1)
        ops.append(OpSpec(*_kind(k, inputs)))
    return tflite_bytes(tensors, ops)


def _kind(k, inputs):
    if k == 2:
        return "FULLY_CONNECTED", inputs, 3, options_of("FullyConnectedOptions"), 4
    stride = 2 if k == 0 else 1
    options = options_of(
        "Conv2DOptions",
        padding=schema.Padding.SAME,
        strideH=stride,
        strideW=stride,
        fusedActivationFunction=(
            schema.ActivationFunctionType.RELU if k == 0 else schema.ActivationFunctionType.NONE
        ),
    )
    return "CONV_2D", inputs, k + 1, options, 3


def by_xnnpack(content, inputs):
    interpreter = Interpreter(
        model_content=content, experimental_op_resolver_type=OpResolverType.AUTO
    )
    interpreter.allocate_tensors()
    ends = interpreter.get_input_details()[0]["index"], interpreter.get_output_details()[0]["index"]
    rows = []
    for codes in inputs:
        interpreter.set_tensor(ends[0], codes[np.newaxis])
        interpreter.invoke()
        rows.append(interpreter.get_tensor(ends[1]))
    return np.concatenate(rows)


def case(name, content, rng):
    """The arrays of one case, or an end with the reason."""
    model = tml.load_model(content)
    n = 500 if name.startswith("fully") else 60
    inputs = rng.integers(-128, 128, (n, *model.graph.input.shape[1:]), np.int8)
    twice, once = Oracle(model).run(inputs), by_xnnpack(content, inputs)
    layer = plain_layers.plain_layer(model.graph, model.graph.ops[0])
    compute = FUNCTIONS[layer["kind"]]
    n_different = int(np.sum(once != twice))
    sys.stdout.write(f"{name}: {n_different} of {twice.size} outputs tell the rules apart\n")
    same = (
        np.array_equal(twice, compute(inputs, layer, requantize)),
        np.array_equal(once, compute(inputs, layer, requantize_once)),
    )
    if not all(same) or n_different < LEAST_DIFFERENT:
        raise SystemExit(f"{name} cannot be used: {same}, {n_different} outputs differ.")
    model_bytes = np.frombuffer(content, np.uint8)
    return {"model": model_bytes, "inputs": inputs, "twice": twice, "once": once}


def main():
    rng = np.random.default_rng(606)
    practice = {
        "conv": convolution(
            rng, picture=(8, 6, 3), n_filters=4, activation_name="RELU", input_zero_point=-28,
            output_zero_point=-61,
        ),
        "fully_connected": fully_connected(rng, input_shape=(1, 12), n_units=10, per_channel=True),
    }  # fmt: skip
    for name, content in practice.items():
        (HERE / f"practice_{name}.tflite").write_bytes(content)
    arrays = {}
    for name, content in layers(rng).items():
        arrays |= {f"{name}.{what}": array for what, array in case(name, content, rng).items()}
    boards = {
        "board_conv": convolution(
            rng, picture=(14, 9, 5), filter_shape=(3, 5), n_filters=7, strides=(1, 2),
            activation_name="RELU", input_zero_point=-60, output_zero_point=-90,
        ),
        "board_network": board_network(rng),
    }  # fmt: skip
    arrays |= {f"{name}.model": np.frombuffer(one, np.uint8) for name, one in boards.items()}
    versions = [
        f"{package} {importlib.metadata.version(package)}"
        for package in ("ai-edge-litert", "tflite-micro")
    ]
    np.savez_compressed(HERE / "cases.npz", versions=versions, **arrays)


if __name__ == "__main__":
    main()
