"""Lessons in another language: Markdown cells from a catalogue, code cells as they are.

    python scripts/translate_lesson.py 00 --language fr          # make or update the catalogue
    python scripts/translate_lesson.py 00 --language fr --build  # write the translated notebook

The catalogue is notebooks/translations/LANGUAGE/NN.po: one message for each Markdown cell, and for
each answer of the lesson's questions. What has no translation stays English. How to translate is in
docs/translating.md.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jupytext
from build_notebooks import build
from lessons import lesson_sources
from po_files import header_of, remarks, translations, written

from tinymledu.translated_lessons import in_language, without_numbers

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"
ABOUT = "Lesson {lesson}. See docs/translating.md; written by scripts/translate_lesson.py."
QUESTIONS = ("check_yourself", "quiz", "sorting")
SHORT = ("field", "right")  # of a quiz: not shown


def source_of(lesson: str) -> Path:
    """The text source of a lesson, by its two digits."""
    (path,) = lesson_sources([lesson])
    return path


def catalogue_of(lesson: str, language: str) -> Path:
    return NOTEBOOKS / "translations" / language / f"{lesson}.po"


def messages(lesson: str) -> dict[str, list[str]]:
    """Every text of a lesson -> where it stands."""
    found: dict[str, list[str]] = {}
    source = source_of(lesson)
    for cell in jupytext.read(source, fmt="py:percent").cells:
        if cell.cell_type == "markdown":
            found.setdefault(without_numbers(cell.source), []).append(_place(source))
    for name in QUESTIONS:
        path = NOTEBOOKS / "models" / f"{lesson}_{name}.json"
        if path.is_file():
            for text in _texts(json.loads(path.read_text(encoding="utf-8"))):
                found.setdefault(text, []).append(_place(path))
    return found


def _texts(value: Any) -> Iterator[str]:
    """Every text in questions and answers, but not their keys."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inside in value.items():
            if key not in SHORT:
                yield from _texts(inside)


def _place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def translated_notebook(lesson: str, language: str) -> str:
    """The notebook's JSON, built from the lesson's source."""
    return in_language(build(source_of(lesson)), catalogue_of(lesson, language), language)


def update(lesson: str, language: str) -> Path:
    """Make or update a lesson's catalogue; translations that are there stay."""
    path = catalogue_of(lesson, language)
    header = header_of(path, language, ABOUT.format(lesson=lesson))
    text = written(header, messages(lesson), translations(path), remarks(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("lesson", help="two digits, such as 00")
    parser.add_argument("--language", required=True, help="such as fr")
    parser.add_argument("--build", action="store_true", help="write NN_name.LANGUAGE.ipynb")
    parser.add_argument("--to", type=Path, default=Path(), help="folder; default: this one")
    options = parser.parse_args()
    if options.build:
        path = options.to / f"{source_of(options.lesson).stem}.{options.language}.ipynb"
        path.write_text(translated_notebook(options.lesson, options.language), encoding="utf-8")
    else:
        path = update(options.lesson, options.language)
    sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
