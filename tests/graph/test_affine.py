"""Affine quantization: by hand, and against the scales that the converter wrote into a model."""

import numpy as np
import pytest

from tinymledu import lessons
from tinymledu.errors import InputError
from tinymledu.graph.affine import (
    code_limits,
    dequantized,
    rounded_away,
    scale_and_zero_point,
    symmetric_scales,
    to_codes,
    to_reals,
)
from tinymledu.graph.ir import Quantization
from tinymledu.graph.quantized_input import quantize
from tinymledu.graph.tflite import load_model


@pytest.fixture(scope="module")
def model():
    return load_model(lessons.shipped("01_cats_vs_dogs.tflite"))


def constant_weights(model):
    return [t for t in model.graph.tensors if t.data is not None and t.dtype == "int8"]


@pytest.mark.parametrize(
    ("low", "high", "bits", "scale", "zero_point"),
    [
        # -128 - (-1) / (4 / 255) = -128 + 63.75 = -64.25
        (-1.0, 3.0, 8, 4 / 255, -64),
        (0.0, 1.0, 8, 1 / 255, -128),
        (2.0, 6.0, 8, 6 / 255, -128),  # widened down to 0
        (-6.0, -2.0, 8, 6 / 255, 127),  # widened up to 0
        (0.0, 0.0, 8, 1.0, 0),
        # -4 - (-1) / (2 / 7) = -0.5: Python rounds it to the even -0
        (-1.0, 1.0, 3, 2 / 7, 0),
    ],
)
def test_scale_and_zero_point_by_hand(low, high, bits, scale, zero_point):
    assert scale_and_zero_point(low, high, bits=bits) == (pytest.approx(scale), zero_point)


def test_the_converter_gives_pixels_the_same_scale_and_zero_point(model):
    scale, zero_point = scale_and_zero_point(0.0, 1.0)

    assert np.float32(scale) == np.float32(model.graph.input.quantization.scale)
    assert zero_point == model.graph.input.quantization.zero_point


def test_the_converter_gives_weights_the_same_scales(model):
    for tensor in constant_weights(model):
        reals = dequantized(tensor.data, tensor.quantization)

        scales = symmetric_scales(reals, axis=tensor.quantization.axis)

        # The file's are float32: 2**-24 relative.
        np.testing.assert_allclose(scales, tensor.quantization.scales, rtol=2**-23)
        again = np.rint(reals / scales.reshape(-1, *[1] * (reals.ndim - 1)))
        np.testing.assert_array_equal(again, tensor.data)


def test_codes_are_the_nearest_and_saturate():
    codes = to_codes([-1.26, -0.25, 0.0, 0.24, 99.0, -99.0], 0.5, 10)

    # -2.52 -> -3, -0.5 -> -1 (away from zero), 0, 0.48 -> 0
    assert codes.tolist() == [7, 9, 10, 10, 127, -128]


def test_the_number_below_a_half_is_rounded_down():
    below = np.nextafter(0.5, 0)  # 0.49999999999999994; plus 0.5, it is 1 in float64

    assert rounded_away([below, -below, 0.5, -0.5, 2.5]).tolist() == [0, 0, 1, -1, 3]
    assert rounded_away([2.0**52 + 1, -np.inf]).tolist() == [2.0**52 + 1, -np.inf]


def test_codes_equal_those_of_a_model_input():
    rng = np.random.default_rng(6)
    real = rng.normal(0, 3, 1000).astype(np.float32)

    codes = to_codes(real, 0.03125, -9)  # a power of two: float32 and float64 divide alike

    np.testing.assert_array_equal(codes, quantize(real, Quantization((0.03125,), (-9,))))


def test_reals_do_not_wrap_around():
    assert to_reals(np.array([127], np.int8), 1.0, -128) == 255


def test_dequantized_follows_the_axis():
    codes = np.array([[1, 2, 3], [4, 5, 6]], np.int8)

    reals = dequantized(codes, Quantization((0.5, 1.0, 2.0), (0, 1, 0), axis=1))

    assert reals.tolist() == [[0.5, 1.0, 6.0], [2.0, 4.0, 12.0]]


def test_channels_of_zeros_or_nothing_have_scale_1():
    assert symmetric_scales(np.zeros((2, 3)), axis=1).tolist() == [1, 1, 1]
    assert symmetric_scales(np.zeros((2, 0)), axis=0).tolist() == [1, 1]
    assert symmetric_scales([[1.27, -2.54], [0, 0]]).tolist() == [pytest.approx(0.02)]


def test_symmetric_scales_of_four_bits_reach_code_7():
    assert symmetric_scales([[0.7, -1.4], [0, 0]], bits=4).tolist() == [pytest.approx(0.2)]


def test_negative_axes_count_from_the_end():
    weights = np.array([[127.0, -254.0], [0.0, 1.0]])

    assert symmetric_scales(weights, axis=-1).tolist() == [1, 2]


@pytest.mark.parametrize(("low", "high"), [(1.0, 0.0), (float("nan"), 1.0), (0.0, float("inf"))])
def test_ranges_that_are_none_are_refused(low, high):
    with pytest.raises(InputError, match="two finite ends"):
        scale_and_zero_point(low, high)


def test_bits_are_2_to_16():
    assert code_limits(8) == (-128, 127)
    with pytest.raises(InputError, match="bits is 1"):
        code_limits(1)
