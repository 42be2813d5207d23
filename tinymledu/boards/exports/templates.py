"""The templates of exports, firmware/templates/exports/, and how their holes are filled."""

import functools
from collections.abc import Mapping

import jinja2
import numpy as np

from tinymledu import files
from tinymledu.boards.exports.names import plain_text


def fill(template: str, holes: Mapping[str, object]) -> str:
    """The text of a template below firmware/templates/; a hole without a value is our fault."""
    return _environment().get_template(template).render(holes)


def template_names(folder: str) -> tuple[str, ...]:
    """Templates in a folder below firmware/templates/ and its folders, by their path in it."""
    root = files.shipped("firmware", "templates", *folder.split("/"))
    return tuple(
        sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
    )


def c_string(text: str) -> str:
    """A C string literal of any text: bytes outside plain ASCII become octal escapes."""
    plain = {ord(character) for character in " !#$%&'()*+,-./:;<=>@[]^_`{|}~"}  # no ? " or \\
    plain |= {code for code in range(128) if chr(code).isalnum()}
    return '"' + "".join(chr(b) if b in plain else f"\\{b:03o}" for b in text.encode()) + '"'


def c_string_lines(text: str, *, per_line: int = 72) -> str:
    """The same as several literals, one to a line, which a compiler joins."""
    starts = range(0, max(len(text), 1), per_line)
    return "".join(f"\n    {c_string(text[start : start + per_line])}" for start in starts)


def c_float(value: float) -> str:
    """A float32 written exactly."""
    return f"{float(np.float32(value)).hex()}f"


def number_lines(numbers: list[str], *, per_line: int = 12, indent: int = 4) -> str:
    """Numbers of a C table, comma-separated, in lines."""
    starts = range(0, len(numbers), per_line)
    lines = [" " * indent + ", ".join(numbers[start : start + per_line]) for start in starts]
    return ",\n".join(lines)


def byte_lines(content: bytes) -> str:
    """The bytes of a file as a C table."""
    return number_lines([str(byte) for byte in content], per_line=20)


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(files.shipped("firmware", "templates")),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # C and Markdown; names are made plain, and labels c_string
    )
    environment.filters.update(
        byte_lines=byte_lines,
        c_float=c_float,
        c_string=c_string,
        c_string_lines=c_string_lines,
        number_lines=number_lines,
        plain_text=plain_text,
    )
    return environment
