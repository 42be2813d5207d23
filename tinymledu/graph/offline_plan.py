"""A plan of the arena that TensorFlow Lite Micro follows, and how much memory it then takes.

A .tflite file may carry metadata named "OfflineMemoryAllocation": int32 numbers, namely a version,
the number of subgraphs, the number of tensors, and for each tensor its byte offset in the arena's
head, or -1 where the runtime shall choose. TFLM does not check that the tensors are apart.

Source: tflite-micro, tensorflow/lite/micro/docs/memory_management.md, "Offline planned tensor
allocations".
"""

import importlib
import os
import re
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tinymledu.errors import BoardError, UnsupportedModelError
from tinymledu.graph.given_plan import plan_with_offsets
from tinymledu.graph.ir import TFLiteModel
from tinymledu.graph.oracle import PACKAGE, Oracle, need_oracle
from tinymledu.graph.tflite import load_model

METADATA_NAME = "OfflineMemoryAllocation"
FORMAT_VERSION = 1
LINE = re.compile(r"Arena allocation (total|head|tail) (\d+) bytes")


@dataclass(frozen=True, slots=True)
class TFLMArena:
    """Bytes of TFLM's arena, as its own recorder counts them.

    head: activations and scratch memory, which a plan moves. tail: what the runtime keeps for
    itself. total: both.
    """

    total_bytes: int
    head_bytes: int
    tail_bytes: int


def with_offline_plan(model: TFLiteModel, offsets: Mapping[int, int]) -> TFLiteModel:
    """The same model with a plan in its file, for TFLM to follow.

    Args:
        offsets: byte offset by tensor index; checked as by deploy(plan=...), though without any
            output over its input.

    Raises:
        InputError: a plan that is incomplete, misaligned, or lets two tensors overlap.
        MissingToolError: tflite-micro is not installed; its schema writes the file.
    """
    need_oracle()
    places = plan_with_offsets(model.graph, offsets).offsets
    numbers = [FORMAT_VERSION, 1, len(model.graph.tensors)]
    numbers += [places.get(tensor.index, -1) for tensor in model.graph.tensors]
    content = _with_metadata(model.content, np.array(numbers, "<i4").tobytes())
    return load_model(content, name=model.name)


def tflm_arena(model: TFLiteModel) -> TFLMArena:
    """What TFLM's recorder says of its arena after the model has been loaded.

    Raises:
        MissingToolError: tflite-micro is not installed.
        BoardError: the recorder printed no figures.
    """
    printed = _standard_error_of(Oracle(model).print_allocations)
    figures = {name: int(n_bytes) for name, n_bytes in LINE.findall(printed)}
    if set(figures) != {"total", "head", "tail"}:
        raise BoardError(f"TFLM's recorder said nothing about the arena, but: {printed[:200]!r}")
    return TFLMArena(figures["total"], figures["head"], figures["tail"])


def allocation_failure(model: TFLiteModel, arena_bytes: int) -> str | None:
    """What TFLM prints when it loads the model into an arena of so many bytes; None if it fits.

    Args:
        model: one that runs, so that only the arena can be at fault.

    Raises:
        MissingToolError: tflite-micro is not installed.
    """
    refused = False

    def load() -> None:
        nonlocal refused
        try:
            Oracle(model, arena_bytes=arena_bytes)
        except UnsupportedModelError:
            refused = True

    printed = _standard_error_of(load).strip()
    return printed if refused else None


def _with_metadata(content: bytes, plan: bytes) -> bytes:
    import flatbuffers

    schema: Any = importlib.import_module(
        f"{PACKAGE}.tensorflow.lite.micro.python.schema_py_generated"
    )
    file = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
    buffer = schema.BufferT()
    buffer.data = np.frombuffer(plan, np.uint8)
    entry = schema.MetadataT()
    entry.name, entry.buffer = METADATA_NAME, len(file.buffers)
    kept = [old for old in file.metadata or [] if _text(old.name) != METADATA_NAME]
    file.buffers = [*file.buffers, buffer]
    file.metadata = [*kept, entry]
    builder = flatbuffers.Builder(len(content) + len(plan) + 1024)
    builder.Finish(file.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _text(name: bytes | str) -> str:
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else name


def _standard_error_of(call: Callable[[], None]) -> str:
    """What C code prints to standard error, which Python's own objects do not see."""
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with tempfile.TemporaryFile() as file:
            os.dup2(file.fileno(), 2)
            try:
                call()
            finally:
                os.dup2(kept, 2)
            file.seek(0)
            return file.read().decode("utf-8", "replace")
    finally:
        os.close(kept)
