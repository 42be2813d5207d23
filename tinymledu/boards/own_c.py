"""C of one's own on the virtual board: compile it, see where its names lie, run it.

    program = build_own_c({"twice.c": text}, board("nano33ble"), input_bytes=1, output_bytes=1)
    program.run(bytes([21]))

The C is linked as a firmware with a model is: the same start-up code, linker script and board.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from tinymledu.boards.build import link_firmware
from tinymledu.boards.catalog import Board
from tinymledu.boards.elf import Image, read_elf
from tinymledu.boards.emulator import VirtualBoard
from tinymledu.boards.firmware import SCRIPT, firmware_files
from tinymledu.boards.toolchain import Name, Toolchain, found, toolchain
from tinymledu.codegen.records import CSource
from tinymledu.errors import DoesNotFitError, InputError
from tinymledu.graph.arena import aligned
from tinymledu.units import size

Memory = Literal["flash", "RAM"]

_TAKEN = ("model.c", "startup.c", "main.c", "own.c", "own.h", SCRIPT)

# Right for kernels of ours, and noise for a beginner: uint16_t arithmetic is int arithmetic in C.
_TOO_STRICT = ("-Wconversion", "-Wshadow")

_HEADER = """#ifndef OWN_H
#define OWN_H
#include <stdint.h>
#define OWN_ARENA_BYTES {arena_bytes}
#define OWN_INPUT_OFFSET 0
#define OWN_INPUT_BYTES {input_bytes}
#define OWN_OUTPUT_OFFSET {output_offset}
#define OWN_OUTPUT_BYTES {output_bytes}
void own_run(uint8_t *arena);
#endif
"""

_CALLS_RUN = """#include "own.h"
void run(const uint8_t *input, uint8_t *output);
void own_run(uint8_t *arena)
{
    run(arena + OWN_INPUT_OFFSET, arena + OWN_OUTPUT_OFFSET);
}
"""

_CALLS_NOTHING = """#include "own.h"
void own_run(uint8_t *arena)
{
    (void)arena;
}
"""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the linker put an array, a variable or a function.

    content: its bytes when the board starts, little endian; of a variable without a start value,
    zeros. In RAM, these bytes are kept in flash as well, and copied at each start.
    """

    name: str
    memory: Memory
    address: int
    n_bytes: int
    content: bytes


@dataclass(frozen=True)
class OwnC:
    """A linked program. flash_bytes and ram_bytes are read from it; ram_bytes has no stack in it.

    Both include start-up code and the board's own buffers, some hundred bytes of flash.
    """

    board: Board
    image: Image
    built_by: str

    @property
    def flash_bytes(self) -> int:
        return self.image.flash_bytes

    @property
    def ram_bytes(self) -> int:
        return self.image.variables_bytes

    def where(self, name: str) -> Placed:
        """Where `name` lies, and what is there.

        Raises:
            InputError: the program has no such name, or it was left out because nothing uses it.
        """
        symbol = self.image.symbols.get(name)
        if symbol is None:
            raise InputError(
                f"The linked program has no {name!r}. Compare the spelling; what is static, or not "
                "named in keep= and used by nothing, is not in it."
            )
        in_ram = symbol.address >= self.board.compile_target.ram_origin
        content = self._content(symbol.address, symbol.size)
        return Placed(name, "RAM" if in_ram else "flash", symbol.address, symbol.size, content)

    def run(self, content: bytes) -> bytes:
        """Call the program's run() once on the virtual board; variables keep their values.

        Raises:
            InputError: another number of bytes than input_bytes.
            BoardError: it touched what the board does not have, or did not come to an end.
        """
        return self._powered.run(content)

    @cached_property
    def _powered(self) -> VirtualBoard:
        return VirtualBoard(self.image, self.board)

    def _content(self, address: int, n_bytes: int) -> bytes:
        symbols = self.image.symbols
        if address >= symbols["tml_bss_start"].address:
            return bytes(n_bytes)
        if address >= symbols["tml_data_start"].address:
            address += symbols["tml_data_load"].address - symbols["tml_data_start"].address
        return self.image.code(address, n_bytes) if n_bytes else b""


def build_own_c(
    texts: Mapping[str, str],
    board: Board,
    *,
    keep: Sequence[str] = (),
    input_bytes: int = 0,
    output_bytes: int = 0,
    toolchain_name: Name | None = None,
) -> OwnC:
    """Compile and link C99 files for a board that is executed here.

    Args:
        texts: file names, .c and .h, to their text; linked in the order of their names.
        keep: names that stay in the program though nothing uses them.
        input_bytes, output_bytes: what `void run(const uint8_t *input, uint8_t *output)` reads and
            writes, aligned to 16; with 0 and 0 there need be no run.

    Raises:
        InputError: a file's name is taken or is no C file, or the board is not executed here.
        BoardError: the compiler or the linker refused; the message has its words.
        DoesNotFitError: more flash or RAM than the board has.
        MissingToolError: no C compiler for boards; the message has the command.
    """
    for name in texts:
        if name in _TAKEN or not name.endswith((".c", ".h")) or "/" in name or "\\" in name:
            raise InputError(f"{name!r} cannot be the name of a C file here; try 'my_code.c'.")
    source = _as_source(texts, input_bytes, output_bytes)
    files = firmware_files(source, board)
    files[SCRIPT] += "".join(f"EXTERN({name})\n" for name in keep)
    tools = _lenient(toolchain(board, name=toolchain_name or found()))
    image = read_elf(link_firmware(files, tools))
    program = OwnC(board, image, tools.version)
    _check_fit(program)
    return program


def _as_source(texts: Mapping[str, str], input_bytes: int, output_bytes: int) -> CSource:
    """The same record that the code generator gives, with run() in place of a model."""
    output_offset = aligned(input_bytes, to=16)
    arena_bytes = max(output_offset + output_bytes, 1)
    header = _HEADER.format(
        arena_bytes=arena_bytes,
        input_bytes=input_bytes,
        output_offset=output_offset,
        output_bytes=output_bytes,
    )
    calls = _CALLS_RUN if input_bytes or output_bytes else _CALLS_NOTHING
    return CSource(
        c_name="own",
        model_name="own C",
        model_sha256="",
        files={**texts, "own.h": header, "own.c": calls},
        layers=(),
        arena_bytes=arena_bytes,
        input_bytes=input_bytes,
        output_bytes=output_bytes,
        weights_bytes=0,
        model_macs=0,
    )


def _lenient(tools: Toolchain) -> Toolchain:
    command = tuple(word for word in tools.compile_command if word not in _TOO_STRICT)
    return replace(tools, compile_command=command)


def _check_fit(program: OwnC) -> None:
    board = program.board
    for what, need, limit in (
        ("flash", program.flash_bytes, board.flash_bytes),
        ("RAM", program.ram_bytes, board.usable_ram_bytes),
    ):
        if need > limit:
            raise DoesNotFitError(
                f"This C needs {size(need)} of {what}; {board.title} has {size(limit)} left for "
                "it. Shorter arrays will help, and const for those that never change."
            )
