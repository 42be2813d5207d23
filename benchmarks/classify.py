"""How long one classification takes on this computer, when the board is there already.

The demo's model in its shape and size, with the weights it starts with: how long it takes does not
depend on what it has learned. Goal: at most 50 ms for each call after the first.
"""

import statistics
import sys
import time

import numpy as np

import tinymledu as tml

N_CALLS = 50
LIMIT_MS = 50


def times_ms(deployment, pictures):
    """Milliseconds of each call, in order: by the clock, and of this process's processor."""
    wall, processor = [], []
    for picture in pictures:
        began, worked = time.perf_counter(), time.process_time()
        deployment.run(picture)
        wall.append(1000 * (time.perf_counter() - began))
        processor.append(1000 * (time.process_time() - worked))
    return wall, processor


def main():
    data = tml.load_dataset("cats_vs_dogs", n_labelled=100)
    model = tml.models.tiny_cnn(data.card.shape, n_classes=2)
    int8 = tml.quantize(model, calibration=data.calibration(n=50, seed=7))
    deployment = tml.deploy(int8, tml.board("nano33ble"))
    pictures = np.resize(data.test.pictures, (N_CALLS, *data.card.shape))
    (first, *wall), (_, *processor) = times_ms(deployment, pictures)
    instructions = deployment.profile.instructions
    print(f"{int8.name}: {instructions:,} instructions, input {data.card.shape}")
    print(
        f"first call {first:.1f} ms; then median {statistics.median(wall):.1f} ms, longest "
        f"{max(wall):.1f} ms of {len(wall)} calls (goal: {LIMIT_MS} ms); processor time "
        f"{statistics.median(processor):.1f} ms, the same where nothing else runs"
    )
    if statistics.median(wall) > LIMIT_MS:
        sys.exit(f"A call takes more than {LIMIT_MS} ms by the clock; is the computer busy?")


if __name__ == "__main__":
    main()
