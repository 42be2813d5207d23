import sys
from types import SimpleNamespace

import numpy as np
import pytest

from tinymledu import baselines
from tinymledu.boards.catalog import board
from tinymledu.errors import DatasetError, InputError, MissingToolError
from tinymledu.measurement import Accuracy, PairedTest, accuracy, measure, paired_test
from tinymledu.quantities import Method


def answered(predicted, labels):
    return Accuracy(np.array(predicted), np.array(labels), "test")


def test_accuracy_counts_and_says_n_split_and_interval():
    one = answered([0, 1, 1, 0], [0, 1, 0, 0])

    assert (one.n_correct, one.n, one.ratio) == (3, 4, 0.75)
    # Wilson by hand, z = 1.96: (0.75 + 0.4802 -+ 1.96 * sqrt(0.1875 / 4 + 0.0600)) / 1.9604
    assert (one.low, one.high) == pytest.approx((0.3006, 0.9544), abs=1e-4)
    assert repr(one) == "75.0 % of 4 test pictures (95 % interval 30.1-95.4 %)"


def test_confusion_has_a_row_for_each_label():
    one = answered([0, 1, 1, 1], [0, 0, 0, 1])

    np.testing.assert_array_equal(one.confusion(2), [[1, 2], [0, 1]])


def test_paired_test_counts_where_only_one_is_right():
    first = answered([0, 0, 0, 1, 1], [0, 0, 0, 0, 1])
    second = answered([0, 1, 1, 0, 1], [0, 0, 0, 0, 1])

    result = paired_test(first, second)

    assert (result.only_first, result.only_second, result.n) == (2, 1, 5)
    assert result.p_value == 1.0  # 2 * (1 + 3) / 2**3


def test_paired_test_says_whether_a_difference_is_shown():
    assert "p = 0.0078: a difference at 0.05" in repr(PairedTest(100, 8, 0))  # 2 / 2**8
    assert "p = 0.69: no difference shown at 0.05" in repr(PairedTest(100, 4, 2))  # 44 / 64


def test_paired_test_refuses_answers_to_other_pictures():
    with pytest.raises(InputError, match="answered for 2 pictures, the second for 3"):
        paired_test(answered([0, 1], [0, 1]), answered([0, 1, 1], [0, 1, 1]))


def test_accuracy_of_a_whole_dataset_is_sent_to_one_part(stripes):
    with pytest.raises(InputError, match=r"such as data\.test; this is a Dataset"):
        accuracy(baselines.nearest_mean(stripes), stripes)


def test_accuracy_refuses_no_pictures(stripes):
    empty = stripes.test.take(np.array([], np.intp))

    with pytest.raises(DatasetError, match="no test pictures"):
        accuracy(baselines.nearest_mean(stripes), empty)


def test_accuracy_of_a_baseline_is_its_share_of_right_answers(stripes):
    baseline = baselines.nearest_mean(stripes)
    right = (baseline.predict(stripes.test.pictures) == stripes.test.labels).sum()

    assert accuracy(baseline, stripes.test).n_correct == right


@pytest.mark.training
def test_every_scheme_and_keras_agree_within_the_interval(stripes, stripes_model, stripes_schemes):
    by_keras = accuracy(stripes_model, stripes.test)

    for model in stripes_schemes:
        assert by_keras.low <= accuracy(model, stripes.test).ratio <= by_keras.high
    # float32 .tflite computes what Keras computes, but for the order of additions.
    float32 = accuracy(stripes_schemes[0], stripes.test)
    assert paired_test(by_keras, float32).only_first <= 1


@pytest.mark.training
def test_float_model_without_litert_names_the_command(stripes, stripes_schemes, monkeypatch):
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)

    with pytest.raises(MissingToolError, match=r"LiteRT.*Install it with: make venv\."):
        accuracy(stripes_schemes[0], stripes.test)
    assert accuracy(stripes_schemes[-1], stripes.test).n == 200


@pytest.mark.training
def test_float_model_refuses_pictures_of_another_size(stripes, stripes_schemes):
    small = SimpleNamespace(pictures=np.zeros((1, 8, 8, 3), np.uint8), labels=np.zeros(1, np.uint8))

    with pytest.raises(InputError, match=r"shape \(16, 16, 3\); these are \(8, 8, 3\)"):
        accuracy(stripes_schemes[0], small)


@pytest.mark.training
def test_measure_gives_board_figures_for_int8_and_a_reason_for_float(stripes, stripes_schemes):
    seen = []
    float32, _, _, int8 = stripes_schemes

    in_float, in_int8 = measure(
        [float32, int8], stripes, board("nano33ble"), progress=lambda *step: seen.append(step)
    )

    assert in_float.flash_bytes is None
    assert "boards here run int8 models only" in in_float.note
    assert in_int8.flash_bytes > 0
    assert in_int8.ram_bytes > in_int8.arena_bytes > 0
    assert in_int8.latency_ms.low < in_int8.latency_ms.high
    assert in_int8.instructions_method is Method.COUNTED
    assert in_int8.latency_method is Method.MODELLED
    assert "instructions counted in the emulator" in repr(in_int8)
    assert seen == [(1, 2), (2, 2)]


@pytest.mark.training
def test_measure_on_a_board_that_is_not_executed_says_so(stripes, stripes_schemes):
    (one,) = measure(stripes_schemes[-1:], stripes, board("xiao_esp32s3"))

    assert one.flash_bytes is None
    assert "not executed here" in one.note
