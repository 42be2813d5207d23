"""Inference on a real board: the right model is on it, and its own clock measures the latency."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from tinymledu.boards.serial import Identity, Patience, SerialBoard
from tinymledu.boards.sketch import wire_flip
from tinymledu.errors import BoardError
from tinymledu.graph.ir import TFLiteModel
from tinymledu.quantities import Method


@dataclass(frozen=True, slots=True)
class Answers:
    """What a board answered: the bytes of output tensors, and each latency by the board's clock.

    elapsed_s: what all of it took on this computer, the way there and back included.
    """

    outputs: list[bytes]
    latencies_ms: tuple[float, ...]
    method: Method
    elapsed_s: float


def check_board(model: TFLiteModel, port: str, *, patience: Patience | None = None) -> Identity:
    """Ask the board at a port who it is.

    Raises:
        BoardError: no board answers there, or its firmware was made for another model.
    """
    with SerialBoard(port, patience=patience) as board:
        return _identified(board, model, port)


def ask_board(
    model: TFLiteModel,
    port: str,
    codes: NDArray[Any],
    *,
    progress: Callable[[int, int], None] | None = None,
    patience: Patience | None = None,
) -> Answers:
    """Run inputs (n, ...) of the model's input type on the board at a port, one after the other.

    Raises:
        BoardError: as check_board; or the board fell silent, was unplugged, or answered nonsense.
    """
    began = time.perf_counter()
    flip = wire_flip(model.graph.input)
    outputs, latencies_ms = [], []
    with SerialBoard(port, patience=patience) as board:
        identity = _identified(board, model, port)
        for index, one in enumerate(codes):
            board.load(bytes(byte ^ flip for byte in one.tobytes()))
            answer = board.infer()
            outputs.append(_checked(answer.output, model, port))
            latencies_ms.append(answer.latency_us / 1000)
            if progress is not None:
                progress(index + 1, len(codes))
    method = Method.MODELLED if identity.virtual else Method.MEASURED
    return Answers(outputs, tuple(latencies_ms), method, time.perf_counter() - began)


def _identified(board: SerialBoard, model: TFLiteModel, port: str) -> Identity:
    identity = board.identify()
    if identity.sha256 != model.sha256:
        raise BoardError(
            f"The board at {port} runs {identity.model[:80]!r} (SHA-256 {identity.sha256[:12]}...),"
            f" not {model.name!r} ({model.sha256[:12]}...). Put this model on it: "
            f"tinymledu flash MODEL.tflite --board NAME --port {port}"
        )
    return identity


def _checked(output: bytes, model: TFLiteModel, port: str) -> bytes:
    expected = model.graph.output.n_bytes
    if len(output) != expected:
        raise BoardError(
            f"The board at {port} answered {len(output)} bytes; the output of {model.name!r} has "
            f"{expected}. Flash the board again: its firmware is of another version."
        )
    return output
