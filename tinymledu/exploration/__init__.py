"""Figures that everyone can read, and widgets over them."""

from tinymledu.exploration import widgets
from tinymledu.exploration.areas import memory_figure
from tinymledu.exploration.arena_map import arena_map_figure
from tinymledu.exploration.battery import battery_life_figure
from tinymledu.exploration.charts import (
    confusion_figure,
    layers_figure,
    learning_curve_figure,
    picture_grid_figure,
    training_figure,
)
from tinymledu.exploration.figure import Figure, show
from tinymledu.exploration.number_line import number_line_figure
from tinymledu.exploration.reliability import reliability_figure
from tinymledu.exploration.sending import send_or_decide_figure
from tinymledu.exploration.spectrogram import (
    alias_figure,
    spectrogram_figure,
    word_length_figure,
)
from tinymledu.exploration.threshold_cost import threshold_cost_figure
from tinymledu.exploration.tradeoff import COSTS, measurement_rows, pareto_figure
from tinymledu.exploration.warning import warning_figure
from tinymledu.exploration.widgets import explore

__all__ = [
    "COSTS",
    "Figure",
    "alias_figure",
    "arena_map_figure",
    "battery_life_figure",
    "confusion_figure",
    "explore",
    "layers_figure",
    "learning_curve_figure",
    "measurement_rows",
    "memory_figure",
    "number_line_figure",
    "pareto_figure",
    "picture_grid_figure",
    "reliability_figure",
    "send_or_decide_figure",
    "show",
    "spectrogram_figure",
    "threshold_cost_figure",
    "training_figure",
    "warning_figure",
    "widgets",
    "word_length_figure",
]
