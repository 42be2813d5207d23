"""What each operator computes, on int8 codes with n pictures in the first axis.

A code q stands for the real number scale * (q - zero_point). Most operators therefore subtract the
input's zero point, compute with integers, bring the accumulator to the output's scale
(`requantize`) and add the output's zero point. Accumulators are int32 on the board, and wrap here
as they do there.

Sources: the reference kernels of TensorFlow Lite Micro, lite/kernels/internal/reference/.
"""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from tinymledu.graph.fixed_point import (
    INT8_MAX,
    code_of,
    convolution_multipliers,
    fully_connected_multipliers,
    mean_multiplier,
    rescale_multiplier,
    softmax_parameters,
)
from tinymledu.graph.geometry import window_extent
from tinymledu.graph.ir import (
    Conv2DOptions,
    DepthwiseConv2DOptions,
    FullyConnectedOptions,
    Graph,
    InFloatOptions,
    Op,
    PoolOptions,
    SoftmaxOptions,
)
from tinymledu.graph.quantized_input import quantize
from tinymledu.graph.reference_elementwise import ELEMENTWISE, lookup
from tinymledu.graph.reference_parts import (
    Array,
    Codes,
    bias_of,
    clamp,
    data_of,
    output_of,
    quantization_of,
    sum_to_output,
    tensor_at,
    to_output,
)
from tinymledu.graph.reference_softmax import softmax_of_rows
from tinymledu.graph.reference_structural import STRUCTURAL


def conv_2d(graph: Graph, op: Op, x: Codes) -> Codes:
    """Each output is a patch of the input times a filter, plus a bias.

    The product is computed by float64 BLAS, which is many times faster than NumPy's integer
    product and exact: no sum of products of int16 and int8 codes reaches 2**53.
    """
    options = op.options
    assert isinstance(options, Conv2DOptions)
    inputs, weights, output = tensor_at(graph, op, 0), tensor_at(graph, op, 1), output_of(graph, op)
    n_filters, height, width, _ = weights.shape
    centred = x.astype(np.float64) - quantization_of(inputs).zero_point
    patches = np.concatenate(list(_taps(centred, options, (height, width), padding=0)), axis=-1)
    filters = data_of(weights).reshape(n_filters, -1).astype(np.float64)
    products = patches.reshape(-1, patches.shape[-1]) @ filters.T
    acc = products.astype(np.int64).reshape(*patches.shape[:-1], n_filters) + bias_of(graph, op)
    factors = convolution_multipliers(
        quantization_of(inputs), quantization_of(weights), quantization_of(output)
    )
    return sum_to_output(acc, factors, options.activation, output)


def depthwise_conv_2d(graph: Graph, op: Op, x: Codes) -> Codes:
    """As CONV_2D, but each filter reads one channel: channel i // depth_multiplier for filter i."""
    options = op.options
    assert isinstance(options, DepthwiseConv2DOptions)
    inputs, weights, output = tensor_at(graph, op, 0), tensor_at(graph, op, 1), output_of(graph, op)
    _, height, width, n_filters = weights.shape
    wide = np.dtype("int32" if x.dtype == np.int8 else "int64")
    centred: Array = x.astype(wide) - wide.type(quantization_of(inputs).zero_point)
    channels = np.repeat(centred, options.depth_multiplier, axis=-1)
    taps = _taps(channels, options, (height, width), padding=0)
    acc = np.zeros((len(x), *output.shape[1:]), wide)
    for tap, weight in zip(taps, data_of(weights).reshape(-1, n_filters), strict=True):
        acc += tap * weight.astype(wide)
    factors = convolution_multipliers(
        quantization_of(inputs), quantization_of(weights), quantization_of(output)
    )
    return sum_to_output(acc + bias_of(graph, op), factors, options.activation, output)


def fully_connected(graph: Graph, op: Op, x: Codes) -> Codes:
    """Each output unit is the inputs times its weights, plus a bias. float64 as in `conv_2d`."""
    options = op.options
    assert isinstance(options, FullyConnectedOptions)
    inputs, weights, output = tensor_at(graph, op, 0), tensor_at(graph, op, 1), output_of(graph, op)
    units, n_inputs = weights.shape
    centred = x.reshape(-1, n_inputs).astype(np.float64) - quantization_of(inputs).zero_point
    products = centred @ data_of(weights).astype(np.float64).T
    acc = products.astype(np.int64).reshape(len(x), *output.shape[1:-1], units) + bias_of(graph, op)
    factors = fully_connected_multipliers(
        quantization_of(inputs), quantization_of(weights), quantization_of(output)
    )
    return sum_to_output(acc, factors, options.activation, output)


