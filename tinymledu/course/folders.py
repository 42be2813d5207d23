"""Folders that hold submissions, on a disk or in an archive, seen in one way."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from tinymledu.course.archives import Archive, Member
from tinymledu.course.intake import read_regular
from tinymledu.course.wire import clean_text
from tinymledu.errors import CourseError


class Folder(Protocol):
    """What can be asked of a folder. Links are never followed, hidden names never listed."""

    def files(self) -> list[str]:
        """Names of what is no folder, in order."""

    def folders(self) -> list[str]:
        """Names of the folders in it, in order."""

    def inside(self, name: str) -> "Folder":
        """One of its folders."""

    def has(self, name: str) -> bool:
        """Whether anything has this name."""

    def read(self, name: str, max_bytes: int) -> bytes:
        """A file's bytes. Raises CourseError where there are none to be had."""

    def saved_at(self, name: str) -> datetime | None:
        """The local time, without zone, that an archive gives for a file."""

    def name_is_sure(self, name: str) -> bool:
        """Whether the encoding of a name of the folder's is known."""


@dataclass(frozen=True, slots=True)
class DiskFolder:
    """A folder on a disk."""

    path: Path

    def files(self) -> list[str]:
        """Names of what is no folder, links among them."""
        return [name for name in self._names() if not self._is_folder(name)]

    def folders(self) -> list[str]:
        """Names of folders; a link to one is none."""
        return [name for name in self._names() if self._is_folder(name)]

    def _names(self) -> list[str]:
        try:
            names = os.listdir(self.path)  # noqa: PTH208  names only, also of what is no text
        except OSError:  # not readable: opening the notebook says so
            return []
        return sorted(name for name in names if not name.startswith("."))

    def _is_folder(self, name: str) -> bool:
        path = self.path / name
        return path.is_dir() and not path.is_symlink()

    def inside(self, name: str) -> "DiskFolder":
        """One of its folders."""
        return DiskFolder(self.path / name)

    def has(self, name: str) -> bool:
        """Whether anything has this name, a dangling link too."""
        return os.path.lexists(self.path / name)

    def read(self, name: str, max_bytes: int) -> bytes:
        """The bytes of a regular file."""
        return read_regular(self.path, name, max_bytes)

    def saved_at(self, name: str) -> None:
        """No time: that of a file says when it was copied, or what its author wanted."""

    def name_is_sure(self, name: str) -> bool:  # noqa: ARG002  as the protocol has it
        """A disk says how its names are written."""
        return True


@dataclass(frozen=True, slots=True)
class ZipFolder:
    """A folder of an archive."""

    archive: Archive
    below: dict[str, "ZipFolder"] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)

    def files(self) -> list[str]:
        """Names of the files in it."""
        return sorted(self.members)

    def folders(self) -> list[str]:
        """Names of the folders in it."""
        return sorted(self.below)

    def inside(self, name: str) -> "ZipFolder":
        """One of its folders."""
        return self.below[name]

    def has(self, name: str) -> bool:
        """Whether a file or folder has this name."""
        return name in self.members or name in self.below

    def read(self, name: str, max_bytes: int) -> bytes:
        """The bytes of a file."""
        if name in self.members:
            return self.archive.read(self.members[name], max_bytes)
        if name in self.below:
            raise CourseError(f"{name} is not a regular file.")
        raise missing(name, [*self.members, *self.below])

    def saved_at(self, name: str) -> datetime | None:
        """The time that the archive gives."""
        return self.members[name].saved_at if name in self.members else None

    def name_is_sure(self, name: str) -> bool:
        """Whether the archive says how the name is written."""
        if name in self.members:
            return self.members[name].name_is_sure
        below = self.below[name]
        return all(one.name_is_sure for one in below.members.values()) and all(
            below.name_is_sure(folder) for folder in below.below
        )


def missing(name: str, others: Iterable[str]) -> CourseError:
    """That a file is not there, and what is."""
    listed = ", ".join(clean_text(other, 60) for other in sorted(others)[:5])
    held = f" It holds: {listed}." if listed else " Its folder is empty."
    return CourseError(f"There is no file {name} in the submission.{held}")


def root_of(archive: Archive) -> ZipFolder:
    """The folder that an archive is."""
    root = ZipFolder(archive)
    for member in archive.members:
        folder = root
        for part in member.parts[:-1]:
            folder = folder.below.setdefault(part, ZipFolder(archive))
        folder.members[member.parts[-1]] = member
    return root


@dataclass(frozen=True, slots=True)
class Picked:
    """Some files of a folder under other names: a platform lengthens names, and is undone here."""

    folder: Folder
    names: Mapping[str, tuple[str, ...]]  # what it is called here -> what there

    def files(self) -> list[str]:
        """The names here."""
        return sorted(self.names)

    def folders(self) -> list[str]:
        """None."""
        return []

    def inside(self, name: str) -> Folder:
        """There is no folder to ask for."""
        raise KeyError(name)

    def has(self, name: str) -> bool:
        """Whether a file is called so here."""
        return name in self.names

    def read(self, name: str, max_bytes: int) -> bytes:
        """The bytes of a file."""
        if name not in self.names:
            raise missing(name, self.names)
        found = self.names[name]
        if len(found) > 1:
            listed = ", ".join(clean_text(one, 90) for one in found)
            raise CourseError(f"{name} was handed in {len(found)} times: {listed}. Keep one.")
        return self.folder.read(found[0], max_bytes)

    def saved_at(self, name: str) -> datetime | None:
        """The latest time of the files that are called so here."""
        times = [self.folder.saved_at(one) for one in self.names.get(name, ())]
        return max((one for one in times if one is not None), default=None)

    def name_is_sure(self, name: str) -> bool:
        """Whether the encoding of every name there is known."""
        return all(self.folder.name_is_sure(one) for one in self.names.get(name, ()))
