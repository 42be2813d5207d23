"""The files of a bundle, from a folder or a zip, within limits; nothing is unpacked or executed."""

import io
import json
import re
import stat
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from tinymledu.errors import BundleError
from tinymledu.files import NOT_A_ZIP, LimitedZipFile, ZipListTooLongError, read_at_most
from tinymledu.units import count, size

Json = TypeVar("Json", dict[str, Any], list[Any])

MAX_FILES = 2_000
MAX_FILE_BYTES = 16 * 1024**2
MAX_TOTAL_BYTES = 256 * 1024**2
MAX_DEPTH = 6
# What a bundle may hold: text, models, sound, pictures. Formats that can hold a program are absent.
SUFFIXES = (".md", ".txt", ".json", ".csv", ".tflite", ".wav", ".png", ".jpg")
_PROGRAMS = (".pkl", ".pickle", ".joblib", ".npy", ".npz", ".pt", ".pth", ".h5", ".keras")
_STEP = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_. -]*")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.I)  # names on Windows


def contents(path: Path) -> dict[str, bytes]:
    """Each file by its name, with "/" between folders, in alphabetical order.

    Raises:
        BundleError: no such path, or an entry that an honest program does not write; names it.
    """
    if path.is_symlink():
        raise BundleError(f"{path} is a link. Name the bundle itself.")
    if path.is_dir():
        pairs = _of_folder(path)
    elif path.is_file():
        pairs = _of_zip(path)
    else:
        raise BundleError(f"There is no bundle {str(path)!r}.")
    try:
        found = _within_limits(path, pairs)
    except OSError as error:
        raise BundleError(f"{path} cannot be read: {error.strerror or error}.") from error
    check_names(found)
    return dict(sorted(found.items()))


def json_of(content: bytes, name: str, kind: type[Json]) -> Json:
    """Read JSON of a stranger, which must be an object (dict) or a list.

    Raises:
        BundleError: it is something else, or has numbers that JSON does not have.
    """
    try:
        value = json.loads(content.decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, kind):
        raise BundleError(f"{name} is no JSON {'object' if kind is dict else 'list'}.")
    return value


def _no_number(name: str) -> None:
    raise ValueError(name)


def _within_limits(path: Path, pairs: Iterable[tuple[str, bytes]]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    total_bytes = 0
    for name, content in pairs:
        if len(found) >= MAX_FILES:
            raise BundleError(_too_many(path))
        total_bytes += len(content)
        if total_bytes > MAX_TOTAL_BYTES:
            raise BundleError(f"{path} unpacks to more than {size(MAX_TOTAL_BYTES)}.")
        found[name] = content
    return found


def _too_many(path: Path) -> str:
    return f"{path} has more than {count(MAX_FILES)} files."


def check_names(names: Iterable[str]) -> None:
    """Raise BundleError unless all names are safe on every system, and differ there."""
    seen: dict[str, str] = {}
    for name in names:
        check_name(name)
        other = seen.setdefault(name.casefold(), name)
        if other != name:
            raise BundleError(f"{name} and {other} are one file on some systems. Rename one.")


def check_name(name: str) -> None:
    """Raise BundleError for a name that leads elsewhere, or that some system cannot have."""
    shown = _shown(name)
    steps = name.split("/")
    if name.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", name) or ".." in re.split(
        r"[/\\]", name
    ):  # fmt: skip
        raise BundleError(f"{shown} leads out of the bundle. It is refused; nothing was written.")
    if len(steps) > MAX_DEPTH or len(name) > 200:
        raise BundleError(f"{shown} is longer than 200 characters or {MAX_DEPTH} folders.")
    if not all(_STEP.fullmatch(step) and not step.endswith((".", " ")) for step in steps) or any(
        _RESERVED.fullmatch(step) for step in steps
    ):
        raise BundleError(
            f"{shown} is no name for every system. Use letters, digits, spaces, '_', '-' and '.'."
        )
    suffix = Path(name).suffix.lower()
    if suffix in _PROGRAMS:
        raise BundleError(
            f"{shown}: files of this kind can run a program when they are read. Send the model as "
            ".tflite and tables as .csv."
        )
    if suffix not in SUFFIXES:
        raise BundleError(f"{shown}: a bundle holds {', '.join(SUFFIXES)} files only.")


def _shown(name: str) -> str:
    return repr(unicodedata.normalize("NFC", name[:80]))


def _of_folder(root: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(root.iterdir(), key=lambda one: one.name):
        yield from _entries(path, path.name)


def _entries(path: Path, name: str) -> Iterator[tuple[str, bytes]]:
    about = path.lstat()
    if stat.S_ISLNK(about.st_mode) or _is_junction(path):
        raise BundleError(f"{_shown(name)} is a link, not a file. Put the file itself there.")
    if stat.S_ISDIR(about.st_mode):
        if name.count("/") + 1 >= MAX_DEPTH:
            raise BundleError(f"{_shown(name)} is deeper than {MAX_DEPTH} folders.")
        for below in sorted(path.iterdir(), key=lambda one: one.name):
            yield from _entries(below, f"{name}/{below.name}")
        return
    if not stat.S_ISREG(about.st_mode):
        raise BundleError(f"{_shown(name)} is not a regular file.")
    check_name(name)
    _check_size(name, about.st_size)
    with path.open("rb") as file:
        yield name, file.read(MAX_FILE_BYTES)


def _is_junction(path: Path) -> bool:
    return bool(getattr(path, "is_junction", lambda: False)())  # Windows, Python 3.12 and later


def _check_size(name: str, n_bytes: int) -> None:
    if n_bytes > MAX_FILE_BYTES:
        raise BundleError(
            f"{_shown(name)} has {size(n_bytes)}; at most {size(MAX_FILE_BYTES)} a file."
        )


def _of_zip(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.stat().st_size > MAX_TOTAL_BYTES:
        raise BundleError(f"{path} has more than {size(MAX_TOTAL_BYTES)}; it was not opened.")
    with LimitedZipFile(io.FileIO(path)) as file:
        try:
            archive = zipfile.ZipFile(file)
        except ZipListTooLongError:
            raise BundleError(_too_many(path)) from None
        except NOT_A_ZIP:
            raise BundleError(f"{path} is no zip that can be read. Copy it again.") from None
        yield from _members(path, archive)


def _members(path: Path, archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    with archive:
        if len(archive.infolist()) > MAX_FILES:
            raise BundleError(_too_many(path))
        seen: set[str] = set()
        for info in archive.infolist():
            name = info.orig_filename
            if name.endswith("/") and info.file_size == 0:
                check_name(f"{name}x.txt")  # a folder: only its name matters
                continue
            if name in seen:
                raise BundleError(f"{_shown(name)} is in the zip twice; which one counts?")
            seen.add(name)
            yield name, _member(archive, info)


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    name = info.orig_filename
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        raise BundleError(f"{_shown(name)} is a link, not a file. Put the file itself there.")
    if kind not in (0, stat.S_IFREG) or info.flag_bits & 0x1:
        raise BundleError(f"{_shown(name)} is not a regular file, or is locked with a password.")
    check_name(name)
    _check_size(name, info.file_size)
    try:
        with archive.open(info) as stream:
            content = read_at_most(stream, info.file_size + 1)
    except NOT_A_ZIP:
        raise BundleError(f"{_shown(name)} is damaged inside the zip. Copy it again.") from None
    if len(content) != info.file_size:
        raise BundleError(f"{_shown(name)} is damaged: its length is wrong. Copy it again.")
    return content
