"""Widgets: one to three controls over a figure. Each has `static()`, which needs no controls."""

from tinymledu.exploration.widgets.arena import arena_planner
from tinymledu.exploration.widgets.battery import battery_life
from tinymledu.exploration.widgets.frame import Choice, Follows, Slider, Widget
from tinymledu.exploration.widgets.number_line import number_line
from tinymledu.exploration.widgets.pareto import explore
from tinymledu.exploration.widgets.spectrogram import aliases, spectrogram
from tinymledu.exploration.widgets.threshold import threshold_cost
from tinymledu.exploration.widgets.webcam import Webcam, webcam

__all__ = [
    "Choice",
    "Follows",
    "Slider",
    "Webcam",
    "Widget",
    "aliases",
    "arena_planner",
    "battery_life",
    "explore",
    "number_line",
    "spectrogram",
    "threshold_cost",
    "webcam",
]
