"""An assignment's folder as the lecturer keeps it."""

import pytest
from small_assignment import NAME, write_assignment

from tinymledu.course.answers import read_answers
from tinymledu.course.assignment import assignment_names, load_assignment, read_checks
from tinymledu.errors import CourseError, UnknownNameError


@pytest.fixture
def small(tmp_path):
    return write_assignment(tmp_path)


@pytest.mark.parametrize("which", ["A01", "A01_two_phases"])
def test_a01_is_found_by_id_and_by_folder_name(which):
    assert load_assignment(which).id == "A01"


def test_unknown_assignment_offers_those_there_are():
    with pytest.raises(UnknownNameError, match=r"'A1'\. Known: A01_two_phases"):
        load_assignment("A1")


def test_assignment_is_read_from_its_folder(small):
    assert (small.name, small.title, small.machine_points) == (NAME, "Double", 85)
    assert [check.name for check in small.checks] == ["doubles_small_numbers", "doubles_any_number"]
    assert [check.visible for check in small.checks] == [True, False]
    assert small.answer_ids == ("double",)
    assert small.limits.memory_bytes == 1024 * 1024**2
    assert small.accepted == {"table.bin": 100}


def test_stub_of_a_blank_submission_is_the_released_cell(small):
    assert small.stubs["double"].endswith("return None")
    assert "x + x" in small.reference["double"]


def test_checks_are_read_without_being_run():
    source = '@check(points=2, title="t")\ndef c(student): ...\nraise SystemExit'

    assert [(c.name, c.points, c.visible) for c in read_checks(source)] == [("c", 2, True)]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("@check(title='t')\ndef c(student): ...", "line 1: the decorator of c needs constant"),
        ("@check(points=n, title='t')\ndef c(student): ...", "needs constant points="),
        ("def (", "checks.py, line 1"),
    ],
    ids=["no_points", "points_computed", "not_python"],
)
def test_checks_that_cannot_be_read_are_named(source, said):
    with pytest.raises(CourseError, match=said):
        read_checks(source)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("title = 'x'", "lacks id"),
        ("id = ", "is not TOML"),
        ("id = 'T'\ntitle = 'x'\n[limits]\nram = 3", "unknown limit ram"),
    ],
    ids=["no_id", "broken", "unknown_limit"],
)
def test_broken_settings_are_named(small, content, said):
    (small.folder / "assignment.toml").write_text(content)

    with pytest.raises(CourseError, match=said):
        load_assignment(small.folder)


def test_folder_without_checks_is_named(small):
    (small.folder / "checks.py").unlink()

    with pytest.raises(CourseError, match=r"has no checks\.py"):
        load_assignment(small.folder)


def test_names_of_a_folder_are_sorted(tmp_path):
    write_assignment(tmp_path)

    assert assignment_names(tmp_path) == (NAME,)


def test_answer_file_has_notes_and_answers(tmp_path):
    path = tmp_path / "one.txt"
    path.write_text("# title: One\n# kills: a, b\n# %% f\ndef f():\n    pass\n\n# %% g\n")

    file = read_answers(path)

    assert (file.name, file.title, file.notes["kills"]) == ("one", "One", "a, b")
    assert dict(file.answers) == {"f": "def f():\n    pass", "g": ""}


@pytest.mark.parametrize(
    ("text", "said"),
    [("import os\n# %% f\n", "is not a note"), ("# %% f\n1\n# %% f\n2\n", "appears twice: f, f")],
    ids=["code_before_the_first_cell", "an_answer_twice"],
)
def test_answer_file_that_cannot_be_read_is_named(tmp_path, text, said):
    path = tmp_path / "one.txt"
    path.write_text(text)

    with pytest.raises(CourseError, match=said):
        read_answers(path)
