"""Phase 1: learning from labelled pictures."""

from tinymledu.training.curve import (
    LearningCurve,
    LearningPoint,
    learning_curve,
    learning_point,
)
from tinymledu.training.history import Epoch, History, TrainingEnergy
from tinymledu.training.loop import train

__all__ = [
    "Epoch",
    "History",
    "LearningCurve",
    "LearningPoint",
    "TrainingEnergy",
    "learning_curve",
    "learning_point",
    "train",
]
