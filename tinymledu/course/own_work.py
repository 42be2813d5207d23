"""Exercises that ask for one's own work: parts of the library that answers may not use.

The library holds what some exercises ask for, since lessons and boards need it. An assignment names
those parts, `closed = ["tinymledu.graph"]`; an answer that imports one runs as a sentence that says
so. This keeps honest people honest: who hides the name from a reader of the source can be found by
reading the answer, and is a matter for the lecturer.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from tinymledu.translation import said

_SHORT = {"tml": "tinymledu"}
_Node = TypeVar("_Node", bound=ast.AST)


def without_closed(
    answers: Mapping[str, str], closed: Sequence[str], given: Iterable[str] = ()
) -> dict[str, str]:
    """The answers; in place of one that uses a closed part, an error with its name.

    Args:
        closed: dotted names; what lies below one is closed as well.
        given: the cells that were handed out; what they import is known in the answers.
    """
    known = dict(_SHORT)
    for source in given:
        known |= _imported(_parsed(source))
    return {name: _refusal(source, closed, known) or source for name, source in answers.items()}


def _refusal(source: str, closed: Sequence[str], known: Mapping[str, str]) -> str:
    for used in _names(_parsed(source), known):
        if any(used == one or used.startswith(f"{one}.") for one in closed):
            sentence = said(
                "{name} may not be used in an answer: this exercise asks for your own work.",
                name=used,
            )
            return f"raise ImportError({sentence!r})"
    return ""


def _parsed(source: str) -> ast.AST:
    """The program; an empty one in place of what is not Python."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


def _imported(tree: ast.AST) -> dict[str, str]:
    """Names that imports bind, with what they stand for."""
    found: dict[str, str] = {}
    for whole in _nodes(tree, ast.Import):
        found |= {alias.asname: alias.name for alias in whole.names if alias.asname}
    for part in _nodes(tree, ast.ImportFrom):
        for alias in part.names:
            found[alias.asname or alias.name] = f"{part.module}.{alias.name}"
    return found


def _names(tree: ast.AST, known: Mapping[str, str]) -> Iterator[str]:
    """Dotted names of modules, and of what is in them, that a cell imports or reaches."""
    own = {node.id for node in _nodes(tree, ast.Name) if isinstance(node.ctx, ast.Store)}
    own |= {node.name for node in _nodes(tree, ast.FunctionDef)}
    own |= {node.arg for node in _nodes(tree, ast.arg)}
    stands_for = {name: full for name, full in known.items() if name not in own}
    imported = _imported(tree)
    yield from imported.values()
    for node in _nodes(tree, ast.Import):
        yield from (alias.name for alias in node.names)
    stands_for |= imported
    for one in ast.walk(tree):
        first, *rest = _dotted(one) or [""]
        if rest or first in stands_for:
            yield ".".join((stands_for.get(first, first), *rest))


def _nodes(tree: ast.AST, kind: type[_Node]) -> Iterator[_Node]:
    return (node for node in ast.walk(tree) if isinstance(node, kind))


def _dotted(node: ast.AST) -> list[str]:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return [node.id, *reversed(parts)] if isinstance(node, ast.Name) else []
