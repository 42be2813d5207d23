import errno
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from tiny_firmware import ARENA_BYTES, dot_kernel, tiny_source

from tinymledu import files
from tinymledu.boards import toolchain as toolchain_module
from tinymledu.boards.build import build, link_firmware
from tinymledu.boards.toolchain import available, toolchain
from tinymledu.boards.writing import disk_problem
from tinymledu.errors import BoardError, DoesNotFitError, MissingToolError, UnknownNameError

BUILD_TINY = """
import sys
sys.path.insert(0, sys.argv[1])
from tiny_firmware import tiny_source
from tinymledu import files
from tinymledu.boards import board
from tinymledu.boards.build import build
print(files.sha256_of(build(tiny_source(), board("nano33ble")).elf))
"""


def size_program():
    program = shutil.which("arm-none-eabi-size")
    if program is None:
        pytest.skip("arm-none-eabi-size is not installed: sudo apt install binutils-arm-none-eabi")
    return program


def sections_by_gnu_size(elf, folder):
    """Section name -> (size, address), as GNU binutils read them."""
    path = folder / "firmware.elf"
    path.write_bytes(elf)
    table = subprocess.run(
        [size_program(), "-A", path], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split() for line in table.splitlines() if line.startswith(".")]
    return {name: (int(n), int(address)) for name, n, address in rows}


def test_memory_use_agrees_with_gnu_size(executable_board, toolchain_name, tmp_path):
    built = build(tiny_source(), executable_board, toolchain_name=toolchain_name)
    sections = sections_by_gnu_size(built.elf, tmp_path)
    in_flash = [s for name, s in sections.items() if name in (".text", ".weights", ".rodata")]
    last = max(address + size for size, address in in_flash)

    memory = built.memory

    assert memory.flash_bytes == last - sections[".text"][1]
    assert memory.weights_bytes == sections[".weights"][0]
    assert memory.code_bytes + memory.weights_bytes == memory.flash_bytes
    assert memory.arena_bytes == ARENA_BYTES
    assert memory.ram_bytes == sections[".bss"][0] + memory.stack_bytes


def test_start_values_of_variables_take_flash_and_ram(nano, tmp_path):
    body = "static int8_t state[40] = {1}; state[0] = (int8_t)(state[0] + input[0]);\n"
    body += "*output = (int8_t)(state[input[1] & 31] + weights[0]);"
    plain = build(tiny_source(), nano)

    built = build(tiny_source(dot=dot_kernel(body)), nano)

    size, address = sections_by_gnu_size(built.elf, tmp_path)[".data"]
    assert (size, address) == (40, nano.compile_target.ram_origin)
    assert built.memory.flash_bytes >= built.memory.weights_bytes + 40
    assert built.memory.ram_bytes - built.memory.stack_bytes >= 40 + ARENA_BYTES
    assert plain.image.size_of(".data") == 0


def test_weights_count_once_and_nowhere_else(nano):
    small = build(tiny_source(n_weights=8), nano).memory
    large = build(tiny_source(n_weights=4096), nano).memory

    assert large.weights_bytes - small.weights_bytes == 4096 - 8
    assert large.code_bytes - small.code_bytes <= 16  # alignment
    assert large.ram_bytes == small.ram_bytes


def test_too_much_flash_is_refused_with_numbers_and_the_table(nano):
    with pytest.raises(
        DoesNotFitError,
        match=r"tiny needs 960\.\d KiB of flash; Arduino Nano 33 BLE Sense has 960\.0 KiB\. "
        r"959\.9 KiB of it are weights, 959\.9 KiB of them in tiny_weights",
    ):
        build(tiny_source(n_weights=982_976), nano)  # 64 B are left, too few for the code


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        (
            {"weights_bytes": 983_041},
            r"needs 960\.0 KiB of flash for its weights alone; Arduino Nano 33 BLE Sense has 960\.",
        ),
        ({"arena_bytes": 217_593}, r"needs 212\.5 KiB of RAM; .* keeps 43\.5 KiB"),
    ],
    ids=["flash", "ram"],
)
def test_what_cannot_fit_is_refused_before_it_is_compiled(nano, figures, words):
    no_c = replace(tiny_source(), files={"tiny.c": "#error compiled after all"}, **figures)

    with pytest.raises(DoesNotFitError, match=words):
        build(no_c, nano)


def test_what_just_fits_is_compiled(nano):
    just = replace(tiny_source(dot="#error compiled"), weights_bytes=983_040, arena_bytes=217_592)

    with pytest.raises(BoardError, match="#error compiled"):
        build(just, nano)


