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


def test_a_plan_without_a_place_is_refused():
    model = load_model(recorded.model_bytes("tiny_residual_int8"))

    with pytest.raises(InputError, match="for the tensors 8, 9"):
        run_in_arena(model, {0: 0, 8: -4, 10: 0, 11: 0, 12: 0, 14: 0}, np.zeros((10, 9, 2)))
