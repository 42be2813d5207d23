"""Roles of cells, and the students' version that is made by removing."""

import json

import pytest
from small_assignment import NAME, SOLUTION, notebook

from tinymledu.course import notebook as nb
from tinymledu.course.notebook import Role
from tinymledu.errors import CourseError


def roles():
    return [cell.role for cell in nb.cells_of(notebook())]


def test_roles_come_from_nbgrader_metadata():
    assert roles() == [
        Role.TEXT, Role.GIVEN, Role.ANSWER, Role.GIVEN, Role.TEST, Role.TEST, Role.ESSAY,
    ]  # fmt: skip


def test_cell_that_loads_checks_at_home_is_not_run_by_the_grader():
    raw = notebook()
    raw["cells"][1]["metadata"]["tiny"] = {"role": "check"}
    cells = nb.cells_of(raw)

    assert cells[1].role is Role.HOME
    assert nb.student_code(cells, {}) == ("", "print(double(2))")


def test_release_puts_the_stub_in_place_of_the_solution():
    released = nb.release_version(notebook())

    assert released["cells"][2]["source"] == (
        'def double(x):\n    print("Not done yet. The task is described above.")\n    return None'
    )
    assert released["cells"][6]["source"] == nb.TEXT_STUB


def test_a_check_that_fails_does_not_stop_run_all():
    released = nb.release_version(notebook())

    tags = [cell["metadata"].get("tags") for cell in released["cells"]]
    assert tags[4:6] == [["raises-exception"]] * 2  # the cells with checks
    assert not any([*tags[:4], *tags[6:]])


def test_release_removes_hidden_tests_and_leaves_the_rest():
    released = nb.release_version(notebook())

    assert released["cells"][5]["source"] == "# Hidden."
    assert released["cells"][4]["source"] == "check()"
    assert "34642" not in json.dumps(released)


def test_release_leaves_the_lecturers_notebook_as_it_is():
    original = notebook()
    nb.release_version(original)

    assert original == notebook()


def test_release_equals_what_nbgrader_makes():
    import nbformat
    from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions

    theirs = nbformat.from_dict(notebook())
    clear = ClearSolutions(code_stub={"python": nb.CODE_STUB}, text_stub=nb.TEXT_STUB)
    for step in (clear, ClearHiddenTests()):
        theirs, _ = step.preprocess(theirs, {})

    ours = nb.release_version(notebook())
    assert [nb.text_of(raw) for raw in ours["cells"]] == [raw.source for raw in theirs.cells]


@pytest.mark.parametrize(
    "source",
    ["### BEGIN SOLUTION\nx", "### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION"],
    ids=["not_closed", "opened_twice"],
)
def test_solution_markers_that_do_not_pair_are_refused(source):
    with pytest.raises(CourseError, match="BEGIN SOLUTION"):
        nb.without_solution(source, nb.CODE_STUB)


def test_hidden_markers_that_do_not_pair_are_refused():
    with pytest.raises(CourseError, match="do not come in pairs"):
        nb.without_hidden("### BEGIN HIDDEN TESTS\nassert x")


def test_student_code_is_given_cells_and_answers_only():
    cells = nb.cells_of(notebook())

    assert nb.student_code(cells, {"double": "def double(x): ...", "setup": "evil()"}) == (
        "import math", "def double(x): ...", "print(double(2))",
    )  # fmt: skip


def test_missing_answer_runs_as_nothing():
    assert nb.student_code(nb.cells_of(notebook()), {})[1] == ""


def test_answers_reach_answer_cells_only():
    filled = nb.with_answers(notebook(), {"double": "a", "setup": "b", "why": "c"})

    assert [raw["source"] for raw in filled["cells"]][1:3] == ["import math", "a"]
    assert filled["cells"][6]["source"] == "c"


def test_source_as_a_list_of_lines_is_the_same_cell():
    raw = notebook()
    raw["cells"][2]["source"] = SOLUTION.splitlines(keepends=True)

    assert nb.cells_of(raw) == nb.cells_of(notebook())


@pytest.mark.parametrize("content", ["{", "[]", '{"cells": []}', '{"cells": 3}'])
def test_lecturers_file_that_is_no_notebook_is_named(tmp_path, content):
    path = tmp_path / f"{NAME}.ipynb"
    path.write_text(content)

    with pytest.raises(CourseError, match=f"{NAME}.ipynb is not a notebook"):
        nb.read_notebook(path)


def test_missing_notebook_is_named(tmp_path):
    with pytest.raises(CourseError, match="There is no notebook"):
        nb.read_notebook(tmp_path / "x.ipynb")
