"""A03 "Sensors to features": its points, its own arithmetic by hand, and other right answers."""

import numpy as np
import pytest

from tinymledu.boards.toolchain import available
from tinymledu.course import notebook as nb
from tinymledu.course.assignment import load_assignment
from tinymledu.course.checks import Check, StudentError, failure_of
from tinymledu.course.home import NotebookStudent
from tinymledu.course.literals import visible_literals

ANSWERS = ("frame", "ring", "mel_weights", "mfcc", "q_mul")
PUBLIC = (  # the check of each answer, in the same order
    "frame_loses_no_sample",
    "ring_gives_back_the_latest_samples",
    "mel_weights_of_two_bands",
    "power_and_mfcc_of_small_cases",
    "q_mul_of_worked_values",
)
BOARD = {"features_equal_the_board_on_a_machine", "features_equal_the_board_at_the_limits"}


@pytest.fixture(scope="module")
def a03():
    return load_assignment("A03")


@pytest.fixture(scope="module")
def helpers(a03):
    names = {}
    exec(compile(a03.checker_source, "checks.py", "exec"), names)
    return names


@pytest.fixture(scope="module")
def reference(a03, helpers):
    names = {"np": np, "q15": helpers["q15"], "SETTINGS": helpers["SETTINGS"]}
    for name in ANSWERS:
        exec(a03.reference[name], names)
    (given,) = [cell for cell in a03.cells if cell.grade_id == "device_features"]
    exec(given.source.partition("\n\n\n")[0], names)
    return names


def refused_by(helpers, names):
    return {
        check.name
        for check in helpers.values()
        if isinstance(check, Check)
        and (available() or check.name not in BOARD)
        and failure_of(check, NotebookStudent(dict(names)))
    }


def test_points_are_25_visible_50_hidden_15_on_the_board_and_10_by_a_person(a03):
    points = {"visible": 0, "hidden": 0, "board": 0}
    for check in a03.checks:
        kind = "board" if check.name in BOARD else "visible" if check.visible else "hidden"
        points[kind] += check.points

    assert points == {"visible": 25, "hidden": 50, "board": 15}
    assert sum(cell.points for cell in a03.essays) == 10


def test_the_reference_passes_every_check(helpers, reference):
    assert sum(isinstance(value, Check) for value in helpers.values()) == 13
    assert refused_by(helpers, reference) == set()


def test_public_checks_stand_alone_and_hold_no_answer(a03, reference):
    public = {}
    exec(compile(nb.without_hidden(a03.checker_source), "checks.py", "exec"), public)

    assert sum(isinstance(value, Check) for value in public.values()) == 6
    assert refused_by(public, reference) == set()
    assert not [name for name in public if name.endswith("_by_hand")]


def test_public_values_are_those_of_the_hidden_checks(helpers, reference):
    """Written down or by decimal arithmetic there, in loops of Python here."""
    by_hand = {
        "frame": helpers["frames_by_hand"],
        "mel_weights": helpers["weights_by_hand"],
        "q_mul": lambda a, b, n_bits: [
            helpers["product_by_hand"](int(x), int(y), n_bits) for x, y in zip(a, b, strict=True)
        ],
    }
    refused = refused_by(helpers, {**reference, **by_hand})
    assert refused <= {"q_mul_is_right_for_every_word_length"}  # asks for a table, too


def test_no_visible_value_passes_a_public_check(a03, helpers, reference):
    """Also those beyond the ones that the audit copies."""
    answers = dict(zip(ANSWERS, PUBLIC, strict=True))
    functions = {"ring": ("ring_push", "ring_read"), "mfcc": ("power", "mfcc")}
    for cell, values in visible_literals(a03).items():
        assert len(values) > 10
        for value in values:
            got = eval(value, {"array": np.array})
            same = dict.fromkeys(functions.get(cell, (cell,)), lambda *_, got=got: got)
            student = NotebookStudent({**reference, **same})
            assert failure_of(helpers[answers[cell]], student), f"{cell} = {value}"


