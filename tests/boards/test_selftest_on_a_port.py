"""`boards --self-test NAME --port PORT`: a real board is asked for the same known answers."""

import json

import pytest
import recorded
from ports import build_port_program, fake_on_a_port, program_on_a_port

import tinymledu as tml
from tinymledu.boards.selftest import self_test_model
from tinymledu.boards.serving import Responder
from tinymledu.cli import main


def test_command_prints_the_card_of_the_board_at_a_port(tmp_path, capsys):
    program = build_port_program(self_test_model(), tmp_path)

    with program_on_a_port([program]) as port:
        assert main(["boards", "--self-test", "nano33ble", "--port", port.name]) == 0

    out = capsys.readouterr().out
    assert f"Arduino Nano 33 BLE Sense (at {port.name})" in out
    assert "calls itself 'tinymledu'" in out
    assert "passed: 6 of 6 known answers" in out


def test_board_at_a_port_that_computes_something_else_fails(capsys):
    model = self_test_model()
    with fake_on_a_port(Responder(model, lambda _: bytes(10), 1).receive) as port:
        assert main(["boards", "--self-test", "pico", "--port", port, "--json"]) == 1

    (record,) = json.loads(capsys.readouterr().out)["self_tests"]
    assert (record["board"], record["port"]) == ("pico", port)
    assert (record["n_passed"], record["passed"]) == (0, False)


def test_board_at_a_port_with_another_model_gets_the_command_that_flashes_the_self_test(capsys):
    model = tml.load_model(recorded.model_bytes("tiny_cnn_int8"))
    with fake_on_a_port(Responder(model, lambda _: bytes(2), 1).receive) as port:
        assert main(["boards", "--self-test", "pico", "--port", port]) == 1

    said = capsys.readouterr().err
    assert f"The board at {port} runs {model.name!r}, not the model of the self-test" in said
    assert f"self_test/model.tflite --board pico --port {port}" in said


@pytest.mark.parametrize("arguments", [["--self-test"], []], ids=["no_name", "no_self_test"])
def test_a_port_without_a_board_for_the_self_test_is_refused(arguments, capsys):
    assert main(["boards", *arguments, "--port", "/dev/ttyACM0"]) == 1

    assert "--self-test NAME" in capsys.readouterr().err
