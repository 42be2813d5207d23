"""What lesson 10 ships: its debouncer in C, and error messages that the catalogue knows."""

import json
import re
from pathlib import Path

import numpy as np

from tinymledu.boards.catalog import board
from tinymledu.boards.own_c import build_own_c
from tinymledu.course.explain import explain
from tinymledu.lessons import shipped
from tinymledu.streaming import Smoother

TEACH = Path(__file__).parents[1] / "notebooks" / "teach" / "10_to_the_board.md"
N_CODES = 100


def debouncer_on_the_board(toolchain_name):
    names = {"debouncer.h": "10_debouncer.h", "debouncer.c": "10_debouncer.c", "run.c": "10_run.c"}
    texts = {name: shipped(kept).read_text(encoding="utf-8") for name, kept in names.items()}
    return build_own_c(
        texts, board("nano33ble"), input_bytes=4 + N_CODES, output_bytes=N_CODES,
        toolchain_name=toolchain_name,
    )  # fmt: skip


def test_debouncer_in_c_gives_the_alarms_of_a_hand_calculation(toolchain_name):
    codes = [90, 100, 80, 20, 120, 120, -40, 60, 100, 90]
    #  sums of 3:      270 200  220  260  200 140 120 250; an alarm needs 3 * 80 = 240
    settings = bytes([3, 80, 3, len(codes)])

    answer = debouncer_on_the_board(toolchain_name).run(
        settings + np.array(codes, np.int8).tobytes().ljust(N_CODES, b"\0")
    )

    assert np.flatnonzero(list(answer[:10])).tolist() == [2, 9]


def test_debouncer_in_c_equals_the_smoother_of_the_library(board_compiler):
    program, rng = debouncer_on_the_board(board_compiler), np.random.default_rng(1)
    for _ in range(200):
        codes = rng.integers(-128, 128, N_CODES).astype(np.int8)
        n_history, threshold, n_refractory = rng.integers((1, -128, 0), (17, 128, 9)).tolist()
        smoother = Smoother(n_history=n_history, threshold=threshold, n_refractory=n_refractory)

        settings = bytes([n_history, threshold & 0xFF, n_refractory, N_CODES])
        answer = program.run(settings + codes.tobytes())

        assert list(answer) == [smoother.push(int(code)) for code in codes]


def test_every_recorded_error_is_in_the_catalogue_and_has_its_own_step():
    messages = json.loads(shipped("10_errors.json").read_text(encoding="utf-8"))

    names = [explain(one["message"]).name for one in messages.values()]

    assert names == [
        *("gcc_ram", "gcc_undefined", "gcc_header", "tflm_arena", "tflm_operator"),
        "board_port_gone",
    ]
    steps = {letter: one["step"] for letter, one in messages.items()}
    told = re.search(r"Section 9: (.*?)\.", TEACH.read_text(encoding="utf-8"))[1]
    assert ", ".join(f"{letter} {step}" for letter, step in steps.items()) == told
