"""Where a sliding window lies: output extents and padding of convolutions and pools."""

from typing import NamedTuple

from tinymledu.graph.ir import Padding


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
