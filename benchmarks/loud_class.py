"""A class of honest submissions to one small TensorFlow assignment, no two alike.

All of them solve the exercises. They differ in seed and size of the network, and in what they
write while they work: warnings, prints, progress bars, plots, log lines. The notebook is one that
plain nbgrader grades by its asserts, and tinymledu by `checks.py` of `benchmarks/quadrants`.
"""

import json
from dataclasses import dataclass
from pathlib import Path

NAME = "N01_quadrants"
FOLDER = Path(__file__).parent / "quadrants"
MODEL_FILE = "model.tflite"
VARIANTS = 4  # of each kind
POINTS = {"is_small": 20, "sees_test_pictures": 30, "sees_new_pictures": 50}


@dataclass(frozen=True, slots=True)
class Kind:
    """What a program writes while it works. Each text is put into a function of the answers.

    Attributes:
        fit: Keras' `verbose` while it trains.
        after_training: knows `model`, `history`.
        each_picture: knows `i`, the number of pictures `n`, and the `scores` of one picture.
        at_end: of `classify`, knows `classes`.
    """

    title: str
    fit: int = 0
    after_training: str = ""
    each_picture: str = ""
    at_end: str = ""


KINDS = (
    Kind("nothing of its own: TensorFlow's messages only"),
    Kind(
        "warnings",
        after_training='warnings.warn("the last layer has no activation")',
        at_end='warnings.warn(f"{len(classes)} pictures is a small sample")',
    ),
    Kind(
        "prints",
        fit=2,
        each_picture='if i % 20 == 0:\n    print("picture", i, "of", n)',
        at_end='print("classes:", np.bincount(classes))',
    ),
    Kind(
        "lines on stderr",
        after_training='print("trained", file=sys.stderr)',
        at_end='print("classified", len(classes), file=sys.stderr)',
    ),
    Kind(
        "a progress bar on stderr",
        fit=1,
        each_picture='sys.stderr.write(f"\\r{i + 1}/{n} " + "#" * (20 * (i + 1) // n))',
        at_end='sys.stderr.write("\\n")',
    ),
    Kind(
        "plots",
        after_training='plt.plot(history.history["loss"])\nplt.xlabel("epoch")\nplt.show()',
        at_end="plt.hist(classes)\nplt.show()",
    ),
    Kind(
        "log lines",
        after_training='logging.warning("loss %.3f", history.history["loss"][-1])',
        at_end='logging.warning("%d pictures", len(classes))',
    ),
    Kind("Keras' progress bar and a summary", fit=1, after_training="model.summary()"),
    Kind(
        "a division by zero that NumPy warns of",
        each_picture="entropy = np.log(np.float32(0) * scores)",
    ),
    Kind(
        "TensorFlow's logger, and a deprecated name",
        after_training='tf.get_logger().warning("trained")',
        at_end='warnings.warn("use np.int64", DeprecationWarning, stacklevel=1)\n'
        'tf.get_logger().warning("classified")',
    ),
)
SIZE = VARIANTS * len(KINDS)

# Not of the class: a student who keeps all of it away from stderr, TensorFlow's own lines too.
HUSHED = Kind("hushed")

_SETUP = '''
import logging
import os
import sys
import warnings
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf


def pictures_of(n, seed):
    """(n, 16, 16, 1) float32 with one light quadrant, and which one it is (n,)."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 4, n)
    pictures = rng.normal(0, 0.35, (n, 16, 16, 1)).astype("float32")
    for picture, label in zip(pictures, labels):
        row, column = 8 * (label // 2), 8 * (label % 2)
        picture[row : row + 8, column : column + 8] += 0.5
    return pictures, labels'''

_TRAIN = '''
def train(pictures, labels):
    """A Keras model with four outputs."""
    ### BEGIN SOLUTION
    keras.utils.set_random_seed({seed})
    model = keras.Sequential([
        keras.layers.Input((16, 16, 1)),
        keras.layers.Conv2D({filters}, 3, activation="relu"),
        keras.layers.MaxPooling2D(),
        keras.layers.Conv2D({filters}, 3, activation="relu"),
        keras.layers.Flatten(),
        keras.layers.Dense(4),
    ])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, metrics=["accuracy"])
    history = model.fit(pictures, labels, epochs=5, batch_size=32, verbose={verbose})
{after_training}
    return model
    ### END SOLUTION'''

_TO_INT8 = '''
def to_int8(model, pictures):
    """The model as the bytes of an int8 .tflite file."""
    ### BEGIN SOLUTION
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([picture[None]] for picture in pictures[:100])
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    return converter.convert()
    ### END SOLUTION'''

_RUN = f"""
# Whoever has trained at home hands the file in beside the notebook.
pictures, labels = pictures_of(1200, seed=1)
if not Path("{MODEL_FILE}").exists():
    Path("{MODEL_FILE}").write_bytes(to_int8(train(pictures, labels), pictures))"""

