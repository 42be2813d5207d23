"""Known answers: inputs with the outputs of the sender, to be computed again by the receiver."""

import json
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinymledu.bundles.contents import json_of
from tinymledu.errors import BundleError
from tinymledu.graph.ir import Tensor, TFLiteModel
from tinymledu.graph.quantized_input import input_codes
from tinymledu.graph.reference import Interpreter
from tinymledu.units import count

NAME = "model/known_answers.json"
MAX_ANSWERS = 64
MAX_BYTES = 4_000_000  # of all inputs together, or of all outputs
_EXACT = ("int8", "int16")  # integer arithmetic gives the same bytes everywhere

Codes = NDArray[Any]


def answers_text(model: TFLiteModel, inputs: ArrayLike) -> str:
    """The file, with what our interpreter answers to the inputs.

    Raises:
        BundleError: no inputs, too many, or a model that does not end in integers.
    """
    codes = input_codes(model.graph.input, inputs)
    _check_kind(model)
    if not 1 <= len(codes) <= MAX_ANSWERS:
        raise BundleError(f"{count(len(codes))} known answers: give 1 to {MAX_ANSWERS}.")
    outputs = Interpreter(model).run(codes)
    if len(codes) > 1 and len(np.unique(outputs.reshape(len(codes), -1), axis=0)) == 1:
        raise BundleError(
            "All known answers are equal, so they would not notice another model. Give inputs to "
            "which the model answers differently."
        )
    said = {"inputs": _hex(codes), "outputs": _hex(outputs)}
    return json.dumps(said, indent=1) + "\n"


def check_answers(model: TFLiteModel, content: bytes) -> tuple[Codes, Codes]:
    """Compute the outputs again.

    Returns:
        inputs (k, *input shape) and outputs (k, *output shape), as codes.

    Raises:
        BundleError: the file cannot be read, or an output differs; says which and where.
    """
    _check_kind(model)
    said = json_of(content, NAME, dict)
    inputs = _codes(_texts(said, "inputs"), model.graph.input, "input")
    expected = _codes(_texts(said, "outputs"), model.graph.output, "output")
    if len(inputs) != len(expected) or not 1 <= len(inputs) <= MAX_ANSWERS:
        raise BundleError(
            f"{NAME}: {len(inputs)} inputs and {len(expected)} outputs; 1 to {MAX_ANSWERS} of each "
            "are needed."
        )
    found = Interpreter(model).run(inputs)
    wrong = np.argwhere(found != expected)
    if len(wrong):
        first, *place = (int(i) for i in wrong[0])
        where = (first, *place)
        raise BundleError(
            f"{NAME}: the model in this bundle does not give the known answers. "
            f"{count(len(np.unique(wrong[:, 0])))} of {len(inputs)} differ; the first is answer "
            f"{first}, value {place}: the sender says {expected[where]}, computed here "
            f"{found[where]}."
        )
    return inputs, expected


def _texts(said: dict[str, Any], key: str) -> list[str]:
    texts = said.get(key)
    if not isinstance(texts, list) or not all(isinstance(one, str) for one in texts):
        raise BundleError(f"{NAME}: {key} is no list of hexadecimal text.")
    return texts


def _check_kind(model: TFLiteModel) -> None:
    kinds = {model.graph.input.dtype, model.graph.output.dtype}
    if not kinds <= set(_EXACT):
        raise BundleError(
            f"model/model.tflite takes and gives {', '.join(sorted(kinds))}. A bundle holds int8 "
            "models only, whose answers are the same everywhere."
        )


def _hex(codes: Codes) -> list[str]:
    return [np.ascontiguousarray(one).tobytes().hex() for one in codes]


def _codes(texts: list[str], tensor: Tensor, what: str) -> Codes:
    shape = tensor.shape[1:]
    n_bytes = int(np.prod(shape)) * np.dtype(tensor.dtype).itemsize
    if n_bytes * len(texts) > MAX_BYTES:
        raise BundleError(
            f"{NAME}: {count(n_bytes * len(texts))} bytes of {what}s; at most {count(MAX_BYTES)}."
        )
    parts = []
    for index, text in enumerate(texts):
        try:
            part = bytes.fromhex(text)
        except ValueError:
            part = b""
        if len(part) != n_bytes:
            raise BundleError(f"{NAME}: {what} {index} is not {n_bytes} bytes in hexadecimal.")
        parts.append(np.frombuffer(part, np.dtype(tensor.dtype).newbyteorder("<")).reshape(shape))
    return np.stack(parts).astype(tensor.dtype) if parts else np.zeros((0, *shape), tensor.dtype)
