"""Error messages as the tools really write them today, each found in the table."""

import json
import re
import shutil
import subprocess
import sys
import time

import nbformat
import numpy as np
import pytest
from nbgrader.nbgraderformat import ValidationError

import tinymledu as tml
from tinymledu.course.explain import explain, explained, table
from tinymledu.course.shell import failure
from tinymledu.errors import BoardError

CODE = {  # Python that raises -> the entry that explains it
    "x": "python_name",
    "import nothere": "python_module",
    "from math import nothere": "python_import",
    "import math; math.nothere": "python_import",
    "if True:\npass": "python_block",
    "  x = 1": "python_indent",
    "def f():\n\tx = 1\n        y = 2": "python_indent",
    "if True\n  pass": "python_colon",
    "f(1, (2": "python_closed",
    "x = )": "python_closed",
    "print('a": "python_string",
    "x = “a”": "python_character",
    "if x = 3: pass": "python_compare",
    "5 = x": "python_compare",
    "print 'x'": "python_print",
    "return 3": "python_return",
    "x = 1 +": "python_syntax",
    "None[0]": "python_none_returned",
    "for i in None: pass": "python_none_returned",
    "len(None)": "python_none_returned",
    "None.shape": "python_none_returned",
    "None + 1": "python_none_returned",
    "a, b = None": "python_none_returned",
    "int(None)": "python_none_returned",
    "def f():\n    print(y)\n    y = 1\nf()": "python_unbound",
    "def f(a, b): pass\nf(1)": "python_missing_argument",
    "def f(a): pass\nf(1, 2)": "python_too_many_arguments",
    "def f(a): pass\nf(b=1)": "python_unknown_argument",
    "'a' + 1": "python_text_and_number",
    "1 + 'a'": "python_text_and_number",
    "[1] < 1": "python_order",
    "sum = 3; sum([1])": "python_not_callable",
    "[1][5]": "python_index",
    "[1]['a']": "python_index_type",
    "{}['a']": "python_key",
    "1 / 0": "python_zero",
    "a, b = 1, 2, 3": "python_unpack",
    "a, b = [1]": "python_unpack",
    "a, b = 1": "python_unpack",
    "int('1.5')": "python_not_a_number",
    "float('x')": "python_not_a_number",
    "for i in 5: pass": "python_iterate",
    "range(1.5)": "python_range",
    "{[1]: 2}": "python_unhashable",
    "(1, 2)[0] = 3": "python_immutable",
    "open('nothere.csv')": "python_file",
    "def f(): f()\nf()": "python_recursion",
    "raise MemoryError": "python_memory",
    "import numpy as np; np.zeros(10**15)": "python_memory",
    "max([])": "python_empty",
    "import math; math.sqrt(-1)": "python_domain",
    "b'\\xff'.decode()": "python_unicode",
    "import json; json.loads('')": "python_json",
    "[1].shape": "python_attribute",
    "raise NotImplementedError": "python_not_implemented",
    "import sys; sys.exit(0)": "python_exit",
    "a(3) + a(4)": "numpy_broadcast",
    "a((2, 3))[:] = a(4)": "numpy_broadcast",
    "a((2, 3)) @ a((2, 3))": "numpy_matmul",
    "np.dot(a((2, 3)), a((2, 3)))": "numpy_matmul",
    "a(6).reshape(4)": "numpy_reshape",
    "if a(2) == 0: pass": "numpy_truth",
    "np.array([[1, 2], [3]])": "numpy_ragged",
    "a(2)[0] = [1, 2]": "numpy_ragged",
    "a((2, 3))[5]": "numpy_bounds",
    "a(3)[0, 1]": "numpy_indices",
    "a(3)[1.5]": "numpy_float_index",
    "a(3)[np.array([True, False])]": "numpy_mask",
    "np.concatenate([a((2, 3)), a((2, 4))])": "numpy_concatenate",
    "np.concatenate([a((2, 3)), a(3)])": "numpy_concatenate",
    "np.stack([a(2), a(3)])": "numpy_concatenate",
    "float(a(2))": "numpy_scalar",
    "a(0).max()": "numpy_empty",
    "np.argmax([])": "numpy_empty",
    "np.array([200], np.int8)": "numpy_integer_range",
    "np.array([1], np.uint8) + 300": "numpy_integer_range",
    "a(3).sum(axis=1)": "numpy_axis",
    "x = a(2, int); x += 0.5": "numpy_casting",
    "np.array(['a']) + 1": "numpy_text",
    "np.broadcast_to(0, (2,))[0] = 1": "numpy_read_only",
    "np.float_": "numpy_removed",
}


