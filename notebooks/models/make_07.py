"""Make what lesson 07 ships: what three runtimes computed, and the small models it asks about.

    python notebooks/models/make_07.py

07_activations.npz    every activation of the lesson-01 model, and of the depthwise layer below, for
                      eight drawings: `pictures`, `reference_T` by TensorFlow Lite's reference
                      kernels, `xnnpack_minus_reference_T` by XNNPACK; T is the tensor's index.
                      `versions` names the runtimes. TensorFlow Lite Micro must give the same as
                      the reference kernels, or nothing is written.
07_one_multiply.tflite  CONV_2D of one weight: 256 accumulators, 9 * code, times M = 0.0037.
07_first_layer.tflite   the first layer of the lesson-01 model, alone.
07_fully_connected.tflite  FULLY_CONNECTED with random weights, for `fully_connected_inputs`. Here
                      the reference kernels are not as TFLM: `tflm_fully_connected` is kept, too.
07_depthwise.tflite     DEPTHWISE_CONV_2D with random weights, for the result of the first pool.

Needs ai-edge-litert (or TensorFlow) and tflite-micro, so Linux.
"""

import importlib.metadata
import sys
from pathlib import Path

import flatbuffers
import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from tflite_micro.python.tflite_micro import runtime
from tflite_micro.tensorflow.lite.micro.python import schema_py_generated as schema

import tinymledu as tml
from tinymledu.graph.ir import TFLiteModel

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tests" / "vectors"))

from flatbuffers_of import OpSpec, activation, constant, tflite_bytes
from operator_models import convolution, fully_connected, options_of

N_PICTURES = 8
AFTER_FIRST_POOL = 13
DEPTHWISE = "depthwise"  # in place of a tensor's index
RESOLVERS = {
    "reference": OpResolverType.BUILTIN_REF,
    "xnnpack": OpResolverType.AUTO,
}
ARENA_BYTES = 2**21


def one_multiply() -> bytes:
    """Weight 9 and input codes -128 to 127: accumulators from -1152 to 1143, 135 and 405 in it."""
    tensors = [
        activation((1, 1, 256, 1), 0.05, 0),
        constant(np.full((1, 1, 1, 1), 9, np.int8), [0.0074]),
        activation((1, 1, 256, 1), 0.1, 0),
        constant(np.zeros(1, np.int32), [0.05 * 0.0074]),
    ]
    options = options_of("Conv2DOptions", padding=schema.Padding.VALID, strideH=1, strideW=1)
    return tflite_bytes(tensors, [OpSpec("CONV_2D", (0, 1, 3), 2, options, 3)])


def first_layer(model: TFLiteModel) -> bytes:
    """The first convolution of the model, as a model."""
    op = model.graph.ops[0]
    pictures, weights, bias = (model.graph.tensors[index] for index in op.inputs)
    (output,) = model.graph.op_outputs(op)
    tensors = [
        activation(pictures.shape, pictures.quantization.scale, pictures.quantization.zero_point),
        constant(weights.data, weights.quantization.scales),
        activation(output.shape, output.quantization.scale, output.quantization.zero_point),
        constant(bias.data, bias.quantization.scales),
    ]
    options = options_of(
        "Conv2DOptions",
        padding=schema.Padding.SAME,
        strideH=1,
        strideW=1,
        fusedActivationFunction=schema.ActivationFunctionType.RELU,
    )
    return tflite_bytes(tensors, [OpSpec("CONV_2D", (0, 1, 3), 2, options, 3)])


def depthwise(model: TFLiteModel) -> bytes:
    """3x3 random weights for each of the 8 channels of the first pool's result."""
    before = model.graph.tensors[AFTER_FIRST_POOL]
    return convolution(
        np.random.default_rng(7),
        depthwise=True,
        picture=before.shape[1:],
        n_filters=before.shape[-1],
        input_scale=before.quantization.scale,
        input_zero_point=before.quantization.zero_point,
    )


