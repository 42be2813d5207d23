"""Models of the operators that move codes, or spread them; see operator_models.py."""

import math
from collections.abc import Sequence

import numpy as np
from flatbuffers_of import OpSpec, activation, constant, tflite_bytes
from numpy.random import Generator
from operator_models import ACTIVATIONS, PADDINGS, factors_for, mean, options_of, with_bias


def another_shape(
    kind: str, before: tuple[int, ...], after: tuple[int, ...], axes: Sequence[int]
) -> bytes:
    """EXPAND_DIMS (one axis) or SQUEEZE."""
    tensors = [activation(before, 0.05, 3), activation(after, 0.05, 3)]
    if kind == "SQUEEZE":
        options = options_of("SqueezeOptions", squeezeDims=list(axes))
        return tflite_bytes(tensors, [OpSpec(kind, (0,), 1, options, 1)])
    tensors.append(constant(np.array(axes, np.int32)))
    return tflite_bytes(tensors, [OpSpec(kind, (0, 2), 1, options_of("ExpandDimsOptions"), 1)])


def transpose_conv(
    rng: Generator,
    *,
    picture: tuple[int, int, int] = (4, 3, 3),
    filter_shape: tuple[int, int] = (3, 3),
    n_filters: int = 5,
    strides: tuple[int, int] = (2, 2),
    padding: str = "SAME",
    more: tuple[int, int] = (0, 0),
    activation_name: str = "NONE",
    per_channel: bool = True,
    bias: str = "random",
    input_zero_point: int = -5,
    output_zero_point: int = 3,
    spread: float = 60.0,
    channel_spread: float = 2.0,
    weight_limit: int = 127,
    input_scale: float = 0.0235,
    output_scale: float = 0.047,
) -> bytes:
    """TRANSPOSE_CONV; more: output rows and columns beyond the usual ones, fewer than a stride."""
    height, width, channels = picture
    last = strides if padding == "SAME" else filter_shape
    rows, columns = (
        (n - 1) * stride + end + extra
        for n, stride, end, extra in zip((height, width), strides, last, more, strict=True)
    )
    weights = rng.integers(
        -weight_limit, weight_limit + 1, (n_filters, *filter_shape, channels), np.int8
    )
    n_products = max(1, math.prod(filter_shape) * channels // math.prod(strides))
    factors = factors_for(
        rng, n_filters if per_channel else 1, spread, channel_spread, weight_limit, n_products
    )
    tensors = [
        activation((1, height, width, channels), input_scale, input_zero_point),
        constant(weights, factors * output_scale / input_scale),
        activation((1, rows, columns, n_filters), output_scale, output_zero_point),
    ]
    inputs = with_bias(tensors, rng, bias, n_filters, 40 / factors, input_scale)
    shape = len(tensors)
    tensors.append(constant(np.array([1, rows, columns, n_filters], np.int32)))
    options = options_of(
        "TransposeConvOptions",
        padding=PADDINGS[padding],
        strideH=strides[0],
        strideW=strides[1],
        fusedActivationFunction=ACTIVATIONS[activation_name],
    )
    operands = (shape, 1, 0, *inputs[2:])
    return tflite_bytes(tensors, [OpSpec("TRANSPOSE_CONV", operands, 2, options, 4)])


def resize_nearest(
    *,
    picture: tuple[int, int, int] = (3, 4, 2),
    size: tuple[int, int] = (6, 8),
    align_corners: bool = False,
    half_pixel_centers: bool = False,
) -> bytes:
    """RESIZE_NEAREST_NEIGHBOR."""
    tensors = [
        activation((1, *picture), 0.05, 3),
        constant(np.array(size, np.int32)),
        activation((1, *size, picture[2]), 0.05, 3),
    ]
    options = options_of(
        "ResizeNearestNeighborOptions",
        alignCorners=align_corners,
        halfPixelCenters=half_pixel_centers,
    )
    return tflite_bytes(tensors, [OpSpec("RESIZE_NEAREST_NEIGHBOR", (0, 1), 2, options, 3)])


def reduce_max(
    *,
    input_shape: tuple[int, ...] = (1, 6, 4),
    axes: tuple[int, ...] = (1,),
    keep_dims: bool = False,
    zero_point: int = 3,
) -> bytes:
    """REDUCE_MAX."""
    return mean(
        "REDUCE_MAX",
        input_shape=input_shape,
        axes=axes,
        keep_dims=keep_dims,
        output_scale=0.0235,
        input_zero_point=zero_point,
        output_zero_point=zero_point,
    )


def tile(*, shape: tuple[int, ...] = (1, 3, 1, 2), counts: tuple[int, ...] = (1, 1, 2, 1)) -> bytes:
    """TILE, which TFLM lacks."""
    tensors = [
        activation(shape, 0.05, 3),
        constant(np.array(counts, np.int32)),
        activation([n * count for n, count in zip(shape, counts, strict=True)], 0.05, 3),
    ]
    return tflite_bytes(tensors, [OpSpec("TILE", (0, 1), 2, None, 2)])


def strided_slice(
    *,
    shape: tuple[int, ...] = (1, 6, 5, 3),
    begins: Sequence[int] = (0, 1, -4, 0),
    ends: Sequence[int] = (0, -1, 5, 2),
    strides: Sequence[int] = (1, 2, 1, 1),
    masks: tuple[int, int, int] = (1, 1, 0),
    result: tuple[int, ...] = (1, 2, 4, 2),
) -> bytes:
    """STRIDED_SLICE; masks: of begin, end and shrink_axis."""
    tensors = [activation(shape, 0.05, 3), activation(result, 0.05, 3)]
    tensors += [constant(np.array(each, np.int32)) for each in (begins, ends, strides)]
    options = options_of(
        "StridedSliceOptions", beginMask=masks[0], endMask=masks[1], shrinkAxisMask=masks[2]
    )
    return tflite_bytes(tensors, [OpSpec("STRIDED_SLICE", (0, 2, 3, 4), 1, options, 2)])


def slice_of(
    *,
    shape: tuple[int, ...] = (1, 6, 5, 3),
    begins: tuple[int, ...] = (0, 2, 1, 0),
    sizes: tuple[int, ...] = (1, 3, -1, 2),
) -> bytes:
    """SLICE; a size of -1 is all the rest."""
    result = [
        extent - begin if size == -1 else size
        for extent, begin, size in zip(shape, begins, sizes, strict=True)
    ]
    tensors = [activation(shape, 0.05, 3), activation(result, 0.05, 3)]
    tensors += [constant(np.array(each, np.int32)) for each in (begins, sizes)]
    return tflite_bytes(tensors, [OpSpec("SLICE", (0, 2, 3), 1, options_of("SliceOptions"), 2)])


def transpose(*, shape: tuple[int, ...] = (1, 5, 4), axes: tuple[int, ...] = (0, 2, 1)) -> bytes:
    """TRANSPOSE."""
    tensors = [
        activation(shape, 0.05, 3),
        activation([shape[axis] for axis in axes], 0.05, 3),
        constant(np.array(axes, np.int32)),
    ]
    return tflite_bytes(
        tensors, [OpSpec("TRANSPOSE", (0, 2), 1, options_of("TransposeOptions"), 2)]
    )


def split_and_joined(kind: str, *, shape: tuple[int, ...] = (1, 3, 8), axis: int = -1) -> bytes:
    """SPLIT in halves, SPLIT_V in 1 and the rest, UNPACK in single ones; joined in reverse."""
    extent = shape[axis]
    sizes = {"SPLIT": [extent // 2] * 2, "SPLIT_V": [1, extent - 1], "UNPACK": [1] * extent}[kind]
    before, after = shape[: axis % len(shape)], shape[axis % len(shape) + 1 :]
    tensors = [activation(shape, 0.05, 3), constant(np.array(axis, np.int32))]
    tensors.append(constant(np.array([sizes[0], -1], np.int32)))
    first = len(tensors)
    for size in sizes:
        part = (*before, *after) if kind == "UNPACK" else (*before, size, *after)
        tensors.append(activation(part, 0.05, 3))
    parts = tuple(range(first, len(tensors)))
    joined = len(tensors)
    total = list(tensors[first].shape)
    joining = -1 if kind == "UNPACK" else axis
    total[joining] = sum(tensors[part].shape[joining] for part in parts)
    tensors.append(activation(total, 0.05, 3))
    inputs = {"SPLIT": (1, 0), "SPLIT_V": (0, 2, 1), "UNPACK": (0,)}[kind]
    options = {
        "SPLIT": options_of("SplitOptions", numSplits=len(sizes)),
        "SPLIT_V": options_of("SplitVOptions", numSplits=len(sizes)),
        "UNPACK": options_of("UnpackOptions", axis=axis, num=len(sizes)),
    }[kind]
    joining_options = options_of("ConcatenationOptions", axis=joining)
    return tflite_bytes(
        tensors,
        [
            OpSpec(kind, inputs, parts[0], options, 1, parts[1:]),
            OpSpec("CONCATENATION", parts[::-1], joined, joining_options, 2),
        ],
    )
