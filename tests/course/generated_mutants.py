"""Mutants of a reference made by rule: an operator, a number or a function replaced by another."""

import ast
import copy

OPERATORS = {
    ast.Lt: (ast.LtE, ast.Gt), ast.LtE: (ast.Lt,), ast.Gt: (ast.GtE, ast.Lt), ast.GtE: (ast.Gt,),
    ast.Add: (ast.Sub,), ast.Sub: (ast.Add,), ast.Mult: (ast.Div, ast.Add), ast.Div: (ast.Mult,),
}  # fmt: skip
FUNCTIONS = {
    "argmax": ("argmin",), "max": ("min", "mean", "sum"), "ceil": ("floor", "round"),
    "float64": ("float16", "int8", "uint8"),
}  # fmt: skip


def mutants(source):
    """(what was changed, the new source) for each change inside the functions of a cell."""
    tree = ast.parse(source)
    inside = [
        index
        for index, node in enumerate(ast.walk(tree))
        if any(node in ast.walk(line) for line in _body(tree))
    ]
    for index in inside:
        node = list(ast.walk(tree))[index]
        for said, field, value in _changes(node):
            changed = copy.deepcopy(tree)
            setattr(list(ast.walk(changed))[index], field, value)
            yield f"{ast.unparse(node)}: {said}", ast.unparse(ast.fix_missing_locations(changed))


def _body(tree):
    """The lines of functions that do something; a signature is given by the task."""
    for function in tree.body:
        if isinstance(function, ast.FunctionDef):
            for line in function.body:
                if not isinstance(getattr(line, "value", None), ast.Constant):
                    yield line


def _changes(node):
    if isinstance(node, ast.BinOp):
        for new in OPERATORS.get(type(node.op), ()):
            yield new.__name__, "op", new()
    elif isinstance(node, ast.Compare):
        for new in OPERATORS.get(type(node.ops[0]), ()):
            yield new.__name__, "ops", [new()]
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        for new in {node.value + 1, node.value - 1, 0} - {node.value}:
            yield str(new), "value", new
    elif isinstance(node, ast.Attribute):
        for new in FUNCTIONS.get(node.attr, ()):
            yield new, "attr", new
    elif isinstance(node, ast.Slice) and node.step is not None:
        yield "no step", "step", None
