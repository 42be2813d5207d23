"""Write small .tflite files by hand: any operator, any scales, without a converter in between."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import flatbuffers
import numpy as np
import tflite

TYPES = {
    "float32": tflite.TensorType.FLOAT32,
    "int8": tflite.TensorType.INT8,
    "int32": tflite.TensorType.INT32,
}
ACTIVATIONS = {
    "NONE": tflite.ActivationFunctionType.NONE,
    "RELU": tflite.ActivationFunctionType.RELU,
    "RELU6": tflite.ActivationFunctionType.RELU6,
}
PADDINGS = {"SAME": tflite.Padding.SAME, "VALID": tflite.Padding.VALID}


@dataclass(frozen=True)
class TensorSpec:
    """One tensor: quantized where `scales` is given, constant where `data` is."""

    shape: tuple[int, ...]
    dtype: str = "int8"
    scales: tuple[float, ...] = ()
    zero_points: tuple[int, ...] = ()
    axis: int = 0
    data: np.ndarray | None = None


@dataclass(frozen=True)
class OpSpec:
    """One operator; `options` is (builtin options table, {field: value})."""

    kind: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: tuple[str, dict[str, int | float | bool]] | None = None
    version: int = 1


def constant(data: np.ndarray, scales: Sequence[float] = (), axis: int = 0) -> TensorSpec:
    """A constant tensor, symmetric where it is quantized."""
    zero_points = (0,) * len(scales)
    return TensorSpec(data.shape, str(data.dtype), tuple(scales), zero_points, axis, data)


def tflite_bytes(
    tensors: Sequence[TensorSpec],
    ops: Sequence[OpSpec],
    inputs: Sequence[int],
    outputs: Sequence[int],
) -> bytes:
    """The bytes of a .tflite file with one subgraph."""
    builder = flatbuffers.Builder(4096)
    buffers = [_buffer(builder, None)] + [_buffer(builder, tensor.data) for tensor in tensors]
    table = [_tensor(builder, tensor, index + 1) for index, tensor in enumerate(tensors)]
    kinds = sorted({(op.kind, op.version) for op in ops})
    operators = [_operator(builder, op, kinds.index((op.kind, op.version))) for op in ops]
    subgraph = _subgraph(builder, table, operators, inputs, outputs)
    codes = [_operator_code(builder, kind, version) for kind, version in kinds]
    subgraphs = _offsets(builder, tflite.ModelStartSubgraphsVector, [subgraph])
    code_vector = _offsets(builder, tflite.ModelStartOperatorCodesVector, codes)
    buffer_vector = _offsets(builder, tflite.ModelStartBuffersVector, buffers)
    tflite.ModelStart(builder)
    tflite.ModelAddVersion(builder, 3)
    tflite.ModelAddOperatorCodes(builder, code_vector)
    tflite.ModelAddSubgraphs(builder, subgraphs)
    tflite.ModelAddBuffers(builder, buffer_vector)
    builder.Finish(tflite.ModelEnd(builder), b"TFL3")
    return bytes(builder.Output())


def _offsets(
    builder: flatbuffers.Builder,
    start: Callable[[flatbuffers.Builder, int], int],
    offsets: Sequence[int],
) -> int:
    start(builder, len(offsets))
    for offset in reversed(offsets):
        builder.PrependUOffsetTRelative(offset)
    return int(builder.EndVector())


def _buffer(builder: flatbuffers.Builder, data: np.ndarray | None) -> int:
    vector = None
    if data is not None:
        raw = np.frombuffer(np.ascontiguousarray(data).tobytes(), np.uint8)
        builder.StartVector(1, len(raw), 16)
        builder.head -= len(raw)
        builder.Bytes[builder.head : builder.head + len(raw)] = raw.tobytes()
        vector = builder.EndVector()
    tflite.BufferStart(builder)
    if vector is not None:
        tflite.BufferAddData(builder, vector)
    return int(tflite.BufferEnd(builder))


def _ints(builder: flatbuffers.Builder, values: Sequence[int]) -> int:
    return int(builder.CreateNumpyVector(np.array(values, np.int32)))


def _tensor(builder: flatbuffers.Builder, spec: TensorSpec, buffer: int) -> int:
    quantization = _quantization(builder, spec) if spec.scales else None
    name = builder.CreateString(f"tensor_{buffer - 1}")
    shape = _ints(builder, spec.shape)
    tflite.TensorStart(builder)
    tflite.TensorAddShape(builder, shape)
    tflite.TensorAddType(builder, TYPES[spec.dtype])
    tflite.TensorAddBuffer(builder, buffer)
    tflite.TensorAddName(builder, name)
    if quantization is not None:
        tflite.TensorAddQuantization(builder, quantization)
    return int(tflite.TensorEnd(builder))


def _quantization(builder: flatbuffers.Builder, spec: TensorSpec) -> int:
    scales = builder.CreateNumpyVector(np.array(spec.scales, np.float32))
    zero_points = builder.CreateNumpyVector(np.array(spec.zero_points, np.int64))
    tflite.QuantizationParametersStart(builder)
    tflite.QuantizationParametersAddScale(builder, scales)
    tflite.QuantizationParametersAddZeroPoint(builder, zero_points)
    tflite.QuantizationParametersAddQuantizedDimension(builder, spec.axis)
    return int(tflite.QuantizationParametersEnd(builder))


def _operator(builder: flatbuffers.Builder, op: OpSpec, code: int) -> int:
    options = None
    if op.options is not None:
        table, fields = op.options
        getattr(tflite, f"{table}Start")(builder)
        for field, value in fields.items():
            getattr(tflite, f"{table}Add{field}")(builder, value)
        options = getattr(tflite, f"{table}End")(builder)
    inputs, outputs = _ints(builder, op.inputs), _ints(builder, op.outputs)
    tflite.OperatorStart(builder)
    tflite.OperatorAddOpcodeIndex(builder, code)
    tflite.OperatorAddInputs(builder, inputs)
    tflite.OperatorAddOutputs(builder, outputs)
    if options is not None:
        kind = getattr(tflite.BuiltinOptions, op.options[0])
        tflite.OperatorAddBuiltinOptionsType(builder, kind)
        tflite.OperatorAddBuiltinOptions(builder, options)
    return int(tflite.OperatorEnd(builder))


def _operator_code(builder: flatbuffers.Builder, kind: str, version: int) -> int:
    code = getattr(tflite.BuiltinOperator, kind)
    tflite.OperatorCodeStart(builder)
    tflite.OperatorCodeAddDeprecatedBuiltinCode(builder, code)
    tflite.OperatorCodeAddBuiltinCode(builder, code)
    tflite.OperatorCodeAddVersion(builder, version)
    return int(tflite.OperatorCodeEnd(builder))


def _subgraph(
    builder: flatbuffers.Builder,
    tensors: Sequence[int],
    operators: Sequence[int],
    inputs: Sequence[int],
    outputs: Sequence[int],
) -> int:
    tensor_vector = _offsets(builder, tflite.SubGraphStartTensorsVector, tensors)
    operator_vector = _offsets(builder, tflite.SubGraphStartOperatorsVector, operators)
    input_vector, output_vector = _ints(builder, inputs), _ints(builder, outputs)
    tflite.SubGraphStart(builder)
    tflite.SubGraphAddTensors(builder, tensor_vector)
    tflite.SubGraphAddInputs(builder, input_vector)
    tflite.SubGraphAddOutputs(builder, output_vector)
    tflite.SubGraphAddOperators(builder, operator_vector)
    return int(tflite.SubGraphEnd(builder))
