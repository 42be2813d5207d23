"""Writing generated files where a user wants them, and saying why that did not work."""

import errno
from collections.abc import Mapping
from pathlib import Path

from tinymledu import files
from tinymledu.errors import InputError


def write_texts(texts: Mapping[str, str], folder: Path) -> tuple[Path, ...]:
    """Write texts by their paths in a folder, made if it is not there; the files, by name.

    Raises:
        InputError: the folder cannot be written, or the disk is full.
    """
    written = []
    try:
        for name, text in sorted(texts.items()):
            path = folder / name
            files.write_atomic(path, text.encode())
            written.append(path)
    except OSError as error:
        raise InputError(f"{folder} could not be written: {disk_problem(error)}") from error
    return tuple(written)


def disk_problem(error: OSError) -> str:
    """What is wrong with the disk, in words, with what to do."""
    where = f" ({error.filename})" if error.filename else ""
    if error.errno == errno.ENOSPC:
        return (
            f"the disk is full{where}. Free some space, or name another place in TMPDIR "
            "(temporary files) or TINYMLEDU_CACHE (cache)."
        )
    return (
        f"{error.strerror or error}{where}. Choose a folder that you can write to; TMPDIR names "
        "the one for temporary files."
    )
