"""From pictures or real numbers to the codes that a model's input holds."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinymledu.errors import InputError
from tinymledu.graph.affine import rounded_away
from tinymledu.graph.ir import Quantization, Tensor


def input_codes(tensor: Tensor, values: ArrayLike) -> NDArray[Any]:
    """The input of a batch of runs, in the form in which the model's input tensor holds it.

    Args:
        tensor: the model's input, int8 or int16 with one scale, or float32 where the model begins
            with QUANTIZE.
        values: (n, *shape) or one (*shape) without batch. uint8 values are pixels and mean
            value / 255; floats are real values; values of the tensor's type are codes
            already.

    Returns:
        (n, *shape) int8 or int16, or float32 for a float32 input.

    Raises:
        InputError: another shape or type, or values that are not numbers.
    """
    array = _as_array(values)
    shape = tensor.shape[1:]
    if array.shape == shape:
        array = array[np.newaxis]
    if array.shape[1:] != shape or array.ndim == 0:
        wanted = ", ".join(str(extent) for extent in shape)
        raise InputError(f"The model takes inputs of shape (n, {wanted}); these are {array.shape}.")
    if array.dtype == tensor.dtype and tensor.dtype in ("int8", "int16"):
        return array
    if array.dtype == np.uint8:
        real = array.astype(np.float32) / np.float32(255)
    elif np.issubdtype(array.dtype, np.floating):
        real = array.astype(np.float32)
    else:
        raise InputError(
            f"Inputs of type {array.dtype} are ambiguous: give uint8 pixels, float real values, "
            f"or {tensor.dtype} codes."
        )
    if not np.all(np.isfinite(real)):
        raise InputError("Some input values are infinite or not a number.")
    if tensor.dtype == "float32" or tensor.quantization is None:
        return real
    return quantize(real, tensor.quantization, tensor.dtype)


def _as_array(values: ArrayLike) -> NDArray[Any]:
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise InputError(
            "The inputs have not all the same shape, so they are no array. Bring them to the "
            "model's input shape first."
        ) from error
    if array.dtype.kind in "US":
        raise InputError(
            f"The model takes numbers, and {str(array.flat[0])[:80]!r} is text. Read the file "
            "first, and give its pixels as a uint8 array."
        )
    return array


@np.errstate(over="ignore")  # what float32 cannot hold ends at an end of the codes
def quantize(
    real: NDArray[np.float32], quantization: Quantization, dtype: str = "int8"
) -> NDArray[Any]:
    """clip(round(real / scale) + zero_point): float32 division, halves away from zero.

    Source: TFLite AffineQuantize, lite/kernels/internal/reference/quantize.h.
    """
    steps = rounded_away(real / np.float32(quantization.scale))  # only the division is float32
    limits = np.iinfo(dtype)
    codes: NDArray[np.float64] = np.clip(steps + quantization.zero_point, limits.min, limits.max)
    return codes.astype(dtype)
