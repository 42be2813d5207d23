"""A translated lesson has the code of the English one, to the byte."""

import json
import re
import sys
from pathlib import Path

import nbformat
import pytest

from tinymledu import lessons, passport, translated_lessons, translation

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

import po_files  # noqa: E402
import translate_lesson  # noqa: E402
from build_notebooks import build  # noqa: E402
from lessons import lesson_sources  # noqa: E402

CATALOGUES = sorted((ROOT / "notebooks" / "translations").glob("*/*.po"))
HEADING = re.compile(r"^(#+ )", re.M)
COVERED = 0.98
SYMBOLS = {"KiB", "ms", "mJ", "mA", "µA", "dB", "Hz"}  # the same in every language


def of(path):
    """(lesson, language) of a catalogue."""
    return path.stem, path.parent.name


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: "-".join(of(path)))
def test_code_cells_are_those_of_the_english_lesson(path):
    lesson, language = of(path)
    english = nbformat.reads(build(translate_lesson.source_of(lesson)), as_version=4)
    other = nbformat.reads(translate_lesson.translated_notebook(lesson, language), as_version=4)

    assert [cell.cell_type for cell in other.cells] == [cell.cell_type for cell in english.cells]
    for mine, theirs in zip(other.cells, english.cells, strict=True):
        if mine.cell_type == "code":
            assert mine == theirs


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: "-".join(of(path)))
def test_headings_numbers_and_letters_survive(path):
    for text, other in translation.read(path, formatted=False).messages.items():
        marks = [mark[1] for mark in translated_lessons.MEASURED.findall(text)]
        assert [mark[1] for mark in translated_lessons.MEASURED.findall(other)] == marks
        assert HEADING.findall(other) == HEADING.findall(text)
        for sign in ("- **a**", "- **b**", "- **c**", "<details>", "</details>", "`"):
            assert other.count(sign) == text.count(sign), (sign, other)


@pytest.mark.parametrize("language", ["fr", "pt"])
def test_all_lessons_are_translated(language):
    wanted, there = 0, 0
    for source in lesson_sources():
        lesson = source.stem[:2]
        catalogue = translate_lesson.catalogue_of(lesson, language)
        done = translation.read(catalogue, formatted=False).messages
        texts = translate_lesson.messages(lesson)
        wanted, there = wanted + len(texts), there + sum(text in done for text in texts)

    # A cell that changed may wait in English for its translator; a whole lesson may not.
    assert there / wanted >= COVERED, f"{language}: {there} of {wanted}; see docs/translating.md"


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: "-".join(of(path)))
def test_a_lessons_draft_has_a_place_for_its_reviewer(path):
    found = translation.read(path, formatted=False)

    assert '"X-Reviewer:' in path.read_text(encoding="utf-8")
    assert found.draft == (not found.reviewer)


def test_measured_numbers_come_from_the_english_cell():
    english = "The board is <!--see:n_times-->484 to 1567<!--/see--> times better."

    assert translated_lessons.without_numbers(english) == (
        "The board is <!--see:n_times--><!--/see--> times better."
    )
    assert translated_lessons.with_numbers(
        "La carte est <!--see:n_times--><!--/see--> fois meilleure.", english, "fr"
    ) == "La carte est <!--see:n_times-->484 à 1567<!--/see--> fois meilleure."  # fmt: skip


@pytest.mark.parametrize("language", sorted({of(path)[1] for path in CATALOGUES}))
def test_every_word_of_a_measured_number_is_translated(language):
    numbers = [
        mark[3]
        for source in lesson_sources()
        for mark in translated_lessons.MEASURED.finditer(source.read_text(encoding="utf-8"))
    ]
    words = set(re.findall(r"[^\W\d_]+", " ".join(numbers))) - SYMBOLS

    assert words == {word.strip() for word in translated_lessons.IN_RANGES[language]}


def test_cell_without_a_translation_stays_english_and_a_draft_says_so(tmp_path, monkeypatch):
    known = po_files.translations(translate_lesson.catalogue_of("00", "fr"))
    kept = {text: other for text, other in known.items() if "A pass says" not in text}
    path = tmp_path / "00.po"
    header = po_files.header_of(path, "fr", "")
    path.write_text(po_files.written(header, translate_lesson.messages("00"), kept, {}), "utf-8")
    monkeypatch.setattr(translate_lesson, "catalogue_of", lambda *_: path)

    built = translate_lesson.translated_notebook("00", "fr")
    cells = nbformat.reads(built, as_version=4).cells
    texts = [cell.source for cell in cells if cell.cell_type == "markdown"]

    assert texts[0].startswith("# 00 · Passeport")
    assert sum("traduction est une ébauche" in text for text in texts) == 1
    assert any("A *board card*" not in text and "fiche de carte" in text for text in texts)
    assert any("**Explain.** A pass says" in text for text in texts)


def test_update_keeps_what_is_translated(tmp_path, monkeypatch):
    kept = po_files.translations(translate_lesson.catalogue_of("00", "pt"))
    path = tmp_path / "00.po"
    path.write_bytes(translate_lesson.catalogue_of("00", "pt").read_bytes())
    monkeypatch.setattr(translate_lesson, "catalogue_of", lambda *_: path)

    translate_lesson.update("00", "pt")

    assert po_files.translations(path) == kept


def test_answers_to_letters_are_in_the_language(monkeypatch, capsys):
    monkeypatch.setenv(translation.VARIABLE, "fr")

    lessons.check_yourself("00", {1: "b", 2: None})
    lessons.compare({"n": None}, {"n": 3})

    assert capsys.readouterr().out.splitlines() == [
        "1b: Oui. Il n'y a ni disque ni second programme : ce qui n'entre pas échoue. "
        "La leçon 09 planifie la mémoire avant qu'on en ait besoin.",
        "2: pas encore de réponse",
        "n  prévu : rien   trouvé : 3",
    ]


def test_passport_is_in_the_language(monkeypatch):
    monkeypatch.setenv(translation.VARIABLE, "pt")
    told = str(passport.route(dict.fromkeys(range(1, 11))))

    assert told.startswith("Aprendizagem automática: 0 de 5. C e placas: 0 de 5.\nConhece: nem um")
    assert told.endswith("escreva as suas previsões.")


def test_a_lesson_that_does_not_exist_is_refused_with_those_that_do():
    with pytest.raises(SystemExit, match=r"no lesson 99\. There are 00, 01, "):
        translate_lesson.source_of("99")


def test_every_answer_of_a_lesson_is_a_message():
    answers = json.loads(lessons.shipped("00_check_yourself.json").read_text(encoding="utf-8"))
    found = translate_lesson.messages("00")

    assert all(text in found for letters in answers.values() for text in letters.values())
