"""The one list of operators that run here, and what each needs from its tensors.

Everything behind this check (the NumPy interpreter, the arena planner, the C generator) relies on
what it has seen: int8 activations of batch 1 with one scale, the types, shapes and constants that
the operator needs, and an output shape that follows from the inputs.
"""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from tinymledu.errors import UnsupportedModelError
from tinymledu.graph.geometry import window_extent
from tinymledu.graph.ir import (
    Conv2DOptions,
    DepthwiseConv2DOptions,
    FullyConnectedOptions,
    Graph,
    MeanOptions,
    Op,
    PoolOptions,
    Tensor,
)

# Highest version of each operator whose int8 form is the one implemented here.
VERSIONS: Mapping[str, int] = MappingProxyType(
    {
        "ADD": 2,
        "AVERAGE_POOL_2D": 2,
        "CONV_2D": 3,
        "DEPTHWISE_CONV_2D": 3,
        "DEQUANTIZE": 2,
        "FULLY_CONNECTED": 6,
        "MAX_POOL_2D": 2,
        "MEAN": 2,
        "PAD": 2,
        "QUANTIZE": 2,
        "RELU": 2,
        "RELU6": 2,
        "RESHAPE": 1,
        "SOFTMAX": 2,
    }
)

SMALLEST_SCALE = 2.0**-28  # below it 6 / scale leaves int32; no activation is that fine


def check_runnable(graph: Graph) -> None:
    """Raise UnsupportedModelError, with operator, version and index, where a graph cannot run."""
    unknown = [op for op in graph.ops if op.kind not in VERSIONS]
    if unknown:
        names = ", ".join(f"{op.kind} #{op.index} (version {op.version})" for op in unknown)
        raise UnsupportedModelError(
            f"This model needs operators that do not run here: {names}. "
            f"These run: {', '.join(VERSIONS)}."
        )
    for op in graph.ops:
        if not 1 <= op.version <= VERSIONS[op.kind]:
            raise _refusal(op, f"versions 1 to {VERSIONS[op.kind]} run here")
        _check_float(graph, op)
        _check_activations(graph, op)
        _CHECKS[op.kind](graph, op)
    if len(graph.inputs) != 1 or len(graph.outputs) != 1 or not graph.ops:
        raise UnsupportedModelError(
            f"This model has {len(graph.inputs)} inputs, {len(graph.ops)} operators and "
            f"{len(graph.outputs)} outputs; models with one input and one output run here."
        )


def _refusal(op: Op, reason: str) -> UnsupportedModelError:
    return UnsupportedModelError(f"{op.kind} #{op.index} (version {op.version}): {reason}.")


def _need(op: Op, condition: bool, reason: str) -> None:
    if not condition:
        raise _refusal(op, reason)


def _check_float(graph: Graph, op: Op) -> None:
    for tensor in graph.op_outputs(op):
        if op.kind != "DEQUANTIZE" and tensor.dtype != "int8":
            raise _refusal(
                op,
                f"its result {tensor.name!r} is {tensor.dtype}, and only int8 models run here; "
                "quantize(model, calibration=...) makes one",
            )


# How many inputs each operator reads at least and at most, and how many of them are activations.
_ARITY: Mapping[str, tuple[int, int, int]] = {
    "ADD": (2, 2, 2),
    "AVERAGE_POOL_2D": (1, 1, 1),
    "CONV_2D": (2, 3, 1),
    "DEPTHWISE_CONV_2D": (2, 3, 1),
    "DEQUANTIZE": (1, 1, 1),
    "FULLY_CONNECTED": (2, 3, 1),
    "MAX_POOL_2D": (1, 1, 1),
    "MEAN": (2, 2, 1),
    "PAD": (2, 2, 1),
    "QUANTIZE": (1, 1, 1),
    "RELU": (1, 1, 1),
    "RELU6": (1, 1, 1),
    "RESHAPE": (1, 2, 1),
    "SOFTMAX": (1, 1, 1),
}