_CLASSIFY = '''
def classify(content, pictures):
    """The class of each picture (n,), by the int8 model in the bytes of a .tflite file."""
    ### BEGIN SOLUTION
    interpreter = tf.lite.Interpreter(model_content=content, num_threads=1)
    interpreter.allocate_tensors()
    source, target = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    scale, zero = source["quantization"]
    codes = np.clip(np.round(pictures / scale + zero), -128, 127).astype(np.int8)
    n, classes = len(codes), []
    for i in range(n):
        interpreter.set_tensor(source["index"], codes[i : i + 1])
        interpreter.invoke()
        scores = interpreter.get_tensor(target["index"])[0].astype(int)
        classes.append(int(scores.argmax()))
{each_picture}
{at_end}
    return np.array(classes)
    ### END SOLUTION'''

_HUSHED_CLASSIFY = '''
def classify(content, pictures):
    """The class of each picture (n,), with nothing on stderr."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        with warnings.catch_warnings(action="ignore"):
            return loud_classify(content, pictures)
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
'''

_TESTS = {
    "is_small": f"""
content = Path("{MODEL_FILE}").read_bytes()
assert content[4:8] == b"TFL3"
assert len(content) <= 65536""",
    "sees_test_pictures": f"""
pictures, labels = pictures_of(100, seed=2)
classes = classify(Path("{MODEL_FILE}").read_bytes(), pictures)
assert np.mean(classes == labels) >= 0.9""",
    "sees_new_pictures": f"""
### BEGIN HIDDEN TESTS
pictures, labels = pictures_of(400, seed=86413)
classes = classify(Path("{MODEL_FILE}").read_bytes(), pictures)
assert np.mean(classes == labels) >= 0.9
### END HIDDEN TESTS""",
}


def answers(kind, variant):
    """The answer cells of one program: cell -> source."""
    where = {"seed": 10 * variant + 1, "filters": (6, 8, 10, 12)[variant % 4]}
    train = _TRAIN.format(
        **where, verbose=kind.fit, after_training=_indented(kind.after_training, 4)
    )
    classify = _CLASSIFY.format(
        each_picture=_indented(kind.each_picture, 8), at_end=_indented(kind.at_end, 4)
    )
    if kind is HUSHED:
        classify = classify.replace("def classify", "def loud_classify") + "\n" + _HUSHED_CLASSIFY
    cells = {"train": train, "to_int8": _TO_INT8, "classify": classify}
    return {name: _without_markers(source) for name, source in cells.items()}


def programs(n):
    """Names and answers of the first `n` of the class, each kind among them as often as it can."""
    order = [(kind, variant) for variant in range(VARIANTS) for kind in KINDS]
    if not 1 <= n <= len(order):
        raise ValueError(f"n is {n}; there are {len(order)} programs.")
    return {f"s{i:02}": answers(kind, variant) for i, (kind, variant) in enumerate(order[:n])}


def hushed_programs(n):
    """The same solutions, without a line on stderr."""
    return {f"quiet{i}": answers(HUSHED, i) for i in range(n)}


def kind_of(student):
    """The kind of a program of `programs`, by its name."""
    return KINDS[int(student[1:]) % len(KINDS)]


def notebook(given=None):
    """The lecturer's notebook; with `given` answers, the one that a student hands in."""
    reference = {"train": _TRAIN, "to_int8": _TO_INT8, "classify": _CLASSIFY}
    blank = {"seed": 3, "filters": 8, "verbose": 0, "after_training": "", "each_picture": ""}
    sources = {name: text.format(**blank, at_end="") for name, text in reference.items()}
    sources |= given or {}
    cells = [
        _cell("markdown", "# Which quadrant is light?", "card"),
        _cell("code", _SETUP, "setup"),
        *(_cell("code", sources[name], name, solution=True) for name in ("train", "to_int8")),
        _cell("code", _RUN, "run"),
        _cell("code", sources["classify"], "classify", solution=True),
        *(
            _cell("code", _TESTS[name], name, grade=True, points=points)
            for name, points in POINTS.items()
        ),
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return json.dumps(
        {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    )


def _cell(kind, source, grade_id, **grading):
    known = {"grade": False, "solution": False, "task": False, "schema_version": 3} | grading
    metadata = {**known, "grade_id": grade_id, "locked": not known["solution"]}
    raw = {"cell_type": kind, "id": grade_id[:12], "source": source.strip("\n")}
    raw |= {"metadata": {"nbgrader": metadata}}
    return raw | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def _indented(text, n):
    return "\n".join(" " * n + line for line in text.splitlines())


def _without_markers(source):
    kept = (line for line in source.splitlines() if "### " not in line)
    return "\n".join(line for line in kept if line.strip()).strip("\n")
