"""The kernels compile without a warning for every processor that a board here has."""

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec

import pytest
from host_program import STRICT, TIMEOUT_S, recorded_model, write_sources

from tinymledu.codegen.emit import generate_c
from tinymledu.files import shipped

ZIG = [sys.executable, "-m", "ziglang", "cc"]
ARM_GCC = shutil.which("arm-none-eabi-gcc")
FREESTANDING = [
    *STRICT,
    "-O2",
    "-fomit-frame-pointer",
    "-ffreestanding",
    "-c",
]  # as boards/toolchain

ZIG_TARGETS = {
    "cortex_m4f": ["-target", "thumb-freestanding-eabihf", "-mcpu=cortex_m4+vfp4d16sp"],
    "cortex_m7": ["-target", "thumb-freestanding-eabihf", "-mcpu=cortex_m7+fp_armv8d16sp"],
    "cortex_m0plus": ["-target", "thumb-freestanding-eabi", "-mcpu=cortex_m0plus"],
}
GCC_TARGETS = {
    "cortex_m4f": ["-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"],
    "cortex_m7": ["-mcpu=cortex-m7", "-mthumb", "-mfloat-abi=hard", "-mfpu=fpv5-sp-d16"],
    "cortex_m0plus": ["-mcpu=cortex-m0plus", "-mthumb"],
    "cortex_m33": ["-mcpu=cortex-m33", "-mthumb"],
    # With the DSP instructions, but not the Thumb-2 forms that the assembly language needs.
    "armv6_32_bit_linux": ["-march=armv6", "-marm"],
    "armv7a_32_bit_linux": ["-march=armv7-a", "-marm"],
}
# Where int has 16 bits, and where a C library's headers are missing.
STREAM_TARGETS = {
    "avr": ["avr-gcc", "-mmcu=atmega2560"],
    "riscv32": ["riscv64-unknown-elf-gcc", "-march=rv32imc", "-mabi=ilp32"],
    "xtensa": ["xtensa-lx106-elf-gcc"],
}


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """All kernels, the stream, the features, and one model with float ends."""
    folder = tmp_path_factory.mktemp("targets")
    write_sources([generate_c(recorded_model("tiny_cnn_int8_float_ends"))], folder)
    for part in ("kernels", "stream", "features"):
        for path in shipped("firmware", part).iterdir():
            (folder / path.name).write_bytes(path.read_bytes())
    return sorted(folder.glob("*.c"))


def compile_each(compiler, sources, folder):
    cache = {f"ZIG_{scope}_CACHE_DIR": str(folder / "cache") for scope in ("GLOBAL", "LOCAL")}
    for source in sources:
        result = subprocess.run(
            [*compiler, *FREESTANDING, source, "-o", folder / f"{source.stem}.o"],
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT_S,
            env=os.environ | cache,
        )

        assert result.returncode == 0, result.stderr
        assert "warning" not in result.stderr, result.stderr


@pytest.mark.skipif(find_spec("ziglang") is None, reason="the package ziglang is not installed")
@pytest.mark.parametrize("target", ZIG_TARGETS)
def test_zig_compiles_every_source_without_a_warning(target, sources, tmp_path):
    compile_each([*ZIG, *ZIG_TARGETS[target], "-fno-sanitize=all"], sources, tmp_path)


@pytest.mark.skipif(ARM_GCC is None, reason="arm-none-eabi-gcc is not installed")
@pytest.mark.parametrize("target", GCC_TARGETS)
def test_arm_gcc_compiles_every_source_without_a_warning(target, sources, tmp_path):
    compile_each([ARM_GCC, *GCC_TARGETS[target]], sources, tmp_path)


@pytest.mark.parametrize("target", STREAM_TARGETS)
def test_stream_compiles_without_a_warning_on_other_processors(target, sources, tmp_path):
    compiler = STREAM_TARGETS[target]
    if shutil.which(compiler[0]) is None:
        pytest.skip(f"{compiler[0]} is not installed")
    names = {path.name for path in shipped("firmware", "stream").glob("*.c")}

    compile_each(compiler, [path for path in sources if path.name in names], tmp_path)
