import numpy as np
import pytest
import recorded

from tinymledu.errors import InputError
from tinymledu.graph.arena import plan_arena
from tinymledu.graph.arena_run import run_in_arena
from tinymledu.graph.tflite import load_model

WHOLE = ["tiny_cnn_int8", "tiny_cnn_int8_float_ends", "tiny_residual_int8"]


@pytest.mark.parametrize("name", WHOLE)
def test_a_sound_plan_gives_the_recorded_output(name):
    case = recorded.cases(name)[0]
    model = load_model(case.content)
    plan = plan_arena(model.graph)

    for values, expected in zip(case.inputs, case.expected, strict=True):
        ran = run_in_arena(model, plan.offsets, values)

        np.testing.assert_array_equal(ran.codes, expected)
        assert ran.damages == ()


def test_an_overlap_damages_the_tensor_that_is_read_later():
    # Of the shortcut, tensor 9 (120 B, read by ADD #3), the first 40 B go to tensor 10.
    case = recorded.cases("tiny_residual_int8")[0]
    model = load_model(case.content)
    offsets = {0: 0, 8: 180, 9: 480, 10: 400, 11: 640, 12: 760, 14: 784}

    ran = run_in_arena(model, offsets, case.inputs[0])

    (damage,) = ran.damages
    assert (damage.op_index, damage.op, damage.tensor) == (3, "ADD", 9)
    assert 0 < damage.n_bytes <= 40
    assert not np.array_equal(ran.codes, case.expected[0])


SOUND = {0: 0, 8: 180, 9: 400, 10: 520, 11: 640, 12: 760, 14: 784}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({8: None}, r"offset of tensor 8 \(output of .*\) is None"),
        ({8: -4}, "is -4; an offset is a whole number of bytes, 0 or more"),
        ({8: 180.5}, "is 180.5; an offset is a whole number"),
        ({8: 182}, "is 182, which is no multiple of 4.*the next one is 184"),
        ({3: 0}, "places 3, which is no activation"),
        ({13: 0}, r"Tensor 13 .* has the offset 0, but is the same bytes as tensor 12"),
        ({14: 2**40}, r"ends at byte 1099511627780, with tensor 14 .* at most 67108864 B"),
    ],
)
def test_an_offset_that_is_no_place_is_refused(changes, words):
    model = load_model(recorded.model_bytes("tiny_residual_int8"))

    with pytest.raises(InputError, match=words):
        run_in_arena(model, {**SOUND, **changes}, np.zeros((10, 9, 2)))


def test_a_plan_that_forgets_a_tensor_is_refused():
    model = load_model(recorded.model_bytes("tiny_residual_int8"))
    offsets = {index: place for index, place in SOUND.items() if index != 9}

    with pytest.raises(InputError, match="no offset for tensor 9"):
        run_in_arena(model, offsets, np.zeros((10, 9, 2)))
    with pytest.raises(InputError, match=r"from tensor number to offset.* not \[0, 180\]"):
        run_in_arena(model, [0, 180], np.zeros((10, 9, 2)))
