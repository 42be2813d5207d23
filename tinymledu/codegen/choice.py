"""Which kernel for which operator: the fewest modelled cycles, or the least flash.

Most operators have one kernel. Convolutions, fully connected layers and sums have a clear one and,
where fast.py proves that it gives the same bytes, a fast one. What kernels cost is read from
firmware/kernels/costs.toml, which scripts/kernel_costs.py writes from measurements.
"""

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from tinymledu.codegen.fast import fast_kernel_call
from tinymledu.codegen.layers import kernel_call
from tinymledu.codegen.records import KernelCall
from tinymledu.errors import unknown_name
from tinymledu.files import shipped
from tinymledu.graph.ir import Graph, Op
from tinymledu.graph.macs import macs_of

Optimise = Literal["speed", "size"]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a kernel takes on a Cortex-M4.

    code_bytes: compiled for size, without the files it shares with others (`shares`).
    cycles_per_mac, cycles_per_value, cycles_per_call: modelled; fitted to layers of small models.
        A value is one of the output.
    """

    code_bytes: int
    cycles_per_mac: float = 0.0
    cycles_per_value: float = 0.0
    cycles_per_call: float = 0.0
    shares: tuple[str, ...] = ()


def choose_kernels(graph: Graph, optimise: Optimise) -> dict[int, KernelCall | None]:
    """A kernel call for each operator, by its index; None where no code is needed.

    Raises:
        UnknownNameError: `optimise` is neither "speed" nor "size".
    """
    if optimise not in get_args(Optimise):
        raise unknown_name("way to optimise", optimise, get_args(Optimise))
    clear = {op.index: kernel_call(graph, op) for op in graph.ops}
    fast = {op.index: fast_kernel_call(graph, op) for op in graph.ops}
    if optimise == "speed":
        return {op.index: _quicker(graph, op, clear[op.index], fast[op.index]) for op in graph.ops}
    chosen = dict(clear)
    for kind in sorted({op.kind for op in graph.ops}):
        swapped = dict(chosen)
        for op in graph.ops:
            if op.kind == kind and fast[op.index] is not None:
                swapped[op.index] = fast[op.index]
        if flash_bytes(swapped, costs()) < flash_bytes(chosen, costs()):
            chosen = swapped
    return chosen


def flash_bytes(calls: Mapping[int, KernelCall | None], prices: Mapping[str, Cost]) -> int:
    """Tables of all calls, and the code of their kernels, each counted once."""
    used = [call for call in calls.values() if call is not None]
    kernels = {call.kernel for call in used}
    files = kernels.union(*(prices[name].shares for name in kernels))
    code = sum(prices[name].code_bytes for name in files)
    return code + sum(table.n_bytes for call in used for table in call.tables)


def cycles(cost: Cost, *, macs: int, n_values: int) -> float:
    """Modelled cycles of one call with so many multiply-accumulates and output values."""
    return cost.cycles_per_mac * macs + cost.cycles_per_value * n_values + cost.cycles_per_call


def _quicker(
    graph: Graph, op: Op, clear: KernelCall | None, fast: KernelCall | None
) -> KernelCall | None:
    if clear is None or fast is None:
        return fast or clear
    macs, n_values = macs_of(graph, op), graph.tensors[op.outputs[0]].n_elements
    return min(
        (fast, clear),
        key=lambda call: cycles(costs()[call.kernel], macs=macs, n_values=n_values),
    )


@functools.cache
def costs() -> Mapping[str, Cost]:
    """By kernel, and by file that several kernels share."""
    with shipped("firmware", "kernels", "costs.toml").open("rb") as file:
        records = tomllib.load(file)
    return {
        name: Cost(**{**record, "shares": tuple(record.get("shares", ()))})
        for name, record in records.items()
    }
