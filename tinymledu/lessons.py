"""What every lesson needs: feedback on questions, predictions compared, one file of answers."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tinymledu import files
from tinymledu.errors import InputError


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
            f'Lesson {lesson!r} has no questions. Two digits are needed, such as "01".'
        )
    feedback = json.loads(path.read_text(encoding="utf-8"))
    for question, letter in letters.items():
        if letter is None:
            print(f"{question}: not answered yet")
            continue
        said = feedback.get(str(question), {}).get(str(letter).strip().lower())
        print(f"{question}{letter}: {said or 'choose a, b or c'}")


def compare(predictions: Mapping[str, object], found: Mapping[str, object]) -> None:
    """Print each prediction beside what came true."""
    width = max((len(name) for name in found), default=0) + 2
    for name, value in found.items():
        predicted = predictions.get(name)
        said = "nothing" if predicted is None else predicted
        print(f"{name:{width}}predicted: {said}   found: {value}")


def keep(lesson: str, **mine: Any) -> None:
    """Write what a student wrote and found to my_NN_answers.json, beside the notebook.

    Args:
        mine: by name: predictions, letters, ledger, answers, and `found`: numbers by name, from
            which scripts/lessons.py takes the ranges under "You should see".
    """
    path = Path(f"my_{lesson}_answers.json")
    text = json.dumps(mine, indent=1, default=lambda value: value.tolist())
    path.write_text(text + "\n", encoding="utf-8")
    print(f"Written: {path}")
