"""`load_dataset`: one call for drawings, photographs and CIFAR-10."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tinymledu.datasets.cards import card, card_entries
from tinymledu.datasets.cifar10 import load_cifar10
from tinymledu.datasets.drawings import drawing_groups, drawing_labels, drawings
from tinymledu.datasets.photographs import read_album
from tinymledu.datasets.records import (
    Dataset,
    DatasetCard,
    Indices,
    Labels,
    Pictures,
    Split,
    balanced_order,
    check_size,
)
from tinymledu.errors import InputError
from tinymledu.files import Progress
from tinymledu.translation import translated
from tinymledu.units import count

N_UNLABELLED, N_NEITHER = 200, 20
NEITHER = -1  # the answer to a picture with no cat and no dog
TEST_PART, VALIDATION_PART = 8, 10  # one in eight is held out; one in ten of the rest validates
MOST_DRAWINGS = 100_000

Answers = NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the user asked for."""

    name: str
    n_labelled: int | None
    size: int
    seed: int
    path: Path | None
    progress: Progress | None


@dataclass(frozen=True, slots=True, eq=False)
class _Pool:
    """Photographs to divide: the labelled, those held out, and pictures that are neither."""

    card: DatasetCard
    labelled: Split
    test: Split
    neither: Pictures
    note: str


def load_dataset(
    name: str,
    *,
    n_labelled: int | None = None,
    size: int | None = None,
    seed: int = 7,
    path: str | Path | None = None,
    progress: Progress | None = None,
) -> Dataset:
    """Load a dataset: made by a program, read from files, or fetched before.

    Args:
        name: one of `dataset_names()`.
        n_labelled: training pictures; 4,000 drawings, or all photographs that are not held out,
            unless you say otherwise. Validation pictures, a tenth as many, come in addition.
        size: pixels a side, 16 to 224; the card's own unless you say otherwise.
        seed: of the drawings, and of the division into parts.
        path: a folder or zip of photographs in the layout PetImages/Cat, PetImages/Dog. Without
            it "cats_vs_dogs" is drawings.
        progress: called with (done, total) while pictures are made or read.

    Raises:
        UnknownNameError: no dataset has that name.
        InputError: a number is out of range.
        DatasetError: the files are missing, unreadable, too few, or of one class only.
    """
    return _load(_wanted(name, n_labelled, size, seed, path, progress))[0]


def unlabelled_answers(
    name: str,
    *,
    n_labelled: int | None = None,
    size: int | None = None,
    seed: int = 7,
    path: str | Path | None = None,
) -> Answers:
    """What the `unlabelled` pictures show, for who scores them: an index, or -1 for neither.

    Takes the same arguments as the `load_dataset` that gave the pictures.
    """
    return _load(_wanted(name, n_labelled, size, seed, path, None))[1]


def _wanted(
    name: str,
    n_labelled: int | None,
    size: int | None,
    seed: int,
    path: str | Path | None,
    progress: Progress | None,
) -> _Wanted:
    entries = card_entries(name)
    size = entries["size"] if size is None else size
    check_size(size)
    if n_labelled is not None and not 1 <= n_labelled <= MOST_DRAWINGS:
        raise InputError(
            translated(
                "n_labelled is {n!r}; give 1 to {most}.", n=n_labelled, most=count(MOST_DRAWINGS)
            )
        )
    if seed < 0:
        raise InputError(translated("seed is {seed!r}; give 0 or a positive integer.", seed=seed))
    if path is not None and "photographs" not in entries:
        raise InputError(
            translated(
                '{name} takes no path; photographs are load_dataset("cats_vs_dogs", path=...).',
                name=name,
            )
        )
    return _Wanted(name, n_labelled, size, seed, None if path is None else Path(path), progress)


def _load(wanted: _Wanted) -> tuple[Dataset, Answers]:
    if wanted.path is not None:
        return _load_photographs(wanted, wanted.path)
    if "difficulty" in card_entries(wanted.name):
        return _load_drawings(wanted)
    return _load_cifar10(wanted)


def _load_drawings(wanted: _Wanted) -> tuple[Dataset, Answers]:
    entries = card_entries(wanted.name)
    generator = entries.get("generator", wanted.name)
    n_train = wanted.n_labelled or entries["n_labelled"]
    counts = {
        "train": n_train,
        "validation": _n_validation(n_train),
        "test": entries["n_test"],
        "unlabelled": N_UNLABELLED,
        "neither": N_NEITHER,
    }
    made = drawings(
        generator, entries["difficulty"], counts,
        size=wanted.size, seed=wanted.seed, progress=wanted.progress,
    )  # fmt: skip
    labels = {
        split: drawing_labels(generator, split, n, wanted.seed)
        for split, n in counts.items()
        if split != "neither"
    }
    mixed, answers = _mixed(made["unlabelled"], labels["unlabelled"], made["neither"], wanted.seed)
    train, validation, test = (
        Split(made[split], labels[split], drawing_groups(generator, split, counts[split]))
        for split in ("train", "validation", "test")
    )
    note = (
        f"Drawn with seed {wanted.seed}. The unlabelled are {N_UNLABELLED} {entries['shows']} and "
        f"{N_NEITHER} {entries['neither']}."
    )
    its_card = card(wanted.name, size=wanted.size)
    return Dataset(its_card, train, validation, test, mixed, notes=(note,)), answers


