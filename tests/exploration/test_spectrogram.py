"""Spectrograms and ghosts: what alt text and table say is where it must be."""

import numpy as np
import pytest

from tinymledu.datasets import signals
from tinymledu.errors import InputError
from tinymledu.exploration import alias_figure, spectrogram_figure, word_length_figure


def column(figure, name):
    return [row[figure.columns.index(name)] for row in figure.rows]


def test_spectrogram_says_where_the_tone_is():
    signal = signals.tone(1000)  # in the middle of bin 32 of 256

    figure = spectrogram_figure(signal.samples, 8000, title=signal.title)

    assert set(column(figure, "loudest frequency (Hz)")) == {"1000"}
    assert "between 1000 and 1000 Hz" in figure.alt
    assert len(figure.alt.split()) <= 60


def test_silence_has_no_loudest_frequency():
    assert spectrogram_figure(np.zeros(8000), 8000, title="x").alt.endswith("There is no sound.")


def test_ghost_turns_back_at_half_of_the_rate():
    figure = alias_figure(7000, 8000)

    before = np.array(column(figure, "frequency before (Hz)"), float)
    after = np.array(column(figure, "loudest after (Hz)"), float)
    expected = np.where(before < 4000, before, 8000 - before)
    # A frame of 32 ms sweeps over 110 Hz, and bins lie 31 Hz apart.
    np.testing.assert_allclose(after, expected, atol=110 + 31)
    assert "a ghost" in figure.alt


def test_filter_takes_the_ghost_away():
    figure = alias_figure(7000, 8000, filtered=True)

    said = column(figure, "loudest after (Hz)")
    before = np.array(column(figure, "frequency before (Hz)"), float)
    assert [word == "silent" for word in said] == (before > 4000).tolist()
    assert "silence" in figure.alt


def test_below_half_of_the_rate_there_is_no_ghost():
    assert "the same line" in alias_figure(3900, 8000).alt


def test_word_length_figure_says_its_slope():
    figure = word_length_figure({8: -40.0, 10: -52.0, 12: -64.0}, title="x")

    assert "-6.00 dB for each bit" in figure.alt
    assert column(figure, "-6.02 dB a bit") == ["-40.0", "-52.0", "-64.1"]


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(InputError, match="There are 10 samples; give 256 at least"):
        spectrogram_figure(np.zeros(10), 8000, title="x")
    with pytest.raises(InputError, match="rate_hz is 100; give 2000 to 16000"):
        alias_figure(7000, 100)
    with pytest.raises(InputError, match="to_hz is 20000; give 500 to twice the rate, 16000"):
        alias_figure(20000, 8000)
    with pytest.raises(InputError, match="1 word lengths make no line"):
        word_length_figure({8: -40.0}, title="x")
