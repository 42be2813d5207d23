"""Make the small .tflite files of A01: run once by the author, with TensorFlow; the files are kept.

given.tflite     random weights, softmax: for the public check of infer. It knows nothing about
                 cats or dogs, so handing it in earns nothing.
other.tflite     three classes, 20x16 pictures, no softmax, inputs that are not pixel / 255 with
                 zero point -128: for the hidden check.
my_model.tflite  the reference after training: what a student may hand in instead of training;
                 goes beside the made submission that does, and serves the audit.
"""

from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

import tinymledu as tml

HERE = Path(__file__).parent


def random_network(shape, n_classes, *, softmax, seed):
    """A tiny network of random weights. The seeds were chosen so that every class gets a share."""
    wide = [keras.initializers.RandomNormal(0, 0.3, seed=seed + i) for i in range(2)]
    pictures = keras.Input(shape, batch_size=1)
    x = keras.layers.Conv2D(4, 5, strides=4, activation="relu", kernel_initializer=wide[0])(
        pictures
    )
    x = keras.layers.Flatten()(x)
    last = "softmax" if softmax else None
    scores = keras.layers.Dense(n_classes, activation=last, kernel_initializer=wide[1])(x)
    return keras.Model(pictures, scores)


def to_int8(model, low, high, shape):
    """Quantize with inputs that range from low to high."""
    rng = np.random.default_rng(3)

    def examples():
        for _ in range(100):
            light = rng.uniform(low, high)
            yield [np.clip(light + rng.normal(0, 0.25, (1, *shape)), low, high).astype(np.float32)]

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = examples
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    return converter.convert()


def main():
    given = random_network((24, 24, 3), 2, softmax=True, seed=25)
    (HERE / "given.tflite").write_bytes(to_int8(given, 0.0, 1.0, (24, 24, 3)))
    other = random_network((20, 16, 3), 3, softmax=False, seed=21)
    (HERE / "other.tflite").write_bytes(to_int8(other, -0.4, 1.7, (20, 16, 3)))
    data = tml.load_dataset("cats_vs_dogs_easy", n_labelled=900, size=24)
    model = tml.models.tiny_cnn(data.card.shape, n_classes=2, filters=(8, 16, 32), seed=3)
    tml.train(model, data, epochs=12, seed=3, learning_rate=1e-2, batch_size=32, augment=False)
    trained = tml.quantize(model, calibration=data.calibration(n=100, seed=7))
    (HERE / "my_model.tflite").write_bytes(trained.content)


if __name__ == "__main__":
    main()
