"""Make what lesson 09 ships: a small int8 model with a shortcut, and what TFLM says of its memory.

The model knows easy drawings of cats and dogs.

Four tensors of its first operators are 6,912, 4,608, 4,608 and 6,912 B. A planner that places the
largest first then needs 16,128 B where 11,520 B are enough. Run once, with TensorFlow and
tflite-micro, in about a minute on 2 cores; with --record only the second file is made again:

    python notebooks/models/make_09.py
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import tinymledu as tml
from tinymledu.graph.arena import plan_arena
from tinymledu.graph.offline_plan import allocation_failure, tflm_arena, with_offline_plan
from tinymledu.graph.oracle import oracle_name

HERE = Path(__file__).parent
MODEL, RECORD = HERE / "09_shortcut.tflite", HERE / "09_tflm.json"
SMALL_ARENA_BYTES = 20_000  # less than TFLM needs without a plan, and more than it needs with one
SEED = 7


def network(shape: tuple[int, int, int]) -> "keras.Model":  # noqa: F821  imported where it is used
    """A first convolution, two separable ones, and one that is added to what it began with."""
    import keras

    layers = keras.layers

    def block(x: object, n_filters: int, strides: int = 1) -> object:
        """A 3x3 filter for each channel, then one across channels."""
        x = layers.DepthwiseConv2D(3, strides=strides, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
        x = layers.Conv2D(n_filters, 1, use_bias=False)(x)
        return layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))

    keras.utils.set_random_seed(SEED)
    pictures = keras.Input(shape)
    x = layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False)(pictures)
    x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    x = block(x, 12)
    shortcut = block(x, 24, strides=2)
    x = layers.Add()([shortcut, block(shortcut, 24)])
    x = block(x, 48, strides=2)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(pictures, layers.Dense(2, activation="softmax")(x))


def train() -> None:
    data = tml.load_dataset("cats_vs_dogs_easy", n_labelled=2000, size=48)
    model = network(data.card.shape)
    tml.train(model, data, epochs=30, seed=SEED, learning_rate=3e-3)
    int8 = tml.quantize(model, calibration=data.calibration(n=100, seed=SEED))
    print(tml.accuracy(int8, data.test))
    MODEL.write_bytes(int8.content)


def record() -> None:
    """What TFLM's own recorder counts, with its own plan and with ours."""
    model = tml.load_model(MODEL)
    planned = with_offline_plan(model, plan_arena(model.graph).offsets)
    kept = {
        "runtime": oracle_name(),
        "own_plan": asdict(tflm_arena(model)),
        "given_plan": asdict(tflm_arena(planned)),
        "arena_bytes": SMALL_ARENA_BYTES,
        "own_plan_failure": allocation_failure(model, SMALL_ARENA_BYTES),
        "given_plan_failure": allocation_failure(planned, SMALL_ARENA_BYTES),
    }
    RECORD.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    if "--record" not in sys.argv:
        train()
    record()


if __name__ == "__main__":
    main()
