"""What kind of work an instruction is, read from capstone's record of it."""

from dataclasses import dataclass
from typing import Any

_LOADS = {"ldr", "ldrb", "ldrh", "ldrsb", "ldrsh", "vldr"}
_STORES = {"str", "strb", "strh", "vstr"}
_MANY_LOADS = {"ldrd", "ldm", "ldmdb", "pop", "vldmia", "vldmdb", "vpop"}
_MANY_STORES = {"strd", "stm", "stmdb", "push", "vstmia", "vstmdb", "vpush"}
_BRANCHES = {"b", "bl", "bx", "blx", "cbz", "cbnz"}
_TABLE_BRANCHES = {"tbb", "tbh"}
_DIVISIONS = {"sdiv", "udiv"}
_FLOAT_DIVISIONS = {"vdiv", "vsqrt"}
_FLOAT_MULTIPLY_ADDS = {"vmla", "vmls", "vfma", "vfms"}
_MULTIPLIES = ("mul", "mla", "mls", "smul", "smla", "smmul", "smmla", "smuad", "umull", "umlal")

_KINDS = {
    "load": _LOADS,
    "store": _STORES,
    "many loads": _MANY_LOADS,
    "many stores": _MANY_STORES,
    "branch": _BRANCHES,
    "table branch": _TABLE_BRANCHES,
    "divide": _DIVISIONS,
    "float divide": _FLOAT_DIVISIONS,
    "float multiply-add": _FLOAT_MULTIPLY_ADDS,
}
_KIND_OF = {name: kind for kind, names in _KINDS.items() for name in names}

# The same kinds in the four groups that reports show; all others are "other".
GROUPS = {
    "load": "load",
    "many loads": "load",
    "store": "store",
    "many stores": "store",
    "multiply": "multiply",
    "branch": "branch",
    "table branch": "branch",
}


@dataclass(frozen=True, slots=True)
class Instruction:
    """What a cycle model asks of an instruction; registers are capstone's numbers.

    n_registers: words that LDM, STM, LDRD, PUSH and the like move; 0 for others.
    n_conditional: how many instructions an IT makes conditional; 0 for others.
    """

    kind: str
    n_registers: int = 0
    n_conditional: int = 0
    address_registers: frozenset[int] = frozenset()
    written_registers: frozenset[int] = frozenset()
    has_register_offset: bool = False
    is_literal: bool = False  # its address is counted from the program counter
    writes_back: bool = False


def read_instruction(record: Any) -> Instruction:
    """Sort one capstone record, decoded with details."""
    from capstone.arm import ARM_OP_MEM, ARM_REG_PC

    name = record.insn_name() or record.mnemonic
    if name == "it":
        return Instruction("it", n_conditional=len(record.mnemonic) - 1)
    kind = _KIND_OF.get(name) or ("multiply" if name.startswith(_MULTIPLIES) else "other")
    memory = [o.mem for o in record.operands if o.type == ARM_OP_MEM]
    bases = {mem.base for mem in memory}
    offsets = {mem.index for mem in memory} - {0}
    return Instruction(
        kind,
        n_registers=_n_registers(record, name) if kind.startswith("many") else 0,
        address_registers=frozenset(bases | offsets),
        written_registers=frozenset(record.regs_access()[1]),
        has_register_offset=bool(offsets),
        is_literal=ARM_REG_PC in bases,
        writes_back=bool(record.writeback),
    )


def _n_registers(record: Any, name: str) -> int:
    from capstone.arm import ARM_OP_REG

    registers = sum(operand.type == ARM_OP_REG for operand in record.operands)
    names_base = name not in ("ldrd", "strd") and not name.endswith(("push", "pop"))
    return int(registers - names_base)
