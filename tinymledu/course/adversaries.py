"""The standard adversaries, made for any assignment from the names that its reference defines.

Whoever writes an assignment gets them without writing anything: blank, None, constants, what stands
in the notebook copied, exceptions swallowed, and cheats of the kinds that are known. What each does
is in adversaries.toml. Adversaries of the assignment's own, in its folder, come on top.
"""

import ast
import copy
import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tinymledu.course import notebook as nb
from tinymledu.course.assignment import Assignment
from tinymledu.course.literals import visible_literals
from tinymledu.course.notebook import Role
from tinymledu.files import PACKAGE, sha256_of

BLANK, NONE, CONSTANT, LITERAL = "blank", "return None", "constant", "copied visible literal"
EDITED = "edited test"
ATTACKS = (
    BLANK,
    NONE,
    CONSTANT,
    LITERAL,
    "swallowed exception",
    "evil __eq__",
    "monkeypatch",
    "early exit",
    EDITED,
    "read answer file",
    "forged transcript",
)
MOST_LITERALS = 12  # copied in turn for an answer; those that stand as a result come first
FOUND = "FOUND "  # an adversary prints this, and the name, when it has a file of the lecturer's
_SKIPPED = ("/proc", "/sys", "/dev", "/usr", str(PACKAGE / "course"))  # not where answers could be


@dataclass(frozen=True, slots=True)
class Adversary:
    """Answers that must earn nothing.

    `files` are handed in beside the notebook. `notebook`, where there is one, is handed in as it
    stands and read as any submission is.
    """

    attack: str
    name: str
    title: str
    answers: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    notebook: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Defined:
    """A name that an answer cell of the reference defines. `n_results` of a variable is 1."""

    name: str
    is_function: bool
    n_results: int


def standard_adversaries(
    assignment: Assignment, secrets: Mapping[str, bytes]
) -> tuple[Adversary, ...]:
    """Adversaries of every kind in ATTACKS for which one can be made.

    Args:
        secrets: the lecturer's files that no submission may be able to read: name -> content.
    """
    simple = [
        Adversary(BLANK, "blank", "The cells as they are handed out", assignment.stubs),
        Adversary(BLANK, "blank_empty", "Empty cells", dict.fromkeys(assignment.answer_ids, "")),
        _edited(assignment),
    ]
    defined = {name: definitions(source) for name, source in assignment.reference.items()}
    if not defined or not all(defined.values()):
        return tuple(simple)
    constants = _constants(assignment, secrets)
    made = [_from_template(assignment, one, defined, constants) for one in _templates()]
    return (*simple, *made, *_literals(assignment, defined))


def missing(assignment: Assignment, attacks: set[str]) -> tuple[str, ...]:
    """What is wrong where an attack of the standard set is not among those that were made."""
    lacking = [attack for attack in ATTACKS if attack not in attacks]
    if not lacking:
        return ()
    silent = [name for name, text in assignment.reference.items() if not definitions(text)]
    why = (
        f"The reference's cell {', '.join(silent)} defines no function or variable at its "
        "outermost level that could be answered wrongly. Let it define one"
        if silent
        else "No answer cell shows a value that could be copied" if assignment.answer_ids
        else "The notebook has no answer cell"
    )  # fmt: skip
    return tuple(
        f"No adversary of the kind {attack!r} can be made. {why}, or put one of your own with the "
        f"line '# attack: {attack}' into the folder adversaries."
        for attack in lacking
    )


# ------------------------------------------------------------------------- names and templates


def definitions(source: str) -> tuple[Defined, ...]:
    """What a cell defines at its outermost level; () when it is not Python."""
    try:
        tree = ast.parse(python_of(source))
    except (SyntaxError, ValueError):
        return ()
    found: dict[str, Defined] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found[node.name] = Defined(node.name, True, _n_results(node))
        elif isinstance(node, ast.ClassDef):
            found[node.name] = Defined(node.name, True, 1)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)]
            found |= {name: Defined(name, False, 1) for name in names}
    return tuple(found.values())


def python_of(source: str) -> str:
    """A cell as Python: lines that speak to IPython become calls, as IPython makes them."""
    from IPython.core.inputtransformer2 import TransformerManager

    manager: Any = TransformerManager  # IPython has no annotations
    return str(manager().transform_cell(source))


def _n_results(function: ast.AST) -> int:
    returned = [node.value for node in ast.walk(function) if isinstance(node, ast.Return)]
    return max([len(value.elts) for value in returned if isinstance(value, ast.Tuple)], default=1)


