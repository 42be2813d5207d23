"""Photographs in folders named after what they show: `PetImages/Cat`, `PetImages/Dog`."""

import hashlib
import io
import os
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
from PIL import Image, ImageOps

from tinymledu.datasets.array_cache import load_arrays, store_arrays
from tinymledu.datasets.records import Labels, Pictures
from tinymledu.errors import DatasetError
from tinymledu.files import Progress
from tinymledu.units import count

FOLDER_NAMES = (("cat", "cats"), ("dog", "dogs"))  # by label, in small letters
SUFFIXES = {".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp"}
DEEPEST = 4  # parts of download/PetImages/Cat/1.jpg
LARGEST_BYTES = 64 * 1024**2  # a larger file is no photograph of a pet
LEAST_OF_A_CLASS = 20
EXIF_ORIENTATION = 0x0112
# What Pillow and zipfile raise on damaged files, by format and by kind of damage.
NOT_A_PICTURE = (
    OSError, SyntaxError, ValueError, TypeError, IndexError, EOFError, RuntimeError, struct.error,
    zlib.error, zipfile.BadZipFile, Image.DecompressionBombError,
)  # fmt: skip

Read = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A file that should be a picture. `stamp` changes when the file does."""

    name: str  # with its folders, /-separated
    label: int
    n_bytes: int
    stamp: int


@dataclass(frozen=True, slots=True, eq=False)
class Album:
    """All readable photographs, each once, in the order of their names."""

    pictures: Pictures
    labels: Labels
    skipped: int  # files that could not be read as pictures
    duplicates: int  # files whose bytes occur in another file


def read_album(path: Path, *, size: int, progress: Progress | None = None) -> Album:
    """Read the photographs in a folder or zip, each resized whole to a square.

    Args:
        path: a folder or zip with Cat and Dog in it, at the top or at most two folders down.
        size: pixels a side.
        progress: called with (files read, files in all).

    Raises:
        DatasetError: the path is not there, is no folder or zip, holds no Cat and Dog, or holds
            fewer than 20 readable photographs of one of them.
    """
    with _opened(path) as (candidates, read):
        files = _in_class_folders(path, candidates)
        file_name = f"photographs-{size}-{_key(path, files)}.npz"
        kept = load_arrays(file_name)
        if kept is None:
            kept = _decode_all(files, read, size, progress)
            store_arrays(file_name, kept)
    skipped, duplicates = (int(value) for value in kept["left_out"].view(np.int64))
    album = Album(kept["pictures"], kept["labels"], skipped, duplicates)
    _check_enough(path, album)
    return album


@contextmanager
def _opened(path: Path) -> Iterator[tuple[list[PictureFile], Read]]:
    if path.is_dir():
        yield _files_of_folder(path), lambda name: (path / name).read_bytes()
    elif not path.exists():
        raise DatasetError(f"There is no {str(path)!r}. Give a folder or zip of photographs.")
    elif not zipfile.is_zipfile(path):
        raise DatasetError(
            f"{path.name} is neither a folder nor a readable zip file. If it was downloaded, the "
            "download may have been cut short: tinymledu datasets fetch cats_vs_dogs goes on."
        )
    else:
        with zipfile.ZipFile(path) as archive:
            yield _files_of_zip(archive), archive.read


def _files_of_folder(folder: Path) -> list[PictureFile]:
    found = []
    for base, folders, names in os.walk(folder):
        depth = len(Path(base).relative_to(folder).parts)
        if depth >= DEEPEST - 1:
            folders.clear()
        for name in names:
            file = Path(base, name)
            relative = file.relative_to(folder).as_posix()
            label = _label(relative)
            if label is not None:
                status = file.stat()
                found.append(PictureFile(relative, label, status.st_size, status.st_mtime_ns))
    return found


def _files_of_zip(archive: zipfile.ZipFile) -> list[PictureFile]:
    return [
        PictureFile(info.filename, label, info.file_size, info.CRC)
        for info in archive.infolist()
        if (label := _label(info.filename)) is not None
    ]


def _label(name: str) -> int | None:
    """The label that a file's folder gives it, or None where it is no picture of a class."""
    path = PurePosixPath(name)
    is_picture = path.suffix.lower() in SUFFIXES and not path.name.startswith(".")
    if not is_picture or not 2 <= len(path.parts) <= DEEPEST or "__MACOSX" in path.parts:
        return None
    folder = path.parent.name.lower()
    return next((i for i, names in enumerate(FOLDER_NAMES) if folder in names), None)


