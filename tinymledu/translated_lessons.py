"""Lessons in another language: texts from a catalogue, code cells as they are, to the byte."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from tinymledu import files, translation

MEASURED = re.compile(r"(<!--see:(\w+)-->)(.*?)(<!--/see-->)")  # numbers of scripts/lessons.py
IN_RANGES = {  # the words of measured numbers, such as "1.30 to 2.84 ms"
    "fr": {" to ": " à ", " million": " millions", " days": " jours"},
    "pt": {" to ": " a ", " million": " milhões", " days": " dias"},
}


def lessons_in(language: str) -> Iterator[tuple[str, str]]:
    """(file name, notebook as JSON) of every lesson; English where there is no translation.

    Args:
        language: a code of `translation.known`.
    """
    for path in sorted(files.shipped("notebooks").glob("*.ipynb")):
        english = path.read_text(encoding="utf-8")
        catalogue = files.shipped("notebooks", "translations", language, f"{path.name[:2]}.po")
        if catalogue.is_file():
            name = f"{path.stem}.{language}{path.suffix}"
            yield name, in_language(english, catalogue, language)
        else:
            yield path.name, english


def in_language(notebook: str, catalogue: Path, language: str) -> str:
    """A lesson's JSON with the texts of a catalogue; its first cell says when they are a draft."""
    found = translation.read(catalogue, formatted=False)
    lesson = json.loads(notebook)
    for cell in lesson["cells"]:
        if cell["cell_type"] == "markdown":
            english = "".join(cell["source"])
            text = found.messages.get(without_numbers(english))
            cell["source"] = with_numbers(text, english, language) if text else english
    if found.draft:
        with translation.speaking(language):
            lesson["cells"][0]["source"] += (
                f"\n\n*{translation.translated(translation.DRAFT_NOTE)}*"
            )
    return json.dumps(lesson, indent=1, ensure_ascii=False) + "\n"


def without_numbers(text: str) -> str:
    """A cell's text without what was measured, so that a new run leaves its translation alone."""
    return MEASURED.sub(r"\1\4", text)


def with_numbers(text: str, english: str, language: str) -> str:
    """The numbers of the English cell, at the same marks."""
    numbers = {name: number for _, name, number, _ in MEASURED.findall(english)}
    for word, other in IN_RANGES.get(language, {}).items():
        numbers = {name: number.replace(word, other) for name, number in numbers.items()}
    return MEASURED.sub(lambda mark: f"{mark[1]}{numbers.get(mark[2], '')}{mark[4]}", text)
