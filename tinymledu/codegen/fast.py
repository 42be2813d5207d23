"""The fast kernels: which layers they can run, and the tables they read.

A fast kernel gives the same bytes as the clear one beside it, provided that its output stage can be
simplified as firmware/kernels/tk_output_s8.h says and its weights packed as tk_product_s8.h says.
Each function here proves that for one operator, or returns None; then the clear kernel is taken.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinymledu.codegen.parts import (
    activation_note,
    arguments,
    bias_of,
    data_of,
    geometry_fields,
    input_of,
    output_of,
    quantization_of,
    sliding_note,
)
from tinymledu.codegen.records import KernelCall, Number, Table
from tinymledu.graph.fixed_point import (
    INT8_MAX,
    INT8_MIN,
    FixedPoint,
    activation_range,
    add_parameters,
    convolution_multipliers,
    fully_connected_multipliers,
    requantize,
)
from tinymledu.graph.ir import (
    AddOptions,
    Conv2DOptions,
    DepthwiseConv2DOptions,
    FullyConnectedOptions,
    Graph,
    Op,
    Tensor,
)

LARGEST_SUM = 2**30  # twice a sum has to fit into int32
LARGEST_SHIFT = 22  # zero_point << shift has to leave room beside a sum
MAX_VALUES = 2**24  # of an output: more fit on no board, and the plan would take memory here
COLUMNS = 4  # TK_COLUMNS of tk_product_s8.h
WORD_BYTES = 4
HALF = FixedPoint(2**30, 0)

CHANNEL = np.dtype([("bias", "i4"), ("multiplier", "i4"), ("rounding", "i4"), ("shift", "i4")])
DEPTHWISE_CHANNEL = np.dtype([("weights", "u4", (6,)), ("output", CHANNEL)])

Codes = NDArray[np.generic]


def fast_kernel_call(graph: Graph, op: Op) -> KernelCall | None:
    """The fast kernel for one operator of a runnable graph; None where there is none."""
    output = output_of(graph, op)
    if op.kind not in _CALLS or output.dtype != "int8" or output.n_elements > MAX_VALUES:
        return None
    return _CALLS[op.kind](graph, op)


def _conv_2d(graph: Graph, op: Op) -> KernelCall | None:
    options = op.options
    assert isinstance(options, Conv2DOptions)
    inputs, weights, output = input_of(graph, op, 0), input_of(graph, op, 1), output_of(graph, op)
    n_outputs, height, width, n_inputs = weights.shape
    factors = convolution_multipliers(
        quantization_of(inputs), quantization_of(weights), quantization_of(output)
    )
    taps_in_run = width if options.dilation_width == 1 else 1
    rows = data_of(weights).reshape(n_outputs, -1)
    limits = activation_range(options.activation, quantization_of(output))
    product = _product(rows, bias_of(graph, op), factors, inputs, output, limits)
    if product is None:
        return None
    fields, tables, n_groups = product
    strides = (options.stride_height, options.stride_width)
    n_pixels = output.n_elements // n_outputs
    blocks = _blocks(n_pixels)
    if (height, width) == (1, 1) and strides == (1, 1):
        kernel, scratch_words = "tk_conv_1x1_s8_fast", 2 * COLUMNS * n_groups
        shape: dict[str, Number] = {"n_pixels": n_pixels, "input_channels": n_inputs}
        needed = blocks * n_inputs
    else:
        kernel, scratch_words = "tk_conv_2d_s8_fast", (2 * COLUMNS + 1) * n_groups
        geometry = geometry_fields(options, inputs, (height, width))
        shape = {
            **{f"windows.{name}": value for name, value in geometry.items()},
            "windows.input_channels": n_inputs,
            "windows.outside": quantization_of(inputs).zero_point,
            "windows.last_top": inputs.shape[1] - 1 - (height - 1) * options.dilation_height,
            "windows.last_left": inputs.shape[2] - 1 - (width - 1) * options.dilation_width,
            "windows.run_bytes": taps_in_run * n_inputs,
            "windows.window_bytes": rows.shape[1],
        }
        needed = _first_rows(geometry, blocks) * inputs.shape[2] * n_inputs
    return KernelCall(
        kernel=kernel,
        fields={**shape, **fields},
        tables=tables,
        arguments=arguments(graph, op),
        note=sliding_note(options, (height, width)),
        scratch_bytes=scratch_words * WORD_BYTES,
        clearances=(_clearance(blocks * n_outputs, needed),),
    )


def _blocks(n_pixels: int) -> NDArray[np.int64]:
    """How many output pixels are written after each block of four, and after each of the rest."""
    fours = n_pixels // COLUMNS * COLUMNS
    return np.concatenate(
        [np.arange(COLUMNS, fours + 1, COLUMNS), np.arange(fours + 1, n_pixels + 1)]
    )


def _first_rows(geometry: Mapping[str, Number], pixels: NDArray[np.int64]) -> NDArray[np.int64]:
    """The first input row that each of these output pixels, or a later one, reads."""
    numbers = {name.removeprefix("geometry."): value for name, value in geometry.items()}
    rows = pixels // _whole(numbers["output_width"])
    first: NDArray[np.int64] = np.maximum(
        0, rows * _whole(numbers["stride_height"]) - _whole(numbers["pad_top"])
    )
    return first


def _whole(number: Number) -> int:
    assert isinstance(number, int)
    return number


def _clearance(written: ArrayLike, needed: ArrayLike) -> int:
    """How far before its input an output must begin, in bytes; may be negative.

    After step k the kernel has written `written[k]` bytes and still needs the input from byte
    `needed[k]` on. After the last step it needs nothing.
    """
    distance = np.asarray(written)[:-1] - np.asarray(needed)[:-1]
    return int(distance.max(initial=-(2**31)))


def _depthwise_conv_2d(graph: Graph, op: Op) -> KernelCall | None:
    options = op.options
    assert isinstance(options, DepthwiseConv2DOptions)
    inputs, weights, output = input_of(graph, op, 0), input_of(graph, op, 1), output_of(graph, op)
    if not _suits_3x3(options, weights):
        return None
    factors = convolution_multipliers(
        quantization_of(inputs), quantization_of(weights), quantization_of(output)
    )
    limits = activation_range(options.activation, quantization_of(output))
    taps = data_of(weights)[0].reshape(9, -1).T
    channels = _channels(taps, bias_of(graph, op), factors, inputs, output)
    if channels is None or limits[0] > limits[1]:
        return None
    _, height, width, n_channels = inputs.shape
    _, output_height, output_width, _ = output.shape
    stride = options.stride_height
    geometry = geometry_fields(options, inputs, (3, 3))
    pairs_in_row = -(-output_width // 2)
    row_words = 1 + stride * pairs_in_row
    written = [(y + 1) * output_width * n_channels for y in range(output_height)]
    read = [y * stride - _whole(geometry["geometry.pad_top"]) + 3 for y in range(output_height)]
    needed = [min(height, max(0, row)) * width * n_channels for row in read]
    fields: dict[str, Number] = {
        "rows.n_rows": height,
        "rows.n_pixels": width,
        "rows.n_channels": n_channels,
        "rows.outside": quantization_of(inputs).zero_point,
        "rows.pad_left": geometry["geometry.pad_left"],
        "rows.row_words": row_words,
        "output_height": output_height,
        "output_width": output_width,
        "stride": stride,
        "pad_top": geometry["geometry.pad_top"],
        "output_min": limits[0],
        "output_max": limits[1],
    }
    return KernelCall(
        kernel="tk_depthwise_3x3_s8_fast",
        fields=fields,
        tables=(_depthwise_table(taps, channels),),
        arguments=arguments(graph, op),
        note=sliding_note(options, (3, 3)),
        scratch_bytes=3 * n_channels * row_words * WORD_BYTES,
        clearances=(_clearance(written, needed),),
    )


def _suits_3x3(options: DepthwiseConv2DOptions, weights: Tensor) -> bool:
    """One filter of 3x3 for each channel, with strides of 1 or 2 in both directions."""
    return (
        weights.shape[1:3] == (3, 3)
        and options.depth_multiplier == 1
        and options.stride_height == options.stride_width in (1, 2)
        and (options.dilation_height, options.dilation_width) == (1, 1)
    )


def _depthwise_table(taps: Codes, channels: NDArray[np.void]) -> Table:
    """Each channel's taps, as pairs of neighbours in a row, and its output stage."""
    table = np.zeros(len(taps), DEPTHWISE_CHANNEL)
    columns = taps.reshape(len(taps), 3, 3)
    pairs = [_pair(columns[..., 0], columns[..., 1]), _pair(columns[..., 1], columns[..., 2])]
    table["weights"] = np.stack(pairs, axis=-1).reshape(len(taps), 6)
    table["output"] = channels
    return Table("channels", "tk_depthwise_3x3_channel", table)


