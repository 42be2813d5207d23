"""The public checks on a student's own computer."""

import pytest
from small_assignment import CHECKS

from tinymledu.course import notebook as nb
from tinymledu.course.home import CheckFailedError, load_checks
from tinymledu.errors import CourseError, UnknownNameError


@pytest.fixture
def public(tmp_path):
    path = tmp_path / "checks.py"
    path.write_text(nb.without_hidden(CHECKS))
    return path


def test_passed_check_says_that_hidden_ones_may_fail(public, capsys):
    load_checks(public, {"double": lambda x: 2 * x})("doubles_small_numbers")

    assert "Passed: double of 3 and 4. Hidden checks may still fail." in capsys.readouterr().out


def test_failed_check_says_expected_got_where_and_what_to_reread(public):
    check = load_checks(public, {"double": lambda x: x + 2})

    with pytest.raises(CheckFailedError, match="double\\(3\\): expected 6, got 5"):
        check("doubles_small_numbers")
    with pytest.raises(CheckFailedError, match="Reread section 1"):
        check("doubles_small_numbers")


def test_failed_check_is_shown_without_a_traceback(public):
    with pytest.raises(CheckFailedError) as caught:
        load_checks(public, {})("doubles_small_numbers")

    shown = caught.value._render_traceback_()
    assert shown == [str(caught.value)]
    assert "There is no 'double' in the notebook" in shown[0]


def test_students_own_exception_keeps_its_traceback(public):
    with pytest.raises(ZeroDivisionError):
        load_checks(public, {"double": lambda x: x / 0})("doubles_small_numbers")


def test_hidden_check_is_not_among_the_public_ones(public):
    with pytest.raises(UnknownNameError, match="doubles_small_numbers"):
        load_checks(public, {})("doubles_any_number")


def test_missing_file_of_checks_is_named(tmp_path):
    with pytest.raises(CourseError, match=r"checks\.py is not beside this notebook"):
        load_checks(tmp_path / "checks.py", {})
