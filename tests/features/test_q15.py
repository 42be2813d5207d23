"""The integer pipeline: products by hand, the FFT against NumPy's, bounds that are derived."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinymledu.datasets import signals
from tinymledu.errors import InputError
from tinymledu.features import Settings, hann, mel_filters, q15
from tinymledu.features import log_mel as real_log_mel

INT16 = st.integers(-32768, 32767)


def settings_of(n):
    return Settings(frame_samples=n, n_mels=1, n_mfcc=1, low_hz=0)


@pytest.mark.parametrize(
    ("a", "b", "product"),
    [
        (16384, 16384, 8192),  # 0.5 * 0.5
        (-32768, -32768, 32767),  # -1 * -1 = 1, which Q15 has not
        (-32768, 32767, -32767),  # -32767 exactly
        (32767, 32767, 32766),  # 1073676289 / 32768 = 32766.00003
        (1, 16384, 1),  # 0.5 units: a half goes up
        (-1, 16384, 0),  # -0.5 units: a half goes up
        (-3, 16384, -1),  # -1.5 units
        (3, 0, 0),
    ],
)
def test_products_by_hand(a, b, product):
    assert q15.multiply(a, b) == product
    assert q15.multiply(b, a) == product


@given(INT16, INT16)
def test_product_is_within_half_a_unit_unless_it_saturates(a, b):
    got = int(q15.multiply(a, b))

    exact = a * b / 32768
    assert got == 32767 if (a, b) == (-32768, -32768) else abs(got - exact) <= 0.5


def extreme_frames(n):
    i = np.arange(n)
    square = np.where(np.sin(2 * np.pi * 3 * (i + 0.25) / n) > 0, 32767, -32768)
    rng = np.random.default_rng(n)
    rows = [
        np.full(n, -32768), np.full(n, 32767), np.where(i % 2, 32767, -32768), square,
        np.where(i == 0, -32768, 0), np.where(i % 4 < 2, -32768, 32767), np.zeros(n),
    ]  # fmt: skip
    return np.concatenate([np.array(rows, int), rng.integers(-32768, 32768, (20, n))])


@pytest.mark.parametrize("n", [16, 64, 256, 1024])
def test_fft_is_within_its_bound_of_numpy(n):
    frames = extreme_frames(n)

    re, im = q15.fft(frames, np.zeros_like(frames), settings_of(n))

    error = np.abs(re + 1j * im - np.fft.fft(frames) / n)
    assert error.max() <= math.log2(n) * q15.FFT_ERROR_PER_STAGE


def test_fft_of_an_impulse_by_hand():
    frame = np.zeros(16, int)
    frame[0] = 16 * 1000

    re, im = q15.fft(frame, np.zeros(16, int), settings_of(16))

    np.testing.assert_array_equal(re, 1000)  # divided by 16 in four halvings, all exact
    np.testing.assert_array_equal(im, 0)


def test_fft_of_complex_values_is_within_its_bound():
    rng = np.random.default_rng(8)
    re, im = rng.integers(-23000, 23000, (2, 50, 64))  # magnitude below 32768

    got_re, got_im = q15.fft(re, im, settings_of(64))

    error = np.abs(got_re + 1j * got_im - np.fft.fft(re + 1j * im) / 64)
    assert error.max() <= 6 * q15.FFT_ERROR_PER_STAGE


def test_parseval_holds_within_rounding():
    frames = np.random.default_rng(9).integers(-32768, 32768, (30, 256))

    re, im = q15.fft(frames, np.zeros_like(frames), Settings())

    spectrum, samples = q15.power(re, im).sum(axis=1, dtype=float), np.mean(frames**2.0, axis=1)
    # The error of a bin is at most 12.5 units, so that of the root of the sum at most 12.5 * 16.
    bound = 8 * q15.FFT_ERROR_PER_STAGE * 16
    assert np.abs(np.sqrt(spectrum) - np.sqrt(samples)).max() <= bound


@given(st.integers(1, 2**32 - 1))
def test_log2_is_rounded_down_and_within_its_bound(value):
    error = int(q15.log2(value)) - 1024 * math.log2(value)

    assert -1.2 <= error <= 1e-9


@pytest.mark.parametrize(
    ("value", "log"),
    [(0, 0), (1, 0), (2, 1024), (65536, 16384), (2**31, 31744), (2**32 - 1, 32767)],
)
def test_log2_of_powers_and_ends(value, log):
    assert q15.log2(value) == log


def test_mel_energies_by_hand():
    settings = Settings(frame_samples=16, hop_samples=4, n_mels=2, n_mfcc=2, low_hz=0)
    weights = q15.tables(settings).mel.astype(int)
    power = np.array([7, 100, 2**31, 0, 5, 6, 900, 1, 3])

    expected = [(sum(p * w for p, w in zip(power.tolist(), row, strict=True)) + 2**14) // 2**15
                for row in weights.tolist()]  # fmt: skip
    np.testing.assert_array_equal(q15.mel_energies(power, settings), expected)


def test_mel_energy_saturates_instead_of_wrapping():
    settings = Settings(frame_samples=64, n_mels=1, n_mfcc=1)

    assert q15.mel_energies(np.full(33, 2**31), settings) == 2**32 - 1


def test_tables_are_rounded_to_nearest():
    table = q15.tables(Settings())

    assert np.abs(table.window / 32768 - hann(256)).max() <= 2.0**-15  # 1 becomes 32767
    assert (table.cosine.min(), table.cosine[64], table.sine[64]) == (-32758, 0, 32767)
    assert table.sine.min() == 0
    assert q15.tables(settings_of(16)).cosine.tolist() == [
        32767, 30274, 23170, 12540, 0, -12540, -23170, -30274,
    ]  # fmt: skip


def made():
    yield signals.tone(440, amplitude=0.9)
    yield signals.sweep(100, 3900)
    yield signals.cough(seed=1)
    yield signals.vibration(seed=2, worn=True)
    yield signals.keyword("maji", seed=3)


@pytest.mark.parametrize("signal", [*made()], ids=lambda signal: signal.title)
def test_loud_bands_agree_with_real_numbers(signal):
    settings = Settings()
    exact = real_log_mel(signal.samples, settings)

    got = q15.log_mel(signal.samples, settings) / 1024

    # A bin is wrong by at most 14 units: 8 * FFT_ERROR_PER_STAGE and 1 for window and product. So
    # the root of a band's power is wrong by at most 14 * sqrt(sum of its weights) (Minkowski).
    # Two units of log2 come on top, and one for rounded weights.
    wrong = 14 * np.sqrt(mel_filters(settings).sum(axis=1)) / 2 ** (exact / 2)
    loud = wrong < 0.5
    bound = -2 * np.log2(1 - wrong[loud]) + 3 / 1024
    assert loud.any()
    assert np.all(np.abs(got - exact)[loud] <= bound)


def test_what_is_no_int16_is_refused():
    with pytest.raises(InputError, match="float64 numbers; Q15 takes integers"):
        q15.log_mel(np.zeros(600), Settings())
    with pytest.raises(InputError, match="these go from 0 to 32768"):
        q15.multiply([0, 32768], 1)
    with pytest.raises(InputError, match=r"must have 256 samples; the shape is \(3, 64\)"):
        q15.log_mel_of_frames(np.zeros((3, 64), int), Settings())