def _fully_connected(graph: Graph, op: Op) -> KernelCall | None:
    options = op.options
    assert isinstance(options, FullyConnectedOptions)
    inputs, weights, output = input_of(graph, op, 0), input_of(graph, op, 1), output_of(graph, op)
    n_units, n_inputs = weights.shape
    factors = fully_connected_multipliers(
        quantization_of(inputs), quantization_of(weights), quantization_of(output)
    )
    limits = activation_range(options.activation, quantization_of(output))
    product = _product(data_of(weights), bias_of(graph, op), factors, inputs, output, limits)
    if product is None:
        return None
    fields, tables, n_groups = product
    n_rows = inputs.n_elements // n_inputs
    done = range(1, n_rows + 1)
    return KernelCall(
        kernel="tk_fully_connected_s8_fast",
        fields={"n_rows": n_rows, "n_inputs": n_inputs, **fields},
        tables=tables,
        arguments=arguments(graph, op),
        note=activation_note(options.activation),
        scratch_bytes=2 * n_groups * WORD_BYTES,
        clearances=(_clearance([k * n_units for k in done], [k * n_inputs for k in done]),),
    )


def _add(graph: Graph, op: Op) -> KernelCall | None:
    options = op.options
    assert isinstance(options, AddOptions)
    first, second, output = input_of(graph, op, 0), input_of(graph, op, 1), output_of(graph, op)
    if first.data is not None or second.data is not None or first.shape != second.shape:
        return None
    factors = add_parameters(
        quantization_of(first), quantization_of(second), quantization_of(output)
    )
    pointers = arguments(graph, op, n_inputs=2)
    wide, narrow, factor = first, second, factors.input_2
    if factors.input_1 != HALF:
        wide, narrow, factor = second, first, factors.input_1
        pointers = (pointers[1], pointers[0], pointers[2])
    extra = 1 if factor == HALF else 0
    shift = extra - factor.shift
    stage = _stage(factors.output, quantization_of(output).zero_point)
    low, high = activation_range(options.activation, quantization_of(output))
    if stage is None or not 1 <= shift <= LARGEST_SHIFT or low > high:
        return None
    fields: dict[str, Number] = {
        "n_values": output.n_elements,
        "narrow_factor": 2 ** (21 + extra),
        "narrow_offset": -(2 ** (21 + extra)) * quantization_of(narrow).zero_point,
        "narrow_multiplier": factor.multiplier,
        "narrow_rounding": 2 ** (shift - 1),
        "narrow_shift": shift,
        "output_min": low,
        "output_max": high,
        "output.bias": -(2**19) * quantization_of(wide).zero_point,
        "output.multiplier": stage[0],
        "output.rounding": stage[1],
        "output.shift": stage[2],
    }
    note = activation_note(options.activation)
    return KernelCall("tk_add_s8_fast", fields, pointers, note=note, clearances=(0, 0))


