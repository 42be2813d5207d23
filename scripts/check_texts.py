"""What a file of checks says to students: titles, hints, and the texts that it builds from values.

    expect(..., where=f"scale for {low:g} to {high:g}, {bits} bits")
    -> "scale for {low} to {high}, {bits} bits"

A text counts that has a word of English and stands in a function: not what is compared, sent to the
student's program, or kept in a list. Hidden tests say their titles only.
"""

import ast
import re
from collections.abc import Iterator

from tinymledu.course.notebook import without_hidden

SHOWN = ("where", "expected", "got")  # of expect(): here one word is a text, too
NAME_CHARS = 30
_WORD = re.compile(r"(?<![\w.#<-])[A-Z]?[a-z]{2,}(?![\w(.=>])(?!\.\w)")
_NOT_SAID = (  # what stands here is compared, kept, or said to the lecturer
    ast.Assert, ast.Compare, ast.Subscript, ast.Dict, ast.List, ast.Set,
)  # fmt: skip
_NO_NAME = {"np", "int", "float", "str", "tolist"}  # in the name of a place


def check_texts(source: str) -> Iterator[str]:
    """Every text of a file of checks, as a message with named places."""
    try:
        tree, public = ast.parse(source), ast.parse(without_hidden(source))
    except SyntaxError:  # somebody is writing it; the tests of assignments will say so
        return
    yield from _titles_and_hints(tree)
    for node in public.body:
        if isinstance(node, ast.FunctionDef):
            finder = _Finder()
            for line in node.body:
                finder.visit(line)
            yield from finder.found


# --------------------------------------------------------------------------- titles and hints


def _titles_and_hints(tree: ast.Module) -> Iterator[str]:
    """Constants, or names and f-strings of constants."""
    constants = {
        node.targets[0].id: text
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        if (text := _constant(node.value, {}))
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "check":
            for keyword in node.keywords:
                if keyword.arg in ("title", "hint") and (
                    text := _constant(keyword.value, constants)
                ):
                    yield text


def _constant(node: ast.expr, names: dict[str, str]) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.Name):
        return names.get(node.id, "")
    if isinstance(node, ast.FormattedValue):
        return _constant(node.value, names)
    if isinstance(node, ast.JoinedStr):
        return "".join(_constant(part, names) for part in node.values)
    return ""


# ---------------------------------------------------------------------------- texts from values


class _Finder(ast.NodeVisitor):
    """The texts of a function's lines."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def visit(self, node: ast.AST) -> None:
        if not isinstance(node, _NOT_SAID):
            super().visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # a docstring
            self.visit(node.value)

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Attribute):  # student.call("name", ...), re.sub(...)
            return
        for keyword in node.keywords:
            value = keyword.value
            if keyword.arg in SHOWN and isinstance(value, ast.Constant):
                self._take(value.value, least_words=1)
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        self._take(node.value, least_words=2)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        self._take(template(node), least_words=2)
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.visit(part.value)

    def _take(self, text: object, least_words: int) -> None:
        if isinstance(text, str) and len(text.split()) >= least_words and is_english(text):
            self.found.append(text)


def template(node: ast.JoinedStr) -> str:
    """An f-string as a message: its places have names, and no formats."""
    names: dict[str, str] = {}  # expression -> name
    parts = []
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            expression = ast.unparse(part.value)
            if expression not in names:
                names[expression] = _name(expression, set(names.values()))
            parts.append(f"{{{names[expression]}}}")
        elif isinstance(part, ast.Constant):
            parts.append(str(part.value).replace("{", "{{").replace("}", "}}"))
    return "".join(parts)


def _name(expression: str, taken: set[str]) -> str:
    """A name for a place, from the words of its expression: `n_words` of n_words, `shape_1`."""
    words = [word.strip("_") for word in re.findall(r"\w+", expression) if word not in _NO_NAME]
    name = "_".join(words)[:NAME_CHARS].strip("_").lstrip("0123456789_") or "value"
    number = 2
    while name in taken:
        name, number = f"{name.rstrip('0123456789')}{number}", number + 1
    return name


def is_english(text: str) -> bool:
    """Whether there is a word to translate: "choose(table, {budget})" has none."""
    filled = re.sub(r"\{\w*\}", "0", text)
    return "\n" not in text and bool(_WORD.search(filled)) and not _is_call(filled)


def _is_call(text: str) -> bool:
    try:
        return isinstance(ast.parse(text, mode="eval").body, ast.Call | ast.Subscript)
    except (SyntaxError, ValueError):
        return False
