"""What each operator that runs here needs from its tensors; see operators.py for the list."""

import math
from collections.abc import Callable, Mapping

import numpy as np

from tinymledu.errors import UnsupportedModelError
from tinymledu.graph.geometry import window_extent
from tinymledu.graph.ir import (
    ConcatenationOptions,
    Conv2DOptions,
    DepthwiseConv2DOptions,
    FullyConnectedOptions,
    Graph,
    InFloatOptions,
    Op,
    PoolOptions,
    ReduceOptions,
    Tensor,
)
from tinymledu.graph.refusals import advice_on_numbers

SMALLEST_SCALE = 2.0**-28  # below it 6 / scale leaves int32; no activation is that fine


MAX_REACH = 4096  # pixels of one dimension under a filter; a damaged file may claim 2**31
MAX_TAPS = 2**16
MAX_INT16_TAPS = 2**15  # so many codes of 2**15, and half a step for rounding, fit into int32
_AFTER_WEIGHTS = "; ReLU(max_value=6) (Keras) right after a layer with weights runs"
MAX_AXES = 4  # of inputs that are joined, or repeated to fit each other


def refusal(op: Op, reason: str) -> UnsupportedModelError:
    """The error that names an operator and why it does not run."""
    return UnsupportedModelError(f"{op.kind} #{op.index} (version {op.version}): {reason}.")


def need(op: Op, condition: bool, reason: str) -> None:
    """Refuse an operator, for this reason, unless the condition holds."""
    if not condition:
        raise refusal(op, reason)


def check_activation(op: Op, tensor: Tensor) -> None:
    """Refuse a tensor that is not int8 or int16, of batch 1, with one scale."""
    check_codes(op, tensor)
    _check_batch(op, tensor)


def check_codes(op: Op, tensor: Tensor) -> None:
    """Refuse a tensor that is not int8 or int16, with one scale."""
    what = f"tensor {tensor.index} of shape {list(tensor.shape)}"
    advice = advice_on_numbers(tensor.dtype)
    known = tensor.dtype in ("int8", "int16")
    need(op, known, f"{what} is {tensor.dtype}; int8 runs here; {advice}")
    quantization = tensor.quantization
    if quantization is None or len(quantization.scales) != 1:
        raise refusal(op, f"{what} needs exactly one scale")
    need(op, quantization.scale >= SMALLEST_SCALE, f"{what} has scale {quantization.scale:g}")
    if tensor.dtype == "int16":
        need(op, quantization.zero_point == 0, f"{what} is int16 and needs a zero point of 0")
    need(op, -128 <= quantization.zero_point <= 127, f"{what} has a zero point outside int8")


def _check_batch(op: Op, tensor: Tensor) -> None:
    shape = tensor.shape
    need(op, min(shape, default=0) >= 1, f"tensor {tensor.index} has shape {list(shape)}")
    need(
        op,
        shape[0] == 1,
        f"tensor {tensor.index} of shape {list(shape)} does not begin with batch 1; "
        "convert the model with batch size 1",
    )


def check_shape(graph: Graph, op: Op, expected: tuple[int, ...]) -> None:
    """Refuse an operator whose result has another shape than follows from its inputs."""
    actual = graph.tensors[op.outputs[0]].shape
    need(
        op,
        actual == expected,
        f"its result should have shape {list(expected)}, and the file says {list(actual)}",
    )


def check_same_quantization(graph: Graph, op: Op, position: int = 0, instead: str = "") -> None:
    """Refuse an operator that copies codes to another scale."""
    first, last = graph.tensors[op.inputs[position]], graph.tensors[op.outputs[0]]
    if first.quantization is None or last.quantization is None:
        raise refusal(op, "its input and output need a scale")
    same = (
        math.isclose(first.quantization.scale, last.quantization.scale, rel_tol=0, abs_tol=1e-6)
        and first.quantization.zero_point == last.quantization.zero_point
    )
    need(op, same, f"its input and output must have one scale and zero point{instead}")


