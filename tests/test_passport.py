"""The quiz routes by two counts, the sorting answers every choice."""

import json

import pytest

from tinymledu import passport
from tinymledu.errors import InputError
from tinymledu.lessons import shipped

QUIZ = json.loads(shipped("00_quiz.json").read_text(encoding="utf-8"))
RIGHT = {int(number): question["right"] for number, question in QUIZ["questions"].items()}
WRONG = {number: "abc"["abc".index(letter) - 1] for number, letter in RIGHT.items()}


def answers(n_learning, n_boards):
    """Right letters for the first n of each field; 1 to 5 are learning, 6 to 10 boards."""
    known = {*range(1, 1 + n_learning), *range(6, 6 + n_boards)}
    return {number: (RIGHT if number in known else WRONG)[number] for number in RIGHT}


@pytest.mark.parametrize(
    ("n_learning", "n_boards", "ramp"),
    [
        (5, 5, "both"),
        (4, 4, "both"),
        (4, 3, "machine learning, not C"),
        (3, 4, "C, not machine learning"),
        (3, 3, "neither"),
        (0, 0, "neither"),
    ],
)
def test_four_of_five_are_enough_in_each_field(n_learning, n_boards, ramp):
    found = passport.route(answers(n_learning, n_boards))

    assert (found.ramp, found.n_learning, found.n_boards) == (ramp, n_learning, n_boards)
    assert found.advice == QUIZ["advice"][ramp]


def test_an_empty_quiz_is_a_beginner():
    assert passport.route(dict.fromkeys(RIGHT)).ramp == "neither"


def test_letters_may_be_capital():
    assert passport.route({1: " B"}).n_learning == 1


def test_each_field_has_five_questions_and_no_letter_is_always_right():
    fields = [question["field"] for question in QUIZ["questions"].values()]

    assert fields.count("learning") == fields.count("boards") == 5
    for letter in "abc":
        ramp = passport.route(dict.fromkeys(RIGHT, letter))
        assert ramp.ramp == "neither"


def test_every_choice_of_a_place_gets_an_answer():
    items = json.loads(shipped("00_sorting.json").read_text(encoding="utf-8"))

    assert list(items) == [
        "spam filter", "music taste", "shopping", "voice recognition", "self-driving car",
    ]  # fmt: skip
    for item, answers in items.items():
        assert tuple(answers) == passport.PLACES
        assert any(text.startswith("Yes") for text in answers.values()), item
        assert passport.sorting_feedback({item: " Both"})[item] == answers["both"]


def test_what_is_not_sorted_is_said():
    assert passport.sorting_feedback({"shopping": None}) == {"shopping": "not sorted yet"}


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: passport.route({11: "a"}), "no question '11'"),
        (lambda: passport.sorting_feedback({"radio": "cloud"}), "no item 'radio'"),
        (lambda: passport.sorting_feedback({"shopping": "shop"}), "'shop' is not one of cloud"),
    ],
)
def test_what_does_not_exist_is_named(call, words):
    with pytest.raises(InputError, match=words):
        call()
