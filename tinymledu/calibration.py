"""Scores that can be read as chances: logits, the temperature that repairs them, and its check.

A classifier's logits are what its last layer computes; softmax turns them into scores that sum to
1. They are chances only if pictures with a score of 0.8 are right in 80 of 100 cases.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinymledu.errors import InputError, UnsupportedModelError
from tinymledu.graph.affine import dequantized
from tinymledu.graph.ir import TFLiteModel
from tinymledu.graph.reference import Interpreter

Logits = NDArray[np.float64]
PICTURES_AT_ONCE = 100
LOWEST, HIGHEST = 1 / 32, 32.0  # temperatures that are tried
STEPS = 60  # of golden section: each keeps 0.618 of the range, so 60 leave 3e-13 of it
GOLDEN = (math.sqrt(5) - 1) / 2


def logits_of(model: TFLiteModel, pictures: NDArray[np.uint8]) -> Logits:
    """What goes into the softmax of an int8 model, as real numbers.

    Args:
        pictures: (n, height, width, channels) uint8.

    Returns:
        (n, n_classes), no unit; a multiple of the scale of that tensor.

    Raises:
        UnsupportedModelError: the model is not int8, or does not end in SOFTMAX.
    """
    last = model.graph.ops[-1]
    if last.kind != "SOFTMAX":
        raise UnsupportedModelError(
            f"{model.name} ends in {last.kind}; logits are what goes into a SOFTMAX at the end."
        )
    interpreter, tensor = Interpreter(model), model.graph.tensors[last.inputs[0]]
    assert tensor.quantization is not None  # every tensor that the interpreter computes has one
    pieces = [
        interpreter.activations(pictures[start : start + PICTURES_AT_ONCE])[tensor.index]
        for start in range(0, len(pictures), PICTURES_AT_ONCE)
    ]
    codes = np.concatenate(pieces).reshape(len(pictures), -1)
    return dequantized(codes, tensor.quantization)


def softmax(logits: ArrayLike, temperature: float = 1.0) -> NDArray[np.float64]:
    """Scores that sum to 1 in each row: exp(z / T), divided by their sum.

    The largest logit is subtracted first: the result is the same, and nothing overflows.

    Args:
        logits: (..., n_classes).
        temperature: above 0. Above 1 it makes scores less sure, below 1 surer; order stays.

    Raises:
        InputError: the temperature is not above 0.

    >>> softmax([[0.0, math.log(3)]]).round(2).tolist()
    [[0.25, 0.75]]
    """
    if not temperature > 0:
        raise InputError(f"temperature is {temperature!r}; give a number above 0.")
    values = np.asarray(logits, dtype=np.float64) / temperature
    powers = np.exp(values - values.max(axis=-1, keepdims=True))
    scores: NDArray[np.float64] = powers / powers.sum(axis=-1, keepdims=True)
    return scores


def mean_surprise(logits: ArrayLike, labels: ArrayLike, temperature: float = 1.0) -> float:
    """Cross-entropy in nat: the mean of -log(score of the right class).

    Args:
        logits: (n, n_classes). labels: (n,) class indices.
    """
    values = np.asarray(logits, dtype=np.float64) / temperature
    highest = values.max(axis=1)
    total = highest + np.log(np.exp(values - highest[:, np.newaxis]).sum(axis=1))
    right = values[np.arange(len(values)), np.asarray(labels)]
    return float(np.mean(total - right))


def fit_temperature(logits: ArrayLike, labels: ArrayLike) -> float:
    """The temperature with the least cross-entropy on labelled pictures, by golden section.

    The cross-entropy has one lowest point in 1 / T, so narrowing a range finds it. Give pictures
    that the model was not trained on: on its own, it is right too often.

    Args:
        logits: (n, n_classes). labels: (n,) class indices.

    Returns:
        From 1/32 to 32; an end of that range where the best lies outside, such as with pictures
        that are all right.

    Raises:
        InputError: there are no pictures, or another number of labels.

    Source: Guo, Pleiss, Sun and Weinberger 2017, "On calibration of modern neural networks",
    arXiv 1706.04599, section 4.2.
    """
    rows, n_labels = len(np.asarray(logits)), len(np.asarray(labels))
    if rows == 0 or rows != n_labels:
        raise InputError(
            f"There are {rows} rows of logits and {n_labels} labels; give as many of each, not 0."
        )
    low, high = math.log(LOWEST), math.log(HIGHEST)
    for _ in range(STEPS):
        left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
        if mean_surprise(logits, labels, math.exp(left)) < mean_surprise(
            logits, labels, math.exp(right)
        ):
            high = right
        else:
            low = left
    return math.exp((low + high) / 2)


@dataclass(frozen=True, slots=True)
class Bin:
    """Pictures whose top score lies from `low` to `high`: what was claimed, and what came true.

    mean_score and accuracy are ratios; both are NaN where n is 0.
    """

    low: float
    high: float
    n: int
    n_correct: int
    mean_score: float

    @property
    def accuracy(self) -> float:
        return self.n_correct / self.n if self.n else math.nan


def reliability(top_scores: ArrayLike, correct: ArrayLike, edges: Sequence[float]) -> list[Bin]:
    """Sort pictures by their top score into bins; the last bin includes its upper edge.

    Args:
        top_scores: (n,) from 0 to 1. correct: (n,) bool. edges: rising, such as (0.5, 0.75, 1).

    Raises:
        InputError: fewer than two edges, or not rising.
    """
    if len(edges) < 2 or any(a >= b for a, b in itertools.pairwise(edges)):
        raise InputError(f"edges are {list(edges)}; give two or more that rise.")
    scores, right = np.asarray(top_scores, dtype=np.float64), np.asarray(correct, dtype=bool)
    places = np.digitize(scores, edges[1:-1])
    inside = (scores >= edges[0]) & (scores <= edges[-1])
    bins = []
    for place, (low, high) in enumerate(itertools.pairwise(edges)):
        mine = inside & (places == place)
        mean = float(scores[mine].mean()) if mine.any() else math.nan
        bins.append(Bin(low, high, int(mine.sum()), int(right[mine].sum()), mean))
    return bins


def calibration_error(bins: Sequence[Bin]) -> float:
    """Mean distance between claim and truth, each bin weighed by its pictures; a ratio.

    It depends on the edges, so only values with the same edges can be compared.

    Source: Naeini, Cooper and Hauskrecht 2015, "Obtaining well calibrated probabilities using
    Bayesian binning", AAAI.

    Raises:
        InputError: there is no picture in any bin.
    """
    n = sum(one.n for one in bins)
    if n == 0:
        raise InputError(f"None of the {len(bins)} bins has a picture.")
    return sum(one.n * abs(one.mean_score - one.accuracy) for one in bins if one.n) / n
