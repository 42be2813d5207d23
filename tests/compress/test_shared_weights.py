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


def test_each_weight_gets_the_nearest_value_and_each_value_is_the_mean_of_its_weights():
    weights = np.random.default_rng(3).normal(size=(50, 10))
    shared, values = cluster(weights, 16)
    nearest = np.abs(weights[..., np.newaxis] - values).argmin(axis=-1)

    assert np.array_equal(shared, values[nearest])
    assert np.array_equal(np.unique(shared), values)  # each of the 16 is in use
    means = [weights[nearest == place].mean() for place in range(16)]
    np.testing.assert_allclose(values, means, rtol=1e-12)


def test_shared_values_fit_better_than_evenly_spread_ones():
    weights = np.random.default_rng(3).normal(size=500)
    even = np.linspace(weights.min(), weights.max(), 16)
    to_even = np.abs(weights[:, np.newaxis] - even).min(axis=1)

    shared, _ = cluster(weights, 16)

    # k-means begins with the even ones, and each of its rounds lowers the mean squared error.
    assert np.mean((shared - weights) ** 2) < np.mean(to_even**2)


def test_equal_weights_stay_equal():
    shared, _ = cluster(np.full((2, 3), 0.25), 4)

    assert np.array_equal(shared, np.full((2, 3), 0.25))


def test_one_value_is_refused():
    with pytest.raises(InputError):
        cluster(np.ones(3), 1)


@pytest.mark.parametrize("weights", [[], [1.0, np.nan], [1.0, np.inf]])
def test_weights_that_are_none_are_refused(weights):
    with pytest.raises(InputError, match=f"Of {len(weights)} weights, {min(len(weights), 1)} are"):
        cluster(np.array(weights), 2)


@pytest.mark.parametrize(("n_weights", "bits"), [(-1, 8), (4, 0)])
def test_bytes_of_nothing_are_refused(n_weights, bits):
    with pytest.raises(InputError, match=f"{n_weights} weights of {bits} bits"):
        counted_bytes(n_weights, bits)


def test_bytes_are_rounded_up():
    assert counted_bytes(13, 4) == 7
    assert counted_bytes(13, 8, table_bytes=64) == 77
