"""Numbers as people read them; every expected text is worked out by hand."""

import pytest

from tinymledu import units


@pytest.mark.parametrize(
    ("n_bytes", "text"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (262144, "256.0 KiB"),
        (3 << 20, "3.0 MiB"),
        (7 << 30, "7.0 GiB"),
    ],
)
def test_size_uses_binary_prefixes(n_bytes, text):
    assert units.size(n_bytes) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.44, "0.4 s"), (12.4, "12 s"), (59.4, "59 s"), (185, "3 min 05 s"), (119.7, "2 min 00 s")],
)
def test_duration_reads_like_a_clock(seconds, text):
    assert units.duration(seconds) == text


def test_band_keeps_three_significant_digits():
    assert units.band(41.234, 78.96, "ms") == "41.2-79.0 ms"
    assert units.band(0.012345, 1234.5, "mJ") == "0.0123-1,234 mJ"


def test_percent_and_count():
    assert units.percent(0.5) == "50.0 %"
    assert units.count(1234567) == "1,234,567"
