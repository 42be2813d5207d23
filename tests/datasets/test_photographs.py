"""Photographs from folders and zips, with everything that goes wrong in such folders."""

import io
import os
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import tinymledu as tml
from tinymledu.datasets import unlabelled_answers
from tinymledu.datasets.photographs import read_album
from tinymledu.errors import DatasetError, InputError

N = 40  # of each class
CAT_BLUE, DOG_BLUE = 40, 200


def jpeg(blue, number, *, size=(30, 20), exif=None):
    image = Image.new("RGB", size, (number * 5 % 256, 100, blue))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=95, **({"exif": exif} if exif else {}))
    return buffer.getvalue()


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "pets"
    for name, blue in (("Cat", CAT_BLUE), ("Dog", DOG_BLUE)):
        (root / "PetImages" / name).mkdir(parents=True)
        for number in range(N):
            (root / "PetImages" / name / f"{number}.jpg").write_bytes(jpeg(blue, number))
    return root


def zipped(folder: Path) -> Path:
    return Path(shutil.make_archive(str(folder), "zip", folder.parent, folder.name))


def test_labels_follow_the_folders(folder):
    album = read_album(folder, size=16)

    assert album.pictures.shape == (2 * N, 16, 16, 3)
    blue = album.pictures[:, :, :, 2].mean(axis=(1, 2))
    np.testing.assert_array_equal(album.labels, blue > (CAT_BLUE + DOG_BLUE) / 2)


@pytest.mark.parametrize("start", ["..", ".", "PetImages"], ids=["above", "official", "inside"])
def test_folder_is_found_at_every_depth(folder, start):
    assert len(read_album((folder / start).resolve(), size=16).labels) == 2 * N


def test_zip_gives_the_same_as_the_folder(folder):
    by_folder, by_zip = read_album(folder, size=16), read_album(zipped(folder), size=16)

    np.testing.assert_array_equal(by_folder.pictures, by_zip.pictures)
    np.testing.assert_array_equal(by_folder.labels, by_zip.labels)


