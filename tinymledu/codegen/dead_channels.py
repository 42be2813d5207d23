"""A compiler pass: channels that have one value for every possible input are folded away.

Training leaves channels whose result is clamped to one code whatever comes in: 978 of the 2,736
channels of convolutions in the MLPerf Tiny VWW model. Which ones is proved from the ranges of sums,
so the smaller network gives the same bytes.

A constant channel is removed where every reader can do without it: a convolution or a fully
connected layer takes its share into the bias; an operator that treats each channel on its own
(depthwise convolution, pool, ...) needs its own result for that channel to be constant, and
removable, too.

At the border of a padded convolution some taps see padding in place of the constant, and the share
differs from pixel to pixel. So a constant is folded into a padded convolution only if it is the
zero point, whose share is nothing inside and outside.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tinymledu.codegen.fast import constant_code
from tinymledu.codegen.parts import bias_of, data_of, input_of, output_of, quantization_of
from tinymledu.graph.fixed_point import (
    activation_range,
    convolution_multipliers,
    fully_connected_multipliers,
)
from tinymledu.graph.geometry import window_extent
from tinymledu.graph.ir import (
    Conv2DOptions,
    DepthwiseConv2DOptions,
    FullyConnectedOptions,
    Graph,
    Op,
    Tensor,
)
from tinymledu.graph.lookup_tables import LOOKUPS
from tinymledu.graph.reference_operators import OPERATORS

WEIGHTED = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED")
CHANNEL_BY_CHANNEL = ("AVERAGE_POOL_2D", "MAX_POOL_2D", "MEAN", "RELU", "RELU6", *LOOKUPS)

Channels = NDArray[np.int64]
UNKNOWN = 2**20  # no int8 code: the channel's value depends on the input
MAX_CHANNELS = 2**16  # more on one axis are no channels, and fit on no board


def remove_dead_channels(graph: Graph) -> Graph:
    """The graph without channels that are constant and that nothing needs; gives the same bytes.

    Args:
        graph: a runnable graph (check_runnable).
    """
    if any(output_of(graph, op).shape[-1] > MAX_CHANNELS for op in graph.ops):
        return graph
    constants = _constants(graph)
    removable = _removable(graph, constants)
    kept = {index: np.flatnonzero(~gone) for index, gone in removable.items() if gone.any()}
    return _rewritten(graph, constants, kept) if kept else graph


def _constants(graph: Graph) -> dict[int, Channels]:
    """By activation: the code of each channel of its last axis, or UNKNOWN."""
    known: dict[int, Channels] = {}
    for op in graph.ops:
        output = output_of(graph, op)
        known[output.index] = np.full(output.shape[-1], UNKNOWN)
        source = known.get(op.inputs[0])
        if op.kind in WEIGHTED and output.dtype == "int8":
            known[output.index] = _constant_sums(graph, op, source)
        elif source is None or output.dtype != "int8":
            continue
        elif op.kind == "RESHAPE" and output.shape[-1] % len(source) == 0:
            known[output.index] = np.tile(source, output.shape[-1] // len(source))
        elif _is_channel_by_channel(graph, op):
            known[output.index] = _constant_results(graph, op, source)
    return known


def _is_channel_by_channel(graph: Graph, op: Op) -> bool:
    """The last axis goes through, each of its channels on its own."""
    if op.kind == "MEAN":
        rank = len(input_of(graph, op, 0).shape)
        axes = {int(axis) % rank for axis in data_of(input_of(graph, op, 1)).ravel()}
        return rank - 1 not in axes
    return op.kind in CHANNEL_BY_CHANNEL


def _constant_results(graph: Graph, op: Op, source: Channels) -> Channels:
    """What the operator makes of constant channels: the NumPy interpreter tells."""
    inputs = input_of(graph, op, 0)
    codes = np.where(source == UNKNOWN, 0, source).astype(np.int8)
    result = OPERATORS[op.kind](graph, op, np.broadcast_to(codes, inputs.shape))
    first = result.reshape(-1, len(source))[0].astype(np.int64)
    return np.where(source == UNKNOWN, UNKNOWN, first)


def _constant_sums(graph: Graph, op: Op, source: Channels | None) -> Channels:
    """Constant outputs of a layer with weights: both ends of each sum's range give one code."""
    inputs, output = input_of(graph, op, 0), output_of(graph, op)
    weights = _rows(graph, op)
    bias = bias_of(graph, op)
    zero_point = quantization_of(inputs).zero_point
    n_outputs, _, n_channels = weights.shape
    if source is None:
        codes: NDArray[np.int64] = np.full(n_channels, UNKNOWN)
    elif op.kind == "DEPTHWISE_CONV_2D":  # each row has one channel of its own
        codes = np.repeat(source, n_outputs // len(source)).reshape(-1, 1, 1)
    else:  # a fully connected layer may read a picture pixel by pixel
        codes = np.tile(source, n_channels // len(source))
    known = codes != UNKNOWN
    low = np.where(known, codes, -128) - zero_point
    high = np.where(known, codes, 127) - zero_point
    if _is_padded(graph, op):  # a tap may see padding, which counts as 0
        low, high = np.minimum(low, 0), np.maximum(high, 0)
    least = np.minimum(weights * low, weights * high).sum(axis=(1, 2))
    most = np.maximum(weights * low, weights * high).sum(axis=(1, 2))
    own = np.zeros(n_outputs, np.int64) if bias is None else data_of(bias).astype(np.int64)
    factors = (fully_connected_multipliers if op.kind == "FULLY_CONNECTED" else
               convolution_multipliers)(
        quantization_of(inputs), quantization_of(input_of(graph, op, 1)), quantization_of(output)
    )  # fmt: skip
    each = factors * n_outputs if len(factors) == 1 else factors
    assert isinstance(op.options, Conv2DOptions | DepthwiseConv2DOptions | FullyConnectedOptions)
    limits = activation_range(op.options.activation, quantization_of(output))
    result = np.full(n_outputs, UNKNOWN)
    for o, factor in enumerate(each):
        code = constant_code(
            int(own[o] + least[o]), int(own[o] + most[o]), factor,
            quantization_of(output).zero_point, limits,
        )  # fmt: skip
        if code is not None:
            result[o] = code
    return result


def _rows(graph: Graph, op: Op) -> NDArray[np.int64]:
    """Weights as (outputs, taps, channels of the input)."""
    weights = data_of(input_of(graph, op, 1)).astype(np.int64)
    if op.kind == "DEPTHWISE_CONV_2D":
        return weights.reshape(-1, weights.shape[3]).T[:, :, None]
    return weights.reshape(len(weights), -1, weights.shape[-1])


def _is_padded(graph: Graph, op: Op) -> bool:
    options = op.options
    if not isinstance(options, Conv2DOptions | DepthwiseConv2DOptions):
        return False
    inputs, weights = input_of(graph, op, 0), input_of(graph, op, 1)
    extents = [
        window_extent(n, n_filter=taps, stride=stride, dilation=dilation, padding=options.padding)
        for n, taps, stride, dilation in (
            (inputs.shape[1], weights.shape[1], options.stride_height, options.dilation_height),
            (inputs.shape[2], weights.shape[2], options.stride_width, options.dilation_width),
        )
    ]
    return any(extent.before or extent.after for extent in extents)


def _removable(graph: Graph, constants: Mapping[int, Channels]) -> dict[int, NDArray[np.bool_]]:
    """By activation: which channels go. Readers are asked first, so from the last operator back."""
    gone = {index: codes != UNKNOWN for index, codes in constants.items()}
    for index in graph.outputs:
        gone[index] = np.zeros_like(gone[index])
    for op in reversed(graph.ops):
        result = output_of(graph, op).index
        if gone[result].all():
            gone[result][0] = False  # a layer keeps one channel at least
        for position, index in enumerate(op.inputs):
            if index in gone:
                allowed = _can_do_without(graph, op, constants[index], gone[result])
                gone[index] &= allowed if position == 0 else False
    # What a channel-by-channel operator keeps, its reader may have asked it to keep: settle.
    return _settled(graph, constants, gone)


def _settled(
    graph: Graph, constants: Mapping[int, Channels], gone: dict[int, NDArray[np.bool_]]
) -> dict[int, NDArray[np.bool_]]:
    """Operators that pass channels on remove the same ones before and after."""
    for op in graph.ops:
        source, result = op.inputs[0], op.outputs[0]
        if source not in gone:
            if op.kind not in ("CONV_2D", "FULLY_CONNECTED"):
                gone[result] = np.zeros_like(gone[result])
            continue
        if op.kind in ("DEPTHWISE_CONV_2D", "RESHAPE") or _is_channel_by_channel(graph, op):
            gone[result] = _as_long_as(gone[source], constants[result])
        elif op.kind not in ("CONV_2D", "FULLY_CONNECTED"):
            gone[result] = np.zeros_like(gone[result])
    return gone


def _as_long_as(gone: NDArray[np.bool_], codes: Channels) -> NDArray[np.bool_]:
    if len(codes) % len(gone):
        return np.zeros(len(codes), bool)
    return np.tile(gone, len(codes) // len(gone))


def _can_do_without(
    graph: Graph, op: Op, source: Channels, result_gone: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Which channels of its first input an operator can do without."""
    if op.kind in ("CONV_2D", "FULLY_CONNECTED"):
        if input_of(graph, op, 1).shape[-1] != len(source):
            return np.zeros(len(source), bool)
        if not _is_padded(graph, op):
            return np.ones(len(source), bool)
        nothing: NDArray[np.bool_] = source == quantization_of(input_of(graph, op, 0)).zero_point
        return nothing
    if op.kind == "RESHAPE" and len(result_gone) % len(source) == 0:
        return np.asarray(result_gone.reshape(-1, len(source)).all(axis=0))
    one_for_one = len(result_gone) == len(source)
    if one_for_one and (op.kind == "DEPTHWISE_CONV_2D" or _is_channel_by_channel(graph, op)):
        return result_gone
    return np.zeros(len(source), bool)


def _rewritten(
    graph: Graph, constants: Mapping[int, Channels], kept: Mapping[int, NDArray[np.intp]]
) -> Graph:
    tensors = list(graph.tensors)
    for index, channels in kept.items():
        shape = (*tensors[index].shape[:-1], len(channels))
        tensors[index] = replace(tensors[index], shape=shape)
    ops = []
    for op in graph.ops:
        if op.kind in WEIGHTED and (op.inputs[0] in kept or op.outputs[0] in kept):
            weights, bias = _smaller(graph, op, constants, kept)
            first = len(tensors)
            tensors += [replace(weights, index=first), replace(bias, index=first + 1)]
            op = replace(op, inputs=(op.inputs[0], first, first + 1))
        ops.append(op)
    return replace(graph, tensors=tuple(tensors), ops=tuple(ops))


def _smaller(
    graph: Graph,
    op: Op,
    constants: Mapping[int, Channels],
    kept: Mapping[int, NDArray[np.intp]],
) -> tuple[Tensor, Tensor]:
    """Weights of the channels that stay, and a bias with the share of those that go."""
    inputs, weights, output = input_of(graph, op, 0), input_of(graph, op, 1), output_of(graph, op)
    bias = bias_of(graph, op)
    rows = _rows(graph, op)
    outs = kept.get(output.index, np.arange(len(rows)))
    own = np.zeros(len(rows), np.int64) if bias is None else data_of(bias).astype(np.int64)
    if op.kind == "DEPTHWISE_CONV_2D":
        axis, data = 3, data_of(weights)[..., outs]
    else:
        ins = kept.get(inputs.index, np.arange(rows.shape[2]))
        share = np.zeros(rows.shape[2], np.int64)
        if inputs.index in kept:
            share = constants[inputs.index] - quantization_of(inputs).zero_point
            share[ins] = 0
        own = own + (rows.sum(axis=1) * share).sum(axis=1)
        axis, data = 0, data_of(weights)[outs][..., ins]
    scales = quantization_of(weights)
    if len(scales.scales) > 1:
        scales = replace(
            scales,
            scales=tuple(scales.scales[o] for o in outs),
            zero_points=tuple(scales.zero_points[o] for o in outs) if len(scales.zero_points) > 1
            else scales.zero_points,
            axis=axis,
        )  # fmt: skip
    folded = Tensor(-1, f"{weights.name} bias", (len(outs),), "int32", None,
                    own[outs].astype(np.int32))  # fmt: skip
    return replace(weights, shape=data.shape, quantization=scales, data=data), folded
