"""Tiny networks through TensorFlow's converter, one of them in the four schemes that it offers.

Untrained: the weights are random, and the arithmetic does not care.
"""

import os
from typing import Any

import numpy as np

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import keras
import tensorflow as tf
from keras import layers

N_CALIBRATION = 32


def keras_models(seed: int) -> dict[str, bytes]:
    """File contents by name. Only int8 models can be run; the others are there to be read."""
    keras.utils.set_random_seed(seed)
    cnn, residual = _tiny_cnn(), _tiny_residual()
    open_batch, sequences = _tiny_open_batch(), _tiny_conv1d()
    return {
        "tiny_cnn_int8": _convert(cnn, "int8"),
        "tiny_cnn_int8_float_ends": _convert(cnn, "int8", float_ends=True),
        "tiny_cnn_float32": _convert(cnn, "float32"),
        "tiny_cnn_float16": _convert(cnn, "float16"),
        "tiny_cnn_dynamic": _convert(cnn, "dynamic"),
        "tiny_residual_int8": _convert(residual, "int8"),
        "tiny_open_batch_int8": _convert(open_batch, "int8"),
        "tiny_conv1d_open_batch_int8": _convert(sequences, "int8"),
    }


def _tiny_cnn() -> Any:
    inputs = keras.Input((12, 12, 3), batch_size=1, name="pictures")
    x = layers.Conv2D(8, 3, padding="same", activation="relu")(inputs)
    x = layers.MaxPooling2D()(x)
    x = layers.DepthwiseConv2D(3, padding="same", activation="relu6")(x)
    x = layers.Conv2D(16, 1, activation="relu")(x)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dense(72, activation="relu")(x)  # wide enough for dynamic range quantization
    return keras.Model(inputs, layers.Dense(3, activation="softmax")(x))


def _tiny_residual() -> Any:
    inputs = keras.Input((10, 9, 2), batch_size=1, name="pictures")
    x = layers.ZeroPadding2D(((0, 1), (1, 0)))(inputs)
    x = layers.Conv2D(6, 3, strides=2, activation="relu")(x)
    y = layers.Conv2D(6, 3, padding="same")(x)
    x = layers.ReLU()(layers.Add()([x, y]))
    x = layers.AveragePooling2D(2)(x)
    x = layers.Flatten()(x)
    return keras.Model(inputs, layers.Dense(4)(x))


def _tiny_open_batch() -> Any:
    """Every Flatten and Reshape computes its target shape: SHAPE, STRIDED_SLICE, PACK."""
    inputs = keras.Input((7, 6, 2), name="pictures")
    x = layers.Conv2D(4, 3, activation="relu")(inputs)
    x = layers.Flatten()(x)
    x = layers.Dense(12, activation="relu")(x)
    x = layers.Reshape((2, 3, 2))(x)
    x = layers.Conv2D(3, 2, padding="same")(x)
    x = layers.Flatten()(x)
    return keras.Model(inputs, layers.Dense(4, activation="softmax")(x))


def _tiny_conv1d() -> Any:
    """Layers for sequences, which become EXPAND_DIMS, a layer for pictures, and RESHAPE."""
    inputs = keras.Input((24, 3), name="sequences")
    x = layers.Conv1D(6, 3, activation="relu")(inputs)
    x = layers.MaxPooling1D(2)(x)
    x = layers.SeparableConv1D(8, 3, padding="same", activation="relu")(x)
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model(inputs, layers.Dense(4, activation="softmax")(x))


def _convert(model: Any, scheme: str, *, float_ends: bool = False) -> bytes:
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if scheme != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if scheme == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if scheme == "int8":
        rng = np.random.default_rng(0)
        shape = (1, *model.input_shape[1:])
        converter.representative_dataset = lambda: (
            [rng.random(shape, np.float32)] for _ in range(N_CALIBRATION)
        )
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        if not float_ends:
            converter.inference_input_type = converter.inference_output_type = tf.int8
    return bytes(converter.convert())
