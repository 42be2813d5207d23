"""Synthetic signals: what stands in their spectra, and that they say what they are."""

import numpy as np
import pytest

from tinymledu.datasets import signals
from tinymledu.errors import InputError

MADE = [
    signals.tone(440),
    signals.sweep(100, 3900),
    signals.cough(seed=1),
    signals.vibration(seed=1),
    signals.vibration(seed=1, worn=True),
    signals.ecg(seed=1),
    signals.keyword("moto", seed=1),
]


def spectrum(signal):
    power = np.abs(np.fft.rfft(signal.samples.astype(float))) ** 2
    return np.fft.rfftfreq(len(signal.samples), 1 / signal.rate_hz), power


def share(signal, low_hz, high_hz):
    hz, power = spectrum(signal)
    return power[(hz >= low_hz) & (hz < high_hz)].sum() / power[hz > 20].sum()


@pytest.mark.parametrize("signal", MADE, ids=lambda signal: signal.title)
def test_signal_is_int16_not_silent_not_clipped_and_called_synthetic(signal):
    assert signal.samples.dtype == np.int16
    assert 3000 < np.abs(signal.samples.astype(int)).max() < 32767
    assert signal.title.endswith("synthetic")


def test_tone_has_its_frequency_and_amplitude():
    signal = signals.tone(440, amplitude=0.5)

    hz, power = spectrum(signal)
    assert hz[np.argmax(power)] == 440
    assert signal.samples.max() == pytest.approx(0.5 * 32767, abs=1)
    assert (signal.seconds, len(signal.samples)) == (1.0, 8000)


@pytest.mark.parametrize(("asked_hz", "found_hz"), [(5000, 3000), (7000, 1000), (9000, 1000)])
def test_tone_above_half_of_the_rate_folds_down(asked_hz, found_hz):
    hz, power = spectrum(
        signals.tone(asked_hz)
    )  # at 8,000 Hz: 8000 - 5000, 8000 - 7000, 9000 - 8000

    assert hz[np.argmax(power)] == found_hz


def test_same_seed_same_signal_other_seed_another():
    first, again, other = (signals.cough(seed=seed).samples for seed in (5, 5, 6))

    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_worn_bearing_rings_near_2200_hz():
    worn, sound = (signals.vibration(seed=3, worn=worn) for worn in (True, False))

    assert share(worn, 1700, 2700) > 2 * share(sound, 1700, 2700)


def test_vowels_have_their_power_at_the_first_formant():
    # Peterson and Barney: first formant of i at 270 Hz, of a at 730 Hz.
    assert share(signals.keyword("iii", seed=1), 100, 450) > 0.7
    assert share(signals.keyword("aaa", seed=1), 500, 1200) > 0.7


def test_heart_beats_are_one_second_apart_or_less_and_hum_is_where_it_was_put():
    signal = signals.ecg(seed=2, seconds=4, mains_hz=50)
    peaks = np.flatnonzero(signal.samples > 0.6 * signal.samples.max())
    beats = 1 + np.sum(np.diff(peaks) > 0.3 * signal.rate_hz)

    assert 4 <= beats <= 6  # 60 to 80 a minute, in 4 s
    assert share(signal, 49, 51) > 3 * share(signal, 51, 53)


def test_card_says_that_all_is_synthetic_and_what_it_cannot_show():
    card = signals.card()

    assert card["synthetic"]
    assert card["rate_hz"] == signals.RATE_HZ
    assert any("no diagnosis" in limit for limit in card["limits"])


def test_what_cannot_be_made_is_refused():
    with pytest.raises(InputError, match="'eau!' must have 1 or more letters from a to z"):
        signals.keyword("eau!", seed=1)
    with pytest.raises(InputError, match="60 s at 8000 Hz: give up to 10 s"):
        signals.tone(440, seconds=60)
