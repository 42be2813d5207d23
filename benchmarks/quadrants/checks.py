"""What the asserts of the same notebook ask for; the model is judged from its file."""

import numpy as np

import tinymledu as tml
from tinymledu.course.checks import StudentError, as_array, as_bytes, check, expect
from tinymledu.errors import InputError

MAX_MODEL_BYTES = 65_536


def pictures_of(n, seed):
    """(n, 16, 16, 1) float32 with one light quadrant, and which one it is (n,)."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 4, n)
    pictures = rng.normal(0, 0.35, (n, 16, 16, 1)).astype("float32")
    for picture, label in zip(pictures, labels, strict=True):
        row, column = 8 * (label // 2), 8 * (label % 2)
        picture[row : row + 8, column : column + 8] += 0.5
    return pictures, labels


def content_of(student):
    return as_bytes(student.file("model.tflite"), "model.tflite")


def classes_of(content, pictures):
    """By the NumPy interpreter of int8 models: no code of the student's runs."""
    try:
        codes = tml.Interpreter(tml.load_model(content, name="model")).run(pictures)
    except InputError as error:
        raise StudentError(f"model.tflite cannot be run: {error}") from None
    return codes.reshape(len(pictures), -1).argmax(axis=1)


@check(points=20, title="The model is an int8 .tflite file of at most 65,536 bytes")
def is_small(student):
    content = content_of(student)
    expect(len(content) <= MAX_MODEL_BYTES, where="bytes", got=len(content), expected=65_536)
    classes_of(content, pictures_of(1, seed=2)[0])


@check(points=30, title="classify is right for at least 90 of 100 test pictures")
def sees_test_pictures(student):
    pictures, labels = pictures_of(100, seed=2)
    answer = student.call("classify", content_of(student), pictures)
    classes = as_array(answer, "the classes", shape=(len(pictures),), kinds="iu")
    expect(np.mean(classes == labels) >= 0.9, where="right of 100", got=np.sum(classes == labels))


### BEGIN HIDDEN TESTS
@check(points=50, title="The model is right for 90 % of new pictures", visible=False)
def sees_new_pictures(student):
    pictures, labels = pictures_of(400, seed=86413)
    expect(np.mean(classes_of(content_of(student), pictures) == labels) >= 0.9)


### END HIDDEN TESTS
