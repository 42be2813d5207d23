"""C compilers for programs of a computer, not of a board: zig, which pip installs, or cc."""

import importlib.util
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tinymledu.boards.toolchain import compiler_environment
from tinymledu.errors import BoardError, unknown_name

# Linux programs that bring their own C library (musl), so that they run on any distribution.
ZIG_TARGETS = {
    "x86_64": "x86_64-linux-musl",
    "aarch64": "aarch64-linux-musl",
    "armv7l": "arm-linux-musleabihf",
}
_SAME_MACHINE = {"AMD64": "x86_64", "arm64": "aarch64"}
_FLAGS = ("-std=c99", "-O2", "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror")
_PROGRAM = "model.eim"


@dataclass(frozen=True, slots=True)
class Compiler:
    """A compiler that was found, and the flags that make a program of C files."""

    name: str
    command: tuple[str, ...]

    def compile(self, texts: Mapping[str, str]) -> bytes:
        """Compile and link all .c of `texts` in a temporary folder; the program's bytes.

        Raises:
            BoardError: the compiler refused the code or could not be started.
        """
        with tempfile.TemporaryDirectory(prefix="tinymledu-eim-") as name:
            folder = Path(name)
            for file, text in texts.items():
                (folder / file).write_text(text, encoding="utf-8")
            sources = sorted(file for file in texts if file.endswith(".c"))
            command = [*self.command, *sources, "-lm", "-o", _PROGRAM]
            self._run(command, folder)
            return (folder / _PROGRAM).read_bytes()

    def _run(self, command: list[str], folder: Path) -> None:
        try:
            done = subprocess.run(
                command,
                cwd=folder,
                env=compiler_environment(),
                capture_output=True,
                text=True,
                check=False,
            )
        except OSError as error:
            raise BoardError(f"{self.name} could not be started: {error}") from error
        if done.returncode:
            raise BoardError(f"{self.name} refused the program:\n{done.stderr.strip()[:2000]}")


def compiler_for(machine: str | None) -> Compiler | None:
    """A compiler of programs for a Linux computer of that kind; None where there is none.

    Args:
        machine: x86_64, aarch64 or armv7l; otherwise this computer. Only zig compiles for another.

    Raises:
        UnknownNameError: another machine.
    """
    if machine is not None and machine not in ZIG_TARGETS:
        raise unknown_name("machine", machine, ZIG_TARGETS)
    here = _SAME_MACHINE.get(platform.machine(), platform.machine())
    wanted = machine or here
    is_this_computer = machine is None or (machine == here and sys.platform == "linux")
    if importlib.util.find_spec("ziglang") is not None and wanted in ZIG_TARGETS:
        return _zig(wanted, native=machine is None and sys.platform == "darwin")
    program = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if program is None or not is_this_computer:
        return None
    return Compiler(Path(program).name, (program, *_FLAGS))


def _zig(machine: str, *, native: bool) -> Compiler:
    """Static for Linux; for a Mac, as zig finds it."""
    target = () if native else ("-target", ZIG_TARGETS[machine], "-static", "-s")
    command = (sys.executable, "-m", "ziglang", "cc", *target, *_FLAGS, "-fno-sanitize=all")
    return Compiler("zig" if native else f"zig for {ZIG_TARGETS[machine]}", command)
