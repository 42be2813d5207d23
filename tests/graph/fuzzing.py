"""One case of the fuzz: a damaged model, made from a number, through reader, checks and generator.

A case ends in C or in an error of tinymledu.errors; anything else is a finding.
"""

import random
import resource
import sys
import time
import traceback
import warnings
from dataclasses import dataclass

import recorded
from mutations import mutate

from tinymledu.codegen.emit import generate_c
from tinymledu.errors import TinymlError
from tinymledu.graph.operators import check_runnable
from tinymledu.graph.tflite import load_model

LIMIT_S = 10.0
LIMIT_BYTES = 500 * 10**6

WRITTEN = "C was written"


@dataclass(frozen=True)
class Case:
    """What became of one damaged model: WRITTEN, the name of our error, or a finding."""

    number: int
    outcome: str
    seconds: float
    finding: str = ""


def damaged_model(number: int) -> bytes:
    """The model of a case. Odd numbers change the bytes; even ones lie in sound tables."""
    rng = random.Random(number)
    content = recorded.model_bytes(rng.choice(recorded.model_names()))
    if number % 2:
        return mutate(content, rng)
    from model_mutations import mutate_model

    return mutate_model(content, rng)


def run_case(number: int) -> Case:
    content = damaged_model(number)
    began = time.perf_counter()
    finding = ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a reader of a strange file is not told of NumPy
            model = load_model(content)
            check_runnable(model.graph)
            generate_c(model)
        outcome = WRITTEN
    except TinymlError as error:
        outcome = type(error).__name__
        finding = _poor_words(error)
    except BaseException:  # noqa: BLE001  whatever else it is, it is a finding
        outcome = "crash"
        finding = traceback.format_exc(limit=-4)
    seconds = time.perf_counter() - began
    if seconds > LIMIT_S:
        finding += f"took {seconds:.1f} s\n"
    return Case(number, outcome, seconds, finding)


def peak_rss_bytes() -> int:
    """The most memory that this process has had so far."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _poor_words(error: TinymlError) -> str:
    """A message is some words on a few lines, not a file."""
    text = str(error)
    return "" if 10 < len(text) < 2000 else f"message of {len(text)} characters: {text[:200]!r}"
