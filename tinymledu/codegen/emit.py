"""C99 text from a planned program: the templates in firmware/templates/ with their holes filled."""

import re
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

import jinja2
import numpy as np
from numpy.typing import NDArray

from tinymledu import __version__
from tinymledu.codegen.choice import Optimise
from tinymledu.codegen.plan import plan_program
from tinymledu.codegen.records import (
    Argument,
    ArgumentList,
    CSource,
    Layer,
    LayerInfo,
    Number,
    Program,
)
from tinymledu.errors import InputError
from tinymledu.files import shipped
from tinymledu.graph.ir import Tensor, TFLiteModel

NUMBERS_PER_LINE = 16
# fmt: off
C_KEYWORDS = frozenset([
    "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum",
    "extern", "float", "for", "goto", "if", "inline", "int", "long", "register", "restrict",
    "return", "short", "signed", "sizeof", "static", "struct", "switch", "typedef", "union",
    "unsigned", "void", "volatile", "while",
])
# fmt: on
RESERVED_PREFIXES = ("tk_", "tml_", "layer_", "main", "startup", "virtual_board", "qemu", "std")


def generate_c(
    model: TFLiteModel,
    *,
    c_name: str | None = None,
    optimise: Optimise = "speed",
    keep_dead_channels: bool = False,
    plan: Mapping[int, int] | None = None,
) -> CSource:
    """Write an int8 model as portable C99, with the kernels it needs.

    Args:
        optimise: "speed" takes the fast kernels, "size" those with the least code and tables.
        keep_dead_channels: keep channels that are constant for every input; otherwise they are
            folded into what reads them, which changes no output byte.
        plan: where each activation lies in the arena: byte offset by tensor index. The graph is
            then compiled as the file has it, with nothing fused or folded.
        c_name: prefix of everything the C declares; otherwise made from the model's name.

    Raises:
        UnsupportedModelError: an operator, type or shape that has no kernel.
        QuantizationError: scales that the integer arithmetic cannot carry.
        InputError: c_name is not a C identifier that is free to use; or a plan that is incomplete,
            misaligned, or lets two tensors overlap that are in use at the same time.
    """
    name = c_identifier(model.name) if c_name is None else _checked(c_name)
    program = plan_program(
        model, optimise=optimise, keep_dead_channels=keep_dead_channels, plan=plan
    )
    files = {
        f"{name}{suffix}": _fill(f"model{suffix}", model, program, name) for suffix in (".h", ".c")
    }
    files.update(_kernel_files(program.kernels))
    return CSource(
        c_name=name,
        model_name=model.name,
        model_sha256=model.sha256,
        files=files,
        layers=tuple(_info(layer) for layer in program.layers),
        model_macs=program.model_macs,
        arena_bytes=program.arena_bytes,
        input_bytes=program.input_bytes,
        output_bytes=program.output_bytes,
        weights_bytes=_weights_bytes(program),
    )


def c_identifier(name: str) -> str:
    """A C identifier from any text: 'VWW 96x96' becomes 'vww_96x96', '3 words' 'model_3_words'."""
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower(), flags=re.ASCII).strip("_")[:40]
    return plain if _is_free(plain) else f"model_{plain}".rstrip("_")


def _is_free(name: str) -> bool:
    identifier = re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,62}", name, flags=re.ASCII)
    return bool(identifier) and name not in C_KEYWORDS and not name.startswith(RESERVED_PREFIXES)


def _checked(c_name: str) -> str:
    if not _is_free(c_name):
        raise InputError(
            f"{c_name!r} cannot be the prefix of generated C: it must be a C identifier of at most "
            f"63 letters, digits and underscores, begin with a letter, be no keyword, and not "
            f"begin with {', '.join(RESERVED_PREFIXES)}."
        )
    return c_name


