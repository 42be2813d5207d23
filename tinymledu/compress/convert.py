"""From a Keras model to .tflite bytes, by TensorFlow's converter.

Runs in the process that calls it. quantize.py runs it in a process of its own, because the
converter is C++ that ends the whole process on some graphs.
"""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tinymledu.compress.records import METADATA_NAME
from tinymledu.models.framework import load_tensorflow, quiet

if TYPE_CHECKING:
    import keras

Pictures = NDArray[np.uint8]


def convert(
    model: "keras.Model", pictures: Pictures, scheme: str, notes: Mapping[str, object]
) -> bytes:
    """The bytes of one .tflite file, with a batch of one and `notes` as a metadata entry.

    Args:
        pictures: (n, height, width, channels) uint8, n at least 1; only int8 looks at them.
        scheme: float32, dynamic, float16 or int8.
        notes: stored as JSON under the name "tinymledu".
    """
    tf = load_tensorflow()
    with quiet():
        converter = tf.lite.TFLiteConverter.from_concrete_functions([_batch_of_one(model)], model)
        _set_scheme(converter, scheme, pictures)
        content: bytes = converter.convert()
    return with_notes(content, notes)


def refusals() -> tuple[type[Exception], ...]:
    """What loading or converting a model raises when it cannot be done."""
    tf = load_tensorflow()
    from tensorflow.lite.python.convert import ConverterError

    usual = (RuntimeError, ValueError, TypeError, KeyError, AttributeError, OSError)
    return (*usual, ConverterError, tf.errors.OpError)


def words_of(scheme: str, reason: Exception) -> str:
    """A refusal as text that crosses processes: the scheme, then the reason."""
    return f"{scheme}\n{type(reason).__name__}: {reason}"


def _batch_of_one(model: "keras.Model") -> Any:
    """The model as a function of one picture, its weights as constants.

    A free batch size would be computed with SHAPE, STRIDED_SLICE and PACK, which boards lack.
    """
    tf = load_tensorflow()
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    signature = tf.TensorSpec((1, *model.input_shape[1:]), tf.float32, name="pictures")

    def scores(pictures: Any) -> Any:
        return model(pictures, training=False)

    function = tf.function(scores, input_signature=[signature]).get_concrete_function()
    return convert_variables_to_constants_v2(function)


def _set_scheme(converter: Any, scheme: str, pictures: Pictures) -> None:
    tf = load_tensorflow()
    if scheme == "float32":
        return
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if scheme == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if scheme == "int8":
        converter.representative_dataset = lambda: _real_pictures(with_full_range(pictures))
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = tf.int8
        converter.inference_output_type = tf.int8


def _real_pictures(pictures: Pictures) -> Iterator[list[NDArray[np.float32]]]:
    for picture in pictures:
        yield [picture[np.newaxis] / np.float32(255)]


def with_full_range(pictures: Pictures) -> Pictures:
    """Calibration pictures in which both a black and a white value occur.

    The input scale is (max - min) / 255 of what calibration sees. With 0 and 1 among the values it
    is exactly 1/255 with zero point -128, and a pixel p becomes the code p - 128, without
    rounding. Where one of them is missing, two corner values of one picture are replaced: all
    other ranges stay as good as untouched.
    """
    if pictures.min() == 0 and pictures.max() == 255:
        return pictures
    pictures = pictures.copy()
    pictures[-1].flat[0] = 0
    pictures[-1].flat[-1] = 255
    return pictures


def with_notes(content: bytes, notes: Mapping[str, object]) -> bytes:
    """The same .tflite file with `notes` as its metadata entry "tinymledu"."""
    from tensorflow.lite.python import schema_py_generated as schema
    from tensorflow.lite.tools import flatbuffer_utils

    model = flatbuffer_utils.read_model_from_bytearray(bytearray(content))
    buffer = schema.BufferT()
    buffer.data = np.frombuffer(json.dumps(notes, sort_keys=True).encode(), np.uint8)
    entry = schema.MetadataT()
    entry.name = METADATA_NAME
    entry.buffer = len(model.buffers)
    model.buffers.append(buffer)
    model.metadata = [*(model.metadata or []), entry]
    return bytes(flatbuffer_utils.convert_object_to_bytearray(model))