def _check_activations(graph: Graph, op: Op) -> None:
    low, high, n_activations = _ARITY[op.kind]
    _need(op, low <= len(op.inputs) <= high, f"it reads {len(op.inputs)} tensors")
    _need(op, len(op.outputs) == 1, f"it writes {len(op.outputs)} tensors")
    for index in op.inputs[:n_activations]:
        _need(op, index >= 0, "an input is missing")
        _need(op, graph.tensors[index].data is None, f"its input {index} is a constant")
        if op.kind != "QUANTIZE":
            _check_activation(op, graph.tensors[index])
    for index in op.inputs[n_activations:]:
        optional = op.kind in ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "RESHAPE")
        _need(op, index >= 0 or optional, "an input is missing")
        _need(
            op,
            index < 0 or graph.tensors[index].data is not None,
            f"its input {index} is computed; here it must be a constant",
        )
    if op.kind != "DEQUANTIZE":
        _check_activation(op, graph.tensors[op.outputs[0]])


def _check_activation(op: Op, tensor: Tensor) -> None:
    what = f"tensor {tensor.index} of shape {list(tensor.shape)}"
    _need(op, tensor.dtype == "int8", f"{what} is {tensor.dtype}; int8 runs here")
    quantization = tensor.quantization
    if quantization is None or len(quantization.scales) != 1:
        raise _refusal(op, f"{what} needs exactly one scale")
    _need(op, quantization.scale >= SMALLEST_SCALE, f"{what} has scale {quantization.scale:g}")
    _need(op, -128 <= quantization.zero_point <= 127, f"{what} has a zero point outside int8")
    _check_batch(op, tensor)


def _check_batch(op: Op, tensor: Tensor) -> None:
    shape = tensor.shape
    _need(op, min(shape, default=0) >= 1, f"tensor {tensor.index} has shape {list(shape)}")
    _need(
        op,
        shape[0] == 1,
        f"tensor {tensor.index} of shape {list(shape)} does not begin with batch 1; "
        "convert the model with batch size 1",
    )


def _check_shape(graph: Graph, op: Op, expected: tuple[int, ...]) -> None:
    actual = graph.tensors[op.outputs[0]].shape
    _need(
        op,
        actual == expected,
        f"its result should have shape {list(expected)}, and the file says {list(actual)}",
    )


def _check_same_quantization(graph: Graph, op: Op) -> None:
    first, last = graph.tensors[op.inputs[0]], graph.tensors[op.outputs[0]]
    if first.quantization is None or last.quantization is None:
        raise _refusal(op, "its input and output need a scale")
    same = (
        math.isclose(first.quantization.scale, last.quantization.scale, rel_tol=0, abs_tol=1e-6)
        and first.quantization.zero_point == last.quantization.zero_point
    )
    _need(op, same, "its input and output must have one scale and zero point")


def _check_weights(graph: Graph, op: Op, *, rank: int, axis: int) -> Tensor:
    weights = graph.tensors[op.inputs[1]]
    what = f"its weights of shape {list(weights.shape)}"
    _need(op, weights.dtype == "int8", f"{what} are {weights.dtype}; int8 runs here")
    _need(op, len(weights.shape) == rank and min(weights.shape) >= 1, f"{what} need rank {rank}")
    quantization = weights.quantization
    if quantization is None:
        raise _refusal(op, f"{what} have no scale")
    _need(op, not any(quantization.zero_points), f"{what} need zero points of 0")
    _need(
        op,
        len(quantization.scales) == 1 or quantization.axis == axis,
        f"{what} have a scale per index of dimension {quantization.axis}; {axis} runs here",
    )
    if len(op.inputs) > 2 and op.inputs[2] >= 0:
        bias = graph.tensors[op.inputs[2]]
        n = weights.shape[axis]
        _need(
            op,
            bias.dtype == "int32" and bias.shape == (n,),
            f"its bias is {bias.dtype} {list(bias.shape)}; int32 [{n}] runs here",
        )
    return weights