def told(code):
    """A cell's error as a page shows it: name and message."""
    with pytest.raises((Exception, SystemExit)) as caught:
        exec(compile(code, "<ipython-input-1>", "exec"), {"np": np, "a": np.zeros})
    found = failure(caught.value)
    return f"{found.error}: {found.message}"


@pytest.mark.filterwarnings("ignore::SyntaxWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("code", CODE)
def test_error_of_python_or_numpy_is_explained(code):
    found = explain(told(code))

    assert found is not None, told(code)
    assert found.name == CODE[code], told(code)


def test_pickled_array_is_explained(tmp_path):
    np.save(tmp_path / "o.npy", np.array([{}], dtype=object))

    assert explain(told(f"np.load(r'{tmp_path / 'o.npy'}')")).name == "numpy_pickle"


SKETCHES = {
    "gcc_undeclared": "int main() { digitalRight(13, 1); }",
    "gcc_semicolon": "int main() { int a = 1\n int b = 2; return a + b; }",
    "gcc_header": "#include <Arduino_Nothere.h>\nint main() {}",
    "gcc_main": "void lop();\nvoid loop();\nint main() { loop(); }",
    "gcc_undefined": "int answer(); int main() { return answer(); }",
    "gcc_brace": "int main() { if (1) { return 0;",
    "gcc_arguments": "void f(int, int) {} int main() { f(1); }",
    "gcc_member": "struct S { int a; }; int main() { S s; s.begin(9600); }",
    "gcc_conversion": 'int main() { int a = "x"; return a; }',
    "gcc_stray": "int main() { int a = 1；return a; }",
    "gcc_redefinition": "int a; int a; int main() {}",
    "gcc_ram": "volatile char big[4000]; int main() { return big[3999]; }",
    "gcc_array_size": "const volatile char big[40000] = {1}; int main() { return big[3]; }",
    "gcc_progmem": '#include <avr/pgmspace.h>\nchar t[] PROGMEM = "x"; int main() {}',
    "gcc_flash": "#define T const volatile long\nT a[7000] = {1}; T b[7000] = {1};\n"
    "#include <avr/pgmspace.h>\nconst char p[20000] PROGMEM = {1}, q[20000] PROGMEM = {1};\n"
    "int main() { return pgm_read_byte(p) + pgm_read_byte(q); }",
}


def compiled(tmp_path, source, *compiler):
    if shutil.which(compiler[0]) is None:
        pytest.skip(f"{compiler[0]} is not installed")
    sketch = tmp_path / "sketch.cpp"
    sketch.write_text(source)
    command = [*compiler, str(sketch), "-o", str(tmp_path / "sketch.elf")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode, "it compiles"
    return done.stderr


@pytest.mark.parametrize("name", SKETCHES)
def test_error_of_the_arduino_compiler_is_explained(tmp_path, name):
    message = compiled(tmp_path, SKETCHES[name], "avr-gcc", "-mmcu=atmega328p")

    found = explain(message)
    assert found is not None, message
    assert found.name == name, message


@pytest.mark.parametrize(("name", "region"), [("gcc_flash", "FLASH"), ("gcc_ram", "RAM")])
def test_board_that_is_too_small_is_explained(tmp_path, name, region):
    script = tmp_path / "board.ld"
    small = {"FLASH": "64K", "RAM": "64K", region: "1K"}
    script.write_text(
        f"MEMORY {{ FLASH (rx) : ORIGIN = 0, LENGTH = {small['FLASH']}\n"
        f"  RAM (rwx) : ORIGIN = 0x20000000, LENGTH = {small['RAM']} }}\n"
        "SECTIONS { .text : { *(.text*) *(.rodata*) } > FLASH\n"
        "  .bss : { *(.bss*) *(COMMON) } > RAM }"
    )
    source = "const char big[5000] = {1}; char room[6000]; int main() { return big[room[3]]; }"
    options = ("-mcpu=cortex-m4", "-fno-exceptions", "-nostdlib", "-T", str(script))

    message = compiled(tmp_path, source, "arm-none-eabi-gcc", *options)

    assert f"region `{region}' overflowed" in message
    assert explain(message).name == name


def notebook(cell, **grading):
    cell.metadata["nbgrader"] = {
        "grade": False, "grade_id": "a", "locked": False, "schema_version": 3, "solution": False,
        "task": False, **grading,
    }  # fmt: skip
    return nbformat.v4.new_notebook(cells=[cell])


def code(source):
    return nbformat.v4.new_code_cell(source)


def said_by(action):
    with pytest.raises((RuntimeError, ValidationError)) as caught:
        action()
    return str(caught.value)


def test_markers_that_nbgrader_refuses_are_explained():
    from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions

    open_solution = notebook(code("### BEGIN SOLUTION\n1"), solution=True)
    outside = notebook(code("### BEGIN SOLUTION\n1\n### END SOLUTION"), locked=True)
    open_test = notebook(code("### BEGIN HIDDEN TESTS\n1"), grade=True, points=1)
    for worker, broken, name in (
        (ClearSolutions(), open_solution, "nbgrader_solution_marker"),
        (ClearSolutions(), outside, "nbgrader_region_outside"),
        (ClearHiddenTests(), open_test, "nbgrader_hidden_marker"),
    ):
        message = said_by(lambda worker=worker, broken=broken: worker.preprocess(broken, {}))
        assert explain(message).name == name, message


def test_cells_that_nbgrader_refuses_are_explained():
    from nbgrader.nbgraderformat.v3 import MetadataValidatorV3

    twice = notebook(code("1"), locked=True)
    twice.cells.append(twice.cells[0])
    nameless = notebook(code("1"), locked=True, grade_id="")
    pointless = notebook(code("1"), grade=True)
    for broken, name in (
        (twice, "nbgrader_duplicate"),
        (nameless, "nbgrader_no_id"),
        (pointless, "nbgrader_no_points"),
    ):
        message = said_by(lambda broken=broken: MetadataValidatorV3().validate_nb(broken))
        assert explain(message).name == name, message


def test_what_nbgraders_validate_prints_is_explained():
    from nbgrader.validator import Validator

    validator = Validator()
    for text, name in (
        (validator.changed_warning.format(num_changed=1), "nbgrader_changed_tests"),
        (validator.type_changed_warning.format(num_changed=1), "nbgrader_changed_types"),
        (validator.failed_warning.format(num_failed=2), "nbgrader_failed"),
    ):
        assert explain(text).name == name


def test_what_the_jail_says_is_explained(warm):
    from tinymledu.course import runner

    cells = [
        "input('?')",
        "import urllib.request; urllib.request.urlopen('http://example.org')",
        "open('/usr/x', 'w')",
    ]
    names = ["grader_keyboard", "grader_network", "grader_read_only"]
    outcomes = runner.run_submission(cells, "", warm=warm).cells

    assert [explain(one.message).name for one in outcomes] == names


def test_port_that_is_not_there_is_explained(tmp_path):
    model = tml.load_model(tml.lessons.shipped("01_cats_vs_dogs.tflite"))

    with pytest.raises(BoardError) as caught:
        tml.deploy(model, tml.board("nano33ble", port=str(tmp_path / "ttyACM0")))

    assert explain(str(caught.value)).name == "board_port_gone"


def test_what_checks_say_is_explained():
    from tinymledu.course import sentences
    from tinymledu.course.checks import StudentError, as_array
    from tinymledu.course.wire import Opaque

    assert explain(sentences.no_name("double")).name == "grader_missing_name"
    for value, name in ((None, "grader_none"), (Opaque("EagerTensor"), "grader_opaque")):
        with pytest.raises(StudentError) as caught:
            as_array(value, "the scores")
        assert explain(str(caught.value)).name == name


@pytest.mark.parametrize(
    "message",
    ["", "double(3): expected 6, got 5.", "RuntimeError: the flux capacitor is cold",
     "the classes: got array of shape (3,), int64: [1 2 3].", "Not met: double of any number."],
)  # fmt: skip
def test_message_that_nobody_knows_is_not_explained(message):
    assert explain(message) is None
    assert explained(message) == ""


def test_every_entry_names_its_tool_and_version_a_cause_and_a_next_step():
    names = [one.name for one in table()]

    assert len(set(names)) == len(names) >= 60
    for one in table():
        assert re.search(r"\d+\.\w+", one.source), one.name
        assert one.cause.endswith((".", "?")), one.name
        assert one.next_step.endswith((".", "?")), one.name
        assert len(one.cause) <= 200, one.name
        assert len(one.next_step) <= 200, one.name


def test_hostile_message_is_searched_in_little_time():
    """What a student writes is searched in the trusted process."""
    parts = ["takes ", "error: expected ", "unsupported operand type(s) for ", "size of array "]
    hostile = [part * 400 for part in parts] + ["a" * 10**6, "'" * 10**6, json.dumps(["["] * 9000)]
    started = time.process_time()

    for message in hostile:
        explain(message)

    assert time.process_time() - started < 1.0


def test_table_needs_no_tensorflow():
    check = "import sys; from tinymledu.course.explain import table; table(); "
    check += "sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
