"""The unmodified Node.js client of Edge Impulse for Linux classifies through .eim programs."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from impulses import (
    COLOUR,
    COLOUR_SHAPE,
    N_PIXELS,
    eim,
    expected_scores,
    model,
    pictures,
    pixel_features,
    scores_of,
)

NODE = Path(__file__).parent / "node"
TIMEOUT_S = 120


@pytest.fixture
def classify():
    """Runs the client in node/classify.js."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    if not (NODE / "node_modules" / "edge-impulse-linux").is_dir():
        pytest.skip(
            "edge-impulse-linux (npm) is not installed: npm ci --ignore-scripts in "
            "tests/edge_impulse/node"
        )

    def run(path, shm_behavior, inputs):
        done = subprocess.run(
            ["node", "classify.js", path, shm_behavior],
            cwd=NODE,
            input=json.dumps(inputs),
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT_S,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.mark.parametrize("shm_behavior", ["always", "never"])
@pytest.mark.parametrize("language", ["c", "python"])
def test_node_client_gets_the_interpreters_scores(classify, language, shm_behavior, tmp_path):
    shown = pictures(4, *COLOUR_SHAPE)
    inputs = [pixel_features(picture) for picture in shown]

    got = classify(eim(COLOUR, tmp_path, language=language), shm_behavior, inputs)

    parameters = got["hello"]["modelParameters"]
    assert (parameters["sensorType"], parameters["input_features_count"]) == ("camera", N_PIXELS)
    expected = expected_scores(model(COLOUR), shown)
    np.testing.assert_array_equal(scores_of(got["first"]), expected[0])
    assert got["setThreshold"]["success"] is True
    scores = np.stack([scores_of(result) for result in got["results"]])
    np.testing.assert_array_equal(scores, np.where(expected < 0.5, 0, expected))
    assert "3 features were sent; the model takes 35" in got["errors"][0]
    assert "whole windows" in got["errors"][1]
