"""Activation functions of one int8 code, as tables of all 256 results.

A function of one code can have no more than 256 results, so the kernel on the board is a table, and
what TensorFlow Lite Micro computes for each code happens here, once. The tables are made with
integers only, because they have to agree with that runtime to the last bit; the exceptions
are ELU and what lies between DEQUANTIZE and QUANTIZE, which it computes in float32.

Sources: lite/kernels/internal/reference/leaky_relu.h, hard_swish.h, integer_ops/logistic.h and
integer_ops/tanh.h; the order of rounding in their fixed-point functions is that of gemmlowp's
fixedpoint.h.
"""

import math
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from tinymledu.errors import QuantizationError
from tinymledu.graph.fixed_point import (
    INT8_MAX,
    INT8_MIN,
    FixedPoint,
    IntArray,
    divide_by_power,
    quantize_multiplier,
    quantize_small_multiplier,
    requantize,
)
from tinymledu.graph.ir import Graph, InFloatOptions, LeakyReluOptions, Op, Quantization
from tinymledu.graph.quantized_input import quantize
from tinymledu.graph.reference_softmax import (
    ONE_Q0,
    exp_on_negative,
    one_minus_over_one_plus,
    one_over_one_plus,
)

Floats = NDArray[np.float64]
Table = NDArray[np.int8]  # 256 codes: entry q + 128 is the result for input code q

CODES = np.arange(INT8_MIN, INT8_MAX + 1, dtype=np.int64)
SIGMOID_INTEGER_BITS = 4  # inputs of LOGISTIC and TANH are Q4.27: from -16 to 16
HALF_Q0 = 2**30
FINE_BITS = 7  # HARD_SWISH works with 7 more bits than its int8 inputs have
LARGEST_SIGMOID_SCALE = 2.0**30


def lookup_table(graph: Graph, op: Op) -> Table:
    """The results of an operator of LOOKUPS or BOUNDS for all input codes, from -128 to 127.

    Raises:
        QuantizationError: scales that the integer arithmetic cannot carry.
    """
    inputs = graph.tensors[op.inputs[0]].quantization
    output = graph.tensors[op.outputs[0]].quantization
    assert inputs is not None, "check_runnable has seen it"
    assert output is not None, "check_runnable has seen it"
    if op.kind in BOUNDS:
        bound = graph.tensors[op.inputs[1]].data
        assert bound is not None, "check_runnable has seen it"
        return _saturated(BOUNDS[op.kind](CODES, bound.astype(np.int64).item()))
    if isinstance(op.options, InFloatOptions):
        return _in_float(FLOAT_FUNCTIONS[op.kind], inputs, output)
    return LOOKUPS[op.kind](op, inputs, output)


def _logistic(op: Op, inputs: Quantization, _output: Quantization) -> Table:
    """1 / (1 + exp(-x)), in steps of 1/256."""
    x, outside = _in_q4(op, inputs)
    positive = one_over_one_plus(exp_on_negative(-np.abs(x), SIGMOID_INTEGER_BITS))
    result = np.where(x > 0, positive, ONE_Q0 - positive)
    result = np.where(x == 0, HALF_Q0, result)
    codes = divide_by_power(result, 31 - 8) + INT8_MIN
    return _saturated(np.where(outside, np.sign(outside) * 2**8, codes))


def _tanh(op: Op, inputs: Quantization, _output: Quantization) -> Table:
    """(1 - exp(-2 x)) / (1 + exp(-2 x)), in steps of 1/128."""
    x, outside = _in_q4(op, inputs)
    # 2 x in Q5.26 is the same integer as x in Q4.27.
    magnitude = one_minus_over_one_plus(exp_on_negative(-np.abs(x), SIGMOID_INTEGER_BITS + 1))
    codes = divide_by_power(np.sign(x) * magnitude, 31 - 7)
    return _saturated(np.where(outside, np.sign(outside) * 2**8, codes))


@np.errstate(over="ignore")  # an infinite factor is refused below
def _leaky_relu(op: Op, inputs: Quantization, output: Quantization) -> Table:
    """x, or alpha * x where x is negative."""
    assert isinstance(op.options, LeakyReluOptions)
    if not 0 <= op.options.alpha < math.inf:
        raise QuantizationError(f"its slope below 0 is {op.options.alpha:g}; 0 and more run here.")
    ratio = np.float32(inputs.scale) / np.float32(output.scale)
    slope = np.float32(inputs.scale) * np.float32(op.options.alpha) / np.float32(output.scale)
    steps = CODES - inputs.zero_point
    above = requantize(steps, *quantize_small_multiplier(float(ratio)))
    below = requantize(steps, *quantize_small_multiplier(float(slope)))
    return _saturated(np.where(steps >= 0, above, below) + output.zero_point)


