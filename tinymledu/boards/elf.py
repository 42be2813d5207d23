"""Linked firmware as records: what is loaded where, and which names lie at which addresses."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tinymledu.errors import BoardError

_LOADED = 0x2  # SHF_ALLOC: the section takes memory on the board


@dataclass(frozen=True, slots=True)
class Symbol:
    """A function or table. `address` is without the Thumb bit."""

    name: str
    address: int
    size: int
    is_function: bool


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the image, in flash or in RAM."""

    name: str
    address: int
    size: int


@dataclass(frozen=True, slots=True)
class Image:
    """A linked ELF file, read."""

    load: tuple[tuple[int, bytes], ...]  # flash address, content
    symbols: Mapping[str, Symbol]
    sections: Mapping[str, Section]

    def symbol(self, name: str) -> Symbol:
        """A symbol that the firmware must have."""
        if name not in self.symbols:
            raise BoardError(f"The firmware has no symbol {name!r}; it was not built for here.")
        return self.symbols[name]

    def size_of(self, section: str) -> int:
        """Bytes of a section; 0 when the firmware has none of that name."""
        return self.sections[section].size if section in self.sections else 0

    @property
    def flash_bytes(self) -> int:
        """Flash from the first to the last byte written: code, constants, start values, gaps."""
        first = min(address for address, _ in self.load)
        return max(address + len(content) for address, content in self.load) - first

    @property
    def variables_bytes(self) -> int:
        """RAM that the linker gave to variables, the arena among them; the stack is not in it."""
        return self.size_of(".data") + self.size_of(".bss")

    def function_at(self, address: int) -> str | None:
        """Name of the function that holds an address."""
        for symbol in self.symbols.values():
            if symbol.is_function and 0 <= address - symbol.address < max(symbol.size, 1):
                return symbol.name
        return None

    def code(self, address: int, n_bytes: int) -> bytes:
        """Bytes of the image at a flash address."""
        for start, content in self.load:
            if start <= address and address + n_bytes <= start + len(content):
                return content[address - start : address - start + n_bytes]
        raise BoardError(f"The firmware has no code at {address:#x}.")


def read_elf(content: bytes) -> Image:
    """Read a linked 32-bit ELF file."""
    from elftools.elf.elffile import ELFFile

    elf = ELFFile(io.BytesIO(content))
    load = tuple(
        (segment["p_paddr"], bytes(segment.data()))
        for segment in elf.iter_segments()
        if segment["p_type"] == "PT_LOAD" and segment["p_filesz"]
    )
    sections = {
        section.name: Section(section.name, section["sh_addr"], section["sh_size"])
        for section in elf.iter_sections()
        if section["sh_flags"] & _LOADED and section["sh_size"]
    }
    table: Any = elf.get_section_by_name(".symtab")
    entries = table.iter_symbols() if table else ()
    return Image(load, {symbol.name: symbol for symbol in map(_symbol, entries)}, sections)


def _symbol(entry: Any) -> Symbol:
    is_function = entry["st_info"]["type"] == "STT_FUNC"
    address = entry["st_value"] & ~1 if is_function else entry["st_value"]
    return Symbol(entry.name, address, entry["st_size"], is_function)
