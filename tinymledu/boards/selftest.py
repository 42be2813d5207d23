"""A self-test with known answers: one small model that every board, virtual or real, must pass.

The model has the operators that matter on a board: convolution 3x3 and 1x1 with stride 2, depthwise
convolution, addition, average pool, fully connected. Its input is 192 bytes, its output 10, and it
fits the 8 KiB of RAM of an Arduino Mega. tests/vectors/make_self_test.py made it.

A pass says that compiler, kernels and board compute what TensorFlow Lite Micro computes, byte for
byte. It says nothing of sensors.
"""

import functools
import shlex
from collections.abc import Callable
from dataclasses import dataclass

from tinymledu import files
from tinymledu.boards.build import build
from tinymledu.boards.catalog import Board
from tinymledu.boards.emulator import VirtualBoard
from tinymledu.boards.serial import SerialBoard
from tinymledu.boards.sketch import wire_flip
from tinymledu.boards.toolchain import Name
from tinymledu.codegen.emit import generate_c
from tinymledu.errors import BoardError
from tinymledu.graph.ir import TFLiteModel
from tinymledu.graph.tflite import load_model

MODEL_PATH = ("firmware", "self_test", "model.tflite")
INPUT_BYTES = 192  # 8 rows of 8 pixels of 3 channels, int8


@dataclass(frozen=True, slots=True)
class KnownAnswer:
    """An input and the output that TensorFlow Lite Micro computes for it, int8 codes as bytes."""

    name: str
    input: bytes
    output: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a board answered to one input of the self-test."""

    answer: KnownAnswer
    output: bytes

    @property
    def passed(self) -> bool:
        return self.output == self.answer.output


@dataclass(frozen=True, slots=True)
class SelfTest:
    """One board's self-test.

    firmware: what answered: "built by zig 0.15.2", or what the firmware of a real board calls
    itself.
    """

    board: Board
    outcomes: tuple[Outcome, ...]
    firmware: str

    @property
    def n_passed(self) -> int:
        return sum(outcome.passed for outcome in self.outcomes)

    @property
    def passed(self) -> bool:
        return self.n_passed == len(self.outcomes)


@functools.cache
def self_test_model() -> TFLiteModel:
    """The model of the self-test."""
    return load_model(files.shipped(*MODEL_PATH))


def self_test(run: Callable[[bytes], bytes]) -> tuple[Outcome, ...]:
    """Give a board all inputs with known answers.

    Args:
        run: one inference of self_test_model() on the board: the bytes of the input tensor in, the
            bytes of the output tensor out.
    """
    return tuple(Outcome(answer, run(answer.input)) for answer in KNOWN_ANSWERS)


def virtual_self_test(board: Board, *, toolchain_name: Name = "zig") -> SelfTest:
    """Build the self-test for a board and execute it on the virtual one.

    Raises:
        InputError: the board's processor is not executed here.
        MissingToolError: the compiler is not installed.
    """
    built = build(generate_c(self_test_model()), board, toolchain_name=toolchain_name)
    machine = VirtualBoard(built.image, board, macs=built.source.macs)
    return SelfTest(board, self_test(machine.run), f"built by {built.toolchain_version}")


def real_self_test(board: Board, port: str) -> SelfTest:
    """Ask the board at a port, which must have the model of the self-test on it.

    Raises:
        MissingToolError: pyserial is not installed.
        BoardError: no board answers there, it has another model, or it fell silent.
    """
    model = self_test_model()
    flip = wire_flip(model.graph.input)

    with SerialBoard(port) as answering:
        identity = answering.identify()
        if identity.sha256 != model.sha256:
            path = shlex.quote(str(files.shipped(*MODEL_PATH)))
            raise BoardError(
                f"The board at {port} runs {identity.model[:80]!r}, not the model of the "
                f"self-test. Put that on it, then try again: tinymledu flash {path} "
                f"--board {board.name} --port {port}"
            )

        def run(codes: bytes) -> bytes:
            answering.load(bytes(byte ^ flip for byte in codes))
            return answering.infer().output

        return SelfTest(board, self_test(run), f"calls itself {identity.name!r}")


def _known(name: str, codes: list[int], expected: tuple[int, ...]) -> KnownAnswer:
    return KnownAnswer(name, _int8(codes), _int8(expected))


def _int8(codes: list[int] | tuple[int, ...]) -> bytes:
    return bytes(code & 0xFF for code in codes)


def _noise(seed: int) -> list[int]:
    """Codes that look random: bits 16 to 23 of x = 1664525 x + 1013904223, modulo 2**32."""
    codes, state = [], seed
    for _ in range(INPUT_BYTES):
        state = (1664525 * state + 1013904223) % 2**32
        codes.append(state >> 16 & 0xFF)
    return codes


# Outputs: recorded from tflite-micro 0.dev20261023182759, reference kernels, by
# tests/vectors/make_self_test.py.
KNOWN_ANSWERS: tuple[KnownAnswer, ...] = (
    _known("zeros", [0] * INPUT_BYTES, (-20, -46, -52, -76, 24, 120, -13, -24, -34, -70)),
    _known("lowest", [-128] * INPUT_BYTES, (-71, -55, -32, -111, 47, 125, -11, -22, -80, -80)),
    _known("highest", [127] * INPUT_BYTES, (36, -77, -121, -77, 11, 127, -21, -81, -43, -23)),
    _known(
        "ramp",
        [index - 96 for index in range(INPUT_BYTES)],
        (-25, -51, -55, -72, 23, 127, -14, -30, -61, -61),
    ),
    _known("noise", _noise(1), (-21, -59, -57, -104, 67, 127, -11, -49, -50, -50)),
    _known("noise 2", _noise(2), (-46, -77, -17, -103, 61, 127, -24, -39, -52, -64)),
)
