from dataclasses import replace

import numpy as np
import pytest
import recorded

from tinymledu.compress.convert import with_full_range
from tinymledu.compress.quantize import _crash, _refusal, quantize
from tinymledu.datasets import Calibration
from tinymledu.errors import ConversionError, InputError, UnknownNameError
from tinymledu.graph.reference import Interpreter
from tinymledu.graph.tflite import load_model
from tinymledu.models import tiny_cnn

pytestmark = pytest.mark.usefixtures("keras")

LAYERS = ["CONV_2D", "MAX_POOL_2D"] * 2 + ["MEAN", "FULLY_CONNECTED", "SOFTMAX"]


@pytest.mark.training
def test_shrink_gives_the_four_schemes_with_labels(stripes_schemes):
    assert [model.scheme for model in stripes_schemes] == ["float32", "dynamic", "float16", "int8"]
    assert all(model.labels == ("lying", "standing") for model in stripes_schemes)
    assert [model.name for model in stripes_schemes][-1] == "tiny_cnn_int8"


@pytest.mark.training
def test_schemes_store_weights_in_the_numbers_they_are_named_for(stripes_schemes):
    def convolution_bytes(model):
        (kernel,) = (
            t for t in model.graph.tensors if t.data is not None and t.shape == (8, 3, 3, 8)
        )
        return kernel.n_bytes

    # 8 * 3 * 3 * 8 = 576 weights. The converter leaves weights of fewer than 1,024 elements as
    # floats in dynamic range, so that row is not asserted here.
    float32, _, float16, int8 = stripes_schemes
    assert [convolution_bytes(model) for model in (float32, int8)] == [4 * 576, 576]
    halves = [t for t in float16.graph.tensors if t.dtype == "float16"]
    assert sum(t.n_elements for t in halves) >= 576


@pytest.mark.training
def test_int8_model_has_only_operators_that_boards_run(stripes_schemes):
    int8 = stripes_schemes[-1]

    assert [op.kind for op in int8.graph.ops] == LAYERS
    assert int8.graph.input.shape == (1, 16, 16, 3)


@pytest.mark.training
def test_int8_input_code_is_the_pixel_minus_128(stripes_schemes):
    quantization = stripes_schemes[-1].graph.input.quantization

    assert quantization.scale == np.float32(1 / 255)
    assert quantization.zero_point == -128


@pytest.mark.training
def test_int8_agrees_with_float_on_nearly_all_pictures(stripes, stripes_model, stripes_schemes):
    from tinymledu.models.scores import predict_scores

    in_float = predict_scores(stripes_model, stripes.test.pictures).argmax(axis=1)
    in_int8 = Interpreter(stripes_schemes[-1]).run(stripes.test.pictures).argmax(axis=1)

    assert (in_float == in_int8).mean() >= 0.97  # trials: int8 costs at most half a point


@pytest.mark.training
def test_quantize_gives_the_same_bytes_again_here_and_elsewhere(
    stripes, stripes_model, stripes_schemes, monkeypatch
):
    calibration = stripes.calibration(n=40)
    elsewhere = stripes_schemes[-1]

    monkeypatch.setenv("TINYMLEDU_IN_JAIL", "1")
    here = quantize(stripes_model, calibration=calibration)

    assert here.sha256 == elsewhere.sha256


@pytest.mark.training
def test_equal_models_give_equal_bytes_whatever_was_built_before(stripes, monkeypatch):
    monkeypatch.setenv("TINYMLEDU_IN_JAIL", "1")
    models = [tiny_cnn((16, 16, 3), 2, filters=(4,), seed=5) for _ in range(2)]

    first, second = (quantize(m, calibration=stripes.calibration(n=8)) for m in models)

    assert first.content == second.content


@pytest.mark.training
def test_converting_writes_nothing_on_the_screen(stripes, monkeypatch, capfd):
    monkeypatch.setenv("TINYMLEDU_IN_JAIL", "1")
    model = tiny_cnn((16, 16, 3), 2, filters=(4,))
    capfd.readouterr()

    quantize(model, calibration=stripes.calibration(n=8), name="mine")

    assert capfd.readouterr() == ("", "")


def test_full_range_touches_only_what_is_missing():
    grey = np.full((3, 4, 4, 3), 100, np.uint8)
    whole = grey.copy()
    whole[0, 0, 0, 0], whole[1, 2, 2, 1] = 0, 255

    widened = with_full_range(grey)

    assert with_full_range(whole) is whole
    assert (widened.min(), widened.max()) == (0, 255)
    assert (widened != grey).sum() == 2


