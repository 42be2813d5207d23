"""The one place that loads TensorFlow: late, quietly, and with a clear message where it is absent.

A framework greets, warns about missing graphics cards and announces deprecations. None of that
can be acted on here, and in a lesson it looks like an error.
"""

import importlib
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from tinymledu.errors import MissingToolError
from tinymledu.files import how_to_install


def load_tensorflow() -> ModuleType:
    """The `tensorflow` module, loaded on first use (2 to 6 s).

    Raises:
        MissingToolError: it is not installed; the lite profile of the package leaves it out.
    """
    if "tensorflow" in sys.modules:
        return sys.modules["tensorflow"]
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        with quiet():
            tensorflow = importlib.import_module("tensorflow")
    except ImportError as reason:
        raise MissingToolError(
            f"Training and quantizing need TensorFlow, which cannot be loaded here ({reason}). "
            f"Install it with: {how_to_install('full')}"
        ) from reason
    tensorflow.get_logger().setLevel("ERROR")
    return tensorflow


def load_keras() -> ModuleType:
    """The `keras` module, on TensorFlow."""
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    load_tensorflow()
    return importlib.import_module("keras")


@contextmanager
def quiet() -> Iterator[None]:
    """Silence warnings, and what compiled code writes to file descriptor 2 behind Python's back.

    TensorFlow 2.21 greets through Abseil before reading TF_CPP_MIN_LOG_LEVEL, so only closing
    the descriptor helps. Python exceptions are not affected.
    """
    with warnings.catch_warnings(), _descriptor_closed(2):
        warnings.simplefilter("ignore")
        yield


@contextmanager
def _descriptor_closed(descriptor: int) -> Iterator[None]:
    """What is written to a descriptor goes nowhere; nothing happens where it is not open."""
    if sys.stderr is not None:
        sys.stderr.flush()
    try:
        kept = os.dup(descriptor)
    except OSError:  # a program without a console
        yield
        return
    nothing = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nothing, descriptor)
        yield
    finally:
        os.dup2(kept, descriptor)
        os.close(kept)
        os.close(nothing)
