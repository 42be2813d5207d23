"""What checks are written with: answers turned into what is needed, compared with their place."""

import math

import numpy as np
import pytest

from tinymledu.course.checks import StudentError, as_tuple, as_whole, expect_each


@pytest.mark.parametrize("value", [7, 7.0, np.int8(7), np.uint64(7), np.array([7.0]), np.array(7)])
def test_a_whole_number_may_come_as_any_number_that_is_one(value):
    got = as_whole(value, "n")

    assert (got, type(got)) == (7, int)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (math.nan, "n is nan; expected a whole number."),
        (-math.inf, "n is -inf; expected a whole number."),
        (2.5, "n is 2.5; expected a whole number."),
        (np.uint64(2**64 - 1), "n is 18446744073709551615; expected a whole number."),
        (10**400, "n is an integer far too large."),
        (True, "n is of type bool; expected a number."),
        (np.zeros(2), "n is of type ndarray; expected a number."),
        (None, "n is of type NoneType; expected a number."),
    ],
)
def test_what_is_no_whole_number_is_the_students_failure(value, said):
    with pytest.raises(StudentError) as caught:
        as_whole(value, "n")

    assert str(caught.value) == said


@pytest.mark.parametrize("value", [(1, 2), [1, 2], np.array([1, 2])])
def test_two_values_may_come_in_a_list_a_tuple_or_an_array(value):
    assert as_tuple(value, "f()", 2) == (1, 2)


def test_rows_of_an_array_are_values():
    first, second = as_tuple(np.eye(2), "f()", 2)

    assert (first.tolist(), second.tolist()) == ([1, 0], [0, 1])


@pytest.mark.parametrize("value", [None, 7, "ab", {0: 1, 1: 2}, np.array(3)])
def test_what_holds_no_values_in_order_is_of_the_wrong_type(value):
    with pytest.raises(StudentError, match=r"f\(\) is of type \w+; expected a list or a tuple"):
        as_tuple(value, "f()", 2)


def test_another_number_of_values_is_told():
    with pytest.raises(StudentError, match=r"f\(\) holds 3 values; expected 2\."):
        as_tuple([1, 2, 3], "f()", 2)


def test_any_number_of_values_is_taken_from_lists_only():
    assert as_tuple([], "f()") == ()
    with pytest.raises(StudentError, match="expected a list or a tuple"):
        as_tuple(np.zeros(3), "f()")  # millions of bytes would become millions of objects


def entry(*index):
    return f"entry {index}"


def test_equal_and_near_entries_pass():
    expect_each(np.array([[1, 2]]), [[1, 2]], entry)
    expect_each(np.array([1.0, math.inf]), [1.05, math.inf], entry, within=0.1)
    expect_each(np.zeros((0, 3)), np.zeros((0, 3)), entry, rows=True)
    expect_each(np.array(True), True, entry)


@pytest.mark.parametrize(
    ("got", "expected", "options", "said"),
    [
        ([[1, 2], [3, 9]], [[1, 2], [3, 4]], {}, "entry (1, 1): expected 4, got 9."),
        ([1.0, 2.2], [1, 2], {"within": 0.1}, "entry (1,): expected 2, got 2.2."),
        ([math.nan], [0.0], {"within": 1e9}, "entry (0,): expected 0.0, got nan."),
        ([5.0, 5.0], [5.4, 5.4], {"within": np.array([0.5, 0.1])},
         "entry (1,): expected 5.4, got 5.0."),
    ],
)  # fmt: skip
def test_the_first_wrong_entry_is_told_with_its_place(got, expected, options, said):
    with pytest.raises(StudentError) as caught:
        expect_each(np.array(got), expected, entry, **options)

    assert str(caught.value) == said


def test_unsigned_integers_are_compared_without_wrapping():
    with pytest.raises(StudentError, match="expected -1, got 18446744073709551615"):
        expect_each(np.array([2**64 - 1], np.uint64), [-1], entry)


def test_large_integers_are_compared_as_integers():
    with pytest.raises(StudentError, match="expected 4611686018427387904"):
        expect_each(np.array([2**62 + 100]), [2**62], entry)


def test_entries_of_another_shape_are_not_spread_over_it():
    with pytest.raises(ValueError, match=r"shape \(1,\) cannot be held to shape \(3,\)"):
        expect_each(np.array([1]), [1, 1, 1], entry)


def test_rows_are_told_as_a_whole():
    with pytest.raises(
        StudentError, match=r"entry \(1,\): expected array .*\[3 4\], got array .*\[3 9\]"
    ):
        expect_each(np.array([[1, 2], [3, 9]]), [[1, 2], [3, 4]], entry, rows=True)
