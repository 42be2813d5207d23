"""TensorFlow Lite Micro follows a plan: by its own recorder's count, and with the same answers."""

import numpy as np
import pytest
import recorded
from oracle_mark import needs_oracle

from tinymledu.errors import InputError, MissingToolError
from tinymledu.graph import oracle
from tinymledu.graph.arena import plan_arena
from tinymledu.graph.offline_plan import allocation_failure, tflm_arena, with_offline_plan
from tinymledu.graph.oracle import Oracle
from tinymledu.graph.tflite import load_model


@needs_oracle
@pytest.mark.parametrize("name", ["tiny_cnn_int8", "tiny_residual_int8"])
def test_tflm_takes_the_bytes_of_the_plan_and_gives_the_same_answers(name):
    case = recorded.cases(name)[0]
    model = load_model(case.content)
    spread = {index: 4096 * k for k, index in enumerate(plan_arena(model.graph).offsets)}
    for op in model.graph.ops:
        if op.kind == "RESHAPE":
            spread[op.outputs[0]] = spread[op.inputs[0]]

    planned = with_offline_plan(model, spread)

    # One tensor every 4 KiB: the head ends with the highest one, rounded up to TFLM's 16 B.
    end = max(place + model.graph.tensors[index].n_bytes for index, place in spread.items())
    assert end <= tflm_arena(planned).head_bytes <= end + 16
    assert tflm_arena(model).head_bytes < 4096 * 3
    np.testing.assert_array_equal(Oracle(planned).run(case.inputs), case.expected)


@needs_oracle
def test_a_second_plan_replaces_the_first():
    model = load_model(recorded.model_bytes("tiny_cnn_int8"))
    offsets = plan_arena(model.graph).offsets

    once, twice = with_offline_plan(model, offsets), model
    for _ in range(2):
        twice = with_offline_plan(twice, offsets)

    assert tflm_arena(twice) == tflm_arena(once)
    assert twice.content.count(b"OfflineMemoryAllocation") == 1


@needs_oracle
def test_an_overlapping_plan_is_refused_before_tflm_sees_it():
    model = load_model(recorded.model_bytes("tiny_cnn_int8"))

    with pytest.raises(InputError, match="share"):
        with_offline_plan(model, dict.fromkeys(plan_arena(model.graph).offsets, 0))


@needs_oracle
def test_an_arena_that_is_too_small_is_told_with_the_bytes_that_are_missing():
    model = load_model(recorded.model_bytes("tiny_cnn_int8"))
    need = tflm_arena(model).total_bytes

    assert "missing" in allocation_failure(model, need // 2)
    assert allocation_failure(model, 2 * need) is None


def test_without_tflite_micro_the_command_is_named(monkeypatch):
    monkeypatch.setattr(oracle, "tflm_available", lambda: False)
    model = load_model(recorded.model_bytes("tiny_cnn_int8"))

    with pytest.raises(MissingToolError, match="not installed"):
        with_offline_plan(model, {})
