"""Where things are: files shipped with the package, the cache, and the one place that downloads."""

import hashlib
import os
import tempfile
from pathlib import Path

import platformdirs

PACKAGE = Path(__file__).resolve().parent
SHIPPED_FOLDERS = ("firmware", "datasets", "notebooks", "assignments")


def shipped(*parts: str) -> Path:
    """Path of a shipped file or folder: `shipped("firmware", "kernels")`.

    In a wheel the four folders lie inside the package; in a checkout, beside it.
    """
    inside = PACKAGE / "_shipped"
    return (inside if inside.is_dir() else PACKAGE.parent).joinpath(*parts)


def cache_dir(*parts: str) -> Path:
    """A folder for things that can be made again, created on first use.

    TINYMLEDU_CACHE names another place; otherwise the system's usual cache folder.
    """
    base = os.environ.get("TINYMLEDU_CACHE") or platformdirs.user_cache_dir("tinymledu")
    folder = Path(base).joinpath(*parts)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def sha256_of(content: bytes) -> str:
    """SHA-256 of some bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def sha256_of_file(path: Path) -> str:
    """SHA-256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_atomic(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: a reader, or a power cut, never meets half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)  # mkstemp makes files that only their owner can read
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
