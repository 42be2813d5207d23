"""Models of the operators that take one code after the other; see operator_models.py."""

import numpy as np
from flatbuffers_of import OpSpec, TensorSpec, activation, tflite_bytes
from numpy.random import Generator
from operator_models import ACTIVATIONS, PADDINGS, options_of

Shape = tuple[int, ...]

ALL_CODES = (1, 256)  # the shape of an input that holds each code once

OUTPUTS = {"LOGISTIC": (1 / 256, -128), "TANH": (1 / 128, 0)}
COMBINING_OPTIONS = {"ADD": "AddOptions", "SUB": "SubOptions", "MUL": "MulOptions"}
EXTREMA = ("MAXIMUM", "MINIMUM")


def function_of_one(
    kind: str,
    *,
    shape: Shape = ALL_CODES,
    scale: float = 0.047,
    zero_point: int = 3,
    output: tuple[float, int] = (0.03, -40),
    alpha: float = 0.3,
) -> bytes:
    """LOGISTIC, TANH, HARD_SWISH, ELU or LEAKY_RELU; only the last has alpha.

    output: scale and zero point, which LOGISTIC and TANH have fixed.
    """
    options = None if kind != "LEAKY_RELU" else options_of("LeakyReluOptions", alpha=alpha)
    tensors = [activation(shape, scale, zero_point), activation(shape, *OUTPUTS.get(kind, output))]
    version = 1 if kind in ("ELU", "HARD_SWISH") else 2
    return tflite_bytes(tensors, [OpSpec(kind, (0,), 1, options, version)])


def in_float(
    kind: str,
    *,
    scale: float = 0.047,
    zero_point: int = 3,
    output: tuple[float, int] = (0.03, -40),
) -> bytes:
    """DEQUANTIZE, a function in float32, QUANTIZE; SPLIT in halves that change places."""
    half = (1, ALL_CODES[1] // 2)
    floats = TensorSpec(ALL_CODES, dtype="float32")
    tensors = [activation(ALL_CODES, scale, zero_point), floats, activation(ALL_CODES, *output)]
    to_float = OpSpec("DEQUANTIZE", (0,), 1, options_of("DequantizeOptions"), 2)
    to_codes = options_of("QuantizeOptions")
    if kind != "SPLIT":
        tensors.append(floats)
        options = {"SQUARE": "SquareOptions", "NEG": "NegOptions"}.get(kind)
        function = OpSpec(kind, (1,), 3, options and options_of(options), 1)
        return tflite_bytes(tensors, [to_float, function, OpSpec("QUANTIZE", (3,), 2, to_codes, 1)])
    tensors.append(TensorSpec((), dtype="int32", data=np.array(1, np.int32)))
    tensors += [TensorSpec(half, dtype="float32")] * 2 + [activation(half, *output)] * 2
    ops = [
        to_float,
        OpSpec("SPLIT", (3, 1), 4, options_of("SplitOptions", numSplits=2), 1, (5,)),
        OpSpec("QUANTIZE", (4,), 6, to_codes, 1),
        OpSpec("QUANTIZE", (5,), 7, to_codes, 1),
        OpSpec("CONCATENATION", (7, 6), 2, options_of("ConcatenationOptions", axis=1), 2),
    ]
    return tflite_bytes(tensors, ops)


def combined(
    kind: str,
    *,
    shape: Shape = (1, 5, 3, 4),
    scales: tuple[float, float, float] = (0.0235, 0.0173, 0.0311),
    zero_points: tuple[int, int, int] = (-5, 9, 2),
    activation_name: str = "NONE",
    mean_axes: tuple[int, ...] = (),
    is_mean_first: bool = False,
) -> bytes:
    """ADD, SUB or MUL of two activations that both come from the model's only input.

    The first is the input. The second is the input at another scale, or its mean over `mean_axes`,
    which is then repeated along them. is_mean_first swaps the two.
    """
    small = tuple(1 if axis in mean_axes else extent for axis, extent in enumerate(shape))
    tensors = [
        activation(shape, scales[0], zero_points[0]),
        activation(small, scales[1], zero_points[1]),
        activation(shape, scales[2], zero_points[2]),
    ]
    first_op = OpSpec("QUANTIZE", (0,), 1, options_of("QuantizeOptions"), 2)
    if mean_axes:
        tensors.append(TensorSpec((len(mean_axes),), dtype="int32", data=np.int32(mean_axes)))
        first_op = OpSpec("MEAN", (0, 3), 1, options_of("ReducerOptions", keepDims=True), 2)
    pair = (1, 0) if is_mean_first else (0, 1)
    return tflite_bytes(tensors, [first_op, _combining_op(kind, pair, 2, activation_name)])


def with_constant(
    rng: Generator,
    *,
    kind: str,
    shape: Shape = (1, 5, 3, 4),
    constant_shape: Shape = (4,),
    output_shape: Shape | None = None,
    scales: tuple[float, float, float] = (0.0235, 0.0173, 0.0311),
    zero_points: tuple[int, int, int] = (-5, 0, 2),
    activation_name: str = "NONE",
    is_constant_first: bool = False,
) -> bytes:
    """ADD, SUB, MUL, PRELU, MAXIMUM or MINIMUM of the input and a constant, repeated to fit."""
    codes = rng.integers(-128, 128, constant_shape, np.int8)
    tensors = [
        activation(shape, scales[0], zero_points[0]),
        TensorSpec(constant_shape, (scales[1],), (zero_points[1],), data=codes),
        activation(output_shape or shape, scales[2], zero_points[2]),
    ]
    pair = (1, 0) if is_constant_first else (0, 1)
    return tflite_bytes(tensors, [_combining_op(kind, pair, 2, activation_name)])


def concatenation(
    *, shape: Shape = (1, 4, 3, 2), n_inputs: int = 2, axis: int = -1, zero_point: int = -5
) -> bytes:
    """The input beside its maxima over windows of 2x2, 3x3, ...

    Along axis 1 or 2 the pools have a stride of 2, so that shapes differ there.
    """
    position = axis % len(shape)
    strides = [(2 if position == 1 else 1, 2 if position == 2 else 1) for _ in range(n_inputs - 1)]
    tensors = [activation(shape, 0.047, zero_point)]
    ops = []
    for size, stride in enumerate(strides, start=2):
        pooled = [shape[0], *(-(-shape[k + 1] // stride[k]) for k in (0, 1)), shape[3]]
        options = options_of(
            "Pool2DOptions",
            padding=PADDINGS["SAME"],
            strideH=stride[0],
            strideW=stride[1],
            filterHeight=size,
            filterWidth=size,
        )
        ops.append(OpSpec("MAX_POOL_2D", (0,), len(tensors), options, 2))
        tensors.append(activation(pooled, 0.047, zero_point))
    joined = list(shape)
    joined[position] = sum(tensor.shape[position] for tensor in tensors)
    tensors.append(activation(joined, 0.047, zero_point))
    options = options_of("ConcatenationOptions", axis=axis)
    inputs = tuple(range(n_inputs))
    return tflite_bytes(tensors, [*ops, OpSpec("CONCATENATION", inputs, n_inputs, options, 2)])


def _combining_op(kind: str, inputs: tuple[int, int], output: int, activation_name: str) -> OpSpec:
    if kind == "PRELU":
        return OpSpec(kind, inputs, output)
    if kind in EXTREMA:
        return OpSpec(kind, inputs, output, options_of("MaximumMinimumOptions"), 2)
    fused = ACTIVATIONS[activation_name]
    options = options_of(COMBINING_OPTIONS[kind], fusedActivationFunction=fused)
    return OpSpec(kind, inputs, output, options, 2)
