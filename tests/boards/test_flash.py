"""Boards on USB, and flashing through a stand-in for arduino-cli on PATH."""

import os
import re
import sys
from types import SimpleNamespace

import pytest
import recorded
from ports import build_port_program, program_on_a_port

from tinymledu.boards.arduino_cli import await_model
from tinymledu.boards.catalog import board, board_names
from tinymledu.boards.plugged import only_port, plugged_in
from tinymledu.cli import main
from tinymledu.errors import BoardError, InputError
from tinymledu.graph.tflite import load_model

MODEL = recorded.FOLDER / "models" / "tiny_cnn_int8.tflite"
STAND_IN = """#!{}
import sys
with open({calls!r}, "a") as calls:
    calls.write(" ".join(sys.argv[1:]) + "\\n")
if sys.argv[1] == {fails_at!r}:
    sys.exit({says!r})
"""


def usb_port(device, usb_id=None, description="n/a"):
    vendor, product = (int(half, 16) for half in usb_id.split(":")) if usb_id else (None, None)
    return SimpleNamespace(device=device, description=description, vid=vendor, pid=product)


@pytest.fixture
def usb(monkeypatch):
    """Plug ports in: usb(port, ...)."""

    def plug(*ports):
        monkeypatch.setattr("serial.tools.list_ports.comports", lambda: list(ports))

    plug()
    return plug


@pytest.fixture
def arduino_cli(monkeypatch, tmp_path):
    """A program on PATH that notes how it was called, and may fail at one of its commands."""
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    def put(*, fails_at="", says=""):
        calls = tmp_path / "calls"
        script = tmp_path / "arduino-cli"
        script.write_text(
            STAND_IN.format(sys.executable, calls=str(calls), fails_at=fails_at, says=says),
            encoding="utf-8",
        )
        script.chmod(0o755)
        return calls

    return put


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    return build_port_program(load_model(MODEL), tmp_path_factory.mktemp("board"))


def test_boards_are_known_by_the_usb_ids_of_their_cards(usb):
    usb(
        usb_port("/dev/ttyACM1", "2e8a:00c0", "Pico"),
        usb_port("/dev/ttyACM0", "2341:805a"),
        usb_port("/dev/ttyUSB0", "1a86:7523", "CH340"),
        usb_port("/dev/ttyS0"),
    )

    assert [(p.port, p.boards) for p in plugged_in()] == [
        ("/dev/ttyACM0", ("nano33ble", "nano33ble_rev2")),
        ("/dev/ttyACM1", ("pico",)),
        ("/dev/ttyUSB0", ()),
    ]


def test_the_one_board_of_a_kind_needs_no_port(usb):
    usb(usb_port("/dev/ttyACM0", "2341:005a"), usb_port("/dev/ttyACM1", "2e8a:00c0"))

    assert only_port("nano33ble") == "/dev/ttyACM0"


def test_none_and_several_boards_are_listed_with_what_to_type(usb):
    usb(usb_port("COM3", "2e8a:00c0"), usb_port("COM4", "2e8a:00c0"))

    with pytest.raises(InputError, match=r"2 boards with .*'pico' found; ports on USB: COM3 \("):
        only_port("pico")
    with pytest.raises(InputError, match=r"No board with .*'nano33ble' found.* --port PORT"):
        only_port("nano33ble")


@pytest.mark.parametrize("name", [name for name in board_names() if board(name).arduino])
def test_usb_ids_of_a_card_have_a_source_and_the_form_in_which_they_are_found(name):
    card = board(name)
    source = dict(card.sources)["fqbn, usb_ids"]

    assert "boards.txt" in source or "pins_arduino.h" in source
    assert all(re.fullmatch(r"[0-9a-f]{4}:[0-9a-f]{4}", i) for i in card.arduino.usb_ids)


def test_boards_lists_what_is_plugged_in(usb, capsys):
    usb(usb_port("/dev/ttyACM0", "2341:005a", "Nano 33 BLE"), usb_port("/dev/ttyUSB0", "1a86:7523"))

    assert main(["boards"]) == 0

    out = capsys.readouterr().out
    assert "nano33ble or nano33ble_rev2" in out
    assert "unknown" in out


def test_boards_says_that_none_is_plugged_in(usb, capsys):
    assert main(["boards"]) == 0
    assert "No board is plugged in." in capsys.readouterr().out


