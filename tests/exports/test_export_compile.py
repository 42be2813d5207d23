"""Exports compile without a warning where their READMEs say so, and pass their own self-test."""

import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from exported import (
    AVR,
    C99,
    CORTEX_M0PLUS,
    CORTEX_M4F,
    CPP,
    FREESTANDING,
    MODELS,
    RISCV32,
    SANITIZED,
    SMALL,
    STUBS,
    TIMEOUT_S,
    XTENSA,
    compile_with,
    exported,
    model,
    need,
    output_of,
)

from tinymledu.boards.exports.export import export
from tinymledu.graph.reference import Interpreter

MAIN = Path(__file__).with_name("self_test_main.c")
AVR_MAIN = Path(__file__).with_name("avr_main.c")
TARGETS = {
    "cortex_m4f": CORTEX_M4F,
    "cortex_m0plus": CORTEX_M0PLUS,
    "riscv32": RISCV32,
    "xtensa": XTENSA,
    "avr": AVR,
}


def list_tests(folder, names):
    """What the two main programs include: the headers, an arena for each, and the self-tests."""
    arena = "static uint8_t {}_arena[{}_ARENA_BYTES] __attribute__((aligned(16)));"
    lines = [f'#include "{n}.h"' for n in names] + [arena.format(n, n.upper()) for n in names]
    (folder / "tests.h").write_text("\n".join(lines) + "\n")
    entries = [f"{{{name}_self_test, {name}_arena}}" for name in names]
    (folder / "tests.inc").write_text(",\n".join(entries) + "\n")


def wrong_answers(folder, names):
    """How many known answers each of the C libraries in a folder gets wrong, on this computer."""
    list_tests(folder, names)
    sources = [folder / f"{name}.c" for name in names]
    for source in sources:
        compile_with(["gcc"], [*C99, *SANITIZED, "-c", source], folder)
    objects = [source.with_suffix(".o") for source in sources]
    link = ["-std=c99", *SANITIZED, f"-I{folder}", MAIN, *objects, "-o", folder / "program"]
    compile_with(["gcc"], link, folder)
    return [int(line) for line in output_of(folder / "program").split()]


@pytest.mark.parametrize("name", MODELS)
def test_c_library_passes_its_self_test_under_sanitizers(name, tmp_path):
    exported(name, "c-library", tmp_path)

    assert wrong_answers(tmp_path, [name]) == [0]


def test_all_c_libraries_pass_in_one_program(tmp_path):
    for name in MODELS:
        exported(name, "c-library", tmp_path / name)
        for path in (tmp_path / name).glob(f"{name}.*"):
            path.rename(tmp_path / path.name)

    assert wrong_answers(tmp_path, MODELS) == [0] * len(MODELS)


def test_self_test_finds_changed_weights(tmp_path):
    exported(SMALL, "c-library", tmp_path)
    source = tmp_path / f"{SMALL}.c"
    first_line = r"^(static const \w+ layer_\d+_\w*weights\[\d+\] = \{\n)"
    table = re.compile(first_line + r"(.*?)(\n\};)", re.M | re.S)
    text, n = table.subn(lambda m: m[1] + re.sub(r"\d+", "1", m[2]) + m[3], source.read_text(), 1)
    assert n == 1
    source.write_text(text)

    assert wrong_answers(tmp_path, [SMALL])[0] >= 1


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", MODELS)
def test_c_library_compiles_for_every_processor(name, target, tmp_path):
    exported(name, "c-library", tmp_path)

    arguments = [*C99, *FREESTANDING, "-c", f"{name}.c"]
    compile_with(TARGETS[target], arguments, tmp_path)


@pytest.mark.parametrize("name", [SMALL, "tiny_cnn_int8", "softmax_rows_beta"])
def test_self_test_passes_on_an_avr_where_int_has_16_bits(name, tmp_path):
    need("simavr")
    exported(name, "c-library", tmp_path)
    list_tests(tmp_path, [name])
    program = [*AVR, "-I.", "-std=gnu99", "-O2", AVR_MAIN, f"{name}.c", "-o", "program.elf"]
    compile_with(program[:2], program[2:], tmp_path)

    board = ["simavr", "-m", "atmega2560", "-f", "16000000", "program.elf"]
    result = subprocess.run(
        board, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=TIMEOUT_S
    )

    assert "wrong answers: 0" in result.stdout + result.stderr  # one by version of simavr


STREAM_MAIN = Path(__file__).with_name("stream_main.c")
WINDOWS = ("tiny_conv1d_open_batch_int8", "softmax_rows_beta")  # 24 frames of 3; 3 frames of 12


def test_two_models_on_streams_answer_as_on_their_windows(tmp_path):
    for name in WINDOWS:
        exported(name, "c-library", tmp_path / name)
        for path in (tmp_path / name).glob("*.[ch]"):
            path.rename(tmp_path / path.name)
    sources = sorted(path.name for path in tmp_path.glob("*.c"))
    arguments = ["-I.", *C99, *SANITIZED, STREAM_MAIN, *sources, "-o", "program"]
    compile_with(["gcc"], arguments, tmp_path)

    # Samples 0, 1, 2, ... as bytes, in pieces of 7: windows begin at 0, 12, 24 and at 0, 1, 2, ...
    first, second = (line.split() for line in output_of(tmp_path / "program").splitlines())

    for name, outputs, hop in zip(WINDOWS, (first, second), (12, 1), strict=True):
        n_frames, n_channels = model(name).graph.input.shape[1:]
        stream = np.arange(63 * n_channels).astype(np.int8).reshape(-1, n_channels)
        starts = range(0, len(stream) - n_frames + 1, hop)
        expected = Interpreter(model(name)).run(
            np.stack([stream[start : start + n_frames] for start in starts])
        )
        assert [int(value) for value in outputs] == expected.reshape(-1).tolist()


