"""What the code generator passes on: a program of layers, and the C source made from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

Number = int | float | tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A constant array of the generated program: weights, biases, multipliers, shifts."""

    field: str  # designator in the kernel's layer struct, such as "product.weights"
    c_type: str
    values: NDArray[Any]  # one number for each entry, or a NumPy record for a C struct

    @property
    def variable(self) -> str:
        """The end of the array's name in C."""
        return self.field.replace(".", "_")

    @property
    def n_bytes(self) -> int:
        return int(self.values.nbytes)


@dataclass(frozen=True, slots=True)
class Argument:
    """One pointer into the arena that a kernel is called with."""

    c_type: str  # "const int8_t", "int8_t", "const float" or "float"
    tensor: int  # index in the graph


@dataclass(frozen=True, slots=True)
class ArgumentList:
    """An array of pointers into the arena, for a kernel that reads any number of inputs."""

    c_type: str  # of what each points to
    tensors: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class KernelCall:
    """What one operator becomes: a kernel, the fields of its layer struct, and its pointers.

    fields: C designators ("geometry.stride_width") to values, in the order of the struct.
    absent: pointer fields that are NULL.
    scratch_bytes: memory that the kernel needs while it runs, as its last argument; 0 for none.
    clearances: for each input, how many bytes before it the output must begin at least so that the
        two may overlap (negative: it may begin after it); None where they must not overlap.
    """

    kernel: str
    fields: Mapping[str, Number]
    arguments: tuple[Argument | ArgumentList, ...]
    tables: tuple[Table, ...] = ()
    absent: tuple[str, ...] = ()
    note: str = ""  # what a reader wants to know besides the shapes: filter, stride, activation
    scratch_bytes: int = 0
    clearances: tuple[int | None, ...] = (None,)


@dataclass(frozen=True, slots=True)
class Layer:
    """One operator of the model, in execution order."""

    index: int
    op: str
    macs: int
    call: KernelCall | None  # None: no code; the output is the input's place in the arena
    input_shape: tuple[int, ...]  # of its first input
    output_shape: tuple[int, ...]
    arena_bytes_live: int
    scratch_offset: int | None = None  # in the arena; None where the kernel needs no scratch

    @property
    def tables(self) -> tuple[Table, ...]:
        return self.call.tables if self.call else ()


@dataclass(frozen=True, slots=True)
class Program:
    """A model as a straight sequence of kernel calls on one arena.

    model_macs: multiply-accumulates of the model as it is, with its constant channels.
    """

    layers: tuple[Layer, ...]
    model_macs: int
    offsets: Mapping[int, int]  # tensor index to byte offset in the arena
    arena_bytes: int
    input_offset: int
    input_bytes: int
    output_offset: int
    output_bytes: int

    @property
    def kernels(self) -> tuple[str, ...]:
        """Names of the kernels it calls, each once, sorted."""
        return tuple(sorted({layer.call.kernel for layer in self.layers if layer.call}))

    @property
    def macs(self) -> int:
        return sum(layer.macs for layer in self.layers)


@dataclass(frozen=True, slots=True)
class LayerInfo:
    """One operator as reports show it. kernel is None where it needs no code (RESHAPE)."""

    index: int
    op: str
    kernel: str | None
    macs: int
    output_shape: tuple[int, ...]
    arena_bytes_live: int


@dataclass(frozen=True, slots=True)
class CSource:
    """A model as C99: file names to text, and the sizes that the text declares.

    weights_bytes counts all constant tables: weights, biases, multipliers and shifts.
    model_macs: multiply-accumulates of the model as it is; macs has those that are left.
    """

    c_name: str
    model_name: str
    model_sha256: str
    files: Mapping[str, str]
    layers: tuple[LayerInfo, ...]
    model_macs: int
    arena_bytes: int
    input_bytes: int
    output_bytes: int
    weights_bytes: int

    @property
    def macs(self) -> int:
        """Multiply-accumulates of one inference, taps in the padding included."""
        return sum(layer.macs for layer in self.layers)

    @property
    def folded_note(self) -> str:
        """Why it has fewer multiply-accumulates than the model; '' where it has all."""
        if self.macs == self.model_macs:
            return ""
        return (
            f"{self.macs:,} of the model's {self.model_macs:,} multiply-accumulates: channels that "
            "are constant for every input are folded away"
        )
