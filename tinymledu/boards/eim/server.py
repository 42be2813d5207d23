"""The .eim program in Python, as firmware/edge_impulse/ is in C; they give the same scores.

Requests are JSON objects, one after the other on a Unix socket; a reply ends in a 0 byte.
"""

import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from tinymledu.boards.eim.parameters import Impulse, Sensor, impulse, model_parameters, project
from tinymledu.graph.ir import TFLiteModel
from tinymledu.graph.reference import Interpreter
from tinymledu.graph.tflite import load_model

THRESHOLD_ID = 1
MOST_PIXEL = 0xFFFFFF
MOST_REQUEST_BYTES = 64 * 1024**2

Answer = dict[str, object]


class _RefusedError(Exception):
    """What a client asked cannot be done; a sentence that it gets."""


class Server:
    """A model, its threshold, and the memory that a client may write features to."""

    def __init__(self, model: TFLiteModel, told: Impulse) -> None:
        self._model = model
        self._told = told
        self._interpreter = Interpreter(model)
        self._min_score = 0.0
        self._memory: SharedMemory | None = None

    def share_memory(self) -> None:
        """Offer memory for features; where the system has none, they come as JSON."""
        try:
            name = f"tinymledu-{os.getpid()}"
            self._memory = SharedMemory(name, create=True, size=4 * self._told.n_features)
        except OSError:
            self._memory = None

    def close(self) -> None:
        """Give the shared memory back."""
        if self._memory is not None:
            self._memory.close()
            self._memory.unlink()

    def reply(self, request: object) -> bytes:
        """The reply to one decoded request."""
        number = request.get("id", 0) if isinstance(request, dict) else 0
        try:
            answer = {"success": True, **self._answer(request)}
        except _RefusedError as refusal:
            answer = {"success": False, "error": str(refusal)}
        except (ValueError, TypeError, OverflowError):
            sentence = "The request is not JSON with the values it should have."
            answer = {"success": False, "error": sentence}
        return json.dumps({"id": number, **answer}).encode() + b"\0"

    def _answer(self, request: object) -> Answer:
        verbs: dict[str, Callable[[Any], Answer]] = {
            "hello": self._hello,
            "classify": self._classify,
            "classify_shm": self._classify_shm,
            "set_threshold": self._set_threshold,
            "classify_continuous": _refuse_windows,
            "classify_continuous_shm": _refuse_windows,
            "set_parameter": _refuse_parameters,
        }
        if not isinstance(request, dict):
            raise TypeError
        for verb in verbs:
            if verb in request:
                return verbs[verb](request[verb])
        raise _RefusedError("The request is none of hello, classify, classify_shm, set_threshold.")

    def _hello(self, _value: object) -> Answer:
        threshold = {"id": THRESHOLD_ID, "type": "classification", "min_score": self._min_score}
        answer: Answer = {
            "model_parameters": {**model_parameters(self._told), "thresholds": [threshold]},
            "project": project(self._model),
            "inferencing_engine": {"engine_type": 255, "properties": []},
        }
        if self._memory is None:
            return {**answer, "features_shm_error": "this system gave no shared memory"}
        n = self._told.n_features
        memory = {"name": f"/{self._memory.name}", "size_bytes": 4 * n, "type": "float32"}
        return {**answer, "features_shm": {**memory, "elements": n}}

    def _classify(self, features: object) -> Answer:
        if not isinstance(features, list):
            raise TypeError
        self._check_count(len(features))
        return self._scores(np.array(features, dtype=np.float32))

    def _classify_shm(self, value: dict[str, int]) -> Answer:
        if self._memory is None:
            raise _RefusedError("This system gave no shared memory; send classify instead.")
        n = self._told.n_features
        self._check_count(value.get("elements", 0))
        return self._scores(np.ndarray((n,), np.float32, self._memory.buf).copy())

    def _check_count(self, n: int) -> None:
        wanted = self._told.n_features
        if n != wanted:
            raise _RefusedError(f"{n} features were sent; the model takes {wanted}.")

    def _scores(self, features: NDArray[np.float32]) -> Answer:
        start_us = _now_us()
        inputs = real_input(self._told, features).reshape(self._model.graph.input.shape[1:])
        middle_us = _now_us()
        codes = self._interpreter.run(inputs)[0].ravel()
        stop_us = _now_us()
        real = self._real(codes)
        if self._min_score > 0:  # a model without softmax has negative scores: 0 leaves them alone
            real[real < self._min_score] = 0
        scores = dict(zip(self._told.labels, real.tolist(), strict=True))
        dsp_us, classification_us = middle_us - start_us, stop_us - middle_us
        timing = {
            "dsp": dsp_us // 1000,
            "classification": classification_us // 1000,
            "anomaly": 0,
            "dsp_us": dsp_us,
            "classification_us": classification_us,
        }
        return {"result": {"classification": scores}, "timing": timing}

    def _real(self, codes: NDArray[Any]) -> NDArray[np.float32]:
        quantization = self._model.graph.output.quantization
        if quantization is None:
            return codes.astype(np.float32)
        steps = codes.astype(np.int32) - quantization.zero_point
        return steps.astype(np.float32) * np.float32(quantization.scale)

    def _set_threshold(self, value: dict[str, float]) -> Answer:
        number, min_score = value.get("id", -1), value.get("min_score", -1)
        if number != THRESHOLD_ID:
            raise _RefusedError(
                f"There is no threshold with id {number}; the only one has id {THRESHOLD_ID}."
            )
        if not 0 <= min_score <= 1:
            raise _RefusedError("A threshold is a min_score from 0 to 1.")
        self._min_score = float(np.float32(min_score))
        return {}


