"""Names that are safe as C identifiers, as file names on every system, and in comments."""

import re

from tinymledu.codegen.emit import c_identifier
from tinymledu.errors import InputError
from tinymledu.graph.ir import TFLiteModel

# fmt: off
# Files of these names are devices on Windows, or headers that "NAME.h" would hide.
TAKEN_FILE_NAMES = frozenset([
    "aux", "con", "nul", "prn", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)),
    "arduino", "assert", "complex", "ctype", "errno", "fenv", "float", "inttypes", "iso646",
    "limits", "locale", "malloc", "math", "memory", "new", "setjmp", "signal", "string", "strings",
    "tgmath", "threads", "time", "uchar", "unistd", "wchar", "wctype",
])
# fmt: on


def export_name(model: TFLiteModel, name: str | None) -> str:
    """The C name of an export: the user's own, or one made from the model's name.

    Raises:
        InputError: the user's name is that of a device or of a standard header.
    """
    if name is None:
        made = c_identifier(model.name)
        return f"model_{made}" if made in TAKEN_FILE_NAMES else made
    if name.lower() in TAKEN_FILE_NAMES:
        raise InputError(
            f"{name!r} cannot be the name of an export: a file {name}.h would be taken for a "
            "device or for a header of the compiler. Choose another, such as "
            f"{'my_' + name.lower()!r}."
        )
    return name  # whether it is a C identifier, generate_c decides


def plain_text(text: str) -> str:
    """Text that cannot end a comment, or begin one, or break a line."""
    return re.sub(r"[^A-Za-z0-9 ._+()-]", "_", text)[:80]
