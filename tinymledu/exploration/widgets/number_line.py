"""The quantization number line: bits, scale and zero point."""

from collections.abc import Sequence

from tinymledu.exploration.figure import Figure
from tinymledu.exploration.number_line import check_line, number_line_figure
from tinymledu.exploration.widgets.frame import Follows, Slider, Widget
from tinymledu.graph.affine import code_limits

FEWEST_BITS, MOST_BITS = 2, 8


def number_line(
    values: Sequence[float] = (-0.6, 0.0, 0.8, 2.2),
    *,
    scale: float = 0.5,
    zero_point: int = 0,
    bits: int = 3,
) -> Widget:
    """Move bits, scale and zero point, and see where the values land.

    Args:
        values: at most 8 reals to be quantized.
        scale: to begin with; the slider goes from a quarter of it to four times it.
        zero_point: to begin with. With other bits it begins at the nearest code there is.
        bits: to begin with, 2 to 8.

    Raises:
        InputError: as `number_line_figure`.
    """
    check_line(scale, 0, values, MOST_BITS)

    def zero_points(bits: int) -> Slider:
        lowest, highest = code_limits(bits)
        start = min(max(zero_point, lowest), highest)
        return Slider("Zero point (a code)", lowest, highest, 1, start)

    def draw(bits: int, scale: float, zero_point: int) -> Figure:
        return number_line_figure(scale, zero_point, values, bits=bits)

    return Widget(
        "Quantization number line",
        draw,
        {
            "bits": Slider("Bits", FEWEST_BITS, MOST_BITS, 1, bits),
            "scale": Slider("Scale (width of a step)", scale / 4, 4 * scale, scale / 4, scale),
            "zero_point": Follows("bits", zero_points),
        },
    )
