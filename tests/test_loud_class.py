"""The class that both engines grade is honest, whole and varied, and its table is right."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import against_nbgrader as bench
from benchmarks import both_engines, cpu_meter, loud_class
from tinymledu.course.assignment import load_assignment
from tinymledu.course.intake import read_submission
from tinymledu.course.notebook import Role

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc is Linux's")


@pytest.fixture(scope="module")
def assignment(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lecturer") / loud_class.NAME
    folder.mkdir()
    for name in ("assignment.toml", "checks.py"):
        (folder / name).write_bytes((loud_class.FOLDER / name).read_bytes())
    (folder / f"{loud_class.NAME}.ipynb").write_text(loud_class.notebook())
    return load_assignment(folder)


@pytest.fixture(scope="module")
def submissions(assignment, tmp_path_factory):
    """What intake makes of the 40, and of the quiet ones."""
    course = tmp_path_factory.mktemp("course")
    programs = loud_class.programs(40) | loud_class.hushed_programs(4)
    both_engines.hand_in(course, programs, {"s07": b"model"})
    folders = {name: course / "submitted" / name / loud_class.NAME for name in programs}
    return {name: read_submission(assignment, path, name) for name, path in folders.items()}


def test_no_two_of_the_class_are_alike(submissions):
    assert len(submissions) == 44
    assert len({one.fingerprint for one in submissions.values()}) == 44


def test_every_answer_is_taken_in_and_is_python(assignment, submissions):
    for one in submissions.values():
        assert (one.reason, one.notes) == ("", ())
        assert set(one.answers) == set(assignment.answer_ids) == {"train", "to_int8", "classify"}
        for source in one.answers.values():
            compile(source, one.student, "exec")
            assert "### " not in source


def test_a_model_file_is_taken_in_where_one_was_handed_in(submissions):
    assert {name for name, one in submissions.items() if one.files} == {"s07"}


def test_each_kind_of_program_is_there_four_times():
    kinds = [loud_class.kind_of(name) for name in loud_class.programs(40)]
    assert [kinds.count(kind) for kind in loud_class.KINDS] == [4] * 10


def test_there_are_no_more_than_forty():
    with pytest.raises(ValueError, match="there are 40 programs"):
        loud_class.programs(41)


@pytest.mark.parametrize("n", ["0", "41", "-4"])
def test_a_class_of_another_size_is_refused_before_anything_runs(n, monkeypatch, capsys):
    monkeypatch.setattr(bench, "_inside", lambda _: pytest.fail("started"))

    with pytest.raises(SystemExit) as left:
        bench.main([f"--students={n}"])

    assert left.value.code == 2
    assert f"--students is {n}; give 1 to 40." in capsys.readouterr().err


def test_notebook_and_checks_give_the_same_points(assignment):
    cells = {cell.grade_id: cell.points for cell in assignment.cells if cell.role is Role.TEST}
    assert cells == {check.name: check.points for check in assignment.checks}
    assert assignment.machine_points == 100


def test_asserts_and_checks_ask_about_the_same_pictures(assignment):
    (source,) = (cell.source for cell in assignment.cells if cell.grade_id == "setup")
    theirs, own = {"np": np}, {"np": np}
    exec(source[source.index("def pictures_of") :], theirs)
    checker = assignment.checker_source
    exec(checker[checker.index("def pictures_of") : checker.index("def content_of")], own)
    for one, other in zip(theirs["pictures_of"](9, 5), own["pictures_of"](9, 5), strict=True):
        np.testing.assert_array_equal(one, other)


def stream(name):
    return {"output_type": "stream", "name": name, "text": "x"}


def test_a_test_cell_ends_in_one_of_three_ways():
    assert both_engines.outcome([]) == both_engines.outcome([stream("stdout")]) == "passed"
    assert both_engines.outcome([stream("stdout"), stream("stderr")]) == "stderr"
    assert both_engines.outcome([stream("stderr"), {"output_type": "error"}]) == "error"


def graded(cpu_s, wall_s, points):
    names = [f"s{i:02}" for i in range(len(points))]
    cost = cpu_meter.Cost(cpu_s, wall_s, "", "")
    return both_engines.Graded(cost, dict(zip(names, points, strict=True)))


@pytest.fixture
def found():
    full = [100] * 4
    return bench.Found(
        plain=graded(32.0, 30.0, [20, 100, None, 70]),
        trained=graded(20.0, 10.0, full),
        artefact=graded(1.6, 2.0, full),
        hushed=graded(8.0, 9.0, [100]),
        plain_artefact=graded(4.0, 9.0, [20]),
        outcomes={
            "s00": ["passed", "stderr", "stderr"],
            "s01": ["passed"] * 3,
            "s02": ["error"] * 3,
            "s03": ["passed", "passed", "stderr"],
        },
        jail_cpu_s=0.12,
        n_cores=3,
    )


def test_ratios_are_plain_over_ours_and_goals_are_compared(found):
    rows = {row[0]: row[1:] for row in bench.table(found)}

    assert rows["full marks, notebooks that train"] == ["all", "1 of 4", "4 of 4", "", "yes"]
    # 32 CPU-s of 4 are 8 each; 20 of 4 are 5; 8 / 5 = 1.6.
    assert rows["CPU-s each, notebooks that train"] == [">= 2 x", "8.00", "5.00", "1.6 x", "NO"]
    assert rows["CPU-s each, model file judged"] == [">= 20 x", "8.00", "0.40", "20.0 x", "yes"]
    assert rows["wall s of the class, training"] == [">= 3 x", "30.0", "10.0", "3.0 x", "yes"]
    assert rows["wall s of the class, model files"] == [">= 20 x", "30.0", "2.00", "15.0 x", "NO"]
    assert rows["CPU-s each that the jail costs"] == ["<= 0.1", "no jail", "0.120", "", "NO"]


def test_a_class_where_one_lost_points_has_not_reached_the_goal(found):
    row = bench.table(found)[1]
    assert row[-1] == "yes"
    fewer = bench.Found(**{**as_dict(found), "artefact": graded(1.6, 2.0, [100, 100, 99, 100])})
    assert bench.table(fewer)[1][-1] == "NO"


def as_dict(found):
    return {name: getattr(found, name) for name in found.__slots__}


def test_cells_that_plain_gave_nothing_are_counted_by_kind(found):
    rows = bench.kinds_table(found)
    assert [row[2:] for row in rows] == [
        ["0 of 1", "2 of 3 cells", "0 of 3 cells"],
        ["1 of 1", "0 of 3 cells", "0 of 3 cells"],
        ["0 of 1", "0 of 3 cells", "3 of 3 cells"],
        ["0 of 1", "1 of 3 cells", "0 of 3 cells"],
    ]


def test_what_is_said_beside_the_table_counts_the_controls(found):
    said = bench.beside(found)
    assert "1 of 1 with full marks, 8.00 CPU-s each" in said
    assert "4.00 CPU-s each (n = 1); ours takes 10.0 x less" in said
    assert "wall: on 3 cores;" in said
    assert max(map(len, said.splitlines())) <= 120


@linux
def test_time_of_a_grandchild_that_nobody_waits_for_is_counted():
    assert "of an orphan's 0.50 CPU-s it counts" in cpu_meter.describe()