@np.errstate(over="ignore")  # an infinite factor is refused below
def _hard_swish(_op: Op, inputs: Quantization, output: Quantization) -> Table:
    """x * gate, where gate = (x + 3) / 6 between 0 and 1, in 16-bit integers.

    The gate is Q0.15, from x in units of 3 / 2**15. Source: lite/kernels/internal/reference/
    hard_swish.h and TFLM HardSwishPrepare.
    """
    fine_scale = np.float32(inputs.scale) / np.float32(2**FINE_BITS)
    to_output = _multiplier_16(float(fine_scale / np.float32(output.scale)))
    to_gate = _multiplier_16(float(fine_scale / np.float32(3 / 2**15)))
    if to_output.shift > 0:
        raise QuantizationError(f"its output scale {output.scale:g} is below 1/128 of its input's.")
    fine = (CODES - inputs.zero_point) << FINE_BITS
    gate = (_gate_from_minus_one(fine, to_gate) + 2**15) >> 1
    product = gate * _high_multiply_16(fine, to_output.multiplier)
    whole = np.sign(product) * (np.abs(product) >> 15)  # towards zero
    return _saturated(divide_by_power(whole, -to_output.shift) + output.zero_point)


def _gate_from_minus_one(fine: IntArray, to_gate: FixedPoint) -> IntArray:
    """x / 3 in Q0.15, between -1 and 1. The last bit of a left shift comes after the product."""
    left = max(to_gate.shift - 1, 0)
    x = _high_multiply_16(_saturated_16(fine << left), to_gate.multiplier)
    if to_gate.shift > 0:
        return _saturated_16(x << 1)
    return divide_by_power(x, -to_gate.shift)


def _multiplier_16(factor: float) -> FixedPoint:
    """A real factor as multiplier * 2**(shift - 15), multiplier in [2**14, 2**15)."""
    multiplier, shift = quantize_multiplier(factor)
    if not -15 <= shift <= 30:
        raise QuantizationError(
            f"The factor {factor:g} between two scales cannot be applied to 16-bit integers; it "
            "must be between 2**-16 and 2**30."
        )
    return FixedPoint(min((multiplier + 2**15) >> 16, 2**15 - 1), shift)


def _high_multiply_16(a: IntArray, b: int) -> IntArray:
    """a * b / 2**15, to nearest, halves upwards."""
    return (a * b + 2**14) >> 15


def _saturated_16(values: IntArray) -> IntArray:
    return np.clip(values, -(2**15), 2**15 - 1)


@np.errstate(over="ignore")  # infinite codes are saturated
def _elu(_op: Op, inputs: Quantization, output: Quantization) -> Table:
    """x, or exp(x) - 1 where x is negative: the one function that TFLM computes in float32.

    Source: TFLM elu.cc, PopulateLookupTable.
    """
    x = np.float32(inputs.scale) * (CODES - inputs.zero_point).astype(np.float32)
    below = np.exp(np.minimum(x, 0).astype(np.float64)).astype(np.float32) - np.float32(1)
    steps = np.where(x < 0, below, x) * (np.float32(1) / np.float32(output.scale))
    rounded = np.trunc(steps + np.copysign(np.float32(0.5), steps)).astype(np.float64)
    return _saturated(np.clip(rounded, -(2**30), 2**30).astype(np.int64) + output.zero_point)


@np.errstate(over="ignore")  # what float32 cannot hold ends at an end of the codes
def _in_float(
    function: Callable[[Floats], Floats], inputs: Quantization, output: Quantization
) -> Table:
    """DEQUANTIZE, a function, QUANTIZE; each result is rounded to float32 once."""
    real = (inputs.scale * (CODES - inputs.zero_point)).astype(np.float32)
    return quantize(function(real.astype(np.float64)).astype(np.float32), output)


FLOAT_FUNCTIONS: Mapping[str, Callable[[Floats], Floats]] = {
    "ELU": lambda x: np.where(x < 0, np.expm1(np.minimum(x, 0)), x),
    "NEG": np.negative,
    "QUANTIZE": lambda x: x,
    "SQUARE": np.square,
}

BOUNDS: Mapping[str, Callable[[IntArray, int], IntArray]] = {
    "MAXIMUM": np.maximum,
    "MINIMUM": np.minimum,
}

LOOKUPS: Mapping[str, Callable[[Op, Quantization, Quantization], Table]] = {
    "ELU": _elu,
    "HARD_SWISH": _hard_swish,
    "LEAKY_RELU": _leaky_relu,
    "LOGISTIC": _logistic,
    "TANH": _tanh,
}


def _in_q4(op: Op, inputs: Quantization) -> tuple[IntArray, IntArray]:
    """All inputs in Q4.27, and 1 or -1 for those so far from 0 that the result is an end.

    The limit is 15, one less than Q4.27 can hold, in whole steps of the input.

    Source: TFLM CalculateArithmeticOpDataLogistic and TFLite CalculateInputRadius.
    """
    factor = inputs.scale * 2 ** (31 - SIGMOID_INTEGER_BITS)
    if not inputs.scale < LARGEST_SIGMOID_SCALE:
        raise QuantizationError(
            f"{op.kind} on inputs of scale {inputs.scale:g} cannot be computed in Q4.27: one step "
            "of the input is beyond its range."
        )
    fraction, shift = math.frexp(factor)
    multiplier = FixedPoint(math.floor(fraction * 2**31 + 0.5), shift)
    radius = (2**SIGMOID_INTEGER_BITS - 1) * 2 ** (31 - SIGMOID_INTEGER_BITS) >> shift
    steps = CODES - inputs.zero_point
    outside = np.where(steps <= -radius, -1, np.where(steps >= radius, 1, 0))
    return requantize(np.where(outside, 0, steps), *multiplier), outside


def _saturated(codes: IntArray) -> Table:
    return np.clip(codes, INT8_MIN, INT8_MAX).astype(np.int8)
