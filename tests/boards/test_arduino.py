"""The sketch with Debian's own Arduino core, as an Arduino Mega 2560 that simavr plays."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from ports import COMPILER, program_on_a_port

from tinymledu.boards.real import ask_board
from tinymledu.boards.selftest import KNOWN_ANSWERS, self_test_model
from tinymledu.boards.serial import SerialBoard
from tinymledu.boards.sketch import sketch_files
from tinymledu.codegen.emit import generate_c

CORE = Path("/usr/share/arduino/hardware/arduino/avr")
MACHINE = [
    *("-mmcu=atmega2560", "-DF_CPU=16000000L", "-DARDUINO=10819", "-DARDUINO_AVR_MEGA2560"),
    *("-DARDUINO_ARCH_AVR", "-Os", "-ffunction-sections", "-fdata-sections"),
    *("-I", CORE / "cores" / "arduino", "-I", CORE / "variants" / "mega"),
]
STRICT = ["-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror"]
SIMULATOR = Path(__file__).with_name("avr_port.c")


def run(command, folder):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[:4000]


def build_core(folder):
    """The Arduino core as a library; it is not ours, so its warnings are not shown.

    Debian's avr-gcc has DECIMAL_DIG in <float.h> for C only, and the core's C++ needs it.
    """
    sources = [*(CORE / "cores" / "arduino").glob("*.c"), *(CORE / "cores/arduino").glob("*.cpp")]
    for source in sources:
        compiler, standard = (
            ("avr-gcc", "-std=gnu11") if source.suffix == ".c" else ("avr-g++", "-std=gnu++11")
        )
        target = f"{source.name}.core.o"
        digits = "-DDECIMAL_DIG=__DECIMAL_DIG__"
        run([compiler, *MACHINE, standard, digits, "-w", "-c", source, "-o", target], folder)
    run(["avr-ar", "rcs", "core.a", *sorted(folder.glob("*.core.o"))], folder)


def build_sketch(model, folder):
    for name, text in sketch_files(model, generate_c(model)).items():
        (folder / name).write_text(text, encoding="utf-8")
    for source in sorted(folder.glob("*.c")):
        run(["avr-gcc", *MACHINE, "-std=c99", *STRICT, "-c", source.name], folder)
    (sketch,) = folder.glob("*.ino")
    cpp = ["avr-g++", *MACHINE, "-std=gnu++11", "-Wall", "-Wextra", "-Werror"]
    run([*cpp, "-x", "c++", "-c", sketch.name, "-o", "sketch.o"], folder)
    objects = [path for path in sorted(folder.glob("*.o")) if not path.name.endswith(".core.o")]
    link = ["avr-gcc", "-mmcu=atmega2560", "-Os", "-Wl,--gc-sections"]
    run([*link, *objects, "core.a", "-lm", "-o", "firmware.elf"], folder)
    return folder / "firmware.elf"


@pytest.fixture(scope="module")
def mega(tmp_path_factory):
    """The commands that start a Mega with the firmware of the self-test."""
    if shutil.which("avr-g++") is None or not CORE.is_dir():
        pytest.skip("the Arduino AVR core is not installed: sudo apt install arduino-core-avr")
    if COMPILER is None or not Path("/usr/include/simavr/sim_avr.h").is_file():
        pytest.skip("simavr is not installed: sudo apt install libsimavr-dev libelf-dev")
    folder = tmp_path_factory.mktemp("mega")
    build_core(folder)
    firmware = build_sketch(self_test_model(), folder)
    run([COMPILER, "-O2", "-w", SIMULATOR, "-lsimavr", "-lelf", "-o", "simulator"], folder)
    return [folder / "simulator", firmware]


def test_an_arduino_mega_gives_the_known_answers_of_tflite_micro(mega):
    model = self_test_model()
    inputs = b"".join(answer.input for answer in KNOWN_ANSWERS)
    codes = np.frombuffer(inputs, np.int8).reshape(-1, 8, 8, 3)

    with program_on_a_port(mega) as port:
        answers = ask_board(model, port.name, codes)

    assert answers.outputs == [answer.output for answer in KNOWN_ANSWERS]
    assert all(1 < latency_ms < 10_000 for latency_ms in answers.latencies_ms)  # simulated 16 MHz


def test_an_arduino_mega_goes_on_after_noise(mega):
    noise = bytes(range(256)) * 3

    with program_on_a_port(mega) as port, SerialBoard(port.name) as board:
        board._write(noise + b"%")
        board._read_until_quiet()
        identity = board.identify()

    assert identity.sha256 == self_test_model().sha256
