"""The public checks on a student's own computer."""

import pytest
from small_assignment import CHECKS

from tinymledu.course import notebook as nb
from tinymledu.course.home import CheckFailedError, load_checks
from tinymledu.errors import CourseError, UnknownNameError


@pytest.fixture
def public(tmp_path):
    path = tmp_path / "checks.py"
    path.write_text(nb.without_hidden(CHECKS))
    return path


def test_passed_check_says_that_hidden_ones_may_fail(public, capsys):
    load_checks(public, {"double": lambda x: 2 * x})("doubles_small_numbers")

    assert "Passed: double of 3 and 4. Hidden checks may still fail." in capsys.readouterr().out


def test_failed_check_says_expected_got_where_and_what_to_reread(public):
    check = load_checks(public, {"double": lambda x: x + 2})

    with pytest.raises(CheckFailedError, match="double\\(3\\): expected 6, got 5"):
        check("doubles_small_numbers")
    with pytest.raises(CheckFailedError, match="Reread section 1"):
        check("doubles_small_numbers")


def test_failed_check_is_shown_without_a_traceback(public):
    with pytest.raises(CheckFailedError) as caught:
        load_checks(public, {})("doubles_small_numbers")

    shown = caught.value._render_traceback_()
    assert shown == [str(caught.value)]
    assert "There is no 'double' in the notebook" in shown[0]


CELL = """def double(x):
    half = x
    return half / 0
"""


def from_a_cell(source):
    """The names that a cell defines, in a file that is called as a kernel calls it."""
    names = {}
    exec(compile(source, "/tmp/ipykernel_7/42.py", "exec"), names)
    return names


def test_students_own_exception_is_told_with_its_line_and_what_it_means(public):
    with pytest.raises(CheckFailedError) as caught:
        load_checks(public, from_a_cell(CELL))("doubles_small_numbers")

    assert "double() raised ZeroDivisionError in line 3 of its cell: division by zero." in str(
        caught.value
    )
    assert "Why: Something is divided by 0" in str(caught.value)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    shown = caught.value._render_traceback_()
    assert shown[0] == str(caught.value)
    assert [line.split(":")[0] for line in shown[1:]] == ["  line 3, in double"]


def test_a_name_that_does_not_exist_is_told_without_a_traceback(public):
    cell = from_a_cell("def ask(check):\n    check(9)\n")

    with pytest.raises(UnknownNameError) as caught:
        cell["ask"](load_checks(public, {}))

    message, *lines = caught.value._render_traceback_()
    assert message.startswith("UnknownNameError: There is no exercise '9'. Known: ")
    assert [line.split(":")[0] for line in lines] == ["  line 2, in ask"]


def test_error_that_nobody_knows_is_shown_as_it_is(public):
    def double(x):
        raise RuntimeError("the flux capacitor is cold")

    with pytest.raises(CheckFailedError) as caught:
        load_checks(public, {"double": double})("doubles_small_numbers")

    assert "double() raised RuntimeError: the flux capacitor is cold." in str(caught.value)
    assert "Why:" not in str(caught.value)


def test_all_public_checks_passed_is_not_all_of_it(public, capsys):
    load_checks(public, {"double": lambda x: 2 * x})()

    told = capsys.readouterr().out
    assert "Passed: double of 3 and 4." in told
    assert "All public checks passed (1 of 1). Hidden checks are not run here" in told
    assert "All checks" not in told


def test_a_number_runs_the_checks_of_that_exercise(public, capsys):
    public.write_text(
        public.read_text().replace("@check(points=4,", "@check(points=4, exercise=2,")
        + """
@check(points=0, title="one is a number", exercise=1)
def one_is(student):
    as_number(student.value("one"), "one")
"""
    )
    checks = load_checks(public, {"double": lambda x: 2 * x})  # there is no `one`

    checks(2)

    told = capsys.readouterr().out
    assert "Passed: double of 3 and 4." in told
    assert "one is" not in told
    with pytest.raises(UnknownNameError, match=r"There is no exercise '3'\. Known: 1, 2\."):
        checks(3)


def test_check_without_a_name_raises_after_it_has_told_of_all(public):
    public.write_text(
        public.read_text()
        + """
@check(points=0, title="one is a number")
def one_is(student):
    as_number(student.value("one"), "one")
"""
    )
    with pytest.raises(CheckFailedError) as caught:
        load_checks(public, {"double": lambda x: x, "one": 1})()

    assert "Not met: double of 3 and 4." in str(caught.value)
    assert "Passed: one is a number." in str(caught.value)
    assert "1 of 2 public checks passed." in str(caught.value)


def test_error_of_the_check_itself_is_not_called_the_students(public):
    public.write_text(public.read_text().replace("got == 2 * x", "1 / 0"))

    with pytest.raises(CourseError, match=r"has an error of its own .ZeroDivisionError.*not yours"):
        load_checks(public, {"double": lambda x: x})("doubles_small_numbers")


ANSWERS = {
    "right": "def double(x):\n    return 2 * x",
    "wrong": "def double(x):\n    return x + 2",
    "none": "def double(x):\n    pass",
    "missing": "duoble = 1",
    "raises": CELL,
    "raises_without_a_message": "def double(x):\n    raise KeyError",
    "exits": "import sys\ndef double(x):\n    sys.exit(3)",
    "text": "def double(x):\n    return 'six'",
    "array": "import numpy as np\ndef double(x):\n    return np.array([1, 2, 3])",
    "object": "class Six:\n    pass\ndef double(x):\n    return Six()",
    "equal_to_all": "class Six(float):\n    __eq__ = lambda *a: True\n"
    "def double(x):\n    return Six(5)",
    "arguments": "def double():\n    return 1",
    "terminal": "def double(x):\n    raise ValueError('\\x1b[31mred')",
    "long": "def double(x):\n    raise ValueError('a' * 5000)",
    "nested": "def double(x):\n    a = []\n    for _ in range(40):\n        a = [a]\n    return a",
    "generator": "def double(x):\n    return (i for i in range(3))",
    "memory": "def double(x):\n    raise MemoryError",
}


@pytest.mark.parametrize("case", ANSWERS)
def test_notebook_and_grader_say_the_same(public, warm, case, monkeypatch):
    from tinymledu.course import home, runner

    graded = runner.run_submission([ANSWERS[case]], public.read_text(), warm=warm).checks[0]
    check = load_checks(public, from_a_cell(ANSWERS[case]))
    here, _ = check._run(check.checks["doubles_small_numbers"])

    assert (here.verdict, here.message) == (graded.verdict, graded.message)
    assert (here.points_earned, here.title) == (graded.points_earned, graded.title)
    assert home._told(here) == home._told(graded)


def test_hidden_check_is_not_among_the_public_ones(public):
    with pytest.raises(UnknownNameError, match="doubles_small_numbers"):
        load_checks(public, {})("doubles_any_number")


def test_missing_file_of_checks_is_named(tmp_path):
    with pytest.raises(CourseError, match=r"checks\.py is not beside this notebook"):
        load_checks(tmp_path / "checks.py", {})
