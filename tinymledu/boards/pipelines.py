"""Cycles of straight-line code on three processors, without branches that are taken.

Each is priced twice: low, when everything that the manual allows to overlap does, and high, when
only what the manual promises does. What a taken branch costs on top is in REFILLS.

Sources: Arm DDI 0439 (Cortex-M4 Technical Reference Manual), section 3.3, instruction timings and
load/store timings; DDI 0484 (Cortex-M0+), section 3.3. Arm publishes no table for the Cortex-M7.
"""

from collections.abc import Callable, Iterable

from tinymledu.boards.instructions import Instruction

Cycles = tuple[float, float]  # low, high

# Cycles to fill the pipeline after a branch that is taken. DDI 0439: P = 1 to 3, depending on
# alignment and width of the target and on whether its address was known early. DDI 0484: 1, and 2
# after BL. Cortex-M7: predicted branches cost nothing.
REFILLS: dict[str, Cycles] = {"cortex-m4": (1, 3), "cortex-m0plus": (1, 2), "cortex-m7": (0, 3)}

# DDI 0439 tables 3-1 and 7-1. A table branch reads its offset first.
_M4_FIXED: dict[str, Cycles] = {
    "it": (0, 1),  # may be folded into the instruction before it
    "table branch": (2, 2),
    "divide": (2, 12),
    "float divide": (14, 14),
    "float multiply-add": (3, 3),
}


def cortex_m4(code: Iterable[Instruction]) -> Cycles:
    """DDI 0439: loads 2 cycles, 1 when pipelined behind another access; LDM, LDRD 1 + N; MAC 1."""
    low = high = 0.0
    before: Instruction | None = None
    n_conditional = 0
    for instruction in code:
        least, most = _m4_one(instruction, before)
        if n_conditional:  # skipped, it takes one cycle
            least = min(least, 1)
            n_conditional -= 1
        n_conditional = instruction.n_conditional or n_conditional
        low, high = low + least, high + most
        before = instruction
    return low, high


def _m4_one(instruction: Instruction, before: Instruction | None) -> Cycles:
    kind = instruction.kind
    if kind in ("load", "store"):
        least, most = _m4_access(instruction, before)
    elif kind in ("many loads", "many stores"):
        least = most = 1 + instruction.n_registers
    else:
        return _M4_FIXED.get(kind, (1, 1))
    stall = _address_just_computed(instruction, before)
    return least + stall, most + stall


def _m4_access(instruction: Instruction, before: Instruction | None) -> Cycles:
    """LDR and STR: the address phase of one overlaps the data phase of the one before.

    Not promised: behind a store, whose buffer may be full; with write-back; behind an access it
    depends on; and for literals, which compete with instruction fetches.
    """
    follows = before is not None and before.kind in ("load", "store")
    depends = before is not None and bool(instruction.address_registers & before.written_registers)
    if instruction.kind == "store":
        buffered = not (instruction.has_register_offset or (follows and depends))
        return 1, 1 if buffered and not (before and before.kind == "store") else 2
    if not follows or depends:
        return 2, 3 if instruction.is_literal else 2
    promised = before is not None and before.kind == "load" and not instruction.writes_back
    return 1, (1 if promised else 2) + instruction.is_literal


def _address_just_computed(instruction: Instruction, before: Instruction | None) -> int:
    """One cycle when the address comes from the data processing just before: no forwarding path."""
    if before is None or before.kind not in ("other", "multiply"):
        return 0
    return int(bool(instruction.address_registers & before.written_registers))


def cortex_m0plus(code: Iterable[Instruction]) -> Cycles:
    """DDI 0484: loads and stores 2 cycles, LDM and the like 1 + N, all others 1."""
    cycles = 0.0
    for instruction in code:
        if instruction.kind in ("load", "store"):
            cycles += 2
        else:
            cycles += 1 + instruction.n_registers
    return cycles, cycles


def cortex_m7(code: Iterable[Instruction]) -> Cycles:
    """Low: two instructions in every cycle. High: one at a time, with the Cortex-M4's costs."""
    instructions = list(code)
    moved = sum(max(instruction.n_registers - 1, 0) for instruction in instructions)
    return (len(instructions) + moved) / 2, cortex_m4(instructions)[1]


PIPELINES: dict[str, Callable[[Iterable[Instruction]], Cycles]] = {
    "cortex-m4": cortex_m4,
    "cortex-m0plus": cortex_m0plus,
    "cortex-m7": cortex_m7,
}
