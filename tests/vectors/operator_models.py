"""One int8 model per operator, with chosen shapes and options and random weights.

Scales are derived from the weights so that outputs spread over all codes and saturate at both ends
now and then: `spread` is the standard deviation of the outputs in codes, for inputs that are
uniform over int8.
"""

import math
from typing import Any

import numpy as np
from flatbuffers_of import OpSpec, TensorSpec, activation, constant, tflite_bytes
from numpy.random import Generator
from numpy.typing import NDArray
from tflite_micro.tensorflow.lite.micro.python import schema_py_generated as schema

from tinymledu.graph.geometry import window_extent

PADDINGS = {"SAME": schema.Padding.SAME, "VALID": schema.Padding.VALID}
ACTIVATIONS = {
    "NONE": schema.ActivationFunctionType.NONE,
    "RELU": schema.ActivationFunctionType.RELU,
    "RELU6": schema.ActivationFunctionType.RELU6,
    "RELU_N1_TO_1": schema.ActivationFunctionType.RELU_N1_TO_1,
}
CODE_DEVIATION = 73.9  # of a code drawn uniformly from -128 to 127


def options_of(name: str, **fields: Any) -> Any:
    """An options table of the schema with some fields set."""
    table = getattr(schema, f"{name}T")()
    for field, value in fields.items():
        assert hasattr(table, field), field
        setattr(table, field, value)
    return table


def convolution(
    rng: Generator,
    *,
    depthwise: bool = False,
    picture: tuple[int, int, int] = (7, 5, 3),
    filter_shape: tuple[int, int] = (3, 3),
    n_filters: int = 4,
    strides: tuple[int, int] = (1, 1),
    dilations: tuple[int, int] = (1, 1),
    padding: str = "SAME",
    activation_name: str = "NONE",
    per_channel: bool = True,
    bias: str = "random",
    input_zero_point: int = -5,
    output_zero_point: int = 3,
    spread: float = 60.0,
    channel_spread: float = 2.0,
    weight_limit: int = 127,
    factors: tuple[float, ...] = (),
    input_scale: float = 0.0235,
    output_scale: float = 0.047,
) -> bytes:
    """CONV_2D, or DEPTHWISE_CONV_2D with n_filters a multiple of the channels.

    bias: "random", "none", "huge" (up to 2**30, as the converter makes for dead channels), or
        "largest" (as near to the ends of int32 as the products allow).
    weight_limit: weights are between -weight_limit and weight_limit; 1 makes factors above 1.
    factors: s_in * s_weight / s_out of each channel, instead of what `spread` gives.
    channel_spread: the factors of the channels differ by up to 2**channel_spread to both sides.
    """
    height, width, channels = picture
    shape = (1, *filter_shape, n_filters) if depthwise else (n_filters, *filter_shape, channels)
    n_products = math.prod(filter_shape) * (1 if depthwise else channels)
    weights = rng.integers(-weight_limit, weight_limit + 1, shape, np.int8)
    n_scales = n_filters if per_channel else 1
    drawn = factors_for(rng, n_scales, spread, channel_spread, weight_limit, n_products)
    if bias == "huge":
        drawn = drawn * 2.0**-22
    drawn = np.array(factors) if factors else drawn
    rows, columns = (
        window_extent(
            extent, n_filter=size, stride=stride, dilation=dilation, padding=padding
        ).output
        for extent, size, stride, dilation in zip(
            (height, width), filter_shape, strides, dilations, strict=True
        )
    )
    tensors = [
        activation((1, height, width, channels), input_scale, input_zero_point),
        constant(weights, drawn * output_scale / input_scale, axis=3 if depthwise else 0),
        activation((1, rows, columns, n_filters), output_scale, output_zero_point),
    ]
    inputs = with_bias(tensors, rng, bias, n_filters, 40 / drawn, input_scale)
    common = {
        "padding": PADDINGS[padding],
        "strideH": strides[0],
        "strideW": strides[1],
        "dilationHFactor": dilations[0],
        "dilationWFactor": dilations[1],
        "fusedActivationFunction": ACTIVATIONS[activation_name],
    }
    if depthwise:
        options = options_of(
            "DepthwiseConv2DOptions", depthMultiplier=n_filters // channels, **common
        )
        return tflite_bytes(tensors, [OpSpec("DEPTHWISE_CONV_2D", inputs, 2, options, 3)])
    options = options_of("Conv2DOptions", **common)
    return tflite_bytes(tensors, [OpSpec("CONV_2D", inputs, 2, options, 3)])


