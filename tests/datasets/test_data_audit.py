"""Audits of a collection: border probe, shared groups, copies, memory, splits. Values by hand."""

import numpy as np
import pytest
from PIL import Image

from tinymledu.datasets import audit
from tinymledu.datasets.own_card import FIELDS, is_placeholder, unanswered
from tinymledu.datasets.own_pictures import own_pictures
from tinymledu.datasets.records import Split, averaged
from tinymledu.errors import DatasetError, InputError


def grey(*levels, side=4):
    """Pictures of one grey each."""
    return np.stack([np.full((side, side, 3), level, np.uint8) for level in levels])


def test_border_pixels_are_corners_and_middles_of_sides():
    numbers = np.arange(25).reshape(1, 5, 5, 1).repeat(3, axis=3).astype(np.uint8)

    got = audit.border_pixels(numbers).reshape(8, 3)[:, 0] * 255

    # 5 x 5, row by row: corners 0, 4, 20, 24; middles 2, 10, 14, 22.
    assert sorted(got.round().astype(int)) == [0, 2, 4, 10, 14, 20, 22, 24]


def test_probe_takes_the_nearer_mean_and_never_looks_at_the_middle():
    train = Split(grey(0, 20, 200, 220), np.array([0, 0, 1, 1], np.uint8))
    asked = grey(100, 120)  # the means are 10 and 210, so 110 divides
    asked[:, 1, 1] = 255

    assert audit.border_probe(train).predict(asked).tolist() == [0, 1]


@pytest.mark.parametrize("labels", [[1, 1], [0, 2], [0, 0]])
def test_probe_refuses_missing_classes(labels):
    with pytest.raises(DatasetError, match="needs two labels or more"):
        audit.border_probe(Split(grey(1, 2), np.array(labels, np.uint8)))


def test_shared_groups_and_copies():
    assert audit.shared_groups(np.array([4, 4, 7]), np.array([7, 8, 7])).tolist() == [7]
    assert audit.copies(grey(1, 2, 1), grey(3, 1, 2)) == [(0, 1), (1, 2)]


def test_nearest_picture():
    assert audit.nearest(grey(0, 100, 250), grey(60, 240, 10)).tolist() == [1, 2, 0]


def test_split_by_groups_holds_out_whole_groups():
    groups = np.repeat([3, 8, 5, 1], [2, 3, 1, 4])

    learn, held = audit.split_by_groups(groups, 0.5, seed=0)

    assert sorted([*learn, *held]) == list(range(10))
    assert len(set(groups[held])) == 2
    assert not set(groups[learn]) & set(groups[held])


def test_split_at_random_holds_out_a_share():
    learn, held = audit.split_at_random(10, 0.3, seed=0)

    assert (len(learn), len(held)) == (7, 3)
    assert sorted([*learn, *held]) == list(range(10))


def test_splits_refuse_what_leaves_nothing():
    with pytest.raises(InputError, match=r"2 groups with part 0\.1 give 0 groups"):
        audit.split_by_groups([1, 2], 0.1, seed=0)
    with pytest.raises(InputError, match=r"part is 1\.5"):
        audit.split_at_random(4, 1.5, seed=0)


def test_table_counts_labels_by_value():
    labels = np.array([0, 1, 1, 0], np.uint8)

    assert audit.table_of(labels, ["a", "b", "b", "b"]) == {"a": [1, 0], "b": [1, 2]}


@pytest.mark.parametrize(
    "value", [None, "", "  ", "TODO", "todo: ", "<to be filled in>", "N/A", "...", "?", "—", "xxxx",
              [], {}, ["phone", "tbd"], {"healthy": None}]
)  # fmt: skip
def test_placeholders_say_nothing(value):
    assert is_placeholder(value)


@pytest.mark.parametrize(
    "value", [0, False, "none of the farmers refused", "Todos os Santos, Bahia", ["phone"], "nana"]
)
def test_answers_that_only_look_like_placeholders(value):
    assert not is_placeholder(value)


def test_unanswered_names_fields_in_order():
    card = dict.fromkeys(FIELDS, "said") | {"licence": "TBD"}
    del card["place"]

    assert unanswered(card) == ["place", "licence"]


def test_own_pictures_take_label_and_group_from_names(tmp_path):
    for name, level in (("sick/p2_a", 9), ("sick/p2_b", 8), ("healthy/p1_a", 7)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.new("RGB", (20, 30), (level, 0, 0)).save(tmp_path / f"{name}.png")
    (tmp_path / "sick" / "notes.txt").write_text("not a picture")

    split, labels = own_pictures(tmp_path, size=16)

    assert labels == ("healthy", "sick")
    assert split.pictures.shape == (3, 16, 16, 3)
    assert split.pictures[:, 0, 0, 0].tolist() == [7, 9, 8]
    assert split.labels.tolist() == [0, 1, 1]
    assert split.groups.tolist() == [0, 1, 1]


def test_own_pictures_leave_out_what_begins_with_a_dot(tmp_path):
    for name in ("a/p1.png", "b/p2.png", ".ipynb_checkpoints/p1.png", "b/._p2.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.new("RGB", (20, 30)).save(tmp_path / name)

    split, labels = own_pictures(tmp_path)

    assert labels == ("a", "b")
    assert len(split) == 2


@pytest.mark.parametrize("size", [15, 225, 32.5])
def test_own_pictures_refuse_a_size_that_others_refuse(tmp_path, size):
    with pytest.raises(InputError, match=f"size is {size}; pictures have 16 to 224 pixels a side"):
        own_pictures(tmp_path, size=size)


def test_own_pictures_name_a_photograph_that_is_not_read(tmp_path):
    (tmp_path / "sick").mkdir()
    (tmp_path / "sick" / "p1.HEIC").write_bytes(b"?")

    with pytest.raises(DatasetError, match=r"sick/p1\.HEIC is a photograph in a form .* as JPEG"):
        own_pictures(tmp_path)


def test_averaged_leaves_out_the_rest_at_the_border():
    pictures = np.arange(3 * 5, dtype=np.uint8).reshape(1, 3, 5, 1)
    #  0  1 |  2  3 |  4
    #  5  6 |  7  8 |  9    means 3 and 5; the third row and the fifth column are the rest
    assert (averaged(pictures, 2) * 255).tolist() == [[3, 5]]


def test_own_pictures_say_what_is_wrong(tmp_path):
    with pytest.raises(DatasetError, match="no folder"):
        own_pictures(tmp_path / "none")
    with pytest.raises(DatasetError, match="pictures of 0 labels: none"):
        own_pictures(tmp_path)
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "p1_x.jpg").write_bytes(b"no picture")
    with pytest.raises(DatasetError, match=r"a/p1_x\.jpg cannot be read"):
        own_pictures(tmp_path)
