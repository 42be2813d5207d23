"""Cycles, modelled from counted instructions: a band, never one number.

Instructions are counted exactly; how long they take depends on pipelining, caches and flash, which
the emulator does not have. Each basic block is priced twice:

- low: everything goes well. Loads and stores follow one another in the pipeline, branches fall
  through or cost one refill, all code and data are there without waiting.
- high: nothing overlaps. Every load takes its full time, every branch refills the pipeline,
  divisions take their longest, and each multiply-accumulate reads its weight from flash with the
  wait cycles of the board card.

Cortex-M4 and M0+: instruction timings of the Arm Technical Reference Manuals (DDI 0439 section 3.3,
DDI 0484 section 3.3). Cortex-M7: Arm publishes no such table; low assumes that it always issues two
instructions together, high that it never does, with the Cortex-M4's costs.

Instruction fetches are taken to hit the cache: kernels are loops of a few hundred bytes.

How good is it? Known points for TensorFlow Lite Micro with CMSIS-NN, cycles for each instruction:
1.50 to 1.77 on a 120 MHz Cortex-M4 (published MLPerf Tiny results of microTVM, divided by
instructions counted here for the same operators), and 1.7 for person detection on the Nano 33 BLE
(published 653 ms at 64 MHz). The bands of this package's kernels hold these points; see
tests/boards/test_cycles.py. Code that behaves otherwise (large tables, code in RAM) is outside.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tinymledu.boards.block_counter import BlockCount
from tinymledu.boards.catalog import Timing
from tinymledu.boards.elf import Image
from tinymledu.boards.thumb import decode
from tinymledu.quantities import Band

_LOADS = {"ldr", "ldrb", "ldrh", "ldrsb", "ldrsh", "vldr"}
_STORES = {"str", "strb", "strh", "vstr"}
_PAIRS = {"ldrd", "strd"}
_MANY_LOADS = {"ldm", "ldmdb", "pop", "vldmia", "vldmdb", "vpop"}
_MANY_STORES = {"stm", "stmdb", "push", "vstmia", "vstmdb", "vpush"}
_BRANCHES = {"b", "bl", "bx", "blx", "cbz", "cbnz", "tbb", "tbh"}
_DIVISIONS = {"sdiv", "udiv"}
_FLOAT_DIVISIONS = {"vdiv", "vsqrt"}
_FLOAT_MULTIPLY_ADDS = {"vmla", "vmls", "vfma", "vfms"}
_MULTIPLIES = ("mul", "mla", "mls", "smul", "smla", "smmul", "smmla", "smuad", "umull", "umlal")


@dataclass(frozen=True, slots=True)
class _Costs:
    """Cycles (low, high) of one instruction of each class."""

    plain: tuple[float, float]
    load: tuple[float, float]
    store: tuple[float, float]
    per_register: tuple[float, float]  # of LDM, STM, PUSH, POP, one cycle more in all
    branch: tuple[float, float]
    divide: tuple[float, float]
    float_divide: tuple[float, float]
    float_multiply_add: tuple[float, float]


_COSTS: Mapping[str, _Costs] = {
    # DDI 0439: LDR 2, 1 when it follows a load or store; STR 1; branch 1 + 1..3; SDIV 2..12.
    "cortex-m4": _Costs((1, 1), (1, 2), (1, 2), (1, 1), (1, 4), (2, 12), (14, 14), (3, 3)),
    # DDI 0484: loads and stores 2; taken branch 2; BL 3. Division is a library function.
    "cortex-m0plus": _Costs((1, 1), (2, 2), (2, 2), (1, 1), (1, 3), (1, 1), (1, 1), (1, 1)),
    "cortex-m7": _Costs(
        (0.5, 1), (0.5, 2), (0.5, 2), (0.5, 1), (0.5, 4), (2, 12), (14, 14), (0.5, 3)
    ),
}


@dataclass(frozen=True, slots=True)
class Mix:
    """How many instructions of each kind ran, and the cycles they take together."""

    instructions: int
    loads: int
    stores: int
    multiplies: int
    branches: int
    cycles: Band


def instruction_mix(
    image: Image, blocks: Iterable[BlockCount], timing: Timing, *, macs: int = 0
) -> Mix:
    """Price executed blocks.

    Args:
        macs: multiply-accumulates that these blocks computed. The high end of the band adds the
            card's flash_data_wait_cycles for each weight, at most for each load.
    """
    costs = _COSTS[timing.model]
    total = _Tally()
    for block in blocks:
        once = _Tally()
        for instruction in decode(image.code(block.address, block.size), block.address):
            _add(once, instruction, costs)
        total.add(once, block.times)
    counts = total.counts
    waits = timing.flash_data_wait_cycles * min(macs, counts.get("load", 0))
    return Mix(
        instructions=sum(counts.values()),
        loads=counts.get("load", 0),
        stores=counts.get("store", 0),
        multiplies=counts.get("multiply", 0),
        branches=counts.get("branch", 0),
        cycles=Band(total.low, total.high + waits),
    )


@dataclass(slots=True)
class _Tally:
    counts: dict[str, int] = field(default_factory=dict)
    low: float = 0
    high: float = 0

    def add(self, other: "_Tally", times: int) -> None:
        for kind, n in other.counts.items():
            self.counts[kind] = self.counts.get(kind, 0) + n * times
        self.low += other.low * times
        self.high += other.high * times


def _add(tally: _Tally, instruction: Any, costs: _Costs) -> None:
    kind, (low, high) = _price(instruction, costs)
    tally.counts[kind] = tally.counts.get(kind, 0) + 1
    tally.low += low
    tally.high += high


def _price(instruction: Any, costs: _Costs) -> tuple[str, tuple[float, float]]:
    name = instruction.insn_name() or instruction.mnemonic
    if name in _LOADS:
        return "load", costs.load
    if name in _STORES:
        return "store", costs.store
    if name in _PAIRS or name in _MANY_LOADS or name in _MANY_STORES:
        n = 2 if name in _PAIRS else _n_registers(instruction)
        low, high = costs.per_register
        refill = costs.branch[1] - 1 if _loads_pc(instruction) else 0
        kind = "store" if name in _MANY_STORES or name == "strd" else "load"
        return kind, (low * (1 + n), high * (1 + n) + refill)
    if name in _BRANCHES:
        return "branch", costs.branch
    if name in _DIVISIONS:
        return "divide", costs.divide
    if name in _FLOAT_DIVISIONS:
        return "float", costs.float_divide
    if name in _FLOAT_MULTIPLY_ADDS:
        return "float", costs.float_multiply_add
    return ("multiply" if name.startswith(_MULTIPLIES) else "other"), costs.plain


def _n_registers(instruction: Any) -> int:
    from capstone.arm import ARM_OP_REG

    registers = sum(operand.type == ARM_OP_REG for operand in instruction.operands)
    names_base = not instruction.insn_name().endswith(("push", "pop"))
    return int(registers - names_base)


def _loads_pc(instruction: Any) -> bool:
    from capstone.arm import ARM_OP_REG, ARM_REG_PC

    return any(o.type == ARM_OP_REG and o.reg == ARM_REG_PC for o in instruction.operands)
