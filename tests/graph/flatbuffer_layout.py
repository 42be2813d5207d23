"""Where the fields of a .tflite file lie, so that a mutation can aim at one of them.

Only the tables and fields that the reader looks at are known. A sound file is expected: this walks
over seeds, never over mutated files.

Format: the FlatBuffers internals page, and schema.fbs version 3 for the numbers of the fields.
"""

import struct
from dataclasses import dataclass

# Field number to what lies there: a scalar's size in bytes, a table's name, or a vector of one.
TABLES = {
    "Model": {0: 4, 1: ["OperatorCode"], 2: ["SubGraph"], 4: ["Buffer"], 6: ["Metadata"]},
    "OperatorCode": {0: 1, 1: [1], 2: 4, 3: 4},
    "SubGraph": {0: ["Tensor"], 1: [4], 2: [4], 3: ["Operator"]},
    "Tensor": {0: [4], 1: 1, 2: 4, 3: [1], 4: "Quantization", 5: 1, 7: [4]},
    "Quantization": {2: [4], 3: [8], 6: 4},
    "Operator": {0: 4, 1: [4], 2: [4], 3: 1, 4: "Options"},
    "Options": dict.fromkeys(range(8), 4),  # of any operator: integers, enumerations, one float
    "Buffer": {0: [1], 1: 8, 2: 8},
    "Metadata": {0: [1], 1: 4},
}


@dataclass(frozen=True)
class Place:
    """Some bytes of the file. `what` names the field they belong to, or the kind of link."""

    start: int
    n_bytes: int
    what: str


def places(content: bytes) -> tuple[Place, ...]:
    """All scalars, vector lengths, offsets and virtual tables of a sound file."""
    found: dict[int, Place] = {}
    _add(found, 0, 4, "root offset")
    _walk(content, _target(content, 0), "Model", found)
    return tuple(found[start] for start in sorted(found))


def _add(found: dict[int, Place], start: int, n_bytes: int, what: str) -> None:
    found.setdefault(start, Place(start, n_bytes, what))


def _target(content: bytes, at: int) -> int:
    return at + struct.unpack_from("<I", content, at)[0]


def _walk(content: bytes, table: int, name: str, found: dict[int, Place]) -> None:
    if table in found:
        return
    _add(found, table, 4, f"{name} virtual table offset")
    virtual = table - struct.unpack_from("<i", content, table)[0]
    n_bytes = struct.unpack_from("<H", content, virtual)[0]
    for entry in range(virtual, virtual + n_bytes, 2):
        _add(found, entry, 2, f"{name} virtual table")
    for number, kind in TABLES[name].items():
        entry = virtual + 4 + 2 * number
        if entry + 2 <= virtual + n_bytes and (
            offset := struct.unpack_from("<H", content, entry)[0]
        ):
            _field(content, table + offset, kind, f"{name}.{number}", found)


def _field(content: bytes, at: int, kind: object, what: str, found: dict[int, Place]) -> None:
    if isinstance(kind, int):
        _add(found, at, kind, what)
        return
    _add(found, at, 4, f"{what} offset")
    if isinstance(kind, str):
        _walk(content, _target(content, at), kind, found)
        return
    (element,) = kind
    vector = _target(content, at)
    _add(found, vector, 4, f"{what} length")
    n = struct.unpack_from("<I", content, vector)[0]
    step = element if isinstance(element, int) else 4
    for index in range(n if step > 1 else min(n, 8)):  # of long byte vectors the beginning will do
        _field(content, vector + 4 + index * step, element, f"{what}[]", found)
