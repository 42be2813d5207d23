"""One-operator models with everything drawn at random, for comparing with the oracle directly."""

from collections.abc import Callable, Mapping
from typing import Any

import operator_models as om
from numpy.random import Generator

ACTIVATIONS = ("NONE", "RELU", "RELU6", "RELU_N1_TO_1")
MEAN_AXES = ((1, 2), (2, 1), (1,), (2,), (3,), (-1,), (1, 2, 3), (-3, -2))


def _int(rng: Generator, low: int, high: int) -> int:
    return int(rng.integers(low, high + 1))


def _pair(rng: Generator, low: int, high: int) -> tuple[int, int]:
    return _int(rng, low, high), _int(rng, low, high)


def _choice(rng: Generator, values: tuple[Any, ...]) -> Any:
    return values[_int(rng, 0, len(values) - 1)]


def _zero_point(rng: Generator) -> int:
    return _int(rng, -128, 127)


def _scale(rng: Generator, low: float = -9.0, high: float = -1.0) -> float:
    return float(2 ** rng.uniform(low, high))


def _convolution(rng: Generator, *, depthwise: bool) -> bytes:
    channels = _int(rng, 1, 6)
    return om.convolution(
        rng,
        depthwise=depthwise,
        picture=(_int(rng, 8, 11), _int(rng, 8, 12), channels),
        filter_shape=_pair(rng, 1, 4),
        n_filters=channels * _int(rng, 1, 3) if depthwise else _int(rng, 1, 9),
        strides=_pair(rng, 1, 3),
        dilations=_pair(rng, 1, 2),
        padding=_choice(rng, ("SAME", "VALID")),
        activation_name=_choice(rng, ACTIVATIONS),
        per_channel=_choice(rng, (True, False)),
        bias=_choice(rng, ("none", "random", "huge")),
        weight_limit=_choice(rng, (1, 2, 20, 127, 127)),
        input_zero_point=_zero_point(rng),
        output_zero_point=_zero_point(rng),
        spread=_scale(rng, 3, 8),
        input_scale=_scale(rng),
        output_scale=_scale(rng),
    )


def _fully_connected(rng: Generator) -> bytes:
    keep = _choice(rng, (True, False))
    return om.fully_connected(
        rng,
        input_shape=(1, _int(rng, 1, 3), _int(rng, 1, 60)) if keep else (1, _int(rng, 1, 200)),
        n_units=_int(rng, 1, 12),
        keep_n_dims=keep,
        activation_name=_choice(rng, ACTIVATIONS),
        per_channel=_choice(rng, (True, False)),
        bias=_choice(rng, ("none", "random")),
        weight_limit=_choice(rng, (1, 2, 20, 127, 127)),
        input_zero_point=_zero_point(rng),
        output_zero_point=_zero_point(rng),
        spread=_scale(rng, 3, 8),
        input_scale=_scale(rng),
        output_scale=_scale(rng),
    )


def _pool(rng: Generator, kind: str) -> bytes:
    return om.pool(
        kind,
        picture=(_int(rng, 4, 11), _int(rng, 4, 12), _int(rng, 1, 6)),
        filter_shape=_pair(rng, 1, 4),
        strides=_pair(rng, 1, 3),
        padding=_choice(rng, ("SAME", "VALID")),
        activation_name=_choice(rng, ACTIVATIONS),
        zero_point=_zero_point(rng),
        scale=_scale(rng),
    )


def _mean(rng: Generator) -> bytes:
    scale, zero_point = _scale(rng), _zero_point(rng)
    same = _choice(rng, (True, False, False))
    return om.mean(
        input_shape=(1, _int(rng, 1, 9), _int(rng, 1, 9), _int(rng, 1, 8)),
        axes=_choice(rng, MEAN_AXES),
        keep_dims=_choice(rng, (True, False)),
        input_scale=scale,
        output_scale=scale if same else scale * _scale(rng, -4, 2),
        input_zero_point=zero_point,
        output_zero_point=zero_point if same else _zero_point(rng),
    )


def _add(rng: Generator) -> bytes:
    scale = _scale(rng)
    return om.add(
        scales=(scale, scale * _scale(rng, -5, 5), scale * _scale(rng, -4, 4)),
        zero_points=(_zero_point(rng), _zero_point(rng), _zero_point(rng)),
        activation_name=_choice(rng, ACTIVATIONS),
    )


def _softmax(rng: Generator) -> bytes:
    return om.softmax(
        shape=(1, _int(rng, 1, 4), _int(rng, 1, 40)),
        scale=_scale(rng, -12, 4),
        zero_point=_zero_point(rng),
        beta=_choice(rng, (1.0, 1.0, 0.5, 2.0)),
    )


def _relu(rng: Generator) -> bytes:
    return om.relu(
        "RELU",
        scales=(_scale(rng), _scale(rng)),
        zero_points=(_zero_point(rng), _zero_point(rng)),
    )


def _relu6(rng: Generator) -> bytes:
    scale, zero_point = _scale(rng), _zero_point(rng)
    return om.relu("RELU6", scales=(scale, scale), zero_points=(zero_point, zero_point))


def _pad(rng: Generator) -> bytes:
    amounts = ((0, 0), _pair(rng, 0, 3), _pair(rng, 0, 3), _pair(rng, 0, 3))
    return om.pad(amounts=amounts, zero_point=_zero_point(rng))


def _requantize(rng: Generator) -> bytes:
    return om.requantize(
        scales=(_scale(rng), _scale(rng)),
        zero_points=(_zero_point(rng), _zero_point(rng)),
    )


def _float_ends(rng: Generator) -> bytes:
    return om.float_ends(scale=_scale(rng), zero_point=_zero_point(rng))


RANDOM_MODELS: Mapping[str, Callable[[Generator], bytes]] = {
    "add": _add,
    "average_pool_2d": lambda rng: _pool(rng, "AVERAGE_POOL_2D"),
    "conv_2d": lambda rng: _convolution(rng, depthwise=False),
    "depthwise_conv_2d": lambda rng: _convolution(rng, depthwise=True),
    "float_ends": _float_ends,
    "fully_connected": _fully_connected,
    "max_pool_2d": lambda rng: _pool(rng, "MAX_POOL_2D"),
    "mean": _mean,
    "pad": _pad,
    "quantize": _requantize,
    "relu": _relu,
    "relu6": _relu6,
    "softmax": _softmax,
}
