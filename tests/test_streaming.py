"""Windows of a recording, and a board's answers to them with their times."""

import re
from pathlib import Path

import numpy as np
import pytest
import recorded

import tinymledu as tml
from tinymledu.errors import InputError
from tinymledu.graph.tflite import load_model
from tinymledu.streaming import Smoother, Stream, classify_stream, windows

SENSOR = "tiny_conv1d_open_batch_int8"  # takes 24 frames of 3 channels


@pytest.fixture(scope="module")
def deployment():
    return tml.deploy(load_model(recorded.model_bytes(SENSOR), name=SENSOR), tml.board("nano33ble"))


def starts_and_samples(found):
    return [(window.first_frame, window.samples[:, 0].tolist()) for window in found]


@pytest.mark.parametrize("chunks", [[range(9)], [[n] for n in range(9)], [range(2), range(2, 9)]])
@pytest.mark.parametrize(
    ("hop", "expected"),
    [
        (2, [(0, [0, 1, 2, 3]), (2, [2, 3, 4, 5]), (4, [4, 5, 6, 7])]),
        (4, [(0, [0, 1, 2, 3]), (4, [4, 5, 6, 7])]),
        (5, [(0, [0, 1, 2, 3]), (5, [5, 6, 7, 8])]),
        (50, [(0, [0, 1, 2, 3])]),
    ],
)
def test_windows_do_not_depend_on_the_chunks(hop, expected, chunks):
    found = windows([list(chunk) for chunk in chunks], window_frames=4, hop_frames=hop)

    assert starts_and_samples(found) == expected


def test_window_has_a_column_for_each_channel():
    (window,) = windows([[0, 100, 1], [101, 2, 102]], window_frames=3, hop_frames=3, n_channels=2)

    np.testing.assert_array_equal(window.samples, [[0, 100], [1, 101], [2, 102]])


def test_slow_reader_loses_the_oldest_windows_and_is_told():
    stream = Stream(window_frames=4, hop_frames=2, capacity_frames=6)

    stream.push(np.arange(11, dtype=np.int16))  # 5 to 10 remain: windows from 0, 2 and 4 are lost

    assert starts_and_samples([stream.take()]) == [(6, [6, 7, 8, 9])]
    assert stream.dropped_windows == 3
    assert stream.take() is None


@pytest.mark.parametrize("samples", [[40000], [0.5], np.array([np.inf]), np.array([1 << 40])])
def test_samples_that_would_change_are_refused(samples):
    stream = Stream(window_frames=1, hop_frames=1, capacity_frames=1)

    with pytest.raises(InputError, match="holds int16 samples, which cannot hold these"):
        stream.push(samples)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"window_frames": 0}, "window_frames must be at least 1, not 0"),
        ({"hop_frames": -1}, "hop_frames must be at least 1, not -1"),
        ({"n_channels": 0}, "n_channels must be at least 1, not 0"),
        ({"capacity_frames": 3}, "memory of 3 frames cannot hold a window of 4"),
    ],
)
def test_impossible_stream_is_refused(changed, message):
    with pytest.raises(InputError, match=message):
        Stream(**{"window_frames": 4, "hop_frames": 2, "capacity_frames": 8} | changed)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"n_history": 0}, "n_history must be from 1 to 65535, not 0"),
        ({"threshold": 40000}, "threshold must be from -32768 to 32767"),
        ({"n_refractory": -1}, "n_refractory must be from 0 to 65535"),
    ],
)
def test_impossible_smoother_is_refused(changed, message):
    with pytest.raises(InputError, match=message):
        Smoother(**{"n_history": 3, "threshold": 0} | changed)


def test_board_answers_each_window_as_tflm_does(deployment):
    (case,) = recorded.cases(SENSOR)
    recording = case.inputs.reshape(-1, 3)  # the recorded inputs, one after the other

    answers = classify_stream(deployment, recording, hop_frames=24, rate_hz=48)

    np.testing.assert_array_equal([answer.codes for answer in answers], case.expected)
    assert [answer.start_s for answer in answers] == [n / 2 for n in range(len(case.inputs))]
    assert answers[-1].end_s == len(case.inputs) / 2
    assert all(answer.label == f"output {np.argmax(answer.codes)}" for answer in answers)


@pytest.mark.parametrize(
    ("samples", "changed", "message"),
    [
        (np.zeros(72, np.int8), {}, r"takes frames of 3 values; these samples have shape \(72,\)"),
        (np.zeros((30, 2), np.int8), {}, r"Give \(n_frames, 3\)"),
        (np.zeros((23, 3), np.int8), {}, "windows of 24 frames, and there are only 23"),
        (np.zeros((0, 3), np.int8), {}, "there are only 0"),
        (np.zeros((24, 3), np.int8), {"hop_frames": 0}, "hop_frames must be at least 1"),
        (np.zeros((24, 3), np.int8), {"rate_hz": 0}, "rate_hz must be above 0"),
        (np.zeros((24, 3), np.int16), {}, "ambiguous"),
    ],
)
def test_recording_that_cannot_be_classified_is_refused(samples, changed, message, deployment):
    with pytest.raises(InputError, match=message):
        classify_stream(deployment, samples, **{"hop_frames": 8, "rate_hz": 100} | changed)


def test_model_in_place_of_a_deployment_is_refused(deployment):
    with pytest.raises(InputError, match="takes what deploy"):
        classify_stream(deployment.model, np.zeros((24, 3)), hop_frames=8, rate_hz=100)


def test_example_of_the_page_gives_the_times_of_events(deployment):
    page = (Path(__file__).parents[1] / "docs" / "streaming.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    lowest = example.replace("threshold=80", "threshold=-128")  # so that every average is enough
    names = {"tml": tml, "deployment": deployment, "recording": np.zeros((130, 3), np.int8)}

    assert lowest != example
    exec(lowest, names)

    # Windows end at frame 24, 29, 34, 39, ...; the fourth is the first event, 8 are quiet after it.
    assert names["events_s"] == [39 / 50, (39 + 9 * 5) / 50, (39 + 18 * 5) / 50]
