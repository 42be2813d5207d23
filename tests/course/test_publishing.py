"""What a person entered in formgrader: kept by grading, and brought back to CSV and pages."""

import csv
import json
import shutil
from pathlib import Path

import pytest
from small_assignment import NAME, fresh_course, hand_in

from tinymledu import cli, course
from tinymledu.course import grading
from tinymledu.course.grades import GradeReport, StudentGrade
from tinymledu.course.intake import read_submission
from tinymledu.course.verdict import CheckResult, Verdict
from tinymledu.errors import CourseError

GOOD = "def double(x):\n    return 2 * x"


@pytest.fixture
def ungraded_course(tmp_path):
    """One submission whose machine grade is entered without running it."""
    place = fresh_course(tmp_path / "c")
    hand_in(place, "ana", GOOD)
    return place


def enter(place, reason=""):
    """Store 85 points for what ana handed in, or that it could not be read."""
    assignment = place.assignment(NAME)
    ana = read_submission(assignment, place.submission_folder("ana", NAME), "ana")
    checks = tuple(
        CheckResult(name, "title", Verdict.PASSED, points, points, "", "", visible=True)
        for name, points in (("doubles_small_numbers", 4.0), ("doubles_any_number", 81.0))
    )
    if reason:
        grade = StudentGrade(ana, None, Verdict.NOT_RUN, reason)
    else:
        grade = StudentGrade(ana, 85, Verdict.PASSED, "", checks)
    report = GradeReport(NAME, 85, 15, "full", (grade,), 1.0)
    grading.store(place, grading.prepare_for(place, NAME), report)


def score(place, cell, points, comment=None):
    """What formgrader does when a person enters points and a comment."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{place.gradebook}") as book:
        entry = book.find_grade(cell, NAME, NAME, "ana")
        entry.manual_score, entry.needs_manual_grade = points, False
        if comment:
            book.find_comment(cell, NAME, NAME, "ana").manual_comment = comment
        book.db.commit()


def row_of_ana(place):
    with (place.folder / "grades" / f"{NAME}.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    return row


def test_text_that_a_person_scored_waits_again_only_when_it_changed(ungraded_course):
    place = ungraded_course
    enter(place)
    score(place, "why", 12)

    enter(place)
    assert row_of_ana(place)["total"] == "97"

    shutil.rmtree(place.submission_folder("ana", NAME))
    hand_in(place, "ana", GOOD, essay="Another text.")
    for _ in range(2):  # grading twice does not turn the old points into points of the new text
        enter(place)
        assert row_of_ana(place)["total"] == ""


def test_points_of_a_person_are_empty_in_the_csv_while_pending(ungraded_course):
    enter(ungraded_course)
    row = row_of_ana(ungraded_course)

    assert (row["person_points"], row["total"], row["total_of"]) == ("", "", "100")
    assert (row["machine_points"], row["person_points_pending"]) == ("85", "15")


def test_publish_brings_a_persons_points_and_comment_back(ungraded_course):
    place = ungraded_course
    enter(place)
    score(place, "why", 12.5, comment="<b>Good</b> & clear")

    (page,) = course.publish(place.folder, "T01")
    row, html = row_of_ana(place), page.read_text()

    assert (row["person_points"], row["total"], row["person_points_pending"]) == (
        "12.5",
        "97.5",
        "0",
    )
    assert "12.5 of 15 points by the person" in html
    assert "Total: 97.5 of 100 points" in html
    assert "&lt;b&gt;Good&lt;/b&gt; &amp; clear" in html
    assert "pending" not in html


def test_submission_without_a_machine_grade_has_a_total_once_a_person_gave_all(ungraded_course):
    place = ungraded_course
    enter(place, reason="no JSON")
    score(place, "why", 10)
    course.publish(place.folder, "T01")
    assert (row_of_ana(place)["person_points"], row_of_ana(place)["total"]) == ("10", "")

    score(place, "doubles_small_numbers", 4)
    score(place, "doubles_any_number", 0)
    (page,) = course.publish(place.folder, "T01")

    assert (row_of_ana(place)["machine_points"], row_of_ana(place)["total"]) == ("", "14")
    assert "A person has graded it." in page.read_text()


def test_verbs_grades_and_feedback_show_what_a_person_gave(ungraded_course, capsys):
    place = ungraded_course
    enter(place)
    score(place, "why", 12)

    assert cli.main(["course", "grades", "T01", "--course", str(place.folder), "--json"]) == 0
    assert row_of_ana(place)["total"] == "97"
    score(place, "why", 13)
    capsys.readouterr()
    assert cli.main(["course", "feedback", "T01", "--course", str(place.folder), "--json"]) == 0
    (page,) = json.loads(capsys.readouterr().out)["pages"]
    assert "13 of 15 points" in Path(page).read_text()


def test_pages_stay_in_the_language_that_is_named(ungraded_course, capsys):
    place = ungraded_course
    enter(place)
    (page,) = course.publish(place.folder, "T01")

    for verb in ("feedback", "grades"):
        page.unlink()
        asked = ["course", verb, "T01", "--course", str(place.folder), "--language", "fr"]
        assert cli.main(asked) == 0
        assert '<html lang="fr"' in page.read_text(encoding="utf-8")


def test_publish_before_grading_says_what_to_run(ungraded_course):
    with pytest.raises(CourseError, match="no grades of T01_double yet"):
        course.publish(ungraded_course.folder, "T01")
