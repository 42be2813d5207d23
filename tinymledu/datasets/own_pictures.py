"""Pictures of one's own: a folder with a folder for each label.

    my_leaves/healthy/plant01_a.jpg
    my_leaves/sick/plant07_b.jpg

What stands before the first "_" of a file's name is its group, such as a plant or a person.
"""

from pathlib import Path

import numpy as np

from tinymledu.datasets.photographs import LARGEST_BYTES, NOT_A_PICTURE, SUFFIXES, squared
from tinymledu.datasets.records import Split, check_size
from tinymledu.errors import DatasetError

MOST_LABELS = 256
NOT_READ = {".heic", ".heif", ".avif", ".tif", ".tiff", ".dng"}  # of photographs, but not read here


def own_pictures(folder: str | Path, *, size: int = 32) -> tuple[Split, tuple[str, ...]]:
    """Read a folder; returns the pictures with labels and groups, and the names of the labels.

    Names that a camera gives, such as IMG_0042.jpg, would all be one group. Rename the files first.
    The pixels only are taken: place and time that a phone writes into its files are not. What is no
    picture by its name is left out, and so is what begins with a dot.

    Args:
        size: pixels a side, 16 to 224; each picture is resized whole to a square.

    Raises:
        InputError: a size out of range.
        DatasetError: no such folder, fewer than two labels, or a picture that cannot be read.
    """
    check_size(size)
    top = Path(folder)
    if not top.is_dir():
        raise DatasetError(f"There is no folder {str(folder)!r}. Give the folder of your pictures.")
    files = _files(top)
    if not 2 <= len(files) <= MOST_LABELS:
        found = ", ".join(list(files)[:10]) or "none"
        raise DatasetError(
            f"{folder} has pictures of {len(files)} labels: {found}. Put those of each label into "
            f"a folder named after it, 2 to {MOST_LABELS} folders."
        )
    pictures, labels, names = [], [], []
    for label, paths in enumerate(files.values()):
        for path in paths:
            pictures.append(_read(path, size))
            labels.append(label)
            names.append(path.stem.partition("_")[0])
    groups = np.unique(names, return_inverse=True)[1].astype(np.int64)
    return Split(np.stack(pictures), np.array(labels, np.uint8), groups), tuple(files)


def _files(top: Path) -> dict[str, list[Path]]:
    """The pictures of each label, in the order of their names."""
    found = {}
    for inside in _shown(top):
        if not inside.is_dir():
            continue
        pictures = [path for path in _shown(inside) if path.suffix.lower() in SUFFIXES | NOT_READ]
        for path in pictures:
            if path.suffix.lower() in NOT_READ:
                raise DatasetError(
                    f"{inside.name}/{path.name} is a photograph in a form that is not read here. "
                    "Save it and its like as JPEG or PNG, or take them out of the folder."
                )
        if pictures:
            found[inside.name] = pictures
    return found


def _shown(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as reason:
        raise DatasetError(f"{folder} cannot be read: {reason.strerror or reason}.") from reason


def _read(path: Path, size: int) -> np.ndarray:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise ValueError("the file is too large")
        return squared(path.read_bytes(), size)
    except NOT_A_PICTURE as reason:
        raise DatasetError(
            f"{path.parent.name}/{path.name} cannot be read as a picture ({reason}). Take it out "
            "of the folder, or save it again as JPEG or PNG."
        ) from reason
