"""Where windows and pixels lie: output extents, padding, and the source of each output pixel."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tinymledu.graph.ir import Padding, ResizeNearestOptions, TransposeConvOptions


class Extent(NamedTuple):
    """One dimension (height or width) of a sliding window, in pixels.

    Output position y reads inputs y * stride - before + t * dilation for t = 0 ... filter - 1;
    positions outside 0 ... input - 1 are padding. `after` is what the last window needs past the
    end; inputs that no window reaches do not count.
    """

    output: int
    before: int
    after: int


def window_extent(
    n_input: int, *, n_filter: int, stride: int, dilation: int, padding: Padding
) -> Extent:
    """Output extent and padding of one dimension. An output below 1 means: the filter is too large.

    SAME: ceil(n_input / stride) outputs, padding shared evenly, the odd pixel after the end.
    VALID: only windows that lie inside.

    Source: TFLite ComputePaddingHeightWidth, lite/kernels/padding.h.
    """
    reach = (n_filter - 1) * dilation + 1
    covered = n_input if padding == "SAME" else n_input - reach + 1
    output = -(-covered // stride)
    missing = max(0, (output - 1) * stride + reach - n_input)
    before = missing // 2
    return Extent(output, before, missing - before)


def transposed_window(
    options: TransposeConvOptions, output: tuple[int, ...], weights: tuple[int, ...]
) -> tuple[Extent, Extent]:
    """Rows and columns of TRANSPOSE_CONV: those of the convolution from its output to its input.

    Args:
        output: (1, height, width, channels).
        weights: (channels, height, width, input channels).

    `before` is what is cut off above the windows, and `output` is the extent of the input.

    Source: TFLM TransposeConv's Prepare, lite/micro/kernels/transpose_conv.cc.
    """
    strides = (options.stride_height, options.stride_width)
    rows, columns = (
        window_extent(
            output[k],
            n_filter=weights[k],
            stride=strides[k - 1],
            dilation=1,
            padding=options.padding,
        )
        for k in (1, 2)
    )
    return rows, columns


def nearest_positions(
    options: ResizeNearestOptions, n_input: int, n_output: int
) -> NDArray[np.int16]:
    """For each output row (or column) of RESIZE_NEAREST_NEIGHBOR, the input row that it shows.

    In float32, as TFLite: floor((k + offset) * scale), or rounded with align_corners.

    Source: TFLite GetNearestNeighbor, lite/kernels/internal/reference/resize_nearest_neighbor.h.
    """
    corners = options.align_corners and n_output > 1
    lengths = (n_input - 1, n_output - 1) if corners else (n_input, n_output)
    scale = np.float32(lengths[0]) / np.float32(lengths[1])
    offset = np.float32(0.5 if options.half_pixel_centers else 0)
    places = (np.arange(n_output, dtype=np.float32) + offset) * scale
    whole = np.floor(places.astype(np.float64) + (0.5 if options.align_corners else 0))
    return np.clip(whole, 0, n_input - 1).astype(np.int16)
