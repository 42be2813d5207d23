"""A model as plain records: tensors, operators, and the graph that joins them.

Shapes are NHWC as TensorFlow Lite stores them. Everything is frozen; constant data is a read-only
NumPy array. A graph says what is computed; how, is for reference.py (NumPy) and codegen/ (C).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Padding = Literal["SAME", "VALID"]
Activation = Literal["NONE", "RELU", "RELU6", "RELU_N1_TO_1"]


@dataclass(frozen=True, slots=True)
class Quantization:
    """real = scale * (code - zero_point); one scale, or one for each index along `axis`."""

    scales: tuple[float, ...]
    zero_points: tuple[int, ...]
    axis: int = 0

    @property
    def scale(self) -> float:
        """The only scale of a per-tensor quantization."""
        (scale,) = self.scales
        return scale

    @property
    def zero_point(self) -> int:
        """The only zero point of a per-tensor quantization."""
        (zero_point,) = self.zero_points
        return zero_point


@dataclass(frozen=True, slots=True)
class Tensor:
    """One array of the graph. `data` is set for constants (weights, biases, shapes) only."""

    index: int
    name: str
    shape: tuple[int, ...]
    dtype: str  # NumPy name: int8, int32, float32, ...
    quantization: Quantization | None = None
    data: NDArray[np.generic] | None = None

    @property
    def n_elements(self) -> int:
        n = 1
        for extent in self.shape:
            n *= extent
        return n

    @property
    def n_bytes(self) -> int:
        return self.n_elements * np.dtype(self.dtype).itemsize


@dataclass(frozen=True, slots=True)
class Conv2DOptions:
    stride_height: int
    stride_width: int
    dilation_height: int
    dilation_width: int
    padding: Padding
    activation: Activation


@dataclass(frozen=True, slots=True)
class DepthwiseConv2DOptions:
    stride_height: int
    stride_width: int
    dilation_height: int
    dilation_width: int
    padding: Padding
    activation: Activation
    depth_multiplier: int


@dataclass(frozen=True, slots=True)
class FullyConnectedOptions:
    activation: Activation
    keep_n_dims: bool


@dataclass(frozen=True, slots=True)
class PoolOptions:
    stride_height: int
    stride_width: int
    filter_height: int
    filter_width: int
    padding: Padding
    activation: Activation


@dataclass(frozen=True, slots=True)
class AddOptions:
    activation: Activation


@dataclass(frozen=True, slots=True)
class SubOptions:
    activation: Activation


@dataclass(frozen=True, slots=True)
class MulOptions:
    activation: Activation


@dataclass(frozen=True, slots=True)
class ConcatenationOptions:
    axis: int  # may count from the end
    activation: Activation


@dataclass(frozen=True, slots=True)
class ReduceOptions:
    keep_dims: bool


@dataclass(frozen=True, slots=True)
class SoftmaxOptions:
    beta: float


@dataclass(frozen=True, slots=True)
class TransposeConvOptions:
    """Strides are steps of the output, and padding is what is cut off from it."""

    stride_height: int
    stride_width: int
    padding: Padding
    activation: Activation


@dataclass(frozen=True, slots=True)
class ResizeNearestOptions:
    """align_corners: the corner pixels lie on each other. half_pixel_centers: positions are those
    of the middles of the pixels."""

    align_corners: bool
    half_pixel_centers: bool


@dataclass(frozen=True, slots=True)
class LeakyReluOptions:
    alpha: float  # the slope below 0


@dataclass(frozen=True, slots=True)
class StridedSliceOptions:
    """Bit k is about axis k: whether the slice starts at the first entry, ends after the last, and
    is one entry, without the axis. others: any of the remaining options is set."""

    from_begin: int
    to_end: int
    shrink_axis: int
    others: bool


@dataclass(frozen=True, slots=True)
class PackOptions:
    axis: int


@dataclass(frozen=True, slots=True)
class UnpackOptions:
    axis: int


@dataclass(frozen=True, slots=True)
class CopyOptions:
    """output[i, j, ...] = input[first + i * steps[0] + j * steps[1] + ...]; see copies.py."""

    first: int
    steps: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class InFloatOptions:
    """From codes to codes, but computed in float32 between them; see float_islands.py."""


@dataclass(frozen=True, slots=True)
class NoOptions:
    """Operators such as RESHAPE, PAD and QUANTIZE: all they need is in their tensors."""


Options = (
    Conv2DOptions
    | DepthwiseConv2DOptions
    | FullyConnectedOptions
    | PoolOptions
    | AddOptions
    | SubOptions
    | MulOptions
    | ConcatenationOptions
    | ReduceOptions
    | SoftmaxOptions
    | LeakyReluOptions
    | TransposeConvOptions
    | ResizeNearestOptions
    | StridedSliceOptions
    | PackOptions
    | UnpackOptions
    | CopyOptions
    | InFloatOptions
    | NoOptions
)


@dataclass(frozen=True, slots=True)
class Op:
    """One operator. `kind` is TensorFlow Lite's builtin name, such as CONV_2D."""

    index: int
    kind: str
    version: int
    inputs: tuple[int, ...]  # tensor indices; -1 for an absent optional input; see normal_form.py
    outputs: tuple[int, ...]
    options: Options | None  # None: an operator this package does not know


@dataclass(frozen=True, slots=True)
class Graph:
    """The first subgraph of a model, operators in execution order: op.index is the position."""

    tensors: tuple[Tensor, ...]
    ops: tuple[Op, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]

    def op_inputs(self, op: Op) -> Iterator[Tensor]:
        """The tensors an operator reads, constants included, absent ones left out."""
        return (self.tensors[index] for index in op.inputs if index >= 0)

    def op_outputs(self, op: Op) -> Iterator[Tensor]:
        return (self.tensors[index] for index in op.outputs)

    @property
    def input(self) -> Tensor:
        """The only input of a single-input model."""
        (index,) = self.inputs
        return self.tensors[index]

    @property
    def output(self) -> Tensor:
        """The only output of a single-output model."""
        (index,) = self.outputs
        return self.tensors[index]


@dataclass(frozen=True, slots=True)
class TFLiteModel:
    """A .tflite file: its bytes, what they say, and the labels stored with it.

    scheme: float32, dynamic, float16, int8; "unknown" for a file whose weights are of no such kind.
    labels: class names in output order; empty where the file carries none.
    """

    name: str
    content: bytes
    sha256: str
    scheme: str
    labels: tuple[str, ...]
    graph: Graph

    @property
    def file_bytes(self) -> int:
        """Size of the .tflite file: not what it takes on a board (see Deployment.memory)."""
        return len(self.content)

    def __repr__(self) -> str:
        return (
            f"TFLiteModel({self.name!r}, {self.scheme}, {len(self.graph.ops)} operators, "
            f"{len(self.content):,} B, sha256 {self.sha256[:12]})"
        )
