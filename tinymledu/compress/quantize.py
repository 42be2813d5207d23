"""Smaller numbers: a Keras model as .tflite in float32, float16, dynamic range or int8."""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tinymledu.compress.convert import convert, refusals, words_of
from tinymledu.compress.records import (
    CALIBRATION_FILE,
    FAILURE_FILE,
    MODEL_FILE,
    REQUEST_FILE,
    SCHEMES,
)
from tinymledu.errors import ConversionError, InputError, unknown_name
from tinymledu.graph.ir import TFLiteModel
from tinymledu.graph.tflite import load_model
from tinymledu.models.framework import quiet
from tinymledu.models.scores import check_keras_model, check_pictures
from tinymledu.translation import translated

if TYPE_CHECKING:
    import keras

    from tinymledu.datasets import Calibration

TIME_LIMIT_S = 600
IN_JAIL = "TINYMLEDU_IN_JAIL"  # set to 1 where this process is the boundary already

# Layers of the models in this package; a crash is most likely in a layer of another kind.
_USUAL_LAYERS = {
    "InputLayer", "Conv2D", "DepthwiseConv2D", "BatchNormalization", "ReLU", "MaxPooling2D",
    "AveragePooling2D", "GlobalAveragePooling2D", "Dropout", "Dense", "Flatten", "Reshape",
    "Activation", "Add", "ZeroPadding2D", "Softmax",
}  # fmt: skip

_RECURRENT_LAYERS = {"LSTM", "GRU", "SimpleRNN", "Bidirectional"}


def quantize(
    model: "keras.Model",
    *,
    calibration: "Calibration",
    scheme: str = "int8",
    name: str | None = None,
) -> TFLiteModel:
    """Convert a trained Keras model to a .tflite model with a batch of one.

    int8 is what boards run: weights, activations, input and output are 8-bit integers, and the
    ranges of the activations come from the calibration pictures. A pixel p becomes the input code
    p - 128. The same model and calibration give the same bytes.

    Args:
        calibration: training pictures, such as data.calibration(n=200, seed=7); the class names
            it carries are stored in the file.
        scheme: "int8", "float16" (weights as half floats), "dynamic" (int8 weights, float
            activations) or "float32" (no compression).
        name: of the result; otherwise the Keras model's name and the scheme.

    Raises:
        InputError: no calibration pictures, pictures of another shape, labels that are not one
            for each output, or a `model` that is no Keras model, such as one converted before.
        ConversionError: the converter cannot convert the model.
    """
    return _convert_all(model, calibration, [scheme], name)[0]


def shrink(
    model: "keras.Model", *, calibration: "Calibration", name: str | None = None
) -> tuple[TFLiteModel, TFLiteModel, TFLiteModel, TFLiteModel]:
    """The same model in all four schemes: float32, dynamic, float16, int8.

    See `quantize` for the arguments.
    """
    float32, dynamic, float16, int8 = _convert_all(model, calibration, SCHEMES, name)
    return float32, dynamic, float16, int8


def _convert_all(
    model: "keras.Model", calibration: "Calibration", schemes: Sequence[str], name: str | None
) -> list[TFLiteModel]:
    for scheme in schemes:
        if scheme not in SCHEMES:
            raise unknown_name("scheme", scheme, SCHEMES)
    check_keras_model(model)
    _check_calibration(model, calibration)
    notes = {
        scheme: {
            "labels": list(calibration.labels),
            "scheme": scheme,
            "dataset": calibration.dataset,
        }
        for scheme in schemes
    }
    if os.environ.get(IN_JAIL) == "1":
        contents = [_convert_here(model, calibration, key, notes[key]) for key in schemes]
    else:
        contents = _convert_elsewhere(model, calibration, notes)
    base = name or model.name
    return [
        load_model(content, name=name if name and len(schemes) == 1 else f"{base}_{scheme}")
        for scheme, content in zip(schemes, contents, strict=True)
    ]


