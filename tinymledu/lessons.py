"""What every lesson needs: feedback on questions, predictions compared, one file of answers."""

import datetime
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tinymledu import files, translation
from tinymledu.errors import InputError
from tinymledu.translation import translated


def shipped(name: str) -> Path:
    """Path of a file that a lesson ships, such as "01_record.json"."""
    return files.shipped("notebooks", "models", name)


def check_yourself(lesson: str, letters: Mapping[int, str | None]) -> None:
    """Print what there is to say to each letter; nothing is kept or sent.

    Args:
        lesson: its two digits, such as "06".
        letters: the answer to each question, such as {1: "a", 2: None}; None: not answered yet.

    Raises:
        InputError: the lesson ships no questions.
    """
    path = shipped(f"{lesson}_check_yourself.json")
    if not path.is_file():
        raise InputError(
            translated(
                'Lesson {lesson!r} has no questions. Two digits are needed, such as "01".',
                lesson=lesson,
            )
        )
    feedback = json.loads(path.read_text(encoding="utf-8"))
    for question, letter in letters.items():
        if letter is None:
            print(f"{question}:", translated("not answered yet"))
            continue
        said = feedback.get(str(question), {}).get(str(letter).strip().lower())
        told = translation.of_lesson(lesson, said) if said else translated("choose a, b or c")
        print(f"{question}{letter}: {told}")


def compare(predictions: Mapping[str, object], found: Mapping[str, object]) -> None:
    """Print each prediction beside what came true."""
    width = max((len(name) for name in found), default=0) + 2
    for name, value in found.items():
        predicted = predictions.get(name)
        said = translated("nothing") if predicted is None else predicted
        told = translated("predicted: {predicted}   found: {found}", predicted=said, found=value)
        print(f"{name:{width}}{told}")


def keep(lesson: str, **mine: Any) -> None:
    """Write what a student wrote and found to my_NN_answers.json, beside the notebook.

    Args:
        mine: by name: predictions, letters, ledger, answers, and `found`: numbers by name, from
            which scripts/lessons.py takes the ranges under "You should see". Arrays and sets
            become lists, dates text; NaN and infinity, which JSON does not have, become null.

    Raises:
        InputError: something that JSON cannot hold; nothing is written.
    """
    kept: dict[str, Any] = {}
    without_number: list[str] = []
    for name, value in mine.items():
        kept[name], all_numbers = _plain(name, value)
        if not all_numbers:
            without_number.append(name)
    if without_number:  # such as the loss of a training that broke: the rest is worth keeping
        print(
            translated(
                "Kept as null, because JSON has no NaN and no infinity: some of {names}.",
                names=", ".join(without_number),
            )
        )
    path = Path(f"my_{lesson}_answers.json")
    path.write_text(json.dumps(kept, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    print(translated("Written: {path}", path=path))


def _plain(name: str, value: object) -> tuple[Any, bool]:
    """The value as JSON holds it, and whether each of its numbers is one there."""
    not_numbers: list[str] = []
    try:
        text = json.dumps(value, default=_as_json)
        plain = json.loads(text, parse_constant=not_numbers.append)  # append gives None: null
    except (TypeError, ValueError, RecursionError) as reason:
        raise InputError(
            translated(
                "{name} cannot be kept: {reason}. Keep numbers, text, lists and dictionaries.",
                name=name,
                reason=reason,
            )
        ) from reason
    return plain, not not_numbers


def _as_json(value: object) -> object:
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    if isinstance(value, datetime.date):
        return value.isoformat()
    raise TypeError(f"{_short(value)} ({type(value).__name__})")


def passes(
    function: Callable[..., object],
    cases: Sequence[tuple[tuple[object, ...], object]],
    *,
    reread: str,
    tolerance: float = 0.0,
) -> bool:
    """Try a student's function on worked cases, and print the first that differs.

    A stub, which tells that it is not done and returns None, is called once only. So the first
    case must have a number; in the others, None may be the right answer.

    Args:
        cases: for each, the arguments and what must come: numbers, arrays of them, or None.
        reread: where to look again, such as "section 3".
        tolerance: how far a number may lie from the expected one, absolute.
    """
    for place, (given, expected) in enumerate(cases):
        got = function(*given)
        if got is None and place == 0:
            return False
        if not _is_near(got, expected, tolerance):
            asked = ", ".join(_short(value) for value in given)
            name = getattr(function, "__name__", "it")
            print(
                translated(
                    "{where}: expected {expected}, got {got}.",
                    where=f"{name}({asked})",
                    expected=_short(expected),
                    got=_short(got),
                )
            )
            print(translated("Reread {place}, then run both cells again.", place=reread))
            return False
    print(translated("The public test passed."))
    return True


def _is_near(got: object, expected: object, tolerance: float) -> bool:
    if expected is None:
        return got is None
    try:
        mine, wanted = np.asarray(got, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    except (TypeError, ValueError):
        return False
    if mine.shape != wanted.shape:
        return False
    return bool(np.all(np.abs(mine - wanted) <= tolerance))  # NaN is near nothing


def _short(value: object) -> str:
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":  # truth and text have no digits
        value = np.round(value, 4)
    text = " ".join(repr(value).split())
    return text if len(text) <= 100 else text[:100] + " ..."
