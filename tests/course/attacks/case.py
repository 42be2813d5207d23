"""One attack: what it hands in, what it wants, and what must come of it."""

import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FULL = 85  # the machine points of the small assignment
HONEST = "def double(x):\n    return x + x\n"
WRONG = "def double(x):\n    return 1\n"

PASSED = ("passed",)
NO_POINTS = ("failed", "raised", "out of time", "out of memory")  # a grader error is not among them
OUT_OF_TIME = ("out of time",)
NOT_RUN = ("not run",)

CALL = """
import ctypes, errno, os
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
def call(number, *arguments):
    result = libc.syscall(ctypes.c_long(number), *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
"""

# Writes frames on the line to the grader, as the course's own code would.
FRAME = """
import json, struct, os, socket
def forge(value):
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    line = socket.socket(fileno=os.dup(3))
    line.setblocking(True)
    line.sendall(struct.pack('>I', len(content)) + content)
"""


@dataclass(frozen=True, slots=True)
class Attack:
    """`points` and `verdicts` list what is right; None stands for no grade but a stated reason.

    Attributes:
        answer: the source of the answer cell.
        change: edits the notebook before it is handed in.
        hand_in: writes the submission's folder in place of a notebook; gets its path.
        says: must appear in the reason or in the line about the student.
        student: the name of the student's folder, where that is the attack.
        machine: the processor whose system call numbers it uses; '' for any.
        slow: uses up seconds by design; not in the class of the quick tests.
    """

    id: str
    tries: str
    answer: str = HONEST
    points: tuple[int | None, ...] = (FULL,)
    verdicts: tuple[str, ...] = PASSED
    says: str = ""
    change: Callable[[dict[str, Any]], None] | None = None
    hand_in: Callable[[Path], None] | None = None
    student: str = ""
    machine: str = ""
    slow: bool = False


def refused(name: str, tries: str, code: str, *, x86: bool = False) -> Attack:
    """An attack that has to end in an exception: where it does not, `double` is gone.

    An honest answer stands before it, so that containing it costs its author nothing.
    """
    body = textwrap.indent((CALL if x86 else "") + code, "    ")
    answer = f"{HONEST}\ndef attempt():\n{body}\n\ntry:\n    attempt()\n"
    answer += "except BaseException as error:\n    print(type(error).__name__, error)\n"
    answer += "else:\n    del double\n"
    return Attack(name, tries, answer, machine="x86_64" if x86 else "")


def cheat(name: str, tries: str, code: str) -> Attack:
    """A wrong answer that wants points, and gets none."""
    return Attack(name, tries, WRONG + code, points=(0,), verdicts=NO_POINTS)


def survives(
    name: str, tries: str, code: str, *, points: tuple[int, ...] = (FULL,), slow: bool = False
) -> Attack:
    """An honest answer, then something greedy that is cut short, or ends the program."""
    verdicts = PASSED if points == (FULL,) else (*PASSED, *NO_POINTS)
    return Attack(name, tries, f"{HONEST}\n{code}", points=points, verdicts=verdicts, slow=slow)
