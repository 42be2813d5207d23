"""The synthetic pumps and coughs are the same from the same seed, and hold what they promise."""

import numpy as np
import pytest

from tinymledu.datasets import cough_study, pumps
from tinymledu.errors import InputError, UnknownNameError


def test_windows_are_the_same_from_the_same_seed_and_others_from_another():
    one, again = (pumps.windows("Cotonou", "normal", 50, seed=3) for _ in range(2))

    assert one.shape == (50, 16)
    assert one.dtype == np.uint8
    assert np.array_equal(one, again)
    assert not np.array_equal(one, pumps.windows("Cotonou", "normal", 50, seed=4))
    assert not np.array_equal(one, pumps.windows("Pokhara", "normal", 50, seed=3))


@pytest.mark.parametrize("site", pumps.SITES)
def test_each_kind_differs_where_its_text_says(site):
    mean = {
        kind: pumps.windows(site, kind, 4000, seed=1).mean(axis=0) * pumps.STEP_DB
        for kind in pumps.KINDS
    }
    above = {kind: mean[kind] - mean["normal"] for kind in pumps.KINDS}

    # 4,000 windows with 6 dB of spread at most: the mean is known to 0.2 dB or so.
    assert above["worn"] == pytest.approx([0] * 10 + [4.5] * 6, abs=0.5)
    assert above["tractor"] == pytest.approx([9] * 3 + [0] * 13, abs=0.5)
    assert above["clogged"] == pytest.approx(-1, abs=0.5)
    assert np.abs(above["slipping"]).max() > 2


def test_drift_raises_the_highest_band_most_and_the_lowest_not_at_all():
    fresh = pumps.windows("Cotonou", "normal", 500, seed=2).astype(float)
    old = pumps.windows("Cotonou", "normal", 500, seed=2, day=10, drift_db=0.25)

    above_db = (old - fresh).mean(axis=0) * pumps.STEP_DB

    assert above_db == pytest.approx(np.linspace(0, 2.5, 16), abs=pumps.STEP_DB)


def test_windows_stay_clear_of_both_ends_of_their_codes():
    for site in pumps.SITES:
        values = pumps.windows(site, "normal", 2000, seed=5)
        assert values.min() > 0
        assert values.max() < 255


def test_unknown_sites_kinds_and_numbers_are_named():
    with pytest.raises(UnknownNameError, match="Cotonou"):
        pumps.windows("Kotonu", "normal", 1, seed=1)
    with pytest.raises(UnknownNameError, match="slipping"):
        pumps.windows("Cotonou", "sliping", 1, seed=1)
    with pytest.raises(InputError, match="1 or more"):
        pumps.windows("Cotonou", "normal", 0, seed=1)


@pytest.mark.parametrize(("confounding", "share"), [(0, 0.5), (0.5, 0.7), (1, 0.9)])
def test_confounding_says_where_the_ill_are_recorded(confounding, share):
    made = cough_study.study(20_000, confounding=confounding, seed=1)

    in_hospital = made.place == "hospital"

    # Standard error of a share of 10,000 is 0.005.
    assert in_hospital[made.ill].mean() == pytest.approx(share, abs=0.02)
    assert in_hospital[~made.ill].mean() == pytest.approx(1 - share, abs=0.02)


def test_illness_shows_a_little_and_the_recorder_clearly():
    made = cough_study.study(20_000, confounding=0, seed=2)

    def shift(of):
        return made.features[of].mean(axis=0) - made.features[~of].mean(axis=0)

    assert shift(made.ill) == pytest.approx([0.20] * 3 + [0] * 5, abs=0.06)
    assert shift(made.place == "hospital") == pytest.approx([0] * 3 + [0.75] * 5, abs=0.06)


def test_study_needs_people_and_a_confounding_of_0_to_1():
    for n, confounding in ((0, 0), (5, 1.1), (5, -0.1)):
        with pytest.raises(InputError, match="confounding of 0 to 1"):
            cough_study.study(n, confounding=confounding, seed=1)
