"""load_dataset, its records, and the cards."""

import dataclasses
import json

import numpy as np
import pytest

import tinymledu as tml
from tinymledu.datasets import card, dataset_names, unlabelled_answers
from tinymledu.datasets.records import Split, balanced_order
from tinymledu.errors import InputError, UnknownNameError


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TINYMLEDU_CACHE", str(tmp_path_factory.mktemp("cache")))
        return tml.load_dataset("cats_vs_dogs_easy", n_labelled=100, size=16)


def test_parts_have_the_sizes_asked_for(data):
    assert data.train.pictures.shape == (100, 16, 16, 3)
    assert (len(data.validation), len(data.test)) == (10, 500)
    assert data.unlabelled.shape == (220, 16, 16, 3)
    assert data.card.shape == (16, 16, 3)


def test_no_drawing_stands_in_two_parts(data):
    parts = [data.train.pictures, data.validation.pictures, data.test.pictures, data.unlabelled]
    contents = [picture.tobytes() for part in parts for picture in part]

    assert len(set(contents)) == len(contents)


def test_unlabelled_are_200_cats_and_dogs_and_20_neither_in_mixed_order(data):
    answers = unlabelled_answers("cats_vs_dogs_easy", n_labelled=100, size=16)

    values, counts = np.unique(answers, return_counts=True)
    assert dict(zip(values.tolist(), counts.tolist(), strict=True)) == {-1: 20, 0: 100, 1: 100}
    assert (answers[:110] == -1).any()
    assert (answers[110:] == -1).any()


def test_unlabelled_answers_are_those_of_the_pictures(data):
    """Noise is the roughest of all pictures; all five of it must be among the 'neither'."""
    answers = unlabelled_answers("cats_vs_dogs_easy", n_labelled=100, size=16)
    roughness = np.abs(np.diff(data.unlabelled.astype(float), axis=2)).mean(axis=(1, 2, 3))

    assert (answers[np.argsort(roughness)[-5:]] == -1).all()


def test_dataset_has_no_answers_to_the_unlabelled(data):
    fields = {field.name for field in dataclasses.fields(data)}

    assert not [name for name in fields if "answer" in name]
    assert isinstance(data.unlabelled, np.ndarray)


def test_labelled_sets_are_balanced_and_nested(data):
    small, large = data.labelled(20, 3), data.labelled(50, 3)

    assert np.bincount(small.train.labels).tolist() == [10, 10]
    np.testing.assert_array_equal(large.train.pictures[:20], small.train.pictures)
    assert len(small.test) == len(data.test)


def test_calibration_is_balanced_and_repeatable(data):
    first, again, other = (data.calibration(n=40, seed=seed) for seed in (1, 1, 2))

    np.testing.assert_array_equal(first.pictures, again.pictures)
    assert (first.pictures != other.pictures).any()
    assert (first.labels, first.dataset) == (("cat", "dog"), "cats_vs_dogs_easy")


@pytest.mark.parametrize("n", [0, -1, 101])
def test_n_out_of_range_is_said_with_the_range(data, n):
    with pytest.raises(InputError, match=rf"n is {n}, .* 100 training pictures .* give 1 to 100"):
        data.calibration(n=n)
    with pytest.raises(InputError, match="give 1 to 100"):
        data.labelled(n)


def test_negative_seed_is_refused(data):
    with pytest.raises(InputError, match="seed is -1; give 0 or a positive integer"):
        data.calibration(n=10, seed=-1)


def test_balanced_order_takes_turns_until_a_class_is_used_up():
    labels = np.array([0, 0, 0, 0, 0, 1, 1], dtype=np.uint8)

    order = balanced_order(labels, seed=0)

    assert sorted(order) == list(range(7))
    assert labels[order].tolist() == [0, 1, 0, 1, 0, 0, 0]


def test_representations_say_what_it_is(data):
    assert repr(data) == (
        "Dataset cats_vs_dogs_easy: drawings of 16x16 pixels, 100 to train, 10 to validate, 500 to "
        "test, 220 unlabelled; labels cat, dog"
    )
    assert repr(Split(data.train.pictures[:0], data.train.labels[:0])) == (
        "Split: 0 pictures, by label: none"
    )
    assert 'alt="Training drawings, a row a class: 12 labelled cat, 12 labelled dog."' in (
        data._repr_html_()
    )


def test_unknown_dataset_offers_the_nearest_name():
    with pytest.raises(UnknownNameError, match=r"no dataset 'cats_vs_dog'\. Known: cats_vs_dogs, "):
        tml.load_dataset("cats_vs_dog")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"size": 8}, "size is 8; pictures have 16 to 224 pixels a side"),
        ({"n_labelled": 0}, "n_labelled is 0; give 1 to 100,000"),
        ({"n_labelled": 10**6}, "n_labelled is 1000000; give"),
        ({"seed": -1}, "seed is -1; give 0 or a positive integer"),
    ],
)
def test_numbers_out_of_range_are_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        tml.load_dataset("cats_vs_dogs", **arguments)


def test_only_photographs_take_a_path(tmp_path):
    with pytest.raises(InputError, match=r"cats_vs_dogs_easy takes no path"):
        tml.load_dataset("cats_vs_dogs_easy", path=tmp_path)


@pytest.mark.parametrize("name", dataset_names())
def test_cards_are_complete_and_can_be_written_as_json(name):
    record = card(name)

    assert record.name == name
    assert record.limits
    assert record.licence
    assert ("drawings" in record.title.lower()) == record.synthetic
    json.dumps(dataclasses.asdict(record))


def test_card_of_photographs_is_not_that_of_the_drawings():
    record = card("cats_vs_dogs", photographs=True)

    assert not record.synthetic
    assert record.kind == "photographs"
    assert "Asirra" in record.source
