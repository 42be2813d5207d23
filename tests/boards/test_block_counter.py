"""The C hook: warnings are errors with both compilers, and it is compiled once."""

import importlib.util
import shutil
import subprocess
from pathlib import Path

import pytest

from tinymledu import files
from tinymledu.boards import native_hooks, toolchain
from tinymledu.boards.block_counter import NativeCounter, PythonCounter, best_counter
from tinymledu.boards.emulator import _new_processor

WARNINGS = ["-std=c99", "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror"]


def compiler(name):
    if name == "gcc":
        return ["gcc"] if shutil.which("gcc") else pytest.skip("gcc is not installed")
    spec = importlib.util.find_spec("ziglang")
    if spec is None:
        pytest.skip("ziglang is not installed")
    return [str(Path(spec.origin).parent / "zig"), "cc"]


@pytest.mark.parametrize("file", ["block_counter.c", "traffic.c"])
@pytest.mark.parametrize("name", ["gcc", "zig"])
def test_c_hook_has_no_warnings(name, file, tmp_path, monkeypatch):
    monkeypatch.setenv("ZIG_GLOBAL_CACHE_DIR", str(files.cache_dir("zig")))
    source = files.shipped("firmware", "emulator") / file
    command = [*compiler(name), *WARNINGS, "-c", str(source), "-o", str(tmp_path / "a.o")]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_library_is_compiled_once(tmp_path, monkeypatch):
    compiler("zig")
    monkeypatch.setenv("TINYMLEDU_CACHE", str(tmp_path))
    texts = {"one.c": "int one(void);\nint one(void) { return 1; }\n"}
    first = toolchain.host_library("one", texts)
    written = first.stat().st_mtime_ns

    again = toolchain.host_library("one", texts)
    other = toolchain.host_library("one", {"one.c": texts["one.c"].replace("1", "2")})

    assert again == first
    assert again.stat().st_mtime_ns == written
    assert other != first


def test_code_that_does_not_compile_gives_no_library(tmp_path, monkeypatch):
    compiler("zig")
    monkeypatch.setenv("TINYMLEDU_CACHE", str(tmp_path))

    assert toolchain.host_library("bad", {"bad.c": "int;;x("}) is None


@pytest.fixture
def fresh_library():
    native_hooks._library.cache_clear()
    yield
    native_hooks._library.cache_clear()


def test_without_zig_blocks_are_counted_in_python(monkeypatch, fresh_library):
    monkeypatch.setattr(toolchain, "_zig_program", lambda: None)

    assert isinstance(best_counter(_new_processor("cortex-m4")), PythonCounter)


def test_with_zig_blocks_are_counted_in_c(fresh_library):
    compiler("zig")

    assert isinstance(best_counter(_new_processor("cortex-m4")), NativeCounter)


def test_a_library_that_cannot_be_loaded_is_done_without(monkeypatch, fresh_library, tmp_path):
    broken = tmp_path / "broken.so"
    broken.write_bytes(b"no library")
    monkeypatch.setattr(native_hooks, "host_library", lambda *_: broken)

    assert isinstance(best_counter(_new_processor("cortex-m4")), PythonCounter)
