"""Generated C, compiled for this computer and run."""

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import recorded
from prices import preferring

from tinymledu.codegen.choice import Optimise
from tinymledu.codegen.emit import c_identifier, generate_c
from tinymledu.codegen.records import CSource
from tinymledu.graph.ir import TFLiteModel
from tinymledu.graph.tflite import load_model

COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
needs_compiler = pytest.mark.skipif(
    COMPILER is None, reason="a C compiler (cc, gcc or clang) is not installed"
)
HARNESS = Path(__file__).with_name("harness.c")
STRICT = ["-std=c99", "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror"]
SANITIZED = [
    "-O1",
    "-fsanitize=address,undefined,float-cast-overflow",
    "-fno-sanitize-recover=all",
]
TIMEOUT_S = 300
OPTIMISE: tuple[Optimise, ...] = ("speed", "size")


def recorded_model(name: str) -> TFLiteModel:
    """A model of tests/vectors."""
    return load_model(recorded.model_bytes(name), name=name)


@dataclass(frozen=True)
class HostProgram:
    """Several models, each with the fast and with the clear kernels, linked into one program.

    Inputs go in by stdin, outputs come by stdout.
    """

    path: Path
    models: tuple[TFLiteModel, ...]

    def run(self, name: str, inputs: np.ndarray, optimise: Optimise = "speed") -> np.ndarray:
        """Outputs (n, *output shape) of one model for inputs (n, *input shape)."""
        index = [model.name for model in self.models].index(name)
        position = len(OPTIMISE) * index + OPTIMISE.index(optimise)
        output = self.models[index].graph.output
        result = subprocess.run(
            [self.path, str(position)],
            input=np.ascontiguousarray(inputs).tobytes(),
            capture_output=True,
            check=False,
            timeout=TIMEOUT_S,
        )
        assert result.returncode == 0, f"{name}: {result.stderr.decode()[:2000]}"
        values = np.frombuffer(result.stdout, output.dtype)
        return values.reshape(len(inputs), *output.shape[1:])


def build_host_program(
    models: Sequence[TFLiteModel],
    folder: Path,
    *,
    flags: Sequence[str] = SANITIZED,
    changed: Mapping[str, str] | None = None,
) -> HostProgram:
    """Generate, compile and link models; `changed` replaces the text of some files (mutants)."""
    sources = [
        kernels_source(model, optimise, c_name=f"{c_identifier(model.name)}_{optimise}")
        for model in models
        for optimise in OPTIMISE
    ]
    write_sources(sources, folder)
    for name, text in (changed or {}).items():
        (folder / name).write_text(text, encoding="utf-8")
    program = folder / "program"
    compile_c([*flags, *sorted(folder.glob("*.c")), HARNESS, "-o", program], folder)
    return HostProgram(program, tuple(models))


def kernels_source(model: TFLiteModel, optimise: Optimise, *, c_name: str | None = None) -> CSource:
    """The C of a model: for speed with every fast kernel there is, for size with none."""
    with preferring(fast=optimise == "speed"):
        return generate_c(model, c_name=c_name, optimise=optimise)


def write_sources(sources: Sequence[CSource], folder: Path) -> None:
    """Write the C files of some models, and the list of models that the harness includes."""
    folder.mkdir(parents=True, exist_ok=True)
    for source in sources:
        for name, text in source.files.items():
            (folder / name).write_text(text, encoding="utf-8")
    names = [source.c_name for source in sources]
    (folder / "models.h").write_text("".join(f'#include "{name}.h"\n' for name in names))
    (folder / "models.inc").write_text("".join(f"{_entry(name)},\n" for name in names))


def _entry(c_name: str) -> str:
    fields = ("ARENA_BYTES", "INPUT_OFFSET", "INPUT_BYTES", "OUTPUT_OFFSET", "OUTPUT_BYTES")
    values = ", ".join(f"{c_name.upper()}_{field}" for field in fields)
    return f"{{{c_name}_run, {values}}}"


def compile_c(arguments: Sequence[str | Path], folder: Path) -> None:
    """Compile with the strict warnings as errors."""
    assert COMPILER is not None
    result = subprocess.run(
        [COMPILER, *STRICT, "-I", folder, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
    )
    assert result.returncode == 0, result.stderr[:4000]
