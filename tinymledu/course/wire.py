"""The typed wire between the student's process, the trusted parent and the checker.

A frame is a 4-byte big-endian length and that many bytes. Its content is JSON; values that JSON
cannot carry exactly are objects with a tag `t`, and arrays are plain buffers in base64. There is
no pickle, and a reader gets plain values only: an object of any other type arrives as `Opaque`,
which knows the name of its type and nothing else. Every reader here survives hostile bytes: it
returns a value or raises WireError, with memory bounded by the frame's size.
"""

import base64
import binascii
import json
import math
import re
import socket
import struct
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None

MAX_FRAME_BYTES = 32 * 1024**2
MAX_DEPTH = 12
MAX_NODES = 1_000_000  # list and dict entries in one value
MAX_DICT_ENTRIES = 10_000  # keys can be made to collide, and then the time grows as the square
MAX_INT_DIGITS = 1000
_DTYPE = re.compile(r"[<|](b1|[iu][1248]|f[248]|c8|c16)")


class WireError(ValueError):
    """The other side sent something that is not a value, or something too large."""


@dataclass(frozen=True, slots=True)
class Opaque:
    """A value that stays in the student's process; only the name of its type crosses."""

    type_name: str


# ---------------------------------------------------------------------------------------- frames


def send_frame(channel: socket.socket, content: bytes, *, timeout_s: float = 30.0) -> None:
    """Send one frame. Raises OSError when the other side is gone, TimeoutError when it is stuck."""
    channel.settimeout(timeout_s)
    channel.sendall(struct.pack(">I", len(content)) + content)


def receive_frame(
    channel: socket.socket, *, deadline: float, max_bytes: int = MAX_FRAME_BYTES
) -> bytes | None:
    """Read one frame, or None when the other side has closed.

    Args:
        deadline: value of time.monotonic() at which to give up.

    Raises:
        TimeoutError: the frame was not complete at the deadline.
        WireError: the frame is longer than `max_bytes`.
    """
    header = _receive(channel, 4, deadline)
    if header is None:
        return None
    (n_bytes,) = struct.unpack(">I", header)
    if n_bytes > max_bytes:
        raise WireError(f"a message of {n_bytes} bytes; the limit is {max_bytes}")
    return _receive(channel, n_bytes, deadline)


def _receive(channel: socket.socket, n_bytes: int, deadline: float) -> bytes | None:
    # Not one buffer of n_bytes at once: a header that promises 32 MiB must cost what was sent.
    content = bytearray()
    while len(content) < n_bytes:
        channel.settimeout(max(0.001, deadline - time.monotonic()))
        try:
            part = channel.recv(min(n_bytes - len(content), 1 << 20))
        except ConnectionError:
            return None
        except TimeoutError:
            raise TimeoutError("no complete message before the deadline") from None
        if not part:
            return None
        content += part
    return bytes(content)


# ------------------------------------------------------------------------------------------ JSON