def test_broken_files_are_skipped_and_counted(folder):
    cats = folder / "PetImages" / "Cat"
    (cats / "666.jpg").write_bytes(b"")
    (cats / "667.jpg").write_bytes(b"<html>not found</html>")
    (cats / "668.jpg").write_bytes(jpeg(1, 1)[:200])
    (cats / "669.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 40)
    (cats / "Thumbs.db").write_bytes(b"no picture at all")
    (cats / ".hidden.jpg").write_bytes(b"no picture at all")

    data = tml.load_dataset("cats_vs_dogs", path=folder, size=16)

    assert data.skipped == 4
    assert "4 broken files skipped" in repr(data)


def test_identical_files_are_used_once(folder):
    shutil.copy(folder / "PetImages" / "Cat" / "3.jpg", folder / "PetImages" / "Cat" / "copy.jpg")

    album = read_album(folder, size=16)

    assert (len(album.labels), album.duplicates) == (2 * N, 1)


def test_file_that_is_both_cat_and_dog_is_left_out(folder):
    shutil.copy(folder / "PetImages" / "Cat" / "3.jpg", folder / "PetImages" / "Dog" / "copy.jpg")

    album = read_album(folder, size=16)

    assert (len(album.labels), album.duplicates) == (2 * N - 1, 2)


def test_photograph_taken_sideways_is_turned_upright(folder):
    image = Image.new("RGB", (40, 40), "black")
    image.paste((255, 0, 0), (0, 0, 40, 20))  # red above
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera says: turn a quarter clockwise to see it upright
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", exif=exif)
    (folder / "PetImages" / "Cat" / "zzz.jpg").write_bytes(buffer.getvalue())

    album = read_album(folder, size=16)

    upright = album.pictures[album.labels == 0][-1]  # red was above, so it is now on the right
    assert upright[:, 12:, 0].min() > 200
    assert upright[:, :4, 0].max() < 55


def test_parts_are_an_eighth_held_out_and_a_tenth_of_the_rest_to_validate(folder):
    data = tml.load_dataset("cats_vs_dogs", path=folder, size=16)

    # Of 40 a class: 5 held out; of the 35 left, 3 validate.
    assert (len(data.train), len(data.validation), len(data.test)) == (64, 6, 10)
    assert not data.card.synthetic
    assert "photographs" in repr(data)


def test_split_follows_the_seed_alone(folder):
    first, again, other = (
        tml.load_dataset("cats_vs_dogs", path=folder, size=16, seed=seed) for seed in (7, 7, 8)
    )

    np.testing.assert_array_equal(first.test.pictures, again.test.pictures)
    assert (first.test.pictures != other.test.pictures).any()


def test_no_photograph_stands_in_two_parts(folder):
    data = tml.load_dataset("cats_vs_dogs", path=folder, size=16)

    contents = [
        picture.tobytes()
        for part in (data.train, data.validation, data.test)
        for picture in part.pictures
    ]
    assert len(set(contents)) == 2 * N


def test_unlabelled_photographs_are_held_out_ones_and_20_neither(folder):
    data = tml.load_dataset("cats_vs_dogs", path=folder, size=16)
    answers = unlabelled_answers("cats_vs_dogs", path=folder, size=16)

    held_out = {picture.tobytes() for picture in data.test.pictures}
    known = [picture.tobytes() in held_out for picture in data.unlabelled]
    np.testing.assert_array_equal(known, answers >= 0)
    assert (answers == -1).sum() == 20


def test_n_labelled_takes_fewer_photographs_and_says_how_many_there_are(folder):
    assert len(tml.load_dataset("cats_vs_dogs", path=folder, size=16, n_labelled=30).train) == 30

    with pytest.raises(InputError, match=r"n_labelled is 65; 64 training pictures are left"):
        tml.load_dataset("cats_vs_dogs", path=folder, size=16, n_labelled=65)


def test_second_reading_comes_from_the_cache_until_a_file_changes(folder):
    seen = []
    read_album(folder, size=16)
    read_album(folder, size=16, progress=lambda *done: seen.append(done))
    assert seen == []

    (folder / "PetImages" / "Cat" / "new.jpg").write_bytes(jpeg(7, 7))

    assert len(read_album(folder, size=16).labels) == 2 * N + 1


def test_too_few_or_one_class_is_said_in_words(folder):
    dogs = folder / "PetImages" / "Dog"
    for number in range(5, N):
        (dogs / f"{number}.jpg").unlink()
    with pytest.raises(DatasetError, match=r"5 readable dog photographs .* at least 20 of each"):
        read_album(folder, size=16)

    shutil.rmtree(dogs)
    with pytest.raises(DatasetError, match=r"pictures in Cat but none in Dog: with one class"):
        read_album(folder, size=16)


def test_wrong_paths_are_said_in_words(tmp_path):
    with pytest.raises(DatasetError, match=r"There is no .*nowhere"):
        read_album(tmp_path / "nowhere", size=16)

    (tmp_path / "empty").mkdir()
    with pytest.raises(DatasetError, match=r"No pictures were found in empty\. Expected PetImages"):
        read_album(tmp_path / "empty", size=16)

    (tmp_path / "pets.zip").write_bytes(b"PK\x03\x04 cut short")
    with pytest.raises(DatasetError, match=r"pets\.zip is neither a folder nor a readable zip"):
        read_album(tmp_path / "pets.zip", size=16)


def test_damaged_member_of_a_zip_is_skipped(folder, tmp_path):
    path = zipped(folder)
    with zipfile.ZipFile(path) as archive:
        offset = archive.getinfo("pets/PetImages/Cat/1.jpg").header_offset
    content = bytearray(path.read_bytes())
    content[offset + 120] ^= 0xFF
    path.write_bytes(content)

    assert read_album(path, size=16).skipped == 1


@pytest.mark.skipif(
    "TINYMLEDU_REAL_DATA" not in os.environ,
    reason="TINYMLEDU_REAL_DATA does not name a folder with cats_vs_dogs in it",
)
def test_8000_real_photographs_give_7000_labelled_and_1000_held_out():
    data = tml.load_dataset(
        "cats_vs_dogs", path=Path(os.environ["TINYMLEDU_REAL_DATA"]) / "cats_vs_dogs"
    )

    assert len(data.train) + len(data.validation) == 7000
    assert np.bincount(data.test.labels).tolist() == [500, 500]
    assert data.skipped == 0
