"""Lesson 00: a quiz that shows where to begin, and the sorting of everyday machine learning.

Nothing is marked and nothing is sent. Texts are in notebooks/models/00_quiz.json and
00_sorting.json, so that they can be translated and corrected without a change of code.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tinymledu import translation
from tinymledu.errors import InputError, unknown_name
from tinymledu.lessons import shipped
from tinymledu.translation import marked, translated

Ramp = Literal["both", "machine learning, not C", "C, not machine learning", "neither"]
PLACES = ("cloud", "device", "both")
ENOUGH = 4  # right answers, of the five of a field


@dataclass(frozen=True, slots=True)
class Route:
    """Where a student begins. n_learning, n_boards: right answers in each field, of `of`."""

    ramp: Ramp
    n_learning: int
    n_boards: int
    of: int
    advice: str

    def __str__(self) -> str:
        return translated(
            "Machine learning: {n_learning} of {of}. C and boards: {n_boards} of {of}.\n"
            "You know: {ramp}. {advice}",
            n_learning=self.n_learning,
            n_boards=self.n_boards,
            of=self.of,
            ramp=translated(self.ramp),
            advice=translation.of_lesson("00", self.advice),
        )


def route(letters: Mapping[int, str | None]) -> Route:
    """Where to begin, from the letters of the ten questions; unanswered ones count as not known.

    Raises:
        UnknownNameError: a question that does not exist.
    """
    quiz = _read("00_quiz.json")
    questions = quiz["questions"]
    _check_known(marked("question"), letters, questions)
    right = {"learning": 0, "boards": 0}
    for number, letter in letters.items():
        question = questions[str(number)]
        if letter is not None and str(letter).strip().lower() == question["right"]:
            right[question["field"]] += 1
    of = sum(question["field"] == "learning" for question in questions.values())
    ramp = _ramp(right["learning"] >= ENOUGH, right["boards"] >= ENOUGH)
    return Route(ramp, right["learning"], right["boards"], of, quiz["advice"][ramp])


def sorting_feedback(places: Mapping[str, str | None]) -> dict[str, str]:
    """What there is to say to each choice of "cloud", "device" or "both".

    Returns:
        a sentence by item; one that begins with "Yes" or "Can be" has reasons on its side.

    Raises:
        UnknownNameError: an item that is not in the list.
        InputError: another place.
    """
    items = _read("00_sorting.json")
    _check_known(marked("item"), places, items)
    said = {}
    for item, place in places.items():
        if place is None:
            said[item] = translated("not sorted yet")
            continue
        chosen = str(place).strip().lower()
        if chosen not in PLACES:
            raise InputError(
                translated(
                    "{item}: {place!r} is not one of {places}.",
                    item=item,
                    place=place,
                    places=", ".join(PLACES),
                )
            )
        said[item] = translation.of_lesson("00", items[item][chosen])
    return said


def _ramp(knows_learning: bool, knows_boards: bool) -> Ramp:
    if knows_learning and knows_boards:
        return "both"
    if knows_learning:
        return "machine learning, not C"
    return "C, not machine learning" if knows_boards else "neither"


_RAMPS = (  # of Ramp, for the catalogues
    marked("both"),
    marked("machine learning, not C"),
    marked("C, not machine learning"),
    marked("neither"),
)


def _check_known(kind: str, given: Iterable[object], known: Iterable[str]) -> None:
    for name in map(str, given):
        if name not in known:
            raise unknown_name(kind, name, known)


def _read(name: str) -> Any:
    return json.loads(shipped(name).read_text(encoding="utf-8"))
