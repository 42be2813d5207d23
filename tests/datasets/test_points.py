import numpy as np
import pytest

from tinymledu.datasets.points import sensor_points
from tinymledu.errors import InputError


def test_points_come_again_with_the_same_seed():
    first, again, other = (sensor_points(20, seed=seed) for seed in (3, 3, 4))

    assert np.array_equal(first.readings, again.readings)
    assert not np.array_equal(first.readings, other.readings)
    assert first.readings.shape == (20, 50)


def test_only_two_columns_depend_on_the_class():
    points = sensor_points(20_000, seed=1, n_columns=4)

    ones, zeros = (points.readings[points.truth == label].mean(axis=0) for label in (1, 0))
    # A mean of 10,000 with spread 1 is within 0.05 but for one time in a million.
    assert ones == pytest.approx([1, 0.8, 0, 0], abs=0.05)
    assert zeros == pytest.approx([-1, -0.8, 0, 0], abs=0.05)


def test_a_ring_has_both_classes_around_the_same_centre():
    points = sensor_points(20_000, seed=1, n_columns=2, ring=True)

    for label, radius in ((0, 0.8), (1, 2.2)):
        mine = points.readings[points.truth == label]
        assert mine.mean(axis=0) == pytest.approx([0, 0], abs=0.1)
        assert np.hypot(*mine.T).mean() == pytest.approx(radius, abs=0.05)


def test_offset_moves_two_columns_and_nothing_else():
    here, there = sensor_points(50, seed=2), sensor_points(50, seed=2, offset=1.5)

    moved = there.readings - here.readings
    assert moved[:, :2] == pytest.approx(np.full((50, 2), 1.5))
    assert not moved[:, 2:].any()


def test_flipped_labels_are_a_share_and_the_truth_stays():
    points = sensor_points(10_000, seed=5, n_columns=2, flipped=0.3)

    assert np.mean(points.labels != points.truth) == pytest.approx(0.3, abs=0.02)
    assert np.array_equal(points.truth, np.arange(10_000) % 2)
    assert "labels wrong" in repr(points)


@pytest.mark.parametrize("options", [{"n": 0}, {"n": 5, "n_columns": 1}, {"n": 5, "flipped": 1.1}])
def test_numbers_out_of_range_are_refused(options):
    with pytest.raises(InputError, match="a share from 0 to 1"):
        sensor_points(seed=1, **options)
