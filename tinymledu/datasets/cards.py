"""The cards in datasets/<name>/card.toml: the one place that says what a dataset is."""

import tomllib
from typing import Any

from tinymledu.datasets.records import DatasetCard
from tinymledu.errors import unknown_name
from tinymledu.files import shipped


def dataset_names() -> tuple[str, ...]:
    """Names that `load_dataset` knows, in alphabetical order."""
    return tuple(sorted(path.parent.name for path in shipped("datasets").glob("*/card.toml")))


def card(name: str, *, size: int | None = None, photographs: bool = False) -> DatasetCard:
    """The card of a dataset.

    Args:
        name: one of `dataset_names()`.
        size: pixels a side, where other than the card's own.
        photographs: the card of the photographs that stand behind a dataset of drawings.

    Raises:
        UnknownNameError: no dataset has that name.
    """
    entries = card_entries(name)
    if photographs:
        entries |= entries["photographs"]
    side = size or entries["size"]
    return DatasetCard(
        name=entries["name"],
        title=entries["title"],
        description=entries["description"],
        labels=tuple(entries["labels"]),
        shape=(side, side, 3),
        n_labelled=entries["n_labelled"],
        n_test=entries["n_test"],
        synthetic=entries["synthetic"],
        licence=entries["licence"],
        source=entries["source"],
        limits=tuple(entries["limits"]),
    )


def card_entries(name: str) -> dict[str, Any]:
    """All that stands in a card's file, checked only for the name."""
    if name not in dataset_names():
        raise unknown_name("dataset", name, dataset_names())
    return tomllib.loads(shipped("datasets", name, "card.toml").read_text(encoding="utf-8"))