def _product(
    rows: Codes,
    bias: Tensor | None,
    factors: tuple[FixedPoint, ...],
    inputs: Tensor,
    output: Tensor,
    limits: tuple[int, int],
) -> tuple[dict[str, Number], tuple[Table, ...], int] | None:
    """The struct tk_product_s8 and what lies before it, its tables, and groups of four in a row.

    rows: (outputs, terms); zeros fill each row up to whole groups.
    """
    n_outputs = len(rows)
    channels = _channels(rows, bias, factors, inputs, output)
    if channels is None or limits[0] > limits[1] or int(rows.min()) == -128:
        return None
    filled = np.pad(rows, [(0, 0), (0, -rows.shape[1] % 4)])
    fields: dict[str, Number] = {
        "output_min": limits[0],
        "output_max": limits[1],
        "product.n_groups": filled.shape[1] // 4,
        "product.n_channels": n_outputs,
    }
    tables = (
        Table("product.weights", "uint32_t", pack_two_by_two(filled)),
        Table("product.channels", "tk_output_channel", channels),
    )
    return fields, tables, filled.shape[1] // 4


def pack_two_by_two(rows: Codes) -> NDArray[np.uint32]:
    """int8 rows (outputs, terms) as words (outputs / 2, groups of four terms, 2).

    Terms must be a multiple of 4 and no weight -128; see tk_product_s8.h for the order.

    >>> pack_two_by_two(np.array([[1, 2, 3, 4], [0, 0, 0, 1]], np.int8)).tolist()
    [[[196609, 17039362]]]
    """
    even = np.pad(rows.astype(np.int32), [(0, len(rows) % 2), (0, 0)])
    lo, hi = even[0::2], even[1::2]
    numbers = (lo + 256 * hi).reshape(len(lo), -1, 4)
    return np.stack(
        [_pair(numbers[..., 0], numbers[..., 2]), _pair(numbers[..., 1], numbers[..., 3])], axis=-1
    )


