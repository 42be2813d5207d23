"""Running a submission: outcomes of cells, verdicts of checks, and whose failure it was."""

import importlib.util
import sys
import threading

import pytest

from tinymledu.course import zygote as zygotes
from tinymledu.course.isolation.mounts import CACHE
from tinymledu.course.runner import Limits, run_submission
from tinymledu.course.verdict import Verdict
from tinymledu.course.zygote import Zygote
from tinymledu.errors import InputError, SandboxError

HEADER = "import numpy as np\nfrom tinymledu.course.checks import *\n"


def run(warm, *cells, checks="", **options):
    return run_submission(list(cells), HEADER + checks, warm=warm, **options)


def one_check(body, **options):
    """A file with one check of 4 points and this body."""
    settings = "".join(f", {name}={value!r}" for name, value in options.items())
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return f"@check(points=4, title='the title'{settings})\ndef the_check(student):\n{lines}\n"


def judged(warm, cell, body, **options):
    """The result of one check on a notebook of one cell."""
    return run(warm, cell, checks=one_check(body, **options)).checks[0]


# ------------------------------------------------------------------------------------------ cells


def test_cell_output_is_what_was_printed_and_shown(warm):
    cell = run(warm, "import sys\nprint('a')\nprint('b', file=sys.stderr)\n6 * 7").cells[0]

    assert cell.verdict is Verdict.PASSED
    assert cell.output == "a\nb\nOut[1]: 42\n"
    assert not cell.truncated


@pytest.mark.parametrize(
    ("source", "error", "message", "line"),
    [
        ("x = 1\n\n1 / 0", "ZeroDivisionError", "division by zero", 3),
        ("x = 1\ny = (", "SyntaxError", "incomplete input", 2),
        ("undefined", "NameError", "name 'undefined' is not defined", 1),
        ("def f():\n    raise KeyError('k')\n\nf()", "KeyError", "'k'", 2),
        ("%nosuchmagic", "UsageError", "Line magic function `%nosuchmagic` not found.", 1),
        ("import sys; sys.exit(2)", "SystemExit", "2", 1),
        ("raise KeyboardInterrupt", "KeyboardInterrupt", "", 1),
        ("import nosuchmodule", "ModuleNotFoundError", "No module named 'nosuchmodule'", 1),
    ],
)
def test_cell_that_raises_names_error_message_and_line(warm, source, error, message, line):
    cell = run(warm, source).cells[0]

    assert cell.verdict is Verdict.RAISED
    assert (cell.error, cell.message, cell.line) == (error, message, line)


def test_cells_share_their_names_and_a_failed_one_stops_nobody(warm):
    result = run(warm, "x = 20", "1 / 0", "x += 1", "print(x)")

    assert [cell.verdict.name for cell in result.cells] == ["PASSED", "RAISED", "PASSED", "PASSED"]
    assert result.cells[3].output == "21\n"


@pytest.mark.parametrize(
    ("source", "output"),
    [
        ("%matplotlib inline", ""),
        ("%%capture captured\nprint('hidden')", ""),
        ("!echo from the shell", "from the shell\n"),
        ("names = !echo one\nprint(names)", "['one']\n"),
        ("from IPython.display import display\ndisplay({'a': 1})", "{'a': 1}\n"),
        ("import asyncio\nawait asyncio.sleep(0)\nprint('awaited')", "awaited\n"),
        ("%time 1 + 1;", None),
        ("%pwd", "Out[1]: '/scratch/work'\n"),
    ],
)
def test_what_notebooks_use_works(warm, source, output):
    cell = run(warm, source).cells[0]

    assert cell.verdict is Verdict.PASSED, cell
    assert output is None or cell.output == output


def test_plot_can_be_drawn_shown_and_saved(warm):
    source = (
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\n"
        "plt.savefig('figure.png')\nimport os\nprint(os.path.getsize('figure.png') > 1000)"
    )
    cell = run(warm, source).cells[0]

    assert cell.verdict is Verdict.PASSED, cell
    assert cell.output.endswith("True\n")


def test_files_are_in_the_working_folder_and_read_only(warm):
    result = run(
        warm,
        "print(open('data/a.txt').read())",
        "open('data/a.txt', 'w')",
        files={"data/a.txt": b"content"},
    )

    assert result.cells[0].output == "content\n"
    assert result.cells[1].error == "PermissionError"