def _load_photographs(wanted: _Wanted, path: Path) -> tuple[Dataset, Answers]:
    album = read_album(path, size=wanted.size, progress=wanted.progress)
    everything = Split(album.pictures, album.labels)
    held_out, rest = _one_in(TEST_PART, everything.labels, wanted.seed)
    difficulty = card_entries(wanted.name)["difficulty"]
    counts = {"neither": N_NEITHER}
    neither = drawings(wanted.name, difficulty, counts, size=wanted.size, seed=wanted.seed)
    pool = _Pool(
        card=card(wanted.name, size=wanted.size, photographs=True),
        labelled=everything.take(rest),
        test=everything.take(held_out),
        neither=neither["neither"],
        note=f"Divided with seed {wanted.seed}: one in {TEST_PART} of each class is held out for "
        f"testing, one in {VALIDATION_PART} of the others validates. The unlabelled are some of "
        f"the held out, and {N_NEITHER} drawings that are neither cat nor dog.",
    )
    dataset, answers = _divided(wanted, pool)
    return replace(dataset, skipped=album.skipped, duplicates=album.duplicates), answers


def _load_cifar10(wanted: _Wanted) -> tuple[Dataset, Answers]:
    stored = load_cifar10()
    train, test, neither = (
        _resized(stored[name], wanted.size) for name in ("train", "test", "neither")
    )
    pool = _Pool(
        card=card(wanted.name, size=wanted.size),
        labelled=Split(train, stored["train_labels"]),
        test=Split(test, stored["test_labels"]),
        neither=neither,
        note="The test pictures are those that CIFAR-10's authors held out; one in "
        f"{VALIDATION_PART} of the others validates. The unlabelled are some of the held out, and "
        f"{len(neither)} pictures of CIFAR-10's other classes.",
    )
    return _divided(wanted, pool)


def _divided(wanted: _Wanted, pool: _Pool) -> tuple[Dataset, Answers]:
    """Take validation pictures out of the labelled, and unlabelled ones out of the test split."""
    chosen, rest = _one_in(VALIDATION_PART, pool.labelled.labels, wanted.seed)
    validation, train = pool.labelled.take(chosen), pool.labelled.take(rest)
    if wanted.n_labelled is not None:
        if wanted.n_labelled > len(train):
            raise InputError(
                translated(
                    "n_labelled is {n}; {left} training pictures are left after {test} for testing "
                    "and {validation} for validation.",
                    n=count(wanted.n_labelled),
                    left=count(len(train)),
                    test=count(len(pool.test)),
                    validation=count(len(validation)),
                )
            )
        train = _first(train, wanted.n_labelled, wanted.seed)
        validation = _first(validation, _n_validation(wanted.n_labelled), wanted.seed)
    unlabelled = _first(pool.test, N_UNLABELLED, wanted.seed)
    mixed, answers = _mixed(unlabelled.pictures, unlabelled.labels, pool.neither, wanted.seed)
    return Dataset(pool.card, train, validation, pool.test, mixed, notes=(pool.note,)), answers


def _first(split: Split, n: int, seed: int) -> Split:
    return split.take(balanced_order(split.labels, seed)[:n])


def _n_validation(n_train: int) -> int:
    return max(2, n_train // VALIDATION_PART)


def _one_in(part: int, labels: Labels, seed: int) -> tuple[Indices, Indices]:
    """One in `part` of each class, at random, and all the others; both in mixed order."""
    rng = np.random.default_rng((seed, part))
    chosen = np.zeros(len(labels), dtype=bool)
    for label in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == label))
        chosen[members[: len(members) // part]] = True
    return rng.permutation(np.flatnonzero(chosen)), rng.permutation(np.flatnonzero(~chosen))


def _mixed(
    pictures: Pictures, labels: Labels, neither: Pictures, seed: int
) -> tuple[Pictures, Answers]:
    order = np.random.default_rng((seed, len(pictures))).permutation(len(pictures) + len(neither))
    answers = np.concatenate([labels.astype(np.int8), np.full(len(neither), NEITHER, np.int8)])
    return np.concatenate([pictures, neither])[order], answers[order]


def _resized(pictures: Pictures, size: int) -> Pictures:
    if pictures.shape[1] == size:
        return pictures
    images = (Image.fromarray(picture) for picture in pictures)
    return np.stack([np.asarray(i.resize((size, size), Image.Resampling.BICUBIC)) for i in images])
