"""Instruction counts of the emulator against QEMU's, instruction by instruction."""

import pytest
import recorded
from tiny_firmware import tiny_source

from tinymledu.boards import board
from tinymledu.boards.build import build
from tinymledu.boards.profile import profile
from tinymledu.boards.qemu import count_in_qemu, qemu_available
from tinymledu.codegen.emit import generate_c
from tinymledu.errors import InputError
from tinymledu.graph.tflite import load_model

needs_qemu = pytest.mark.skipif(
    not qemu_available(),
    reason="qemu-system-arm is not installed: sudo apt install qemu-system-arm",
)


@needs_qemu
@pytest.mark.parametrize("name", ["nano33ble", "nicla_vision"])
@pytest.mark.parametrize("model", [None, "tiny_cnn_int8", "tiny_residual_int8"])
def test_emulator_counts_what_qemu_counts(name, model, toolchain_name):
    source = tiny_source() if model is None else generate_c(load_model(recorded.model_bytes(model)))
    built = build(source, board(name), toolchain_name=toolchain_name)

    by_qemu = count_in_qemu(source, board(name), toolchain_name=toolchain_name)

    assert profile(built).instructions == by_qemu


def test_board_without_a_qemu_machine_says_so():
    with pytest.raises(InputError, match=r"no machine with the processor of Raspberry Pi Pico"):
        count_in_qemu(tiny_source(), board("pico"))
