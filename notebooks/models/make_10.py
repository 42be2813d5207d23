"""Record the error messages of lesson 10: each is provoked anew, by the tool that says it.

    python notebooks/models/make_10.py

Needs arm-none-eabi-g++ and tflite-micro. Writes 10_errors.json: letters to tool, message and the
number of the next step; the message as the tool said it, without its folder, cut to two lines.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import tinymledu as tml
from tinymledu.errors import BoardError
from tinymledu.files import shipped, write_atomic

HERE = Path(__file__).parent
MOST_LINES = 2
COMPILER = ("arm-none-eabi-g++", "-mcpu=cortex-m0plus", "-fno-exceptions", "-nostdlib")
STEPS = {"A": 5, "B": 8, "C": 1, "D": 4, "E": 6, "F": 2}  # numbers of the list in section 9
SCRIPT = """
MEMORY { FLASH (rx) : ORIGIN = 0, LENGTH = 256K
         RAM (rwx) : ORIGIN = 0x20000000, LENGTH = 32K }
SECTIONS { .text : { *(.text*) *(.rodata*) } > FLASH
           .data : { *(.data*) } > RAM AT > FLASH
           .bss : { *(.bss*) *(COMMON) } > RAM }
"""
TFLM = """
import sys
from tflite_micro.python.tflite_micro import runtime
runtime.Interpreter.from_file(sys.argv[1], arena_size=int(sys.argv[2]))
"""


def compiled(text, *files):
    """What the compiler or linker says about a sketch for a board with 32 KiB of RAM."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "sketch.cpp").write_text(text)
        (folder / "board.ld").write_text(SCRIPT)
        command = [*COMPILER, "-T", "board.ld", "sketch.cpp", *files, "-o", "sketch.elf"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode, "it compiles"
        return done.stderr.replace(name, "").strip()


def said_by_tflm(path, arena_bytes):
    command = [sys.executable, "-c", TFLM, str(path), str(arena_bytes)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode, "it runs"
    return done.stderr.strip()


def lines_with(message, word):
    """The first lines with a word: what a reader looks for among many."""
    found = [re.sub(r"^/\S*/(?=ld: )", "", line) for line in message.splitlines() if word in line]
    return "\n".join(found[:MOST_LINES])


def port_that_is_gone(model):
    try:
        tml.deploy(model, tml.board("nano33ble", port="/dev/ttyACM0"))
    except BoardError as error:
        return str(error)
    raise AssertionError("there is a port")


def main():
    path = shipped("notebooks", "models", "01_cats_vs_dogs.tflite")
    model = tml.load_model(path)
    numbers = ",".join(map(str, model.content))
    in_ram = f"unsigned char model[] = {{{numbers}}};\nint main() {{ return model[1]; }}\n"
    no_file = "void animals_run(unsigned char *);\nint main() { animals_run(0); }\n"
    no_library = "#include <Chirale_TensorFlowLite.h>\nint main() {}\n"
    messages = {
        "A": ("arm-none-eabi-g++", lines_with(compiled(in_ram), "overflowed")),
        "B": ("arm-none-eabi-g++", lines_with(compiled(no_file), "undefined reference")),
        "C": ("arm-none-eabi-g++", lines_with(compiled(no_library), "fatal error")),
        "D": ("TensorFlow Lite Micro", lines_with(said_by_tflm(path, 16 * 1024), "Requested")),
        "E": ("TensorFlow Lite Micro", operator_that_is_missing()),
        "F": ("tinymledu", port_that_is_gone(model)),
    }
    record = {
        letter: {"tool": tool, "message": said, "step": STEPS[letter]}
        for letter, (tool, said) in messages.items()
    }
    text = json.dumps(record, indent=1) + "\n"
    write_atomic(HERE / "10_errors.json", text.encode())


def operator_that_is_missing():
    """A model of one operator that TensorFlow Lite Micro does not have, converted for this."""
    import tensorflow as tf

    signature = [tf.TensorSpec([1, 4, 4, 1], tf.float32)]
    function = tf.function(tf.math.sign, input_signature=signature)
    concrete = [function.get_concrete_function()]
    content = tf.lite.TFLiteConverter.from_concrete_functions(concrete).convert()
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "sign.tflite"
        path.write_bytes(content)
        return lines_with(said_by_tflm(path, 100_000), "SIGN")


if __name__ == "__main__":
    main()