def test_too_much_ram_is_refused_with_numbers_and_the_layer(nano):
    with pytest.raises(
        DoesNotFitError,
        match=r"tiny needs 212\.9 KiB of RAM; Arduino Nano 33 BLE Sense has 256\.0 KiB and keeps "
        r"43\.5 KiB of it for the Arduino core\. 212\.9 KiB of it is FULLY_CONNECTED #0, where "
        r"the arena is fullest",
    ):
        build(tiny_source(arena_bytes=218_000), nano)


def test_limit_subtracts_what_the_core_keeps_to_the_byte(nano):
    # 262,144 - 44,552 = 217,592 are left; the arena is a multiple of 16, the stack takes the rest.
    stack_bytes = build(tiny_source(), nano).memory.stack_bytes
    fits = (217_592 - stack_bytes) // 16 * 16

    assert build(tiny_source(arena_bytes=fits), nano).memory.ram_bytes <= 217_592
    with pytest.raises(DoesNotFitError, match=r"needs 212\.5 KiB"):
        build(tiny_source(arena_bytes=fits + 16), nano)


def test_more_ram_than_the_board_has_at_all_is_refused_before_it_runs(nano):
    generous = replace(nano, core_reserved_ram_bytes=None)

    with pytest.raises(DoesNotFitError, match=r"has 256\.0 KiB\. 2\.9 MiB of it is"):
        build(tiny_source(arena_bytes=3_000_000), generous)


def build_in_a_process(cache):
    environment = {**os.environ, "TINYMLEDU_CACHE": str(cache), "HOME": "/nonexistent"}
    command = [sys.executable, "-c", BUILD_TINY, str(Path(__file__).parent)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_same_sources_give_the_same_bytes_wherever_they_are_built(tmp_path):
    assert build_in_a_process(tmp_path / "one") == build_in_a_process(tmp_path / "two")


def test_processes_can_share_a_cold_cache(tmp_path):
    with ThreadPoolExecutor(3) as pool:
        sums = list(pool.map(build_in_a_process, [tmp_path / "cache"] * 3))

    assert len(set(sums)) == 1


def test_build_needs_no_writable_cache(tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")

    assert build_in_a_process(tmp_path / "file" / "cache") == build_in_a_process(tmp_path / "ok")


def test_second_build_comes_from_the_cache(nano, tmp_path, monkeypatch):
    monkeypatch.setenv("TINYMLEDU_CACHE", str(tmp_path))
    first = build(tiny_source(), nano)
    (kept,) = (tmp_path / "build").glob("*.elf")
    before = kept.stat().st_mtime_ns

    second = build(tiny_source(), nano)

    assert (second.elf, second.first_run) == (first.elf, first.first_run)
    assert kept.stat().st_mtime_ns == before
    assert files.sha256_of(kept.read_bytes()) == files.sha256_of(first.elf)


def test_compiler_warnings_are_errors(nano):
    body = "int32_t product = input[0] * weights[0]; int8_t narrow = product; *output = narrow;"

    with pytest.raises(BoardError, match=r"zig [\d.]+ refused tk_dot\.c:\n.*implicit conversion"):
        build(tiny_source(dot=dot_kernel(body)), nano)


def test_missing_compilers_name_the_command_that_installs_them(nano, monkeypatch):
    monkeypatch.setattr(toolchain_module, "_zig_program", lambda: None)
    monkeypatch.setenv("PATH", "")

    assert available() == ()
    with pytest.raises(MissingToolError, match=r"ziglang, is not installed.*with: make venv"):
        toolchain(nano, name="zig")
    with pytest.raises(MissingToolError, match=r"apt install gcc-arm-none-eabi"):
        toolchain(nano, name="gcc")


@pytest.mark.parametrize("words", ["error: No space left on device", "error: NoSpaceLeft"])
def test_disk_that_is_full_for_the_compiler_is_no_fault_of_the_code(words, nano):
    stops = (sys.executable, "-c", f"raise SystemExit({words!r})")
    full = replace(toolchain(nano), compile_command=stops)

    with pytest.raises(
        BoardError, match=r"^The firmware could not be built: the disk is full\. Free"
    ):
        link_firmware({"main.c": ""}, full)


def test_unknown_compiler_offers_the_known(nano):
    with pytest.raises(UnknownNameError, match=r"There is no compiler 'gc'\. Known: gcc, zig"):
        build(tiny_source(), nano, toolchain_name="gc")


def test_read_only_folder_is_said_with_what_to_do():
    error = OSError(errno.EROFS, "Read-only file system", "/cdrom/model.c")

    assert disk_problem(error) == (
        "Read-only file system (/cdrom/model.c). Choose a folder that you can write to; TMPDIR "
        "names the one for temporary files."
    )


def test_full_disk_is_said_in_words():
    error = OSError(28, "No space left on device", "/somewhere/x.o")

    assert disk_problem(error) == (
        "the disk is full (/somewhere/x.o). Free some space, or name another place in TMPDIR "
        "(temporary files) or TINYMLEDU_CACHE (cache)."
    )
