"""Arrays that can be made again, kept on disk. What is damaged there is made again."""

import os
import tempfile
import warnings
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tinymledu.files import cache_dir

Arrays = dict[str, NDArray[np.uint8]]


# What NumPy and zipfile raise where the bytes are wrong; an OSError says that they were not read.
DAMAGED = (ValueError, EOFError, KeyError, RuntimeError, zipfile.BadZipFile, zlib.error)


def read_arrays(path: Path) -> Arrays:
    """The arrays of a file. Raises OSError, or one of DAMAGED."""
    with np.load(path, allow_pickle=False) as stored:
        # Reading every array to its end is what checks the CRC-32 of each.
        return {name: stored[name] for name in stored.files}


def load_arrays(file_name: str) -> Arrays | None:
    """The arrays stored under that name, or None where they are missing or damaged."""
    try:
        return read_arrays(cache_dir("datasets") / file_name)
    except (OSError, *DAMAGED):
        return None


def store_arrays(file_name: str, arrays: Mapping[str, NDArray[np.uint8]]) -> Path | None:
    """Store arrays whole or not at all. Where that fails, warn: only the time is lost."""
    temporary: Path | None = None
    try:
        target = cache_dir("datasets") / file_name
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{file_name}.")
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]  # no array is named allow_pickle
        temporary.replace(target)
        return target
    except OSError as reason:
        warnings.warn(
            f"{file_name} could not be stored ({reason.strerror or reason}), so it will be made "
            "again next time. Free some space, or set TINYMLEDU_CACHE to a folder with room.",
            stacklevel=2,
        )
        return None
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
