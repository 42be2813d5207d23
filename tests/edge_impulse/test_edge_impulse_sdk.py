"""The unmodified Python SDK of Edge Impulse for Linux classifies through .eim programs."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest
from impulses import (
    COLOUR,
    COLOUR_SHAPE,
    FLOAT_ENDS,
    N_PIXELS,
    SOUND,
    WINDOW,
    eim,
    expected_scores,
    model,
    pictures,
    pixel_features,
    scores_of,
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Edge Impulse for Linux")
LANGUAGES = ["c", "python"]
SHARED = Path("/dev/shm")
AUDIO = "sudo apt install portaudio19-dev, then pip install -r requirements/audio.txt"
HOW = {"pyaudio": AUDIO} | dict.fromkeys(("cv2", "six", "edge_impulse_linux"), "make venv")


@pytest.fixture
def sdk():
    """The SDK as users import it, with OpenCV and PyAudio."""
    for package in ("cv2", "six", "edge_impulse_linux", "pyaudio"):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"the package {package} is not installed: {HOW[package]}")
    import edge_impulse_linux.audio
    import edge_impulse_linux.image
    import edge_impulse_linux.runner

    return edge_impulse_linux


def classified(runner, inputs):
    """Scores for each input; the runner is stopped, and its program has ended."""
    try:
        runner.init()
        return np.stack([scores_of(runner.classify(features)) for features in inputs])
    finally:
        process = runner._runner
        runner.stop()
        assert process.wait(timeout=20) == 0


@pytest.mark.parametrize("shared_memory", [True, False], ids=["shm", "json"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [COLOUR, FLOAT_ENDS])
def test_impulse_runner_gives_the_interpreters_scores(sdk, name, language, shared_memory, tmp_path):
    subject = model(name)
    shown = pictures(4, *subject.graph.input.shape[1:3])
    path = eim(name, tmp_path, language=language)

    runner = sdk.runner.ImpulseRunner(str(path), allow_shm=shared_memory)
    scores = classified(runner, [pixel_features(picture) for picture in shown])

    np.testing.assert_array_equal(scores, expected_scores(subject, shown))


@pytest.mark.parametrize("language", LANGUAGES)
def test_image_runner_scales_pictures_and_classifies(sdk, language, tmp_path):
    path = eim(COLOUR, tmp_path, language=language)
    shown = pictures(3, *COLOUR_SHAPE)
    large = np.kron(shown, np.ones((1, 4, 4, 1), np.uint8))  # 28 x 20, each pixel 4 x 4 times

    runner = sdk.image.ImageImpulseRunner(str(path))
    runner.init()
    features = [runner.get_features_from_image_auto_studio_settings(each)[0] for each in large]
    scores = np.stack([scores_of(runner.classify(each)) for each in features])
    runner.stop()

    assert (runner.dim, runner.isGrayscale, runner.resizeMode) == ((5, 7), False, "squash")
    np.testing.assert_array_equal(scores, expected_scores(model(COLOUR), shown))


@pytest.mark.parametrize("language", LANGUAGES)
def test_audio_runner_classifies_windows_of_samples(sdk, language, tmp_path):
    path = eim(SOUND, tmp_path, language=language, sensor="microphone", frequency_hz=16000)
    samples = np.random.default_rng(4).integers(-32768, 32768, (3, 48))

    runner = sdk.audio.AudioImpulseRunner(str(path))
    scores = classified(runner, samples.tolist())

    assert (runner.sampling_rate, runner.window_size) == (16000, 48)
    expected = expected_scores(model(SOUND), (samples / 32768).astype(np.float32))
    np.testing.assert_array_equal(scores, expected)


@pytest.mark.parametrize("language", LANGUAGES)
def test_window_of_an_accelerometer_is_given_as_real_values(sdk, language, tmp_path):
    path = eim(WINDOW, tmp_path, language=language, sensor="accelerometer", frequency_hz=50)
    window = np.random.default_rng(5).uniform(0, 1, (3, 24, 3)).astype(np.float32)

    runner = sdk.runner.ImpulseRunner(str(path), allow_shm=False)
    scores = classified(runner, [each.ravel().tolist() for each in window])

    np.testing.assert_array_equal(scores, expected_scores(model(WINDOW), window))


@pytest.mark.parametrize("language", LANGUAGES)
def test_threshold_is_set_and_a_wrong_one_refused(sdk, language, tmp_path):
    runner = sdk.runner.ImpulseRunner(str(eim(COLOUR, tmp_path, language=language)))
    info = runner.init()
    (threshold,) = info["model_parameters"]["thresholds"]

    before = scores_of(runner.classify([0] * N_PIXELS))
    runner.set_threshold({"id": threshold["id"], "min_score": 1.0})
    after = scores_of(runner.classify([0] * N_PIXELS))
    with pytest.raises(Exception, match="no threshold with id 77"):
        runner.set_threshold({"id": 77, "min_score": 0.5})
    runner.stop()

    assert before.min() < 1 < before.max()
    np.testing.assert_array_equal(after, np.where(before < 1, 0, before))


@pytest.mark.parametrize("language", LANGUAGES)
def test_wrong_number_of_features_is_refused_in_words(sdk, language, tmp_path):
    runner = sdk.runner.ImpulseRunner(
        str(eim(COLOUR, tmp_path, language=language)), allow_shm=False
    )
    runner.init()
    with pytest.raises(Exception, match="3 features were sent; the model takes 35"):
        runner.classify([1, 2, 3])

    runner.stop()


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_in_shared_memory(sdk, language, tmp_path):
    runner = sdk.runner.ImpulseRunner(str(eim(COLOUR, tmp_path, language=language)))
    info = runner.init()
    name = info["features_shm"]["name"].lstrip("/")
    process = runner._runner
    assert (SHARED / name).exists()

    runner.stop()

    assert process.wait(timeout=20) == 0
    assert not (SHARED / name).exists()
