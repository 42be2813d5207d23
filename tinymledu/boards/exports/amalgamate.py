"""Many C files as one: the headers in the order in which they need each other, then the sources.

The text of each file stays as it is; a header that is included by condition goes where it was.
Names that would meet in one file, or in one program with another model, get another name from the
preprocessor, which knows what is a name and what is not.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from tinymledu.boards.exports.templates import fill

STANDARD = ("stddef.h", "stdint.h")  # moved to the top; includes under a condition stay in place

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_INCLUDE = re.compile(r'^#include "([^"\n]+)"\n', re.MULTILINE)
_STANDARD_INCLUDE = re.compile(rf"^#include <(?:{'|'.join(STANDARD)})>\n", re.MULTILINE)
# C as the kernels and the generator write it: what is declared for a whole file begins its line.
_GLOBAL_NAMES = (
    re.compile(r"^(?!static\b|typedef\b)\w[\w *]*?\b(tk_\w+)\(", re.MULTILINE),
    re.compile(r"^(?:extern )?const\b[\w *]*?\b(tk_\w+)(?:\[[^\]]*\])*\s*[=;]", re.MULTILINE),
)
_STATIC_NAMES = (
    re.compile(r"^static\b[^;{}=()]*?\b(\w+)\(", re.MULTILINE),
    re.compile(r"^static\b[^;{}=()]*?\b(\w+)(?:\[[^\]]*\])*\s*[=;]", re.MULTILINE),
    re.compile(r"^\} (\w+);", re.MULTILINE),
    re.compile(r"^typedef\b[^;{}()]*?\b(\w+);", re.MULTILINE),
    re.compile(r"^(?:typedef )?(?:struct|union|enum) (\w+)\s*\{", re.MULTILINE),
)
_GUARD = re.compile(r"^#ifndef (\w+)\n#define \1$", re.MULTILINE)
_MACRO = re.compile(r"^#define (\w+)", re.MULTILINE)
_ENUM = re.compile(r"^enum\b[^{;]*\{([^}]*)\}", re.MULTILINE)


def amalgamate(files: Mapping[str, str], c_name: str, *, heading: Mapping[str, object]) -> str:
    """One C file with all that `files` declare and define.

    Args:
        files: names to texts: headers and sources that include each other by those names. An
            include of a file that is not among them, such as the public header, stays out: the
            caller's heading has it.
        c_name: what distinguishes this model's functions from those of another in one program.
        heading: the holes of the template parts/amalgamation.c.
    """
    sources = [name for name in files if name.endswith(".c")]
    clashing = _clashing_names(files.values())
    pieces = [_piece(name, files) for name in _headers_in_order(files)]
    pieces += [_source_piece(name, files, clashing) for name in sources]
    return fill(
        "exports/parts/amalgamation.c",
        {
            **heading,
            "standard": STANDARD,
            "renamed": {name: f"{c_name}_{name}" for name in _global_names(files.values())},
            "pieces": pieces,
        },
    )


def without_includes(text: str) -> str:
    """C text without the includes that an amalgamation has elsewhere."""
    return _joined(text, {})


def _joined(text: str, inlined: Mapping[str, str]) -> str:
    """The text without its includes, but with those headers in place that it has by condition."""

    def in_place(include: re.Match[str]) -> str:
        header = include.group(1)
        if header not in inlined or not _is_conditional(text, include.start()):
            return ""
        return _joined(inlined[header], inlined) + "\n"

    joined = _STANDARD_INCLUDE.sub("", _INCLUDE.sub(in_place, text))
    return re.sub(r"\n{3,}", "\n\n", joined).strip()


def _is_conditional(text: str, position: int) -> bool:
    """Whether a place in a file is between #if and #endif, apart from the guard of a header."""
    before = text[:position]
    depth = len(re.findall(r"^#if", before, re.MULTILINE))
    depth -= len(re.findall(r"^#endif", before, re.MULTILINE))
    return depth > (1 if _GUARD.search(before) else 0)


def _piece(name: str, files: Mapping[str, str]) -> dict[str, object]:
    return {"name": name, "text": _joined(files[name], files), "renamed": {}, "macros": ()}


def _source_piece(name: str, files: Mapping[str, str], clashing: set[str]) -> dict[str, object]:
    """A source with its own names and macros, which end with it."""
    own = {
        "renamed": _own_names(name, files[name], clashing),
        "macros": sorted(set(_MACRO.findall(files[name]))),
    }
    return _piece(name, files) | own


def _headers_in_order(files: Mapping[str, str]) -> list[str]:
    """The headers that sources need without condition, each after those that it needs itself."""
    ordered: list[str] = []

    def visit(name: str) -> None:
        text = files[name]
        for include in _INCLUDE.finditer(text):
            header = include.group(1)
            if header in files and header not in ordered:
                visit(header)
                if not _is_conditional(text, include.start()):
                    ordered.append(header)

    for name in files:
        if name.endswith(".c"):
            visit(name)
    return ordered


def _global_names(texts: Iterable[str]) -> list[str]:
    """Functions and tables of the kernels that a linker sees."""
    code = [_COMMENT.sub("", text) for text in texts]
    found = (pattern.findall(text) for pattern in _GLOBAL_NAMES for text in code)
    return sorted({name for names in found for name in names})


def _file_scope_names(text: str) -> set[str]:
    """Names of functions, tables, types and constants that one source keeps to itself."""
    code = _COMMENT.sub("", text)
    names = {name for pattern in _STATIC_NAMES for name in pattern.findall(code)}
    for constants in _ENUM.findall(code):
        names.update(part.split("=")[0].strip() for part in constants.split(",") if part.strip())
    return names


def _clashing_names(texts: Iterable[str]) -> set[str]:
    counts = Counter(name for text in texts for name in _file_scope_names(text))
    return {name for name, n in counts.items() if n > 1}


def _own_names(file: str, text: str, clashing: set[str]) -> dict[str, str]:
    """For one source, the names that others have too, with the file's own name before them."""
    stem = file.removesuffix(".c")
    return {name: f"{stem}_{name}" for name in sorted(_file_scope_names(text) & clashing)}