def real_input(told: Impulse, features: NDArray[np.float32]) -> NDArray[Any]:
    """Features as the pixels (uint8) or real values (float32) that the model takes, in order."""
    if not told.n_channels:
        _check_features(np.isfinite(features), "a finite number")
        return features * np.float32(told.real_per_feature)
    is_pixel = (features >= 0) & (features <= MOST_PIXEL)
    _check_features(is_pixel, f"a pixel from 0 to {MOST_PIXEL}")
    pixels = features.astype(np.uint32)
    colours = np.stack([pixels >> 16, pixels >> 8 & 255, pixels & 255], axis=-1)
    if told.n_channels == 1:
        # Luma of ITU-R BT.601 in whole numbers, so that a grey pixel keeps its value.
        colours = (colours @ np.array([299, 587, 114], np.uint32) + 500) // 1000
    return colours.astype(np.uint8)


def _check_features(good: NDArray[np.bool_], what: str) -> None:
    if not good.all():
        raise _RefusedError(f"Feature {int(np.argmin(good))} is not {what}.")


def _refuse_windows(_value: object) -> NoReturn:
    raise _RefusedError("This model takes whole windows; send classify instead.")


def _refuse_parameters(_value: object) -> NoReturn:
    raise _RefusedError("This model has no parameter that can be set.")


def _now_us() -> int:
    return time.perf_counter_ns() // 1000


def main(content: bytes, *, name: str, sensor: Sensor, frequency_hz: int | None) -> int:
    """Serve one client after the other until a signal; the program's exit code."""
    if len(sys.argv) != 2:
        sys.stderr.write(f"This is the model {name} for clients of Edge Impulse for Linux.\n")
        sys.stderr.write(f"Usage: {sys.argv[0]} SOCKET\n")
        return 2
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    model = load_model(content, name=name)
    server = Server(model, impulse(model, sensor=sensor, frequency_hz=frequency_hz))
    server.share_memory()
    path = Path(sys.argv[1])
    try:
        with _listen_at(path) as listener:
            while True:
                client, _ = listener.accept()
                with client:
                    _serve(server, client)
    except KeyboardInterrupt:
        return 0
    except OSError as error:
        sys.stderr.write(f"No socket could be made at {path}: {error.strerror}.\n")
        return 1
    finally:
        path.unlink(missing_ok=True)
        server.close()


def _stop(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _listen_at(path: Path) -> socket.socket:
    """A socket that listens before it has the name that the client waits for."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    unready = f"{path}.new"
    listener.bind(unready)
    listener.listen(4)
    Path(unready).rename(path)
    return listener


def _serve(server: Server, client: socket.socket) -> None:
    decoder = json.JSONDecoder()
    text = ""
    while True:
        try:
            received = client.recv(65536)
        except ConnectionError:
            return
        if not received:
            return
        text += received.decode("utf-8", errors="replace")
        while (text := text.lstrip("\0 \r\n\t")).rstrip().endswith("}"):
            try:
                request, end = decoder.raw_decode(text)
            except (ValueError, RecursionError):
                break
            text = text[end:]
            client.sendall(server.reply(request))
        if len(text) > MOST_REQUEST_BYTES:
            return  # no client sends as much; what it is cannot be answered
