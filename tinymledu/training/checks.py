"""Said before training starts, in words: what is wrong with the data or the numbers."""

from typing import TYPE_CHECKING

import numpy as np

from tinymledu.errors import DatasetError, InputError
from tinymledu.models.scores import check_pictures
from tinymledu.training.augment import MAX_STRENGTH

if TYPE_CHECKING:
    import keras

    from tinymledu.datasets import Dataset, Split

MIN_PICTURES_PER_CLASS = 4


def check_numbers(
    *, epochs: int, seed: int, rate: float, batch_size: int, augment: float, patience: int | None
) -> None:
    """Raise InputError unless the numbers that steer learning are in their ranges."""
    for name, value in (("epochs", epochs), ("batch_size", batch_size), ("patience", patience)):
        if value is not None and value < 1:
            raise InputError(f"{name} is {value!r}; give 1 or more.")
    if seed < 0:
        raise InputError(f"seed is {seed!r}; give 0 or a positive integer.")
    if not 0 < rate < 1:
        raise InputError(f"learning_rate is {rate!r}; it lies between 0 and 1, usually near 0.002.")
    if not 0 <= augment <= MAX_STRENGTH:
        raise InputError(f"augment is {augment!r}; it lies between 0 (off) and {MAX_STRENGTH:g}.")


def check_data(model: "keras.Model", data: "Dataset") -> None:
    """Raise InputError or DatasetError unless `model` can learn from `data`."""
    _check_labelled(data)
    labels = data.card.labels
    n_outputs = model.output_shape[-1]
    for name, split in (("training", data.train), ("validation", data.validation)):
        _check_split(name, split)
        check_pictures(model, split.pictures)
        _check_label_range(split, n_outputs=n_outputs, model_name=model.name)
    if n_outputs > len(labels):
        raise InputError(
            f"The model {model.name} has {n_outputs} outputs, and the data has {len(labels)} "
            f"labels: {', '.join(labels)}. Build it with n_classes={len(labels)}."
        )
    _check_classes(data.train, labels)


def _check_labelled(data: "Dataset") -> None:
    splits = (getattr(data, "train", None), getattr(data, "validation", None))
    if any(split is None or getattr(split, "labels", None) is None for split in splits):
        raise DatasetError(
            f"Training needs labelled pictures, and this is {_described(data)}. Give a dataset "
            "with .train and .validation, such as load_dataset('cats_vs_dogs'). Pictures without "
            "labels belong to phase 2: deploy(...).run(picture)."
        )


def _described(data: object) -> str:
    if isinstance(data, np.ndarray):
        return f"an array of shape {data.shape} without labels"
    return f"a {type(data).__name__} without labels"


def _check_split(name: str, split: "Split") -> None:
    if len(split.pictures) != len(split.labels):
        raise DatasetError(
            f"There are {len(split.pictures)} {name} pictures and {len(split.labels)} labels; "
            "each picture needs its own."
        )
    if len(split.pictures) == 0:
        raise DatasetError(
            f"There are no {name} pictures. The {name} split needs at least "
            f"{MIN_PICTURES_PER_CLASS} of each class; load more with n_labelled=..."
        )


def _check_label_range(split: "Split", *, n_outputs: int, model_name: str) -> None:
    highest = int(split.labels.max())
    if highest >= n_outputs:
        raise InputError(
            f"The model {model_name} has {n_outputs} outputs, but a label is {highest}: labels "
            f"run from 0 to {n_outputs - 1}. Build it with n_classes=len(data.card.labels)."
        )


def _check_classes(split: "Split", labels: tuple[str, ...]) -> None:
    present, counts = np.unique(split.labels, return_counts=True)
    if len(present) == 1:
        name = labels[int(present[0])]
        raise DatasetError(
            f"All {len(split.labels)} training pictures are labelled {name!r}. With one class "
            "there is nothing to tell apart; add pictures of another."
        )
    if counts.min() < MIN_PICTURES_PER_CLASS:
        name = labels[int(present[counts.argmin()])]
        raise DatasetError(
            f"Only {counts.min()} training pictures are labelled {name!r}; at least "
            f"{MIN_PICTURES_PER_CLASS} of each class are needed, and hundreds to learn anything."
        )