def to_json(value: Json) -> bytes:
    """JSON as UTF-8 bytes. Lone surrogates become question marks: no reader has to expect them."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")


def from_json(content: bytes) -> Json:
    """Parse hostile bytes. Raises WireError and nothing else."""
    try:
        parsed: Json = json.loads(content, parse_constant=_no_constant)
    except (ValueError, RecursionError, MemoryError) as error:
        raise WireError(f"not a JSON message ({type(error).__name__})") from None
    return parsed


def from_object(content: bytes) -> dict[str, Any]:
    """Parse hostile bytes that must be a JSON object. Raises WireError and nothing else."""
    parsed = from_json(content)
    if not isinstance(parsed, dict):
        raise WireError("a message that is not an object")
    return parsed


def _no_constant(name: str) -> None:
    raise ValueError(name)


def clean_text(value: object, max_chars: int) -> str:
    """Text from the other side as one may store it: a str, printable, cut at `max_chars`.

    Terminal escapes and other control characters go, newlines and tabs stay.
    """
    if not isinstance(value, str):
        return ""
    text = _CONTROL.sub("", value[: 4 * max_chars])
    text = text.encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= max_chars else text[:max_chars] + " ..."


_CONTROL = re.compile(
    r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)


# ---------------------------------------------------------------------------------------- values


def encode(value: object) -> Json:
    """Write a value as JSON with tags. What has no plain form becomes an Opaque, never an error.

    Raises:
        WireError: nested deeper than MAX_DEPTH or more than MAX_NODES entries.
    """
    return _encode(value, MAX_DEPTH, [MAX_NODES])


def _encode(value: object, depth: int, budget: list[int]) -> Json:
    if depth == 0:
        raise WireError(f"nested deeper than {MAX_DEPTH} levels")
    budget[0] -= 1
    if budget[0] < 0:
        raise WireError(f"more than {MAX_NODES} entries")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, np.generic):
        return _encode_array(np.asarray(value)) | {"scalar": True}
    if isinstance(value, (int, float, str, bytes, bytearray)):
        return _encode_leaf(value)
    if isinstance(value, np.ndarray):
        return _encode_array(np.asarray(value))
    if isinstance(value, (list, tuple)):
        tag = "list" if isinstance(value, list) else "tuple"
        return {"t": tag, "v": [_encode(entry, depth - 1, budget) for entry in value]}
    if isinstance(value, Mapping):
        pairs: list[Json] = [
            [_encode(key, depth - 1, budget), _encode(entry, depth - 1, budget)]
            for key, entry in value.items()
        ]
        return {"t": "dict", "v": pairs}
    return {"t": "other", "v": type(value).__name__[:60]}


def _encode_leaf(value: int | float | str | bytes | bytearray) -> Json:
    if isinstance(value, (bytes, bytearray)):
        return {"t": "bytes", "v": base64.b64encode(value).decode("ascii")}
    if isinstance(value, str):
        return str(value)
    if isinstance(value, float):
        return {"t": "float", "v": float(value).hex()}
    if abs(value) < 2**53:
        return int(value)
    if value.bit_length() > 3 * MAX_INT_DIGITS:
        raise WireError(f"an integer of more than {MAX_INT_DIGITS} digits")
    return {"t": "int", "v": str(int(value))}


def _encode_array(array: np.ndarray[Any, Any]) -> dict[str, Json]:
    plain = array.astype(array.dtype.newbyteorder("<"), order="C", copy=False)
    if not _DTYPE.fullmatch(plain.dtype.str):
        return {"t": "other", "v": f"array of {array.dtype}"[:60]}
    return {
        "t": "array",
        "dtype": plain.dtype.str,
        "shape": [int(side) for side in plain.shape],
        "v": base64.b64encode(plain.tobytes()).decode("ascii"),
    }


def decode(content: Json) -> object:
    """Read a value that `encode` wrote, or that a hostile process wrote in its place.

    Raises:
        WireError: not such a value; nothing else is raised.
    """
    try:
        return _decode(content, MAX_DEPTH)
    except WireError:
        raise
    except (ValueError, TypeError, KeyError, OverflowError, binascii.Error) as error:
        raise WireError(f"a value that cannot be read ({type(error).__name__})") from None


def _decode(content: Json, depth: int) -> object:
    if depth == 0:
        raise WireError(f"nested deeper than {MAX_DEPTH} levels")
    if content is None or isinstance(content, (bool, int, str)):
        return content
    if not isinstance(content, dict):
        raise WireError("a value without a tag")
    tag, value = content.get("t"), content.get("v")
    if isinstance(value, str):
        return _decode_leaf(tag, value, content)
    if not isinstance(value, list):
        raise WireError(f"tag {clean_text(tag, 20)!r} with the wrong content")
    if tag == "list":
        return [_decode(entry, depth - 1) for entry in value]
    if tag == "tuple":
        return tuple(_decode(entry, depth - 1) for entry in value)
    if tag == "dict":
        if len(value) > MAX_DICT_ENTRIES:
            raise WireError(f"a dict of more than {MAX_DICT_ENTRIES} entries")
        return {_decode(key, depth - 1): _decode(entry, depth - 1) for key, entry in _pairs(value)}
    raise WireError(f"unknown tag {clean_text(tag, 20)!r}")


def _decode_leaf(tag: Json, value: str, content: dict[str, Json]) -> object:
    if tag == "int":
        if not re.fullmatch(rf"-?[0-9]{{1,{MAX_INT_DIGITS}}}", value):
            raise WireError("an integer that is not one")
        return int(value)
    if tag == "float":
        return float.fromhex(value)
    if tag == "bytes":
        return base64.b64decode(value, validate=True)
    if tag == "array":
        return _decode_array(value, content)
    if tag == "other":
        return Opaque(clean_text(value, 60))
    raise WireError(f"unknown tag {clean_text(tag, 20)!r}")


def _decode_array(value: str, content: dict[str, Json]) -> object:
    name, shape = content.get("dtype"), content.get("shape")
    if not isinstance(name, str) or not _DTYPE.fullmatch(name):
        raise WireError("an array of an unknown element type")
    if not isinstance(shape, list) or len(shape) > 16:
        raise WireError("an array without a shape")
    sides = [side for side in shape if type(side) is int and 0 <= side < 2**31]
    dtype, buffer = np.dtype(name), base64.b64decode(value, validate=True)
    if len(sides) != len(shape) or math.prod(sides) * dtype.itemsize != len(buffer):
        raise WireError("an array whose shape does not match its bytes")
    if math.prod(side or 1 for side in sides) * dtype.itemsize > MAX_FRAME_BYTES:
        raise WireError("an empty array with a side far too long")
    array = np.frombuffer(buffer, dtype).reshape(sides).copy()
    return array[()] if content.get("scalar") is True and array.ndim == 0 else array


def _pairs(value: Sequence[Json]) -> list[tuple[Json, Json]]:
    pairs: list[tuple[Json, Json]] = []
    for pair in value:
        if not isinstance(pair, list) or len(pair) != 2:
            raise WireError("a dict whose entries are not pairs")
        pairs.append((pair[0], pair[1]))
    return pairs
