"""The first frame that a student's or a checker's process gets: what to run, and its files."""

import base64
from collections.abc import Collection, Mapping, Sequence
from pathlib import PurePosixPath

from tinymledu.course import wire
from tinymledu.course.wire import Json
from tinymledu.errors import InputError
from tinymledu.units import size


def for_student(cells: Sequence[str], files: Mapping[str, bytes]) -> bytes:
    """Cells to run and files to find.

    Raises:
        InputError: a path leaves the working folder, or it is too much for one frame.
    """
    return _frame({"cells": list(cells), "files": _encoded(files)})


def for_checker(
    source: str, files: Mapping[str, bytes], *, only: Collection[str] | None = None
) -> bytes:
    """Checks to run, all or `only` these, and files to find. Raises InputError as above."""
    chosen: Json = None if only is None else [*sorted(only)]
    return _frame({"source": source, "files": _encoded(files), "only": chosen})


def _frame(order: dict[str, Json]) -> bytes:
    payload = wire.to_json(order)
    if len(payload) > wire.MAX_FRAME_BYTES:
        raise InputError(
            f"Cells, checks and files take {size(len(payload))} on the way into the jail; "
            f"the most is {size(wire.MAX_FRAME_BYTES)}. Show large files by readonly_binds."
        )
    return payload


def _encoded(files: Mapping[str, bytes]) -> dict[str, Json]:
    for name in files:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or not path.parts:
            raise InputError(f"The file {name!r} is not below the working folder.")
    return {name: base64.b64encode(content).decode() for name, content in files.items()}
