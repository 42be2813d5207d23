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
    """Milliseconds of each call, in order."""
    taken = []
    for picture in pictures:
        began = time.perf_counter()
        deployment.run(picture)
        taken.append(1000 * (time.perf_counter() - began))
    return taken


def main():
    data = tml.load_dataset("cats_vs_dogs", n_labelled=100)
    model = tml.models.tiny_cnn(data.card.shape, n_classes=2)
    int8 = tml.quantize(model, calibration=data.calibration(n=50, seed=7))
    deployment = tml.deploy(int8, tml.board("nano33ble"))
    pictures = np.resize(data.test.pictures, (N_CALLS, *data.card.shape))
    first, *rest = times_ms(deployment, pictures)
    instructions = deployment.profile.instructions
    print(f"{int8.name}: {instructions:,} instructions, input {data.card.shape}")
    print(
        f"first call {first:.1f} ms; then median {statistics.median(rest):.1f} ms, "
        f"longest {max(rest):.1f} ms of {len(rest)} calls (goal: {LIMIT_MS} ms)"
    )
    if statistics.median(rest) > LIMIT_MS:
        sys.exit(f"A call takes more than {LIMIT_MS} ms.")


if __name__ == "__main__":
    main()