def _window_shape(
    op: Op,
    picture: Tensor,
    options: Conv2DOptions | DepthwiseConv2DOptions | PoolOptions,
    filter_shape: tuple[int, int],
) -> tuple[int, int]:
    _need(op, len(picture.shape) == 4, f"its input has shape {list(picture.shape)}, not 4-D")
    dilations = (
        (1, 1)
        if isinstance(options, PoolOptions)
        else (options.dilation_height, options.dilation_width)
    )
    strides = (options.stride_height, options.stride_width)
    height, width = (
        window_extent(
            picture.shape[1 + k],
            n_filter=filter_shape[k],
            stride=strides[k],
            dilation=dilations[k],
            padding=options.padding,
        ).output
        for k in (0, 1)
    )
    _need(op, height >= 1 and width >= 1, "its filter is larger than its input")
    return height, width


def _check_conv(graph: Graph, op: Op) -> None:
    assert isinstance(op.options, Conv2DOptions)
    picture = graph.tensors[op.inputs[0]]
    weights = _check_weights(graph, op, rank=4, axis=0)
    n_filters, height, width, channels = weights.shape
    extents = _window_shape(op, picture, op.options, (height, width))
    _need(
        op,
        picture.shape[3] == channels,
        f"its filters have {channels} channels and its input {picture.shape[3]} "
        "(grouped convolutions do not run here)",
    )
    _check_shape(graph, op, (1, *extents, n_filters))


def _check_depthwise(graph: Graph, op: Op) -> None:
    assert isinstance(op.options, DepthwiseConv2DOptions)
    picture = graph.tensors[op.inputs[0]]
    weights = _check_weights(graph, op, rank=4, axis=3)
    one, height, width, channels = weights.shape
    extents = _window_shape(op, picture, op.options, (height, width))
    _need(
        op,
        one == 1 and channels == picture.shape[3] * op.options.depth_multiplier,
        f"{channels} filters do not fit {picture.shape[3]} input channels "
        f"times depth multiplier {op.options.depth_multiplier}",
    )
    _check_shape(graph, op, (1, *extents, channels))


def _check_fully_connected(graph: Graph, op: Op) -> None:
    assert isinstance(op.options, FullyConnectedOptions)
    inputs = graph.tensors[op.inputs[0]]
    units, n_inputs = _check_weights(graph, op, rank=2, axis=0).shape
    if op.options.keep_n_dims:
        _need(op, inputs.shape[-1] == n_inputs, f"its input should end in {n_inputs} values")
        _check_shape(graph, op, (*inputs.shape[:-1], units))
    else:
        _need(
            op,
            inputs.n_elements == n_inputs,
            f"it reads {inputs.n_elements} values with weights for {n_inputs}",
        )
        _check_shape(graph, op, (1, units))


def _check_pool(graph: Graph, op: Op) -> None:
    assert isinstance(op.options, PoolOptions)
    picture = graph.tensors[op.inputs[0]]
    filter_shape = (op.options.filter_height, op.options.filter_width)
    extents = _window_shape(op, picture, op.options, filter_shape)
    _check_shape(graph, op, (1, *extents, picture.shape[3]))
    _check_same_quantization(graph, op)


def _check_mean(graph: Graph, op: Op) -> None:
    assert isinstance(op.options, MeanOptions)
    inputs, axes = graph.tensors[op.inputs[0]], graph.tensors[op.inputs[1]]
    _need(op, axes.dtype == "int32", f"its axes are {axes.dtype}, not int32")
    rank = len(inputs.shape)
    given = [] if axes.data is None else [int(axis) for axis in axes.data.ravel()]
    _need(op, all(-rank <= axis < rank for axis in given), f"its axes {given} do not exist")
    reduced = {axis % rank for axis in given}
    _need(op, bool(reduced) and 0 not in reduced, "it must leave the batch and reduce the rest")
    kept = [1 if axis in reduced else extent for axis, extent in enumerate(inputs.shape)]
    if not op.options.keep_dims:
        kept = [extent for axis, extent in enumerate(kept) if axis not in reduced]
    _check_shape(graph, op, tuple(kept))


