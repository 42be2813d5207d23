"""16x8: int16 activations, int8 weights, against TensorFlow Lite Micro; and what is refused."""

from dataclasses import replace

import numpy as np
import pytest
import recorded
from oracle_mark import NO_ORACLE, needs_oracle

from tinymledu.errors import UnsupportedModelError
from tinymledu.graph.ir import Quantization
from tinymledu.graph.operators import INT16_KINDS, check_runnable
from tinymledu.graph.oracle import Oracle
from tinymledu.graph.reference import Interpreter
from tinymledu.graph.tflite import load_model

KINDS = (
    "average_pool_2d",
    "conv_2d",
    "depthwise_conv_2d",
    "fully_connected",
    "max_pool_2d",
)
CONV = "int16_conv_2d_dilated"


def with_tensor(name, index, **changes):
    graph = load_model(recorded.model_bytes(name)).graph
    tensors = list(graph.tensors)
    tensors[index] = replace(tensors[index], **changes)
    return replace(graph, tensors=tuple(tensors))


@needs_oracle
@pytest.mark.parametrize("kind", KINDS)
def test_interpreter_equals_tflite_micro_on_random_models(kind):
    random_models = pytest.importorskip("random_models", reason=NO_ORACLE)
    int16_models = pytest.importorskip("int16_models", reason=NO_ORACLE)
    for seed in range(20):
        rng = np.random.default_rng(seed)
        content = int16_models.with_int16_activations(random_models.RANDOM_MODELS[kind](rng))
        model = load_model(content, name=f"{kind} {seed}")
        codes = rng.integers(-(2**15), 2**15, (6, *model.graph.input.shape[1:]), np.int16)

        computed = Interpreter(model).run(codes)

        assert computed.dtype == np.int16
        np.testing.assert_array_equal(computed, Oracle(model).run(codes), err_msg=model.name)


def test_every_operator_that_runs_on_int16_has_a_recorded_case():
    graphs = (load_model(case.content).graph for case in recorded.cases("int16_"))

    assert {op.kind for graph in graphs for op in graph.ops} == set(INT16_KINDS)


@pytest.mark.parametrize(("real", "code"), [(0.0, 0), (1e9, 32767), (-1e9, -32768)])
def test_real_inputs_become_int16_codes(real, code):
    model = load_model(recorded.model_bytes("int16_max_pool_2d_same"))
    picture = np.full(model.graph.input.shape, real, np.float32)

    assert np.all(Interpreter(model).run(picture) == code)


@pytest.mark.parametrize(
    ("graph", "message"),
    [
        (with_tensor(CONV, 0, dtype="int8"), "its activations are int16 and int8; with int16 "),
        (with_tensor("relu6", 1, dtype="int16"), r"\(16x8\) these run: AVERAGE_POOL_2D, CONV_2D, "),
        (
            with_tensor(CONV, 0, quantization=Quantization((0.1,), (3,))),
            "is int16 and needs a zero point of 0",
        ),
        (
            with_tensor(CONV, 3, dtype="int32"),
            r"its bias is int32 \[4\]; int64 \[4\] runs here",
        ),
    ],
)
def test_what_cannot_run_is_refused_with_the_reason(graph, message):
    with pytest.raises(UnsupportedModelError, match=message):
        check_runnable(graph)


def test_a_pool_whose_sum_would_leave_int32_is_refused():
    graph = with_tensor("int16_average_pool_2d_same", 0, shape=(1, 256, 256, 6))
    options = replace(graph.ops[0].options, filter_height=256, filter_width=129)

    with pytest.raises(UnsupportedModelError, match=r"33,024 int16 values; .* holds 32,768"):
        check_runnable(replace(graph, ops=(replace(graph.ops[0], options=options),)))
