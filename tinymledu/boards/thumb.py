"""Reading Thumb machine code: instruction lengths, calls between functions, instruction classes."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tinymledu.boards.elf import Image

# First halfword bits 15..11 of a 32-bit instruction (Armv7-M Architecture Reference Manual, A5.1).
_WIDE = (0b11101, 0b11110, 0b11111)


def instruction_lengths(code: bytes) -> Iterator[int]:
    """Length in bytes, 2 or 4, of each instruction of straight-line Thumb code.

    >>> list(instruction_lengths(bytes.fromhex("00bf" "40f20100")))     # nop; movw r0, #1
    [2, 4]
    """
    position = 0
    while position < len(code):
        halfword = code[position] | code[position + 1] << 8
        length = 4 if halfword >> 11 in _WIDE else 2
        yield length
        position += length


def n_instructions(code: bytes) -> int:
    """Number of instructions in straight-line Thumb code."""
    return sum(1 for _ in instruction_lengths(code))


@dataclass(frozen=True, slots=True)
class CallSite:
    """A call from one function to another. returns_to is None for a jump at the very end."""

    address: int
    callee: str
    returns_to: int | None


def call_sites(image: Image, caller: str) -> list[CallSite]:
    """Direct calls of a function to other functions, in order of their addresses.

    A jump (B) out of the function is the call that the compiler made of a last statement.
    """
    function = image.symbol(caller)
    code = image.code(function.address, function.size)
    sites = []
    for instruction in decode(code, function.address):
        if instruction.id not in _calls():
            continue
        (operand,) = instruction.operands
        inside = 0 <= operand.imm - function.address < function.size
        callee = image.function_at(operand.imm)
        if inside or callee is None:
            continue
        returns = instruction.id == _calls()[0]
        after = instruction.address + instruction.size
        sites.append(CallSite(instruction.address, callee, after if returns else None))
    return sites


def decode(code: bytes, address: int) -> Iterator[Any]:
    """Instructions of straight-line code as capstone records, one for each length found.

    capstone stops at data between instructions; cutting by length goes on behind it.
    """
    disassembler = _disassembler()
    position = 0
    for length in instruction_lengths(code):
        piece = code[position : position + length]
        yield from disassembler.disasm(piece, address + position, 1)
        position += length


@functools.cache
def _disassembler() -> Any:
    import capstone

    mode = capstone.CS_MODE_THUMB | capstone.CS_MODE_MCLASS
    disassembler = capstone.Cs(capstone.CS_ARCH_ARM, mode)
    disassembler.detail = True
    return disassembler


@functools.cache
def _calls() -> tuple[int, int]:
    """capstone's numbers for BL, which returns, and B, which does not."""
    from capstone import arm_const

    return arm_const.ARM_INS_BL, arm_const.ARM_INS_B
