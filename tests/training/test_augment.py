import numpy as np
import pytest

from tinymledu.training.augment import Views, look, random_views

pytestmark = pytest.mark.usefixtures("keras")


def views(boxes, lights):
    return Views(np.array(boxes, np.float32), np.array(lights, np.float32))


def seen(pictures, which):
    return np.asarray(look(np.asarray(pictures, np.uint8), which.boxes, which.lights))


@pytest.fixture
def picture():
    return np.random.default_rng(2).integers(0, 256, (1, 5, 5, 3), dtype=np.uint8)


def test_whole_box_without_light_shows_the_picture_itself(picture):
    result = seen(picture, views([[0, 0, 1, 1]], [[1, 0]]))

    np.testing.assert_allclose(result, picture / 255, atol=1e-6)  # float32 interpolation


def test_box_with_right_below_left_mirrors(picture):
    result = seen(picture, views([[0, 1, 1, 0]], [[1, 0]]))

    np.testing.assert_allclose(result, picture[:, :, ::-1] / 255, atol=1e-6)


def test_light_scales_then_shifts_and_stays_in_range():
    grey = np.full((2, 4, 4, 3), 102)  # 0.4

    result = seen(grey, views([[0, 0, 1, 1]] * 2, [[1.5, 0.1], [1.5, 0.9]]))

    np.testing.assert_allclose(result[0], 0.7, atol=1e-6)  # 0.4 * 1.5 + 0.1
    np.testing.assert_array_equal(result[1], 1.0)


def test_random_views_at_strength_one_keep_to_their_limits():
    drawn = random_views(2000, 1.0, np.random.default_rng(3))

    top, left, bottom, right = drawn.boxes.T
    assert drawn.boxes.min() >= 0
    assert drawn.boxes.max() <= 1
    assert (bottom - top).min() >= 0.85 - 1e-6
    np.testing.assert_allclose(np.abs(right - left), bottom - top, atol=1e-6)
    assert 900 < (right < left).sum() < 1100  # half of 2,000 mirrored, 4.5 standard deviations
    assert np.abs(drawn.lights[:, 0] - 1).max() <= 0.12 + 1e-6
    assert np.abs(drawn.lights[:, 1]).max() <= 0.04 + 1e-6


def test_strength_zero_changes_nothing():
    drawn = random_views(100, 0.0, np.random.default_rng(3))

    np.testing.assert_array_equal(drawn.boxes, np.tile([0, 0, 1, 1], (100, 1)))
    np.testing.assert_array_equal(drawn.lights, np.tile([1, 0], (100, 1)))