@pytest.mark.parametrize("name", ["/etc/passwd", "../up", "a/../../b", ""])
def test_file_outside_the_working_folder_is_refused(warm, name):
    with pytest.raises(InputError, match="is not below the working folder"):
        run(warm, files={name: b""})


def test_files_too_large_for_the_wire_are_refused_with_the_way_round(warm):
    with pytest.raises(
        InputError, match=r"40\.0 MiB on the way.*most is 32\.0 MiB.*readonly_binds"
    ):
        run(warm, files={"a": bytes(30 * 1024**2)})


def test_shell_command_that_never_ends_costs_only_its_cell(warm):
    result = run(warm, "!sleep 60", "print('next')", limits=Limits(cell_s=0.5))

    assert result.cells[0].verdict is Verdict.OUT_OF_TIME
    assert result.cells[1].output == "next\n"


def test_package_works_inside_and_its_cache_is_in_the_scratch(warm):
    result = run(warm, "from tinymledu.files import cache_dir\nprint(cache_dir('x'))")

    assert result.cells[0].output == f"{CACHE}/x\n"


# ----------------------------------------------------------------------------------------- checks


def test_check_that_returns_earns_its_points(warm):
    result = run(warm, "x = 1", checks=one_check("expect(student.value('x') == 1)"))

    assert result.verdict is Verdict.PASSED
    assert (result.checks[0].points, result.checks[0].points_earned) == (4, 4)
    assert result.points_earned == 4


def test_failed_expectation_says_what_was_expected_what_came_and_the_hint(warm):
    body = "expect(False, got=np.float64(1.5), expected=[1, 2], where='f(3)')"
    result = judged(warm, "", body, hint="Reread lesson 2.")

    assert result.verdict is Verdict.FAILED
    assert result.points_earned == 0
    assert result.message == "f(3): expected [1, 2], got 1.5. Reread lesson 2."


@pytest.mark.parametrize(
    ("cell", "body", "message"),
    [
        ("", "student.call('f', 1)", "There is no 'f' in the notebook."),
        ("", "student.value('x')", "There is no 'x' in the notebook."),
        ("", "student.file('m.tflite')", "There is no file 'm.tflite'."),
        ("f = 3", "student.call('f', 1)", "f() raised TypeError: 'int' object is not callable"),
        (
            "def f(x):\n    return x / 0",
            "student.call('f', 1)",
            "f() raised ZeroDivisionError in line 2 of its cell: division by zero",
        ),
        ("x = 'a'", "as_number(student.value('x'), 'x')", "x is of type str; expected a number."),
        ("x = {1}", "as_number(student.value('x'), 'x')", "x is of type set; expected a number."),
        ("x = True", "as_number(student.value('x'), 'x')", "x is of type bool; expected a number."),
        ("x = [[1], [1, 2]]", "as_array(student.value('x'), 'x')", "x is not a regular array"),
        (
            "import numpy as np\nx = np.zeros((2, 3))",
            "as_array(student.value('x'), 'x', shape=(2, None, 1))",
            "x has shape (2, 3); expected (2, any, 1).",
        ),
        (
            "x = [0.5]",
            "as_array(student.value('x'), 'x', kinds='iu')",
            "x is an array of float64, which is not what was asked for.",
        ),
        ("x = 1", "as_text(student.value('x'), 'x')", "x is of type int; expected text."),
        ("x = 'a'", "as_bytes(student.value('x'), 'x')", "x is of type str; expected bytes."),
    ],
)
def test_what_the_student_did_fails_the_check_with_a_message(warm, cell, body, message):
    result = judged(warm, cell, body)

    assert result.verdict is Verdict.FAILED
    assert message in result.message


def test_memory_error_of_a_call_is_out_of_memory(warm):
    result = judged(warm, "def f(): raise MemoryError", "student.call('f')")

    assert result.verdict is Verdict.OUT_OF_MEMORY


def test_arrays_cross_in_both_directions(warm):
    cell = "def f(x, *, scale):\n    return {'y': (x * scale).astype('int8'), 'n': len(x)}"
    body = (
        "answer = student.call('f', np.arange(3, dtype=np.int8), scale=2)\n"
        "expect(answer['n'] == 3)\n"
        "expect(answer['y'].dtype == np.int8 and answer['y'].tolist() == [0, 2, 4])"
    )

    assert judged(warm, cell, body).verdict is Verdict.PASSED