def check_weights(graph: Graph, op: Op, *, rank: int, axis: int) -> Tensor:
    """The weights; axis: the one along which they may have a scale for each index."""
    weights = graph.tensors[op.inputs[1]]
    what = f"its weights of shape {list(weights.shape)}"
    need(op, weights.dtype == "int8", f"{what} are {weights.dtype}; int8 runs here")
    need(op, len(weights.shape) == rank and min(weights.shape) >= 1, f"{what} need rank {rank}")
    quantization = weights.quantization
    if quantization is None:
        raise refusal(op, f"{what} have no scale")
    need(op, not any(quantization.zero_points), f"{what} need zero points of 0")
    need(
        op,
        len(quantization.scales) == 1 or quantization.axis == axis,
        f"{what} have a scale per index of dimension {quantization.axis}; {axis} runs here",
    )
    if len(op.inputs) > 2 and op.inputs[2] >= 0:
        bias = graph.tensors[op.inputs[2]]
        n = weights.shape[axis]
        wanted = "int64" if graph.tensors[op.inputs[0]].dtype == "int16" else "int32"
        need(
            op,
            bias.dtype == wanted and bias.shape == (n,),
            f"its bias is {bias.dtype} {list(bias.shape)}; {wanted} [{n}] runs here",
        )
    return weights


def _window_shape(
    op: Op,
    picture: Tensor,
    options: Conv2DOptions | DepthwiseConv2DOptions | PoolOptions,
    filter_shape: tuple[int, int],
) -> tuple[int, int]:
    need(op, len(picture.shape) == 4, f"its input has shape {list(picture.shape)}, not 4-D")
    dilations = (
        (1, 1)
        if isinstance(options, PoolOptions)
        else (options.dilation_height, options.dilation_width)
    )
    strides = (options.stride_height, options.stride_width)
    reaches = [(n - 1) * step + 1 for n, step in zip(filter_shape, dilations, strict=True)]
    need(
        op,
        max(reaches) <= MAX_REACH and math.prod(filter_shape) <= MAX_TAPS,
        f"its filter of {list(filter_shape)} reaches over {reaches} pixels",
    )
    height, width = (
        window_extent(
            picture.shape[1 + k],
            n_filter=filter_shape[k],
            stride=strides[k],
            dilation=dilations[k],
            padding=options.padding,
        ).output
        for k in (0, 1)
    )
    need(op, height >= 1 and width >= 1, "its filter is larger than its input")
    return height, width


def _check_conv(graph: Graph, op: Op) -> None:
    assert isinstance(op.options, Conv2DOptions)
    picture = graph.tensors[op.inputs[0]]
    weights = check_weights(graph, op, rank=4, axis=0)
    n_filters, height, width, channels = weights.shape
    extents = _window_shape(op, picture, op.options, (height, width))
    need(
        op,
        picture.shape[3] == channels,
        f"its filters have {channels} channels and its input {picture.shape[3]} "
        "(grouped convolutions do not run here)",
    )
    check_shape(graph, op, (1, *extents, n_filters))


def _check_depthwise(graph: Graph, op: Op) -> None:
    assert isinstance(op.options, DepthwiseConv2DOptions)
    picture = graph.tensors[op.inputs[0]]
    weights = check_weights(graph, op, rank=4, axis=3)
    one, height, width, channels = weights.shape
    extents = _window_shape(op, picture, op.options, (height, width))
    need(
        op,
        one == 1 and channels == picture.shape[3] * op.options.depth_multiplier,
        f"{channels} filters do not fit {picture.shape[3]} input channels "
        f"times depth multiplier {op.options.depth_multiplier}",
    )
    check_shape(graph, op, (1, *extents, channels))


def _check_fully_connected(graph: Graph, op: Op) -> None:
    assert isinstance(op.options, FullyConnectedOptions)
    inputs = graph.tensors[op.inputs[0]]
    units, n_inputs = check_weights(graph, op, rank=2, axis=0).shape
    if op.options.keep_n_dims:
        need(op, inputs.shape[-1] == n_inputs, f"its input should end in {n_inputs} values")
        check_shape(graph, op, (*inputs.shape[:-1], units))
    else:
        need(
            op,
            inputs.n_elements == n_inputs,
            f"it reads {inputs.n_elements} values with weights for {n_inputs}",
        )
        check_shape(graph, op, (1, units))


