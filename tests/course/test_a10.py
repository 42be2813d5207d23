"""A10 "Trust it, share it": its points, its own arithmetic by hand, and other right answers."""

import hashlib
import importlib.util
import json
import sys
from pathlib import Path

import numpy as np
import pytest

import tinymledu as tml
from tinymledu import decisions, statistics
from tinymledu.bundles.opening import bundle_of
from tinymledu.course.assignment import load_assignment
from tinymledu.course.checks import Check, StudentError, failure_of
from tinymledu.course.home import NotebookStudent
from tinymledu.errors import BundleError

FOLDER = Path(__file__).parents[2] / "assignments" / "source" / "A10_trust_and_share"
ANSWERS = ("threshold", "audit", "package", "refusal", "matrix", "card_text")


@pytest.fixture(scope="module")
def a10():
    return load_assignment(FOLDER)


@pytest.fixture(scope="module")
def checks():
    spec = importlib.util.spec_from_file_location("a10_checks", FOLDER / "checks.py")
    made = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = made
    spec.loader.exec_module(made)
    return made


@pytest.fixture(scope="module")
def reference(a10):
    names = {"np": np, "tml": tml, "json": json, "hashlib": hashlib}
    for name in ANSWERS:
        exec(a10.reference[name], names)
    return names


def refused_by(checks, names, wanted=""):
    found = [v for v in vars(checks).values() if isinstance(v, Check) and wanted in v.name]
    return {one.name for one in found if failure_of(one, NotebookStudent(dict(names)))}


def test_points_are_15_visible_45_hidden_15_board_and_25_by_a_person(a10):
    points = {"visible": 0, "hidden": 0, "board": 0}
    for check in a10.checks:
        board = check.name.startswith("board_")
        points["board" if board else "visible" if check.visible else "hidden"] += check.points

    assert points == {"visible": 15, "hidden": 45, "board": 15}
    assert sum(cell.points for cell in a10.essays) == 25


def test_the_reference_passes_every_check(checks, reference):
    assert refused_by(checks, reference) == set()


def test_threshold_by_hand(checks):
    # 2 of 6 may be above: 9 and 7. Of 7, 7, 1, 2 one may be: both sevens would be two.
    assert checks.threshold_of([3, 9, 4, 7, 5, 1], 2) == 5
    assert checks.threshold_of([7, 7, 1, 2], 1) == 7
    assert checks.threshold_of([4, 3, 8], 50) == 3


def test_share_of_pairs_by_hand(checks):
    scores, ill = [9, 8, 2, 1], [1, 0, 0, 1]

    assert checks.share_won(scores, ill) == 0.5  # 9 > 8, 9 > 2; 1 < 8, 1 < 2
    assert checks.share_won(scores, ill, "aabb") == 0.5  # 9 > 8; 1 < 2
    assert checks.share_won(scores, ill, "abba") is None
    assert checks.share_won([5, 5], [1, 0]) == 0.5


def test_quality_by_hand(checks):
    # Above 5 is 9 only: 1 of 2 faulty, 0 of 2 quiet.
    assert checks.quality_of([[[9, 4, 5, 1]]], [5], [[1, 1, 0, 0]]).tolist() == [[0.75]]
    # 3 of 4 faulty windows and none of 1 quiet one alarm: (0.75 + 1) / 2.
    assert checks.quality_of([[[6, 6, 6, 0, 0]]], [5], [[1, 1, 1, 1, 0]]).tolist() == [[0.875]]


def test_answers_by_the_library_pass_too(checks, reference):
    others = {
        "threshold": decisions.threshold_for_alarms,
        "audit": lambda scores, ill, place: (
            statistics.auc(scores, ill),
            statistics.matched_auc(scores, ill, list(place)),
        ),
    }

    assert refused_by(checks, {**reference, **others}, "threshold") == set()
    assert refused_by(checks, {**reference, **others}, "audit") == set()


def by_the_library(files, digest=None):
    """The library's own rules; it also asks for a card, labels, preprocessing and board results."""
    try:
        bundle_of(files, digest=digest)
    except BundleError as refusal:
        said = str(refusal)
        return "" if "has no model/labels" in said else said
    return ""


def test_the_library_refuses_what_the_digest_check_asks(checks, reference):
    names = {**reference, "refusal": by_the_library}

    assert refused_by(checks, names, "refusal_by_the_digest") == set()
    assert refused_by(checks, names, "refusal_of_changed") == set()


def test_a_list_of_all_names_is_no_refusal(checks, reference):
    def all_names(files, digest=None):
        said = reference["refusal"](files, digest)
        return said and " ".join([said, *files])

    assert len(refused_by(checks, {**reference, "refusal": all_names}, "refusal")) == 5


def test_package_is_what_sha256sum_reads(reference):
    content = (FOLDER / "pump.tflite").read_bytes()
    files = reference["package"](content, "licence: CC0", np.zeros((1, 16), np.int8))

    first = files["checksums.txt"].decode().splitlines()[0]

    assert first == f"{hashlib.sha256(b'licence: CC0').hexdigest()}  README.md"


def test_another_weight_changes_answers_but_not_those_of_zeros(checks):
    content = checks.model_bytes("other.tflite")
    other = checks.with_another_weight(content)
    model, changed = tml.load_model(content), tml.load_model(other)
    zeros = np.full((1, 6, 5, 2), model.graph.input.quantization.zero_points[0], np.int8)
    inputs = checks.codes_for(content, 4, 1029)

    assert sum(a != b for a, b in zip(content, other, strict=True)) == 1
    assert np.array_equal(tml.Interpreter(model).run(zeros), tml.Interpreter(changed).run(zeros))
    assert not np.array_equal(
        tml.Interpreter(model).run(inputs), tml.Interpreter(changed).run(inputs)
    )


def test_feedback_names_file_model_and_site(checks):
    silent = NotebookStudent({"refusal": lambda _files: ""})
    with pytest.raises(StudentError, match="a sentence with README"):
        checks.expect_refused(silent, {}, "README.md", "a changed card")

    student = NotebookStudent({"matrix": lambda *_: np.array([[0.5]])})
    with pytest.raises(StudentError, match=r"model 0 at site 0: expected 0\.75, got 0\.5"):
        checks.expect_matrix(student, [[[9, 4, 5, 1]]], [5], [[1, 1, 0, 0]])
