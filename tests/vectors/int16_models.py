"""16x8 models: those of operator_models.py, with int16 activations of a step 256 times finer."""

from typing import Any

import flatbuffers
import numpy as np
from tflite_micro.tensorflow.lite.micro.python import schema_py_generated as schema

FINER = 256  # the range of an activation stays as it is


def with_int16_activations(content: bytes) -> bytes:
    """The same layers on int16: zero points of 0, biases in int64, softmax in steps of 1/32768."""
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    (graph,) = model.subgraphs
    for tensor in graph.tensors:
        data = model.buffers[tensor.buffer].data
        if tensor.type == schema.TensorType.INT8 and data is None:
            _refine(tensor)
        elif tensor.type == schema.TensorType.INT32 and tensor.quantization is not None:
            values = np.frombuffer(bytes(data), np.int32).astype(np.int64) * FINER
            tensor.type = schema.TensorType.INT64
            tensor.quantization.scale = _finer(tensor.quantization.scale)
            model.buffers[tensor.buffer].data = np.frombuffer(values.tobytes(), np.uint8)
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _refine(tensor: Any) -> None:
    tensor.type = schema.TensorType.INT16
    scales = list(tensor.quantization.scale)
    # An int8 softmax has 256 steps from 0 to 1; an int16 softmax has 32768.
    tensor.quantization.scale = [1 / 32768] if scales == [1 / 256] else _finer(scales)
    tensor.quantization.zeroPoint = [0]


def _finer(scales: Any) -> list[float]:
    return [float(scale) / FINER for scale in scales]
