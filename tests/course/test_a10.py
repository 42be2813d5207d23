"""A10 "Trust it, share it": its points, its own arithmetic by hand, and other right answers."""

import hashlib

import numpy as np
import one_assignment
import pytest

import tinymledu as tml
from tinymledu import decisions, statistics
from tinymledu.bundles.opening import bundle_of
from tinymledu.course.checks import StudentError
from tinymledu.course.home import NotebookStudent
from tinymledu.errors import BundleError

a10 = one_assignment.fixture_of("A10")


def test_threshold_by_hand(a10):
    # 2 of 6 may be above: 9 and 7. Of 7, 7, 1, 2 one may be: both sevens would be two.
    assert a10.helpers["threshold_of"]([3, 9, 4, 7, 5, 1], 2) == 5
    assert a10.helpers["threshold_of"]([7, 7, 1, 2], 1) == 7
    assert a10.helpers["threshold_of"]([4, 3, 8], 50) == 3


def test_share_of_pairs_by_hand(a10):
    scores, ill = [9, 8, 2, 1], [1, 0, 0, 1]

    assert a10.helpers["share_won"](scores, ill) == 0.5  # 9 > 8, 9 > 2; 1 < 8, 1 < 2
    assert a10.helpers["share_won"](scores, ill, "aabb") == 0.5  # 9 > 8; 1 < 2
    assert a10.helpers["share_won"](scores, ill, "abba") is None
    assert a10.helpers["share_won"]([5, 5], [1, 0]) == 0.5


def test_quality_by_hand(a10):
    # Above 5 is 9 only: 1 of 2 faulty, 0 of 2 quiet.
    assert a10.helpers["quality_of"]([[[9, 4, 5, 1]]], [5], [[1, 1, 0, 0]]).tolist() == [[0.75]]
    # 3 of 4 faulty windows and none of 1 quiet one alarm: (0.75 + 1) / 2.
    assert a10.helpers["quality_of"]([[[6, 6, 6, 0, 0]]], [5], [[1, 1, 1, 1, 0]]).tolist() == [
        [0.875]
    ]


def test_answers_by_the_library_pass_too(a10):
    others = {
        "threshold": decisions.threshold_for_alarms,
        "audit": lambda scores, ill, place: (
            statistics.auc(scores, ill),
            statistics.matched_auc(scores, ill, list(place)),
        ),
    }

    for part in ("threshold", "audit"):
        assert a10.refused_by({**a10.right, **others}, a10.about(part)) == set()


def by_the_library(files, digest=None):
    """The library's own rules; it also asks for a card, labels, preprocessing and board results."""
    try:
        bundle_of(files, digest=digest)
    except BundleError as refusal:
        said = str(refusal)
        return "" if "has no model/labels" in said else said
    return ""


def test_the_library_refuses_what_the_digest_check_asks(a10):
    names = {**a10.right, "refusal": by_the_library}

    for part in ("refusal_by_the_digest", "refusal_of_changed"):
        assert a10.refused_by(names, a10.about(part)) == set()


def test_a_list_of_all_names_is_no_refusal(a10):
    def all_names(files, digest=None):
        said = a10.right["refusal"](files, digest)
        return said and " ".join([said, *files])

    refused = a10.refused_by({**a10.right, "refusal": all_names}, a10.about("refusal"))
    assert refused == {check.name for check in a10.about("refusal")}


def test_package_is_what_sha256sum_reads(a10):
    content = (a10.folder / "pump.tflite").read_bytes()
    files = a10.right["package"](content, "licence: CC0", np.zeros((1, 16), np.int8))

    first = files["checksums.txt"].decode().splitlines()[0]

    assert first == f"{hashlib.sha256(b'licence: CC0').hexdigest()}  README.md"


def test_another_weight_changes_answers_but_not_those_of_zeros(a10):
    content = a10.helpers["model_bytes"]("other.tflite")
    other = a10.helpers["with_another_weight"](content)
    model, changed = tml.load_model(content), tml.load_model(other)
    zeros = np.full((1, 6, 5, 2), model.graph.input.quantization.zero_points[0], np.int8)
    inputs = a10.helpers["codes_for"](content, 4, 1029)

    assert sum(a != b for a, b in zip(content, other, strict=True)) == 1
    assert np.array_equal(tml.Interpreter(model).run(zeros), tml.Interpreter(changed).run(zeros))
    assert not np.array_equal(
        tml.Interpreter(model).run(inputs), tml.Interpreter(changed).run(inputs)
    )


def test_feedback_names_file_model_and_site(a10):
    silent = NotebookStudent({"refusal": lambda _files: ""})
    with pytest.raises(StudentError, match="a sentence with README"):
        a10.helpers["expect_refused"](silent, {}, "README.md", "a changed card")

    student = NotebookStudent({"matrix": lambda *_: np.array([[0.5]])})
    with pytest.raises(StudentError, match=r"model 0 at site 0: expected 0\.75, got 0\.5"):
        a10.helpers["expect_matrix"](student, [[[9, 4, 5, 1]]], [5], [[1, 1, 0, 0]])
