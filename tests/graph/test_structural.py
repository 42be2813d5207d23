"""What operators that move codes or spread them refuse, and where their pixels come from."""

from dataclasses import replace

import numpy as np
import pytest
import recorded

from tinymledu.errors import UnsupportedModelError
from tinymledu.graph.copies import as_copies
from tinymledu.graph.flatbuffer import FlatbufferReader
from tinymledu.graph.geometry import nearest_positions
from tinymledu.graph.ir import (
    CopyOptions,
    NoOptions,
    Op,
    Quantization,
    ResizeNearestOptions,
    StridedSliceOptions,
)
from tinymledu.graph.operators import check_runnable
from tinymledu.graph.tflite import load_model

TRANSPOSE, RESIZE = "transpose_conv_same", "resize_nearest"


def with_input(name, position, **changes):
    graph = load_model(recorded.model_bytes(name)).graph
    index = graph.ops[0].inputs[position]
    tensors = list(graph.tensors)
    tensors[index] = replace(tensors[index], **changes)
    return replace(graph, tensors=tuple(tensors))


def sized(*size):
    return with_input(RESIZE, 1, data=np.array(size, np.int32), shape=(len(size),))


def tiled(*counts):
    """TILE on the input of a REDUCE_MAX."""
    graph = with_input("reduce_max", 1, data=np.array(counts, np.int32), shape=(len(counts),))
    return replace(graph, ops=(replace(graph.ops[0], kind="TILE", options=NoOptions()),))


def cut(**changes):
    """strided_slice_masks with another input tensor, or bounds, than its result follows from."""
    graph = FlatbufferReader(recorded.model_bytes("strided_slice_masks")).graph()
    tensors = list(graph.tensors)
    for name, value in changes.items():
        index = graph.ops[0].inputs[("x", "begins", "ends", "strides").index(name)]
        tensors[index] = replace(tensors[index], **value)
    return as_copies(replace(graph, tensors=tuple(tensors)))


def bounds(*values):
    return {"data": np.array(values, np.int32)}


UNKNOWN = r"STRIDED_SLICE #0 .*: what it takes from \[1, 6, 5, 3\] to make .* is not known"


@pytest.mark.parametrize(
    ("graph", "message"),
    [
        (
            with_input(TRANSPOSE, 0, shape=(1, 4, 3, 7)),
            "TRANSPOSE_CONV #0 .*: its filters have 3 channels and its input 7",
        ),
        (
            with_input(TRANSPOSE, 0, shape=(1, 5, 3, 3)),
            r"its result of shape \[1, 8, 6, 5\] does not follow from an input of \[1, 5, 3, 3\]",
        ),
        (with_input(TRANSPOSE, 0, shape=(1, 12, 3)), r"its input has shape \[1, 12, 3\], not 4-D"),
        (with_input(TRANSPOSE, 1, dtype="uint8"), "its weights of shape .* are uint8"),
        (with_input(RESIZE, 0, shape=(1, 24)), r"its input has shape \[1, 24\], not 4-D"),
        (sized(6, 8, 1), r"its size is int32 \[3\]; int32 \[2\] runs here"),
        (sized(0, 8), r"goes from \[3, 4\] to \[0, 8\] pixels; 1 to 32767 run"),
        (sized(6, 40_000), r"to \[6, 40000\] pixels"),
        (sized(6, 9), r"should have shape \[1, 6, 9, 2\], and the file says \[1, 6, 8, 2\]"),
        (with_input(RESIZE, 0, quantization=None), "needs exactly one scale"),
        (
            with_input("reduce_max", 0, quantization=Quantization((0.5,), (3,))),
            "REDUCE_MAX #0 .*: its input and output must have one scale and zero point",
        ),
        (
            tiled(2, 1, 1),
            r"it repeats \[2, 1, 1\] times along its axes; one axis, which is not the",
        ),
        (
            tiled(1, 2, 2),
            r"it repeats \[1, 2, 2\] times along its axes; one axis, which is not the",
        ),
        (tiled(1, 2, -1), r"it repeats \[1, 2, -1\] times"),
        (tiled(1, 2), r"its counts are int32 \[1, 2\]; one for each of 3 axes runs here"),
        (cut(begins=bounds(0, 4, -4, 0)), UNKNOWN),
        (cut(begins=bounds(0, 1, -4)), UNKNOWN),
        (cut(strides=bounds(1, 2, 0, 1)), UNKNOWN),
        (cut(ends=bounds(0, 1, 5, 2)), UNKNOWN),
        (cut(begins={"dtype": "float32"}), UNKNOWN),
        (cut(begins={"data": None}), "its input 2 is computed; here it must be a constant"),
        (
            cut(x={"quantization": Quantization((0.5,), (3,))}),
            "STRIDED_SLICE #0 .*: its input and output must have one scale and zero point",
        ),
        (tiled(1, 3, 1), r"should have shape \[1, 18, 4\], and the file says \[1, 4\]"),
    ],
)
def test_what_cannot_run_is_refused_with_the_reason(graph, message):
    with pytest.raises(UnsupportedModelError, match=message):
        check_runnable(graph)


def test_a_copy_from_a_reshape_reads_what_the_reshape_reads():
    graph = FlatbufferReader(recorded.model_bytes("transpose_in_place")).graph()
    x, moved = graph.tensors[graph.inputs[0]], graph.tensors[graph.outputs[0]]
    part = replace(moved, index=len(graph.tensors), shape=(1, 1, 5))
    axes = graph.tensors[graph.ops[0].inputs[1]]
    bounds_of = [
        replace(axes, index=part.index + 1 + k, data=np.array(values, np.int32), shape=(4,))
        for k, values in enumerate([(0, 2, 0, 0), (1, 3, 1, 5), (1, 1, 1, 1)])
    ]
    slicing = Op(
        1, "STRIDED_SLICE", 1, (moved.index, *(each.index for each in bounds_of)), (part.index,),
        StridedSliceOptions(from_begin=0, to_end=0, shrink_axis=2, others=False),
    )  # fmt: skip
    tensors = (*graph.tensors, part, *bounds_of)
    ops = (*graph.ops, slicing)

    (op,) = as_copies(replace(graph, tensors=tensors, ops=ops, outputs=(part.index,))).ops

    assert (op.index, op.kind, op.inputs) == (0, "STRIDED_SLICE", (x.index,))
    assert op.options == CopyOptions(2 * 5, (20, 5, 1))


@pytest.mark.parametrize(
    ("options", "extents", "expected"),
    [
        ((False, False), (3, 6), [0, 0, 1, 1, 2, 2]),
        ((False, False), (3, 2), [0, 1]),  # 0, 1.5
        ((False, True), (5, 3), [0, 2, 4]),  # 0.83, 2.5, 4.17
        ((True, False), (3, 4), [0, 1, 1, 2]),  # 0, 0.67, 1.33, 2, rounded
        ((True, False), (4, 1), [0]),
    ],
)
def test_the_nearest_pixels_are_those_of_a_hand_calculation(options, extents, expected):
    positions = nearest_positions(ResizeNearestOptions(*options), *extents)

    np.testing.assert_array_equal(positions, expected)
