"""Zip archives that strangers filled: listed within limits, read in memory, never unpacked.

No name in an archive becomes a path here. A file is read when somebody asks for it, through a
stream with a limit, and is refused with a sentence where its entry is not what an honest program
writes. One bad entry costs that entry, not the class.
"""

import io
import re
import stat
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tinymledu.course.wire import clean_text
from tinymledu.errors import CourseError
from tinymledu.files import (
    NOT_A_ZIP,
    LimitedZipFile,
    ZipListTooLongError,
    is_utf8,
    read_at_most,
)
from tinymledu.units import count, size

MAX_ENTRIES = 20_000  # 2,000 students with ten files each
MAX_TOTAL_BYTES = 4 * 1024**3
MAX_RATIO = 200
_RATIO_MATTERS_BYTES = 1024**2
_MAX_NAME_CHARS = 1_000
_MAX_DEPTH = 20


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive. `problem` is why it must not be read; '' when it may be.

    `name_is_sure` is False where nothing says in which encoding the name was written.
    `saved_at` is the local time that the archive gives, without a zone; None when it is no time.
    """

    info: zipfile.ZipInfo
    parts: tuple[str, ...]
    problem: str
    name_is_sure: bool
    saved_at: datetime | None


@dataclass(slots=True)
class Archive:
    """An open archive. `read_bytes` is what has been unpacked so far.

    `left_out` has the entries whose names cannot be used, each with its name, as one may show it,
    and why.
    """

    name: str
    zip: zipfile.ZipFile
    members: tuple[Member, ...]
    left_out: tuple[tuple[str, str], ...]
    read_bytes: int = field(default=0)

    def read(self, member: Member, max_bytes: int) -> bytes:
        """The bytes of a file.

        Raises:
            CourseError: it is refused, damaged, or larger than `max_bytes`.
        """
        name = clean_text(member.parts[-1], 60)
        if member.problem:
            raise CourseError(f"{name} {member.problem}")
        declared = member.info.file_size
        if declared > max_bytes:
            raise CourseError(f"{name} has {size(declared)}; at most {size(max_bytes)}.")
        if self.read_bytes + declared > MAX_TOTAL_BYTES:
            raise CourseError(
                f"{name} was left out: {self.name} unpacks to more than {size(MAX_TOTAL_BYTES)}. "
                "Hand it over in several archives."
            )
        self.read_bytes += declared
        try:
            with self.zip.open(member.info) as stream:
                content = read_at_most(stream, declared + 1)
        except NOT_A_ZIP:
            raise CourseError(f"{name} is damaged inside {self.name}; export it again.") from None
        if len(content) != declared:
            raise CourseError(f"{name} is damaged inside {self.name}: its length is wrong.")
        return content


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """List an archive, and keep it open for reading.

    Raises:
        CourseError: it is no zip, is damaged, or lists more than a class can hand in.
    """
    try:
        with LimitedZipFile(io.FileIO(path)) as file:
            archive = _listed(path.name, file)
            with archive.zip:
                yield archive
    except OSError as error:
        raise CourseError(f"{path} cannot be read: {error.strerror or error}.") from None


def _listed(name: str, file: LimitedZipFile) -> Archive:
    too_many = (
        f"{name} lists more than {count(MAX_ENTRIES)} files. That is no class's work; split it, or "
        "look at what it is."
    )
    try:
        opened = zipfile.ZipFile(file)
    except ZipListTooLongError:
        raise CourseError(too_many) from None
    except NOT_A_ZIP:
        raise CourseError(
            f"{name} is no zip that can be read, or is damaged. Export or copy it again."
        ) from None
    infos = [info for info in opened.infolist() if not _is_folder(info)]
    if len(opened.infolist()) > MAX_ENTRIES:
        opened.close()
        raise CourseError(too_many)
    members: dict[tuple[str, ...], list[Member]] = {}
    left_out: list[tuple[str, str]] = []
    for info in infos:
        original, sure = _name(info)
        parts, problem = _parts(original)
        if problem:
            left_out.append((clean_text(original, 60), problem))
        elif not any(_is_junk(part) for part in parts):
            member = Member(info, parts, _refusal(info), sure, _saved_at(info))
            members.setdefault(tuple(part.casefold() for part in parts), []).append(member)
    unique = [_the_only(found) for found in members.values()]
    return Archive(name, opened, tuple(unique), tuple(left_out))


def _the_only(found: list[Member]) -> Member:
    if len(found) == 1:
        return found[0]
    one = found[0]
    problem = f"is in the archive {len(found)} times; nobody can know which counts."
    return Member(one.info, one.parts, problem, one.name_is_sure, one.saved_at)


def _is_folder(info: zipfile.ZipInfo) -> bool:
    return info.orig_filename.endswith(("/", "\\")) and info.file_size == 0


def _is_junk(part: str) -> bool:
    """What systems put into archives unasked, and hidden files, which nobody hands in."""
    return part.startswith(".") or part.lower() in ("__macosx", "thumbs.db", "desktop.ini")


_UTF8_FLAG = 0x800


def _name(info: zipfile.ZipInfo) -> tuple[str, bool]:
    """The name as its author saw it, as far as that can be known, and whether it can."""
    name = info.orig_filename
    if info.flag_bits & _UTF8_FLAG or name.isascii():
        return name, True
    try:  # zipfile reads as code page 437 what is not marked; several systems mean UTF-8
        return name.encode("cp437").decode("utf-8"), True
    except (UnicodeEncodeError, UnicodeDecodeError):
        return name, False


_DRIVE = re.compile(r"[A-Za-z]:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def _parts(name: str) -> tuple[tuple[str, ...], str]:
    """The steps of a name, or why it has none that may be used."""
    plain = name.replace("\\", "/")
    if len(name) > _MAX_NAME_CHARS or plain.count("/") > _MAX_DEPTH:
        return (), f"its name is longer than {_MAX_NAME_CHARS} characters or {_MAX_DEPTH} folders."
    if _CONTROL.search(name) or not is_utf8(name):
        return (), "its name has characters that no name has."
    if plain.startswith("/") or _DRIVE.match(plain):
        return (), "its name is a place on a disk, not in the archive."
    parts = tuple(
        unicodedata.normalize("NFC", part) for part in plain.split("/") if part not in ("", ".")
    )
    if ".." in parts:
        return (), "its name leads out of the archive."
    return parts, "" if parts else "it has no name."


_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1


def _refusal(info: zipfile.ZipInfo) -> str:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return "is a link, not a file. Hand in the file itself."
    if kind not in (0, stat.S_IFREG):
        return "is not a regular file."
    if info.flag_bits & _ENCRYPTED:
        return "is locked with a password. Hand it in without one."
    if info.compress_type not in _METHODS:
        return "is packed in a way that is not read here. Pack it as an ordinary zip."
    if info.file_size > _RATIO_MATTERS_BYTES and info.file_size > MAX_RATIO * info.compress_size:
        return (
            f"unpacks from {size(info.compress_size)} to {size(info.file_size)}, more than "
            f"{MAX_RATIO} times as much. It was not unpacked."
        )
    return ""


_NO_TIME = (1980, 1, 1)  # what programs write that know none


def _saved_at(info: zipfile.ZipInfo) -> datetime | None:
    if info.date_time[:3] == _NO_TIME:
        return None
    try:
        return datetime(*info.date_time)
    except ValueError:
        return None
