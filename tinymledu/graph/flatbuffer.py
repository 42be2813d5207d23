"""The flatbuffer inside a .tflite file, turned into the records of ir.py, trusting nothing.

A flatbuffer is a web of offsets. A damaged or hostile file can point outside itself, claim vectors
of four thousand million entries, or let a thousand tensors share one long vector so that reading
it takes minutes. So every vector is measured before it is read, and everything that is read is
counted against a budget in proportion to the file's size.

Format: tensorflow/compiler/mlir/lite/schema/schema.fbs, version 3.
"""

import math
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tflite.Model import Model
from tflite.utils import BUILTIN_OPCODE2NAME

from tinymledu.errors import ModelFormatError, UnsupportedModelError
from tinymledu.graph.flatbuffer_options import read_options
from tinymledu.graph.ir import Graph, Op, Quantization, Tensor
from tinymledu.graph.refusals import REFUSALS, refused

MAX_RANK = 8
MAX_TENSOR_ELEMENTS = 2**28
MAX_TABLES = 10_000  # tensors, operators, metadata entries: each costs some microseconds
NAME_CHARACTERS = 200  # the converter joins the names of fused layers into ever longer ones
BUDGET_PER_BYTE = 4  # a sound file reads each byte about once

# TensorType of the schema. Absent: STRING, RESOURCE, VARIANT, INT4, BFLOAT16.
DTYPES = {
    0: "float32",
    1: "float16",
    2: "int32",
    3: "uint8",
    4: "int64",
    6: "bool",
    7: "int16",
    8: "complex64",
    9: "int8",
    10: "float64",
    11: "complex128",
    12: "uint64",
    15: "uint32",
    16: "uint16",
}
CUSTOM = 32


@contextmanager
def damage_reported() -> Iterator[None]:
    """Turn what the flatbuffer accessors raise on damaged bytes into ModelFormatError."""
    try:
        yield
    except (ModelFormatError, UnsupportedModelError):
        raise
    except (struct.error, IndexError, TypeError, ValueError, OverflowError) as error:
        raise ModelFormatError(
            "This .tflite file is damaged: it points outside itself. Get it again."
        ) from error


