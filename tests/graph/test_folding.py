from dataclasses import replace

import numpy as np
import pytest
import recorded

from tinymledu.graph.flatbuffer import FlatbufferReader
from tinymledu.graph.folding import fold_constants
from tinymledu.graph.ir import Graph, NoOptions, Op, PackOptions, StridedSliceOptions, Tensor
from tinymledu.graph.reference import Interpreter
from tinymledu.graph.tflite import load_model

PLAIN = StridedSliceOptions(from_begin=False, to_end=False, shrink_axis=False, others=False)
OPEN_BATCH = "tiny_open_batch_int8"


def constant(index, values, dtype="int32"):
    data = np.array(values, dtype)
    return Tensor(index, f"t{index}", data.shape, dtype, data=data)


def computed(index, shape, dtype="int32"):
    return Tensor(index, f"t{index}", shape, dtype)


def folded(kind, inputs, output, options):
    """The data of `output` after folding a graph of one operator."""
    indices = tuple(tensor.index for tensor in inputs)
    op = Op(0, kind, 1, indices, (output.index,), options)
    graph = Graph((*inputs, output), (op,), (), (output.index,))
    result = fold_constants(graph)
    assert bool(result.ops) == (result.tensors[-1].data is None)
    return result.tensors[-1].data


def slice_of(vector, begin, end, stride, shape, **options):
    bounds = [constant(1 + k, [value]) for k, value in enumerate((begin, end, stride))]
    inputs = [constant(0, vector), *bounds]
    return folded("STRIDED_SLICE", inputs, computed(4, shape), replace(PLAIN, **options))


def raw_graph(name):
    return FlatbufferReader(recorded.model_bytes(name)).graph()


def test_a_model_with_an_open_batch_loses_what_computes_its_shapes():
    before = [op.kind for op in raw_graph(OPEN_BATCH).ops]
    model = load_model(recorded.model_bytes(OPEN_BATCH))
    after = [op.kind for op in model.graph.ops]

    assert before.count("SHAPE") == before.count("PACK") == 3
    assert after == [kind for kind in before if kind not in ("SHAPE", "STRIDED_SLICE", "PACK")]
    assert [op.index for op in model.graph.ops] == list(range(len(after)))
    assert model.scheme == "int8"


def test_folding_changes_no_output_bit_against_tflite_micro_which_runs_the_whole_file():
    (case,) = recorded.cases(OPEN_BATCH)

    codes = Interpreter(load_model(case.content)).run(case.inputs)

    np.testing.assert_array_equal(codes, case.expected)


@pytest.mark.parametrize("name", [case.name for case in recorded.cases()])
def test_a_graph_with_nothing_to_fold_stays_as_it_is(name):
    graph = load_model(recorded.model_bytes(name)).graph

    assert fold_constants(graph) == graph


def test_shape_is_the_shape_in_the_type_that_the_file_says():
    picture = computed(0, (1, 6, 6, 4), "int8")

    np.testing.assert_array_equal(
        folded("SHAPE", [picture], computed(1, (4,)), NoOptions()), [1, 6, 6, 4]
    )
    assert folded("SHAPE", [picture], computed(1, (4,), "int64"), NoOptions()).dtype == np.int64


@pytest.mark.parametrize(
    ("bounds", "shape", "options", "expected"),
    [
        ((0, 1, 1), (), {"shrink_axis": True}, 10),
        ((-1, 0, 1), (), {"shrink_axis": True}, 13),
        ((1, 3, 1), (2,), {}, [11, 12]),
        ((0, 4, 2), (2,), {}, [10, 12]),
        ((1, 99, 1), (3,), {}, [11, 12, 13]),
        ((2, 3, 1), (3,), {"from_begin": True}, [10, 11, 12]),
        ((2, 3, 1), (2,), {"to_end": True}, [12, 13]),
        ((3, 0, -1), (3,), {}, [13, 12, 11]),
    ],
)
def test_a_slice_of_a_shape_is_its_entries(bounds, shape, options, expected):
    np.testing.assert_array_equal(slice_of([10, 11, 12, 13], *bounds, shape, **options), expected)


@pytest.mark.parametrize(
    ("bounds", "shape", "options"),
    [
        ((4, 5, 1), (), {"shrink_axis": True}),
        ((0, 4, 0), (4,), {}),
        ((0, 4, 1), (4,), {"others": True}),
        ((0, 4, 1), (3,), {}),
    ],
    ids=["past the end", "stride 0", "other options", "shape that the file denies"],
)
def test_a_slice_that_is_not_understood_stays(bounds, shape, options):
    assert slice_of([10, 11, 12, 13], *bounds, shape, **options) is None


def test_pack_puts_scalars_side_by_side():
    scalars = [constant(0, 1), constant(1, 144)]

    np.testing.assert_array_equal(
        folded("PACK", scalars, computed(2, (2,)), PackOptions(axis=0)), [1, 144]
    )


@pytest.mark.parametrize(
    ("inputs", "axis"),
    [([constant(0, 1), computed(1, ())], 0), ([constant(0, [1]), constant(1, [2])], 0)],
    ids=["computed", "vectors"],
)
def test_a_pack_of_other_things_stays(inputs, axis):
    assert folded("PACK", inputs, computed(2, (2,)), PackOptions(axis)) is None


def test_weights_with_one_more_axis_are_the_same_data_in_another_shape():
    weights = constant(0, [[1, 2], [3, 4], [5, 6]], "int8")

    data = folded("RESHAPE", [weights], computed(1, (3, 1, 2), "int8"), NoOptions())

    np.testing.assert_array_equal(data, [[[1, 2]], [[3, 4]], [[5, 6]]])
    assert np.shares_memory(data, weights.data)


@pytest.mark.parametrize("output", [computed(1, (3, 2), "int8"), computed(1, (4,), "int32")])
def test_a_reshape_of_a_constant_to_another_size_or_type_stays(output):
    weights = constant(0, [[1, 2], [3, 4]], "int8")

    assert folded("RESHAPE", [weights], output, NoOptions()) is None


def test_operators_that_nobody_reads_are_dropped_and_those_without_output_stay():
    tensors = tuple(computed(index, (1, 2), "int8") for index in range(4))
    ops = (
        Op(0, "RELU", 2, (0,), (1,), NoOptions()),
        Op(1, "RELU6", 2, (1,), (2,), NoOptions()),
        Op(2, "ASSIGN_VARIABLE", 1, (0,), (), None),
        Op(3, "RELU", 2, (0,), (3,), NoOptions()),
    )

    graph = fold_constants(Graph(tensors, ops, (0,), (3,)))

    assert [(op.index, op.kind, op.outputs) for op in graph.ops] == [
        (0, "ASSIGN_VARIABLE", ()),
        (1, "RELU", (3,)),
    ]
