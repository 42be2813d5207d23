"""A real board on a serial port, spoken to in the protocol of firmware/templates/protocol.h.

Nothing that comes from the port is trusted: every answer has a time by which it must be complete,
every line a greatest length, and what is no answer becomes a sentence.
"""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from tinymledu.errors import BoardError, MissingToolError
from tinymledu.files import how_to_install
from tinymledu.units import count

BAUD = 115_200
BYTES_IN_A_COMMAND = 31  # what the benchmark's runner sends at most in one `db`
MOST_LINE_BYTES = 65_536
READY = "m-ready"

_POLL_S = 0.1  # how long one read waits
_QUIET_S = 0.2  # a board that was silent for so long has sent all that it had to say


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds. A board that restarts when its port opens needs two to greet.

    greeting_s: until the board answers at all; answer_s: for one command; inference_s: for one
    inference.
    """

    greeting_s: float = 8.0
    answer_s: float = 5.0
    inference_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Identity:
    """Who answers on a port: the firmware's name, its model's name, and the model's SHA-256."""

    name: str
    model: str
    sha256: str

    @property
    def virtual(self) -> bool:
        """Whether `tinymledu serve` answers, whose times are modelled."""
        return " virtual " in f" {self.name} "


@dataclass(frozen=True, slots=True)
class Answer:
    """The bytes of the output tensor, and the time of one inference by the board's own clock."""

    output: bytes
    latency_us: float


class SerialBoard:
    """An open port with a board that has greeted; use it in a `with` statement."""

    def __init__(self, port: str, *, patience: Patience | None = None) -> None:
        """Open the port and wait for the board.

        Raises:
            MissingToolError: pyserial is not installed.
            BoardError: no such port, no permission, or nothing that speaks the protocol.
        """
        self._name = port
        self._patience = patience or Patience()
        self._pending = b""
        self._port: Any = _open(port)
        try:
            self._greet()
        except BaseException:
            self._port.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._port.close()

    def identify(self) -> Identity:
        """Ask which firmware answers, and for which model."""
        name = _value("name-dut", self._command("name"))
        lines = self._command("profile")
        model, sha256 = _value("model", lines), _value("sha256", lines)
        if name is None or model is None or sha256 is None:
            raise BoardError(
                f"The board at {self._name} speaks the protocol, but does not name its model. "
                "Put a firmware of this version on it: tinymledu flash MODEL.tflite --board NAME"
            )
        return Identity(name, model, sha256)

    def load(self, wire: bytes) -> None:
        """Send an input, as the protocol wants it: see tinymledu.boards.sketch.wire_flip."""
        self._command(f"db load {len(wire)}")
        lines: list[str] = []
        for start in range(0, len(wire), BYTES_IN_A_COMMAND):
            lines = self._command(f"db {wire[start : start + BYTES_IN_A_COMMAND].hex()}")
        if "m-load-done" not in lines:
            raise BoardError(
                f"The board at {self._name} did not take all of {count(len(wire))} bytes: some "
                "were lost on the way. Try again; if it happens often, try another cable."
            )

    def infer(self, n: int = 1) -> Answer:
        """Run the loaded input n times; the latency is the mean."""
        limit_s = self._patience.answer_s + n * self._patience.inference_s
        lines = self._command(f"infer {n} 0", limit_s=limit_s)
        times = [int(text) for line in lines if (text := _match(r"m-lap-us-(\d{1,10})", line))]
        codes = _value("codes", lines)
        if len(times) != 2 or codes is None or not re.fullmatch(r"([0-9a-f]{2})+", codes):
            raise self._nonsense(" / ".join(lines))
        return Answer(bytes.fromhex(codes), (times[1] - times[0]) % 2**32 / n)

    def _greet(self) -> None:
        """Ask until the board is ready, then let what is still under way arrive."""
        end = time.monotonic() + self._patience.greeting_s
        heard = b""
        while f"{READY}\r\n".encode() not in heard:
            if time.monotonic() > end:
                raise self._no_greeting(heard)
            self._write(b"%")
            heard = (heard + self._read_until_quiet())[-MOST_LINE_BYTES:]

    def _no_greeting(self, heard: bytes) -> BoardError:
        if not heard:
            return BoardError(
                f"Nothing answers on {self._name} (waited {self._patience.greeting_s:g} s). Is "
                "the firmware on the board? tinymledu flash MODEL.tflite --board NAME puts it "
                "there."
            )
        return self._nonsense(heard.decode("ascii", "replace"))

    def _nonsense(self, text: str) -> BoardError:
        shown = text[:60] + ("..." if len(text) > 60 else "")
        return BoardError(
            f"What answers on {self._name} makes no sense: {shown!r}. Perhaps another program is "
            "on the board, another one uses the port, or it is the port of another device. "
            "tinymledu boards lists what is plugged in."
        )

    def _command(self, text: str, *, limit_s: float | None = None) -> list[str]:
        """Send a command; returns the lines of its answer, without "m-ready"."""
        end = time.monotonic() + (limit_s or self._patience.answer_s)
        self._write(f"{text}%".encode())
        lines: list[str] = []
        size = 0
        while (line := self._line(end, text)) != READY:
            lines.append(line)
            size += len(line)
            if size > MOST_LINE_BYTES:
                raise self._nonsense(lines[0])
        for line in lines:
            if refusal := _match(r"e-\[(.*)\]", line):
                raise BoardError(f"The board at {self._name} refused {text[:24]!r}: {refusal}.")
        return lines

    def _line(self, end: float, command: str) -> str:
        while b"\n" not in self._pending:
            if len(self._pending) > MOST_LINE_BYTES:
                raise self._nonsense(self._pending.decode("ascii", "replace"))
            if time.monotonic() > end:
                raise BoardError(
                    f"The board at {self._name} fell silent during {command[:24]!r}. Was it "
                    "unplugged, or did its program stop? Press its reset button and try again."
                )
            self._pending += self._read()
        line, _, self._pending = self._pending.partition(b"\n")
        return line.rstrip(b"\r").decode("ascii", "replace")

    def _read_until_quiet(self) -> bytes:
        heard, quiet_since = b"", time.monotonic()
        while time.monotonic() < quiet_since + _QUIET_S and len(heard) < MOST_LINE_BYTES:
            if piece := self._read():
                heard, quiet_since = heard + piece, time.monotonic()
        return heard

    def _read(self) -> bytes:
        try:
            return bytes(self._port.read(min(max(1, self._port.in_waiting), 4096)))
        except OSError as error:
            raise self._gone(error) from error

    def _write(self, content: bytes) -> None:
        try:
            self._port.write(content)
        except OSError as error:
            raise self._gone(error) from error

    def _gone(self, error: OSError) -> BoardError:
        return BoardError(
            f"The board at {self._name} is gone ({error}). Was it unplugged? Plug it in, look up "
            "its port with: tinymledu boards, and try again."
        )


