"""Models of the operators that take one code after the other; see operator_models.py."""

from flatbuffers_of import OpSpec, activation, tflite_bytes

ALL_CODES = (1, 256)  # the shape of an input that holds each code once

OUTPUTS = {"LOGISTIC": (1 / 256, -128), "TANH": (1 / 128, 0)}


def function_of_one(
    kind: str,
    *,
    shape: tuple[int, ...] = ALL_CODES,
    scale: float = 0.047,
    zero_point: int = 3,
) -> bytes:
    """LOGISTIC or TANH."""
    tensors = [activation(shape, scale, zero_point), activation(shape, *OUTPUTS[kind])]
    return tflite_bytes(tensors, [OpSpec(kind, (0,), 1, None, 2)])
