"""The recorded vectors reject kernels with one mistake each; a set that lets one pass is weak."""

import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import recorded
from host_program import (
    COMPILER,
    HARNESS,
    OPTIMISE,
    HostProgram,
    build_host_program,
    compile_c,
    needs_compiler,
    recorded_model,
)

from tinymledu.files import shipped

pytestmark = needs_compiler


@dataclass(frozen=True)
class Mutant:
    name: str
    file: str
    right: str  # occurs exactly once in the file
    wrong: str


with Path(__file__).with_name("mutants.toml").open("rb") as file:
    MUTANTS = [Mutant(name, **fields) for name, fields in tomllib.load(file).items()]

FLAGS = ["-O1", "-Wno-error"]  # a mutant may leave a variable unused


@pytest.fixture(scope="module")
def right(tmp_path_factory) -> HostProgram:
    """The right program; its folder keeps the object files of the models."""
    folder = tmp_path_factory.mktemp("right")
    program = build_host_program([recorded_model(case.name) for case in recorded.cases()], folder)
    models = [path for path in sorted(folder.glob("*.c")) if not path.name.startswith("tk_")]
    flags = ["-std=c99", "-O0", "-I", folder, "-c"]
    subprocess.run([COMPILER, *flags, *models, HARNESS], cwd=folder, check=True)
    return program


def mutated_program(mutant: Mutant, right: HostProgram, folder: Path) -> HostProgram:
    text = shipped("firmware", "kernels", mutant.file).read_text(encoding="utf-8")
    assert text.count(mutant.right) == 1, f"{mutant.right!r} must occur once in {mutant.file}"
    built = right.path.parent
    for path in built.glob("tk_*"):
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / mutant.file).write_text(text.replace(mutant.right, mutant.wrong), encoding="utf-8")
    program = folder / "program"
    compile_c(
        [*FLAGS, *sorted(folder.glob("tk_*.c")), *sorted(built.glob("*.o")), "-o", program], folder
    )
    return HostProgram(program, right.models)


def is_rejected(program: HostProgram, case: recorded.Case) -> bool:
    try:
        answers = [program.run(case.name, case.inputs, optimise) for optimise in OPTIMISE]
    except AssertionError:  # it crashed
        return True
    return not all(np.array_equal(outputs, case.expected) for outputs in answers)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_recorded_vectors_reject_the_mutant(mutant, right, tmp_path):
    program = mutated_program(mutant, right, tmp_path)

    assert any(is_rejected(program, case) for case in recorded.cases())


def test_recorded_vectors_accept_the_kernels_built_as_mutants_are(right, tmp_path):
    unchanged = Mutant("unchanged", "tk_requantize.h", "(int64_t)1 << 30", "(int64_t)1 << 30")

    program = mutated_program(unchanged, right, tmp_path)

    assert not any(is_rejected(program, case) for case in recorded.cases())
