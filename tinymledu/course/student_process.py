"""What runs in the student's jail: the notebook's cells, then calls of the student's functions.

One frame in: the cells and files. Out: one frame per cell, then `ready`. After that each frame in
is a question of the checker's, relayed by the trusted parent, and each frame out is its answer.
"""

import base64
import socket
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tinymledu.course import sentences, wire
from tinymledu.course import shell as shells
from tinymledu.course.isolation.limits import MIB, Limits
from tinymledu.course.shell import Captured
from tinymledu.course.verdict import Verdict
from tinymledu.course.wire import Json, WireError
from tinymledu.translation import said

_MAX_ANSWER_BYTES = 24 * MIB
_MAX_FILE_BYTES = 16 * MIB


def main(channel: socket.socket, limits: Limits) -> None:
    """Run the cells that come over the channel, then answer until it closes."""
    order = _receive(channel, limits)
    if order is None:
        return
    for name, content in order["files"].items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(content))
        path.chmod(0o444)
    shell = shells.warm_shell()
    shells.refuse_keyboard()
    for source in order["cells"]:
        outcome = shells.run_cell(
            shell, source, seconds=limits.cell_s, max_chars=limits.output_bytes
        )
        wire.send_frame(channel, wire.to_json({"cell": outcome}))
    wire.send_frame(channel, wire.to_json({"ready": True}))
    while (question := _receive(channel, limits)) is not None:
        wire.send_frame(channel, _answer(shell.user_ns, question, limits.call_s))


def _receive(channel: socket.socket, limits: Limits) -> dict[str, Any] | None:
    content = wire.receive_frame(channel, deadline=time.monotonic() + limits.wall_s)
    return None if content is None else wire.from_object(content)


def _answer(names: dict[str, Any], question: dict[str, Any], seconds: float) -> bytes:
    """Answer one question. Output is dropped: it could carry a hidden test's inputs out."""
    reply: Json
    try:
        with shells.capturing(Captured(0)), shells.time_limit(seconds):
            reply = {"ok": wire.encode(_value(names, question))}
        content = wire.to_json(reply)
        if len(content) > _MAX_ANSWER_BYTES:
            raise WireError(f"an answer of {len(content)} bytes; the limit is {_MAX_ANSWER_BYTES}")
    except _MissingError as missing:
        content = _error("missing", Verdict.FAILED, str(missing))
    except BaseException as error:  # noqa: BLE001  student code raises what it likes
        found = shells.failure(error)
        fields = {"kind": "raised", **asdict(found), "verdict": found.verdict.value}
        content = wire.to_json({"error": fields})
    return content


class _MissingError(Exception):
    """The name, or the file, that a check asks for is not there."""


def _error(kind: str, verdict: Verdict, message: str) -> bytes:
    return wire.to_json({"error": {"kind": kind, "verdict": verdict.value, "message": message}})


def _value(names: dict[str, Any], question: dict[str, Any]) -> object:
    name = question["name"]
    if question["op"] == "file":
        path = Path(name)
        if path.is_symlink() or not path.is_file():
            raise _MissingError(sentences.no_file(name))
        n_bytes = path.stat().st_size
        if n_bytes > _MAX_FILE_BYTES:
            raise _MissingError(
                said(
                    "The file {name!r} has {n} bytes, above {most}.",
                    name=name,
                    n=n_bytes,
                    most=_MAX_FILE_BYTES,
                )
            )
        return path.read_bytes()
    if name not in names:
        raise _MissingError(sentences.no_name(name))
    if question["op"] == "value":
        return names[name]
    arguments = [wire.decode(argument) for argument in question["args"]]
    options = {key: wire.decode(value) for key, value in question["options"].items()}
    return names[name](*arguments, **options)