def test_written_file_reaches_the_check(warm):
    cell = "open('out.bin', 'wb').write(bytes(range(256)))"
    body = "expect(student.file('out.bin') == bytes(range(256)))"

    assert judged(warm, cell, body).verdict is Verdict.PASSED


def test_checker_has_its_files_beside_it_and_the_student_does_not(warm):
    body = (
        "from pathlib import Path\nexpect((Path(__file__).parent / 'h.npz').read_bytes() == b'h')"
    )
    result = run(
        warm,
        "import os\nprint(os.listdir())",
        checks=one_check(body),
        checker_files={"h.npz": b"h"},
    )

    assert result.checks[0].verdict is Verdict.PASSED
    assert result.cells[0].output == "[]\n"


def test_hidden_check_shows_its_title_only(warm):
    body = "expect(False, got='secret got', expected='secret expected', where='secret where')"
    result = judged(warm, "", body, visible=False, hint="secret hint")

    assert result.message == "Not met: the title."
    assert "secret got" in result.detail


# ---------------------------------------------------------------------------------- whose failure


@pytest.mark.parametrize(
    "body",
    ["1 / 0", "student.value('x') + 'a'", "import sys; sys.exit(0)", "nonsense", "assert False"],
)
def test_bug_of_a_check_is_a_grader_error_with_its_trace(warm, body):
    result = run(warm, "x = 1", checks=one_check(body))

    assert result.verdict is Verdict.GRADER_ERROR
    assert result.checks[0].verdict is Verdict.GRADER_ERROR
    assert "checks.py" in result.checks[0].detail
    assert "a person will look at it" in result.checks[0].message


def test_bug_of_one_check_leaves_the_others_their_result(warm):
    checks = one_check("1 / 0") + one_check("pass").replace("the_check", "second")
    result = run(warm, checks=checks)

    assert [check.verdict.name for check in result.checks] == ["GRADER_ERROR", "PASSED"]


@pytest.mark.parametrize(
    ("checks", "reason"),
    [
        ("def (", "SyntaxError"),
        ("import nosuchmodule", "ModuleNotFoundError"),
        ("import os; os._exit(0)", "The checker did not finish: it ended itself"),
        (one_check("pass") + "\nother = the_check", "two checks have the same name"),
        (one_check("import os; os._exit(0)"), "The checker did not finish: it ended itself"),
        ("@check(points=-1, title='t')\ndef f(s): pass", "gives -1 points; that cannot be"),
    ],
)
def test_checks_that_cannot_run_are_a_grader_error(warm, checks, reason):
    result = run(warm, "x = 1", checks=checks)

    assert result.verdict is Verdict.GRADER_ERROR
    assert reason in result.reason
    assert result.cells[0].verdict is Verdict.PASSED
    assert all(check.verdict is Verdict.GRADER_ERROR for check in result.checks)


def test_check_without_end_is_a_grader_error(warm):
    limits = Limits(wall_s=3)
    result = run(warm, checks=one_check("while True: pass"), limits=limits)

    assert result.verdict is Verdict.GRADER_ERROR
    assert "used up its 3 s" in result.reason


def test_slow_checks_do_not_take_the_students_time(warm):
    body = "import time; time.sleep(2); expect(student.call('f') == 1); time.sleep(2)"
    result = run(
        warm, "import time\ntime.sleep(2)\ndef f(): return 1", checks=one_check(body),
        limits=Limits(wall_s=5),
    )  # fmt: skip

    assert result.verdict is Verdict.PASSED, result


def test_slow_answers_do_not_take_the_checks_time(warm):
    body = "import time; time.sleep(1.5); expect(student.call('f') == 1); time.sleep(1.5)"
    result = run(
        warm, "import time\ndef f():\n    time.sleep(2.5)\n    return 1", checks=one_check(body),
        limits=Limits(wall_s=4),
    )  # fmt: skip

    assert result.verdict is Verdict.PASSED, result


def test_ended_warm_parent_is_a_grader_error(warm):
    zygote = Zygote(tensorflow=False)
    zygote.close()
    result = run(zygote, "x = 1")

    assert result.verdict is Verdict.GRADER_ERROR
    assert "The warm parent process has ended" in result.reason


