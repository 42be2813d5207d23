"""Phase 1: learning from labelled pictures."""

from tinymledu.training.curve import (
    LearningCurve,
    LearningPoint,
    learning_curve,
    learning_point,
)
from tinymledu.training.history import Epoch, History, TrainingEnergy
from tinymledu.training.loop import train
from tinymledu.training.recorded import (
    curve_from_json,
    curve_to_json,
    history_from_json,
    history_to_json,
)

__all__ = [
    "Epoch",
    "History",
    "LearningCurve",
    "LearningPoint",
    "TrainingEnergy",
    "curve_from_json",
    "curve_to_json",
    "history_from_json",
    "history_to_json",
    "learning_curve",
    "learning_point",
    "train",
]
