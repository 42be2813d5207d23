import math
import os
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import recorded

from tinymledu.graph.arena import plan_arena
from tinymledu.graph.ir import Graph, NoOptions, Op, Quantization, Tensor
from tinymledu.graph.reference_operators import OPERATORS
from tinymledu.graph.tflite import load_model

REAL_FOLDER = os.environ.get("TINYMLEDU_REAL_MODELS")


def graph_of(sizes, steps):
    """Tensors of the given bytes; steps are (kind, inputs, output). Tensor 0 is the input."""
    tensors = tuple(
        Tensor(index, f"t{index}", (1, n_bytes), "int8", Quantization((1.0,), (0,)))
        for index, n_bytes in enumerate(sizes)
    )
    ops = tuple(
        Op(index, kind, 1, inputs, (output,), NoOptions())
        for index, (kind, inputs, output) in enumerate(steps)
    )
    return Graph(tensors, ops, (0,), (steps[-1][2],))


def chain(*sizes):
    return graph_of(sizes, [("RELU", (k,), k + 1) for k in range(len(sizes) - 1)])


def assert_sound(graph, plan):
    """Tensors that are in use during one operator share no byte, except through RESHAPE."""
    for op in graph.ops:
        alive = [
            index
            for index, life in plan.lifetimes.items()
            if life.first_op <= op.index <= life.last_op
        ]
        assert {*(i for i in op.inputs if i in plan.offsets), *op.outputs} <= set(alive)
        for a, b in combinations(alive, 2):
            ends = [plan.offsets[i] + graph.tensors[i].n_bytes for i in (a, b)]
            apart = ends[0] <= plan.offsets[b] or ends[1] <= plan.offsets[a]
            assert apart or plan.lifetimes[a] == plan.lifetimes[b]
    for index, offset in plan.offsets.items():
        assert offset % 4 == 0
        assert 0 <= offset <= plan.arena_bytes - graph.tensors[index].n_bytes


def test_two_neighbours_in_a_chain_are_all_that_is_ever_alive():
    plan = plan_arena(chain(100, 40, 60, 8))

    assert plan.live_bytes == (140, 100, 68)
    assert plan.lower_bound_bytes == plan.arena_bytes == 140
    assert plan.peak_op == 0


def test_a_shortcut_keeps_its_tensor_until_it_is_added():
    # 0 -> 1 -> 2 -> 3 = 1 + 2: tensor 1 is alive from operator 0 to 2.
    graph = graph_of([16, 24, 24, 24], [("RELU", (0,), 1), ("RELU", (1,), 2), ("ADD", (1, 2), 3)])

    plan = plan_arena(graph)

    assert plan.live_bytes == (40, 48, 72)
    assert plan.arena_bytes == 72
    assert plan.peak_op == 2
    assert_sound(graph, plan)


def test_reshape_keeps_the_bytes_of_its_input():
    graph = graph_of([8, 32, 32, 4], [("RELU", (0,), 1), ("RESHAPE", (1,), 2), ("RELU", (2,), 3)])

    plan = plan_arena(graph)

    assert plan.offsets[1] == plan.offsets[2]
    assert plan.lifetimes[1] == plan.lifetimes[2]
    assert plan.arena_bytes == 40


def test_sizes_are_rounded_up_to_four_bytes():
    assert plan_arena(chain(3, 5)).arena_bytes == 4 + 8


def test_an_input_that_is_read_late_is_kept():
    graph = graph_of([12, 20, 20], [("RELU", (0,), 1), ("ADD", (0, 1), 2)])

    assert plan_arena(graph).arena_bytes == 12 + 20 + 20


@pytest.mark.parametrize("name", [case.name for case in recorded.cases()])
def test_plans_of_recorded_models_are_sound(name):
    graph = load_model(recorded.model_bytes(name)).graph

    plan = plan_arena(graph)

    assert_sound(graph, plan)
    assert plan.lower_bound_bytes <= plan.arena_bytes


@pytest.mark.parametrize("seed", range(30))
def test_plans_of_random_graphs_are_sound(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 25))
    sizes = [int(size) for size in rng.integers(1, 5000, n + 1)]
    steps = []
    for k in range(n):
        back = int(rng.integers(0, k + 1))
        steps.append(("ADD", (back, k), k + 1))
    graph = graph_of(sizes, steps)

    plan = plan_arena(graph)

    assert_sound(graph, plan)
    assert plan.lower_bound_bytes <= plan.arena_bytes <= sum(sizes) + 4 * len(sizes)


@pytest.mark.parametrize(
    "name", ["tiny_cnn_int8", "tiny_cnn_int8_float_ends", "tiny_residual_int8"]
)
def test_a_model_run_inside_its_arena_gives_the_recorded_output(name):
    """Every tensor is read from and written to the arena's bytes, which begin as rubbish."""
    (case,) = recorded.cases(f"{name}")[:1]
    graph = load_model(case.content).graph
    plan = plan_arena(graph)
    arena = np.full(plan.arena_bytes, 0xA5, np.uint8)

    def place(index):
        tensor = graph.tensors[index]
        piece = arena[plan.offsets[index] : plan.offsets[index] + tensor.n_bytes]
        return piece.view(tensor.dtype).reshape(tensor.shape)

    for inputs, expected in zip(case.inputs, case.expected, strict=True):
        place(graph.input.index)[...] = inputs
        for op in graph.ops:
            read = [place(index) for index in op.inputs if index in plan.offsets]
            place(op.outputs[0])[...] = OPERATORS[op.kind](graph, op, *read)

        np.testing.assert_array_equal(place(graph.output.index)[0], expected)


@pytest.mark.skipif(
    REAL_FOLDER is None, reason="TINYMLEDU_REAL_MODELS names no folder with the published models"
)
@pytest.mark.parametrize(
    ("name", "peak_shapes"),
    [
        ("kws_ref_model", [(25, 5, 64), (25, 5, 64)]),
        ("pretrainedResnet_quant", [(32, 32, 16), (32, 32, 16), (32, 32, 16)]),
        ("vww_96_int8", [(48, 48, 8), (48, 48, 16)]),
    ],
)
def test_arenas_of_published_models_are_as_small_as_their_fullest_operator(name, peak_shapes):
    graph = load_model(Path(str(REAL_FOLDER)) / f"{name}.tflite").graph

    assert plan_arena(graph).arena_bytes == sum(math.prod(shape) for shape in peak_shapes)