def _kernel_files(kernels: Iterable[str]) -> dict[str, str]:
    """The kernels' headers and sources, and those that they include, by name."""
    folder = shipped("firmware", "kernels")
    files: dict[str, str] = {}
    wanted = list(kernels)
    while wanted:
        stem = wanted.pop()
        for path in (folder / f"{stem}.h", folder / f"{stem}.c"):
            if path.name not in files and path.is_file():  # some headers have no source
                files[path.name] = path.read_text(encoding="utf-8")
                wanted += re.findall(r'#include "(tk_\w+)\.h"', files[path.name])
    return dict(sorted(files.items()))


def _info(layer: Layer) -> LayerInfo:
    kernel = layer.call.kernel if layer.call else None
    return LayerInfo(
        layer.index, layer.op, kernel, layer.macs, layer.output_shape, layer.arena_bytes_live
    )


def _weights_bytes(program: Program) -> int:
    return sum(table.n_bytes for layer in program.layers for table in layer.tables)


def _fill(template: str, model: TFLiteModel, program: Program, c_name: str) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(shipped("firmware", "templates")),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # C, not HTML; the only free text is the model's name, made plain below
    )
    environment.filters.update(
        c_number=_c_number,
        number_lines=_number_lines,
        pointer=partial(_pointer, program),
        shapes_text=_shapes_text,
        tensor_text=_tensor_text,
    )
    return environment.get_template(template).render(
        model_name=_plain_text(model.name),
        model_sha256=model.sha256,
        version=__version__,
        c_name=c_name,
        macro=c_name.upper(),
        program=program,
        input=model.graph.input,
        output=model.graph.output,
        weights_bytes=_weights_bytes(program),
    )


def _plain_text(name: str) -> str:
    """A name that cannot end a comment, or begin one."""
    return re.sub(r"[^A-Za-z0-9 ._+()-]", "_", name)[:80]


def _c_number(value: Number) -> str:
    """An integer, a float32 written exactly, or a list of integers in braces."""
    if isinstance(value, tuple):
        return "{" + ", ".join(str(each) for each in value) + "}"
    if isinstance(value, float):
        return f"{float(np.float32(value)).hex()}f /* {value:.9g} */"
    return str(value)


def _number_lines(values: NDArray[np.generic]) -> str:
    """The entries of a table, several to a line; a record is a line of its own, in braces."""
    entries = values.ravel().tolist()
    if values.dtype.names:
        lines = [_record(entry) for entry in entries]
    else:
        lines = [
            ", ".join(map(str, entries[start : start + NUMBERS_PER_LINE]))
            for start in range(0, len(entries), NUMBERS_PER_LINE)
        ]
    return ",\n".join(f"    {line}" for line in lines)


def _record(entry: Any) -> str:
    """A number, or a record or array of them in braces."""
    if isinstance(entry, tuple | np.ndarray):
        return "{" + ", ".join(map(_record, entry)) + "}"
    return str(entry)


def _pointer(program: Program, argument: Argument | ArgumentList) -> str:
    if isinstance(argument, ArgumentList):
        each = [_pointer(program, Argument(argument.c_type, k)) for k in argument.tensors]
        lines = ",\n".join(f"            {pointer}" for pointer in each)
        return f"({argument.c_type} *const[]){{\n{lines}}}"
    place = f"(arena + {program.offsets[argument.tensor]})"
    if not argument.c_type.endswith("int8_t"):  # the arena's alignment and the offset's make it fit
        place = f"(void *){place}"
    return f"({argument.c_type} *){place}"


def _shape_text(shape: tuple[int, ...]) -> str:
    return "x".join(str(extent) for extent in shape) or "1"


def _shapes_text(layer: Layer) -> str:
    return f"{_shape_text(layer.input_shape)} to {_shape_text(layer.output_shape)}"


def _tensor_text(tensor: Tensor) -> str:
    text = f"{_shape_text(tensor.shape)} {tensor.dtype}"
    if tensor.quantization is None:
        return text
    scale, zero_point = tensor.quantization.scale, tensor.quantization.zero_point
    return f"{text}, real value = {scale:.9g} * (code - {zero_point})"