def telling_all(content: bytes) -> bytes:
    """The same model with every activation among its outputs, so that no runtime can hide one."""
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(bytearray(content), 0))
    (graph,) = model.subgraphs
    graph.outputs = [op.outputs[0] for op in graph.operators]
    model.signatureDefs = []
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def by_tflite(content: bytes, codes: np.ndarray, resolver: OpResolverType) -> list[np.ndarray]:
    """Every activation, one array (n, ...) for each operator, in TensorFlow Lite on this PC."""
    interpreter = Interpreter(
        model_content=telling_all(content), experimental_op_resolver_type=resolver
    )
    interpreter.allocate_tensors()
    indices = [detail["index"] for detail in interpreter.get_output_details()]
    rows = []
    for code in codes:
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], code[np.newaxis])
        interpreter.invoke()
        rows.append([interpreter.get_tensor(index) for index in indices])
    return [np.concatenate(parts) for parts in zip(*rows, strict=True)]


def by_tflm(content: bytes, codes: np.ndarray) -> list[np.ndarray]:
    """The same in TensorFlow Lite Micro."""
    rows = []
    for code in codes:
        interpreter = runtime.Interpreter.from_bytes(telling_all(content), arena_size=ARENA_BYTES)
        interpreter.set_input(code[np.newaxis], 0)
        interpreter.invoke()
        n_outputs = len(tml.load_model(content).graph.ops)
        rows.append([interpreter.get_output(place) for place in range(n_outputs)])
    return [np.concatenate(parts) for parts in zip(*rows, strict=True)]


def recorded(content: bytes, codes: np.ndarray, names: list[object]) -> dict[str, np.ndarray]:
    """Arrays of all operators under the names that the lesson reads."""
    reference, xnnpack = (by_tflite(content, codes, one) for one in RESOLVERS.values())
    for name, ours, theirs in zip(names, reference, by_tflm(content, codes), strict=True):
        if not np.array_equal(ours, theirs):
            raise SystemExit(f"TFLM and the reference kernels differ at {name}.")
    arrays = {f"reference_{n}": one for n, one in zip(names, reference, strict=True)}
    differences = [a.astype(int) - b for a, b in zip(xnnpack, reference, strict=True)]
    return arrays | {
        f"xnnpack_minus_reference_{name}": one.astype(np.int8)
        for name, one in zip(names, differences, strict=True)
    }


def main() -> None:
    model = tml.load_model(HERE / "01_cats_vs_dogs.tflite")
    models = {
        "one_multiply": one_multiply(),
        "first_layer": first_layer(model),
        "depthwise": depthwise(model),
    }
    for name, content in models.items():
        (HERE / f"07_{name}.tflite").write_bytes(content)
    data = tml.load_dataset("cats_vs_dogs", n_labelled=2000)
    pictures = data.test.pictures[:N_PICTURES]
    codes = (pictures.astype(np.int16) - 128).astype(np.int8)
    arrays = recorded(model.content, codes, [op.outputs[0] for op in model.graph.ops])
    pooled = arrays[f"reference_{AFTER_FIRST_POOL}"]
    arrays |= recorded(models["depthwise"], pooled, [DEPTHWISE])
    every = np.arange(-128, 128, dtype=np.int8).reshape(1, 1, 256, 1)
    arrays |= recorded(models["one_multiply"], every, ["one_multiply"])
    versions = [
        f"{package} {importlib.metadata.version(package)}"
        for package in ("ai-edge-litert", "tflite-micro")
    ]
    dense = fully_connected(np.random.default_rng(8), input_shape=(1, 6), n_units=24)
    (HERE / "07_fully_connected.tflite").write_bytes(dense)
    inputs = np.random.default_rng(9).integers(-128, 128, (500, 6), np.int8)
    arrays["fully_connected_inputs"] = inputs
    arrays["tflm_fully_connected"] = by_tflm(dense, inputs)[0]
    for name, resolver in RESOLVERS.items():
        arrays[f"{name}_fully_connected"] = by_tflite(dense, inputs, resolver)[0]
    np.savez_compressed(HERE / "07_activations.npz", pictures=pictures, versions=versions, **arrays)


if __name__ == "__main__":
    main()
