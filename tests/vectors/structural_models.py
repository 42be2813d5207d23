"""Models of the operators that move codes, or spread them; see operator_models.py."""

from collections.abc import Sequence

import numpy as np
from flatbuffers_of import OpSpec, activation, constant, tflite_bytes
from operator_models import options_of


def another_shape(
    kind: str, before: tuple[int, ...], after: tuple[int, ...], axes: Sequence[int]
) -> bytes:
    """EXPAND_DIMS (one axis) or SQUEEZE."""
    tensors = [activation(before, 0.05, 3), activation(after, 0.05, 3)]
    if kind == "SQUEEZE":
        options = options_of("SqueezeOptions", squeezeDims=list(axes))
        return tflite_bytes(tensors, [OpSpec(kind, (0,), 1, options, 1)])
    tensors.append(constant(np.array(axes, np.int32)))
    return tflite_bytes(tensors, [OpSpec(kind, (0, 2), 1, options_of("ExpandDimsOptions"), 1)])
