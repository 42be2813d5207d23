"""From sound to features: in real numbers, in 16-bit integers, and on the virtual board.

`log_mel` and `mfcc` are what is usually trained on. `q15` computes the same in integers only, as
firmware/features/tk_features.c does; `on_board` executes that C and gives the same integers.

Words: a *frame* is some samples in a row; a *bin* is one frequency of its spectrum; *mel* is a
scale of pitch; a *log-mel* value is the logarithm of the power in one band of that scale.
"""

from tinymledu.features import q15
from tinymledu.features.board import firmware, on_board
from tinymledu.features.real import (
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
)
from tinymledu.features.word_length import rounded, window_error_db

__all__ = [
    "Settings",
    "dct_matrix",
    "firmware",
    "frames",
    "hann",
    "hz_to_mel",
    "log_mel",
    "mel_filters",
    "mel_to_hz",
    "mfcc",
    "on_board",
    "power_spectrum",
    "q15",
    "rounded",
    "window_error_db",
]
