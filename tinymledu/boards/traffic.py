"""Counting data that the firmware reads and writes, and how often it waits for flash.

Reads are told apart by where they go, flash or RAM. What flash brings at once, and how much of it
stays at hand, says the board card; a read of anything else is a miss. As for blocks there is a hook
in C and one in Python with the same numbers.
"""

import ctypes
from collections.abc import Callable
from dataclasses import astuple, dataclass
from typing import Any, Protocol

from tinymledu.boards.catalog import Board
from tinymledu.boards.native_hooks import add_native_hook, have_native_hooks

_MAX_LINES = 16  # TML_MAX_LINES
_NO_LINE = 2**32 - 1
_IT_BITS = 0x0600FC00  # of the status register; see erase_note in firmware/emulator/traffic.c


@dataclass(frozen=True, slots=True)
class Traffic:
    """Data accesses of some code, counted. Instruction fetches are not among them.

    flash_misses: reads of flash for data that was not at hand. unaligned: accesses whose address is
    no multiple of their size.
    """

    flash_reads: int = 0
    flash_bytes_read: int = 0
    flash_misses: int = 0
    ram_bytes_read: int = 0
    bytes_written: int = 0
    unaligned: int = 0

    @property
    def bytes_moved(self) -> int:
        return self.flash_bytes_read + self.ram_bytes_read + self.bytes_written

    def plus(self, other: "Traffic") -> "Traffic":
        pairs = zip(astuple(self), astuple(other), strict=True)
        return Traffic(*(one + two for one, two in pairs))


class TrafficCounter(Protocol):
    def take(self) -> Traffic:
        """What was counted since the last call; the lines at hand stay."""


TrafficMaker = Callable[[Any, Board], TrafficCounter]


def best_traffic(uc: Any, board: Board) -> TrafficCounter:
    """The C hook where it can be had, otherwise the Python hook; attached to a new emulator."""
    return NativeTraffic(uc, board) if have_native_hooks() else PythonTraffic(uc, board)


class PythonTraffic:
    """Counts in Python: needs no compiler."""

    def __init__(self, uc: Any, board: Board) -> None:
        from unicorn import UC_HOOK_MEM_READ, UC_HOOK_MEM_WRITE

        start = board.compile_target.flash_origin
        self._flash = range(start, start + board.flash_bytes)
        self._line_bytes = board.cycle_timing.flash_line_bytes
        self._lines = [_NO_LINE] * board.cycle_timing.flash_lines
        self._counts = [0] * 6
        uc.hook_add(UC_HOOK_MEM_READ | UC_HOOK_MEM_WRITE, self._count)

    def take(self) -> Traffic:
        traffic = Traffic(*self._counts)
        self._counts = [0] * 6
        return traffic

    def _count(
        self, uc: Any, kind: int, address: int, size: int, _value: int, _data: object
    ) -> None:
        from unicorn import UC_MEM_WRITE
        from unicorn.arm_const import UC_ARM_REG_XPSR

        status = uc.reg_read(UC_ARM_REG_XPSR)
        if status & _IT_BITS:
            uc.reg_write(UC_ARM_REG_XPSR, status & ~_IT_BITS)
        counts = self._counts
        counts[5] += address % size != 0
        if kind == UC_MEM_WRITE:
            counts[4] += size
        elif address not in self._flash:
            counts[3] += size
        else:
            counts[0] += 1
            counts[1] += size
            counts[2] += self._misses(address // self._line_bytes)

    def _misses(self, line: int) -> bool:
        missed = line not in self._lines
        self._lines.remove(self._lines[-1] if missed else line)
        self._lines.insert(0, line)
        return missed


class _State(ctypes.Structure):
    """tml_traffic of firmware/emulator/traffic.h."""

    _fields_ = (
        ("counts", ctypes.c_uint64 * 6),
        ("flash_start", ctypes.c_uint32),
        ("flash_end", ctypes.c_uint32),
        ("line_bytes", ctypes.c_uint32),
        ("n_lines", ctypes.c_uint32),
        ("lines", ctypes.c_uint32 * _MAX_LINES),
        ("read_register", ctypes.c_void_p),
        ("write_register", ctypes.c_void_p),
        ("status_register", ctypes.c_int32),
    )


class NativeTraffic:
    """Counts in C; must live as long as `uc` executes."""

    def __init__(self, uc: Any, board: Board) -> None:
        from unicorn import UC_HOOK_MEM_READ, UC_HOOK_MEM_WRITE
        from unicorn.arm_const import UC_ARM_REG_XPSR
        from unicorn.unicorn_py3.unicorn import uclib

        start = board.compile_target.flash_origin
        timing = board.cycle_timing
        self._state = _State(
            flash_start=start,
            flash_end=start + board.flash_bytes,
            line_bytes=timing.flash_line_bytes,
            n_lines=timing.flash_lines,
            lines=(ctypes.c_uint32 * _MAX_LINES)(*[_NO_LINE] * _MAX_LINES),
            read_register=ctypes.cast(uclib.uc_reg_read, ctypes.c_void_p),
            write_register=ctypes.cast(uclib.uc_reg_write, ctypes.c_void_p),
            status_register=UC_ARM_REG_XPSR,
        )
        kinds = UC_HOOK_MEM_READ | UC_HOOK_MEM_WRITE
        add_native_hook(uc, kinds, "tml_count_access", self._state)

    def take(self) -> Traffic:
        traffic = Traffic(*self._state.counts)
        self._state.counts[:] = [0] * 6
        return traffic