def test_without_arduino_cli_flash_gives_the_commands_and_code_3(
    usb, monkeypatch, tmp_path, capsys
):
    monkeypatch.setenv("PATH", str(tmp_path))
    code = main(["flash", str(MODEL), "--board", "xiao_esp32s3", "--out", str(tmp_path / "out")])

    err = capsys.readouterr().err
    sketch = tmp_path / "out" / "tiny_cnn_int8_sketch"
    assert code == 3
    assert (sketch / "tiny_cnn_int8_sketch.ino").is_file()
    assert (sketch / "protocol.c").is_file()
    assert "arduino-cli is not installed" in err
    index = "https://espressif.github.io/arduino-esp32/package_esp32_index.json"
    assert f"arduino-cli core install esp32:esp32 --additional-urls {index}\n" in err
    assert f"arduino-cli compile --fqbn esp32:esp32:XIAO_ESP32S3 {sketch}\n" in err
    assert f"arduino-cli upload --fqbn esp32:esp32:XIAO_ESP32S3 --port PORT {sketch}\n" in err


def test_flash_for_size_writes_a_sketch_with_the_kernels_of_size(usb, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    names = {}
    for optimise in ("speed", "size"):
        out = tmp_path / optimise
        command = ["flash", str(MODEL), "--board", "nano33ble", "--out", str(out)]
        assert main([*command, "--optimise", optimise]) == 3
        names[optimise] = {path.name for path in (out / "tiny_cnn_int8_sketch").iterdir()}

    assert "tk_conv_2d_s8_fast.c" in names["speed"] - names["size"]
    assert "tk_conv_2d_s8.c" in names["size"] - names["speed"]


def test_flash_compiles_uploads_and_waits_until_the_board_names_the_model(
    usb, arduino_cli, program, tmp_path, capsys
):
    calls = arduino_cli()
    command = ["flash", str(MODEL), "--board", "nano33ble", "--out", str(tmp_path / "out")]

    with program_on_a_port([program]) as port:
        code = main([*command, "--port", port.name])

    sketch = tmp_path / "out" / "tiny_cnn_int8_sketch"
    assert code == 0
    assert calls.read_text(encoding="utf-8").splitlines() == [
        f"compile --fqbn arduino:mbed_nano:nano33ble {sketch}",
        f"upload --fqbn arduino:mbed_nano:nano33ble --port {port.name} {sketch}",
    ]
    assert f"at {port.name} runs tiny_cnn_int8" in capsys.readouterr().out


def test_a_board_that_comes_back_on_another_port_is_found(
    usb, arduino_cli, program, tmp_path, capsys
):
    arduino_cli()
    command = ["flash", str(MODEL), "--board", "nano33ble", "--out", str(tmp_path / "out")]

    with program_on_a_port([program]) as port:
        usb(usb_port(port.name, "2341:805a"))
        code = main([*command, "--port", "/dev/ttyNONE"])

    assert code == 0
    assert f"at {port.name} runs" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("step", "words"),
    [("compile", "could not compile the sketch"), ("upload", "could not upload the sketch")],
)
def test_what_arduino_cli_says_is_passed_on(step, words, usb, arduino_cli, tmp_path, capsys):
    arduino_cli(fails_at=step, says="Error: platform not installed")
    command = ["flash", str(MODEL), "--board", "nano33ble", "--out", str(tmp_path / "out")]

    assert main([*command, "--port", "/dev/ttyNONE"]) == 1

    err = capsys.readouterr().err
    assert words in err
    assert "Error: platform not installed" in err
    assert "arduino-cli core install arduino:mbed_nano" in err


def test_a_board_that_does_not_answer_after_an_upload_is_said(usb):
    with pytest.raises(BoardError, match=r"was uploaded, but the board does not answer\. There is"):
        await_model(load_model(MODEL), board("pico"), "/dev/ttyNONE", wait_s=0)


def test_a_board_without_a_name_in_arduinos_tools_is_refused(usb, tmp_path, capsys):
    without = [name for name in board_names() if board(name).arduino is None]
    for name in without:
        code = main(["flash", str(MODEL), "--board", name, "--out", str(tmp_path)])

        assert code == 1
        assert "has no name in Arduino's tools" in capsys.readouterr().err
