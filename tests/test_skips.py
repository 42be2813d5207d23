"""Where all tools are present, a missing one fails the tests instead of hiding in a skip."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """
import pytest

@pytest.mark.skipif(True, reason="qemu-system-arm is not installed: sudo apt install it")
def test_marked(): ...

def test_in_its_body():
    pytest.skip("TensorFlow is not installed")

@pytest.fixture
def tool():
    pytest.importorskip("no_such_module", reason="the module is not installed")

def test_with_a_fixture(tool): ...

@pytest.mark.skipif(True, reason="TINYMLEDU_REAL_DATA does not name a folder")
def test_of_real_data(): ...

@pytest.mark.skipif(True, reason="root may write to read-only folders")
def test_of_others(): ...

@pytest.mark.xfail
def test_known(): raise OSError("a tool is not installed")
"""
MODULE = 'import pytest; pytest.skip("tflite-micro is not installed", allow_module_level=True)'


@pytest.fixture
def run_tests(tmp_path):
    shutil.copy(Path(__file__).with_name("conftest.py"), tmp_path)

    def run(text, **environment):
        (tmp_path / "test_made.py").write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "--rootdir", tmp_path]
        done = subprocess.run(
            [*command, tmp_path], env=os.environ | environment, capture_output=True, text=True
        )
        return done.stdout

    return run


def test_missing_tools_fail_and_other_skips_stay(run_tests):
    out = run_tests(TESTS, TINYMLEDU_NO_SKIPS="1")

    assert "1 failed, 2 skipped, 1 xfailed, 2 errors in" in out  # before its body: an error
    assert "TINYMLEDU_NO_SKIPS=1, and Skipped: TensorFlow is not installed" in out


def test_a_module_that_is_skipped_for_want_of_a_tool_fails(run_tests):
    out = run_tests(MODULE, TINYMLEDU_NO_SKIPS="1")

    assert "1 error in" in out
    assert "tflite-micro is not installed" in out


def test_tests_that_need_isolation_are_counted_where_there_is_none(run_tests):
    skip = "import pytest\n\ndef test_{}(): pytest.skip('{}')\n"
    out = run_tests(
        skip.format("a", "untrusted code cannot be isolated here: no namespaces")
        + skip.format("b", "untrusted code cannot be isolated here: no cgroups")
        + skip.format("c", "root may write to read-only folders"),
        TINYMLEDU_NO_SKIPS="1",
    )

    assert "untrusted code cannot be isolated here: 2 tests of the grader are skipped" in out
    assert "NOT ISOLATED" not in run_tests(TESTS, TINYMLEDU_NO_SKIPS="")


def test_skips_are_skips_elsewhere(run_tests):
    assert "5 skipped, 1 xfailed in" in run_tests(TESTS, TINYMLEDU_NO_SKIPS="")
