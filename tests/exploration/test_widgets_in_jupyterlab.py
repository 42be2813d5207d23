"""All widgets in a real JupyterLab, used by keyboard, with a camera that is not one."""

import json

import pytest
from lab_page import opened

CELLS = (
    """
from pathlib import Path
import numpy as np
from tinymledu.datasets import signals
from tinymledu.decisions import Costs
from tinymledu.exploration import widgets
from tinymledu.measurement import Accuracy, Measurement
labels = np.arange(200) % 2
models = [Measurement(name, name, Accuracy(np.roll(labels, k), labels, "test"), size)
          for name, k, size in (("float32", 0, 200_000), ("int8", 1, 51_200))]
sizes, lives = {0: 400, 1: 300}, {0: (0, 0), 1: (0, 1)}
tone = signals.tone(1000)
""",
    "widgets.number_line(bits=3)",
    "widgets.explore(models)",
    "widgets.arena_planner(sizes, lives, {0: 0, 1: 400})",
    "widgets.spectrogram(tone.samples, tone.rate_hz, title='A tone (synthetic)')",
    "widgets.aliases()",
    "widgets.threshold_cost([.2, .8, .1], np.array([1, 1, 0]) == 1, Costs(5, 60), title='Three')",
    "widgets.battery_life(2500, active_ma=13.6)",
    "camera = widgets.webcam()\ncamera",
    "print('all cells' + ' ran')",
)
# The words of each figure and its table.
SHOWN = """[...document.querySelectorAll('figure')].map(
    one => one.querySelector('svg').getAttribute('aria-label') + one.textContent)"""
SAID = "[...document.querySelectorAll('[role=status]')].map(one => one.textContent)"
LABELS = (
    "Bits", "Scale (width of a step)", "Zero point (a code)", "Cost", "Limit (KiB)", "Tensor",
    "First byte", "Frame", "Rate", "Before sampling", "Sweep ends at (Hz)", "Threshold",
    "A false alarm costs (min)", "A miss costs (min)", "Capacity (mAh)", "Sleep current",
    "Has to last (days)",
)  # fmt: skip
# Label of a control, and words that its figure has only after one more step to the right or down.
STEPS = (
    ("Bits", "ArrowRight", "codes -8 to 7 "),
    ("Limit (KiB)", "Home", "Over the limit of 50 KiB: 1."),
    ("Tensor", "ArrowDown", "tensor 1 at byte 400"),
    ("First byte", "Home", "One pair overlaps."),
    ("Frame", "ArrowDown", "0.031000"),  # the middle of the first frame of 512, then 1,000 Hz
    ("Before sampling", "ArrowDown", "then there is silence"),
    ("Threshold", "End", "threshold 0.99 costs"),
    ("Sleep current", "ArrowDown", "chosen: 200 µA"),
    ("Has to last (days)", "ArrowRight", "for 366 days"),
)


AS_BROWSERS = {"ensure_ascii": False, "separators": (",", ":")}  # how JSON.stringify writes
PHONE = (390, 840)  # pixels
FOLDED = "jupyterapp.commands.execute('application:toggle-left-area').then(() => 1)"
TOO_LARGE = """[...document.querySelectorAll('.jp-OutputArea-output')].filter(
    one => one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight)"""


def control(label):
    return (
        "[...document.querySelectorAll('label')].find(one => one.firstChild.textContent === "
        f"{label!r}).querySelector('input, select')"
    )


def button(text):
    return f"[...document.querySelectorAll('button')].find(one => one.textContent === {text!r})"


def go_to(page, label):
    """Give a control the focus; the page scrolls to it and draws it."""
    page.value(f"{control(label)}.focus()")
    page.value("new Promise(done => setTimeout(() => requestAnimationFrame(done), 50))")


def press_and_see(page, key, words):
    """Press a key in the control with the focus: one figure gets these words, and they are said."""
    before = page.value(SHOWN)
    page.press(key)
    page.until(f"JSON.stringify({SHOWN}) !== {json.dumps(json.dumps(before, **AS_BROWSERS))}")
    after = page.value(SHOWN)
    assert len(after) == len(before)
    (changed,) = (now for was, now in zip(before, after, strict=True) if now != was)
    assert words in changed
    assert any(said and said.split(". ", 1)[1] in changed for said in page.value(SAID))


def refuse(page, reason):
    """Press Start where the browser gives no camera."""
    page.value(
        "navigator.mediaDevices.getUserMedia = "
        f"() => Promise.reject(new DOMException('no', '{reason}'))"
    )
    page.value(f"{button('Start the camera')}.focus()")
    page.press("Enter")


@pytest.mark.slow
def test_all_widgets_follow_the_keyboard_and_ask_nobody(tmp_path):
    with opened(CELLS, tmp_path) as (page, url):
        page.until("document.body.innerText.includes('all cells ran')")
        page.until(f"{SHOWN}.length === 7")
        for label in LABELS:
            go_to(page, label)
            role = "slider" if page.value(f"{control(label)}.type") == "range" else "combobox"
            assert (role, label) in page.names()
        for label, key, words in STEPS:
            go_to(page, label)
            press_and_see(page, key, words)
        assert page.value("document.querySelectorAll('.jp-Cell').length") == len(CELLS)

        page.value(f"{button('Start the camera')}.focus()")
        page.press("Enter")
        page.until("document.body.innerText.includes('The camera is on')")
        page.press("Tab")
        page.press(" ")
        page.until("document.body.innerText.includes('Picture 1, 320 × 240')")
        page.value(f"{button('Stop the camera')}.focus()")
        page.press("Enter")
        page.until("document.body.innerText.includes('The camera is off.')")
        refuse(page, "NotFoundError")
        page.until("document.body.innerText.includes('There is no camera at this computer.')")
        refuse(page, "NotAllowedError")
        page.until("document.body.innerText.includes('The browser may not use the camera.')")
        said = page.run("p = camera.pictures[0]; print(p.shape, p.dtype, p.max() > 0)")
        kept = page.run("print(sorted(one.name for one in Path().iterdir()))")
        asked = [one.removeprefix("blob:") for one in page.requests()]
        page.value(FOLDED)  # the list of files, as on a phone
        page.resize(PHONE)
        page.until(f"!{TOO_LARGE}.length")

    elsewhere = [one for one in asked if not one.startswith((url, "data:"))]
    assert any(one.startswith(url) for one in asked)  # requests are seen at all
    assert said == "(240, 320, 3) uint8 True"
    assert kept == "['.ipynb_checkpoints', 'widgets.ipynb']"
    assert elsewhere == []
