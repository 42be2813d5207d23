"""What the operators compute that move codes, or spread them; see reference_operators.py.

x: int8 codes (n, *shape), with n pictures in the first axis.
"""

from collections.abc import Callable, Mapping

import numpy as np

from tinymledu.graph.copies import KINDS, places
from tinymledu.graph.fixed_point import convolution_multipliers
from tinymledu.graph.geometry import nearest_positions, transposed_window
from tinymledu.graph.ir import CopyOptions, Graph, Op, ResizeNearestOptions, TransposeConvOptions
from tinymledu.graph.reference_parts import (
    Codes,
    bias_of,
    data_of,
    output_of,
    quantization_of,
    tensor_at,
    to_output,
)


def transpose_conv(graph: Graph, op: Op, x: Codes) -> Codes:
    """Each input pixel adds its filters to a window of the output; windows lie a stride apart.

    They are added up on a canvas that holds them all, from which the padding is cut off. float64 as
    in `conv_2d`.
    """
    options = op.options
    assert isinstance(options, TransposeConvOptions)
    inputs, weights, output = tensor_at(graph, op, 0), tensor_at(graph, op, 1), output_of(graph, op)
    filters = data_of(weights).astype(np.float64)
    top, left = (w.before for w in transposed_window(options, output.shape, weights.shape))
    centred = x.astype(np.float64) - quantization_of(inputs).zero_point
    strides = (options.stride_height, options.stride_width)
    reach = [(x.shape[1 + k] - 1) * strides[k] + 1 for k in (0, 1)]  # first taps of all windows
    canvas = np.zeros(
        (
            len(x),
            max(reach[0] + weights.shape[1] - 1, top + output.shape[1]),
            max(reach[1] + weights.shape[2] - 1, left + output.shape[2]),
            output.shape[3],
        )
    )
    for j in range(weights.shape[1]):
        for i in range(weights.shape[2]):
            rows = slice(j, j + reach[0], strides[0])
            columns = slice(i, i + reach[1], strides[1])
            canvas[:, rows, columns] += centred @ filters[:, j, i].T
    sums = canvas[:, top : top + output.shape[1], left : left + output.shape[2]].astype(np.int64)
    factors = convolution_multipliers(
        quantization_of(inputs), quantization_of(weights), quantization_of(output)
    )
    return to_output(sums + bias_of(graph, op), factors, options.activation, output)


def resize_nearest(graph: Graph, op: Op, x: Codes) -> Codes:
    """Each output pixel is a copy of the input pixel that is nearest to its place."""
    options, output = op.options, output_of(graph, op)
    assert isinstance(options, ResizeNearestOptions)
    rows, columns = (nearest_positions(options, x.shape[k], output.shape[k]) for k in (1, 2))
    return x[:, rows][:, :, columns]


def reduce_max(graph: Graph, op: Op, x: Codes) -> Codes:
    """The largest code along some axes."""
    axes = tuple({int(axis) % x.ndim for axis in data_of(tensor_at(graph, op, 1)).ravel()})
    largest: Codes = x.max(axis=axes)
    return largest.reshape(len(x), *output_of(graph, op).shape[1:])


def tile(graph: Graph, op: Op, x: Codes) -> Codes:
    """The input several times in a row, along one axis."""
    return np.tile(x, data_of(tensor_at(graph, op, 1)).ravel())


def copy(graph: Graph, op: Op, x: Codes) -> Codes:
    """Codes from places that are known beforehand."""
    assert isinstance(op.options, CopyOptions)
    return x.reshape(len(x), -1)[
        :, places(output_of(graph, op).shape[1:], _one_picture(op.options))
    ]


def _one_picture(options: CopyOptions) -> CopyOptions:
    """Without the first axis of the output, which is the batch."""
    return CopyOptions(options.first, options.steps[1:])


STRUCTURAL: Mapping[str, Callable[..., Codes]] = {
    "REDUCE_MAX": reduce_max,
    "RESIZE_NEAREST_NEIGHBOR": resize_nearest,
    "TILE": tile,
    **dict.fromkeys(KINDS, copy),
    "TRANSPOSE_CONV": transpose_conv,
}