def _check_pool(graph: Graph, op: Op) -> None:
    assert isinstance(op.options, PoolOptions)
    picture = graph.tensors[op.inputs[0]]
    filter_shape = (op.options.filter_height, op.options.filter_width)
    n_taps = math.prod(filter_shape)
    need(
        op,
        picture.dtype == "int8" or n_taps <= MAX_INT16_TAPS,
        f"it pools {n_taps:,} int16 values; the int32 sum holds {MAX_INT16_TAPS:,}",
    )
    extents = _window_shape(op, picture, op.options, filter_shape)
    check_shape(graph, op, (1, *extents, picture.shape[3]))
    check_same_quantization(graph, op)


def check_reduction(graph: Graph, op: Op) -> None:
    """MEAN and REDUCE_MAX."""
    assert isinstance(op.options, ReduceOptions)
    inputs, axes = graph.tensors[op.inputs[0]], graph.tensors[op.inputs[1]]
    need(op, axes.dtype == "int32", f"its axes are {axes.dtype}, not int32")
    rank = len(inputs.shape)
    given = [] if axes.data is None else [int(axis) for axis in axes.data.ravel()]
    need(op, all(-rank <= axis < rank for axis in given), f"its axes {given} do not exist")
    reduced = {axis % rank for axis in given}
    need(op, bool(reduced) and 0 not in reduced, "it must leave the batch and reduce the rest")
    kept = [1 if axis in reduced else extent for axis, extent in enumerate(inputs.shape)]
    if not op.options.keep_dims:
        kept = [extent for axis, extent in enumerate(kept) if axis not in reduced]
    check_shape(graph, op, tuple(kept))


def _check_concatenation(graph: Graph, op: Op) -> None:
    assert isinstance(op.options, ConcatenationOptions)
    shapes = [graph.tensors[index].shape for index in op.inputs]
    rank = len(shapes[0])
    listed = ", ".join(str(list(shape)) for shape in shapes)
    need(op, op.options.activation == "NONE", "it ends in an activation, which does not run here")
    need(op, rank <= MAX_AXES, f"it joins {rank} axes; up to {MAX_AXES} run here")
    need(op, -rank <= op.options.axis < rank, f"its axis {op.options.axis} does not exist")
    axis = op.options.axis % rank
    others = {(len(shape), *shape[:axis], *shape[axis + 1 :]) for shape in shapes}
    need(op, len(others) == 1, f"shapes {listed} cannot be joined along axis {axis}")
    joined = sum(shape[axis] for shape in shapes)
    check_shape(graph, op, (*shapes[0][:axis], joined, *shapes[0][axis + 1 :]))
    for position in range(len(shapes)):
        check_same_quantization(graph, op, position)


def _check_combining(graph: Graph, op: Op) -> None:
    """ADD, MUL, SUB: as in NumPy, an axis of 1 is repeated, and missing axes come first."""
    first, second = (graph.tensors[index] for index in op.inputs)
    need(op, first.data is None or second.data is None, "both of its inputs are constants")
    shapes = f"shapes {list(first.shape)} and {list(second.shape)}"
    need(
        op,
        first.shape == second.shape or max(len(first.shape), len(second.shape)) <= MAX_AXES,
        f"it combines {shapes}; unequal shapes run with up to {MAX_AXES} axes",
    )
    try:
        combined = np.broadcast_shapes(first.shape, second.shape)
    except ValueError as error:
        raise refusal(op, f"it combines {shapes}, which do not fit") from error
    check_shape(graph, op, combined)


def _check_reshape(graph: Graph, op: Op) -> None:
    before, after = graph.tensors[op.inputs[0]], graph.tensors[op.outputs[0]]
    need(
        op,
        before.n_elements == after.n_elements,
        f"{list(before.shape)} cannot become {list(after.shape)}; where the batch was left open, "
        "convert the model with keras.Input(..., batch_size=1)",
    )


def _check_softmax(graph: Graph, op: Op) -> None:
    inputs = graph.tensors[op.inputs[0]]
    check_shape(graph, op, inputs.shape)
    need(op, inputs.shape[-1] < 4096, f"it has {inputs.shape[-1]} classes; 4,095 run here")
    _check_output_steps(graph, op, 256, -128)


def _check_lookup(graph: Graph, op: Op) -> None:
    check_shape(graph, op, graph.tensors[op.inputs[0]].shape)


def _check_in_float(graph: Graph, op: Op) -> None:
    """NEG, SQUARE: a table runs here, between DEQUANTIZE and QUANTIZE (float_islands.py)."""
    need(op, isinstance(op.options, InFloatOptions), "it runs between float32 and int8 only")
    _check_lookup(graph, op)


