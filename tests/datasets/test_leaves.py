"""The generator in datasets/leaves, its two places, and a few local pictures of one of them."""

from dataclasses import replace

import numpy as np
import pytest

import tinymledu as tml
from tinymledu.datasets import audit
from tinymledu.datasets.drawings import Block, draw_block, drawing_groups, drawing_labels, generator
from tinymledu.datasets.local import local_part
from tinymledu.errors import InputError

MAKE = generator("leaves")
HEALTHY, SICK = 0, 1


def draw(index, *, place="south", label=None, seed=7, split="train", size=32):
    return MAKE.draw(index, seed=seed, split=split, size=size, difficulty=place, label=label)


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TINYMLEDU_CACHE", str(tmp_path_factory.mktemp("cache")))
        return {p: tml.load_dataset(f"leaves_{p}", n_labelled=400) for p in ("north", "south")}


def test_drawing_is_rgb_and_depends_on_place_seed_split_and_index_alone():
    block = draw_block(Block("leaves", "south", "train", 5, 9, 32, 7))

    assert block.shape == (4, 32, 32, 3)
    assert block.dtype == np.uint8
    np.testing.assert_array_equal(block[2], draw(7))
    others = [draw(7, seed=8), draw(7, split="test"), draw(6), draw(7, place="north")]
    assert all((other != draw(7)).any() for other in others)


@pytest.mark.parametrize("size", [16, 33, 48])
def test_any_size_can_be_drawn(size):
    assert draw(0, size=size).shape == (size, size, 3)


def test_four_pictures_belong_to_a_plant_and_share_its_label():
    groups, labels = drawing_groups("leaves", "test", 80), drawing_labels("leaves", "test", 80, 7)

    assert np.unique(groups, return_counts=True)[1].tolist() == [4] * 20
    assert all(len(set(labels[groups == plant])) == 1 for plant in groups)
    assert np.bincount(labels).tolist() == [40, 40]


def test_no_plant_stands_in_two_parts(places):
    for data in places.values():
        parts = [part.groups for part in (data.train, data.validation, data.test)]

        assert sum(len(np.unique(part)) for part in parts) == len(np.unique(np.concatenate(parts)))


def test_the_illness_is_all_that_differs_in_the_field():
    """The same index with either label: the ground is the same, spots are not."""
    for index in range(8):
        differs = (draw(index, label=HEALTHY) != draw(index, label=SICK)).any(axis=2)

        assert 0 < differs.mean() < 0.5
        assert not differs[[0, 0, -1, -1], [0, -1, 0, -1]].any()


def test_eight_pixels_tell_the_label_in_the_north_and_not_in_the_south(places):
    """By chance 50 % of 500, with a standard deviation of 2.2 points.

    In the north 0.75 + 0.25 / 2 = 0.875 of the plants lie on the paper of their label.
    """
    right = {}
    for place, data in places.items():
        probe = audit.border_probe(data.train)
        right[place] = (probe.predict(data.test.pictures) == data.test.labels).mean()

    assert 0.7 < right["north"] < 0.95
    assert 0.4 < right["south"] < 0.6


def test_pictures_of_one_plant_are_alike(places):
    """The nearest of 300 pictures is of the same plant far more often than one time in 100."""
    part = places["south"].train
    learn, held = audit.split_at_random(len(part), 0.25, seed=1)

    found = part.groups[learn][audit.nearest(part.pictures[learn], part.pictures[held])]

    assert (found == part.groups[held]).mean() > 0.3


def test_the_note_says_what_the_unlabelled_show(places):
    assert places["north"].notes == (
        "Drawn with seed 7. The unlabelled are 200 leaves and 20 pictures without a leaf, or of "
        "noise.",
    )


def test_local_part_has_k_pictures_in_all_and_shares_no_plant(places):
    for k in (25, 100):
        part = local_part(places["south"], k, seed=3)

        assert len(part.train) + len(part.validation) == k
        assert len(part.validation) >= k // 5
        assert len(audit.shared_groups(part.train.groups, part.validation.groups)) == 0
        assert set(part.validation.labels) == set(part.train.labels) == {HEALTHY, SICK}
        assert part.test is places["south"].test


def test_local_part_of_few_plants(places):
    part = local_part(places["south"], 40, seed=3, n_groups=10)

    assert len(np.unique(np.concatenate([part.train.groups, part.validation.groups]))) == 10


def test_local_part_refuses_what_is_not_there(places):
    with pytest.raises(InputError, match="k is 500, and there are 400 pictures; 10 are"):
        local_part(places["south"], 500)
    with pytest.raises(InputError, match="k is 41, and there are 40 pictures"):
        local_part(places["south"], 41, n_groups=10)
    for n_groups in (0, 101):
        with pytest.raises(InputError, match=f"n_groups is {n_groups}; give 1 to 100"):
            local_part(places["south"], 40, n_groups=n_groups)
    train = places["south"].train
    one_plant = replace(places["south"], train=replace(train, groups=np.zeros_like(train.groups)))
    with pytest.raises(InputError, match=r"The 10 pictures \(groups: 1\) would all be needed"):
        local_part(one_plant, 10)
    with pytest.raises(InputError, match="does not say which pictures belong together"):
        local_part(tml.load_dataset("cats_vs_dogs_easy", n_labelled=20, size=16), 10)
