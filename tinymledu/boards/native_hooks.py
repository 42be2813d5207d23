"""The emulator's hooks in C: compiled once by zig for this computer, called without Python."""

import ctypes
import functools
from typing import Any

from tinymledu import files
from tinymledu.boards.toolchain import host_library
from tinymledu.errors import BoardError

_SOURCE = ("firmware", "emulator")


def have_native_hooks() -> bool:
    """Whether the hooks in C can be compiled and loaded here."""
    return _library() is not None


def add_native_hook(uc: Any, kinds: int, function: str, state: ctypes.Structure) -> None:
    """Let the emulator call a C function of firmware/emulator with `state`.

    Args:
        kinds: what it is called at, such as unicorn.UC_HOOK_BLOCK.
        state: must live as long as `uc` executes.
    """
    from unicorn.unicorn_py3.unicorn import uclib

    problem = uclib.uc_hook_add(
        uc._uch,
        ctypes.byref(ctypes.c_size_t()),
        kinds,
        ctypes.cast(getattr(_library(), function), ctypes.c_void_p),
        ctypes.cast(ctypes.pointer(state), ctypes.c_void_p),
        ctypes.c_uint64(1),  # from 1 to 0: everywhere
        ctypes.c_uint64(0),
    )
    if problem:
        raise BoardError(f"The emulator took no hook (unicorn error {problem}).")


@functools.cache
def _library() -> ctypes.CDLL | None:
    """The hooks as a shared library; None where it cannot be compiled or loaded."""
    texts = {path.name: path.read_text("utf-8") for path in files.shipped(*_SOURCE).iterdir()}
    path = host_library("hooks", texts)
    try:
        return None if path is None else ctypes.CDLL(str(path))
    except OSError:  # a folder from which nothing may be executed
        return None
