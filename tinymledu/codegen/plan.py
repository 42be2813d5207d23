"""From a graph to a program: kernel calls in order, with every integer and every address known."""

from collections.abc import Mapping

from tinymledu.codegen.choice import Optimise, choose_kernels
from tinymledu.codegen.dead_channels import remove_dead_channels
from tinymledu.codegen.fused_activations import fuse_activations
from tinymledu.codegen.records import KernelCall, Layer, Program
from tinymledu.graph.arena import ArenaPlan, Workspace, plan_arena
from tinymledu.graph.given_plan import plan_with_offsets
from tinymledu.graph.ir import Graph, TFLiteModel
from tinymledu.graph.macs import macs_of
from tinymledu.graph.operators import check_runnable


def plan_program(
    model: TFLiteModel,
    *,
    optimise: Optimise = "speed",
    keep_dead_channels: bool = False,
    plan: Mapping[int, int] | None = None,
) -> Program:
    """Plan the C program for an int8 model: layers, their integers, and places in the arena.

    Args:
        optimise: "speed" or "size", as for generate_c.
        keep_dead_channels: keep channels that are constant for every input (dead_channels.py).
        plan: byte offset by tensor index, instead of our own. It is made for the tensors of the
            file, so no pass changes the graph.

    Raises:
        InputError: a plan that is incomplete, misaligned, or lets two tensors overlap.
        UnsupportedModelError: an operator, type or shape that cannot run, or has no kernel.
        QuantizationError: scales that the integer arithmetic cannot carry.
    """
    check_runnable(model.graph)
    graph = model.graph
    if plan is None:
        graph = fuse_activations(graph)
        if not keep_dead_channels:
            graph = remove_dead_channels(graph)
    calls = choose_kernels(graph, optimise)
    arena = _arena(graph, calls, plan)
    return Program(
        layers=_layers(graph, calls, arena),
        model_macs=sum(macs_of(model.graph, op) for op in model.graph.ops),
        offsets=arena.offsets,
        arena_bytes=arena.arena_bytes,
        input_offset=arena.offsets[graph.input.index],
        input_bytes=graph.input.n_bytes,
        output_offset=arena.offsets[graph.output.index],
        output_bytes=graph.output.n_bytes,
    )


def _arena(
    graph: Graph, calls: Mapping[int, KernelCall | None], plan: Mapping[int, int] | None
) -> ArenaPlan:
    workspaces = {
        index: Workspace(call.scratch_bytes, call.clearances)
        for index, call in calls.items()
        if call is not None
    }
    if plan is None:
        return plan_arena(graph, workspaces)
    return plan_with_offsets(graph, plan, workspaces)


def _layers(
    graph: Graph, calls: Mapping[int, KernelCall | None], arena: ArenaPlan
) -> tuple[Layer, ...]:
    return tuple(
        Layer(
            index=op.index,
            op=op.kind,
            macs=macs_of(graph, op),
            call=calls[op.index],
            input_shape=graph.tensors[op.inputs[0]].shape,
            output_shape=graph.tensors[op.outputs[0]].shape,
            arena_bytes_live=live_bytes,
            scratch_offset=arena.scratch_offsets.get(op.index),
        )
        for op, live_bytes in zip(graph.ops, arena.live_bytes, strict=True)
    )