@pytest.mark.training
def test_calibration_without_black_and_white_still_gives_the_exact_scale(stripes, monkeypatch):
    monkeypatch.setenv("TINYMLEDU_IN_JAIL", "1")
    grey = Calibration(np.full((4, 16, 16, 3), 90, np.uint8), stripes.card.labels, "grey")
    model = tiny_cnn((16, 16, 3), 2, filters=(4,))

    quantization = quantize(model, calibration=grey).graph.input.quantization

    assert (quantization.scale, quantization.zero_point) == (np.float32(1 / 255), -128)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"pictures": np.empty((0, 16, 16, 3), np.uint8)}, "calibration has no pictures"),
        ({"pictures": np.zeros((2, 8, 8, 3), np.uint8)}, r"does not fit.*these are \(8, 8, 3\)"),
        ({"pictures": np.zeros((2, 16, 16, 3))}, "does not fit.*float64 numbers"),
        ({"labels": ("cat", "dog", "hen")}, "2 outputs, and the calibration names 3 classes"),
    ],
)
def test_quantize_refuses_a_calibration_that_cannot_serve(stripes, changes, words):
    model = tiny_cnn((16, 16, 3), 2, filters=(4,))
    calibration = replace(stripes.calibration(n=4), **changes)

    with pytest.raises(InputError, match=words):
        quantize(model, calibration=calibration)


def test_quantize_refuses_pictures_that_are_no_calibration(stripes):
    model = tiny_cnn((16, 16, 3), 2, filters=(4,))

    with pytest.raises(InputError, match=r"calibration is a ndarray.*data\.calibration"):
        quantize(model, calibration=stripes.unlabelled)


def test_model_that_was_converted_before_is_no_keras_model(stripes):
    int8 = load_model(recorded.model_bytes("tiny_cnn_int8"))

    with pytest.raises(
        InputError, match=r"A Keras model is needed here, and this is a TFLiteModel"
    ):
        quantize(int8, calibration=stripes.calibration(n=40))


def test_quantize_names_the_schemes_it_knows(stripes):
    model = tiny_cnn((16, 16, 3), 2, filters=(4,))

    with pytest.raises(UnknownNameError, match="no scheme 'int4'"):
        quantize(model, calibration=stripes.calibration(n=4), scheme="int4")


@pytest.mark.training
def test_model_that_the_converter_refuses_is_named_with_its_layer(stripes, keras):
    pictures = keras.Input((16, 16, 3))
    x = keras.layers.Flatten()(pictures)
    x = keras.layers.Lambda(lambda t: t, name="mystery")(x)
    model = keras.Model(pictures, keras.layers.Dense(2, activation="softmax")(x), name="odd")

    # Keras does not load a Lambda from a file, because it is code; so this fails before TensorFlow.
    with pytest.raises(ConversionError, match=r"could not.*odd.*Lambda 'mystery'"):
        quantize(model, calibration=stripes.calibration(n=4))


@pytest.mark.training
def test_operator_that_int8_lacks_is_named_in_the_same_process_too(stripes, keras, monkeypatch):
    monkeypatch.setenv("TINYMLEDU_IN_JAIL", "1")
    pictures = keras.Input((16, 16, 3))
    x = keras.layers.GlobalAveragePooling2D()(pictures)
    x = keras.ops.erfinv(x)
    model = keras.Model(pictures, keras.layers.Dense(2, activation="softmax")(x), name="odd")

    with pytest.raises(ConversionError, match="no form of Erfinv"):
        quantize(model, calibration=stripes.calibration(n=4))


def test_crash_message_says_signal_layer_and_last_words(keras):
    pictures = keras.Input((16, 16, 3))
    x = keras.layers.Conv2DTranspose(2, 3, name="up")(pictures)
    x = keras.layers.GlobalAveragePooling2D()(x)
    model = keras.Model(pictures, keras.layers.Softmax()(x), name="odd")

    error = _crash(model, -11, "one\nloc(callsite): error\n\n")

    assert "crashed (by signal 11) on odd" in str(error)
    assert "Conv2DTranspose 'up'" in str(error)
    assert str(error).endswith("Its last line was: loc(callsite): error")


def test_refusal_names_operators_that_have_no_form():
    words = "int8\nConverterError: 'tf.Erf' op is neither a custom op nor a flex op"

    error = _refusal(tiny_cnn((16, 16, 3), 2, filters=(4,)), words)

    assert "could not write tiny_cnn as int8. It has no form of Erf." in str(error)


def test_a_recurrent_layer_that_ends_the_converter_is_told_of_unroll(keras):
    inputs = keras.Input((4, 3))
    model = keras.Model(inputs, keras.layers.GRU(2, name="memory")(inputs))

    message = str(_crash(model, -11, ""))

    assert "(by signal 11)" in message
    assert "GRU 'memory'; try without them, or with unroll=True, which makes LSTM, GRU" in message