def test_limits_must_be_positive():
    with pytest.raises(InputError, match="The limit pids is 0; it must be positive"):
        Limits(pids=0)


# -------------------------------------------------------------------------------- without the jail


def test_code_runs_without_isolation_only_when_told_twice(warm):
    for options in ({"isolation": "none"}, {"isolation": "some", "trust": True}):
        with pytest.raises(InputError, match="Only trust what you wrote"):
            run(warm, "x = 1", **options)


def test_trusted_code_runs_without_isolation_with_limits(warm):
    body = "expect(student.value('x') == 1)"
    cells = (
        "x = 1",
        "while True: pass",
        "bytearray(3_000_000_000)",
        "import os; print(os.getpid())",
    )
    result = run(
        warm,
        *cells,
        checks=one_check(body),
        isolation="none",
        trust=True,
        limits=Limits(cell_s=0.5, memory_bytes=10**9),
    )

    assert [cell.verdict for cell in result.cells] == [
        Verdict.PASSED,
        Verdict.OUT_OF_TIME,
        Verdict.OUT_OF_MEMORY,
        Verdict.PASSED,
    ]
    assert int(result.cells[3].output) > 1
    assert result.checks[0].verdict is Verdict.PASSED


# ---------------------------------------------------------------------------------- the warm parent


def test_one_warm_parent_serves_many_threads(warm):
    results = []
    threads = [
        threading.Thread(target=lambda n=n: results.append((n, run(warm, f"print({n})"))))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted((n, result.cells[0].output) for n, result in results) == [
        (n, f"{n}\n") for n in range(8)
    ]


def test_warm_parent_says_what_it_imported(warm):
    assert {"numpy", "matplotlib.pyplot", "tinymledu"} <= set(warm.warmth.modules)
    assert not warm.warmth.tensorflow


def test_no_variable_of_the_lecturers_environment_reaches_the_jail(warm, monkeypatch):
    monkeypatch.setenv("LMS_TOKEN", "secret-token")
    with Zygote(tensorflow=False) as zygote:
        result = run(zygote, "import os\nprint(sorted(os.environ))")

    assert "LMS_TOKEN" not in result.cells[0].output
    assert "TINYMLEDU_IN_JAIL" in result.cells[0].output


def test_same_random_numbers_come_in_every_run(warm):
    cell = "import numpy as np\nprint(np.random.default_rng(3).random(), hash('text'))"

    assert run(warm, cell).cells[0].output == run(warm, cell).cells[0].output


WITH_A_THREAD = """
import threading, time
threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
from tinymledu.course.warm_parent import serve
serve(LINE, tensorflow=False)
"""


def test_thread_in_the_warm_parent_is_noticed_before_a_fork(warm, monkeypatch):
    def command(line, *, tensorflow):
        return [sys.executable, "-c", WITH_A_THREAD.replace("LINE", str(line))]

    monkeypatch.setattr(zygotes, "_command", command)
    with Zygote(tensorflow=False) as with_a_thread:
        result = run(with_a_thread, "x = 1")

    assert result.verdict is Verdict.GRADER_ERROR
    assert "the warm parent has 2 threads; a fork of it could hang" in result.reason


@pytest.mark.training
def test_tensorflow_trains_and_converts_in_two_forks_of_one_parent(warm):
    if importlib.util.find_spec("tensorflow") is None:
        pytest.skip("TensorFlow is not installed")
    cell = """
import keras, numpy as np, tensorflow as tf
keras.utils.set_random_seed(7)
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
model.compile(loss="mse")
model.fit(np.ones((8, 4)), np.ones((8, 2)), epochs=1, verbose=0)
print(len(tf.lite.TFLiteConverter.from_keras_model(model).convert()) > 500)
"""
    limits = Limits(memory_bytes=2 * 1024**3)
    with Zygote() as zygote:
        results = [run(zygote, cell, limits=limits) for _ in range(2)]

    for result in results:
        assert result.cells[0].verdict is Verdict.PASSED, result.cells[0]
        assert result.cells[0].output.splitlines()[-1] == "True"


def test_sandbox_error_is_what_a_warm_parent_that_cannot_start_raises(monkeypatch):
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(SandboxError, match="The warm parent process did not start"):
        Zygote(tensorflow=False)
