"""A03 "Sensors to features": its points, its own arithmetic by hand, and other right answers."""

import re

import numpy as np
import one_assignment
import pytest

a03 = one_assignment.fixture_of("A03")


def test_public_values_are_those_of_the_hidden_checks(a03):
    """Written down or by decimal arithmetic there, in loops of Python here."""
    helpers = a03.helpers
    by_hand = {
        "frame": helpers["frames_by_hand"],
        "mel_weights": helpers["weights_by_hand"],
        "q_mul": lambda a, b, n_bits: [
            helpers["product_by_hand"](int(x), int(y), n_bits) for x, y in zip(a, b, strict=True)
        ],
    }
    refused = a03.refused_by({**a03.right, **by_hand})
    assert refused == {"q_mul_is_right_for_every_word_length"}  # asks for a table, too


def test_the_worked_values_are_those_of_the_reference(a03):
    reference = a03.right
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
def test_products_of_the_checks_are_those_worked_out_by_hand(a03, a, b, n_bits, product):
    assert a03.helpers["product_by_hand"](a, b, n_bits) == product


def test_frames_of_the_checks_end_where_the_recording_does(a03):
    made = a03.helpers["frames_by_hand"]

    assert made(np.arange(1, 7), 3, 3).tolist() == [[1, 2, 3], [4, 5, 6]]
    assert made(np.arange(1, 6), 4, 3).tolist() == [[1, 2, 3, 4], [4, 5, 0, 0]]
    assert made(np.arange(1, 3), 4, 2).tolist() == [[1, 2, 0, 0]]
    assert made(np.zeros(0), 4, 2).shape == (0, 4)


def test_plain_lists_and_loops_pass_too(a03):
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

    others = {"ring_push": ring_push, "ring_read": ring_read}
    assert a03.refused_by({**a03.right, **others}) == set()


def test_a_difference_to_the_board_is_told_with_its_place(a03):
    truncated = a03.assignment.reference["q_mul"].replace("wide + (1 << (n_bits - 2))", "wide")
    names = a03.names_after(a03.answers | {"q_mul": truncated})

    said = a03.message("features_equal_the_board_on_a_machine", names)

    assert re.search(r"\d+ of 460 integers differ .* frame \d+, band \d+: expected", said)


def test_none_is_told_as_not_done(a03):
    names = {**a03.right, "device_features": lambda *_: None}

    said = a03.message("features_equal_the_board_on_a_machine", names)

    assert "frame or q_mul is not done yet" in said
