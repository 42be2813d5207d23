"""The features on the virtual board equal the host's integers, bit for bit."""

import numpy as np
import pytest

from tinymledu.boards.catalog import board
from tinymledu.boards.profile import profile
from tinymledu.datasets import signals
from tinymledu.errors import InputError
from tinymledu.features import Settings, firmware, frames, on_board, q15

pytestmark = pytest.mark.usefixtures("board_compiler")

SETTINGS = [
    Settings(),
    Settings(rate_hz=16000, frame_samples=512, hop_samples=200, n_mels=32, high_hz=8000.0),
    Settings(frame_samples=16, hop_samples=16, n_mels=2, n_mfcc=2, low_hz=0),
]


def recordings(n):
    """Random and extreme samples; each is long enough for some frames of n."""
    rng = np.random.default_rng(6)
    length = 3 * n
    yield rng.integers(-32768, 32768, length)
    yield rng.integers(-3, 4, length)  # quiet: little survives
    yield np.full(length, -32768)
    yield np.full(length, 32767)
    yield np.where(np.arange(length) % 2, 32767, -32768)
    yield np.zeros(length, int)
    yield np.where(np.arange(length) // (n // 8) % 2, 32767, -32768)


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda s: f"{s.frame_samples}")
def test_board_equals_host_on_random_and_extreme_samples(settings):
    for samples in recordings(settings.frame_samples):
        np.testing.assert_array_equal(
            on_board(samples, settings), q15.log_mel(samples, settings), strict=True
        )


@pytest.mark.parametrize(
    "signal",
    [signals.cough(seed=1), signals.vibration(seed=2), signals.keyword("rain", seed=3)],
    ids=lambda signal: signal.title,
)
def test_board_equals_host_on_generated_signals(signal):
    host = q15.log_mel(signal.samples, Settings())

    np.testing.assert_array_equal(on_board(signal.samples, Settings()), host)
    assert np.ptp(host) > 4 * 1024  # not silence against silence


@pytest.mark.parametrize("name", ["pico", "nicla_vision"])
def test_other_processors_give_the_same(name):
    samples = signals.cough(seed=4).samples[:2000]

    got = on_board(samples, Settings(), board(name))

    np.testing.assert_array_equal(got, q15.log_mel(samples, Settings()))


def test_another_window_changes_board_and_host_alike():
    rng = np.random.default_rng(7)
    samples, window = rng.integers(-32768, 32768, 600), rng.integers(-32768, 32768, 256)

    got = on_board(samples, Settings(), window=window)

    settings = Settings()
    host = q15.log_mel_of_frames(q15.windowed(frames(samples, settings), window), settings)
    np.testing.assert_array_equal(got, host)
    assert not np.array_equal(got, on_board(samples, settings))


def test_window_of_another_length_is_refused():
    with pytest.raises(InputError, match=r"shape \(64,\); give 256 int16 numbers"):
        on_board(np.zeros(600), Settings(), window=np.zeros(64, int))


def test_too_short_a_recording_has_no_rows():
    assert on_board(np.zeros(255, np.int16), Settings()).shape == (0, 20)


def test_cost_is_known_for_each_stage():
    built = firmware(Settings())
    figures = profile(built)

    assert [layer.op for layer in figures.layers] == ["WINDOW", "FFT", "LOG_MEL"]
    # 1,024 butterflies of at least 4 products each, 256 products with the window.
    assert figures.layers[1].instructions > 4 * 1024
    assert figures.layers[0].instructions > 256
    # Two arrays of 256 int16 and 20 results, rounded up to 16 bytes: 1064 -> 1072.
    assert built.memory.arena_bytes == 1072
    assert built.memory.ram_bytes < 2048


def test_samples_that_would_change_are_refused():
    with pytest.raises(InputError, match="takes int16 samples; these would change"):
        on_board(np.array([0.5]), Settings())
