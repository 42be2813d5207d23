"""A model as a memory planner sees it: sizes in bytes, and who reads and writes what, in order."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from tinymledu.graph.arena import aligned, owners
from tinymledu.graph.ir import Graph


class Step(NamedTuple):
    """One operator: its kind, and the numbers of the activations it reads and writes.

    RESHAPE writes none: the same bytes only get another shape.
    """

    kind: str
    reads: tuple[int, ...]
    writes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MemorySteps:
    """Activations by tensor number; weights are left out, as they stay in flash.

    sizes: bytes, rounded up to a multiple of 4.
    names: what each is, such as "CONV_2D #0 48x48x8".
    inputs, outputs: of the whole model.
    """

    steps: tuple[Step, ...]
    sizes: Mapping[int, int]
    names: Mapping[int, str]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


def memory_steps(graph: Graph) -> MemorySteps:
    """What a planner needs to know of a graph. Outputs of RESHAPE are their inputs."""
    owner = owners(graph)
    steps = tuple(
        Step(
            op.kind,
            tuple(dict.fromkeys(owner[index] for index in op.inputs if index in owner)),
            tuple(owner[index] for index in op.outputs if owner[index] == index),
        )
        for op in graph.ops
    )
    makers = {index: f"{op.kind} #{op.index}" for op in graph.ops for index in op.outputs}
    roots = tuple(dict.fromkeys(owner.values()))
    return MemorySteps(
        steps=steps,
        sizes=MappingProxyType({k: aligned(graph.tensors[k].n_bytes) for k in roots}),
        names=MappingProxyType(
            {k: f"{makers.get(k, 'input')} {_shape_text(graph.tensors[k].shape)}" for k in roots}
        ),
        inputs=graph.inputs,
        outputs=tuple(owner[index] for index in graph.outputs),
    )


def _shape_text(shape: tuple[int, ...]) -> str:
    return "x".join(str(extent) for extent in shape[1:]) or "1"
