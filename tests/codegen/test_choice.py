"""Kernels are chosen by modelled cycles or by flash, from the prices in costs.toml."""

from dataclasses import replace
from unittest.mock import patch

import pytest
import recorded
from autoencoder import autoencoder_bytes

import tinymledu as tml
from tinymledu.boards.build import link_firmware
from tinymledu.boards.elf import read_elf
from tinymledu.boards.firmware import firmware_files
from tinymledu.boards.toolchain import toolchain
from tinymledu.codegen import choice
from tinymledu.codegen.choice import Cost, choose_kernels, cycles, flash_bytes
from tinymledu.codegen.emit import generate_c
from tinymledu.codegen.records import KernelCall
from tinymledu.files import shipped
from tinymledu.graph.tflite import load_model

MODEL = "tiny_open_batch_int8"


def kernels(graph, optimise, prices):
    with patch.object(choice, "costs", return_value=prices):
        calls = choose_kernels(graph, optimise)
    return {call.kernel for call in calls.values() if call is not None}


def dense_graph():
    return load_model(autoencoder_bytes()).graph


CLEAR, FAST = "tk_fully_connected_s8", "tk_fully_connected_s8_fast"


@pytest.mark.parametrize(
    ("per_mac", "per_value", "expected"),
    [(1.0, 1, FAST), (2.0, 10**6, CLEAR), (2.0, 100, FAST)],
    ids=["less in all", "more for each value", "less in sum"],
)
def test_speed_takes_the_fewest_cycles(per_mac, per_value, expected):
    prices = {CLEAR: Cost(100, 9.0, 80), FAST: Cost(10**6, per_mac, per_value)}

    assert kernels(dense_graph(), "speed", prices) == {expected}


def test_each_layer_is_chosen_by_its_own_size():
    prices = {CLEAR: Cost(100, 9.0), FAST: Cost(100, 1.0, 0, 128 * 8 * 8)}  # dearer below 128 x 8

    assert kernels(dense_graph(), "speed", prices) == {FAST}
    prices[FAST] = replace(prices[FAST], cycles_per_call=128 * 8 * 8 + 1)
    assert kernels(dense_graph(), "speed", prices) == {CLEAR, FAST}


def test_size_takes_the_least_flash_whatever_the_cycles():
    prices = {CLEAR: Cost(10**5, 1.0), FAST: Cost(100, 99.0)}

    assert kernels(dense_graph(), "size", prices) == {FAST}
    prices[FAST] = replace(prices[FAST], code_bytes=10**6)
    assert kernels(dense_graph(), "size", prices) == {CLEAR}


def test_code_that_two_kernels_share_is_counted_once():
    calls = {n: KernelCall(name, {}, ()) for n, name in enumerate(["a", "b", "b"])}
    prices = {"a": Cost(1, shares=("c",)), "b": Cost(20, shares=("c",)), "c": Cost(300)}

    assert flash_bytes(calls, prices) == 321


def test_cycles_by_hand():
    assert cycles(Cost(0, 2.5, 7.0, 30.0), macs=100, n_values=10) == 250 + 70 + 30


def test_every_kernel_has_a_price():
    files = {path.stem for path in shipped("firmware", "kernels").glob("*.c")}

    assert files == set(choice.costs())


def linked_bytes(model, optimise):
    board = tml.board("nano33ble")
    files = firmware_files(generate_c(model, optimise=optimise), board)
    return read_elf(link_firmware(files, toolchain(board, level="-Os"))).flash_bytes


@pytest.mark.parametrize("content", [recorded.model_bytes(MODEL), autoencoder_bytes()])
def test_size_is_smaller_and_speed_is_faster_on_the_board(content):
    model = load_model(content)
    nano = tml.board("nano33ble")

    quick, small = (tml.deploy(model, nano, optimise=name) for name in ("speed", "size"))

    assert linked_bytes(model, "size") <= linked_bytes(model, "speed")
    assert quick.profile.cycles.low < small.profile.cycles.low
    assert quick.profile.cycles.high < small.profile.cycles.high