def average_pool_2d(graph: Graph, op: Op, x: Codes) -> Codes:
    """The mean of the codes in each window, to nearest, halves away from zero.

    Padding does not count. Input and output have the same scale, so codes are averaged as they are.
    """
    options = op.options
    assert isinstance(options, PoolOptions)
    window = (options.filter_height, options.filter_width)
    inside = np.ones((1, *x.shape[1:3], 1), np.int64)
    total = sum(_taps(x.astype(np.int64), options, window, padding=0))
    count = sum(_taps(inside, options, window, padding=0))
    magnitude = (np.abs(total) + count // 2) // count
    return clamp(np.sign(total) * magnitude, options.activation, output_of(graph, op))


def max_pool_2d(graph: Graph, op: Op, x: Codes) -> Codes:
    """The largest code in each window; padding does not count."""
    options = op.options
    assert isinstance(options, PoolOptions)
    window = (options.filter_height, options.filter_width)
    lowest = int(np.iinfo(x.dtype).min)
    largest: Codes = np.full((len(x), *output_of(graph, op).shape[1:]), lowest, x.dtype)
    for tap in _taps(x, options, window, padding=lowest):
        np.maximum(largest, tap, out=largest)
    return clamp(largest, options.activation, output_of(graph, op))


def mean(graph: Graph, op: Op, x: Codes) -> Codes:
    """The mean over some axes: a sum, times a factor that contains 1 / count."""
    inputs, output = tensor_at(graph, op, 0), output_of(graph, op)
    axes = tuple({int(axis) % x.ndim for axis in data_of(tensor_at(graph, op, 1)).ravel()})
    count = int(np.prod([x.shape[axis] for axis in axes]))
    quantization = quantization_of(inputs)
    total = x.astype(np.int64).sum(axis=axes) - count * quantization.zero_point
    factor = mean_multiplier(quantization, quantization_of(output), count)
    return to_output(total.reshape(len(x), *output.shape[1:]), (factor,), "NONE", output)


def reshape(graph: Graph, op: Op, x: Codes) -> Codes:
    """The same codes in the same order."""
    return x.reshape(len(x), *output_of(graph, op).shape[1:])


def softmax(graph: Graph, op: Op, x: Codes) -> Codes:
    """exp(x) / sum(exp(x)) along the last axis, without floating point."""
    assert isinstance(op.options, SoftmaxOptions)
    parameters = softmax_parameters(quantization_of(tensor_at(graph, op, 0)), op.options.beta)
    return softmax_of_rows(x, parameters)


def relu(graph: Graph, op: Op, x: Codes) -> Codes:
    """max(x, 0), at the output's scale."""
    inputs, output = quantization_of(tensor_at(graph, op, 0)), output_of(graph, op)
    centred = x.astype(np.int64) - inputs.zero_point
    factor = rescale_multiplier(inputs, quantization_of(output))
    return to_output(centred, (factor,), "RELU", output)


def relu6(graph: Graph, op: Op, x: Codes) -> Codes:
    """min(max(x, 0), 6) on the codes themselves: input and output have the same scale."""
    quantization = quantization_of(tensor_at(graph, op, 0))
    six = min(INT8_MAX, code_of(6.0, quantization))
    return np.clip(x, quantization.zero_point, six).astype(np.int8)


def pad(graph: Graph, op: Op, x: Codes) -> Codes:
    """Zeros around the input. The code of zero is the zero point."""
    amounts = [(int(before), int(after)) for before, after in data_of(tensor_at(graph, op, 1))]
    return np.pad(x, amounts, constant_values=quantization_of(output_of(graph, op)).zero_point)


def quantize_(graph: Graph, op: Op, x: Array) -> Codes:
    """float32 to int8 codes, or int8 codes to those of another scale."""
    inputs, output = tensor_at(graph, op, 0), output_of(graph, op)
    if isinstance(op.options, InFloatOptions):
        return lookup(graph, op, x)
    if inputs.dtype == "float32":
        return quantize(x, quantization_of(output))
    centred = x.astype(np.int64) - quantization_of(inputs).zero_point
    factor = rescale_multiplier(quantization_of(inputs), quantization_of(output))
    return to_output(centred, (factor,), "NONE", output)


def dequantize(graph: Graph, op: Op, x: Codes) -> NDArray[np.float32]:
    """scale * (code - zero_point), rounded once to float32."""
    quantization = quantization_of(tensor_at(graph, op, 0))
    centred = x.astype(np.int64) - quantization.zero_point
    return (quantization.scale * centred).astype(np.float32)


OPERATORS: Mapping[str, Callable[..., Array]] = {
    "AVERAGE_POOL_2D": average_pool_2d,
    "CONV_2D": conv_2d,
    "DEPTHWISE_CONV_2D": depthwise_conv_2d,
    "DEQUANTIZE": dequantize,
    "FULLY_CONNECTED": fully_connected,
    "MAX_POOL_2D": max_pool_2d,
    "MEAN": mean,
    "PAD": pad,
    "QUANTIZE": quantize_,
    "RELU": relu,
    "RELU6": relu6,
    "RESHAPE": reshape,
    "SOFTMAX": softmax,
    **ELEMENTWISE,
    **STRUCTURAL,
}


def _taps(
    x: Array,
    options: Conv2DOptions | DepthwiseConv2DOptions | PoolOptions,
    filter_shape: tuple[int, int],
    *,
    padding: int,
) -> Iterator[Array]:
    """For each position in the filter, row by row, the inputs that it meets at every output.

    x is (n, height, width, channels); each tap is (n, output height, output width, channels).
    """
    strides = (options.stride_height, options.stride_width)
    dilations = (1, 1)
    if not isinstance(options, PoolOptions):
        dilations = (options.dilation_height, options.dilation_width)
    rows, columns = (
        window_extent(
            x.shape[1 + k],
            n_filter=filter_shape[k],
            stride=strides[k],
            dilation=dilations[k],
            padding=options.padding,
        )
        for k in (0, 1)
    )
    around = ((0, 0), (rows.before, rows.after), (columns.before, columns.after), (0, 0))
    padded = np.pad(x, around, constant_values=padding)
    for row in range(0, filter_shape[0] * dilations[0], dilations[0]):
        for column in range(0, filter_shape[1] * dilations[1], dilations[1]):
            yield padded[
                :,
                row : row + (rows.output - 1) * strides[0] + 1 : strides[0],
                column : column + (columns.output - 1) * strides[1] + 1 : strides[1],
            ]
