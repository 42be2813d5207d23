"""Pictures of one's own: a folder with a folder for each label.

    my_leaves/healthy/plant01_a.jpg
    my_leaves/sick/plant07_b.jpg

What stands before the first "_" of a file's name is its group, such as a plant or a person.
"""

from pathlib import Path

import numpy as np

from tinymledu.datasets.photographs import LARGEST_BYTES, NOT_A_PICTURE, SUFFIXES, squared
from tinymledu.datasets.records import Split
from tinymledu.errors import DatasetError

SIDES = (16, 224)


def own_pictures(folder: str | Path, *, size: int = 32) -> tuple[Split, tuple[str, ...]]:
    """Read a folder; returns the pictures with labels and groups, and the names of the labels.

    Names that a camera gives, such as IMG_0042.jpg, would all be one group. Rename the files first.
    The pixels only are taken: place and time that a phone writes into its files are not.

    Args:
        size: pixels a side, 16 to 224; each picture is resized whole to a square.

    Raises:
        DatasetError: no such folder, fewer than two labels, or a file that cannot be read.
    """
    top = Path(folder)
    if not top.is_dir():
        raise DatasetError(f"There is no folder {str(folder)!r}. Give the folder of your pictures.")
    files = {
        inside.name: found
        for inside in sorted(top.iterdir())
        if inside.is_dir()
        and (found := [p for p in sorted(inside.iterdir()) if p.suffix.lower() in SUFFIXES])
    }
    if len(files) < 2:
        raise DatasetError(
            f"{top.name} has pictures of {len(files)} labels: {', '.join(files) or 'none'}. Put "
            "those of each label into a folder named after it, two folders or more."
        )
    side = min(max(size, SIDES[0]), SIDES[1])
    pictures, labels, names = [], [], []
    for label, found in enumerate(files.values()):
        for path in found:
            pictures.append(_read(path, side))
            labels.append(label)
            names.append(path.stem.partition("_")[0])
    groups = np.unique(names, return_inverse=True)[1].astype(np.int64)
    return Split(np.stack(pictures), np.array(labels, np.uint8), groups), tuple(files)


def _read(path: Path, side: int) -> np.ndarray:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise ValueError("the file is too large")
        return squared(path.read_bytes(), side)
    except NOT_A_PICTURE as reason:
        raise DatasetError(
            f"{path.parent.name}/{path.name} cannot be read as a picture ({reason}). Take it out "
            "of the folder, or save it again as JPEG or PNG."
        ) from reason
