"""The virtual board behind a serial port: the protocol of protocol.c, on a pseudo-terminal.

Programs that speak to real boards can then be tried without one. Its clock stands still but for
inferences, each of which takes the upper end of the modelled latency.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from tinymledu.boards.runs import decode_outputs
from tinymledu.boards.sketch import wire_flip, wire_name
from tinymledu.errors import InputError
from tinymledu.graph.ir import TFLiteModel

COMMAND_BYTES = 80
MOST_INFERENCES = 10_000
MOST_SHOWN = np.float32(4.0e6)


@dataclass(slots=True)
class Responder:
    """Answers the protocol of firmware/templates/protocol.h as the C there does, byte for byte.

    run: bytes of an input tensor to bytes of an output tensor. latency_us: of one inference.
    """

    model: TFLiteModel
    run: Callable[[bytes], bytes]
    latency_us: int
    name: str = "tinymledu"
    _command: bytes = b""
    _damaged: bool = False
    _input: bytearray = field(default_factory=bytearray)
    _output: bytes | None = None
    _clock_us: int = 0

    def greeting(self) -> bytes:
        """What a board sends when it starts."""
        return b"m-init-done\r\nm-ready\r\n"

    def receive(self, content: bytes) -> bytes:
        """The answer to some bytes; empty until they complete a command."""
        answers = (self._byte(byte) for byte in content)
        return b"".join(answers)

    def _byte(self, byte: int) -> bytes:
        if byte in b"\r\n":
            return b""
        if byte != ord("%"):
            self._damaged |= len(self._command) == COMMAND_BYTES or not 32 <= byte <= 126
            if not self._damaged:
                self._command += bytes([byte])
            return b""
        lines = self._obey(self._command.decode("ascii"), damaged=self._damaged)
        self._command, self._damaged = b"", False
        return "".join(f"{line}\r\n" for line in [*lines, "m-ready"]).encode("ascii")

    def _obey(self, command: str, *, damaged: bool) -> list[str]:
        if damaged:
            return ["e-[The command is too long, or no text]"]
        word, _, rest = command.partition(" ")
        rest = rest.lstrip(" ")
        if word == "name":
            return [f"m-name-dut-[{self.name}]"]
        if word == "profile":
            return [
                "m-profile-[ULPMark for tinyML Firmware V0.0.1]",
                f"m-model-[{wire_name(self.model)}]",
                f"m-sha256-[{self.model.sha256}]",
            ]
        if word == "timestamp":
            return [self._timestamp()]
        if word == "infer":
            return self._infer(rest)
        if word == "results":
            return self._results()
        if word == "db":
            first, _, size = rest.partition(" ")
            return self._load(size) if first == "load" else self._store(rest)
        return ["e-[Unknown command]"] if command else []

    def _timestamp(self) -> str:
        return f"m-lap-us-{self._clock_us % 2**32}"

    @property
    def _n_input(self) -> int:
        return self.model.graph.input.n_bytes

    def _load(self, size: str) -> list[str]:
        if _number(size.lstrip(" ").split(" ")[0], self._n_input) != self._n_input:
            return [f"e-[This model takes {self._n_input} bytes]"]
        self._input.clear()
        return [f"m-[Expecting {self._n_input} bytes]"]

    def _store(self, digits: str) -> list[str]:
        for start in range(0, len(digits), 2):
            if len(self._input) == self._n_input:
                break
            pair = digits[start : start + 2]
            if len(pair) < 2 or not set(pair) <= set("0123456789abcdefABCDEF"):
                return ["e-[Bytes are pairs of hexadecimal digits]"]
            self._input.append(int(pair, 16) ^ wire_flip(self.model.graph.input))
            if len(self._input) == self._n_input:
                return ["m-load-done"]
        return []

    def _infer(self, numbers: str) -> list[str]:
        first, second, *_ = [*numbers.split(), "", ""]
        n = _number(first or "1", MOST_INFERENCES)
        n_to_warm_up = _number(second or "10", MOST_INFERENCES)
        if not n or n_to_warm_up is None:
            return ["e-[From 1 to 10000 inferences, after 0 to 10000 to warm up]"]
        if len(self._input) < self._n_input:
            return ["e-[The input is not complete]"]
        self._clock_us += n_to_warm_up * self.latency_us
        before = self._timestamp()
        self._clock_us += n * self.latency_us
        self._output = self.run(bytes(self._input))
        return [
            *(f"m-warmup-start-{n_to_warm_up}", "m-warmup-done", f"m-infer-start-{n}"),
            *(before, self._timestamp(), "m-infer-done"),
            *self._results(),
        ]

    def _results(self) -> list[str]:
        if self._output is None:
            return ["e-[There is no result before an inference]"]
        _, real = decode_outputs(self.model, [self._output])
        shown = ",".join(_thousandths(np.float32(value)) for value in real[0])
        return [f"m-results-[{shown}]", f"m-codes-[{self._output.hex()}]"]


def serve(responder: Responder, *, ready: Callable[[str], None]) -> None:
    """Answer on a new pseudo-terminal until interrupted; `ready` is told the port's name.

    Raises:
        InputError: the system has no pseudo-terminals.
    """
    try:
        import pty
        import tty
    except ImportError as error:
        raise InputError(
            "This system has no pseudo-terminals, so the virtual board cannot be served on a "
            'port. board("...") without a port runs it directly.'
        ) from error
    far, near = pty.openpty()
    try:
        tty.setraw(near)
        ready(os.ttyname(near))
        while True:
            if answer := responder.receive(os.read(far, 4096)):
                os.write(far, answer)
    finally:
        os.close(near)
        os.close(far)


def _number(text: str, limit: int) -> int | None:
    """A number of at most `limit`, else None."""
    return int(text) if text.isdecimal() and text.isascii() and int(text) <= limit else None


def _thousandths(value: np.float32) -> str:
    """Three decimals in float32 arithmetic, as protocol.c shows them."""
    magnitude = abs(value)
    if not magnitude <= MOST_SHOWN:
        return "inf" if magnitude > 0 else "nan"
    thousandths = int(magnitude * np.float32(1000) + np.float32(0.5))
    return f"{'-' if value < 0 else ''}{thousandths // 1000}.{thousandths % 1000:03d}"
