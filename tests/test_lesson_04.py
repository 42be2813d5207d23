"""What lesson 04 says about its recorded trainings is what the record says."""

import json
from pathlib import Path

import pytest

MODELS = Path(__file__).parents[1] / "notebooks" / "models"


@pytest.fixture(scope="module")
def record():
    return json.loads((MODELS / "04_record.json").read_text(encoding="utf-8"))


@pytest.fixture(params=["7", "8", "9"])
def run(record, request):
    return record["seeds"][request.param]


def test_more_northern_pictures_and_views_leave_the_south_at_chance(run):
    """50 % of 500 is 250, with a standard deviation of 11."""
    for kind in ("north_pictures", "augment"):
        for north, south in run[kind].values():
            assert north > 450
            assert abs(south - 250) < 22


def test_local_pictures_repair_and_more_repair_more(record):
    totals = [
        sum(run["fine_tuned"][k] for run in record["seeds"].values()) for k in ("25", "100", "400")
    ]

    assert totals == sorted(totals)
    assert totals[0] > 3 * 300  # 60 %, where chance is 50 %


def test_the_northern_start_helps_with_25_pictures(run):
    assert run["fine_tuned"]["25"] > run["from_scratch"]["25"]


@pytest.mark.parametrize("k", ["100", "400"])
def test_and_did_not_help_in_two_of_three_runs_with_more(record, k):
    helped = [run["fine_tuned"][k] > run["from_scratch"][k] for run in record["seeds"].values()]

    assert sum(helped) == 1


def test_a_long_memory_of_batch_normalization_costs_accuracy_in_a_short_training(run):
    assert run["momentum"]["0.9"] > run["momentum"]["0.99"]


def test_the_answers_that_stand_in_for_training_are_those_of_the_first_seed(record):
    answers = record["seeds"]["7"]["answers"]

    assert set(answers) == {"north", "0", "25", "100", "400"}
    assert all(len(digits) == record["n_test"] for digits in answers.values())
    assert all(set(digits) <= {"0", "1"} for digits in answers.values())
