"""What the demo says of the made class, and the exit code it ends with."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from tinymledu.course.answers import AnswerFile
from tinymledu.course.grades import GradeReport, StudentGrade
from tinymledu.course.intake import Submission
from tinymledu.course.made_class import MadeStudent
from tinymledu.course.verdict import Verdict
from tinymledu.demo import _exit_code
from tinymledu.demo.classroom import Graded

EXACT = SimpleNamespace(n_differing=0, n_differing_oracle=0)


def made(name, due, *, hostile=False):
    return MadeStudent(name, f"what {name} is", due, hostile, AnswerFile(name, {}, {}))


def grade(name, points):
    verdict = Verdict.NOT_RUN if points is None else Verdict.PASSED
    return StudentGrade(Submission(name, {}), points, verdict, "not run here")


CLASS = (made("amara", 85), made("elin", 0), made("sione", None), made("aroha", 0, hostile=True))


@pytest.fixture
def graded():
    students = (grade("amara", 85), grade("elin", 0), grade("sione", None), grade("aroha", 0))
    report = GradeReport("A01", 85, 15, "full", students, wall_s=12.0)
    return Graded(report, CLASS, Path("demo/course"), released=True, not_run=())


def test_a_class_graded_as_due_ends_with_0(graded):
    assert graded.as_due == ("amara", "elin", "sione", "aroha")
    assert graded.headline == "4 of 4"
    assert _exit_code(EXACT, graded) == 0


def test_one_point_too_many_ends_with_1(graded):
    students = (*graded.report.students[:3], grade("aroha", 1))
    wrong = replace(graded, report=replace(graded.report, students=students))

    assert "aroha" not in wrong.as_due
    assert wrong.headline == "3 of 4"
    assert _exit_code(EXACT, wrong) == 1


@pytest.mark.parametrize(("by_numpy", "by_oracle"), [(1, 0), (0, 1)])
def test_one_differing_value_ends_with_1(graded, by_numpy, by_oracle):
    answered = SimpleNamespace(n_differing=by_numpy, n_differing_oracle=by_oracle)

    assert _exit_code(answered, graded) == 1


def test_without_the_oracle_the_demo_can_still_end_with_0(graded):
    assert _exit_code(SimpleNamespace(n_differing=0, n_differing_oracle=None), graded) == 0


def test_an_attack_that_could_not_be_run_ends_with_4_and_is_named(graded):
    students = (*graded.report.students[:3], grade("aroha", None))
    report = replace(graded.report, students=students)
    partly = replace(graded, report=report, released=False, not_run=("sione", "aroha"))

    assert partly.judged == ("amara", "elin")
    assert partly.headline == "2 of 2"
    assert any("Not run" in paragraph for paragraph in partly.paragraphs)
    assert _exit_code(EXACT, partly) == 4


def test_only_honest_submissions_run_without_isolation():
    assert [one.name for one in CLASS if one.honest] == ["amara"]