def _check_logistic(graph: Graph, op: Op) -> None:
    check_shape(graph, op, graph.tensors[op.inputs[0]].shape)
    _check_output_steps(graph, op, 256, -128)


def _check_tanh(graph: Graph, op: Op) -> None:
    check_shape(graph, op, graph.tensors[op.inputs[0]].shape)
    _check_output_steps(graph, op, 128, 0)


def _check_output_steps(graph: Graph, op: Op, steps: int, zero_point: int) -> None:
    """The kernels of functions with a fixed range have their output's scale built in."""
    output = graph.tensors[op.outputs[0]].quantization
    need(
        op,
        output is not None and output.scale == 1 / steps and output.zero_point == zero_point,
        f"its output must have scale 1/{steps} and zero point {zero_point}",
    )


def _check_relu(graph: Graph, op: Op) -> None:
    check_shape(graph, op, graph.tensors[op.inputs[0]].shape)
    if op.kind == "RELU6":
        check_same_quantization(graph, op, instead=_AFTER_WEIGHTS)


def _check_bound(graph: Graph, op: Op) -> None:
    """MAXIMUM, MINIMUM."""
    bound = graph.tensors[op.inputs[1]]
    need(
        op,
        bound.n_elements == 1,
        f"its second input has shape {list(bound.shape)}; one constant for all values runs here",
    )
    check_codes(op, bound)
    check_shape(graph, op, graph.tensors[op.inputs[0]].shape)
    for position in (0, 1):
        check_same_quantization(graph, op, position)


def _check_prelu(graph: Graph, op: Op) -> None:
    _check_combining(graph, op)
    check_codes(op, graph.tensors[op.inputs[1]])


def _check_pad(graph: Graph, op: Op) -> None:
    inputs, amounts = graph.tensors[op.inputs[0]], graph.tensors[op.inputs[1]]
    rank = len(inputs.shape)
    need(
        op,
        amounts.dtype == "int32" and amounts.shape == (rank, 2),
        f"its paddings are {amounts.dtype} {list(amounts.shape)}; int32 [{rank}, 2] runs here",
    )
    pads = np.zeros((rank, 2), np.int64) if amounts.data is None else amounts.data.astype(np.int64)
    need(op, bool(np.all(pads >= 0)) and not pads[0].any(), "it pads the batch, or takes away")
    padded = zip(inputs.shape, pads.sum(axis=1).tolist(), strict=True)
    check_shape(graph, op, tuple(extent + pad for extent, pad in padded))
    check_same_quantization(graph, op)


def _check_ends(graph: Graph, op: Op) -> None:
    """QUANTIZE (from float32 or int8) and DEQUANTIZE (to float32)."""
    inputs, output = graph.tensors[op.inputs[0]], graph.tensors[op.outputs[0]]
    if inputs.dtype == "float32":
        _check_batch(op, inputs)
    else:
        check_activation(op, inputs)
    need(op, op.kind == "QUANTIZE" or output.dtype == "float32", f"it makes {output.dtype}")
    check_shape(graph, op, inputs.shape)


CHECKS: Mapping[str, Callable[[Graph, Op], None]] = {
    "ADD": _check_combining,
    "AVERAGE_POOL_2D": _check_pool,
    "CONCATENATION": _check_concatenation,
    "CONV_2D": _check_conv,
    "DEPTHWISE_CONV_2D": _check_depthwise,
    "DEQUANTIZE": _check_ends,
    "ELU": _check_lookup,
    "FULLY_CONNECTED": _check_fully_connected,
    "HARD_SWISH": _check_lookup,
    "LEAKY_RELU": _check_lookup,
    "LOGISTIC": _check_logistic,
    "MAXIMUM": _check_bound,
    "MAX_POOL_2D": _check_pool,
    "MEAN": check_reduction,
    "MINIMUM": _check_bound,
    "MUL": _check_combining,
    "NEG": _check_in_float,
    "PAD": _check_pad,
    "PRELU": _check_prelu,
    "QUANTIZE": _check_ends,
    "RELU": _check_relu,
    "RELU6": _check_relu,
    "RESHAPE": _check_reshape,
    "SOFTMAX": _check_softmax,
    "SQUARE": _check_in_float,
    "SUB": _check_combining,
    "TANH": _check_tanh,
}
