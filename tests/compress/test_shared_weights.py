"""Shared weights: k-means by hand, and bytes by arithmetic."""

import numpy as np
import pytest

from tinymledu.compress.cluster import cluster, counted_bytes
from tinymledu.errors import InputError


def test_two_groups_get_their_means():
    weights = np.array([[-1.0, -1.2], [0.8, 1.0]])

    shared, values = cluster(weights, 2)

    np.testing.assert_allclose(values, [-1.1, 0.9], rtol=1e-12)
    np.testing.assert_allclose(shared, [[-1.1, -1.1], [0.9, 0.9]], rtol=1e-12)


def test_a_value_that_nothing_is_near_stays():
    _, values = cluster(np.array([0.0, 0.0, 10.0]), 3)

    assert values.tolist() == [0.0, 5.0, 10.0]


def test_no_weight_moves_further_than_half_the_first_spacing():
    weights = np.random.default_rng(3).normal(size=500)
    shared, values = cluster(weights, 16)

    assert len(np.unique(shared)) <= 16
    nearest = np.abs(weights[:, np.newaxis] - values).argmin(axis=1)
    assert np.array_equal(shared, values[nearest])


def test_equal_weights_stay_equal():
    shared, _ = cluster(np.full((2, 3), 0.25), 4)

    assert np.array_equal(shared, np.full((2, 3), 0.25))


def test_one_value_is_refused():
    with pytest.raises(InputError):
        cluster(np.ones(3), 1)


def test_bytes_are_rounded_up():
    assert counted_bytes(13, 4) == 7
    assert counted_bytes(13, 8, table_bytes=64) == 77
