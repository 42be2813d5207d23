"""Benchmarks measure what they say they do."""

import importlib.util
from pathlib import Path
from types import SimpleNamespace

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
DUE = {"ana": 63, "ben": 85, "chi": 85, "dag": None}


@pytest.fixture(scope="module")
def grading():
    spec = importlib.util.spec_from_file_location("grading_benchmark", BENCHMARKS / "grading.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def graded(**points):
    return [SimpleNamespace(student=name, machine_points=p) for name, p in points.items()]


def test_the_reference_is_the_first_who_is_due_full_points_and_got_them(grading):
    students = graded(dag=None, ana=63, ben=77, chi=85)

    assert grading.correct_one(students, DUE).student == "chi"


def test_without_a_correct_submission_there_is_no_reference_time(grading):
    with pytest.raises(SystemExit, match="due 85 points got them"):
        grading.correct_one(graded(ana=63, ben=0), DUE)
