"""`python -m tinymledu.compress.convert_process FOLDER`: convert the model in FOLDER.

FOLDER holds model.keras, calibration.npy and request.json with {"schemes": {scheme: notes}}.
Each scheme is written there as <scheme>.tflite. If the converter refuses, its words go to
failure.txt and the exit code is 1; if it crashes, the exit code tells.
"""

import json
import sys
from pathlib import Path

import numpy as np

from tinymledu.compress.convert import convert, refusals, words_of
from tinymledu.compress.records import (
    CALIBRATION_FILE,
    FAILURE_FILE,
    MODEL_FILE,
    REQUEST_FILE,
)
from tinymledu.models.framework import load_keras


def main(folder: Path) -> int:
    """Convert what `folder` asks for; 0 when all of it was written."""
    request = json.loads((folder / REQUEST_FILE).read_text(encoding="utf-8"))
    pictures = np.load(folder / CALIBRATION_FILE, allow_pickle=False)
    scheme = next(iter(request["schemes"]))
    try:
        model = load_keras().models.load_model(folder / MODEL_FILE, compile=False)
        for scheme, notes in request["schemes"].items():
            content = convert(model, pictures, scheme, notes)
            (folder / f"{scheme}.tflite").write_bytes(content)
    except refusals() as reason:
        (folder / FAILURE_FILE).write_text(words_of(scheme, reason), encoding="utf-8")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