def fully_connected(
    rng: Generator,
    *,
    input_shape: tuple[int, ...] = (1, 37),
    n_units: int = 9,
    keep_n_dims: bool = False,
    activation_name: str = "NONE",
    per_channel: bool = False,
    bias: str = "random",
    input_zero_point: int = 7,
    output_zero_point: int = -11,
    spread: float = 60.0,
    channel_spread: float = 2.0,
    weight_limit: int = 127,
    input_scale: float = 0.0235,
    output_scale: float = 0.047,
) -> bytes:
    """FULLY_CONNECTED, per tensor or with one scale per unit."""
    n_inputs = input_shape[-1] if keep_n_dims else math.prod(input_shape)
    weights = rng.integers(-weight_limit, weight_limit + 1, (n_units, n_inputs), np.int8)
    factors = factors_for(
        rng, n_units if per_channel else 1, spread, channel_spread, weight_limit, n_inputs
    )
    output = (*input_shape[:-1], n_units) if keep_n_dims else (1, n_units)
    tensors = [
        activation(input_shape, input_scale, input_zero_point),
        constant(weights, factors * output_scale / input_scale),
        activation(output, output_scale, output_zero_point),
    ]
    inputs = with_bias(tensors, rng, bias, n_units, 40 / factors, input_scale)
    options = options_of(
        "FullyConnectedOptions",
        fusedActivationFunction=ACTIVATIONS[activation_name],
        keepNumDims=keep_n_dims,
    )
    version = 5 if keep_n_dims else 4
    return tflite_bytes(tensors, [OpSpec("FULLY_CONNECTED", inputs, 2, options, version)])


def scaled_input(
    *, n_units: int = 64, scales: tuple[float, float, float] = (0.0217, 0.00158, 0.0051)
) -> bytes:
    """FULLY_CONNECTED of one input with weights 1, 2, 3, ...: unit k is k times the input.

    With these scales some results are so near to a half that they show whether s_in * s_weight is
    rounded to float32 on the way, as some versions of TFLM did.
    """
    weights = np.arange(1, n_units + 1, dtype=np.int8).reshape(n_units, 1)
    tensors = [
        activation((1, 1), scales[0], 7),
        constant(weights, [scales[1]]),
        activation((1, n_units), scales[2], 0),
    ]
    options = options_of("FullyConnectedOptions")
    return tflite_bytes(tensors, [OpSpec("FULLY_CONNECTED", (0, 1), 2, options, 6)])


def factors_for(
    rng: Generator,
    n: int,
    spread: float,
    channel_spread: float,
    weight_limit: int,
    n_products: int,
) -> NDArray[np.float64]:
    """Factors s_in * s_weight / s_out that give outputs the wanted spread."""
    deviation = CODE_DEVIATION * math.sqrt(n_products * weight_limit * (weight_limit + 1) / 3)
    factors: NDArray[np.float64] = (
        spread / deviation * 2.0 ** rng.uniform(-channel_spread, channel_spread, n)
    )
    return factors


def with_bias(
    tensors: list[TensorSpec],
    rng: Generator,
    bias: str,
    n: int,
    limits: NDArray[np.float64],
    input_scale: float,
) -> tuple[int, ...]:
    """Append a bias of up to `limits` (in accumulator units) and give the operator's inputs."""
    if bias == "none":
        return (0, 1)
    limits = np.minimum(np.broadcast_to(limits, (n,)), 2.0**30)
    values = np.round(rng.uniform(-limits, limits)).astype(np.int32)
    if bias == "largest":
        values = (np.int32(2**31 - 2**21) * rng.choice([-1, 1], n)).astype(np.int32)
    tensors.append(constant(values, [input_scale * scale for scale in tensors[1].scales]))
    return (0, 1, 3)


def pool(
    kind: str,
    *,
    picture: tuple[int, int, int] = (7, 5, 3),
    filter_shape: tuple[int, int] = (2, 2),
    strides: tuple[int, int] = (2, 2),
    padding: str = "SAME",
    activation_name: str = "NONE",
    zero_point: int = -3,
    scale: float = 0.0471,
) -> bytes:
    """AVERAGE_POOL_2D or MAX_POOL_2D."""
    rows, columns = (
        window_extent(extent, n_filter=size, stride=stride, dilation=1, padding=padding).output
        for extent, size, stride in zip(picture[:2], filter_shape, strides, strict=True)
    )
    options = options_of(
        "Pool2DOptions",
        padding=PADDINGS[padding],
        strideH=strides[0],
        strideW=strides[1],
        filterHeight=filter_shape[0],
        filterWidth=filter_shape[1],
        fusedActivationFunction=ACTIVATIONS[activation_name],
    )
    tensors = [
        activation((1, *picture), scale, zero_point),
        activation((1, rows, columns, picture[2]), scale, zero_point),
    ]
    return tflite_bytes(tensors, [OpSpec(kind, (0,), 1, options, 2)])


