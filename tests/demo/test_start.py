"""The demo says at its start what would stop it later, and touches nothing that is not its own."""

import pytest

from tinymledu.boards import toolchain
from tinymledu.demo import run_demo
from tinymledu.demo.classroom import MARKER, check_room
from tinymledu.errors import InputError, MissingToolError


def test_a_course_that_is_not_the_demos_own_is_refused_and_kept(tmp_path):
    mine = tmp_path / "course" / "grades.csv"
    mine.parent.mkdir()
    mine.write_text("a term of work", encoding="utf-8")

    with pytest.raises(InputError, match=r"course is there and is not the demo's own.*--out"):
        run_demo(data_path=None, out=tmp_path)

    assert mine.read_text(encoding="utf-8") == "a term of work"


def test_an_earlier_demos_course_may_be_made_again(tmp_path):
    check_room(tmp_path / "course")
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / MARKER).touch()

    check_room(tmp_path / "course")


def test_a_missing_compiler_is_said_before_anything_is_trained(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(toolchain, "_zig_program", lambda: None)
    monkeypatch.setenv("PATH", "")

    with pytest.raises(MissingToolError, match=r"ziglang, is not installed.*with: make venv"):
        run_demo(data_path=None, out=tmp_path)

    assert "Phase 1" not in capsys.readouterr().out
