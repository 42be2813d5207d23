"""Benchmarks measure what they say they do."""

import importlib.util
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
DUE = {"ana": 63, "ben": 85, "chi": 85, "dag": None}


def benchmark(name):
    spec = importlib.util.spec_from_file_location(f"{name}_benchmark", BENCHMARKS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def grading():
    return benchmark("grading")


@pytest.fixture(scope="module")
def cycle_model():
    return benchmark("cycle_model")


def graded(**points):
    return [SimpleNamespace(student=name, machine_points=p) for name, p in points.items()]


def test_the_reference_is_the_first_who_is_due_full_points_and_got_them(grading):
    students = graded(dag=None, ana=63, ben=77, chi=85)

    assert grading.correct_one(students, DUE).student == "chi"


def test_without_a_correct_submission_there_is_no_reference_time(grading):
    with pytest.raises(SystemExit, match="due 85 points got them"):
        grading.correct_one(graded(ana=63, ben=0), DUE)


def test_a_left_out_model_is_predicted_from_the_others_only(cycle_model):
    points = [cycle_model.Point(p, low, low + 1) for p, low in ((1.4, 1), (1.6, 1), (2.0, 1.2))]

    # Places 0.4, 0.6, 0.8; means of the other two 0.7, 0.6, 0.5.
    assert [point.place for point in points] == pytest.approx([0.4, 0.6, 0.8])
    errors = [1.7 / 1.4 - 1, 1.6 / 1.6 - 1, 1.7 / 2.0 - 1]
    assert cycle_model.leave_one_out(points) == pytest.approx(errors)
