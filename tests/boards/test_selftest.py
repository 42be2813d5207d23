"""The self-test: its answers are TensorFlow Lite Micro's, every virtual board gives them."""

from dataclasses import replace

import numpy as np
import pytest
from oracle_mark import needs_oracle

from tinymledu.boards import selftest
from tinymledu.boards.selftest import KNOWN_ANSWERS, self_test, self_test_model, virtual_self_test
from tinymledu.cli import main
from tinymledu.errors import InputError
from tinymledu.graph.oracle import Oracle
from tinymledu.graph.reference import Interpreter


def as_codes(content):
    return np.frombuffer(content, np.int8)


def test_every_virtual_board_gives_the_known_answers(executable_board, toolchain_name):
    result = virtual_self_test(executable_board, toolchain_name=toolchain_name)

    assert [outcome.answer.name for outcome in result.outcomes if not outcome.passed] == []
    assert result.n_passed == len(KNOWN_ANSWERS) == 6


@needs_oracle
def test_known_answers_are_those_of_tensorflow_lite_micro():
    oracle = Oracle(self_test_model())

    for answer in KNOWN_ANSWERS:
        output = oracle.run(as_codes(answer.input).reshape(1, 8, 8, 3))

        assert output.tobytes() == answer.output, answer.name


def test_inputs_tell_apart_what_a_broken_board_would_do():
    outputs = {answer.output for answer in KNOWN_ANSWERS}
    codes = np.array([as_codes(answer.output) for answer in KNOWN_ANSWERS])

    assert len(outputs) == len(KNOWN_ANSWERS)
    assert (np.ptp(codes, axis=0) > 0).all()  # every output depends on the input
    assert codes.max() == 127  # one saturates


def test_a_wrong_byte_fails_its_input_and_no_other():
    interpreter = Interpreter(self_test_model())

    def board(content):
        output = bytearray(interpreter.run(as_codes(content).reshape(1, 8, 8, 3)).tobytes())
        if content == KNOWN_ANSWERS[2].input:
            output[9] ^= 1
        return bytes(output)

    failed = [outcome.answer.name for outcome in self_test(board) if not outcome.passed]

    assert failed == ["highest"]


def test_a_board_that_is_not_executed_says_so():
    from tinymledu.boards.catalog import board

    with pytest.raises(InputError, match="XIAO ESP32S3 Sense is not executed here"):
        virtual_self_test(board("xiao_esp32s3"))


def test_command_prints_one_card_for_each_board(capsys):
    assert main(["boards", "--self-test"]) == 0

    out = capsys.readouterr().out
    assert out.count("passed: 6 of 6 known answers") == len(
        [line for line in out.splitlines() if "virtual" in line]
    )
    assert "Raspberry Pi Pico" in out
    assert "XIAO ESP32S3 Sense" in out
    assert "not executed here" in out


def test_command_names_the_inputs_that_failed(capsys, monkeypatch):
    wrong = (replace(KNOWN_ANSWERS[0], output=bytes(10)), *KNOWN_ANSWERS[1:])
    monkeypatch.setattr(selftest, "KNOWN_ANSWERS", wrong)

    assert main(["boards", "--self-test", "nano33ble"]) == 1

    out = capsys.readouterr().out
    assert "FAILED: 5 of 6 known answers" in out
    assert "zeros: expected 0 0 0 0 0 0 0 0 0 0, answered -20 -46 -52" in out
