"""Make the kept files of A09: run once by the author, with TensorFlow.

river.tflite  8 numbers of a window -> "quiet", "flow"; trained here on SYNTHETIC rivers, int8.
river.npz     one day of another synthetic river, with the times of its debris flows, for students.
other.tflite  random weights and many operators, for the hidden checks of c_array and oplist.
"""

from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from make_files import N_BANDS, STEP_S, as_npz, river

HERE = Path(__file__).parent
SEED_TO_TRAIN, SEED_OF_STUDENTS = 1, 2


def examples(made):
    """Windows as reals of 0 to 1, and whether each lies in a debris flow, at full strength."""
    end_s = STEP_S * (np.arange(len(made.windows)) + 1)
    flowing = np.zeros(len(end_s), bool)
    clear = np.ones(len(end_s), bool)  # neither growing nor ending
    for begin, end in zip(made.events_s, made.ends_s, strict=True):
        flowing |= (end_s > begin + 30) & (end_s < end)
        clear &= ~((end_s > begin) & (end_s <= begin + 30))
    return made.windows[clear] / np.float32(255), flowing[clear].astype(int)


def to_int8(model, inputs):
    """Quantize fully, calibrated on inputs (n, ...) of 0 to 1."""
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([x[np.newaxis]] for x in inputs)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    return converter.convert()


def corners(shape, n, seed):
    """All 0, all 1 and noise: with them the input's scale is 1/255 and its zero point -128."""
    noise = np.random.default_rng(seed).uniform(0, 1, (n, *shape))
    return np.concatenate([np.zeros((1, *shape)), np.ones((1, *shape)), noise]).astype(np.float32)


def trained():
    inputs, labels = examples(river(6, 160, SEED_TO_TRAIN))
    keras.utils.set_random_seed(5)
    model = keras.Sequential(
        [
            keras.Input((N_BANDS,), batch_size=1),
            keras.layers.Dense(12, activation="relu"),
            keras.layers.Dense(2, activation="softmax"),
        ]
    )
    learner = keras.Sequential([keras.Input((N_BANDS,)), *model.layers])
    learner.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    weights = np.where(labels == 1, 4.0, 1.0)
    learner.fit(inputs, labels, sample_weight=weights, batch_size=256, epochs=12, verbose=0)
    return to_int8(model, np.concatenate([corners((N_BANDS,), 1, 3), inputs[::200]]))


def many_operators():
    keras.utils.set_random_seed(11)
    layers = keras.layers
    picture = keras.Input((16, 12, 2), batch_size=1)
    x = layers.Conv2D(5, 3, padding="same", activation="relu")(picture)
    x = layers.Add()([x, layers.DepthwiseConv2D(3, padding="same")(x)])
    x = layers.MaxPooling2D(2)(x)
    x = layers.Conv2D(7, 1)(x)
    x = layers.AveragePooling2D(2)(x)
    x = layers.Dense(3, activation="sigmoid")(layers.Flatten()(x))
    return to_int8(keras.Model(picture, x), corners((16, 12, 2), 50, 4))


def main():
    (HERE / "river.tflite").write_bytes(trained())
    (HERE / "other.tflite").write_bytes(many_operators())
    (HERE / "river.npz").write_bytes(as_npz(river(1, 16, SEED_OF_STUDENTS)))


if __name__ == "__main__":
    main()
