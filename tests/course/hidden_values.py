"""The values that hidden checks ask with, in the spellings in which they could get into a text."""

import ast
import base64
import json
import re

import numpy as np

from tinymledu.course import notebook as nb

RUN = 16  # values in a row that nothing but the hidden data has
N_PLACES = 3


def secrets(assignment, hidden, files):
    """Name -> spellings: of arrays, of files, and of what stands in hidden checks alone."""
    found = {}
    for name, array in hidden.items():
        flat = array.reshape(-1)
        places = np.linspace(0, len(flat) - RUN, N_PLACES).astype(int)
        for place in places:
            found[f"{name}[{place}:]"] = of_run(flat[place : place + RUN])
    for name, content in files.items():
        middle = len(content) // 2
        found[f"{name}, middle"] = of_bytes(content[middle : middle + 3 * RUN])
    for value in hidden_literals(assignment):
        found[f"literal {value!r}"] = of_literal(value)
    return found


def of_run(values):
    """Numbers in a row as Python, NumPy, JSON and CSV write them, and as bytes."""
    texts = [str(value) for value in values.tolist()]
    joined = {mark.join(texts) for mark in (", ", ",", " ", "  ", "", "\n", ";", "\t", ".\n", "-")}
    padded = {mark.join(f"{text:>3}" for text in texts) for mark in (" ", ", ")}
    return joined | padded | of_bytes(values.tobytes())


def of_bytes(content):
    """Bytes as hexadecimal, base64 at each of its three phases, and as Python and JSON."""
    phases = {
        base64.b64encode(content[phase : phase + 3 * ((len(content) - phase) // 3)]).decode()
        for phase in range(3)
    }
    hexes = {content.hex(), content.hex().upper(), content.hex(" "), content.hex(":")}
    return phases | hexes | {repr(content)[2:-1], content.decode("latin-1")}


def of_literal(value):
    """A number, list or text as code, JSON and prose write it."""
    if isinstance(value, list | tuple):
        texts = [str(entry) for entry in value]
        return {mark.join(texts) for mark in (", ", ",", " ", "; ", "\n")} | {json.dumps(value)}
    if isinstance(value, float):
        bare = str(value).removeprefix("0")
        return {str(value), f"{value:.4f}", f"{100 * value:g}%", f"{100 * value:g} %",
                f"{value:.2e}", value.hex(), str(value).replace(".", ","), bare}  # fmt: skip
    return {str(value), f"{value:,}"} if isinstance(value, int) else {value}


def hidden_literals(assignment):
    """Constants of hidden checks that no student can see elsewhere; small integers say nothing."""
    public = nb.without_hidden(assignment.checker_source)
    seen = public + "".join(cell.source for cell in assignment.released_cells)
    hidden = [
        node
        for node in ast.parse(assignment.checker_source).body
        if isinstance(node, ast.FunctionDef) and f"def {node.name}(" not in public
    ]
    found = []
    for statement in (line for function in hidden for line in function.body):
        for node in ast.walk(statement):
            if isinstance(node, ast.List | ast.Constant):
                try:
                    found.append(ast.literal_eval(node))
                except ValueError:
                    continue
    return [value for value in found if _tells(value, seen)]


def _tells(value, seen):
    if isinstance(value, bool) or value is None:
        return False
    if isinstance(value, int):
        return value > 1000
    if isinstance(value, str):
        return value.endswith((".npz", ".tflite")) and value not in seen
    if isinstance(value, float):
        bare = str(value).removeprefix("0")
        return value != int(value) and bare not in seen and len(bare) > 2  # .75 is in the text
    return len(value) > 2


def leaks(text, spelled):
    """Names of the secrets that the text holds, in any spelling."""
    return sorted(
        name for name, spellings in spelled.items() if any(_holds(text, one) for one in spellings)
    )


def _holds(text, spelling):
    if len(spelling) > 10:
        return spelling in text
    return re.search(rf"(?<![\w.]){re.escape(spelling)}(?![\w.]*\d)", text) is not None
