"""Edge Impulse for Linux: write a model as a .eim program, and start one through the real SDK.

    tml.edge_impulse.write(model, "model.eim")
    with tml.edge_impulse.runner("model.eim") as impulse:
        impulse.classify(features)["result"]["classification"]

`runner` starts the unmodified ImpulseRunner of the package edge_impulse_linux. What it adds:
a missing OpenCV or PyAudio matters only to those who need it, a program that dies or stays silent
ends in an error instead of a wait for ever, large inputs arrive whole, and no process is left.
"""

import importlib
import importlib.util
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal

from tinymledu import files
from tinymledu.boards.eim.program import EimFile
from tinymledu.boards.eim.program import write_eim as write
from tinymledu.errors import BoardError, InputError, MissingToolError, unknown_name

__all__ = ["EimFile", "runner", "write"]

Kind = Literal["features", "image", "audio"]

PACKAGE = "edge_impulse_linux"
STOP_S = 3.0
_POLL_S = 0.02

# Kind -> module and class of the SDK, and the packages that only this kind needs.
_CLASSES = {
    "features": ("runner", "ImpulseRunner", ()),
    "image": ("image", "ImageImpulseRunner", ("cv2",)),
    "audio": ("audio", "AudioImpulseRunner", ("pyaudio", "six")),
}
_HOW_TO_INSTALL = {
    "cv2": 'pip install "opencv-python-headless<5"',
    "pyaudio": "sudo apt install portaudio19-dev, then pip install pyaudio",
    "six": "pip install six",
}


@contextmanager
def runner(
    path: str | Path,
    *,
    kind: Kind = "features",
    timeout_s: float = 30.0,
    shared_memory: bool = True,
) -> Iterator[Any]:
    """Start a .eim program and give the SDK's runner for it; it is stopped at the end.

    Args:
        kind: "features" for ImpulseRunner, "image" for ImageImpulseRunner (camera, pictures),
            "audio" for AudioImpulseRunner (microphone).
        timeout_s: for the start, and for every answer.
        shared_memory: False sends features as JSON.

    Raises:
        MissingToolError: Windows, or a package of the SDK that this kind needs is not installed.
        InputError: no such file, one that may not be executed, or a kind that is not known.
        BoardError: the program ended, or did not answer within timeout_s.
    """
    if kind not in _CLASSES:
        raise unknown_name("kind of runner", kind, _CLASSES)
    _check_system()
    _check_program(Path(path))
    sdk = _sdk_class(kind)(str(Path(path).resolve()))
    sdk._allow_shm = shared_memory
    try:
        _start(sdk, timeout_s)
        yield sdk
    finally:
        _stop(sdk)


def _check_system() -> None:
    if sys.platform == "win32" or not hasattr(socket, "AF_UNIX"):
        raise MissingToolError(
            "Programs of Edge Impulse for Linux are spoken to over Unix sockets, which Python on "
            "Windows does not have. Use them in WSL or on a Linux board; here, "
            "tml.Interpreter(model) gives the same scores."
        )


def _check_program(path: Path) -> None:
    if not path.is_file():
        raise InputError(f"There is no file {str(path)!r}.")
    if not os.access(path, os.X_OK):
        raise InputError(f"{str(path)!r} may not be executed. Allow it: chmod +x {path}")


def _sdk_class(kind: Kind) -> Any:
    """The SDK's class, without importing what the other kinds need."""
    module, name, needed = _CLASSES[kind]
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None:
        raise MissingToolError(
            f"The package {PACKAGE} is not installed. Run: {files.how_to_install('full')}"
        )
    for package in needed:
        if importlib.util.find_spec(package) is None:
            raise MissingToolError(
                f"The SDK's {name} needs the package {package}, which is not installed. Run: "
                f"{_HOW_TO_INSTALL[package]}"
            )
    if PACKAGE not in sys.modules:
        # The package imports all of its modules, and so OpenCV and PyAudio, whether or not they are
        # used; without OpenCV it ends the process. Its modules work without that.
        sys.modules[PACKAGE] = importlib.util.module_from_spec(spec)
    try:
        return getattr(importlib.import_module(f"{PACKAGE}.{module}"), name)
    except (ImportError, SystemExit) as error:
        raise MissingToolError(f"The SDK's {name} cannot be imported: {error}.") from error


def _start(sdk: Any, timeout_s: float) -> None:
    """Call init() in a thread, since it waits for ever for a program that has ended."""
    failures: list[Exception] = []

    def init() -> None:
        try:
            sdk.init()
        except Exception as error:  # noqa: BLE001  the SDK raises plain Exceptions
            failures.append(error)

    thread = threading.Thread(target=init, daemon=True)
    thread.start()
    deadline = time.monotonic() + timeout_s
    while thread.is_alive():
        thread.join(_POLL_S)
        process = sdk._runner
        if process is not None and process.poll() is not None:
            _give_up(sdk, thread)
            raise BoardError(
                f"{sdk._model_path} ended with code {process.poll()} before it answered. Start it "
                "in a terminal, with the name of a socket, to read why."
            )
        if time.monotonic() > deadline:
            _give_up(sdk, thread)
            raise BoardError(
                f"{sdk._model_path} did not answer within {timeout_s:g} s; it was stopped."
            )
    if failures:
        raise BoardError(f"{sdk._model_path} could not be started: {failures[0]}")
    sdk._client = _Connection(sdk._client, sdk._model_path, timeout_s)


def _give_up(sdk: Any, thread: threading.Thread) -> None:
    """End the program and the thread: its loop ends where it finds a path and no process."""
    process, sdk._runner = sdk._runner, None
    if process is not None:
        process.kill()
        process.wait()
    with suppress(OSError):
        (Path(sdk._tempdir) / "runner.sock").touch()
    thread.join(STOP_S)


class _Connection:
    """The SDK's socket, made to send whole messages and to say what went wrong."""

    def __init__(self, client: socket.socket, path: str, timeout_s: float) -> None:
        self._client = client
        self._path = path
        self._timeout_s = timeout_s
        client.settimeout(timeout_s)

    def send(self, message: bytes) -> None:
        try:
            self._client.sendall(message)
        except OSError as error:
            raise BoardError(f"{self._path} took no input: {error}.") from error

    def recv(self, n_bytes: int) -> bytes:
        try:
            received = self._client.recv(n_bytes)
        except TimeoutError as error:
            raise BoardError(
                f"{self._path} did not answer within {self._timeout_s:g} s."
            ) from error
        except OSError as error:
            raise BoardError(f"{self._path} cannot be heard: {error}.") from error
        if not received:
            raise BoardError(f"{self._path} ended before it answered.")
        return received

    def close(self) -> None:
        self._client.close()


def _stop(sdk: Any) -> None:
    """The SDK's stop(), which may be called at any time, and then wait for the program's end."""
    process = sdk._runner
    if process is not None and process.poll() is not None:
        sdk._runner = None  # it would send a signal to whoever has that number now
    if sdk._tempdir is not None and not Path(sdk._tempdir).exists():
        sdk._tempdir = None
    sdk.stop()
    if process is None:
        return
    deadline = time.monotonic() + STOP_S
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(_POLL_S)
    if process.poll() is None:
        process.kill()
        process.wait()
