"""Cycles, modelled from what was counted: a band, never one number.

Counted exactly: how often each basic block ran, how many branches were taken, and every data access
with its address. Not known: which of the overlaps that the manual allows took place, and how long
flash made the processor wait. So each end of the band takes one side:

- low: straight-line code at its best (pipelines.py), the shortest pipeline refill after a taken
  branch, code and data without waiting.
- high: only the overlaps that the manual promises, the longest refill, and waiting for flash:
  every read of flash that was not at hand (traffic.py), and instruction fetches, see below.

Both ends add a cycle for each unaligned access, which the processor splits.

Instruction fetches, high end: the code that ran most often fills the code cache of the board card.
All other code is fetched from flash each time it runs, and pushes as much out of the cache, which
is fetched again: two waits for each line. Cards without a code cache size take fetches to hit.

How good is it? benchmarks/cycle_model.py compares it with published MLPerf Tiny results of CMSIS-NN
on the NUCLEO-L4R5ZI. Per instruction, all four lie in the band of our kernels of the same operators
(at 0.32 to 0.55 of it), and each is predicted from the other three within 5 %.
This says nothing about code of another make: large tables, code in RAM, other processors.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tinymledu.boards.block_counter import BlockCount
from tinymledu.boards.catalog import Timing
from tinymledu.boards.elf import Image
from tinymledu.boards.emulator import Segment
from tinymledu.boards.instructions import GROUPS, read_instruction
from tinymledu.boards.pipelines import PIPELINES, REFILLS
from tinymledu.boards.thumb import decode
from tinymledu.boards.traffic import Traffic
from tinymledu.quantities import Band

_WORD_BYTES = 4


@dataclass(frozen=True, slots=True)
class Mix:
    """How many instructions of each kind ran, what data they moved, and the cycles they take."""

    instructions: int
    loads: int
    stores: int
    multiplies: int
    branches: int
    branches_taken: int
    traffic: Traffic
    cycles: Band

    def plus(self, other: "Mix") -> "Mix":
        """Both together."""
        return Mix(
            self.instructions + other.instructions,
            self.loads + other.loads,
            self.stores + other.stores,
            self.multiplies + other.multiplies,
            self.branches + other.branches,
            self.branches_taken + other.branches_taken,
            self.traffic.plus(other.traffic),
            self.cycles.plus(other.cycles),
        )


def instruction_mix(image: Image, segment: Segment, timing: Timing) -> Mix:
    """Count and price what ran."""
    counts = dict.fromkeys(("load", "store", "multiply", "branch", "other"), 0)
    low = high = 0.0
    for block in segment.blocks:
        records = decode(image.code(block.address, block.size), block.address)
        code = [read_instruction(record) for record in records]
        for instruction in code:
            counts[GROUPS.get(instruction.kind, "other")] += block.times
        least, most = PIPELINES[timing.model](code)
        low, high = low + least * block.times, high + most * block.times
    taken = sum(block.taken for block in segment.blocks)
    refill_low, refill_high = REFILLS[timing.model]
    waits = segment.traffic.flash_misses + fetch_misses(segment.blocks, timing)
    return Mix(
        instructions=sum(counts.values()),
        loads=counts["load"],
        stores=counts["store"],
        multiplies=counts["multiply"],
        branches=counts["branch"],
        branches_taken=taken,
        traffic=segment.traffic,
        cycles=Band(
            low + taken * refill_low + segment.traffic.unaligned,
            high
            + taken * refill_high
            + segment.traffic.unaligned
            + waits * timing.flash_wait_cycles,
        ),
    )


def fetch_misses(blocks: Sequence[BlockCount], timing: Timing) -> int:
    """Lines of code that wait for flash, at most: all once, and what the cache cannot hold twice.

    A block of n bytes lies in up to ceil(n / line) + 1 lines; the processor fetches whole words.
    """
    if timing.code_cache_bytes is None:
        return 0
    line = max(timing.flash_line_bytes, _WORD_BYTES)
    room = timing.code_cache_bytes
    misses = 0
    for block in sorted(blocks, key=lambda block: block.times, reverse=True):
        lines = -(-block.size // line) + 1
        room -= lines * line
        misses += lines if room >= 0 else 2 * lines * block.times
    return misses
