"""Ports without hardware: a pseudo-terminal with a program, or a scripted fake, at its far end."""

import os
import select
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tinymledu.boards.sketch import sketch_files
from tinymledu.codegen.emit import generate_c
from tinymledu.graph.ir import TFLiteModel

pty = pytest.importorskip("pty", reason="pseudo-terminals are not on this system")
tty = pytest.importorskip("tty", reason="pseudo-terminals are not on this system")

COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
FLAGS = [
    *("-std=c99", "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror", "-O1", "-g"),
    *("-fsanitize=address,undefined,float-cast-overflow", "-fno-sanitize-recover=all"),
]
MAIN = Path(__file__).with_name("port_program.c")


def build_port_program(model: TFLiteModel, folder: Path) -> Path:
    """The firmware of a model for this computer, with sanitizers; its port is stdin and stdout."""
    if COMPILER is None:
        pytest.skip("a C compiler (cc, gcc or clang) is not installed")
    for name, text in sketch_files(model, generate_c(model)).items():
        (folder / name).write_text(text, encoding="utf-8")
    program = folder / "board"
    sources = [*sorted(folder.glob("*.c")), MAIN]
    command = [COMPILER, *FLAGS, "-I", folder, *sources, "-lm", "-o", program]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[:4000]
    return program


@dataclass(frozen=True)
class Port:
    """A serial port that a client may open. `unplug` ends what answers there."""

    name: str
    unplug: Callable[[], None]


@contextmanager
def program_on_a_port(command: list[str | Path]) -> Iterator[Port]:
    """A port with a program at its other end, on standard input and output."""
    far, near = pty.openpty()
    tty.setraw(near)
    with subprocess.Popen(command, stdin=far, stdout=far) as process:
        os.close(far)
        try:
            yield Port(os.ttyname(near), process.kill)
        finally:
            process.kill()
            os.close(near)


@contextmanager
def fake_on_a_port(answer: Callable[[bytes], bytes]) -> Iterator[str]:
    """The name of a port whose other end answers each piece that arrives as `answer` says."""
    far, near = pty.openpty()
    tty.setraw(near)
    os.set_blocking(far, False)
    stop = threading.Event()

    def serve() -> None:
        unsent = b""
        while not stop.is_set():
            readable, writable, _ = select.select([far], [far] if unsent else [], [], 0.05)
            if readable:
                unsent += answer(os.read(far, 4096))
            if writable:
                unsent = unsent[os.write(far, unsent) :]

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield os.ttyname(near)
    finally:
        stop.set()
        thread.join()
        os.close(near)
        os.close(far)
