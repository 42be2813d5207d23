"""The two C compilers: zig, which pip installs, and arm-none-eabi-gcc, where the system has it.

Both produce freestanding Arm code: no operating system, no C library.
"""

import atexit
import errno
import functools
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tinymledu import files
from tinymledu.boards.catalog import Board
from tinymledu.errors import BoardError, MissingToolError, unknown_name

Name = Literal["zig", "gcc"]

# Flags that decide what the code computes and how large it is. The same for every file.
_WARNINGS = ("-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror")
_COMMON = (
    *("-std=c99", "-ffreestanding", "-ffunction-sections", "-fdata-sections", "-g0"),
    "-fomit-frame-pointer",
)

_LIBRARY_SUFFIX = {"win32": ".dll", "darwin": ".dylib"}.get(sys.platform, ".so")

_DISK_FULL = ("No space left on device", "NoSpaceLeft")  # as the C library says it, and as zig does


@dataclass(frozen=True, slots=True)
class Toolchain:
    """A compiler that was found. `version` names it in reports and in the key of cached builds."""

    name: Name
    version: str
    compile_command: tuple[str, ...]
    link_command: tuple[str, ...]
    libraries: tuple[str, ...]  # after the objects
    library_command: tuple[str, ...]  # builds the arithmetic helpers where they do not come ready

    def compile(self, source: str, target: Path, folder: Path) -> None:
        """Compile one C file of `folder` to an object file."""
        command = (*self.compile_command, "-c", source, "-o", target.name)
        done = _run(command, folder)
        if done.returncode:
            raise BoardError(f"{self.version} refused {source}:\n{_words(done.stderr)}")

    def link(self, objects: Sequence[str], script: str, folder: Path) -> bytes:
        """Link objects of `folder` with a linker script; returns the ELF file.

        Code for small processors needs helper functions, such as 64-bit multiplication. Only code
        that does is linked with them: zig takes seconds to build them, once for each processor.
        """
        tail = ("-T", script, *objects, *self.libraries, "-o", "firmware.elf")
        done = _run((*self.link_command, *tail), folder)
        if done.returncode and self.library_command:
            done = _run((*self.link_command, *tail, str(self._library())), folder)
        if done.returncode:
            raise BoardError(f"{self.version} could not link:\n{_words(done.stderr)}")
        return (folder / "firmware.elf").read_bytes()

    def _library(self) -> Path:
        key = files.sha256_of(repr((self.library_command[1:], self.version)).encode())[:16]
        kept = writable_cache("zig") / f"helpers-{key}.a"
        if not kept.is_file():
            with tempfile.TemporaryDirectory(prefix="tinymledu-helpers-") as name:
                done = _run((*self.library_command, "-femit-bin=helpers.a"), Path(name))
                if done.returncode:
                    raise BoardError(
                        f"{self.version} could not build its arithmetic helpers:\n"
                        f"{_words(done.stderr)}"
                    )
                files.write_atomic(kept, (Path(name) / "helpers.a").read_bytes())
        return kept


def toolchain(board: Board, *, name: Name = "zig", level: str = "-O2") -> Toolchain:
    """The compiler `name`, set up for a board.

    Raises:
        MissingToolError: it is not installed; the message has the command that installs it.
        InputError: the board's processor has no target here, or no compiler has that name.
    """
    makers = {"zig": _zig, "gcc": _gcc}
    if name not in makers:
        raise unknown_name("compiler", name, makers)
    return makers[name](board, level)


def available() -> tuple[Name, ...]:
    """Which of the two compilers this machine has."""
    found: list[Name] = []
    if _zig_program() is not None:
        found.append("zig")
    if shutil.which("arm-none-eabi-gcc") is not None:
        found.append("gcc")
    return tuple(found)


def found() -> Name:
    """The compiler to use when the user names none: zig, or gcc where only that is installed."""
    return "gcc" if available() == ("gcc",) else "zig"


