"""The three helpers that every lesson calls."""

import datetime
import json

import numpy as np
import pytest

from tinymledu import lessons
from tinymledu.errors import InputError


def test_each_letter_gets_its_own_sentence(capsys):
    lessons.check_yourself("01", {1: "B ", 2: None, 3: "z"})

    first, second, third = capsys.readouterr().out.splitlines()
    assert first.startswith("1B : Yes. New labels")
    assert second == "2: not answered yet"
    assert third == "3z: choose a, b or c"


def test_a_lesson_without_questions_is_named():
    with pytest.raises(InputError, match="'1'"):
        lessons.check_yourself("1", {1: "a"})


def test_a_prediction_of_nought_is_a_prediction(capsys):
    lessons.compare({"right": 0, "wrong": None}, {"right": 3, "wrong": 4})

    assert capsys.readouterr().out.splitlines() == [
        "right  predicted: 0   found: 3",
        "wrong  predicted: nothing   found: 4",
    ]


def test_what_is_kept_is_read_back(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    lessons.keep("06", found={"scale": np.float32(0.5), "codes": np.arange(3)}, letters={1: "a"})

    kept = json.loads((tmp_path / "my_06_answers.json").read_text())
    assert kept == {"found": {"scale": 0.5, "codes": [0, 1, 2]}, "letters": {"1": "a"}}


def test_sets_and_dates_are_kept_as_lists_and_text(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    lessons.keep("06", seen={"b", "a"}, day=datetime.date(2026, 3, 1), codes={np.int8(2)})

    kept = json.loads((tmp_path / "my_06_answers.json").read_text())
    assert kept == {"seen": ["a", "b"], "day": "2026-03-01", "codes": [2]}


def test_nan_and_infinity_are_kept_as_null_and_told_once(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    losses = np.array([2.5, np.inf, np.nan])
    lessons.keep("06", found={"losses": losses, "last": float("nan")}, letters={1: "a"})

    text = (tmp_path / "my_06_answers.json").read_text()
    kept = json.loads(text, parse_constant=pytest.fail)
    assert kept["found"] == {"losses": [2.5, None, None], "last": None}
    told, written = capsys.readouterr().out.splitlines()
    assert told == "Kept as null, because JSON has no NaN and no infinity: some of found."
    assert written == "Written: my_06_answers.json"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"model": 1 + 2j}, r"ledger cannot be kept: \(1\+2j\) \(complex\)\. Keep numbers, text"),
        ([print], r"ledger cannot be kept: <built-in function print> \(builtin_function"),
        ({(1, 2): 3}, "ledger cannot be kept: keys must be str.* not tuple"),
    ],
)
def test_what_json_cannot_hold_is_named_and_nothing_is_written(tmp_path, monkeypatch, value, words):
    monkeypatch.chdir(tmp_path)

    with pytest.raises(InputError, match=words):
        lessons.keep("06", letters={1: "a"}, ledger=value)

    assert list(tmp_path.iterdir()) == []


DOUBLES = [((2,), 4), ((np.array([1.0, 2.0]),), [2.0, 4.0])]


def test_a_right_function_passes_its_cases(capsys):
    def double(x):
        return 2 * x

    assert lessons.passes(double, DOUBLES, reread="section 3")
    assert capsys.readouterr().out == "The public test passed.\n"


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda x: x + 2, "expected [2.0, 4.0], got array([3., 4.])"),  # 2 + 2 is 4 by chance
        (lambda x: 2.001 * x, "expected 4, got 4.002"),
        (lambda _: float("nan"), "expected 4, got nan"),
        (lambda _: [4], "expected 4, got [4]"),
        (lambda _: "four", "expected 4, got 'four'"),
    ],
)
def test_the_first_case_that_differs_is_shown_with_what_came(capsys, function, said):
    assert not lessons.passes(function, DOUBLES, reread="section 3", tolerance=1e-9)

    shown = capsys.readouterr().out
    assert said in shown
    assert "Reread section 3" in shown


def test_arguments_of_truth_and_text_are_shown_as_they_are(capsys):
    given = np.array([True, False]), np.array(["a", "b"]), np.array([0.123456])

    assert not lessons.passes(lambda *_: 1, [(given, 0)], reread="section 5")
    assert "array([ True, False]), array(['a', 'b']" in capsys.readouterr().out


def test_a_stub_is_asked_once(capsys):
    asked = []

    assert not lessons.passes(asked.append, DOUBLES, reread="section 3")
    assert asked == [2]
    assert capsys.readouterr().out == ""


ROOTS = [((4.0,), 2.0), ((-1.0,), None), ((9.0,), 3.0)]


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda x: x**0.5 if x >= 0 else None, "The public test passed."),
        (lambda x: abs(x) ** 0.5, "expected None, got 1.0"),
        (lambda x: 2.0 if x == 4 else None, "expected 3.0, got None"),
    ],
)
def test_none_may_be_the_right_answer_but_not_to_the_first_case(capsys, function, said):
    assert lessons.passes(function, ROOTS, reread="section 3") == said.startswith("The public")
    assert said in capsys.readouterr().out
