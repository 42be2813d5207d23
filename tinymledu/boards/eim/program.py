"""Writes a .eim file: a C program, or a Python one where no C compiler is."""

import base64
import json
import platform
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from tinymledu import __version__, files
from tinymledu.boards.eim.compilers import compiler_for
from tinymledu.boards.eim.parameters import (
    Impulse,
    Sensor,
    impulse,
    model_parameters,
    project,
)
from tinymledu.boards.exports.known_answers import C_TYPES
from tinymledu.boards.exports.names import export_name, plain_text
from tinymledu.boards.exports.templates import fill
from tinymledu.boards.writing import disk_problem
from tinymledu.codegen.emit import generate_c
from tinymledu.errors import InputError, MissingToolError, unknown_name
from tinymledu.graph.ir import TFLiteModel
from tinymledu.graph.tflite import check_loaded

Language = Literal["c", "python"]

# A number of a JSON request has at most 24 characters, comma and space apart.
_REQUEST_BYTES_PER_FEATURE = 32
_SCORE_BYTES = 32
_OTHER_BYTES = 4096


@dataclass(frozen=True, slots=True)
class EimFile:
    """A .eim file that was written. made_with: what compiled it, or which Python runs it."""

    path: Path
    language: Language
    made_with: str
    n_bytes: int
    impulse: Impulse


def write_eim(
    model: TFLiteModel,
    path: str | Path,
    *,
    sensor: Sensor | None = None,
    frequency_hz: int | None = None,
    machine: str | None = None,
    language: Language | None = None,
) -> EimFile:
    """Write a model as a program that the clients of Edge Impulse for Linux start.

    Args:
        sensor, frequency_hz: where features come from; see `impulse`.
        machine: x86_64, aarch64 or armv7l, for which a Linux program is compiled; otherwise this
            computer.
        language: "c" or "python"; otherwise C where a compiler is found.

    Raises:
        InputError: the sensor does not fit the model, or the file cannot be written.
        UnsupportedModelError: an operator, type or shape that has no kernel.
        MissingToolError: C was asked for, or another machine, and no compiler is installed.
    """
    check_loaded(model)
    told = impulse(model, sensor=sensor, frequency_hz=frequency_hz)
    if language is not None and language not in get_args(Language):
        raise unknown_name("language of a .eim", language, get_args(Language))
    compiler = None if language == "python" else compiler_for(machine)
    if compiler is None:
        if language == "c" or machine is not None:
            raise MissingToolError(
                "No C compiler was found: neither the Python package ziglang nor cc. Install one "
                f"with: {files.how_to_install()}. Without one, a .eim in Python can be written "
                "for this computer: --language python."
            )
        return _write(Path(path), _python_program(model, told), "python", _python_name(), told)
    program = compiler.compile(c_files(model, told))
    return _write(Path(path), program, "c", compiler.name, told)


def c_files(model: TFLiteModel, told: Impulse) -> dict[str, str]:
    """The C files of the program: the model, its kernels, and firmware/edge_impulse/."""
    source = generate_c(model, c_name=export_name(model, None))
    holes = _holes(model, told) | {"c_name": source.c_name, "macro": source.c_name.upper()}
    texts = dict(source.files)
    for part in ("eim_model.h", "eim_model.c"):
        texts[part] = fill(f"edge_impulse/{part}", holes)
    for file in sorted(files.shipped("firmware", "edge_impulse").glob("eim_*.[ch]")):
        texts[file.name] = file.read_text(encoding="utf-8")
    return texts


def _holes(model: TFLiteModel, told: Impulse) -> dict[str, object]:
    graph = model.graph
    parameters = json.dumps(model_parameters(told), separators=(",", ":"))[1:-1]
    project_text = json.dumps(project(model), separators=(",", ":"))
    labels = [json.dumps(label) for label in told.labels]
    scores_bytes = sum(len(label) + _SCORE_BYTES for label in labels)
    return {
        "model_name": plain_text(model.name),
        "model_sha256": model.sha256,
        "version": __version__,
        "n_features": told.n_features,
        "n_channels": told.n_channels,
        "feature_name": "a pixel from 0 to 16777215" if told.n_channels else "a finite number",
        "real_per_feature": told.real_per_feature,
        "labels": labels,
        "parameters": parameters,
        "project": project_text,
        "request_bytes": told.n_features * _REQUEST_BYTES_PER_FEATURE + _OTHER_BYTES,
        "reply_bytes": max(scores_bytes, len(parameters) + len(project_text)) + _OTHER_BYTES,
        "input_c_type": C_TYPES[graph.input.dtype],
        "output_c_type": C_TYPES[graph.output.dtype],
        "input_quantization": graph.input.quantization,
        "output_quantization": graph.output.quantization,
    }


def _python_program(model: TFLiteModel, told: Impulse) -> bytes:
    holes = {
        "python": sys.executable,
        "model_name": plain_text(model.name),
        "model_sha256": model.sha256,
        "version": __version__,
        "title": json.dumps(model.name),
        "sensor": told.sensor,
        "frequency_hz": told.frequency_hz or None,
        "lines": _lines(base64.b64encode(model.content).decode()),
    }
    return fill("edge_impulse/program.py", holes).encode()


def _lines(text: str) -> list[str]:
    return [text[start : start + 88] for start in range(0, len(text), 88)]


def _python_name() -> str:
    return f"Python {platform.python_version()}, {sys.executable}"


def _write(
    path: Path, program: bytes, language: Language, made_with: str, told: Impulse
) -> EimFile:
    try:
        files.write_atomic(path, program)
        path.chmod(0o755)
    except OSError as error:
        raise InputError(f"{path} could not be written: {disk_problem(error)}") from error
    return EimFile(path, language, made_with, len(program), told)