def test_the_worked_values_are_those_of_the_reference(reference):
    np.testing.assert_array_equal(
        reference["frame"]([1, 2, 3, 4, 5, 6], 4, 3), [[1, 2, 3, 4], [4, 5, 6, 0]]
    )
    memory, written = reference["ring_push"](np.zeros(4, int), 0, [1, 2, 3])
    assert (memory.tolist(), written) == ([1, 2, 3, 0], 3)
    memory, written = reference["ring_push"](memory, written, [4, 5, 6])
    assert (memory.tolist(), written) == ([5, 6, 3, 4], 6)
    assert reference["ring_read"](memory, 6, 2, 4).tolist() == [3, 4, 5, 6]
    assert reference["ring_read"](memory, 6, 1, 2) is None
    assert round(float(reference["mel_weights"](16, 8000, 2, 0, 4000)[0, 1]), 3) == 0.466
    assert reference["power"]([[1, 1, 1, 1], [1, -1, 1, -1]]).tolist() == [[1, 0, 0], [0, 0, 1]]
    np.testing.assert_allclose(reference["mfcc"](np.full((1, 4), 100), 3), [[40, 0, 0]], atol=1e-12)
    products = reference["q_mul"]([16384, -32768, 1, -1], [16384, -32768, 16384, 16384], 16)
    assert products.tolist() == [8192, 32767, 1, 0]
    assert reference["q_mul"]([64], [64], 8).tolist() == [32]


@pytest.mark.parametrize(
    ("a", "b", "n_bits", "product"),
    [
        (-32768, -32768, 16, 32767),  # 1, which Q15 has not
        (-3, 16384, 16, -1),  # -1.5 units, upwards
        (-32768, 32767, 16, -32767),
        (-2, -2, 2, 1),
        (-2, 1, 2, -1),
        (2**31 - 1, 2**30 + 1, 32, 2**30),  # 2^30 and half a unit less 2^-31: downwards
    ],
)
def test_products_of_the_checks_are_those_worked_out_by_hand(helpers, a, b, n_bits, product):
    assert helpers["product_by_hand"](a, b, n_bits) == product


def test_frames_of_the_checks_end_where_the_recording_does(helpers):
    made = helpers["frames_by_hand"]

    assert made(np.arange(1, 7), 3, 3).tolist() == [[1, 2, 3], [4, 5, 6]]
    assert made(np.arange(1, 6), 4, 3).tolist() == [[1, 2, 3, 4], [4, 5, 0, 0]]
    assert made(np.arange(1, 3), 4, 2).tolist() == [[1, 2, 0, 0]]
    assert made(np.zeros(0), 4, 2).shape == (0, 4)


def test_plain_lists_and_loops_pass_too(helpers, reference):
    """Right answers need no NumPy, and frames of a list of rows are an array."""

    def ring_push(memory, written, samples):
        memory = memory.copy()
        for sample in samples:
            memory[written % len(memory)] = sample
            written += 1
        return [memory, np.int64(written)]

    def ring_read(memory, written, start, n):
        if start + n > written or written - start > len(memory):
            return None
        return [int(memory[s % len(memory)]) for s in range(start, start + n)]

    assert (
        refused_by(helpers, {**reference, "ring_push": ring_push, "ring_read": ring_read}) == set()
    )


@pytest.mark.skipif(not available(), reason="no compiler for boards: make venv")
def test_a_difference_to_the_board_is_told_with_its_place(helpers, reference, monkeypatch):
    def truncated(a, b, n_bits):
        return (np.asarray(a, np.int64) * np.asarray(b, np.int64)) >> (n_bits - 1)

    monkeypatch.setitem(reference, "q_mul", truncated)  # device_features looks it up there
    student = NotebookStudent(reference)

    with pytest.raises(StudentError, match=r"\d+ of 460 integers differ .* frame \d+, band \d+"):
        helpers["features_equal_the_board_on_a_machine"].run(student)


def test_none_is_told_as_not_done(helpers, reference):
    student = NotebookStudent({**reference, "device_features": lambda *_: None})

    with pytest.raises(StudentError, match="frame or q_mul is not done yet"):
        helpers["features_equal_the_board_on_a_machine"].run(student)