def mean(
    kind: str = "MEAN",
    *,
    input_shape: tuple[int, ...] = (1, 7, 5, 3),
    axes: tuple[int, ...] = (1, 2),
    keep_dims: bool = False,
    input_scale: float = 0.0235,
    output_scale: float = 0.0118,
    input_zero_point: int = -9,
    output_zero_point: int = 4,
) -> bytes:
    """MEAN, or REDUCE_MAX, whose input and output have one scale."""
    rank = len(input_shape)
    reduced = {axis % rank for axis in axes}
    shape = [1 if k in reduced else extent for k, extent in enumerate(input_shape)]
    if not keep_dims:
        shape = [extent for k, extent in enumerate(shape) if k not in reduced]
    tensors = [
        activation(input_shape, input_scale, input_zero_point),
        constant(np.array(axes, np.int32)),
        activation(shape, output_scale, output_zero_point),
    ]
    options = options_of("ReducerOptions", keepDims=keep_dims)
    return tflite_bytes(tensors, [OpSpec(kind, (0, 1), 2, options, 2)])


def add(
    *,
    shape: tuple[int, ...] = (1, 5, 3, 4),
    scales: tuple[float, float, float] = (0.0235, 0.0173, 0.0311),
    zero_points: tuple[int, int, int] = (-5, 9, 2),
    activation_name: str = "NONE",
) -> bytes:
    """x + requantized(x): the second input is the first at another scale."""
    tensors = [
        activation(shape, scale, zero_point)
        for scale, zero_point in zip(scales, zero_points, strict=True)
    ]
    options = options_of("AddOptions", fusedActivationFunction=ACTIVATIONS[activation_name])
    ops = [
        OpSpec("QUANTIZE", (0,), 1, options_of("QuantizeOptions"), 2),
        OpSpec("ADD", (0, 1), 2, options, 2),
    ]
    return tflite_bytes(tensors, ops)


def softmax(
    *, shape: tuple[int, ...] = (1, 10), scale: float = 0.17, zero_point: int = 5, beta: float = 1.0
) -> bytes:
    tensors = [activation(shape, scale, zero_point), activation(shape, 1 / 256, -128)]
    options = options_of("SoftmaxOptions", beta=beta)
    return tflite_bytes(tensors, [OpSpec("SOFTMAX", (0,), 1, options, 2)])


def relu(
    kind: str,
    *,
    shape: tuple[int, ...] = (1, 5, 3, 4),
    scales: tuple[float, float] = (0.0471, 0.0311),
    zero_points: tuple[int, int] = (-5, -128),
) -> bytes:
    """RELU or RELU6."""
    tensors = [activation(shape, *pair) for pair in zip(scales, zero_points, strict=True)]
    return tflite_bytes(tensors, [OpSpec(kind, (0,), 1, None, 2)])


def pad(
    *,
    shape: tuple[int, ...] = (1, 3, 4, 2),
    amounts: tuple[tuple[int, int], ...] = ((0, 0), (1, 2), (0, 3), (0, 0)),
    zero_point: int = 13,
) -> bytes:
    padded = [extent + sum(pair) for extent, pair in zip(shape, amounts, strict=True)]
    tensors = [
        activation(shape, 0.05, zero_point),
        constant(np.array(amounts, np.int32)),
        activation(padded, 0.05, zero_point),
    ]
    return tflite_bytes(tensors, [OpSpec("PAD", (0, 1), 2, options_of("PadOptions"), 2)])


def reshape(*, before: tuple[int, ...] = (1, 3, 4, 2), after: tuple[int, ...] = (1, 24)) -> bytes:
    tensors = [
        activation(before, 0.05, 3),
        constant(np.array(after, np.int32)),
        activation(after, 0.05, 3),
    ]
    options = options_of("ReshapeOptions", newShape=list(after))
    return tflite_bytes(tensors, [OpSpec("RESHAPE", (0, 1), 2, options, 1)])


def requantize(
    *,
    shape: tuple[int, ...] = (1, 60),
    scales: tuple[float, float] = (0.0471, 0.0311),
    zero_points: tuple[int, int] = (-5, 20),
) -> bytes:
    """QUANTIZE from int8 to int8."""
    tensors = [activation(shape, *pair) for pair in zip(scales, zero_points, strict=True)]
    return tflite_bytes(tensors, [OpSpec("QUANTIZE", (0,), 1, options_of("QuantizeOptions"), 2)])


def float_ends(
    *, shape: tuple[int, ...] = (1, 60), scale: float = 0.0471, zero_point: int = -5
) -> bytes:
    """QUANTIZE from float32, then DEQUANTIZE to float32."""
    tensors = [
        TensorSpec(shape, dtype="float32"),
        activation(shape, scale, zero_point),
        TensorSpec(shape, dtype="float32"),
    ]
    ops = [
        OpSpec("QUANTIZE", (0,), 1, options_of("QuantizeOptions"), 2),
        OpSpec("DEQUANTIZE", (1,), 2, options_of("DequantizeOptions"), 2),
    ]
    return tflite_bytes(tensors, ops)
