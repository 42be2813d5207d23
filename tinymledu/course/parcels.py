"""An assignment's kit on its way to another machine, named by its content and unpacked once there.

A parcel is plain data: files as bytes, folders as bytes by path. Each worker process fetches it
once, each node keeps its folders once in the cache, under the hash of what is in them.
"""

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tinymledu.course import keys
from tinymledu.course.assignment import Assignment
from tinymledu.course.kit import Kit
from tinymledu.files import cache_dir


@dataclass(frozen=True, slots=True)
class Parcel:
    """A kit with what is in its folders. `folders`: path in the jail -> path below -> content."""

    assignment: Assignment
    student_files: Mapping[str, bytes]
    checker_files: Mapping[str, bytes]
    folders: Mapping[str, Mapping[str, bytes]]
    run_key: str
    check_keys: Mapping[str, str]

    @property
    def key(self) -> str:
        """Changes with the content."""
        return keys.joined([self.run_key, *sorted(self.check_keys.values())])


def pack(kit: Kit) -> Parcel:
    """Make a kit into one that needs no folder of this machine."""
    return Parcel(
        assignment=kit.assignment,
        student_files=kit.student_files,
        checker_files=kit.checker_files,
        folders={shown: _contents(Path(folder)) for shown, folder in kit.shown_folders.items()},
        run_key=kit.run_key,
        check_keys=kit.check_keys,
    )


def _contents(folder: Path) -> dict[str, bytes]:
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def unpack(parcel: Parcel) -> Kit:
    """The kit on this machine; folders that are here already are not written again."""
    shown = {inside: str(_folder(files)) for inside, files in parcel.folders.items()}
    return Kit(
        assignment=parcel.assignment,
        student_files=parcel.student_files,
        checker_files=parcel.checker_files,
        shown_folders=shown,
        run_key=parcel.run_key,
        check_keys=parcel.check_keys,
    )


def _folder(files: Mapping[str, bytes]) -> Path:
    root = cache_dir("kits")
    target = root / keys.of_files(files)
    if target.is_dir():
        return target
    unfinished = Path(tempfile.mkdtemp(dir=root, prefix="unfinished-"))
    for name, content in files.items():
        path = unfinished / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o644)
    for folder in (unfinished, *(path for path in unfinished.rglob("*") if path.is_dir())):
        folder.chmod(0o755)  # a jailed process has a user of its own
    try:
        unfinished.rename(target)
    except OSError:  # another worker of this node was first
        shutil.rmtree(unfinished)
    return target