def _check_calibration(model: "keras.Model", calibration: "Calibration") -> None:
    pictures = getattr(calibration, "pictures", None)
    if pictures is None:
        raise InputError(
            translated(
                "calibration is a {type}; give training pictures, such as "
                "data.calibration(n=200, seed=7).",
                type=type(calibration).__name__,
            )
        )
    if len(pictures) == 0:
        raise InputError(
            translated(
                "The calibration has no pictures. int8 learns the range of every activation from "
                "them; 100 to 300 training pictures are enough: data.calibration(n=200, seed=7)."
            )
        )
    try:
        check_pictures(model, pictures)
    except InputError as reason:
        raise InputError(
            translated("The calibration does not fit the model. {reason}", reason=reason)
        ) from reason
    n_outputs = model.output_shape[-1]
    if len(calibration.labels) != n_outputs:
        raise InputError(
            translated(
                "The model {model} has {n_outputs} outputs, and the calibration names {n} classes: "
                "{classes}.",
                model=model.name,
                n_outputs=n_outputs,
                n=len(calibration.labels),
                classes=", ".join(calibration.labels),
            )
        )


def _convert_here(
    model: "keras.Model", calibration: "Calibration", scheme: str, notes: dict[str, Any]
) -> bytes:
    """Convert in this process, which is expendable."""
    try:
        return convert(model, calibration.pictures, scheme, notes)
    except refusals() as reason:
        raise _refusal(model, words_of(scheme, reason)) from reason


def _convert_elsewhere(
    model: "keras.Model", calibration: "Calibration", notes: dict[str, dict[str, Any]]
) -> list[bytes]:
    """Convert in a process of its own, which may crash."""
    with tempfile.TemporaryDirectory(prefix="tinymledu-convert-") as name:
        folder = Path(name)
        with quiet():
            model.save(folder / MODEL_FILE)
        np.save(folder / CALIBRATION_FILE, calibration.pictures, allow_pickle=False)
        request = json.dumps({"schemes": notes})
        (folder / REQUEST_FILE).write_text(request, encoding="utf-8")
        command = [sys.executable, "-m", "tinymledu.compress.convert_process", str(folder)]
        try:
            done = subprocess.run(
                command, capture_output=True, timeout=TIME_LIMIT_S, check=False,
                stdin=subprocess.DEVNULL,
            )  # fmt: skip
        except subprocess.TimeoutExpired as reason:
            raise ConversionError(
                f"TensorFlow's converter did not finish {model.name} in {TIME_LIMIT_S} s. "
                "Fewer calibration pictures or a smaller model take less time."
            ) from reason
        failure = folder / FAILURE_FILE
        if failure.exists():
            raise _refusal(model, failure.read_text(encoding="utf-8"))
        if done.returncode != 0:
            raise _crash(model, done.returncode, done.stderr.decode(errors="replace"))
        return [(folder / f"{scheme}.tflite").read_bytes() for scheme in notes]


def _refusal(model: "keras.Model", words: str) -> ConversionError:
    """The converter said no: name the operators it complained about."""
    scheme, _, reason = words.partition("\n")
    operators = sorted(set(re.findall(r"\btf\.(\w+)", reason)))
    about = f" It has no form of {', '.join(operators)}." if operators else ""
    first_line = reason.strip().splitlines()[0][:300] if reason.strip() else "no reason given"
    return ConversionError(
        f"TensorFlow's converter could not write {model.name} as {scheme}.{about} "
        f"{_suspects(model)}It said: {first_line}"
    )


def _crash(model: "keras.Model", code: int, stderr: str) -> ConversionError:
    """The converter's process died: name the layers that are likely to be the reason."""
    end = f"by signal {-code}" if code < 0 else f"with exit code {code}"
    lines = [line for line in stderr.splitlines() if line.strip()]
    last = f"Its last line was: {lines[-1][:300]}" if lines else "It left no message."
    return ConversionError(
        f"TensorFlow's converter crashed ({end}) on {model.name}. {_suspects(model)}{last}"
    )


def _suspects(model: "keras.Model") -> str:
    unusual = [
        f"{type(layer).__name__} {layer.name!r}"
        for layer in model.layers
        if type(layer).__name__ not in _USUAL_LAYERS
    ]
    if not unusual:
        return ""
    recurrent = {type(layer).__name__ for layer in model.layers} & _RECURRENT_LAYERS
    unroll = ", or with unroll=True, which makes LSTM, GRU and SimpleRNN run" if recurrent else ""
    return f"Layers that are unusual on boards: {', '.join(unusual)}; try without them{unroll}. "
