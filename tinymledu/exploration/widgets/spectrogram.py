"""Sound by time and frequency: how long a frame is, and what sampling does."""

from numpy.typing import ArrayLike

from tinymledu.datasets import signals
from tinymledu.exploration.figure import Figure
from tinymledu.exploration.spectrogram import alias_figure, spectrogram_figure
from tinymledu.exploration.widgets.frame import Choice, Controls, Follows, Slider, Widget

FRAMES = (64, 128, 256, 512, 1024)
RATES_HZ = (4000, 8000, 16000)


def spectrogram(samples: ArrayLike, rate_hz: int, *, title: str) -> Widget:
    """Look at a recording through short and long frames: moments against frequencies.

    Args:
        samples: (n,), at least 1024, at most 10 s.
        title: says what was recorded, and that it is synthetic if it is.
    """

    def draw(frame_samples: int) -> Figure:
        return spectrogram_figure(samples, rate_hz, title=title, frame_samples=frame_samples)

    lengths = {f"{n} samples, {1000 * n / rate_hz:.0f} ms": n for n in FRAMES}
    return Widget("Spectrogram", draw, {"frame_samples": Choice("Frame", lengths, 256)})


def aliases(*, to_hz: int = 7000, rate_hz: int = signals.RATE_HZ, filtered: bool = False) -> Widget:
    """A sweep that is sampled: where it ends, the rate, and whether a filter comes first."""

    def ends(rate_hz: int) -> Slider:
        return Slider("Sweep ends at (Hz)", 500, 2 * rate_hz, 500, min(to_hz, 2 * rate_hz))

    rates = {f"{rate:,} Hz": rate for rate in sorted({*RATES_HZ, rate_hz})}
    controls: Controls = {
        "rate_hz": Choice("Rate", rates, rate_hz),
        "filtered": Choice("Before sampling", {"no filter": False, "a filter": True}, filtered),
        "to_hz": Follows("rate_hz", ends),
    }
    return Widget("Sampling and aliases", alias_figure, controls)