class FlatbufferReader:
    """Reads one file, within a budget of elements that sharing cannot multiply."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._budget = BUDGET_PER_BYTE * len(content) + 4096
        self._model: Any = Model.GetRootAs(content, 0)

    def graph(self) -> Graph:
        """The first subgraph, checked for shapes, indices and order."""
        model = self._model
        if model.Version() != 3:
            raise UnsupportedModelError(
                f"This .tflite file has schema version {model.Version()}; version 3 is read."
            )
        if model.SubgraphsLength() == 0:
            raise ModelFormatError("This .tflite file holds no graph.")
        subgraph = model.Subgraphs(0)
        entries = [
            subgraph.Tensors(index)
            for index in range(self._n_tables(subgraph.TensorsLength(), "tensors"))
        ]
        ops = tuple(
            self._op(index, subgraph.Operators(index))
            for index in range(self._n_tables(subgraph.OperatorsLength(), "operators"))
        )
        _refuse_owners_of_state(ops, entries)
        tensors = tuple(self._tensor(index, entry) for index, entry in enumerate(entries))
        return Graph(
            tensors,
            ops,
            self._integers(subgraph.InputsLength(), subgraph.InputsAsNumpy),
            self._integers(subgraph.OutputsLength(), subgraph.OutputsAsNumpy),
        )

    def metadata(self, name: str) -> bytes | None:
        """Content of the metadata entry of that name, None where there is none."""
        for index in range(self._n_tables(self._model.MetadataLength(), "metadata entries")):
            entry = self._model.Metadata(index)
            if entry.Name() == name.encode():
                data = self._buffer(entry.Buffer())
                return None if data is None else data.tobytes()
        return None

    def _length(self, n: int) -> int:
        self._budget -= n
        if self._budget < 0:
            raise ModelFormatError(
                "This .tflite file is damaged: its lists are longer than the file. Get it again."
            )
        return n

    def _n_tables(self, n: int, what: str) -> int:
        if n > MAX_TABLES:
            raise ModelFormatError(
                f"This .tflite file claims {n:,} {what}; up to {MAX_TABLES:,} are read."
            )
        return n

    def _integers(self, n: int, read: Callable[[], Any]) -> tuple[int, ...]:
        return tuple(read().tolist()) if self._length(n) else ()

    def _tensor(self, index: int, entry: Any) -> Tensor:
        # The name is read to its end by the accessor: it must be counted too.
        text = entry.Name() or b""
        name = text[: self._length(len(text))][:NAME_CHARACTERS].decode(errors="replace")
        what = f"tensor {index} {name[:40]!r}"
        if entry.Type() not in DTYPES:
            raise UnsupportedModelError(
                f"{what} is of type number {entry.Type()} of the schema, which is not read here. "
                "Convert the model to int8 or float32."
            )
        if entry.IsVariable() or entry.Sparsity() is not None:
            kind = "keeps state between runs" if entry.IsVariable() else "is stored as sparse"
            raise UnsupportedModelError(f"{what} {kind}, which is not read here.")
        shape = self._integers(entry.ShapeLength(), entry.ShapeAsNumpy)
        dtype = DTYPES[entry.Type()]
        if len(shape) > MAX_RANK:
            raise ModelFormatError(f"{what} claims {len(shape):,} axes; at most {MAX_RANK}.")
        if min(shape, default=0) < 0:
            raise ModelFormatError(f"{what} has the impossible shape {list(shape)}.")
        if math.prod(shape) > MAX_TENSOR_ELEMENTS:
            raise ModelFormatError(f"{what} claims {math.prod(shape):,} elements: {list(shape)}.")
        raw = self._buffer(entry.Buffer())
        data = None if raw is None else _constant(what, raw, shape, dtype)
        return Tensor(index, name, shape, dtype, self._quantization(what, entry, shape), data)

    def _buffer(self, index: int) -> NDArray[np.uint8] | None:
        if not 0 <= index < self._model.BuffersLength():
            raise ModelFormatError(f"This .tflite file is damaged: it has no buffer {index}.")
        buffer = self._model.Buffers(index)
        if buffer.Offset() > 1:
            raise UnsupportedModelError(
                "The weights of this .tflite file lie outside its flatbuffer (a model over 2 GB), "
                "which is not read here."
            )
        if buffer.DataLength() == 0:
            return None
        data: NDArray[np.uint8] = buffer.DataAsNumpy()
        return data

    def _quantization(self, what: str, entry: Any, shape: tuple[int, ...]) -> Quantization | None:
        record = entry.Quantization()
        if record is None or record.ScaleLength() == 0:
            return None
        n = self._length(record.ScaleLength())
        self._length(record.ZeroPointLength())
        axis = record.QuantizedDimension()
        expected = {1, shape[axis]} if 0 <= axis < len(shape) else {1}
        if n not in expected or record.ZeroPointLength() not in (0, n):
            raise ModelFormatError(
                f"{what} of shape {list(shape)} has {n} scales and {record.ZeroPointLength()} zero "
                f"points along dimension {axis}."
            )
        scales = tuple(record.ScaleAsNumpy().tolist())
        zero_points = (
            tuple(record.ZeroPointAsNumpy().tolist()) if record.ZeroPointLength() else (0,) * n
        )
        if not all(math.isfinite(scale) and scale >= 0 for scale in scales):
            raise ModelFormatError(f"{what} has a scale that is negative or not a number.")
        return Quantization(scales, zero_points, axis)

    def _op(self, index: int, entry: Any) -> Op:
        opcode = entry.OpcodeIndex()
        if not 0 <= opcode < self._model.OperatorCodesLength():
            raise ModelFormatError(f"Operator {index} has no entry {opcode} in the operator list.")
        code = self._model.OperatorCodes(opcode)
        builtin = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
        kind = BUILTIN_OPCODE2NAME.get(builtin, f"BUILTIN_{builtin}")
        if builtin == CUSTOM:
            custom = code.CustomCode() or b""
            self._length(len(custom))
            kind = f"CUSTOM {custom[:NAME_CHARACTERS].decode(errors='replace')}"
        return Op(
            index,
            kind,
            code.Version(),
            self._integers(entry.InputsLength(), entry.InputsAsNumpy),
            self._integers(entry.OutputsLength(), entry.OutputsAsNumpy),
            read_options(f"{kind} #{index}", kind, entry),
        )


def _refuse_owners_of_state(ops: tuple[Op, ...], entries: list[Any]) -> None:
    """Name the operators, such as LSTM, whose tensors are of a kind that is not read here."""
    special = {
        index
        for index, entry in enumerate(entries)
        if entry.Type() not in DTYPES or entry.IsVariable()
    }
    owners = [op for op in ops if op.kind in REFUSALS and special.intersection(op.inputs)]
    if owners:
        raise UnsupportedModelError(refused(owners))


def _constant(
    what: str, raw: NDArray[np.uint8], shape: tuple[int, ...], dtype: str
) -> NDArray[np.generic]:
    n_bytes = math.prod(shape) * np.dtype(dtype).itemsize
    if raw.size != n_bytes:
        raise ModelFormatError(
            f"{what} of shape {list(shape)} and type {dtype} needs {n_bytes:,} B; "
            f"the file holds {raw.size:,} B for it."
        )
    data = raw.view(np.dtype(dtype).newbyteorder("<")).reshape(shape)
    data.flags.writeable = False
    return data
