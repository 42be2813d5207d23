"""A course folder: made, released, collected into, and filled with made submissions."""

import json
import os

import pytest
from small_assignment import NAME, notebook, write_assignment

from tinymledu import cli, course
from tinymledu.course.audit import AuditResult
from tinymledu.course.intake import read_submission
from tinymledu.errors import CourseError, InputError

HOLDS = AuditResult(NAME, (), (), 0.0)


@pytest.fixture
def place(tmp_path):
    made = course.new(tmp_path / "c", hidden_seed=11)
    write_assignment(made.folder / "lecturer")
    return made


def test_new_course_has_nbgraders_layout_and_the_shipped_assignments(tmp_path):
    place = course.new(tmp_path / "c")

    assert {"source", "release", "submitted", "lecturer"} <= {
        p.name for p in place.folder.iterdir()
    }
    assert place.assignment("A01").name == "A01_two_phases"
    compile((place.folder / "nbgrader_config.py").read_text(), "nbgrader_config.py", "exec")
    assert course.open_course(place.folder) == place


def test_two_courses_have_different_hidden_data(tmp_path):
    assert course.new(tmp_path / "a").hidden_seed != course.new(tmp_path / "b").hidden_seed


def test_new_course_leaves_a_folder_with_something_in_it_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("x")

    with pytest.raises(CourseError, match="is not empty"):
        course.new(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


@pytest.mark.parametrize("seed", [7, -1])
def test_seed_that_students_know_is_refused(tmp_path, seed):
    with pytest.raises(InputError, match="hidden_seed"):
        course.new(tmp_path / "c", hidden_seed=seed)


def test_settings_that_are_broken_are_named(place):
    (place.folder / "course.toml").write_text("hidden_seed = 'x'")

    with pytest.raises(CourseError, match=r"course\.toml cannot be used"):
        course.open_course(place.folder)


def test_release_has_no_solution_no_hidden_test_and_the_public_checks(place):
    folder = course.release(place.folder, "T01", audited=HOLDS)

    text = "".join(path.read_text() for path in folder.iterdir())
    assert {path.name for path in folder.iterdir()} == {f"{NAME}.ipynb", "checks.py"}
    assert "doubles_small_numbers" in text
    for hidden in ("x + x", "34642", "17321", "HIDDEN", "SOLUTION"):
        assert hidden not in text
    compile((folder / "checks.py").read_text(), "checks.py", "exec")


def test_source_folder_keeps_the_lecturers_notebook_for_nbgrader(place):
    course.release(place.folder, "T01", audited=HOLDS)

    source = json.loads((place.folder / "source" / NAME / f"{NAME}.ipynb").read_text())
    assert source["cells"] == notebook()["cells"]


def test_nothing_is_released_when_the_gate_does_not_hold(place):
    broken = AuditResult(NAME, ("The adversary 'zero' earns 4 points.",), (), 0.0)

    with pytest.raises(CourseError, match="was not released:\n- The adversary 'zero'"):
        course.release(place.folder, "T01", audited=broken)
    assert not (place.folder / "release" / NAME).exists()


# ---------------------------------------------------------------------------------------- collect


@pytest.fixture
def handed_in(tmp_path):
    root = tmp_path / "from_lms"
    for student, inner in (("ana", ""), ("bo", NAME)):
        folder = root / student / inner
        folder.mkdir(parents=True)
        (folder / f"{NAME}.ipynb").write_text(json.dumps(notebook()))
    (root / "ana" / "virus.exe").write_text("x")
    (root / "note.txt").write_text("x")
    return root


def test_collect_takes_notebooks_and_nothing_else(place, handed_in):
    assert course.collect(place.folder, "T01", handed_in).students == ("ana", "bo")
    for student in ("ana", "bo"):
        names = {path.name for path in place.submission_folder(student, NAME).iterdir()}
        assert names == {f"{NAME}.ipynb", "timestamp.txt"}


def test_collect_keeps_an_earlier_submission_beside_the_new_one(place, handed_in):
    for _ in range(3):
        course.collect(place.folder, "T01", handed_in)

    kept = sorted(path.name for path in (place.folder / "submitted" / "ana").iterdir())
    assert len(kept) == 3
    assert kept[0].startswith(f".{NAME}.before-")
    assert place.students(NAME) == ("ana", "bo")


def test_collect_says_what_it_could_not_take_in(place, handed_in):
    (handed_in / "ana" / f"{NAME}.ipynb").unlink()
    result = course.collect(place.folder, "T01", handed_in)
    sentence = "There is no file T01_double.ipynb in the submission. It holds: virus.exe."

    assert (result.students, result.unusable) == (("bo",), ("ana",))
    assert f"ana: no notebook was taken in. {sentence}" in result.problems
    assert place.students(NAME) == ("ana", "bo")
    folder = place.submission_folder("ana", NAME)
    assert read_submission(place.assignment(NAME), folder, "ana").reason == sentence


def test_collect_takes_the_only_notebook_under_another_name(place, handed_in):
    (handed_in / "ana" / f"{NAME}.ipynb").rename(handed_in / "ana" / f"{NAME} (1).ipynb")

    result = course.collect(place.folder, "T01", handed_in)

    assert (result.students, result.unusable) == (("ana", "bo"), ())
    assert f"ana: '{NAME} (1).ipynb' was taken as {NAME}.ipynb." in result.problems
    folder = place.submission_folder("ana", NAME)
    assert read_submission(place.assignment(NAME), folder, "ana").reason == ""


def test_collect_does_not_choose_between_two_notebooks(place, handed_in):
    (handed_in / "ana" / f"{NAME}.ipynb").rename(handed_in / "ana" / "a.ipynb")
    (handed_in / "ana" / "b.ipynb").write_text("{}")

    result = course.collect(place.folder, "T01", handed_in)

    assert result.unusable == ("ana",)
    assert any("2 other notebooks: a.ipynb, b.ipynb. Rename" in line for line in result.problems)


def test_collect_names_empty_folders_and_loose_files(place, handed_in):
    (handed_in / "chi").mkdir()
    (handed_in / "dara.ipynb").write_text("{}")

    result = course.collect(place.folder, "T01", handed_in)

    assert result.unusable == ("dara.ipynb", "chi")
    assert any("chi: " in line and "Its folder is empty" in line for line in result.problems)
    loose = [line for line in result.problems if "does not lie in a folder" in line]
    assert [line.split(":")[0] for line in loose] == ["dara.ipynb", "note.txt"]


def test_collect_names_a_file_that_was_left_out(place, handed_in):
    (handed_in / "ana" / "table (1).bin").write_bytes(b"x")
    (handed_in / "bo" / NAME / "table.bin").write_bytes(b"x" * 101)

    problems = course.collect(place.folder, "T01", handed_in).problems

    assert "ana: 'table (1).bin' was left out; a file must be called table.bin." in problems
    assert "bo: a file was left out. table.bin has 101 B; at most 100 B." in problems


def test_verb_collect_prints_each_problem_and_asks_for_a_person(place, handed_in, capsys):
    command = ["course", "collect", "T01", str(handed_in), "--course", str(place.folder)]
    assert cli.main(command) == 0

    (handed_in / "ana" / f"{NAME}.ipynb").unlink()

    assert cli.main(command) == 4
    said = capsys.readouterr().out
    assert "Submissions taken in: 1. Not taken in: 1." in said
    assert "ana: no notebook was taken in. There is no file T01_double.ipynb" in said


def test_collect_follows_no_link(place, handed_in, tmp_path):
    (handed_in / "mallory").symlink_to(tmp_path)

    assert course.collect(place.folder, "T01", handed_in).students == ("ana", "bo")


def test_collect_names_a_folder_whose_name_is_not_text(place, handed_in):
    (handed_in / os.fsdecode(b"caf\xe9")).mkdir()

    with pytest.raises(CourseError, match=r"b'caf\\xe9' .* not text. Rename it"):
        course.collect(place.folder, NAME, handed_in)


def test_class_with_a_folder_whose_name_is_not_text_is_not_half_graded(place):
    place.submission_folder(os.fsdecode(b"caf\xe9"), NAME).mkdir(parents=True)

    with pytest.raises(CourseError, match="Rename it to the student's name"):
        place.students(NAME)


def test_collect_from_nowhere_is_named(place, tmp_path):
    with pytest.raises(CourseError, match="There is no folder"):
        course.collect(place.folder, "T01", tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(CourseError, match="has 0 folders"):
        course.collect(place.folder, "T01", tmp_path / "empty")


# -------------------------------------------------------------------------------- made submissions


def test_made_class_has_twenty_students_who_say_they_are_made(place):
    made = course.make_class(place.folder)

    assert len(made) == 20
    assert all(one.name.startswith("made_") for one in made)
    assert place.students("A01_two_phases") == tuple(one.name for one in made)


def test_made_class_can_be_smaller_and_not_larger(place):
    assert len(course.make_class(place.folder, n=3)) == 3
    with pytest.raises(InputError, match="there are 20 made submissions"):
        course.make_class(place.folder, n=21)


def test_hostile_submissions_are_not_called_honest():
    hostile = [one for one in course.made_students() if one.hostile]

    assert [one.name for one in hostile] == ["made_18_aroha"]
    assert not hostile[0].honest


def test_honest_submissions_are_those_with_points_due():
    honest = {one.due_points for one in course.made_students() if one.honest}

    assert 85 in honest
    assert not honest & {0, None}