def _pair(first: Codes, second: Codes) -> NDArray[np.uint32]:
    """Two int16 numbers in a word, the first in the low half."""
    low = first.astype(np.int32).astype(np.uint32) & np.uint32(0xFFFF)
    return low | second.astype(np.int32).astype(np.uint32) << np.uint32(16)


def _channels(
    weights: Codes,
    bias: Tensor | None,
    factors: tuple[FixedPoint, ...],
    inputs: Tensor,
    output: Tensor,
) -> NDArray[np.void] | None:
    """Records tk_output_channel for weights (outputs, terms); None where the proof fails.

    The bias takes the input's zero point: sum w (x - z) + b = sum w x + (b - z sum w). A channel
    whose code is the same for every input, however large its sums, becomes that constant.
    """
    wide = weights.astype(np.int64)
    own = np.zeros(len(wide), np.int64) if bias is None else data_of(bias).astype(np.int64)
    folded = own - quantization_of(inputs).zero_point * wide.sum(axis=1)
    up = np.maximum(127 * wide, -128 * wide).sum(axis=1)
    down = np.minimum(127 * wide, -128 * wide).sum(axis=1)
    zero_point = quantization_of(output).zero_point
    table = np.zeros(len(wide), CHANNEL)
    for o, factor in enumerate(factors * len(wide) if len(factors) == 1 else factors):
        low, high = int(folded[o] + down[o]), int(folded[o] + up[o])
        constant = constant_code(low, high, factor, zero_point)
        if constant is not None:
            table[o] = (0, 0, 1 + 2 * constant, 1)
            low, high = int(down[o]), int(up[o])
        else:
            stage = _stage(factor, zero_point)
            if stage is None:
                return None
            table[o] = (int(np.clip(folded[o], -LARGEST_SUM, LARGEST_SUM)), *stage)
        if max(abs(low), abs(high), abs(int(table[o]["bias"]))) >= LARGEST_SUM:
            return None
    return table


def constant_code(
    low: int,
    high: int,
    factor: FixedPoint,
    zero_point: int,
    limits: tuple[int, int] = (INT8_MIN, INT8_MAX),
) -> int | None:
    """The output code of all sums from low to high, where it is one and the same.

    Rounding is monotone, so the ends tell. The VWW reference model has hundreds of such channels.
    """
    if factor.shift > 0 or not -(2**31) <= low <= high < 2**31:
        return None
    ends = requantize([low, high], factor.multiplier, factor.shift) + zero_point
    codes = np.minimum(np.maximum(ends, limits[0]), limits[1])
    return int(codes[0]) if codes[0] == codes[1] else None


def _stage(factor: FixedPoint, zero_point: int) -> tuple[int, int, int] | None:
    """multiplier, rounding and shift of tk_output_channel; None where they cannot say the same."""
    shift = -factor.shift
    if not 1 <= shift <= LARGEST_SHIFT:
        return None
    return factor.multiplier, 2 ** (shift - 1) + zero_point * 2**shift, shift


_CALLS: Mapping[str, Callable[[Graph, Op], KernelCall | None]] = {
    "CONV_2D": _conv_2d,
    "DEPTHWISE_CONV_2D": _depthwise_conv_2d,
    "FULLY_CONNECTED": _fully_connected,
    "ADD": _add,
}
