"""The generator in datasets/cats_vs_dogs, and how its drawings are made and kept."""

import subprocess
import sys

import numpy as np
import pytest

from tinymledu.datasets import drawings as module
from tinymledu.datasets.drawings import Block, draw_block, drawing_labels, drawings, generator

MAKE = generator("cats_vs_dogs")
CAT, DOG = 0, 1


def draw(index, *, label=None, seed=7, split="train", difficulty="standard"):
    return MAKE.draw(index, seed=seed, split=split, size=48, difficulty=difficulty, label=label)


def few(progress=None):
    return drawings(
        "cats_vs_dogs", "easy", {"train": 700, "neither": 3}, size=16, seed=1, progress=progress
    )


def test_drawing_is_rgb_of_the_asked_size():
    picture = draw(0)

    assert picture.shape == (48, 48, 3)
    assert picture.dtype == np.uint8


def test_drawing_depends_on_seed_split_and_index_alone():
    block = draw_block(Block("cats_vs_dogs", "standard", "train", 5, 9, 48, 7))

    np.testing.assert_array_equal(block[2], draw(7))
    others = [draw(7, seed=8), draw(7, split="test"), draw(8)]
    assert all((other != draw(7)).any() for other in others)


@pytest.mark.parametrize("n", [2, 100, 1000])
def test_labels_are_balanced_in_every_even_beginning(n):
    labels = drawing_labels("cats_vs_dogs", "train", n, seed=7)

    assert np.bincount(labels).tolist() == [n // 2, n // 2]


def test_labels_are_not_told_by_the_index():
    labels = drawing_labels("cats_vs_dogs", "train", 1000, seed=7)

    even = labels[::2].mean()  # 0.5 by a fair coin; its standard deviation over 500 is 0.022
    assert 0.4 < even < 0.6


def test_scene_is_the_same_for_both_labels_outside_the_head():
    """The same index with either label: at most a third of the pixels, the head, may differ."""
    for index in range(30):
        differs = (draw(index, label=CAT) != draw(index, label=DOG)).any(axis=2)

        assert 0 < differs.mean() < 0.35


def test_corners_of_cats_and_dogs_have_one_law():
    """Over 100 scenes with either label, only an ear in the corner can change its mean colour."""
    corners = np.array(
        [[draw(i, label=label)[:4, :4].mean() for label in (CAT, DOG)] for i in range(100)]
    )

    assert abs(corners[:, CAT] - corners[:, DOG]).mean() < 1.0  # of 255 grey levels


def test_linear_model_stays_near_chance():
    """Ridge regression on pixels, 1,500 drawings to learn from: at most 60 % on 800 others.

    Chance gives 50 % with a standard deviation of 1.8 points; the target for 4,000 is 57 %.
    """
    made = drawings("cats_vs_dogs", "standard", {"train": 1500, "test": 800}, size=48, seed=3)
    sides = {s: 2.0 * drawing_labels("cats_vs_dogs", s, len(p), 3) - 1 for s, p in made.items()}
    x, x_test = (made[s].reshape(len(made[s]), -1) / 255 - 0.5 for s in ("train", "test"))

    weights = x.T @ np.linalg.solve(x @ x.T + 1000 * np.eye(len(x)), sides["train"])
    accuracy = ((x_test @ weights > 0) == (sides["test"] > 0)).mean()

    assert accuracy < 0.60


def test_processes_and_one_process_draw_the_same(monkeypatch, tmp_path):
    with_processes = few()
    monkeypatch.setenv("TINYMLEDU_CACHE", str(tmp_path / "other"))
    monkeypatch.setattr(module, "_can_start_processes", lambda: False)

    alone = few()

    for split in ("train", "neither"):
        np.testing.assert_array_equal(with_processes[split], alone[split])


def test_drawings_are_made_where_no_process_may_start(monkeypatch):
    def refuse(*_args, **_options):
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(subprocess, "run", refuse)

    assert few()["train"].shape == (700, 16, 16, 3)


def test_worker_needs_no_main_guard(tmp_path):
    script = tmp_path / "student.py"
    script.write_text(
        "import tinymledu as tml\n"
        "print('once')\n"
        "data = tml.load_dataset('cats_vs_dogs_easy', n_labelled=100, size=16)\n"
        "print(data.train.pictures.shape)\n"
    )

    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)

    assert done.stdout.split("\n")[:2] == ["once", "(100, 16, 16, 3)"]
    assert done.stderr == ""


def test_progress_counts_every_drawing_and_is_silent_for_kept_ones():
    first, second = [], []
    few(lambda done, total: first.append((done, total)))
    few(lambda done, total: second.append((done, total)))

    assert first[-1] == (703, 703)
    assert [done for done, _ in first] == sorted(done for done, _ in first)
    assert second == []


@pytest.mark.parametrize("damage", ["truncated", "one byte changed", "empty", "not an archive"])
def test_damaged_cache_is_made_again(empty_cache, damage):
    whole = few()["train"]
    (kept,) = (empty_cache / "datasets").glob("*.npz")
    content = bytearray(kept.read_bytes())
    content[len(content) // 2] ^= 1
    kept.write_bytes(
        {
            "truncated": kept.read_bytes()[:5000],
            "one byte changed": bytes(content),
            "empty": b"",
            "not an archive": b"not an archive",
        }[damage]
    )

    np.testing.assert_array_equal(few()["train"], whole)


def test_full_disk_costs_the_cache_and_not_the_drawings(monkeypatch):
    def full(*_args, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)

    with pytest.warns(UserWarning, match=r"No space left on device.*Free some space"):
        assert len(few()["train"]) == 700


def test_neither_has_four_kinds_by_turns_and_is_no_cat_or_dog_of_the_set():
    pictures = MAKE.draw_many(0, 8, seed=7, split="neither", size=48, difficulty="standard").astype(
        float
    )

    # Noise, every fourth, is the only one whose neighbouring pixels have nothing in common.
    steps = np.abs(np.diff(pictures, axis=2)).mean(axis=(1, 2, 3))
    assert set(np.argsort(steps)[-2:]) == {3, 7}
