import numpy as np
import pytest

from tinymledu.errors import InputError
from tinymledu.graph.ir import Quantization, Tensor
from tinymledu.graph.quantized_input import input_codes

PIXELS = Tensor(
    0, "pictures", (1, 2, 3, 1), "int8", Quantization((float(np.float32(1 / 255)),), (-128,))
)
REALS = Tensor(0, "pictures", (1, 4), "float32")


def test_pixels_are_codes_minus_128_at_the_usual_scale():
    pixels = np.arange(252, dtype=np.uint8).reshape(42, 2, 3, 1)

    codes = input_codes(PIXELS, pixels)

    assert codes.dtype == np.int8
    np.testing.assert_array_equal(codes, pixels.astype(int) - 128)


def test_pixels_and_the_real_values_they_stand_for_give_the_same_codes():
    pixels = np.arange(252, dtype=np.uint8).reshape(42, 2, 3, 1)

    np.testing.assert_array_equal(input_codes(PIXELS, pixels), input_codes(PIXELS, pixels / 255))


def test_codes_pass_unchanged_and_a_single_picture_gets_a_batch():
    codes = np.array([[[-128], [0], [127]], [[1], [2], [3]]], np.int8)

    np.testing.assert_array_equal(input_codes(PIXELS, codes), codes[np.newaxis])


@pytest.mark.parametrize(
    ("real", "code"),
    [
        (0.0, 10),
        (0.25, 11),  # half a step of 0.5: away from zero
        (-0.25, 9),
        (np.nextafter(np.float32(0.25), np.float32(0)), 10),
        (60.0, 127),
        (-1e30, -128),
        (1e30, 127),
    ],
)
def test_real_values_are_rounded_to_nearest_and_clipped(real, code):
    tensor = Tensor(0, "x", (1, 1), "int8", Quantization((0.5,), (10,)))

    assert input_codes(tensor, np.array([[real]], np.float32)).tolist() == [[code]]


def test_a_float_input_gets_real_values():
    values = input_codes(REALS, np.array([[0, 51, 102, 255]], np.uint8))

    assert values.dtype == np.float32
    np.testing.assert_array_equal(values, np.array([[0, 0.2, 0.4, 1]], np.float32))


@pytest.mark.parametrize(
    ("tensor", "values", "message"),
    [
        (
            PIXELS,
            np.zeros((5, 2, 2, 1), np.uint8),
            r"shape \(n, 2, 3, 1\); these are \(5, 2, 2, 1\)",
        ),
        (PIXELS, np.uint8(3), r"these are \(\)"),
        (PIXELS, np.zeros((1, 2, 3, 1), np.int32), r"type int32 are ambiguous"),
        (PIXELS, np.full((1, 2, 3, 1), "a"), r"takes numbers, and 'a' is text"),
        (PIXELS, "cat.png", r"'cat.png' is text. Read the file first, and give its pixels"),
        (PIXELS, [], r"these are \(0,\)"),
        (PIXELS, [[1.0, 2.0], [3.0]], r"have not all the same shape"),
        (PIXELS, np.full((1, 2, 3, 1), np.nan), r"infinite or not a number"),
        (REALS, np.zeros((1, 4), np.int8), r"type int8 are ambiguous"),
    ],
)
def test_unusable_inputs_are_refused_in_a_sentence(tensor, values, message):
    with pytest.raises(InputError, match=message):
        input_codes(tensor, values)
