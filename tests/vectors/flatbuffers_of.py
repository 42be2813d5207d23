"""Small .tflite models, built field by field, so that every scale and option can be chosen.

The converter only makes models that it finds reasonable; the arithmetic has to be right for all of
them. The schema classes come with tflite-micro.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import flatbuffers
import numpy as np
from numpy.typing import NDArray
from tflite_micro.tensorflow.lite.micro.python import schema_py_generated as schema

TYPES = {
    "float32": schema.TensorType.FLOAT32,
    "float16": schema.TensorType.FLOAT16,
    "int32": schema.TensorType.INT32,
    "int8": schema.TensorType.INT8,
}


@dataclass(frozen=True)
class TensorSpec:
    """A tensor to be: constant where `data` is given."""

    shape: tuple[int, ...]
    scales: tuple[float, ...] = ()
    zero_points: tuple[int, ...] = ()
    dtype: str = "int8"
    axis: int = 0
    data: NDArray[Any] | None = None
    is_variable: bool = False


@dataclass(frozen=True)
class OpSpec:
    kind: str
    inputs: tuple[int, ...]
    output: int
    options: Any = None
    version: int = 1
    more_outputs: tuple[int, ...] = ()


def constant(data: NDArray[Any], scales: Sequence[float] = (), axis: int = 0) -> TensorSpec:
    """A constant with zero points of 0, or without quantization where no scale is given."""
    return TensorSpec(
        data.shape,
        tuple(scales),
        (0,) * len(scales),
        str(data.dtype),
        axis,
        np.ascontiguousarray(data),
    )


def activation(shape: Sequence[int], scale: float, zero_point: int) -> TensorSpec:
    """An int8 activation."""
    return TensorSpec(tuple(shape), (scale,), (zero_point,))


def tflite_bytes(
    tensors: Sequence[TensorSpec],
    ops: Sequence[OpSpec],
    *,
    inputs: Sequence[int] = (0,),
    outputs: Sequence[int] | None = None,
    metadata: dict[str, bytes] | None = None,
) -> bytes:
    """A whole .tflite file; without `outputs`, the last operator's output is the graph's."""
    model = schema.ModelT()
    model.version = 3
    model.description = "tinymledu test vector"
    model.buffers = [_buffer(None)]
    graph = schema.SubGraphT()
    graph.name = "main"
    graph.tensors = [_tensor(index, spec, model.buffers) for index, spec in enumerate(tensors)]
    graph.inputs = list(inputs)
    graph.outputs = list(outputs) if outputs is not None else [ops[-1].output]
    model.operatorCodes = [_operator_code(op) for op in ops]
    graph.operators = [_operator(position, op) for position, op in enumerate(ops)]
    model.subgraphs = [graph]
    model.metadata = [_metadata(*entry, model.buffers) for entry in (metadata or {}).items()]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _buffer(data: NDArray[Any] | None) -> Any:
    buffer = schema.BufferT()
    if data is not None:
        buffer.data = np.frombuffer(data.tobytes(), np.uint8)
    return buffer


def _tensor(index: int, spec: TensorSpec, buffers: list[Any]) -> Any:
    tensor = schema.TensorT()
    tensor.name = f"t{index}"
    tensor.shape = list(spec.shape)
    tensor.type = TYPES[spec.dtype]
    tensor.buffer = 0
    tensor.isVariable = spec.is_variable
    if spec.data is not None:
        tensor.buffer = len(buffers)
        buffers.append(_buffer(spec.data))
    if spec.scales:
        tensor.quantization = schema.QuantizationParametersT()
        tensor.quantization.scale = list(spec.scales)
        tensor.quantization.zeroPoint = list(spec.zero_points)
        tensor.quantization.quantizedDimension = spec.axis
    return tensor


def _operator_code(op: OpSpec) -> Any:
    code = schema.OperatorCodeT()
    code.builtinCode = getattr(schema.BuiltinOperator, op.kind)
    code.deprecatedBuiltinCode = min(code.builtinCode, 127)
    code.version = op.version
    return code


def _operator(position: int, op: OpSpec) -> Any:
    operator = schema.OperatorT()
    operator.opcodeIndex = position
    operator.inputs = list(op.inputs)
    operator.outputs = [op.output, *op.more_outputs]
    if op.options is not None:
        name = type(op.options).__name__.removesuffix("T")
        operator.builtinOptionsType = getattr(schema.BuiltinOptions, name)
        operator.builtinOptions = op.options
    return operator


def _metadata(name: str, content: bytes, buffers: list[Any]) -> Any:
    entry = schema.MetadataT()
    entry.name = name
    entry.buffer = len(buffers)
    buffers.append(_buffer(np.frombuffer(content, np.uint8)))
    return entry