@pytest.mark.parametrize("target", TARGETS)
def test_stream_of_an_export_compiles_for_every_processor(target, tmp_path):
    exported(WINDOWS[0], "arduino", tmp_path)

    for part in ("stream", "smoother"):
        arguments = [*C99, *FREESTANDING, "-c", f"src/{WINDOWS[0]}_{part}.c"]
        compile_with(TARGETS[target], arguments, tmp_path)


@pytest.mark.parametrize("target", TARGETS)
def test_example_of_the_page_on_streams_compiles(target, tmp_path):
    page = Path(__file__).parents[2] / "docs" / "streaming.md"
    (example,) = re.findall(r"```c\n(.*?)```", page.read_text(encoding="utf-8"), re.S)
    export(model(WINDOWS[0]), to="c-library", out=tmp_path, name="kws")
    (tmp_path / "example.c").write_text(example)

    compile_with(TARGETS[target], ["-I.", *C99, *FREESTANDING, "-c", "example.c"], tmp_path)


@pytest.mark.parametrize("part", ["", "_stream", "_smoother"])
def test_header_of_a_window_model_is_cpp_too(part, tmp_path):
    exported(WINDOWS[0], "c-library", tmp_path)

    header = f"{WINDOWS[0]}{part}.h"
    compile_with(["g++"], ["-std=c++11", "-Wall", "-Werror", "-fsyntax-only", header], tmp_path)


@pytest.mark.parametrize("name", MODELS)
def test_library_header_is_cpp_too(name, tmp_path):
    exported(name, "c-library", tmp_path)

    compile_with(
        ["g++"], ["-std=c++11", "-Wall", "-Werror", "-fsyntax-only", f"{name}.h"], tmp_path
    )


@pytest.mark.parametrize("kind", ["arduino", "platformio"])
@pytest.mark.parametrize("compiler", [CORTEX_M4F, AVR], ids=["cortex_m4f", "avr"])
def test_sketch_compiles(kind, compiler, tmp_path):
    project = exported(SMALL, kind, tmp_path)
    cpp = [compiler[0].replace("gcc", "g++"), *compiler[1:]]

    compile_with(compiler, [*C99, *FREESTANDING, "-c", f"src/{SMALL}.c"], tmp_path)
    for sketch in (path for path in project.files if path.suffix in (".ino", ".cpp")):
        arguments = ["-Isrc", *FREESTANDING, *CPP, "-c", sketch, "-o", "sketch.o"]
        compile_with(cpp, arguments, tmp_path)


@pytest.mark.parametrize("name", MODELS)
def test_sketch_says_on_a_computer_that_all_answers_are_right(name, tmp_path):
    exported(name, "arduino", tmp_path)

    compile_with(["gcc"], [*C99, *SANITIZED, "-c", f"src/{name}.c"], tmp_path)
    sketch = tmp_path / "examples" / name / f"{name}.ino"
    sources = ["-Isrc", *SANITIZED, *CPP, sketch, STUBS / "arduino_on_host.cpp"]
    compile_with(["g++"], [*sources, "-x", "none", f"{name}.o", "-o", "program"], tmp_path)

    assert "self-test: 5 of 5 known answers are right" in output_of(tmp_path / "program")


@pytest.mark.parametrize(
    ("kind", "source", "compilers"),
    [("zephyr", "src", (CORTEX_M4F, RISCV32)), ("esp-idf", "main", (XTENSA, RISCV32))],
    ids=["zephyr", "esp-idf"],
)
def test_project_compiles_against_declarations(kind, source, compilers, tmp_path):
    exported(SMALL, kind, tmp_path)

    for compiler in compilers:
        compile_with(compiler, [*C99, *FREESTANDING, "-c", f"{source}/{SMALL}.c"], tmp_path)
    # main.c needs the C library's headers, which the freestanding compilers come without.
    arguments = ["-std=gnu99", "-Wall", "-Wextra", "-Werror", "-c", f"{source}/main.c"]
    compile_with(["gcc"], arguments, tmp_path)


@pytest.mark.parametrize("name", MODELS)
def test_tflm_sketch_compiles_against_declarations(name, tmp_path):
    exported(name, "tflm-sketch", tmp_path)
    folder = tmp_path / f"{name}_tflm"
    cpp = ["arm-none-eabi-g++", *CORTEX_M4F[1:]]

    compile_with(cpp, [*FREESTANDING, *CPP, "-c", f"{name}_tflm.ino", "-o", "s.o"], folder)
    compile_with(CORTEX_M4F, [*C99, *FREESTANDING, "-c", f"{name}_known_answers.c"], folder)


@pytest.mark.parametrize("name", MODELS)
def test_array_compiles_as_c_and_as_cpp(name, tmp_path):
    exported(name, "array", tmp_path)
    header = [f"{name}_tflite.h", "-fsyntax-only", "-Wall", "-Wno-unused-variable", "-Werror"]

    compile_with(["gcc"], ["-std=c99", *header], tmp_path)
    compile_with(["g++"], ["-std=c++17", *header], tmp_path)
    compile_with(["gcc"], [*C99, "-c", f"{name}_known_answers.c"], tmp_path)
