from dataclasses import replace

import numpy as np
import pytest

from tinymledu import baselines
from tinymledu.datasets import Split
from tinymledu.errors import DatasetError, InputError


def of_one_pixel(values, labels):
    """Pictures of 1x1 pixel, grey."""
    pictures = np.repeat(np.array(values, np.uint8)[:, None, None, None], 3, axis=3)
    return Split(pictures, np.array(labels, np.uint8))


def test_nearest_mean_takes_the_class_with_the_nearer_mean(stripes):
    # Means are 20 and 100, so the border lies at 60.
    data = replace(stripes, train=of_one_pixel([10, 30, 90, 110], [0, 0, 1, 1]))

    baseline = baselines.nearest_mean(data)

    wanted = of_one_pixel([0, 59, 61, 255], [0, 0, 1, 1])
    np.testing.assert_array_equal(baseline.predict(wanted.pictures), wanted.labels)


def test_linear_finds_a_border_that_means_do_not(stripes):
    # Class 1 has 30 more red, at any brightness: red minus green tells, the nearer mean does not.
    rng = np.random.default_rng(5)
    light = rng.integers(20, 220, 400)
    labels = rng.integers(0, 2, 400).astype(np.uint8)
    pictures = np.stack([light + 30 * labels, light, light], axis=1)
    pictures = pictures[:, None, None, :].astype(np.uint8)
    data = replace(
        stripes,
        train=Split(pictures[:200], labels[:200]),
        validation=Split(pictures[200:], labels[200:]),
    )

    predicted = baselines.linear(data).predict(pictures[200:])

    assert (predicted == labels[200:]).mean() > 0.95
    by_means = baselines.nearest_mean(data).predict(pictures[200:])
    assert (by_means == labels[200:]).mean() < 0.75


def test_linear_averages_large_pictures_down(stripes):
    large = np.repeat(np.repeat(stripes.train.pictures, 3, axis=1), 3, axis=2)  # 48x48
    split = Split(large, stripes.train.labels)

    baseline = baselines.linear(replace(stripes, train=split, validation=split))

    assert baseline.pool == 2
    assert baseline.weights.shape == (24 * 24 * 3, 2)


def test_baseline_refuses_pictures_of_another_shape(stripes):
    with pytest.raises(InputError, match=r"shape \(16, 16, 3\); these are \(8, 8, 3\)"):
        baselines.nearest_mean(stripes).predict(np.zeros((1, 8, 8, 3), np.uint8))


@pytest.mark.parametrize("make", [baselines.nearest_mean, baselines.linear])
def test_baselines_need_two_classes(stripes, make):
    one_class = of_one_pixel([1, 2, 3], [0, 0, 0])

    with pytest.raises(DatasetError, match="3 training pictures are of 1 class"):
        make(replace(stripes, train=one_class))
