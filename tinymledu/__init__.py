"""tinymledu: a TinyML course that runs offline, from labelled pictures to a graded board.

The path of a student is `load_dataset`, `models`, `train`, `quantize`, `board`, `deploy`, `run`.
Names are loaded on first use, so that importing the package is quick and needs no TensorFlow.
"""

import importlib
from typing import TYPE_CHECKING

__version__ = "0.1.0"

# Public name -> the module that defines it.
_HOMES = {
    "load_dataset": "tinymledu.datasets",
    "train": "tinymledu.training",
    "learning_curve": "tinymledu.training",
    "quantize": "tinymledu.compress.quantize",
    "shrink": "tinymledu.compress.quantize",
    "load_model": "tinymledu.graph.tflite",
    "Interpreter": "tinymledu.graph.reference",
    "board": "tinymledu.boards.catalog",
    "deploy": "tinymledu.boards.deploy",
    "export": "tinymledu.boards.exports.export",
    "accuracy": "tinymledu.measurement",
    "measure": "tinymledu.measurement",
    "paired_test": "tinymledu.measurement",
    "verify": "tinymledu.verification",
    "explore": "tinymledu.exploration",
    "show": "tinymledu.exploration",
}

# Modules that students name with a dot, such as tml.models.tiny_cnn. __all__ names both kinds.
_MODULES = (
    "baselines",
    "bundles",
    "datasets",
    "edge_impulse",
    "features",
    "lessons",
    "models",
    "streaming",
)

__all__ = [
    "Interpreter",
    "accuracy",
    "baselines",
    "board",
    "bundles",
    "datasets",
    "deploy",
    "edge_impulse",
    "explore",
    "export",
    "features",
    "learning_curve",
    "lessons",
    "load_dataset",
    "load_model",
    "measure",
    "models",
    "paired_test",
    "quantize",
    "show",
    "shrink",
    "streaming",
    "train",
    "verify",
]

if TYPE_CHECKING:
    from tinymledu import (
        baselines,
        bundles,
        datasets,
        edge_impulse,
        features,
        lessons,
        models,
        streaming,
    )
    from tinymledu.boards.catalog import board
    from tinymledu.boards.deploy import deploy
    from tinymledu.boards.exports.export import export
    from tinymledu.compress.quantize import quantize, shrink
    from tinymledu.datasets import load_dataset
    from tinymledu.exploration import explore, show
    from tinymledu.graph.reference import Interpreter
    from tinymledu.graph.tflite import load_model
    from tinymledu.measurement import accuracy, measure, paired_test
    from tinymledu.training import learning_curve, train
    from tinymledu.verification import verify


def __getattr__(name: str) -> object:
    if name in _MODULES:
        return importlib.import_module(f"tinymledu.{name}")
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"tinymledu has no {name!r}. It has: {', '.join(sorted(__all__))}.")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
