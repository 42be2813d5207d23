"""The fast kernels are chosen, and give the bytes of TensorFlow Lite Micro and of the clear ones.

On this computer they run as portable C, on the virtual board with their assembly language.
"""

import shutil
from importlib.util import find_spec

import numpy as np
import pytest
from host_program import (
    OPTIMISE,
    HostProgram,
    build_host_program,
    kernels_source,
    needs_compiler,
)
from oracle_mark import NO_ORACLE
from prices import preferring

import tinymledu as tml
from tinymledu.graph.oracle import Oracle, tflm_available
from tinymledu.graph.tflite import load_model

if not tflm_available():
    pytest.skip(NO_ORACLE, allow_module_level=True)

import fast_models

N_INPUTS = 6
CLEAR = {
    "tk_conv_1x1_s8_fast": "tk_conv_2d_s8",
    "tk_conv_2d_s8_fast": "tk_conv_2d_s8",
    "tk_depthwise_3x3_s8_fast": "tk_depthwise_conv_2d_s8",
    "tk_fully_connected_s8_fast": "tk_fully_connected_s8",
    "tk_add_s8_fast": "tk_add_s8",
}
ALL_MODELS = {
    name: content
    for group in fast_models.KERNELS
    for name, content in fast_models.models_of(group).items()
}


def inputs_of(model, n=N_INPUTS):
    """Random codes, and inputs whose codes are all extreme."""
    codes = np.random.default_rng(31).integers(
        -128, 128, (n, *model.graph.input.shape[1:]), np.int8
    )
    codes[0], codes[1] = -128, 127
    return codes


@pytest.fixture(scope="module", params=fast_models.KERNELS)
def program(request, tmp_path_factory) -> HostProgram:
    models = [
        load_model(content, name=name)
        for name, content in fast_models.models_of(request.param).items()
    ]
    return build_host_program(models, tmp_path_factory.mktemp(request.param))


def group_of(model):
    return next(group for group in fast_models.KERNELS if model.name.startswith(group))


@needs_compiler
def test_fast_kernel_is_chosen_and_equals_tflm_and_the_clear_kernel(program):
    for model in program.models:
        layer = kernels_source(model, "speed").layers[-1]
        clear = kernels_source(model, "size").layers[-1]
        inputs = inputs_of(model)

        expected = Oracle(model).run(inputs)

        assert layer.kernel == fast_models.KERNELS[group_of(model)], model.name
        assert clear.kernel == CLEAR[layer.kernel], model.name
        for optimise in OPTIMISE:
            outputs = program.run(model.name, inputs, optimise)
            np.testing.assert_array_equal(outputs, expected, f"{model.name}, {optimise}")


def assert_board_equals_tflm(name, toolchain):
    model = load_model(ALL_MODELS[name], name=name)
    inputs = inputs_of(model, n=4)

    with preferring(fast=True):
        runs = tml.deploy(model, tml.board("nano33ble"), toolchain=toolchain).run_many(inputs)

    np.testing.assert_array_equal(np.ravel(runs.codes), np.ravel(Oracle(model).run(inputs)))


@pytest.mark.skipif(find_spec("ziglang") is None, reason="the package ziglang is not installed")
@pytest.mark.parametrize("name", [*ALL_MODELS][::5])
def test_assembly_that_zig_builds_equals_tflm(name):
    assert_board_equals_tflm(name, "zig")


@pytest.mark.skipif(
    shutil.which("arm-none-eabi-gcc") is None, reason="arm-none-eabi-gcc is not installed"
)
@pytest.mark.parametrize("name", [*ALL_MODELS][3::11])
def test_assembly_that_arm_gcc_builds_equals_tflm(name):
    assert_board_equals_tflm(name, "gcc")
