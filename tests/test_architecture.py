"""The import rules of docs/architecture.md, read from the imports themselves."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "tinymledu"

LAYERS = {
    "errors": 0, "units": 0, "files": 0, "quantities": 0, "statistics": 0,
    "translation": 0,
    "datasets": 1,
    "models": 2, "training": 2, "baselines": 2,
    "graph": 3, "compress": 3,
    "codegen": 4,
    "boards": 5,
    "calibration": 6, "decisions": 6,
    "measurement": 6, "verification": 6, "pareto": 6, "energy": 6,
    "exploration": 6, "edge_impulse": 6, "streaming": 6, "lessons": 6, "passport": 6,
    "translated_lessons": 6,
    "features": 6, "bundles": 6,
    "course": 7,
    "cli": 8, "demo": 8, "doctor": 8,
}  # fmt: skip

ONLY_IN = {
    "tensorflow": ("models", "training", "compress", "course/warm_parent"),
    "keras": ("models", "training", "compress", "course/warm_parent"),
    "subprocess": ("datasets/drawings", "datasets/fetch", "compress", "boards", "course", "cli",
                   "doctor", "demo"),
    "matplotlib": ("exploration", "course/analytics"),
    "ipywidgets": ("exploration",),
    "anywidget": ("exploration",),
    "urllib": ("files",),
    "http": ("files",),
    "ftplib": (), "smtplib": (), "requests": (), "httpx": (), "aiohttp": (),
    "urllib3": (), "ssl": (), "asyncio": (), "websockets": (), "websocket": (), "tornado": (),
    "xmlrpc": (), "socketserver": (), "webbrowser": (),
    "socket": ("course", "edge_impulse", "boards/eim"),  # Unix sockets, to processes of ours
    "pickle": (),
    "dill": (),
}  # fmt: skip

POSIX_ONLY = {"fcntl", "resource", "pwd", "grp", "termios"}

MODULES = sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").as_posix()


def imports(path: Path, *, at_import_time: bool = False) -> set[str]:
    """Dotted names a file imports; at import time only, those outside functions."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found: set[str] = set()

    def visit(node: ast.AST) -> None:
        if at_import_time and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            return
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(tree)
    return found


def layer_of(dotted: str) -> int | None:
    parts = dotted.split(".")
    if parts[0] != "tinymledu" or len(parts) < 2:
        return None
    return LAYERS.get(parts[1])


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_module_imports_only_from_lower_layers(path):
    own_name = name_of(path).split("/")[0]
    if own_name in ("__init__", "__main__"):
        return
    own = LAYERS[own_name]

    upward = {
        name
        for name in imports(path)
        if (layer := layer_of(name)) is not None
        and (layer > own or (layer == own and own_name == "course" != name.split(".")[1]))
    }

    assert not upward, f"{name_of(path)} is of layer {own}, but imports {sorted(upward)}"


@pytest.mark.parametrize(
    "path", [p for p in MODULES if name_of(p).startswith("course")], ids=name_of
)
def test_course_does_not_know_the_machine_learning_half(path):
    ml = {name for name in imports(path) if 1 <= (layer_of(name) or 0) <= 6}

    assert not ml


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_special_packages_stay_in_their_places(path):
    name = name_of(path)
    for imported in imports(path):
        top = imported.split(".")[0]
        if top in ONLY_IN:
            assert name.startswith(ONLY_IN[top]), f"{name} imports {imported}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_nothing_posix_only_or_heavy_is_imported_at_import_time(path):
    at_import = {name.split(".")[0] for name in imports(path, at_import_time=True)}

    assert not at_import & (POSIX_ONLY | {"tensorflow", "keras", "ai_edge_litert", "tflite_micro"})


@pytest.mark.parametrize(
    "path", sorted(Path(__file__).parent.rglob("test_*.py")), ids=lambda p: p.stem
)
def test_tests_are_collected_without_the_extras(path):
    at_import = {name.split(".")[0] for name in imports(path, at_import_time=True)}

    assert not at_import & {"tensorflow", "keras", "h5py", "ai_edge_litert", "tflite_micro"}


@pytest.mark.parametrize(
    "command", [["-c", "import tinymledu, sys"], ["-m", "tinymledu", "--help"]]
)
def test_package_and_help_load_no_tensorflow(command):
    script = [sys.executable, "-X", "importtime", *command]

    done = subprocess.run(script, capture_output=True, text=True, check=True)

    loaded = {line.split("|")[-1].strip() for line in done.stderr.splitlines()}
    assert "tinymledu" in loaded
    assert not {"tensorflow", "keras", "matplotlib", "IPython"} & loaded
