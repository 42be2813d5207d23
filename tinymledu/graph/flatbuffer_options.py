"""The options tables of the operators that can be run or folded; None for all others."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from tflite.AddOptions import AddOptions as AddTable
from tflite.BuiltinOptions import BuiltinOptions
from tflite.ConcatenationOptions import ConcatenationOptions as ConcatenationTable
from tflite.Conv2DOptions import Conv2DOptions as ConvTable
from tflite.DepthwiseConv2DOptions import DepthwiseConv2DOptions as DepthwiseTable
from tflite.FullyConnectedOptions import FullyConnectedOptions as FullyConnectedTable
from tflite.LeakyReluOptions import LeakyReluOptions as LeakyReluTable
from tflite.MulOptions import MulOptions as MulTable
from tflite.PackOptions import PackOptions as PackTable
from tflite.Pool2DOptions import Pool2DOptions as PoolTable
from tflite.ReducerOptions import ReducerOptions as ReducerTable
from tflite.ResizeNearestNeighborOptions import (
    ResizeNearestNeighborOptions as ResizeNearestTable,
)
from tflite.SoftmaxOptions import SoftmaxOptions as SoftmaxTable
from tflite.StridedSliceOptions import StridedSliceOptions as StridedSliceTable
from tflite.SubOptions import SubOptions as SubTable
from tflite.TransposeConvOptions import TransposeConvOptions as TransposeConvTable
from tflite.UnpackOptions import UnpackOptions as UnpackTable

from tinymledu.errors import ModelFormatError, UnsupportedModelError
from tinymledu.graph.ir import (
    Activation,
    AddOptions,
    ConcatenationOptions,
    Conv2DOptions,
    DepthwiseConv2DOptions,
    FullyConnectedOptions,
    LeakyReluOptions,
    MulOptions,
    NoOptions,
    Options,
    PackOptions,
    Padding,
    PoolOptions,
    ReduceOptions,
    ResizeNearestOptions,
    SoftmaxOptions,
    StridedSliceOptions,
    SubOptions,
    TransposeConvOptions,
    UnpackOptions,
)

PADDINGS: dict[int, Padding] = {0: "SAME", 1: "VALID"}
ACTIVATIONS: dict[int, Activation] = {0: "NONE", 1: "RELU", 2: "RELU_N1_TO_1", 3: "RELU6"}
WITHOUT_OPTIONS = {
    "DEQUANTIZE",
    "ELU",
    "EXPAND_DIMS",
    "HARD_SWISH",
    "LOGISTIC",
    "MAXIMUM",
    "MINIMUM",
    "NEG",
    "PAD",
    "PRELU",
    "QUANTIZE",
    "RELU",
    "RELU6",
    "RESHAPE",
    "SHAPE",
    "SLICE",
    "SQUARE",
    "SPLIT",
    "SPLIT_V",
    "SQUEEZE",
    "TANH",
    "TILE",
    "TRANSPOSE",
}


def read_options(what: str, kind: str, operator: Any) -> Options | None:
    """The options of one operator of the flatbuffer.

    Args:
        what: how messages call the operator, such as "CONV_2D #3".
        kind: its builtin name.
        operator: the flatbuffer's Operator table.

    Returns:
        None for an operator that this package does not know: its options are not looked at.

    Raises:
        ModelFormatError: the table is missing, of another operator, or impossible.
        UnsupportedModelError: an activation or weights layout that cannot be run.
    """
    if kind in WITHOUT_OPTIONS:
        return NoOptions()
    if kind not in _TABLES:
        return None
    number, table_class, read = _TABLES[kind]
    union = operator.BuiltinOptions()
    if union is None or operator.BuiltinOptionsType() != number:
        raise ModelFormatError(f"{what} has no options, or those of another operator.")
    table = table_class()
    table.Init(union.Bytes, union.Pos)
    return read(what, table)


def _conv_2d(what: str, table: Any) -> Options:
    return Conv2DOptions(*_window(what, table), *_padding_activation(what, table))


def _depthwise_conv_2d(what: str, table: Any) -> Options:
    return DepthwiseConv2DOptions(
        *_window(what, table),
        *_padding_activation(what, table),
        _positive(what, "depth_multiplier", table.DepthMultiplier()),
    )


def _transpose_conv(what: str, table: Any) -> Options:
    return TransposeConvOptions(*_strides(what, table), *_padding_activation(what, table))


def _fully_connected(what: str, table: Any) -> Options:
    if table.WeightsFormat() != 0:
        raise UnsupportedModelError(f"{what} stores its weights shuffled; only plain order runs.")
    return FullyConnectedOptions(_activation(what, table), bool(table.KeepNumDims()))


def _pool(what: str, table: Any) -> Options:
    return PoolOptions(
        *_strides(what, table),
        _positive(what, "filter_height", table.FilterHeight()),
        _positive(what, "filter_width", table.FilterWidth()),
        *_padding_activation(what, table),
    )


def _softmax(what: str, table: Any) -> Options:
    if not math.isfinite(table.Beta()):
        raise ModelFormatError(f"{what} has a beta that is not a number.")
    return SoftmaxOptions(table.Beta())


def _strided_slice(_what: str, table: Any) -> Options:
    others = table.EllipsisMask() or table.NewAxisMask() or table.Offset()
    return StridedSliceOptions(
        from_begin=table.BeginMask(),
        to_end=table.EndMask(),
        shrink_axis=table.ShrinkAxisMask(),
        others=bool(others),
    )


def _resize_nearest(_what: str, table: Any) -> Options:
    return ResizeNearestOptions(bool(table.AlignCorners()), bool(table.HalfPixelCenters()))


def _window(what: str, table: Any) -> tuple[int, int, int, int]:
    return (
        *_strides(what, table),
        _positive(what, "dilation_height", table.DilationHFactor()),
        _positive(what, "dilation_width", table.DilationWFactor()),
    )


def _strides(what: str, table: Any) -> tuple[int, int]:
    return (
        _positive(what, "stride_height", table.StrideH()),
        _positive(what, "stride_width", table.StrideW()),
    )


def _positive(what: str, name: str, value: int) -> int:
    if value < 1:
        raise ModelFormatError(f"{what} has {name} {value}; it must be at least 1.")
    return value


def _reduction(_what: str, table: Any) -> ReduceOptions:
    return ReduceOptions(bool(table.KeepDims()))


def _padding_activation(what: str, table: Any) -> tuple[Padding, Activation]:
    if table.Padding() not in PADDINGS:
        raise ModelFormatError(f"{what} has padding number {table.Padding()}; 0 or 1 exist.")
    return PADDINGS[table.Padding()], _activation(what, table)


def _activation(what: str, table: Any) -> Activation:
    number = table.FusedActivationFunction()
    if number not in ACTIVATIONS:
        raise UnsupportedModelError(
            f"{what} ends in activation number {number} of the schema; "
            f"these run: {', '.join(ACTIVATIONS.values())}."
        )
    return ACTIVATIONS[number]


# Number of the options in the schema, class of their table, and how it is read.
_TABLES: Mapping[str, tuple[int, Any, Callable[[str, Any], Options]]] = {
    "ADD": (
        BuiltinOptions.AddOptions,
        AddTable,
        lambda what, table: AddOptions(_activation(what, table)),
    ),
    "AVERAGE_POOL_2D": (BuiltinOptions.Pool2DOptions, PoolTable, _pool),
    "CONCATENATION": (
        BuiltinOptions.ConcatenationOptions,
        ConcatenationTable,
        lambda what, table: ConcatenationOptions(table.Axis(), _activation(what, table)),
    ),
    "CONV_2D": (BuiltinOptions.Conv2DOptions, ConvTable, _conv_2d),
    "DEPTHWISE_CONV_2D": (
        BuiltinOptions.DepthwiseConv2DOptions,
        DepthwiseTable,
        _depthwise_conv_2d,
    ),
    "FULLY_CONNECTED": (
        BuiltinOptions.FullyConnectedOptions,
        FullyConnectedTable,
        _fully_connected,
    ),
    "LEAKY_RELU": (
        BuiltinOptions.LeakyReluOptions,
        LeakyReluTable,
        lambda _what, table: LeakyReluOptions(table.Alpha()),
    ),
    "MAX_POOL_2D": (BuiltinOptions.Pool2DOptions, PoolTable, _pool),
    "MEAN": (BuiltinOptions.ReducerOptions, ReducerTable, _reduction),
    "MUL": (
        BuiltinOptions.MulOptions,
        MulTable,
        lambda what, table: MulOptions(_activation(what, table)),
    ),
    "PACK": (
        BuiltinOptions.PackOptions,
        PackTable,
        lambda _what, table: PackOptions(table.Axis()),
    ),
    "REDUCE_MAX": (BuiltinOptions.ReducerOptions, ReducerTable, _reduction),
    "RESIZE_NEAREST_NEIGHBOR": (
        BuiltinOptions.ResizeNearestNeighborOptions,
        ResizeNearestTable,
        _resize_nearest,
    ),
    "SOFTMAX": (BuiltinOptions.SoftmaxOptions, SoftmaxTable, _softmax),
    "STRIDED_SLICE": (BuiltinOptions.StridedSliceOptions, StridedSliceTable, _strided_slice),
    "SUB": (
        BuiltinOptions.SubOptions,
        SubTable,
        lambda what, table: SubOptions(_activation(what, table)),
    ),
    "TRANSPOSE_CONV": (BuiltinOptions.TransposeConvOptions, TransposeConvTable, _transpose_conv),
    "UNPACK": (
        BuiltinOptions.UnpackOptions,
        UnpackTable,
        lambda _what, table: UnpackOptions(table.Axis()),
    ),
}
