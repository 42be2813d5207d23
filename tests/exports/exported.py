"""Models to export, exports in temporary folders, and compilers to try them with."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
import recorded

from tinymledu.boards.exports.export import Export, export
from tinymledu.graph.ir import TFLiteModel
from tinymledu.graph.tflite import load_model

STUBS = Path(__file__).parent / "stubs"
# Convolutions, depthwise, ADD, pools, softmax; float ends; a model with no kernel but one.
MODELS = ("tiny_residual_int8", "tiny_cnn_int8", "tiny_cnn_int8_float_ends", "softmax_rows_beta")
SMALL = "tiny_residual_int8"

WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror"]
C99 = ["-std=c99", *WARNINGS]
# -Wconversion is left out: its rules are stricter than those of the sketches people write.
CPP = ["-std=c++11", "-Wall", "-Wextra", "-Wshadow", "-Werror", "-x", "c++"]
FREESTANDING = ["-O2", "-ffreestanding"]
SANITIZED = ["-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
TIMEOUT_S = 120

CORTEX_M4F = ["arm-none-eabi-gcc", "-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=hard",
              "-mfpu=fpv4-sp-d16"]  # fmt: skip
CORTEX_M0PLUS = ["arm-none-eabi-gcc", "-mcpu=cortex-m0plus", "-mthumb"]
RISCV32 = ["riscv64-unknown-elf-gcc", "-march=rv32imc", "-mabi=ilp32"]
XTENSA = ["xtensa-lx106-elf-gcc"]
AVR = ["avr-gcc", "-mmcu=atmega2560"]


def model(name: str) -> TFLiteModel:
    """A model of tests/vectors."""
    return load_model(recorded.model_bytes(name), name=name)


def exported(name: str, to: str, folder: Path) -> Export:
    """A model of tests/vectors as one kind of export."""
    return export(model(name), to=to, out=folder)


def need(program: str) -> None:
    """Skip the test where a program is missing."""
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")


def compile_with(compiler: Sequence[str], arguments: Sequence[str | Path], folder: Path) -> None:
    """Run a compiler in a folder; a warning is an error, and fails the test with its words."""
    need(compiler[0])
    command = [*compiler, "-I", str(STUBS), *map(str, arguments)]
    result = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=TIMEOUT_S
    )
    assert result.returncode == 0, result.stderr[:4000]
    assert "warning" not in result.stderr, result.stderr[:4000]


def output_of(program: Path) -> str:
    """What a program prints; it must end well, sanitizers included."""
    result = subprocess.run(
        [program], capture_output=True, text=True, check=False, timeout=TIMEOUT_S
    )
    assert result.returncode == 0, result.stdout + result.stderr[:4000]
    return result.stdout
