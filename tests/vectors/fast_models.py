"""Models of one operator that the fast kernels run, over sizes from 1 upward and their edges."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import operator_models as om
from numpy.random import Generator, default_rng

from tinymledu.graph.tflite import load_model

LONG = 513  # terms: one more than the packed product sums without a break
NEAR_ONE = 181 * 2.0**-23  # 1 - it and 1 + it are float32; their product is 1 - 0.9998 * 2**-31

# Factors that give the multipliers at both ends, and the scale of the input that goes with them.
MULTIPLIER_ENDS: Mapping[str, tuple[float, float]] = {
    "smallest": (0.5, 1.0),
    "largest": ((1 - NEAR_ONE) * (1 + NEAR_ONE), 1 - NEAR_ONE),
}

# Zero points at both ends, clamps inside int8, outputs that saturate at both ends.
ENDS: Sequence[Mapping[str, Any]] = (
    {"input_zero_point": -128, "output_zero_point": 127, "spread": 60.0},
    {"input_zero_point": 127, "output_zero_point": -128, "spread": 400.0},
    {"activation_name": "RELU", "output_zero_point": 5, "spread": 80.0},
    {"activation_name": "RELU6", "output_zero_point": -100, "bias": "none"},
    {"per_channel": False, "spread": 15.0, "bias": "none", "output_zero_point": 0},
    {"bias": "huge", "input_zero_point": 0},
)


def _rngs(seed: int) -> Iterator[Generator]:
    return (default_rng([seed, k]) for k in itertools.count())


def pointwise() -> dict[str, bytes]:
    """CONV_2D, 1x1, stride 1: pixels, channels and outputs from 1 upward; four pixels at a time."""
    sizes = [
        *((n, 3 * n % 10 + 1, 5 * n % 7 + 1) for n in range(1, 10)),
        *((5, n, 3) for n in range(1, 10)),
        *((6, 5, n) for n in range(1, 7)),
        *((5, n, 3) for n in (LONG - 1, LONG, 2 * LONG)),
        (4, 2 * LONG, 1),
    ]
    return {
        f"{pixels}_pixels_{channels}_to_{outputs}": om.convolution(
            rng,
            picture=(1, pixels, channels),
            filter_shape=(1, 1),
            n_filters=outputs,
            padding="VALID" if pixels % 2 else "SAME",
            **ends,
        )
        for (pixels, channels, outputs), rng, ends in zip(
            sizes, _rngs(1), itertools.cycle(ENDS), strict=False
        )
    }


def convolutions() -> dict[str, bytes]:
    """CONV_2D that gathers windows: some inside, some cut, some wholly in the padding."""
    windows = [  # picture, filter, strides, dilations
        *(((n, 10 - n, 1 + n % 5), (3, 3), (1, 1), (1, 1)) for n in range(1, 10)),
        *(((n, n + 1, 8), (2, 3), (2, 2), (1, 1)) for n in range(1, 6)),
        *(((6, n, 4), (3, 2), (1, n % 3 + 1), (1, 1)) for n in range(1, 9)),
        ((1, 1, 1), (5, 5), (1, 1), (1, 1)),  # more padding than picture
        ((1, 2, 3), (5, 4), (3, 3), (1, 1)),
        ((2, 1, 4), (4, 5), (2, 1), (1, 1)),
        ((5, 6, 3), (3, 3), (1, 1), (2, 3)),
        ((3, 3, 4), (3, 3), (1, 1), (3, 2)),  # taps outside between taps inside
        ((4, 9, 2), (2, 3), (1, 1), (1, 4)),
        ((9, 4, 2), (3, 2), (1, 1), (4, 1)),
        ((7, 5, 3), (1, 1), (2, 2), (1, 1)),
        ((8, 7, 3), (1, 1), (3, 1), (1, 1)),
        ((1, 9, 6), (1, 4), (1, 1), (1, 1)),  # Conv1D
        ((3, 3, 58), (3, 3), (1, 1), (1, 1)),  # 522 terms, each row filled up to 176
        ((4, 2, 64), (3, 3), (1, 1), (1, 1)),  # 576 terms
    ]
    models = {}
    for k, ((picture, window, strides, dilations), rng) in enumerate(
        zip(windows, _rngs(2), strict=False)
    ):
        reach = [(taps - 1) * step + 1 for taps, step in zip(window, dilations, strict=True)]
        fits = all(extent >= n for extent, n in zip(picture, reach, strict=False))
        for padding in ["SAME", "VALID"] if fits else ["SAME"]:
            name = f"{k}_{'x'.join(map(str, picture))}_{padding.lower()}"
            models[name] = om.convolution(
                rng,
                picture=picture,
                filter_shape=window,
                strides=strides,
                dilations=dilations,
                padding=padding,
                n_filters=1 + k % 5,
                **ENDS[k % len(ENDS)],
            )
    return models


def depthwise() -> dict[str, bytes]:
    """DEPTHWISE_CONV_2D, 3x3, strides 1 and 2; four channels and two outputs at a time."""
    pictures = [
        *((1, n, n) for n in range(1, 10)),
        *((n, 11 - n, 9 - n % 8) for n in range(1, 9)),
        *((3 + n % 2, 3 + n, 4 + n) for n in range(5)),
        (12, 3, 16),
    ]
    models = {}
    for k, (picture, rng) in enumerate(zip(pictures, _rngs(3), strict=False)):
        for stride in (1, 2):
            padding = "VALID" if min(picture[:2]) >= 3 and (k + stride) % 2 else "SAME"
            name = f"{'x'.join(map(str, picture))}_stride_{stride}_{padding.lower()}"
            models[name] = om.convolution(
                rng,
                depthwise=True,
                picture=picture,
                n_filters=picture[2],
                strides=(stride, stride),
                padding=padding,
                **ENDS[(k + stride) % len(ENDS)],
            )
    return models


def dense() -> dict[str, bytes]:
    """FULLY_CONNECTED: inputs, units and rows from 1 upward; two units at a time."""
    sizes = [
        *((1, n, 1 + n % 5) for n in range(1, 14)),
        *((1, 6, n) for n in range(1, 6)),
        *((n, 5, n) for n in range(2, 5)),
        *((1, n, 3) for n in (LONG - 1, LONG, 2 * LONG)),
        (2, LONG, 2),
    ]
    return {
        f"{rows}_rows_{inputs}_to_{units}": om.fully_connected(
            rng,
            input_shape=(1, rows, inputs) if rows > 1 else (1, inputs),
            n_units=units,
            keep_n_dims=rows > 1,
            **ends,
        )
        for (rows, inputs, units), rng, ends in zip(
            sizes, _rngs(4), itertools.cycle(ENDS[:-1]), strict=False
        )
    }


def shifts() -> dict[str, bytes]:
    """Shifts from -1 to -22 with the smallest and the largest multiplier: 2**30 and 2**31 - 1."""
    models = {}
    ends = {1: 0, 2: 127, 7: -128, 12: -7, 21: 90, 22: 0}  # output zero points
    for k, (shift, zero_point) in enumerate(ends.items()):
        for end, (factor, input_scale) in MULTIPLIER_ENDS.items():
            models[f"{shift}_{end}_multiplier"] = om.convolution(
                default_rng([5, shift]),
                picture=(1, 7, LONG if shift > 12 else 2),
                filter_shape=(1, 1),
                n_filters=3,
                factors=(factor * 2.0**-shift,) * 3,
                input_scale=input_scale,
                output_scale=1.0,
                weight_limit=127 if shift > 12 else 1 + 9 * k,
                input_zero_point=(-128, 127)[k % 2],
                output_zero_point=zero_point,
                bias="none" if shift == 22 else "random",
            )
    return models


def sums() -> dict[str, bytes]:
    """ADD of x and requantized x: the same scale, nearly the same, either one larger, far apart."""
    scales = [
        (0.02, 0.02, 0.03),
        (0.02, float(np.nextafter(np.float32(0.02), np.float32(1))), 0.03),
        (0.01, 0.03, 0.02),
        (0.03, 0.01, 0.025),
        (0.5, 0.5, 0.004),
        (1.0, 1.5 * 2.0**-22, 0.6),  # the smaller one is shifted by 22
        (1.5 * 2.0**-22, 1.0, 0.6),
        (0.03, 0.02, 2.0**-20 * 0.13),  # the sum's factor has shift -1
        (0.01, 0.02, 0.13),  # ... and -21
    ]
    points = [(-128, 127, 0), (127, -128, 127), (0, 5, -128), (-7, 3, 12)]
    return {
        f"{n}_values_{k}": om.add(
            shape=(1, n),
            scales=scales[k % len(scales)],
            zero_points=points[k % len(points)],
            activation_name=("NONE", "RELU", "RELU6")[k % 3],
        )
        for k, n in enumerate([*range(1, 10), *(256 + j for j in range(9))])
    }


KERNELS: Mapping[str, str] = {
    "pointwise": "tk_conv_1x1_s8_fast",
    "shifts": "tk_conv_1x1_s8_fast",
    "convolutions": "tk_conv_2d_s8_fast",
    "depthwise": "tk_depthwise_3x3_s8_fast",
    "dense": "tk_fully_connected_s8_fast",
    "sums": "tk_add_s8_fast",
}


def models_of(group: str) -> dict[str, bytes]:
    """The .tflite files of one of KERNELS' groups by name."""
    makers = {
        "pointwise": pointwise,
        "shifts": shifts,
        "convolutions": convolutions,
        "depthwise": depthwise,
        "dense": dense,
        "sums": sums,
    }
    return {f"{group}_{name}": content for name, content in makers[group]().items()}


def with_constant(content: bytes, position: int, change: Any) -> bytes:
    """The model with a constant of its first operator changed in place by `change`."""
    graph = load_model(content).graph
    tensor = graph.tensors[graph.ops[0].inputs[position]]
    assert tensor.data is not None
    assert content.count(tensor.data.tobytes()) == 1
    changed = tensor.data.copy()
    change(changed)
    return content.replace(tensor.data.tobytes(), changed.tobytes())
