"""From C to firmware: compile, link, read the memory it takes, refuse what does not fit.

Flash and RAM are read from the linked ELF. The stack is measured by painting RAM before the first
inference and looking at how far down the paint is gone. That first inference also counts
instructions; both are kept beside the ELF in the cache, under the hash of all that went in.
"""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tinymledu import files
from tinymledu.boards.catalog import Board
from tinymledu.boards.elf import Image, read_elf
from tinymledu.boards.emulator import FirstRun, VirtualBoard
from tinymledu.boards.firmware import SCRIPT, firmware_files
from tinymledu.boards.fit import check_before_compiling, check_flash, check_ram
from tinymledu.boards.toolchain import Name, Toolchain, toolchain, writable_cache
from tinymledu.boards.traffic import best_traffic
from tinymledu.boards.writing import disk_problem
from tinymledu.codegen.records import CSource
from tinymledu.errors import BoardError
from tinymledu.units import count


@dataclass(frozen=True, slots=True)
class MemoryUse:
    """What a firmware takes on a board, in bytes, read from its ELF; the stack is measured.

    flash_bytes = code_bytes + weights_bytes. weights_bytes: all constants of the model.
    ram_bytes = arena + other variables + stack, without what the Arduino core keeps for itself
    (core_reserved_ram_bytes, None where no source tells).
    """

    flash_bytes: int
    code_bytes: int
    weights_bytes: int
    ram_bytes: int
    arena_bytes: int
    stack_bytes: int
    core_reserved_ram_bytes: int | None

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td style='text-align:left'>{what}</td><td>{count(value)}</td></tr>"
            for what, value in (
                ("flash", self.flash_bytes),
                ("&emsp;code", self.code_bytes),
                ("&emsp;weights", self.weights_bytes),
                ("RAM", self.ram_bytes),
                ("&emsp;arena", self.arena_bytes),
                ("&emsp;stack, measured", self.stack_bytes),
            )
        )
        return f"<table><tr><th>memory</th><th>bytes</th></tr>{rows}</table>"


@dataclass(frozen=True, slots=True, repr=False)
class Build:
    """Firmware for one board: the ELF file, what it takes, and its counted first inference."""

    board: Board
    source: CSource
    elf: bytes
    image: Image
    memory: MemoryUse
    first_run: FirstRun
    toolchain_version: str

    def __repr__(self) -> str:
        return (
            f"Build({self.source.model_name!r} for {self.board.name}, {self.toolchain_version}, "
            f"flash {self.memory.flash_bytes:,} B, RAM {self.memory.ram_bytes:,} B)"
        )


def build(
    source: CSource, board: Board, *, toolchain_name: Name = "zig", level: str = "-O2"
) -> Build:
    """Compile and link generated C for a board, and run it once on the virtual board.

    Raises:
        DoesNotFitError: more flash or RAM than the board has; says which layer to shrink.
        MissingToolError: the compiler is not installed.
        BoardError: the compiler refused the code, the disk is full, or the first run failed.
    """
    check_before_compiling(source, board)
    tools = toolchain(board, name=toolchain_name, level=level)
    texts = firmware_files(source, board)
    key = _key(texts, tools, board)
    elf = _kept(f"{key}.elf") or _keep(f"{key}.elf", link_firmware(texts, tools))
    image = read_elf(elf)
    check_flash(source, board, image)
    check_ram(source, board, image, stack_bytes=0)
    first_run = _first_run(key, image, board, source.macs)
    check_ram(source, board, image, stack_bytes=first_run.stack_bytes)
    memory = memory_use(image, board, stack_bytes=first_run.stack_bytes)
    return Build(board, source, elf, image, memory, first_run, tools.version)


def memory_use(image: Image, board: Board, *, stack_bytes: int) -> MemoryUse:
    """Read what a linked image takes; the stack is not in an ELF and is given."""
    weights = image.size_of(".weights")
    return MemoryUse(
        flash_bytes=image.flash_bytes,
        code_bytes=image.flash_bytes - weights,
        weights_bytes=weights,
        ram_bytes=image.variables_bytes + stack_bytes,
        arena_bytes=image.symbol("tml_arena").size,
        stack_bytes=stack_bytes,
        core_reserved_ram_bytes=board.core_reserved_ram_bytes,
    )


def link_firmware(texts: Mapping[str, str], tools: Toolchain) -> bytes:
    """Compile every .c of `texts` in a temporary folder and link them; deterministic."""
    try:
        with tempfile.TemporaryDirectory(prefix="tinymledu-build-") as name:
            folder = Path(name)
            for file, text in texts.items():
                (folder / file).write_text(text, encoding="utf-8")
            sources = sorted(file for file in texts if file.endswith(".c"))
            objects = [file.removesuffix(".c") + ".o" for file in sources]
            for source, target in zip(sources, objects, strict=True):
                tools.compile(source, folder / target, folder)
            return tools.link(objects, SCRIPT, folder)
    except OSError as error:
        raise BoardError(f"The firmware could not be built: {disk_problem(error)}") from error


def _key(texts: Mapping[str, str], tools: Toolchain, board: Board) -> str:
    commands = [tools.compile_command[1:], tools.link_command[1:], tools.libraries, tools.version]
    record = json.dumps([sorted(texts.items()), commands, repr(board.timing)])
    return files.sha256_of(record.encode())[:32]


def _first_run(key: str, image: Image, board: Board, macs: int) -> FirstRun:
    kept = _kept(f"{key}.first.json")
    if kept is not None:
        return FirstRun.from_json(kept)
    first_run = _counted(image, board, macs)
    _keep(f"{key}.first.json", first_run.to_json())
    return first_run


def _counted(image: Image, board: Board, macs: int) -> FirstRun:
    """Run once as every later run, and once with data accesses counted: both must do the same."""
    plain = VirtualBoard(image, board, macs=macs).first_run()
    watched = VirtualBoard(image, board, macs=macs, traffic=best_traffic).first_run()
    if [s.blocks for s in plain.segments] != [s.blocks for s in watched.segments]:
        raise BoardError(
            f"On {board.title}, the firmware did something else when its data accesses were "
            "counted. That is a fault of the emulator or of this package; please report it."
        )
    return watched


def _kept(name: str) -> bytes | None:
    try:
        return (writable_cache("build") / name).read_bytes()
    except OSError:
        return None


def _keep(name: str, content: bytes) -> bytes:
    """Store in the cache where that works; a full disk costs time later, not the build."""
    try:
        files.write_atomic(writable_cache("build") / name, content)
    except OSError:
        return content
    return content
