"""A01 "Two phases": what is written down about it, and the class of twenty point for point."""

import csv
import json
from pathlib import Path

import numpy as np
import one_assignment
import pytest

import tinymledu as tml
from tinymledu import course
from tinymledu.course import sandbox
from tinymledu.course.checks import StudentError
from tinymledu.course.home import NotebookStudent

a01 = one_assignment.fixture_of("A01")
WALL_S = 90.0  # the tests ask what is right; machines that test are busy
HIDDEN_SEED = 20211018


@pytest.fixture(scope="module")
def graded_class(tmp_path_factory):
    if sandbox.available().level != sandbox.FULL:
        pytest.skip(f"untrusted code cannot be isolated here: {sandbox.available().refusal()}")
    folder = tmp_path_factory.mktemp("class") / "course"
    course.new(folder, hidden_seed=HIDDEN_SEED)
    made = course.make_class(folder)
    return folder, made, course.grade(folder, "A01", wall_s=WALL_S)


def test_limits_told_in_the_notebook_are_the_ones_that_count(a01):
    text = "\n".join(cell.source for cell in a01.assignment.cells)
    limits = a01.assignment.limits

    assert limits.cell_s == 0.7 * limits.wall_s
    assert f"grading stops the cell at {limits.cell_s:.0f} s" in text
    assert f"{limits.wall_s:.0f} s for the whole notebook" in text
    assert f"{limits.cell_s:.0f} s for one cell" in text


def test_no_model_is_said_as_what_train_did(a01, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StudentError) as caught:
        a01.named("beats_the_mean_picture").run(NotebookStudent({}))
    said = str(caught.value)

    assert said.startswith("train() gave no model: it returned no bytes, did not finish, or ")


def test_large_model_is_told_a_remedy(a01, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("model.tflite").write_bytes(bytes(65_537))
    with pytest.raises(StudentError) as caught:
        a01.named("beats_the_mean_picture").run(NotebookStudent({}))
    said = str(caught.value)

    assert "65,537 bytes" in said
    assert "filters=(8, 16, 32)" in said


def test_random_weights_earn_nothing_where_hidden_drawings_happen_to_suit_them(
    a01, tmp_path, monkeypatch
):
    model = tml.load_model(a01.folder / "given.tflite")
    pictures = a01.helpers["hidden"]()["unlabelled"]
    lucky = tml.Interpreter(model).run(pictures).argmax(axis=1)
    monkeypatch.setitem(a01.helpers, "hidden", lambda: {"unlabelled": pictures, "answers": lucky})
    monkeypatch.chdir(tmp_path)
    Path("model.tflite").write_bytes(model.content)

    with pytest.raises(StudentError, match="right answers on 500 drawings"):
        a01.named("board_beats_the_mean_picture").run(NotebookStudent({}))


def test_int8_codes_that_wrap_are_named(a01):
    def infer(content, pictures):
        model = tml.load_model(content)
        codes, output = tml.Interpreter(model).run(pictures), model.graph.output.quantization
        scores = output.scale * (codes - np.int8(output.zero_point))
        return scores.argmax(axis=1), scores

    said = a01.message("infer_reads_the_scores_of_a_given_model", {"infer": infer})

    assert "the codes are int8: convert them to float or int32 before you subtract" in said


def test_other_wrong_scores_are_not_said_to_have_wrapped(a01):
    def infer(content, pictures):
        codes = tml.Interpreter(tml.load_model(content)).run(pictures)
        return codes.argmax(axis=1), codes

    said = a01.message("infer_reads_the_scores_of_a_given_model", {"infer": infer})

    assert said.startswith("scores of picture 0: expected")


@pytest.mark.slow
def test_checks_kill_95_of_100_generated_mutants_of_infer_and_reject(a01, tmp_path):
    """Those of `train` would train each; named mutants stand for it."""
    from generated_mutants import mutants

    from tinymledu.course.candidates import candidates
    from tinymledu.course.intake import Submission
    from tinymledu.course.kit import prepare, run
    from tinymledu.course.zygote import Zygote

    if sandbox.available().level != sandbox.FULL:
        pytest.skip(f"untrusted code cannot be isolated here: {sandbox.available().refusal()}")
    kit = prepare(a01.assignment, tmp_path, hidden_seed=HIDDEN_SEED)
    base = next(one for one in candidates(kit) if one.kind == "mutant").submission
    trained = {"train": base.answers["train"]}
    survived, n = [], 0
    with Zygote() as warm:
        for name in ("infer", "reject"):
            for what, source in mutants(a01.assignment.reference[name]):
                answers = a01.assignment.reference | trained | {name: source}
                submission = Submission("mutant", answers, files=base.files)
                result = run(kit, submission, wall_s=300.0, warm=warm)
                survived += [f"{name}: {what}"] if result.verdict.value == "passed" else []
                n += 1

    assert n >= 30
    assert len(survived) <= 0.05 * n, survived


@pytest.mark.training
def test_twenty_of_twenty_get_exactly_what_is_due(graded_class):
    _, made, report = graded_class

    got = {one.student: one.machine_points for one in report.students}
    assert got == {one.name: one.due_points for one in made}


@pytest.mark.training
def test_attack_was_contained(graded_class):
    attack = next(one for one in graded_class[2].students if one.student == "made_18_aroha")
    answer = attack.submission.answers["train"]

    assert "create_connection" in answer
    assert attack.machine_points == 0
    assert not attack.needs_human


@pytest.mark.training
def test_reference_stays_within_its_seconds(graded_class):
    amara = graded_class[2].students[0]

    assert amara.cpu_s < 20  # the limit of the assignment; make bench reports the figure itself


@pytest.mark.training
def test_no_feedback_page_tells_a_hidden_value(graded_class):
    folder, made, _ = graded_class
    for one in made:
        html = (folder / f"feedback/{one.name}/A01_two_phases/A01_two_phases.html").read_text()

        for secret in ("hidden.npz", "other.tflite", "checks.py&#34;, line"):
            assert secret not in html


@pytest.mark.training
def test_csv_has_a_row_for_each_of_the_twenty(graded_class):
    folder, made, _ = graded_class
    with (folder / "grades" / "A01_two_phases.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))

    assert [row["student"] for row in rows] == [one.name for one in made]
    assert {row["person_points_pending"] for row in rows} == {"15"}


@pytest.mark.training
def test_grades_json_lists_who_needs_a_person(graded_class):
    folder = graded_class[0]
    record = json.loads((folder / "grades" / "A01_two_phases.json").read_text())

    assert record["needs_human"] == ["made_19_sione"]
