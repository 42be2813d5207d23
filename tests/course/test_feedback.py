"""Feedback pages: what a student reads, and what must not get into one."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from small_assignment import write_assignment

from tinymledu.course import feedback
from tinymledu.course.grades import CellTrouble, StudentGrade
from tinymledu.course.intake import Submission
from tinymledu.course.verdict import CheckResult, Verdict

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>"


@pytest.fixture
def small(tmp_path):
    return write_assignment(tmp_path)


def page(small, *checks, points=4, student="ana", trouble=(), notes=(), reason=""):
    submission = Submission(student, notes=notes, reason=reason)
    verdict = Verdict.FAILED if points is not None else Verdict.NOT_RUN
    grade = StudentGrade(submission, points, verdict, reason, checks, trouble)
    return feedback.page(small, grade, NOW)


def visible(message):
    return CheckResult("c", "double of 3", Verdict.FAILED, 4.0, 0.0, message, "d", visible=True)


def hidden(message, detail):
    return CheckResult(
        "h", "double of any", Verdict.FAILED, 81.0, 0.0, message, detail, visible=False
    )


def test_visible_check_shows_expected_got_and_where(small):
    html = page(small, visible("double(3): expected 6, got 5."))

    assert "double(3): expected 6, got 5." in html
    assert "0 of 4" in html


def test_hidden_check_shows_its_property_and_no_value(small):
    html = page(small, hidden("Not met: double of any.", "expected 34642, got 1"))

    assert "double of any" in html
    assert "34642" not in html


def test_nothing_a_student_wrote_becomes_html(small):
    html = page(
        small,
        visible(SCRIPT),
        student=SCRIPT,
        trouble=(CellTrouble("double", Verdict.RAISED, SCRIPT),),
        notes=(SCRIPT,),
        reason=SCRIPT,
    )

    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;" in html


def test_page_loads_nothing_and_runs_nothing(small):
    html = page(small, visible("m"))

    assert not re.search(r"\b(src|href)=", html)
    assert "default-src 'none'" in html


def test_page_without_a_grade_is_no_zero(small):
    html = page(small, points=None, reason="no JSON")

    assert "There is no machine grade yet." in html
    assert "This is not a zero." in html
    assert "no JSON" in html


def test_page_closes_what_it_opens(small):
    class Balance(HTMLParser):
        open_tags: list

        def handle_starttag(self, tag, _attributes):
            if tag != "meta":
                self.open_tags.append(tag)

        def handle_endtag(self, tag):
            assert self.open_tags.pop() == tag

    parser = Balance()
    parser.open_tags = []
    parser.feed(page(small, visible("m"), hidden("n", "d"), notes=("x",)))

    assert parser.open_tags == []


def test_points_of_the_person_are_said_to_be_pending(small):
    assert "15 more are given by a person" in page(small, visible("m")).replace("\n", " ")


def test_error_of_the_grader_is_said_to_be_ours_and_quotes_no_hidden_test(small):
    submission = Submission("ana")
    reason = "Traceback: line 7, assert answer == 34642"
    grade = StudentGrade(submission, None, Verdict.GRADER_ERROR, reason)

    html = feedback.page(small, grade, NOW)

    assert "an error of the grader, not yours" in html
    assert "34642" not in html


def passed(check):
    return replace(check, verdict=Verdict.PASSED, points_earned=check.points, message="")


def test_all_public_passed_is_said_as_that_and_no_more(small):
    html = page(small, passed(visible("")), hidden("Not met: double of any.", ""))

    assert "All public checks passed (1 of 1). 0 of 1 hidden check passed." in html
    assert "All checks" not in html


def test_known_error_has_its_cause_and_next_step(small):
    message = "double() raised ZeroDivisionError in line 2 of its cell: division by zero."
    trouble = CellTrouble("double", Verdict.RAISED, "NameError: name 'np' is not defined (line 1)")

    html = page(small, visible(message), trouble=(trouble,))

    assert "Something is divided by 0" in html
    assert "Print what you divide by" in html
    assert "Nothing has that name here" in html


def test_unknown_error_is_shown_as_it_is(small):
    html = page(small, visible("double() raised RuntimeError: the flux capacitor is cold."))

    assert "the flux capacitor is cold" in html
    assert "Why:" not in html


def test_failed_check_without_an_error_gets_no_explanation(small):
    assert "Why:" not in page(small, visible("double(3): expected 6, got 5. Reread section 1."))


def test_message_of_a_hidden_check_is_not_explained(small):
    """What went wrong there could tell with which values."""
    html = page(small, hidden("Not met: double of any.", "double() raised KeyError: 17321"))

    assert "Why:" not in html
