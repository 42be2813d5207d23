"""Messages of Keras, TensorFlow Lite and TensorFlow Lite Micro, provoked with what is installed."""

import subprocess
import sys

import numpy as np
import pytest

from tinymledu.course.explain import explain
from tinymledu.course.shell import failure
from tinymledu.models.framework import load_keras

# What TensorFlow warns of while it fails is not the message that is tested.
pytestmark = [
    pytest.mark.training,
    pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning"),
]


@pytest.fixture(scope="module")
def names():
    pytest.importorskip("tensorflow", reason="TensorFlow is not installed")
    keras = load_keras()
    import tensorflow as tf

    tf.random.set_seed(1)

    def model(n=2, **compiled):
        made = keras.Sequential([keras.Input((8,)), keras.layers.Dense(n)])
        if compiled:
            made.compile(**compiled)
        return made

    small = keras.Sequential([
        keras.Input((4, 4, 1)), keras.layers.Conv2D(2, 3), keras.layers.Flatten(),
    ])  # fmt: skip

    def convert(*examples, give=True, int8_only=False):
        converter = tf.lite.TFLiteConverter.from_keras_model(small)
        converter.inference_input_type = tf.int8
        if int8_only:
            return converter.convert()
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        if give:
            converter.representative_dataset = lambda: iter(examples)
        return converter.convert()

    content = convert([np.linspace(0, 1, 16, dtype=np.float32).reshape(1, 4, 4, 1)])

    def interpreter(allocated=True):
        made = tf.lite.Interpreter(model_content=content)
        if allocated:
            made.allocate_tensors()
        return made

    def set_input(values, allocated=True):
        made = interpreter(allocated)
        made.set_tensor(made.get_input_details()[0]["index"], values)

    def betainc():
        signature = [tf.TensorSpec([4], tf.float32)]
        function = tf.function(lambda x: tf.math.betainc(x, x, x), input_signature=signature)
        concrete = [function.get_concrete_function()]
        tf.lite.TFLiteConverter.from_concrete_functions(concrete).convert()

    return {
        "np": np, "tf": tf, "keras": keras, "layers": keras.layers, "model": model,
        "convert": convert, "content": content, "interpreter": interpreter, "x": np.zeros((4, 8)),
        "set_input": set_input, "betainc": betainc, "a": np.zeros,
    }  # fmt: skip


SPARSE = "keras.losses.SparseCategoricalCrossentropy(from_logits=True)"
CODE = {
    "model()(a((4, 5)))": "keras_input_axis",
    "model().predict(a((4, 5)), verbose=0)": "keras_input_axis",
    "keras.Sequential([keras.Input((4,)), layers.Conv2D(4, 3)])": "keras_input_ndim",
    "model().fit(x, a(4), verbose=0)": "keras_not_compiled",
    f"model(loss={SPARSE}).fit(x, np.array([0, 1, 2, 5]), verbose=0)": "keras_label_range",
    "model(loss='categorical_crossentropy').fit(x, a(4), verbose=0)": "keras_target_rank",
    "model(loss='sparse_categorical_crossentropy').fit(x, a((4, 2)), verbose=0)":
        "keras_sparse_target",
    "model(loss='mse').fit(x, a((3, 2)), verbose=0)": "keras_cardinality",
    "keras.Sequential([keras.Input((2, 2, 3)), layers.Conv2D(4, 3)])": "keras_too_small",
    "keras.Sequential([keras.Input((2, 2, 3)), layers.MaxPooling2D(4)])": "keras_too_small",
    "keras.Sequential([layers.Dense(2)]).count_params()": "keras_not_built",
    "layers.Dense(2, activation='rellu')": "keras_unknown_name",
    "model(optimizer='adamm', loss='mse')": "keras_unknown_name",
    "layers.Dense(2, filters=3)": "keras_unknown_argument",
    "layers.Reshape((5,))(keras.Input((8,)))": "keras_reshape",
    "layers.Concatenate()([keras.Input((8, 2)), keras.Input((7, 2))])": "keras_merge",
    "layers.Add()([keras.Input((8,)), keras.Input((7,))])": "keras_merge",
    "keras.models.load_model('nothere.keras')": "keras_file",
    "keras.models.load_model('nothere.h5')": "keras_file",
    "model().set_weights([a((3, 2)), a(2)])": "keras_weights",
    "model().set_weights([a((8, 2))])": "keras_weights",
    "model().predict(np.array([['a'] * 8]), verbose=0)": "keras_dtype",
    "np.array(keras.Input((2,)))": "keras_symbolic",
    "tf.matmul(tf.zeros((2, 3)), tf.zeros((2, 3)))": "tensorflow_matmul",
    "tf.zeros((2, 3)) + tf.zeros((2, 4))": "tensorflow_shapes",
    "tf.reshape(tf.zeros(6), (4,))": "tensorflow_reshape",
    "tf.zeros(2) + tf.zeros(2, tf.int32)": "tensorflow_dtype",
    "convert(give=False)": "tflite_representative_data",
    "convert([np.zeros((1, 3, 3, 1), np.float32)])": "tflite_representative_shape",
    "convert(np.zeros((1, 4, 4, 1), np.float32))": "tflite_representative_list",
    "convert([a((1, 4, 4, 1))])": "tflite_tensor_type",
    "convert(int8_only=True)": "tflite_io_type",
    "betainc()": "tflite_flex",
    "set_input(np.zeros((1, 4, 4, 1), np.float32))": "tflite_tensor_type",
    "set_input(np.zeros((1, 5, 4, 1), np.int8))": "tflite_tensor_shape",
    "set_input(np.zeros((4, 4, 1), np.int8))": "tflite_tensor_shape",
    "set_input(np.zeros((1, 4, 4, 1), np.int8), allocated=False)": "tflite_not_allocated",
    "interpreter(allocated=False).invoke()": "tflite_not_allocated",
    "interpreter().get_tensor(99)": "tflite_index",
    "tf.lite.Interpreter(model_content=b'this is no model at all')": "tflite_not_a_model",
    "tf.lite.Interpreter(model_content=content[:600])": "tflite_not_a_model",
    "tf.lite.Interpreter(model_content=b'')": "tflite_no_content",
    "tf.lite.Interpreter(model_path='nothere.tflite')": "tflite_no_file",
}  # fmt: skip


