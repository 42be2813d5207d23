"""From a graph to a program: kernel calls in order, with every integer and every address known."""

from tinymledu.codegen.layers import kernel_call
from tinymledu.codegen.records import Layer, Program
from tinymledu.graph.arena import plan_arena
from tinymledu.graph.ir import TFLiteModel
from tinymledu.graph.operators import check_runnable


def plan_program(model: TFLiteModel) -> Program:
    """Plan the C program for an int8 model: layers, their integers, and places in the arena.

    Raises:
        UnsupportedModelError: an operator, type or shape that cannot run, or has no kernel.
        QuantizationError: scales that the integer arithmetic cannot carry.
    """
    graph = model.graph
    check_runnable(graph)
    arena = plan_arena(graph)
    layers = tuple(
        Layer(
            index=op.index,
            op=op.kind,
            call=kernel_call(graph, op),
            input_shape=graph.tensors[op.inputs[0]].shape,
            output_shape=graph.tensors[op.outputs[0]].shape,
            arena_bytes_live=arena.live_bytes[position],
        )
        for position, op in enumerate(graph.ops)
    )
    return Program(
        layers=layers,
        offsets=arena.offsets,
        arena_bytes=arena.arena_bytes,
        input_offset=arena.offsets[graph.input.index],
        input_bytes=graph.input.n_bytes,
        output_offset=arena.offsets[graph.output.index],
        output_bytes=graph.output.n_bytes,
    )
