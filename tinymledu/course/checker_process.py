"""What runs in the checker's jail: the lecturer's checks, with the student at the end of a wire.

One frame in: the checks' source, and which of them to run. Out: one frame that lists the checks,
one per result, then `done`; between them questions to the student. The trusted parent answers a
question with a frame that starts with A and is the student's own bytes, or with D and the reason
why there is no student any more.
"""

import base64
import linecache
import socket
import time
import traceback
from pathlib import Path
from typing import Any

from tinymledu.course import sentences, wire
from tinymledu.course.checks import Check, StudentError, failure_of
from tinymledu.course.isolation.limits import Limits
from tinymledu.course.verdict import Verdict
from tinymledu.course.wire import Json, WireError
from tinymledu.translation import said

_FILE_NAME = "checks.py"
_MAX_DETAIL_CHARS = 4000


class RemoteStudent:
    """The student's process at the other end of the trusted parent's relay.

    A file is what it was when it was first asked for: a program that answers each check with
    another model would be small for one and good for the next. A function that did not end is not
    called again: it would take the time that the checks of the other functions need.
    """

    def __init__(self, channel: socket.socket, wait_s: float) -> None:
        self._channel = channel
        self._wait_s = wait_s
        self._files: dict[str, bytes] = {}
        self._endless: dict[str, StudentError] = {}

    def call(self, name: str, *args: object, **options: object) -> Any:
        """Call the student's function; its answer as a plain value. Raises StudentError."""
        if name in self._endless:
            raise self._endless[name]
        question: dict[str, Json] = {
            "op": "call",
            "name": name,
            "args": [wire.encode(argument) for argument in args],
            "options": {key: wire.encode(value) for key, value in options.items()},
        }
        try:
            return self._ask(question, f"{name}()")
        except StudentError as failure:
            if failure.verdict is Verdict.OUT_OF_TIME:
                self._endless[name] = failure
            raise

    def value(self, name: str) -> Any:
        """The value of a name in the notebook. Raises StudentError."""
        return self._ask({"op": "value", "name": name}, name)

    def file(self, name: str) -> bytes:
        """The content of a file that the notebook wrote. Raises StudentError."""
        if name not in self._files:
            content = self._ask({"op": "file", "name": name}, name)
            if not isinstance(content, bytes):
                raise StudentError(said("the file {name!r} could not be read", name=name))
            self._files[name] = content
        return self._files[name]

    def _ask(self, question: dict[str, Json], what: str) -> object:
        wire.send_frame(self._channel, wire.to_json({"ask": question}))
        frame = wire.receive_frame(self._channel, deadline=time.monotonic() + self._wait_s)
        if frame is None:
            raise EOFError("the trusted parent closed the line")
        if frame[:1] == b"D":
            gone = wire.from_object(frame[1:])
            raise StudentError(gone["reason"], Verdict(gone["verdict"]))
        try:
            return _read(frame[1:], what)
        except WireError as error:
            raise StudentError(
                said("{what} gave an answer that cannot be read: {error}", what=what, error=error)
            ) from None


def _read(content: bytes, what: str) -> object:
    answer = wire.from_object(content)
    if "ok" in answer:
        return wire.decode(answer["ok"])
    error = answer.get("error")
    if not isinstance(error, dict):
        raise WireError("neither a value nor an error")
    message = wire.clean_text(error.get("message"), sentences.MAX_CHARS)
    name = wire.clean_text(error.get("error"), 100)
    if error.get("kind") == "missing":
        raise StudentError(message)
    if error.get("verdict") == Verdict.OUT_OF_TIME.value:
        raise StudentError(
            said("{what} did not end: {message}.", what=what, message=message), Verdict.OUT_OF_TIME
        )
    if error.get("verdict") == Verdict.OUT_OF_MEMORY.value:
        raise StudentError(sentences.out_of_memory(what), Verdict.OUT_OF_MEMORY)
    line = error.get("line")
    raise StudentError(sentences.raised(what, name, message, line if type(line) is int else None))


def main(channel: socket.socket, limits: Limits) -> None:
    """Run the checks that come over the channel."""
    content = wire.receive_frame(channel, deadline=time.monotonic() + limits.wall_s)
    if content is None:
        return
    order = wire.from_object(content)
    for name, encoded in order["files"].items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(base64.b64decode(encoded))
    try:
        checks = _load(order["source"])
    except BaseException:  # noqa: BLE001  the lecturer's file can raise anything
        wire.send_frame(channel, wire.to_json({"broken": _trace()}))
        return
    listed: list[Json] = [
        {"name": c.name, "title": c.title, "points": c.points, "visible": c.visible, "hint": c.hint}
        for c in checks
    ]
    wire.send_frame(channel, wire.to_json({"checks": listed}))
    student = RemoteStudent(channel, limits.wall_s)
    only = order.get("only")
    wanted = [check for check in checks if only is None or check.name in only]
    for check in sorted(wanted, key=lambda c: not c.visible):
        wire.send_frame(channel, wire.to_json({"result": _run(check, student)}))
    wire.send_frame(channel, wire.to_json({"done": True}))


def _load(source: str) -> list[Check]:
    """The checks of a file, in the order they are defined."""
    lines = source.splitlines(keepends=True)
    linecache.cache[_FILE_NAME] = (len(source), None, lines, _FILE_NAME)  # for tracebacks
    names: dict[str, Any] = {"__name__": "checks", "__file__": str(Path.cwd() / _FILE_NAME)}
    exec(compile(source, _FILE_NAME, "exec"), names)
    checks = [value for value in names.values() if isinstance(value, Check)]
    if len({check.name for check in checks}) != len(checks):
        raise ValueError("two checks have the same name")
    return checks


def _run(check: Check, student: RemoteStudent) -> dict[str, Json]:
    try:
        failure = failure_of(check, student)
    except BaseException:  # noqa: BLE001  a bug of the check is the grader's, never the student's
        return _result(check, Verdict.GRADER_ERROR, "", _trace())
    if failure is not None:
        return _result(check, failure.verdict, str(failure), str(failure))
    return _result(check, Verdict.PASSED, "", "")


def _result(check: Check, verdict: Verdict, message: str, detail: str) -> dict[str, Json]:
    return {"name": check.name, "verdict": verdict.value, "message": message, "detail": detail}


def _trace() -> str:
    return traceback.format_exc(limit=-6)[-_MAX_DETAIL_CHARS:]
