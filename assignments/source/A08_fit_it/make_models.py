"""Make the small .tflite files of A08: run once by the author, with TensorFlow; the files are kept.

All weights are random, so the networks know nothing. What matters is who is alive with whom:

given.tflite       one bottleneck with a shortcut, for the public checks.
shortcuts.tflite   two bottlenecks one after the other: fullest at additions that are not in place.
branches.tflite    large, small, small, large: placing the largest first is bad. Then three branches
                   of other sizes that are joined, and a shortcut.
"""

from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

HERE = Path(__file__).parent
layers = keras.layers


def convolution(x, n_filters, size=3, strides=1):
    return layers.Conv2D(n_filters, size, strides=strides, padding="same", activation="relu")(x)


def bottleneck(x, n_narrow):
    """Fewer channels in between, and what came in is added to what comes out."""
    n_channels = x.shape[-1]
    narrow = convolution(x, n_narrow, size=1)
    return layers.Add()([x, convolution(narrow, n_channels)])


def ending(x, n_classes):
    return layers.Dense(n_classes)(layers.GlobalAveragePooling2D()(x))


def given():
    pictures = keras.Input((24, 24, 3), batch_size=1)
    x = convolution(pictures, 8, strides=2)
    x = bottleneck(convolution(x, 12), 4)
    x = layers.MaxPooling2D(2)(x)
    return keras.Model(pictures, ending(convolution(x, 24), 3))


def shortcuts():
    pictures = keras.Input((32, 28, 1), batch_size=1)
    x = convolution(pictures, 10, strides=2)
    for n_narrow in (4, 3):
        x = bottleneck(x, n_narrow)
    x = convolution(x, 16, strides=2)
    x = bottleneck(x, 6)
    return keras.Model(pictures, ending(x, 4))


def branches():
    pictures = keras.Input((24, 20, 2), batch_size=1)
    x = convolution(pictures, 8)
    x = layers.DepthwiseConv2D(3, padding="same")(convolution(x, 6, size=1))
    x = layers.MaxPooling2D(2)(convolution(x, 8, size=1))
    wide = convolution(convolution(x, 6, size=1), 10)
    narrow = convolution(convolution(x, 12, size=1), 4)
    direct = convolution(x, 8, size=1)
    x = layers.Concatenate()([wide, narrow, direct])
    x = convolution(x, 12, size=1)
    x = bottleneck(x, 3)
    x = layers.MaxPooling2D(2)(x)
    return keras.Model(pictures, ending(convolution(x, 20), 3))


def to_int8(model, seed):
    """Quantize with noise as examples."""
    rng = np.random.default_rng(seed)
    shape = model.input_shape

    def examples():
        for _ in range(100):
            yield [rng.uniform(0, 1, shape).astype(np.float32)]

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = examples
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    return converter.convert()


def main():
    for seed, network in enumerate((given, shortcuts, branches), start=21):
        keras.utils.set_random_seed(seed)
        (HERE / f"{network.__name__}.tflite").write_bytes(to_int8(network(), seed))


if __name__ == "__main__":
    main()
