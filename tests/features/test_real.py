"""Features in real numbers, against NumPy's FFT, sums by hand and published values."""

import math

import numpy as np
import pytest

from tinymledu.errors import InputError
from tinymledu.features import (
    Settings,
    dct_matrix,
    frames,
    hann,
    hz_to_mel,
    log_mel,
    mel_filters,
    mel_to_hz,
    mfcc,
    power_spectrum,
    rounded,
    window_error_db,
)

SMALL = Settings(frame_samples=16, hop_samples=4, n_mels=2, n_mfcc=2, low_hz=0)


def noise(n, seed=1):
    return np.random.default_rng(seed).normal(0, 3000, n)


def test_frames_are_the_complete_ones_in_order():
    found = frames(np.arange(25), SMALL)

    # Starts 0, 4, 8; the next one, 12, would end at 27.
    np.testing.assert_array_equal(found[:, 0], [0, 4, 8])
    np.testing.assert_array_equal(found[2], np.arange(8, 24))


@pytest.mark.parametrize(("n", "expected"), [(0, 0), (15, 0), (16, 1), (19, 1), (20, 2)])
def test_number_of_frames_at_the_edges(n, expected):
    assert frames(np.zeros(n, np.int16), SMALL).shape == (expected, 16)


def test_frames_keep_the_type_and_do_not_share_memory():
    samples = np.zeros(40, np.int16)
    found = frames(samples, SMALL)

    found[:] = 1

    assert found.dtype == np.int16
    assert not samples.any()


def test_hann_window_of_four_by_hand():
    # 0.5 - 0.5 cos(0, 90, 180, 270 degrees)
    np.testing.assert_allclose(hann(4), [0, 0.5, 1, 0.5], atol=1e-15)


def test_power_spectrum_obeys_parseval():
    frame = noise(64)

    power = power_spectrum(frame)

    both_halves = power[0] + 2 * power[1:-1].sum() + power[-1]
    assert both_halves == pytest.approx(np.mean(frame**2), rel=1e-12)


def test_sine_in_the_middle_of_a_bin_has_a_quarter_of_its_squared_amplitude_there():
    frame = 1000 * np.sin(2 * np.pi * 5 * np.arange(64) / 64)

    power = power_spectrum(frame)

    # The amplitude A splits into bins 5 and -5, A / 2 each.
    assert power[5] == pytest.approx(500**2)
    assert power.sum() == pytest.approx(500**2)


@pytest.mark.parametrize(
    ("hz", "mel"),
    # 2595 log10(1 + f / 700) worked out with six digits; the HTK Book says that 1000 Hz are 1000.
    [(0, 0.0), (300, 401.97), (700, 781.17), (1000, 999.99), (4000, 2146.06), (8000, 2840.02)],
)
def test_mel_scale_has_its_published_values(hz, mel):
    assert float(hz_to_mel(hz)) == pytest.approx(mel, abs=0.006)
    assert float(mel_to_hz(hz_to_mel(hz))) == pytest.approx(hz)


def test_two_mel_filters_by_hand():
    # Corners: mel(4000) = 2146.06, thirds of it are 0, 621.2, 1242.4, 1863.5 at 3 filters + 1 ...
    settings = Settings(frame_samples=16, hop_samples=4, n_mels=2, n_mfcc=2, low_hz=0)
    corner = [
        700 * (10 ** (2146.0645 * i / 3 / 2595) - 1) for i in range(4)
    ]  # 0, 620.6, 1791.3, 4000
    filters = mel_filters(settings)

    # Bins lie 500 Hz apart. Bin 1 (500 Hz): filter 0 rises, 500 / 620.6.
    assert filters[0, 1] == pytest.approx(500 / corner[1], rel=1e-4)
    # Bin 2 (1000 Hz): filter 0 falls, filter 1 rises; together they make 1.
    assert filters[0, 2] == pytest.approx((corner[2] - 1000) / (corner[2] - corner[1]), rel=1e-4)
    assert filters[:, 2].sum() == pytest.approx(1)
    # Bin 6 (3000 Hz): only filter 1, falling.
    assert filters[:, 6].tolist() == pytest.approx(
        [0, (4000 - 3000) / (4000 - corner[2])], rel=1e-4
    )
    assert not filters[:, [0, 8]].any()


def test_cosine_transform_is_orthonormal_and_by_hand():
    square = dct_matrix(4, 4)

    np.testing.assert_allclose(square @ square.T, np.eye(4), atol=1e-15)
    # Row 1 of 2: sqrt(2/2) cos(pi/4), cos(3 pi/4).
    np.testing.assert_allclose(dct_matrix(2, 2)[1], [math.sqrt(0.5), -math.sqrt(0.5)])


def test_mfcc_of_a_flat_row_is_its_mean_in_the_first_place():
    flat = mfcc(np.full((1, 2), 7.0), SMALL)

    np.testing.assert_allclose(flat, [[7 * math.sqrt(2), 0]], atol=1e-12)


def test_twice_the_amplitude_adds_two_to_every_log_mel():
    samples = noise(3000)

    difference = log_mel(2 * samples, Settings()) - log_mel(samples, Settings())

    np.testing.assert_allclose(difference, 2, atol=1e-9)  # log2 of 4 times the power


def test_silence_is_zero():
    assert not log_mel(np.zeros(600), Settings()).any()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"frame_samples": 200}, "frame_samples is 200; give a power of two from 16 to 4096"),
        ({"hop_samples": 0}, "hop_samples is 0"),
        ({"n_mfcc": 21}, "give 1 to n_mels, which is 20"),
        ({"high_hz": 5000.0}, r"from 60 to 5000 Hz; they must lie between 0 Hz and .* 4000 Hz"),
        ({"n_mels": 120}, r"Mel band \d+ of 120 holds no bin: bins are 31.25 Hz apart"),
    ],
)
def test_settings_that_cannot_be_are_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        Settings(**arguments)


def test_two_channels_are_refused():
    with pytest.raises(InputError, match=r"shape \(30, 2\); give one channel"):
        frames(np.zeros((30, 2)), SMALL)


@pytest.mark.parametrize("n_bits", [6, 8, 10, 12, 14])
def test_one_bit_more_takes_six_decibels_off_the_error(n_bits):
    samples = np.random.default_rng(4).uniform(-0.9, 0.9, 20_000)

    step = window_error_db(samples, n_bits + 1, Settings()) - window_error_db(
        samples, n_bits, Settings()
    )

    # Half the step of rounding is a quarter of the power: 10 log10(1/4) = -6.02 dB.
    assert step == pytest.approx(-6.02, abs=0.3)  # 20,000 samples: chance moves it by about 0.1


def test_rounding_error_has_a_twelfth_of_a_squared_step():
    values = np.random.default_rng(5).uniform(-0.9, 0.9, 100_000)

    power = np.mean((rounded(values, 8) - values) ** 2)

    assert power == pytest.approx((2.0**-7) ** 2 / 12, rel=0.02)


def test_word_lengths_out_of_range_are_refused():
    with pytest.raises(InputError, match="n_bits is 1; give 2 to 32"):
        rounded([0.5], 1)
    with pytest.raises(InputError, match="no error, or no signal"):
        window_error_db(np.zeros(600), 8, Settings())
