"""Where things are: files shipped with the package, the cache, and the one place that downloads."""

import errno
import hashlib
import http.client
import io
import os
import shutil
import struct
import sys
import tempfile
import urllib.error
import urllib.request
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Literal

import platformdirs

from tinymledu.errors import DiskFullError, DownloadError
from tinymledu.units import count, size

Progress = Callable[[int, int], None]  # done, total: drawings, files or bytes

PACKAGE = Path(__file__).resolve().parent
CHUNK_BYTES = 256 * 1024
SHIPPED_FOLDERS = ("firmware", "datasets", "notebooks", "assignments")

# What zipfile raises for bytes that are no zip, besides its own error.
NOT_A_ZIP = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, KeyError,
    IndexError, NotImplementedError, RuntimeError, OverflowError,
)  # fmt: skip
MAX_ZIP_LIST_BYTES = 8 * 1024**2


def shipped(*parts: str) -> Path:
    """Path of a shipped file or folder: `shipped("firmware", "kernels")`.

    In a wheel the four folders lie inside the package; in a checkout, beside it.
    """
    inside = PACKAGE / "_shipped"
    return (inside if inside.is_dir() else PACKAGE.parent).joinpath(*parts)


def how_to_install(extra: Literal["", "full", "oracle", "cluster"] = "") -> str:
    """The command that installs what the package needs: for itself, or for one of its extras.

    No package index has tinymledu. In a checkout, `make venv` installs all of it; beside an
    installed wheel, pip finds the wheel in place and adds what is missing.
    """
    if (PACKAGE.parent / "pyproject.toml").is_file():
        return "make venv"
    wanted = f'"tinymledu[{extra}]"' if extra else "tinymledu"
    return f"{Path(sys.executable).name} -m pip install {wanted}"


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


def is_utf8(text: str) -> bool:
    """Whether UTF-8 can hold the text: it has no code for half a surrogate pair."""
    return text.encode("utf-8", "replace").decode() == text


def write_atomic(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Write a file whole or not at all: a reader, or a power cut, never meets half of it.

    `mode` says who may read it; Windows knows only whether it may be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(mode)  # mkstemp makes files that only their owner can read
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


class ZipListTooLongError(Exception):
    """The list of files of a zip has more bytes than are read."""


class LimitedZipFile(io.BufferedReader):
    """A zip of a stranger, for zipfile: its list of files can take only so much memory.

    No single read can bring more than MAX_ZIP_LIST_BYTES; one that asks for more raises
    ZipListTooLongError. Read members with `read_at_most`.
    """

    def read(self, n_bytes: int | None = -1, /) -> bytes:
        if n_bytes is None or n_bytes < 0:
            return super().read(128 * 1024)  # zipfile looks for the end, with a comment
        if n_bytes > MAX_ZIP_LIST_BYTES:
            raise ZipListTooLongError
        return super().read(n_bytes)


def read_at_most(stream: IO[bytes], n_bytes: int) -> bytes:
    """Read in pieces; what is unpacked while it is read goes no further than that."""
    parts: list[bytes] = []
    while n_bytes > 0 and (part := stream.read(min(n_bytes, CHUNK_BYTES))):
        parts.append(part)
        n_bytes -= len(part)
    return b"".join(parts)


ATTEMPTS = 5  # as long as each brings some bytes
TIMEOUT_S = 30


def download(
    urls: Sequence[str], target: Path, *, sha256: str, progress: Progress | None = None
) -> Path:
    """Fetch a file from the first of `urls` that has it; the only network access there is.

    What arrives is kept beside the target as `<name>.part`, and the next call goes on from there.

    Args:
        urls: addresses of the same file, tried in order.
        target: where the file goes; left alone where it already has the right checksum.
        sha256: 64 hexadecimal digits.
        progress: called with (bytes here, bytes in all).

    Raises:
        DiskFullError: there is no room for the file.
        DownloadError: no address answered, or the checksum differs.
    """
    if target.exists() and sha256_of_file(target) == sha256:
        return target
    part = target.with_name(f"{target.name}.part")
    reasons = []
    for url in urls:
        try:
            _download_part(url, part, progress)
        except (OSError, http.client.HTTPException) as reason:
            if isinstance(reason, OSError) and reason.errno == errno.ENOSPC:
                raise DiskFullError(_disk_full(part, reason)) from reason
            reasons.append(f"{url}: {_in_words(reason)}")
            continue
        _check_download(part, sha256, url)
        part.replace(target)
        return target
    here = part.stat().st_size if part.exists() else 0
    kept = (
        f" {count(here)} bytes are kept, and the same command goes on from there." if here else ""
    )
    raise DownloadError(f"{target.name} could not be fetched. {'; '.join(reasons)}.{kept}")


def _download_part(url: str, part: Path, progress: Progress | None) -> None:
    """Bring `part` to its full length, asking again where the connection breaks."""
    reason: Exception = OSError("the connection was closed early")
    for _ in range(ATTEMPTS):
        before = part.stat().st_size if part.exists() else 0
        try:
            if _continue_download(url, part, before, progress):
                return
        except (TimeoutError, ConnectionError, http.client.HTTPException) as error:
            reason = error
        after = part.stat().st_size if part.exists() else 0
        if after == before:
            break
    raise reason


def _continue_download(url: str, part: Path, have: int, progress: Progress | None) -> bool:
    """Append what one request brings; True when the file has its full length."""
    headers = {"User-Agent": "tinymledu"} | ({"Range": f"bytes={have}-"} if have else {})
    request = urllib.request.Request(url, headers=headers)
    try:
        response = urllib.request.urlopen(request, timeout=TIMEOUT_S)
    except urllib.error.HTTPError as error:
        if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE and have:
            return True  # nothing is left to send; the checksum judges what is here
        raise
    with response:
        if response.status != http.client.PARTIAL_CONTENT:
            have = 0  # this server starts again from the beginning
        total = have + int(response.headers.get("Content-Length", 0))
        _check_space(part, total - have)
        with part.open("ab" if have else "wb") as file:
            while chunk := response.read(CHUNK_BYTES):
                file.write(chunk)
                have += len(chunk)
                if progress is not None:
                    progress(have, max(total, have))
    return have >= total


def _check_space(part: Path, need_bytes: int) -> None:
    free_bytes = shutil.disk_usage(part.parent).free
    if need_bytes > free_bytes:
        facts = f"{size(need_bytes)} are still to come and {size(free_bytes)} are free"
        raise OSError(errno.ENOSPC, facts)


def _disk_full(part: Path, reason: OSError) -> str:
    return (
        f"The disk with {part.parent} is full: {reason.strerror}. What has arrived is kept. "
        "Free some space, or set TINYMLEDU_CACHE to a folder with room, and run the same command "
        "again."
    )


def _check_download(part: Path, sha256: str, url: str) -> None:
    found = sha256_of_file(part)
    if found != sha256:
        part.unlink()
        raise DownloadError(
            f"SHA256 hash of downloaded file ({url}) does not match the known hash: expected "
            f"{sha256} but got {found}. Deleted download for safety. The downloaded file may have "
            "been corrupted or the known hash may be outdated."
        )


def _in_words(reason: Exception) -> str:
    if isinstance(reason, urllib.error.HTTPError):
        return f"the server answered {reason.code} {reason.reason}"
    if isinstance(reason, urllib.error.URLError):
        return f"no connection ({reason.reason})"
    return str(reason) or type(reason).__name__
