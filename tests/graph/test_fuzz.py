"""Damaged models end in C or in a sentence; benchmarks/fuzz_models.py runs many more of them."""

import random

import pytest
import recorded
from flatbuffer_layout import places
from fuzzing import LIMIT_S, WRITTEN, Case, damaged_model, run_case
from mutations import mutate
from oracle_mark import needs_oracle

from tinymledu.graph.tflite import load_model

N_CASES = 1000


def summary(cases: list[Case]) -> list[str]:
    return [f"case {case.number}: {case.finding}" for case in cases if case.finding]


def test_damaged_bytes_end_in_c_or_in_a_sentence():
    cases = [run_case(number) for number in range(1, 2 * N_CASES, 2)]

    assert summary(cases) == []
    assert max(case.seconds for case in cases) < LIMIT_S
    assert {"ModelFormatError", "UnsupportedModelError", WRITTEN} <= {c.outcome for c in cases}


@needs_oracle
def test_sound_files_that_lie_end_in_c_or_in_a_sentence():
    cases = [run_case(number) for number in range(0, 2 * N_CASES, 2)]

    assert summary(cases) == []
    assert {"ModelFormatError", "UnsupportedModelError", WRITTEN} <= {c.outcome for c in cases}


def test_a_number_makes_the_same_model_each_time():
    assert damaged_model(7) == damaged_model(7)
    assert damaged_model(7) != damaged_model(9)


def test_a_crash_is_a_finding(monkeypatch):
    monkeypatch.setattr("fuzzing.load_model", lambda _: 1 // 0)

    case = run_case(1)

    assert case.outcome == "crash"
    assert "ZeroDivisionError" in case.finding


@pytest.mark.parametrize("name", ["tiny_cnn_int8", "depthwise_multiplier_3"])
def test_known_fields_are_where_the_file_has_them(name):
    content = recorded.model_bytes(name)
    known = places(content)
    whats = {place.what for place in known}

    assert {"root offset", "SubGraph.0[] offset", "Quantization.2[]", "Tensor.0[]"} <= whats
    shapes = [
        int.from_bytes(content[p.start : p.start + 4], "little")
        for p in known
        if p.what == "Tensor.0[]"
    ]
    graph = load_model(content).graph
    assert set(graph.input.shape) <= set(shapes)
    assert mutate(content, random.Random(1)) != content
