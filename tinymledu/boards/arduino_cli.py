"""Putting a sketch on a board with Arduino's own command line, arduino-cli."""

import shlex
import shutil
import subprocess
import time
from pathlib import Path

from tinymledu.boards.catalog import Arduino, Board
from tinymledu.boards.plugged import plugged_in
from tinymledu.boards.real import check_board
from tinymledu.boards.serial import Patience
from tinymledu.errors import BoardError, InputError, MissingToolError
from tinymledu.graph.ir import TFLiteModel

WAIT_S = 20.0  # for a board to come back after an upload, perhaps on another port
UPLOAD_S = 600.0


def flash_commands(board: Board, sketch: Path, port: str) -> tuple[tuple[str, ...], ...]:
    """What to type to compile a sketch's folder and upload it; the first line is needed once.

    Raises:
        InputError: the board has no name in Arduino's tools.
    """
    arduino = arduino_of(board)
    urls = ("--additional-urls", arduino.index_url) if arduino.index_url else ()
    return (
        ("arduino-cli", "core", "install", arduino.core, *urls),
        ("arduino-cli", "compile", "--fqbn", arduino.fqbn, str(sketch)),
        ("arduino-cli", "upload", "--fqbn", arduino.fqbn, "--port", port, str(sketch)),
    )


def check_arduino_cli(board: Board, sketch: Path, port: str | None) -> None:
    """Raise MissingToolError with the commands to type where arduino-cli is not installed."""
    commands = flash_commands(board, sketch, port or "PORT")
    if shutil.which("arduino-cli") is None:
        typed = "\n".join(f"  {shlex.join(command)}" for command in commands)
        where = "" if port else "\nPORT: as listed by tinymledu boards."
        raise MissingToolError(
            f"arduino-cli is not installed; https://arduino.github.io/arduino-cli has it. The "
            f"sketch is in {sketch}. With arduino-cli, these put it on the {board.title}:\n"
            f"{typed}{where}"
        )


def upload(board: Board, sketch: Path, port: str) -> None:
    """Compile a sketch's folder and upload it.

    Raises:
        BoardError: compiling or uploading failed; the message has what arduino-cli said.
    """
    install, *steps = flash_commands(board, sketch, port)
    for command in steps:
        done = _run(command)
        if done.returncode != 0:
            said = (done.stderr.strip() or done.stdout.strip())[-2000:]
            raise BoardError(
                f"arduino-cli could not {command[1]} the sketch:\n{said}\nIf the board's core is "
                f"missing: {shlex.join(install)}\nIf the board is not found: press its reset "
                "button twice, look up the port with tinymledu boards, and try again."
            )


def await_model(model: TFLiteModel, board: Board, port: str, *, wait_s: float = WAIT_S) -> str:
    """Wait until the board answers with this model, perhaps on another port; returns the port.

    Raises:
        BoardError: it does not within that time.
    """
    end = time.monotonic() + wait_s
    while True:
        others = [plugged.port for plugged in plugged_in() if board.name in plugged.boards]
        for candidate in dict.fromkeys((port, *others)):
            try:
                check_board(model, candidate, patience=Patience(greeting_s=3.0))
            except BoardError as error:
                reason = error
            else:
                return candidate
        if time.monotonic() > end:
            raise BoardError(f"The sketch was uploaded, but the board does not answer. {reason}")


def arduino_of(board: Board) -> Arduino:
    """What Arduino's tools call a board; InputError where its card has no such name."""
    if board.arduino is None:
        raise InputError(
            f"{board.title} has no name in Arduino's tools on its card. Its C sources: "
            f"tinymledu deploy MODEL.tflite --board {board.name}"
        )
    return board.arduino


def _run(command: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=UPLOAD_S
        )
    except subprocess.TimeoutExpired as error:
        raise BoardError(
            f"arduino-cli {command[1]} took longer than {UPLOAD_S:.0f} s and was stopped. Unplug "
            "the board, plug it in and try again."
        ) from error
    except OSError as error:
        raise BoardError(f"arduino-cli could not be started: {error}") from error