@functools.cache
def _templates() -> tuple[dict[str, str], ...]:
    text = Path(__file__).with_name("adversaries.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)["adversary"])


def _constants(assignment: Assignment, secrets: Mapping[str, bytes]) -> dict[str, str]:
    """What the templates' code may know about this assignment, as Python."""
    return {
        "TINY_CHECKS": repr([check.name for check in assignment.checks]),
        "TINY_FILES": repr(list(assignment.accepted)),
        "TINY_SECRETS": repr({len(c): sha256_of(c) for c in secrets.values() if c}),
        "TINY_SKIPPED": repr(list(_SKIPPED)),
    }


def _from_template(
    assignment: Assignment,
    template: Mapping[str, str],
    defined: Mapping[str, tuple[Defined, ...]],
    constants: Mapping[str, str],
) -> Adversary:
    cell = template.get("cell", "").strip("\n")
    constants = {**constants, "TINY_FORGED": repr(template.get("file", ""))}
    known = [f"{name} = {value}" for name, value in constants.items() if name in cell]
    answers = {
        name: _cell(
            ["\n".join(known), cell],
            [(one, template.get("answer", "")) for one in names],
            body=template.get("body", "").strip("\n"),
            last=template.get("last", "").strip("\n"),
        )
        for name, names in defined.items()
    }
    attack = template["attack"]
    return Adversary(
        attack=attack,
        name=f"{_as_name(attack)}_{template['name']}",
        title=template["title"],
        answers=answers,
        files=_forged_files(assignment, template.get("file", "")),
    )


def _as_name(attack: str) -> str:
    return attack.replace("__", "").replace(" ", "_").lower()


def _cell(
    before: list[str], answers: list[tuple[Defined, str]], *, body: str = "", last: str = ""
) -> str:
    parts = [*before, *(_definition(one, answer, body) for one, answer in answers), last]
    return "\n\n".join(part for part in parts if part) + "\n"


def _definition(one: Defined, answer: str, body: str) -> str:
    """The name, defined to give the answer."""
    if not one.is_function:
        return f"args, options = (), {{}}\n{one.name} = {answer}" if answer else ""
    lines = body.split("\n") if body else []
    if answer:
        lines.append(f"return ({answer},) * {one.n_results}" if one.n_results > 1
                     else f"return {answer}")  # fmt: skip
    indented = [f"    {line}" if line else "" for line in lines]
    return "\n".join([f"def {one.name}(*args, **options):", *indented])


def _forged_files(assignment: Assignment, content: str) -> dict[str, bytes]:
    """Something that claims to be each file that may be handed in; a model has the mark of one."""
    if not content:
        return {}
    forged = {name: content.encode() for name in assignment.accepted}
    models = {name: b"\x1c\0\0\0TFL3" + bytes(24) for name in forged if name.endswith(".tflite")}
    return {
        name: content[: assignment.accepted[name]] for name, content in (forged | models).items()
    }


# ------------------------------------------------------------------------ from the notebook itself


def _literals(
    assignment: Assignment, defined: Mapping[str, tuple[Defined, ...]]
) -> list[Adversary]:
    """One adversary for each visible literal: all answers give it, each its own."""
    visible = visible_literals(assignment)
    most = max((len(found) for found in visible.values()), default=0)
    made = []
    for k in range(min(most, MOST_LITERALS)):
        chosen = {name: found[k % len(found)] for name, found in visible.items() if found}
        answers = {
            name: _cell(["from numpy import array"], [(one, chosen[name]) for one in defined[name]])
            for name in chosen
        }
        title = f"Copied: {'; '.join(f'{name} {text}' for name, text in chosen.items())}"[:200]
        made.append(Adversary(LITERAL, f"{_as_name(LITERAL)}_{k + 1}", title, answers))
    return made


def _edited(assignment: Assignment) -> Adversary:
    """A notebook with nothing answered, in which everything else says that all was passed."""
    edited = copy.deepcopy(nb.release_version(assignment.notebook))
    cells = edited["cells"]
    for raw, cell in zip(list(cells), assignment.cells, strict=True):
        if cell.role in (Role.TEST, Role.HOME, Role.GIVEN):
            raw["source"] = "check = lambda *names: print('Passed.')\ncheck()"
            raw["metadata"]["tags"] = ["skip-execution"]
            raw["metadata"].setdefault("nbgrader", {}).update(locked=False, points=1000)
        if cell.role is Role.TEST:
            again = copy.deepcopy(raw)
            again["metadata"]["nbgrader"].update(grade=False, solution=True)
            cells.append(again)
    edited["metadata"] = {"kernelspec": {"name": "bash", "display_name": "B", "language": "bash"}}
    passing = b"def __getattr__(name):\n    return lambda *args, **options: None\n"
    files = {"checks.py": passing, "tinymledu.py": passing, "gradebook.db": b"SQLite format 3\0"}
    title = "Nothing answered; test cells, points, given cells and checks.py changed"
    return Adversary(EDITED, _as_name(EDITED), title, files=files, notebook=edited)