def _in_class_folders(path: Path, candidates: Sequence[PictureFile]) -> list[PictureFile]:
    """The files of the one place that has both Cat and Dog, in the order of their names."""
    places: dict[PurePosixPath, set[int]] = {}
    for file in candidates:
        places.setdefault(PurePosixPath(file.name).parent.parent, set()).add(file.label)
    whole = [place for place, labels in places.items() if len(labels) == len(FOLDER_NAMES)]
    if not whole:
        raise DatasetError(_no_classes(path, {file.label for file in candidates}))
    place = min(whole, key=lambda place: (len(place.parts), str(place)))
    inside = [file for file in candidates if PurePosixPath(file.name).parent.parent == place]
    return sorted(inside, key=lambda file: file.name)


def _no_classes(path: Path, labels: set[int]) -> str:
    if labels:
        there, missing = ("Cat", "Dog") if 0 in labels else ("Dog", "Cat")
        return (
            f"{path.name} has pictures in {there} but none in {missing}: with one class there is "
            f"nothing to tell apart. Put pictures into a folder {missing} beside {there}."
        )
    return (
        f"No pictures were found in {path.name}. Expected PetImages/Cat and PetImages/Dog (or Cat "
        f"and Dog) with {', '.join(sorted(SUFFIXES))} files."
    )


def _key(path: Path, files: Sequence[PictureFile]) -> str:
    digest = hashlib.sha256(str(path.resolve()).encode())
    for file in files:
        digest.update(repr(file).encode())
    return digest.hexdigest()[:16]


def _decode_all(
    files: Sequence[PictureFile], read: Read, size: int, progress: Progress | None
) -> dict[str, np.ndarray]:
    def decode(file: PictureFile) -> tuple[bytes, Pictures | None]:
        try:
            content = b"" if file.n_bytes > LARGEST_BYTES else read(file.name)
            return hashlib.sha256(content).digest(), squared(content, size)
        except NOT_A_PICTURE:
            return b"", None

    pictures, labels, digests = [], [], []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for done, (digest, picture) in enumerate(pool.map(decode, files), start=1):
            if picture is not None:
                pictures.append(picture)
                labels.append(files[done - 1].label)
                digests.append(digest)
            if progress is not None and (done % 64 == 0 or done == len(files)):
                progress(done, len(files))
    keep = _once_each(digests, labels)
    left_out = np.array([len(files) - len(pictures), len(pictures) - len(keep)], dtype=np.int64)
    return {
        "pictures": np.array([pictures[i] for i in keep], np.uint8).reshape(-1, size, size, 3),
        "labels": np.array([labels[i] for i in keep], dtype=np.uint8),
        "left_out": left_out.view(np.uint8),
    }


def squared(content: bytes, size: int) -> Pictures:
    """One picture, upright, squeezed to a square: nothing of the animal is cut off."""
    with Image.open(io.BytesIO(content)) as image:
        image.draft("RGB", (2 * size, 2 * size))  # JPEG decodes at 1/2, 1/4 or 1/8 of its size
        upright: Image.Image = image
        if image.getexif().get(EXIF_ORIENTATION, 1) != 1:
            upright = ImageOps.exif_transpose(image)
        resized = upright.convert("RGB").resize((size, size), Image.Resampling.LANCZOS)
        return np.asarray(resized, dtype=np.uint8)


def _once_each(digests: Sequence[bytes], labels: Sequence[int]) -> list[int]:
    """Where each content stands first; contents that stand under both labels are left out."""
    first: dict[bytes, int] = {}
    for index, digest in enumerate(digests):
        first.setdefault(digest, index)
    torn = {d for d, label in zip(digests, labels, strict=True) if label != labels[first[d]]}
    return [index for digest, index in first.items() if digest not in torn]


def _check_enough(path: Path, album: Album) -> None:
    counts = Counter(album.labels.tolist())
    for label, (name, _) in enumerate(FOLDER_NAMES):
        if counts[label] < LEAST_OF_A_CLASS:
            raise DatasetError(
                f"{path.name} has {counts[label]} readable {name} photographs "
                f"({count(album.skipped)} files were broken, {count(album.duplicates)} occurred "
                f"twice); at least {LEAST_OF_A_CLASS} of each class are needed, and thousands to "
                "learn well."
            )
