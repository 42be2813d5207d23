"""Exercises that ask for one's own work: parts of the library that answers may not use.

The library holds what some exercises ask for, since lessons and boards need it. An assignment names
those parts, `closed = ["tinymledu.graph"]`; an answer that imports one runs as a sentence that says
so. This keeps honest people honest: who hides the name from a reader of the source can be found by
reading the answer, and is a matter for the lecturer.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence

from tinymledu.translation import said

_SHORT = {"tml": "tinymledu"}


def without_closed(answers: Mapping[str, str], closed: Sequence[str]) -> dict[str, str]:
    """The answers; in place of one that uses a closed part, an error with its name.

    Args:
        closed: dotted names; what lies below one is closed as well.
    """
    return {name: _refusal(source, closed) or source for name, source in answers.items()}


def _refusal(source: str, closed: Sequence[str]) -> str:
    for used in _names(source):
        if any(used == one or used.startswith(f"{one}.") for one in closed):
            reason = said(
                "{name} may not be used in an answer: this exercise asks for your own work.",
                name=used,
            )
            return f"raise ImportError({reason!r})"
    return ""


def _names(source: str) -> Iterator[str]:
    """Dotted names of modules that a cell imports or reaches; nothing of what is not Python."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    short = dict(_SHORT)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name
                if alias.asname:
                    short[alias.asname] = alias.name
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full
                short[alias.asname or alias.name] = full
    for node in ast.walk(tree):
        first, *rest = _dotted(node) or [""]
        if rest:
            yield ".".join((short.get(first, first), *rest))


def _dotted(node: ast.AST) -> list[str]:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return [node.id, *reversed(parts)] if isinstance(node, ast.Name) else []
