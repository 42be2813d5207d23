"""What a result depends on, as short texts that change when it could.

A run of a student's answers depends on the given cells, the limits, the data and the programs; one
check's result on that run and on its own source, with everything of checks.py that it uses. So a
check that is changed leaves the results of the others, and the students' runs, as they are.
"""

import ast
import functools
import hashlib
import platform
from collections.abc import Iterable, Iterator, Mapping
from importlib import metadata
from pathlib import Path

from tinymledu.files import PACKAGE, sha256_of

_PROGRAMS = ("tensorflow", "keras", "numpy", "matplotlib", "ipython", "capstone", "unicorn")
_THREADS = "1 thread"  # the warm parent's environment; another number gives other weights

# A check that uses one of these may reach any name of the file.
_REACH_ANYTHING = frozenset(
    {"globals", "locals", "vars", "eval", "exec", "__import__", "importlib", "inspect", "sys"}
)


def joined(parts: Iterable[str]) -> str:
    """One key of several texts."""
    return sha256_of("\0".join(parts).encode("utf-8", "surrogatepass"))


def of_files(files: Mapping[str, bytes]) -> str:
    """The key of some files' names and contents."""
    return joined(f"{name} {sha256_of(files[name])}" for name in sorted(files))


def of_folders(folders: Mapping[str, str]) -> str:
    """The key of everything in some folders, by the names they are shown under."""
    return joined(
        f"{shown}/{path.relative_to(folder).as_posix()} {_hash_of(path)}"
        for shown, folder in sorted(folders.items())
        for path in sorted(Path(folder).rglob("*"))
        if path.is_file()
    )


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@functools.cache
def environment() -> str:
    """The key of the programs that results come from: Python, packages, and this package's source.

    The source counts whole: a corrected grader must not leave grades of the one before.
    """
    versions = [f"{name} {_version(name)}" for name in _PROGRAMS]
    sources = [f"{path.relative_to(PACKAGE)} {_hash_of(path)}" for path in _sources()]
    return joined([platform.python_version(), platform.machine(), _THREADS, *versions, *sources])


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "-"


def _sources() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


# ------------------------------------------------------------------------------------- the checks


def of_checks(source: str, names: Iterable[str]) -> dict[str, str]:
    """The key of each check: its own source and all top-level names that it leads to.

    Statements that bind no name, such as a loop, belong to every check. Comments and line breaks do
    not count. What a check leaves behind in a variable for the next one is not seen: checks must
    not depend on each other.

    Args:
        source: checks.py, which is valid Python.
        names: of the checks.
    """
    binding: dict[str, list[ast.stmt]] = {}
    loose: list[ast.stmt] = []
    for statement in ast.parse(source).body:
        bound = list(_bound(statement))
        for name in bound:
            binding.setdefault(name, []).append(statement)
        if not bound and not _is_text(statement):
            loose.append(statement)
    return {name: _closure(name, binding, loose, source) for name in names}


def _bound(statement: ast.stmt) -> Iterator[str]:
    """The names that a top-level statement gives a value to; none for one that only acts."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield statement.name
        case ast.Import() | ast.ImportFrom():
            for alias in statement.names:
                yield (alias.asname or alias.name).partition(".")[0]
        case ast.Assign() | ast.AnnAssign():
            for node in ast.walk(statement):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    yield node.id


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _closure(
    check: str, binding: Mapping[str, list[ast.stmt]], loose: list[ast.stmt], source: str
) -> str:
    waiting = {check}.union(*(_used(statement) for statement in loose))
    reached: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in _REACH_ANYTHING:
            return joined([check, source])
        reached.add(name)
        for statement in binding.get(name, []):
            waiting |= _used(statement) - reached
    parts = [ast.dump(statement) for statement in loose]
    for name in sorted(reached):
        parts += [ast.dump(statement) for statement in binding.get(name, [])]
    return joined(parts)


def _used(statement: ast.stmt) -> set[str]:
    return {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
