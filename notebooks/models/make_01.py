"""Make what lesson 01 ships: its trained int8 model and the record of its phase 1.

The cells of the lesson itself are executed, up to the comparison of float and int8, so the shipped
run is what a student with TensorFlow gets. Only the two puzzles are trained here: networks with a
fault that the library does not have. Takes two minutes on 2 cores:

    python notebooks/models/make_01.py
"""

import json
from dataclasses import astuple
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jupytext
import matplotlib

import tinymledu as tml
from tinymledu.training import History

if TYPE_CHECKING:
    import keras

HERE = Path(__file__).parent
LESSON = HERE.parent / "src" / "01_cats_vs_dogs.py"
MODEL, RECORD = HERE / "01_cats_vs_dogs.tflite", HERE / "01_record.json"
LAST_RESULT = "by_float"  # the last variable of the lesson that is recorded


def run_phase_1() -> dict[str, Any]:
    """Execute the lesson's code cells until all that is shipped is there."""
    names: dict[str, Any] = {}
    for cell in jupytext.read(LESSON).cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, LESSON.name, "exec"), names)
        if LAST_RESULT in names:
            return names
    raise SystemExit(f"{LESSON.name} no longer makes {LAST_RESULT}; update make_01.py.")


def puzzles() -> dict[str, dict[str, Any]]:
    """Curves of two faulty networks, and of sound ones on the same drawings.

    A has no batch normalization. B's moves its averages by 1 % a step, Keras' default, which is
    too slow for a thousand pictures.
    """
    return {
        "A": {
            "epochs": curve(faulty_network(normalized=False, momentum=0.9, seed=7), seed=7),
            "sound": best_validation(faulty_network(normalized=True, momentum=0.9, seed=7), seed=7),
        },
        "B": {
            "epochs": curve(faulty_network(normalized=True, momentum=0.99, seed=8), seed=8),
            "sound": best_validation(faulty_network(normalized=True, momentum=0.9, seed=8), seed=8),
        },
    }


def faulty_network(*, normalized: bool, momentum: float, seed: int) -> "keras.Model":
    """Three blocks as in tiny_cnn, for 24x24 pixels."""
    from tinymledu.models.framework import load_keras

    keras = load_keras()
    layers = keras.layers
    x = pictures = keras.Input((24, 24, 3), name="pictures")
    for block, n_filters in enumerate((8, 16, 32)):
        start = keras.initializers.GlorotUniform(seed=100 * seed + block)
        x = layers.Conv2D(n_filters, 3, padding="same", kernel_initializer=start)(x)
        if normalized:
            x = layers.BatchNormalization(momentum=momentum)(x)
        x = layers.MaxPooling2D(2)(layers.ReLU()(x))
    start = keras.initializers.GlorotUniform(seed=100 * seed + 50)
    scores = layers.Dense(2, activation="softmax", kernel_initializer=start)
    return keras.Model(pictures, scores(layers.GlobalAveragePooling2D()(x)))


def curve(network: "keras.Model", *, seed: int) -> list[list[float]]:
    """Epoch, accuracy on training pictures, accuracy on validation pictures; ratios."""
    data = tml.load_dataset("cats_vs_dogs_easy")
    history = tml.train(network, data, epochs=12, seed=seed, augment=False)
    return [[e.number, round(e.accuracy, 4), e.validation_accuracy] for e in history.epochs]


def best_validation(network: "keras.Model", *, seed: int) -> float:
    return max(validation for _, _, validation in curve(network, seed=seed))


def record_of(names: dict[str, Any]) -> dict[str, Any]:
    """What the lesson shows where TensorFlow is missing; its cell `history_of` reads it back."""
    return {
        "history": kept(names["history"]),
        "curve": [
            [point.n_labelled, point.n_correct, point.n, kept(point.history)]
            for point in names["curve"].points
        ],
        "file_bytes": names["file_bytes"],
        "float_answers": names["by_float"].predicted.tolist(),
    }


def kept(history: History) -> dict[str, Any]:
    """A history without its power estimate, which is the library's own."""
    return {
        "epochs": [list(astuple(epoch)) for epoch in history.epochs],
        "best": history.best.number,
        "sizes": [history.n_train, history.n_validation],
        "seed": history.seed,
        "seconds": history.seconds,
    }


def main() -> None:
    matplotlib.use("Agg")
    record: dict[str, Any] = {"puzzles": puzzles()}
    RECORD.write_text(json.dumps(record), encoding="utf-8")  # the lesson's figure needs them
    names = run_phase_1()
    RECORD.write_text(json.dumps(record | record_of(names)) + "\n", encoding="utf-8")
    MODEL.write_bytes(names["int8"].content)


if __name__ == "__main__":
    main()
