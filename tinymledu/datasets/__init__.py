"""Datasets with cards: drawings made here, photographs from a folder, public sets once fetched."""

from tinymledu.datasets.cards import card, dataset_names
from tinymledu.datasets.load import load_dataset, unlabelled_answers
from tinymledu.datasets.records import Calibration, Dataset, DatasetCard, Preview, Split

__all__ = [
    "Calibration",
    "Dataset",
    "DatasetCard",
    "Preview",
    "Split",
    "card",
    "dataset_names",
    "load_dataset",
    "unlabelled_answers",
]
