"""Read a .tflite file: its graph, its labels, and which numbers it computes with."""

import json
import os
from pathlib import Path

from tinymledu.errors import ModelFormatError, UnsupportedModelError
from tinymledu.files import sha256_of
from tinymledu.graph.copies import as_copies
from tinymledu.graph.flatbuffer import FlatbufferReader, damage_reported
from tinymledu.graph.float_islands import on_codes
from tinymledu.graph.folding import fold_constants
from tinymledu.graph.ir import Graph, Tensor, TFLiteModel
from tinymledu.graph.normal_form import in_normal_form
from tinymledu.units import size

MAX_FILE_BYTES = 512 * 1024**2
METADATA_NAME = "tinymledu"
MAX_METADATA_BYTES = 64 * 1024
SCHEMES = ("float32", "dynamic", "float16", "int8", "unknown")


def load_model(source: str | Path | bytes, *, name: str | None = None) -> TFLiteModel:
    """Read a .tflite model, float or quantized, without running it.

    Its graph lacks operators whose results are known beforehand, and has others in one form; see
    normal_form.py, folding.py, copies.py and float_islands.py.

    Args:
        source: a path, or the bytes of the file.
        name: how the model is called on screen and in generated code; otherwise the file's stem.

    Raises:
        ModelFormatError: no such file, or its bytes are not a sound .tflite model.
        UnsupportedModelError: a sound model with tensors of a kind that is not read here.
    """
    if isinstance(source, bytes):
        return _model(source, name or "model")
    if not isinstance(source, str | os.PathLike):
        raise ModelFormatError(
            f"load_model takes a path or the bytes of a .tflite file, not a "
            f"{type(source).__name__}."
        )
    path = Path(source)
    content = _read_file(path)
    try:
        return _model(content, name or path.stem)
    except (ModelFormatError, UnsupportedModelError) as error:
        raise type(error)(f"{str(path)!r} cannot be read as a model. {error}") from error


def check_loaded(model: object) -> None:
    """Raise UnsupportedModelError for what is no TFLiteModel, such as a path or a Keras model."""
    if not isinstance(model, TFLiteModel):
        raise UnsupportedModelError(
            f"Boards run int8 .tflite models, and this is a {type(model).__name__}. "
            "quantize(model, calibration=...) makes one of a Keras model, load_model(path) reads "
            "one from a file."
        )


def _model(content: bytes, title: str) -> TFLiteModel:
    _check_identifier(content)
    with damage_reported():
        reader = FlatbufferReader(content)
        graph = reader.graph()
        notes = _read_notes(reader.metadata(METADATA_NAME))
    _check_references(graph)
    graph = on_codes(as_copies(fold_constants(in_normal_form(graph))))
    labels, scheme = notes
    return TFLiteModel(
        name=title,
        content=content,
        sha256=sha256_of(content),
        scheme=scheme or scheme_of(graph),
        labels=labels,
        graph=graph,
    )


def scheme_of(graph: Graph) -> str:
    """Which numbers a graph computes with, judged by its activations and its constants.

    float16 files store half-precision weights and DEQUANTIZE them; dynamic range files multiply
    float activations by int8 weights; int8 files may have float ends, joined by QUANTIZE and
    DEQUANTIZE.
    """
    inner = [
        tensor
        for op in graph.ops
        if op.kind not in ("QUANTIZE", "DEQUANTIZE")
        for tensor in graph.op_outputs(op)
    ] or [graph.tensors[index] for index in graph.inputs]
    activations = {tensor.dtype for tensor in inner}
    constants = {tensor.dtype for tensor in graph.tensors if tensor.data is not None}
    if activations == {"int8"}:
        return "int8"
    if activations != {"float32"}:
        return "unknown"
    if "float16" in constants:
        return "float16"
    return "dynamic" if "int8" in constants else "float32"


def _read_file(path: Path) -> bytes:
    try:
        n_bytes = path.stat().st_size
        if n_bytes > MAX_FILE_BYTES:
            raise ModelFormatError(
                f"{str(path)!r} has {size(n_bytes)}; a .tflite model for a board has a few."
            )
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ModelFormatError(f"There is no file {str(path)!r}.") from error
    except OSError as error:
        raise ModelFormatError(
            f"{str(path)!r} cannot be read: {error.strerror or error}. Name a .tflite file."
        ) from error
    except ValueError as error:  # a zero byte in the name
        raise ModelFormatError(f"{str(path)!r} cannot be read: {error}.") from error


def _check_identifier(content: bytes) -> None:
    if len(content) < 8:
        raise ModelFormatError(
            f"A .tflite file has more than {len(content)} B; this one is cut. Get it again."
        )
    if content[4:8] != b"TFL3":
        raise ModelFormatError(
            f"This is not a .tflite file: it begins with {content[:8]!r}, "
            "and bytes 4 to 7 of a .tflite file are 'TFL3'."
        )


def _read_notes(raw: bytes | None) -> tuple[tuple[str, ...], str | None]:
    """Labels and scheme from the metadata entry that `quantize` writes."""
    if raw is None:
        return (), None
    try:
        notes = json.loads(raw) if len(raw) <= MAX_METADATA_BYTES else None
    except (ValueError, RecursionError):
        notes = None
    if not isinstance(notes, dict):
        raise ModelFormatError(f"The {METADATA_NAME!r} metadata of this .tflite file is not JSON.")
    labels, scheme = notes.get("labels", []), notes.get("scheme")
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        raise ModelFormatError("The labels stored in this .tflite file are not a list of names.")
    if scheme is not None and scheme not in SCHEMES:
        raise ModelFormatError(
            f"This .tflite file calls its scheme {scheme!r}; known: {', '.join(SCHEMES)}."
        )
    return tuple(labels), scheme


def _check_references(graph: Graph) -> None:
    """Every index exists, every tensor is computed once, and before it is read."""
    n = len(graph.tensors)
    for index in graph.inputs + graph.outputs:
        if not 0 <= index < n:
            raise ModelFormatError(f"The graph names tensor {index} of {n}.")
    ready = [tensor.data is not None for tensor in graph.tensors]
    for index in graph.inputs:
        _compute(graph.tensors[index], "The list of graph inputs", ready)
    for op in graph.ops:
        what = f"{op.kind} #{op.index}"
        for index in op.inputs:
            if not -1 <= index < n:
                raise ModelFormatError(f"{what} reads tensor {index} of {n}.")
            if index >= 0 and not ready[index]:
                raise ModelFormatError(f"{what} reads tensor {index} before it is computed.")
        for index in op.outputs:
            if not 0 <= index < n:
                raise ModelFormatError(f"{what} writes tensor {index} of {n}.")
            _compute(graph.tensors[index], what, ready)
    for index in graph.outputs:
        if not ready[index]:
            raise ModelFormatError(f"Graph output {index} is never computed.")


def _compute(tensor: Tensor, what: str, ready: list[bool]) -> None:
    if ready[tensor.index]:
        raise ModelFormatError(f"{what} sets tensor {tensor.index}, which already has its value.")
    ready[tensor.index] = True
