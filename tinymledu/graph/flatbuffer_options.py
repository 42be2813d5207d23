"""The options tables of the operators that can be run or folded; None for all others."""

import math
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

from tinymledu.errors import ModelFormatError, UnsupportedModelError
from tinymledu.graph.ir import (
    Activation,
    AddOptions,
    ConcatenationOptions,
    Conv2DOptions,
    DepthwiseConv2DOptions,
    FullyConnectedOptions,
    LeakyReluOptions,
    MeanOptions,
    MulOptions,
    NoOptions,
    Options,
    PackOptions,
    Padding,
    PoolOptions,
    ResizeNearestOptions,
    SoftmaxOptions,
    StridedSliceOptions,
    SubOptions,
    TransposeConvOptions,
)

PADDINGS: dict[int, Padding] = {0: "SAME", 1: "VALID"}
ACTIVATIONS: dict[int, Activation] = {0: "NONE", 1: "RELU", 2: "RELU_N1_TO_1", 3: "RELU6"}
WITHOUT_OPTIONS = {
    "DEQUANTIZE",
    "EXPAND_DIMS",
    "HARD_SWISH",
    "LOGISTIC",
    "PAD",
    "QUANTIZE",
    "RELU",
    "RELU6",
    "RESHAPE",
    "SHAPE",
    "SQUEEZE",
    "TANH",
}
TABLES: dict[str, tuple[int, Any]] = {
    "CONV_2D": (BuiltinOptions.Conv2DOptions, ConvTable),
    "DEPTHWISE_CONV_2D": (BuiltinOptions.DepthwiseConv2DOptions, DepthwiseTable),
    "FULLY_CONNECTED": (BuiltinOptions.FullyConnectedOptions, FullyConnectedTable),
    "AVERAGE_POOL_2D": (BuiltinOptions.Pool2DOptions, PoolTable),
    "MAX_POOL_2D": (BuiltinOptions.Pool2DOptions, PoolTable),
    "ADD": (BuiltinOptions.AddOptions, AddTable),
    "SUB": (BuiltinOptions.SubOptions, SubTable),
    "MUL": (BuiltinOptions.MulOptions, MulTable),
    "CONCATENATION": (BuiltinOptions.ConcatenationOptions, ConcatenationTable),
    "MEAN": (BuiltinOptions.ReducerOptions, ReducerTable),
    "LEAKY_RELU": (BuiltinOptions.LeakyReluOptions, LeakyReluTable),
    "SOFTMAX": (BuiltinOptions.SoftmaxOptions, SoftmaxTable),
    "STRIDED_SLICE": (BuiltinOptions.StridedSliceOptions, StridedSliceTable),
    "TRANSPOSE_CONV": (BuiltinOptions.TransposeConvOptions, TransposeConvTable),
    "RESIZE_NEAREST_NEIGHBOR": (BuiltinOptions.ResizeNearestNeighborOptions, ResizeNearestTable),
    "PACK": (BuiltinOptions.PackOptions, PackTable),
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
    if kind not in TABLES:
        return None
    number, table_class = TABLES[kind]
    union = operator.BuiltinOptions()
    if union is None or operator.BuiltinOptionsType() != number:
        raise ModelFormatError(f"{what} has no options, or those of another operator.")
    table = table_class()
    table.Init(union.Bytes, union.Pos)
    return _read_table(what, kind, table)


def _read_table(what: str, kind: str, table: Any) -> Options:
    match kind:
        case "CONV_2D":
            return Conv2DOptions(*_window(what, table), *_padding_activation(what, table))
        case "DEPTHWISE_CONV_2D":
            return DepthwiseConv2DOptions(
                *_window(what, table),
                *_padding_activation(what, table),
                _positive(what, "depth_multiplier", table.DepthMultiplier()),
            )
        case "FULLY_CONNECTED":
            if table.WeightsFormat() != 0:
                raise UnsupportedModelError(
                    f"{what} stores its weights shuffled; only plain order runs."
                )
            return FullyConnectedOptions(_activation(what, table), bool(table.KeepNumDims()))
        case "AVERAGE_POOL_2D" | "MAX_POOL_2D":
            return PoolOptions(
                _positive(what, "stride_height", table.StrideH()),
                _positive(what, "stride_width", table.StrideW()),
                _positive(what, "filter_height", table.FilterHeight()),
                _positive(what, "filter_width", table.FilterWidth()),
                *_padding_activation(what, table),
            )
        case "ADD":
            return AddOptions(_activation(what, table))
        case "SUB":
            return SubOptions(_activation(what, table))
        case "MUL":
            return MulOptions(_activation(what, table))
        case "CONCATENATION":
            return ConcatenationOptions(table.Axis(), _activation(what, table))
        case "MEAN":
            return MeanOptions(bool(table.KeepDims()))
        case "LEAKY_RELU":
            return LeakyReluOptions(table.Alpha())
        case "TRANSPOSE_CONV":
            return TransposeConvOptions(
                _positive(what, "stride_height", table.StrideH()),
                _positive(what, "stride_width", table.StrideW()),
                *_padding_activation(what, table),
            )
        case "RESIZE_NEAREST_NEIGHBOR":
            return ResizeNearestOptions(bool(table.AlignCorners()), bool(table.HalfPixelCenters()))
        case "PACK":
            return PackOptions(table.Axis())
        case "STRIDED_SLICE":
            others = table.EllipsisMask() or table.NewAxisMask() or table.Offset()
            return StridedSliceOptions(
                from_begin=bool(table.BeginMask() & 1),
                to_end=bool(table.EndMask() & 1),
                shrink_axis=bool(table.ShrinkAxisMask() & 1),
                others=bool(others),
            )
        case _:
            if not math.isfinite(table.Beta()):
                raise ModelFormatError(f"{what} has a beta that is not a number.")
            return SoftmaxOptions(table.Beta())


def _window(what: str, table: Any) -> tuple[int, int, int, int]:
    return (
        _positive(what, "stride_height", table.StrideH()),
        _positive(what, "stride_width", table.StrideW()),
        _positive(what, "dilation_height", table.DilationHFactor()),
        _positive(what, "dilation_width", table.DilationWFactor()),
    )


def _positive(what: str, name: str, value: int) -> int:
    if value < 1:
        raise ModelFormatError(f"{what} has {name} {value}; it must be at least 1.")
    return value


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
