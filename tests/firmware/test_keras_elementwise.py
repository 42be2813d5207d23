"""What students build with Keras, from the layers to generated C, against TensorFlow Lite Micro.

Untrained: weights and statistics of batch normalisation are random.
"""

import warnings

import numpy as np
import pytest
from host_program import build_host_program, needs_compiler
from oracle_mark import needs_oracle

from tinymledu.graph.oracle import Oracle
from tinymledu.graph.reference import Interpreter
from tinymledu.graph.tflite import load_model

pytestmark = [needs_compiler, needs_oracle, pytest.mark.usefixtures("keras")]

SHAPE = (8, 8, 3)
N_INPUTS = 100


def normalised_pool(keras, x):
    x = keras.layers.Conv2D(8, 3, padding="same", activation="relu")(x)
    x = keras.layers.BatchNormalization()(keras.layers.MaxPooling2D()(x))
    return keras.layers.Conv2D(4, 3)(x)


def leaky(keras, x):
    return keras.layers.LeakyReLU(negative_slope=0.2)(keras.layers.Conv2D(6, 3)(x))


def hard_swish(keras, x):
    return keras.layers.Activation("hard_swish")(keras.layers.Conv2D(6, 3)(x))


def sigmoid_and_tanh(keras, x):
    gate = keras.layers.Conv2D(5, 1, activation="sigmoid")(x)
    value = keras.layers.Conv2D(5, 3, padding="same", activation="tanh")(x)
    return keras.layers.Multiply()([gate, value])


def arithmetic(keras, x):
    a = keras.layers.Conv2D(4, 3, padding="same")(x)
    b = keras.layers.Conv2D(4, 1)(x)
    difference = keras.layers.Subtract()([a, b])
    return keras.layers.Concatenate()([a, difference, keras.layers.Add()([b, difference])])


def squeeze_and_excite(keras, x):
    x = keras.layers.Conv2D(8, 3, activation="relu")(x)
    squeezed = keras.layers.GlobalAveragePooling2D(keepdims=True)(x)
    excited = keras.layers.Conv2D(2, 1, activation="relu")(squeezed)
    return keras.layers.Multiply()([x, keras.layers.Conv2D(8, 1, activation="sigmoid")(excited)])


def spatial_attention(keras, x):
    x = keras.layers.Conv2D(8, 3, activation="relu")(x)
    return keras.layers.Multiply()([keras.layers.Conv2D(1, 3, padding="same")(x), x])


def scaled_constants(keras, x):
    x = keras.layers.MaxPooling2D()(keras.layers.Conv2D(4, 3)(x))
    return 1.5 - keras.layers.Rescaling(0.7, offset=-0.2)(x)


def slopes_below_zero(keras, x):
    x = keras.layers.PReLU(shared_axes=[1, 2])(keras.layers.Conv2D(6, 3)(x))
    x = keras.layers.PReLU()(keras.layers.Conv2D(4, 3)(x))
    return keras.layers.Conv2D(4, 1, activation="elu")(x)


def between_float_ends(keras, x):
    x = keras.layers.ReLU()(-keras.layers.Conv2D(6, 3)(x))
    return keras.ops.square(keras.layers.Conv2D(4, 3)(x))


def bounded(keras, x):
    x = keras.layers.ReLU(max_value=1.5)(keras.layers.Conv2D(4, 3)(x))
    return keras.ops.maximum(keras.layers.Conv2D(4, 3)(x), -0.5)


def cropped_and_turned(keras, x):
    x = keras.layers.Cropping2D(((1, 0), (2, 1)))(keras.layers.Conv2D(5, 3, padding="same")(x))
    x = keras.layers.Permute((2, 1, 3))(x)
    return keras.layers.Conv2D(4, 3)(x)[:, -1]


def shuffled_channels(keras, x):
    left, right = keras.ops.split(keras.layers.Conv2D(8, 3)(x), 2, axis=-1)
    x = keras.layers.Concatenate()([keras.layers.Conv2D(4, 3, padding="same")(left), right])
    x = keras.layers.Permute((1, 2, 4, 3))(keras.layers.Reshape((6, 6, 2, 4))(x))
    return keras.layers.Conv2D(3, 1)(keras.layers.Reshape((6, 6, 8))(x))


def recurrent(keras, x):
    x = keras.layers.Reshape((8, 24))(x)
    lstm, gru, rnn = keras.layers.LSTM, keras.layers.GRU, keras.layers.SimpleRNN
    last = [layer(4, unroll=True)(x) for layer in (lstm, gru, rnn)]
    return keras.layers.Concatenate()(last)


NETWORKS = {
    normalised_pool: {"MUL", "ADD"},
    leaky: {"LEAKY_RELU"},
    hard_swish: {"HARD_SWISH"},
    sigmoid_and_tanh: {"LOGISTIC", "TANH", "MUL"},
    arithmetic: {"SUB", "ADD", "CONCATENATION"},
    squeeze_and_excite: {"LOGISTIC", "MUL"},
    spatial_attention: {"MUL"},
    scaled_constants: {"MUL", "ADD", "SUB"},
    slopes_below_zero: {"PRELU", "ELU"},
    between_float_ends: {"NEG", "SQUARE"},
    bounded: {"MINIMUM", "MAXIMUM"},
    cropped_and_turned: {"STRIDED_SLICE", "TRANSPOSE"},
    shuffled_channels: {"SPLIT", "TRANSPOSE"},
    recurrent: {"UNPACK", "SPLIT"},
}


def converted(keras, network) -> bytes:
    """int8 inside and outside, with statistics and weights that are not those of a new layer."""
    import tensorflow as tf

    keras.utils.set_random_seed(8)
    inputs = keras.Input(SHAPE, batch_size=1)
    model = keras.Model(inputs, keras.layers.Flatten()(network(keras, inputs)))
    rng = np.random.default_rng(9)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.set_weights([rng.uniform(0.3, 1.5, w.shape) for w in layer.get_weights()])
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: (
        [rng.uniform(-3, 3, (1, *SHAPE)).astype(np.float32)] for _ in range(16)
    )
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return bytes(converter.convert())


@pytest.mark.parametrize(
    ("network", "kinds"), NETWORKS.items(), ids=lambda value: getattr(value, "__name__", None)
)
def test_keras_network_in_c_equals_tflm(network, kinds, keras, tmp_path):
    model = load_model(converted(keras, network), name=network.__name__)
    inputs = np.random.default_rng(2).integers(-128, 128, (N_INPUTS, *SHAPE), np.int8)

    program = build_host_program([model], tmp_path)
    expected = Oracle(model).run(inputs)

    assert kinds <= {op.kind for op in model.graph.ops}
    np.testing.assert_array_equal(program.run(model.name, inputs), expected)
    np.testing.assert_array_equal(Interpreter(model).run(inputs), expected)
