"""The values that stand in a released notebook where a student could copy them from.

For each answer cell: what stands as a result in its text, its examples and its own public checks,
then the other numbers there. A value is kept as the Python that writes it.
"""

import ast
import re
from collections.abc import Iterable, Iterator

from tinymledu.course import notebook as nb
from tinymledu.course.assignment import Assignment
from tinymledu.course.notebook import Role

_RESULT = re.compile(r"(?:->|==|\bis|=)(?=[ \t]*([^\n]{1,200}))")
_QUOTED = re.compile(r"`([^`\n]{1,200})`")
_NUMBER = re.compile(r"(?<![\w.])-?(?:\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?|\.\d+)(?!\w)")
_MAX_CHARS = 200


def visible_literals(assignment: Assignment) -> dict[str, tuple[str, ...]]:
    """For each answer cell the values that a student can copy into it, likely ones first."""
    public = nb.without_hidden(assignment.checker_source)
    functions = {
        node.name: node for node in ast.parse(public).body if isinstance(node, ast.FunctionDef)
    }
    found: dict[str, tuple[str, ...]] = {}
    text: list[str] = []
    answer = ""
    for cell in assignment.released_cells:
        if cell.role is Role.TEXT:
            text.append(cell.source)
        elif cell.role is Role.ANSWER:
            answer = cell.grade_id
            found[answer] = _distinct(_in_text([cell.source, *text]))
            text = []
        elif cell.role is Role.TEST and answer and cell.grade_id in functions:
            more = _in_code(functions[cell.grade_id])
            found[answer] = _distinct([*found[answer], *more])
    return found


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if len(value) <= _MAX_CHARS))


def _in_text(texts: list[str]) -> Iterator[str]:
    whole = "\n".join(texts).replace('"""', "\n")
    for pattern in (_RESULT, _QUOTED):
        for match in pattern.finditer(whole):
            yield from _literal(match[1].strip(" .`*"))
    for match in _NUMBER.finditer(whole):
        yield from _literal(match[0].replace(",", ""))


def _literal(text: str) -> Iterator[str]:
    """The text as Python, if it is a literal or an array of literals."""
    try:
        node = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError):
        return
    value = node
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ("array", "np.array"):
        value = node.args[0] if len(node.args) == 1 and not node.keywords else node
    try:
        ast.literal_eval(value)
    except (ValueError, TypeError):
        return
    written = ast.unparse(value)
    yield written if value is node else f"array({written})"


def _in_code(function: ast.FunctionDef) -> Iterator[str]:
    for statement in function.body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Constant | ast.List | ast.Tuple):
                yield from _literal(ast.unparse(node))
