"""Counting basic blocks while the emulator runs: in C where zig is installed, in Python otherwise.

Both count the same: how often each block ran, and how often the code after it was elsewhere, which
is a branch that was taken. The C hook (firmware/emulator) costs next to nothing; the Python hook
makes the emulator about ten times slower.
"""

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from tinymledu.boards.native_hooks import add_native_hook, have_native_hooks
from tinymledu.errors import BoardError
from tinymledu.units import count

# Blocks in the table of the C hook, at most half of them used. The firmware of a large model
# executes some hundreds.
N_SLOTS = 2**16


@dataclass(frozen=True, slots=True)
class BlockCount:
    """How often a basic block ran: straight-line code of `size` bytes at `address`.

    taken: after how many of these times execution went on elsewhere than right behind the block.
    """

    address: int
    size: int
    times: int
    taken: int


class BlockCounter(Protocol):
    """Counts from `begin` to `end`; stops the emulator when the budget is used up."""

    def begin(self, budget_bytes: int) -> None:
        """Forget what was counted; allow so many bytes of code to be executed."""

    def end(self, next_address: int) -> tuple[BlockCount, ...]:
        """Blocks that ran since `begin`, by address; execution would go on at `next_address`."""

    @property
    def is_over_budget(self) -> bool:
        """Whether the emulator was stopped because the budget was used up."""


CounterMaker = Callable[[Any], BlockCounter]


def best_counter(uc: Any) -> BlockCounter:
    """The C hook where it can be had, otherwise the Python hook; attached to a new emulator.

    Attach before the first instruction: code that was translated earlier is not counted.
    """
    return NativeCounter(uc) if have_native_hooks() else PythonCounter(uc)


class PythonCounter:
    """Counts in Python: needs no compiler."""

    def __init__(self, uc: Any) -> None:
        from unicorn import UC_HOOK_BLOCK

        self._uc = uc
        self.begin(0)
        uc.hook_add(UC_HOOK_BLOCK, self._count)

    def begin(self, budget_bytes: int) -> None:
        self._times: dict[tuple[int, int], int] = {}
        self._taken: dict[tuple[int, int], int] = {}
        self._last: tuple[int, int] | None = None
        self._bytes_left = budget_bytes

    def end(self, next_address: int) -> tuple[BlockCount, ...]:
        self._settle_last(next_address)
        return tuple(
            BlockCount(*block, times, self._taken.get(block, 0))
            for block, times in sorted(self._times.items())
        )

    @property
    def is_over_budget(self) -> bool:
        return self._bytes_left < 0

    def _count(self, _uc: object, address: int, size: int, _data: object) -> None:
        self._settle_last(address)
        self._last = (address, size)
        self._times[self._last] = self._times.get(self._last, 0) + 1
        self._bytes_left -= size
        if self._bytes_left < 0:
            self._uc.emu_stop()

    def _settle_last(self, address: int) -> None:
        if self._last is not None and sum(self._last) != address:
            self._taken[self._last] = self._taken.get(self._last, 0) + 1


_BLOCK = np.dtype([("address", "u4"), ("size", "u4"), ("times", "u8"), ("taken", "u8")])


class _State(ctypes.Structure):
    """tml_block_counter of firmware/emulator/block_counter.h."""

    _fields_ = (
        ("slots", ctypes.c_void_p),
        ("stop", ctypes.c_void_p),
        ("bytes_left", ctypes.c_int64),
        ("n_slots", ctypes.c_uint32),
        ("n_used", ctypes.c_uint32),
        ("last", ctypes.c_int32),
        ("is_full", ctypes.c_int32),
    )


class NativeCounter:
    """Counts in C, through unicorn's own C interface; must live as long as `uc` executes."""

    def __init__(self, uc: Any) -> None:
        from unicorn import UC_HOOK_BLOCK
        from unicorn.unicorn_py3.unicorn import uclib

        self._slots = np.zeros(N_SLOTS, _BLOCK)
        self._state = _State(
            self._slots.ctypes.data, ctypes.cast(uclib.uc_emu_stop, ctypes.c_void_p), 0, N_SLOTS
        )
        add_native_hook(uc, UC_HOOK_BLOCK, "tml_count_block", self._state)

    def begin(self, budget_bytes: int) -> None:
        self._slots[:] = 0
        self._state.n_used, self._state.last, self._state.is_full = 0, -1, 0
        self._state.bytes_left = budget_bytes

    def end(self, next_address: int) -> tuple[BlockCount, ...]:
        if self._state.is_full:
            raise BoardError(
                f"The firmware executes more than {count(len(self._slots) // 2)} different "
                "stretches of code, more than can be counted. Firmware of one model has hundreds."
            )
        if self._state.last >= 0:
            last = self._slots[self._state.last]
            if int(last["address"]) + int(last["size"]) != next_address:
                last["taken"] += 1
        used = self._slots[self._slots["times"] > 0]
        return tuple(BlockCount(*block) for block in sorted(used.tolist()))

    @property
    def is_over_budget(self) -> bool:
        return bool(self._state.bytes_left < 0)