def host_library(name: str, texts: Mapping[str, str]) -> Path | None:
    """C files as a shared library for this computer, compiled once by zig; None without zig.

    The code may not need a C library: that of the system would have to be built first.
    """
    program = _zig_program()
    if program is None:
        return None
    version = _version(str(program), "version")
    key = files.sha256_of(repr((sorted(texts.items()), version, platform.platform())).encode())
    kept = writable_cache("host") / f"{name}-{key[:16]}{_LIBRARY_SUFFIX}"
    if kept.is_file():
        return kept
    sources = sorted(file for file in texts if file.endswith(".c"))
    flags = ("-dynamic", "-OReleaseFast", "-fstrip", "-fno-compiler-rt", "--name", name)
    output = f"-femit-bin={name}{_LIBRARY_SUFFIX}"
    with tempfile.TemporaryDirectory(prefix="tinymledu-host-") as folder:
        for file, text in texts.items():
            (Path(folder) / file).write_text(text, encoding="utf-8")
        done = _run((str(program), "build-lib", *sources, *flags, output), Path(folder))
        if done.returncode:
            return None
        files.write_atomic(kept, (Path(folder) / f"{name}{_LIBRARY_SUFFIX}").read_bytes())
    return kept


def _zig(board: Board, level: str) -> Toolchain:
    target = board.compile_target
    program = _zig_program()
    if program is None:
        raise MissingToolError(
            "The C compiler for boards, the Python package ziglang, is not installed. Install it "
            f"with: {files.how_to_install()}"
        )
    cc = (str(program), "cc", "-target", target.zig_target, f"-mcpu={target.zig_cpu}")
    code = (*cc, level, *_COMMON, *_WARNINGS, "-fno-sanitize=all")
    link = (str(program), "ld.lld", "--nmagic", "--gc-sections", "--build-id=none")
    helpers = (
        *(str(program), "build-lib", str(program.parent / "lib" / "compiler_rt.zig")),
        *("-target", target.zig_target, f"-mcpu={target.zig_cpu}", "-OReleaseSmall", "-fstrip"),
        *("-ffunction-sections", "--name", "helpers"),
    )
    return Toolchain("zig", f"zig {_version(str(program), 'version')}", code, link, (), helpers)


def _gcc(board: Board, level: str) -> Toolchain:
    target = board.compile_target
    program = shutil.which("arm-none-eabi-gcc")
    if program is None:
        raise MissingToolError(
            "arm-none-eabi-gcc is not installed. On Debian and Ubuntu: "
            "sudo apt install gcc-arm-none-eabi. The default compiler, zig, needs no such package."
        )
    flags = (*target.gcc_flags, level, *_COMMON, "-fno-tree-loop-distribute-patterns")
    link = (
        *(program, *flags, "-nostdlib", "-static"),
        *("-Wl,--nmagic", "-Wl,--gc-sections", "-Wl,--build-id=none"),
    )
    version = f"arm-none-eabi-gcc {_version(program, '-dumpfullversion')}"
    return Toolchain("gcc", version, (program, *flags, *_WARNINGS), link, ("-lgcc",), ())


@functools.cache
def _zig_program() -> Path | None:
    """The zig program inside the `ziglang` package, found without running Python again."""
    spec = importlib.util.find_spec("ziglang")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent
    programs = (folder / name for name in ("zig", "zig.exe"))
    return next((program for program in programs if program.is_file()), None)


@functools.cache
def _version(program: str, flag: str) -> str:
    return _run((program, flag), Path(tempfile.gettempdir())).stdout.strip()


def _run(command: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command,
            cwd=folder,
            env=compiler_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        raise BoardError(f"{Path(command[0]).name} could not be started: {error}") from error


def _words(stderr: str) -> str:
    """What a compiler said. A full disk is no matter of the code: it is raised as what it is."""
    if any(words in stderr for words in _DISK_FULL):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return stderr.strip()[:2000]


def compiler_environment() -> dict[str, str]:
    """The environment of a compiler: zig's caches in ours, so that nothing is written to home."""
    cache = str(writable_cache("zig"))
    caches = {"ZIG_GLOBAL_CACHE_DIR": cache, "ZIG_LOCAL_CACHE_DIR": cache}
    return {**os.environ, **caches, "LC_ALL": "C"}


def writable_cache(name: str) -> Path:
    """A cache folder, or a temporary one where the system is read-only (a sandbox, say)."""
    try:
        folder = files.cache_dir(name)
    except OSError:
        return _temporary_cache(name)
    return folder if os.access(folder, os.W_OK) else _temporary_cache(name)


@functools.cache
def _temporary_cache(name: str) -> Path:
    """One for the life of this process, removed at its end."""
    folder = tempfile.mkdtemp(prefix=f"tinymledu-{name}-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)