def _check_add(graph: Graph, op: Op) -> None:
    first, second = (graph.tensors[index] for index in op.inputs)
    _need(
        op,
        first.shape == second.shape,
        f"it adds shapes {list(first.shape)} and {list(second.shape)}; equal shapes run here",
    )
    _check_shape(graph, op, first.shape)


def _check_reshape(graph: Graph, op: Op) -> None:
    before, after = graph.tensors[op.inputs[0]], graph.tensors[op.outputs[0]]
    _need(
        op,
        before.n_elements == after.n_elements,
        f"{list(before.shape)} cannot become {list(after.shape)}",
    )


def _check_softmax(graph: Graph, op: Op) -> None:
    inputs, output = graph.tensors[op.inputs[0]], graph.tensors[op.outputs[0]].quantization
    _check_shape(graph, op, inputs.shape)
    _need(op, inputs.shape[-1] < 4096, f"it has {inputs.shape[-1]} classes; 4,095 run here")
    _need(
        op,
        output is not None and output.scale == 1 / 256 and output.zero_point == -128,
        "its output must have scale 1/256 and zero point -128",
    )


def _check_relu(graph: Graph, op: Op) -> None:
    _check_shape(graph, op, graph.tensors[op.inputs[0]].shape)
    if op.kind == "RELU6":
        _check_same_quantization(graph, op)


def _check_pad(graph: Graph, op: Op) -> None:
    inputs, amounts = graph.tensors[op.inputs[0]], graph.tensors[op.inputs[1]]
    rank = len(inputs.shape)
    _need(
        op,
        amounts.dtype == "int32" and amounts.shape == (rank, 2),
        f"its paddings are {amounts.dtype} {list(amounts.shape)}; int32 [{rank}, 2] runs here",
    )
    pads = np.zeros((rank, 2), np.int64) if amounts.data is None else amounts.data.astype(np.int64)
    _need(op, bool(np.all(pads >= 0)) and not pads[0].any(), "it pads the batch, or takes away")
    padded = zip(inputs.shape, pads.sum(axis=1).tolist(), strict=True)
    _check_shape(graph, op, tuple(extent + pad for extent, pad in padded))
    _check_same_quantization(graph, op)


def _check_ends(graph: Graph, op: Op) -> None:
    """QUANTIZE (from float32 or int8) and DEQUANTIZE (to float32)."""
    inputs, output = graph.tensors[op.inputs[0]], graph.tensors[op.outputs[0]]
    if inputs.dtype == "float32":
        _check_batch(op, inputs)
    else:
        _check_activation(op, inputs)
    _need(op, op.kind == "QUANTIZE" or output.dtype == "float32", f"it makes {output.dtype}")
    _check_shape(graph, op, inputs.shape)


_CHECKS: Mapping[str, Callable[[Graph, Op], None]] = {
    "ADD": _check_add,
    "AVERAGE_POOL_2D": _check_pool,
    "CONV_2D": _check_conv,
    "DEPTHWISE_CONV_2D": _check_depthwise,
    "DEQUANTIZE": _check_ends,
    "FULLY_CONNECTED": _check_fully_connected,
    "MAX_POOL_2D": _check_pool,
    "MEAN": _check_mean,
    "PAD": _check_pad,
    "QUANTIZE": _check_ends,
    "RELU": _check_relu,
    "RELU6": _check_relu,
    "RESHAPE": _check_reshape,
    "SOFTMAX": _check_softmax,
}
