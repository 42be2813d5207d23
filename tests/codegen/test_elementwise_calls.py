"""What the elementwise operators become: kernels, constants and places in the arena."""

import pytest
import recorded

from tinymledu.codegen.emit import generate_c
from tinymledu.graph.tflite import load_model


def source_of(name):
    return generate_c(load_model(recorded.model_bytes(name), name=name))


@pytest.mark.parametrize("name", ["logistic", "tanh", "leaky_relu", "hard_swish"])
def test_a_function_of_one_code_is_a_table_and_works_in_place(name):
    source = source_of(name)

    assert [layer.kernel for layer in source.layers] == ["tk_lookup_s8"]
    assert source.weights_bytes == 256
    assert source.arena_bytes == source.input_bytes == source.output_bytes == 256


def test_a_constant_is_stored_once_for_each_channel_and_takes_no_arena():
    source = source_of("mul_constant")  # (1, 5, 3, 4) times (4,)

    assert [layer.kernel for layer in source.layers] == ["tk_mul_constant_s8"]
    assert source.weights_bytes == 4
    assert source.arena_bytes == source.input_bytes == 60
    assert ".mul.broadcast.shape = {1, 15, 4}" in source.files["mul_constant.c"]
    assert ".mul.broadcast.second_steps = {0, 0, 1}" in source.files["mul_constant.c"]


def test_the_output_lies_over_an_input_of_its_size_and_never_over_one_that_is_repeated():
    equal, repeated = source_of("sub"), source_of("mul_repeated_in_the_middle")

    assert equal.arena_bytes == 2 * 60  # the input, and the input at another scale
    assert repeated.arena_bytes == 60 + 20  # (1, 5, 3, 4) and its mean (1, 5, 1, 4)


def test_concatenation_passes_an_array_of_pointers():
    text = source_of("concatenation").files["concatenation.c"]

    call = text[text.index("tk_concatenation_s8(&layer_2") :].split(";")[0]
    assert "(const int8_t *const[]){" in call
    assert call.count("(const int8_t *)(arena + ") == 3
