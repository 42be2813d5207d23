"""Make the kept files of A10: run once by the author, with TensorFlow.

pump.tflite   Amina's autoencoder of lesson 12, taken out of its bundle, for students.
other.tflite  a small convolution with random weights, for the hidden checks of package.
"""

from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

import tinymledu as tml

HERE = Path(__file__).parent


def other():
    """(6, 5, 2) int8 to 3 scores; random weights."""
    keras.utils.set_random_seed(21)
    layers = keras.layers
    picture = keras.Input((6, 5, 2), batch_size=1)
    x = layers.Conv2D(4, 3, padding="same", activation="relu")(picture)
    x = layers.Dense(3)(layers.Flatten()(x))
    noise = np.random.default_rng(4).uniform(0, 1, (60, 1, 6, 5, 2)).astype(np.float32)
    converter = tf.lite.TFLiteConverter.from_keras_model(keras.Model(picture, x))
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([one] for one in noise)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    return converter.convert()


def main():
    bundle = tml.bundles.open_bundle(tml.lessons.shipped("12_Cotonou.zip"))
    (HERE / "pump.tflite").write_bytes(bundle.model.content)
    (HERE / "other.tflite").write_bytes(other())


if __name__ == "__main__":
    main()