def _open(port: str) -> Any:
    try:
        import serial
    except ImportError as error:
        raise MissingToolError(
            f"The package pyserial, for real boards, is not installed. Install it with: "
            f"{how_to_install()}"
        ) from error
    try:
        return serial.Serial(port, BAUD, timeout=_POLL_S, write_timeout=5.0, exclusive=None)
    except (OSError, ValueError) as error:
        raise BoardError(_why_closed(port, error)) from error


def _why_closed(port: str, error: Exception) -> str:
    number = getattr(error, "errno", None)
    text = str(error)
    if number == 13 or "PermissionError" in text:
        return (
            f"{port} may not be opened: no permission, or another program uses it. Close serial "
            'monitors; on Linux: sudo usermod -a -G dialout "$USER", then log in again.'
        )
    if number == 2 or "FileNotFoundError" in text:
        return f"There is no port {port}. tinymledu boards lists what is plugged in."
    return (
        f"{port} cannot be used as a serial port: {text}. tinymledu boards lists the ports of what "
        "is plugged in."
    )


def _value(field: str, lines: Sequence[str]) -> str | None:
    """What stands in the brackets of the first line "m-<field>-[...]"."""
    found = (_match(rf"m-{field}-\[([^\]]*)\]", line) for line in lines)
    return next((value for value in found if value is not None), None)


def _match(pattern: str, line: str) -> str | None:
    match = re.fullmatch(pattern, line)
    return match.group(1) if match else None