HUGE = "tf.zeros((10**7, 10**7))"  # TensorFlow tries for 10 s


@pytest.mark.parametrize("code", [*CODE, pytest.param(HUGE, marks=pytest.mark.slow)])
def test_error_of_keras_or_tensorflow_lite_is_explained(names, code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Exception) as caught:  # noqa: PT011  whatever the code raises
        exec(code, dict(names))
    found = failure(caught.value)
    message = f"{found.error}: {found.message}"

    entry = explain(message)
    assert entry is not None, message
    assert entry.name == (CODE | {HUGE: "tensorflow_memory"})[code], message


TFLM = """
import sys
from tflite_micro.python.tflite_micro import runtime
import numpy as np
interpreter = runtime.Interpreter.from_file(sys.argv[1], arena_size=int(sys.argv[2]))
interpreter.set_input(np.zeros((1, 4, 4, 1), np.int8), 0)
interpreter.get_output(3)
"""


def said_by_tflm(path, arena_bytes):
    """What it prints and raises, in a process of its own: an arena far too small crashes it."""
    pytest.importorskip("tflite_micro", reason="tflite-micro is not installed")
    command = [sys.executable, "-c", TFLM, str(path), str(arena_bytes)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode, "it runs"
    return done.stderr


@pytest.mark.parametrize("arena_bytes", [100, 1000, 1500, 2000])
def test_arena_of_tflm_that_is_too_small_is_explained(names, tmp_path, arena_bytes):
    (tmp_path / "m.tflite").write_bytes(names["content"])

    message = said_by_tflm(tmp_path / "m.tflite", arena_bytes)

    assert "Requested: " in message
    assert explain(message).name == "tflm_arena", message


def test_operator_that_tflm_lacks_is_explained(names, tmp_path):
    tf = names["tf"]
    signature = [tf.TensorSpec([1, 4, 4, 1], tf.float32)]
    function = tf.function(tf.math.sign, input_signature=signature)
    concrete = [function.get_concrete_function()]
    content = tf.lite.TFLiteConverter.from_concrete_functions(concrete).convert()
    (tmp_path / "m.tflite").write_bytes(content)

    message = said_by_tflm(tmp_path / "m.tflite", 100_000)

    assert "SIGN" in message
    assert explain(message).name == "tflm_operator", message
    assert explain(message.strip().splitlines()[-1]).name == "tflm_allocate"


def test_tensor_that_tflm_lacks_is_explained(names, tmp_path):
    (tmp_path / "m.tflite").write_bytes(names["content"])

    message = said_by_tflm(tmp_path / "m.tflite", 100_000)

    assert explain(message.strip().splitlines()[-1]).name == "tflm_index", message
