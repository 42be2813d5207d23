"""The program of a real board: the model, the protocol it answers in, and an Arduino sketch."""

import re

from tinymledu import __version__
from tinymledu.boards.firmware import fill
from tinymledu.codegen.records import CSource
from tinymledu.errors import UnsupportedModelError
from tinymledu.graph.ir import Tensor, TFLiteModel

_C_TYPES = {"int8": "int8_t", "uint8": "uint8_t", "int16": "int16_t", "float32": "float"}
_PIXELS = "Pictures travel as unsigned pixels; a flipped top bit makes int8 codes of them."
_CODES = "The bytes of the input tensor travel as they are."


def sketch_name(source: CSource) -> str:
    """Name of the sketch, and of the folder that it must lie in."""
    return f"{source.c_name}_sketch"


def sketch_files(model: TFLiteModel, source: CSource) -> dict[str, str]:
    """File names to text: all that a board needs to answer `tinymledu.boards.serial`.

    Args:
        source: generate_c(model).
    """
    output = model.graph.output
    scale, zero_point = _real_of(output)
    flip = wire_flip(model.graph.input)
    holes = {
        "model_name": wire_name(model),
        "model_sha256": model.sha256,
        "version": __version__,
        "c_name": source.c_name,
        "macro": source.c_name.upper(),
        "wire_flip": f"{flip:#04x}",
        "wire_note": _PIXELS if flip else _CODES,
        "output_c_type": _c_type(output),
        "output_scale": f"{scale.hex()}F",
        "output_zero_point": zero_point,
    }
    texts = dict(source.files)
    texts["protocol.h"] = fill("protocol.h", holes)
    texts["protocol.c"] = fill("protocol.c", holes)
    texts[f"{sketch_name(source)}.ino"] = fill("sketch.ino", holes)
    return texts


def wire_name(model: TFLiteModel) -> str:
    """The model's name in characters that end neither a line of the protocol nor a C comment."""
    return re.sub(r"[^A-Za-z0-9 ._+()-]", "_", model.name)[:80] or "model"


def wire_flip(tensor: Tensor) -> int:
    """0x80 where inputs travel as unsigned bytes, else 0; XOR turns codes into bytes and back.

    MLPerf Tiny sends pictures as pixels of 0 to 255. Where an int8 input has zero point -128, these
    are its codes with the top bit flipped.
    """
    zero_point = tensor.quantization.zero_point if tensor.quantization else 0
    return 0x80 if tensor.dtype == "int8" and zero_point == -128 else 0


def _real_of(tensor: Tensor) -> tuple[float, int]:
    if tensor.quantization is None:
        return 1.0, 0
    return float(tensor.quantization.scale), tensor.quantization.zero_point


def _c_type(tensor: Tensor) -> str:
    if tensor.dtype not in _C_TYPES:
        raise UnsupportedModelError(
            f"A board answers in {', '.join(_C_TYPES)}, and this model's output is {tensor.dtype}."
        )
    return _C_TYPES[tensor.dtype]
