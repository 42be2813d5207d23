"""manifest.csv: one row for each file under data/, with its label, split and group."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tinymledu.errors import BundleError
from tinymledu.files import is_utf8, sha256_of

NAME = "manifest.csv"
COLUMNS = ("path", "label", "split", "group", "sha256", "bytes")
SPLITS = ("train", "validation", "test", "unlabelled")


@dataclass(frozen=True, slots=True)
class DataFile:
    """One recording or picture.

    path: below data/, such as "quiet_001.wav". label: "" where nobody labelled it. group: the
    patient, plant, speaker or site that it is of; all files of a group are in one split.
    """

    path: str
    label: str
    split: str
    group: str
    content: bytes

    def __post_init__(self) -> None:
        """Raises BundleError for what a table cannot hold as it is."""
        for name in ("path", "label", "split", "group"):
            value = getattr(self, name)
            if not isinstance(value, str) or not is_utf8(value):
                raise BundleError(
                    f"{NAME}: {name} of {self.path!r} is {value!r}; give text that UTF-8 can hold."
                )
        if not isinstance(self.content, bytes):
            raise BundleError(f"{self.path!r} has a {type(self.content).__name__}; give its bytes.")


def manifest_text(data: Iterable[DataFile]) -> str:
    """The table, in alphabetical order of the paths."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    for one in sorted(data, key=lambda one: one.path):
        table.writerow(
            (f"data/{one.path}", one.label, one.split, one.group, sha256_of(one.content),
             len(one.content))
        )  # fmt: skip
    return out.getvalue()


def check_manifest(files: Mapping[str, bytes]) -> tuple[DataFile, ...]:
    """Read the table and compare it with the files under data/.

    Raises:
        BundleError: a file without a row, a row without a file, another checksum, no group, or a
            group in two splits: then a model could know its test people from training.
    """
    here = {name for name in files if name.startswith("data/")}
    if NAME not in files:
        if here:
            raise BundleError(f"{NAME} is missing, and {min(here)} is there.")
        return ()
    rows = _rows(files[NAME])
    if not rows or tuple(rows[0]) != COLUMNS:
        raise BundleError(f"{NAME}: its first line is not {','.join(COLUMNS)}.")
    found: dict[str, DataFile] = {}
    split_of: dict[str, str] = {}
    for row in rows[1:]:
        one = _checked(row, files, found)
        found[f"data/{one.path}"] = one
        if split_of.setdefault(one.group, one.split) != one.split:
            raise BundleError(
                f"{NAME}: group {one.group!r} is in {split_of[one.group]} and in {one.split}. A "
                "group must be in one split, or the test knows its people from training."
            )
    if missing := sorted(here - found.keys()):
        raise BundleError(f"{NAME} has no row for {missing[0]}.")
    return tuple(found.values())


def _rows(content: bytes) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise BundleError(f"{NAME} is no CSV in UTF-8: {error}.") from None


def _checked(row: list[str], files: Mapping[str, bytes], found: Mapping[str, object]) -> DataFile:
    if len(row) != len(COLUMNS):
        raise BundleError(f"{NAME}: a row has {len(row)} columns instead of {len(COLUMNS)}.")
    path, label, split, group, sha256, n_bytes = row
    if not path.startswith("data/") or path not in files or path in found:
        raise BundleError(f"{NAME}: {path[:90]!r} is no file under data/, or has two rows.")
    content = files[path]
    if sha256 != sha256_of(content) or n_bytes != str(len(content)):
        raise BundleError(f"{NAME}: {path} has another checksum or length than its row says.")
    if split not in SPLITS:
        raise BundleError(f"{NAME}: {path} is in split {split[:40]!r}; use {', '.join(SPLITS)}.")
    if not group.strip():
        raise BundleError(f"{NAME}: {path} has no group. Name its patient, plant or site.")
    return DataFile(path.removeprefix("data/"), label, split, group, content)
