"""Messages in the student's language: looked up, complete, and never wrong in English.

Expected values are the texts of the catalogues themselves and hand-written sentences; gettext's own
parser (babel) reads the files. What is shown to students is looked at in real sentences: those that
the public checks say about every mutant.
"""

import re
import signal
import string
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from mutant_sentences import said_about

from tinymledu import translation
from tinymledu.course.assignment import assignment_names
from tinymledu.course.sentences import raised, summary, verdict_line
from tinymledu.course.shell import OutOfTime, time_limit
from tinymledu.course.verdict import CheckResult, Verdict
from tinymledu.errors import UnknownNameError
from tinymledu.translation import in_language, said, speaking, translated

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

import catalogues  # noqa: E402

LANGUAGES = ("fr", "pt")
FORMATTER = string.Formatter()


def entries(language):
    path = catalogues.catalogues()[language]
    catalogue = read_po(path.read_text(encoding="utf-8").splitlines(keepends=True))
    return [entry for entry in catalogue if entry.id and entry.string]


def places_in(text):
    try:
        return sorted(
            (name, spec, conversion)
            for _, name, spec, conversion in FORMATTER.parse(text)
            if name is not None
        )
    except ValueError:
        return text.count("{"), text.count("}")


# --------------------------------------------------------------------------------- the catalogues


def test_every_message_is_in_every_catalogue():
    absent = {language: found for language, found in catalogues.missing().items() if found}

    assert not absent, "run `python scripts/catalogues.py`"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("area", catalogues.AREAS)
def test_every_message_is_translated(language, area):
    n, of = catalogues.counts()[language][area]

    assert n == of, f"{n} of {of}; see docs/translating.md"


@pytest.mark.parametrize("language", LANGUAGES)
def test_values_survive_translation(language):
    lost = [
        entry.id for entry in entries(language) if places_in(entry.id) != places_in(entry.string)
    ]

    assert lost == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_draft_says_so_and_has_a_place_for_its_reviewer(language):
    path = catalogues.catalogues()[language]
    header = path.read_text(encoding="utf-8").split("\n\n")[0]

    assert f'"Language: {language}\\n"' in header
    assert '"X-Status: ' in header
    assert '"X-Reviewer:' in header
    found = translation.read(path)
    assert found.draft == (not found.reviewer), "a reviewed translation names its reviewer"


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_of_catalogues_end_as_the_english_ones(language):
    ends = {entry.id: entry.string for entry in entries(language) if entry.id[-1] in ".?:"}

    assert [one for one, other in ends.items() if one.rstrip()[-1] != other.rstrip()[-1]] == []


def test_reviewed_catalogue_is_no_draft(tmp_path):
    path = tmp_path / "x.po"
    text = 'msgid ""\nmsgstr ""\n"X-Status: reviewed\\n"\n"X-Reviewer: Ada Obi\\n"\n'
    path.write_text(text, encoding="utf-8")

    assert (translation.read(path).draft, translation.read(path).reviewer) == (False, "Ada Obi")


def test_update_keeps_translations_also_of_messages_that_went(tmp_path):
    import po_files

    path = tmp_path / "x.po"
    known = {"a {b}": "x {b}", "gone": "parti"}
    header = po_files.header_of(path, "fr", "about")
    known["doubt"] = "doute"
    places = {"a {b}": ["f.py"], "new": ["g.py"], "doubt": ["g.py"]}
    above = {"doubt": "# ask Chioma\n#, fuzzy\n"}
    path.write_text(po_files.written(header, places, known, above))

    assert po_files.translations(path) == known
    assert po_files.remarks(path) == above
    assert translation.read(path).messages == {"a {b}": "x {b}"}
    assert po_files.header_of(path, "fr", "another") == header


def test_titles_and_hints_are_found_as_constants_names_and_joined():
    source = """
REREAD = "Reread section 1."
@check(points=1, title="double is" " right", hint=REREAD)
def a(student): ...
@check(points=1, title="other", hint=f"{REREAD} Twice.")
def b(student): ...
"""
    assert list(catalogues.check_texts(source)) == [
        "double is right", "Reread section 1.", "other", "Reread section 1. Twice.",
    ]  # fmt: skip


def test_texts_from_values_are_found_with_named_places():
    source = '''
KNOWN = "a name of the module"
### BEGIN HIDDEN TESTS
def hidden(student):
    expect(False, where="said to nobody")
### END HIDDEN TESTS
def where(x, weights):
    """Said to who reads this."""
    return f"{len(x)} points, {weights.shape[0]} readings, {weights.shape[1]:,} of {np.size(x)!r}"
def expect_it(student, things, budget):
    got = student.call("two words", f"sent to {student}", {"a key": "of a card"})
    assert got != "not for students", "for the lecturer"
    expect(got, where=f"choose({budget})", expected="none", got=shown or "no thing", other="one")
    expect_each(got, ["a line of text"], lambda i: f"{{row}} {i}: {things[i]} and {things[i + 1]}")
    raise StudentError(f"{budget}.tflite, part {where(x, y) or 'as called'} is {str(things[-1])}")
'''
    assert list(catalogues.check_texts(source)) == [
        "{len_x} points, {weights_shape_0} readings, {weights_shape_1} of {size_x}",
        "none",
        "no thing",
        "{{row}} {i}: {things_i} and {things_i_1}",
        "{budget}.tflite, part {where_x_y_or_as_called} is {things_1}",
        "as called",
    ]


@pytest.mark.parametrize("text", ["int8", "axis=0", "choose(table, {x})", "{n:g}", "CC BY 4.0"])
def test_what_has_no_word_of_english_is_no_message(text):
    import check_texts

    assert not check_texts.is_english(text)
    assert check_texts.is_english(f"{text} of the model")


# ----------------------------------------------------------------------------------- the language


def test_language_is_the_chosen_one_then_the_variables_then_the_courses(monkeypatch):
    monkeypatch.delenv(translation.VARIABLE, raising=False)
    assert translation.language() == "en"
    assert translation.language("pt") == "pt"
    monkeypatch.setenv(translation.VARIABLE, "fr_SN.UTF-8")
    assert translation.language("pt") == "fr"
    with speaking("PT-BR"):
        assert translation.language() == "pt"
        with speaking(""):
            assert translation.language() == "pt"
    assert translation.language() == "fr"


def test_unknown_language_is_english_and_refused_where_it_is_asked_for(monkeypatch):
    monkeypatch.setenv(translation.VARIABLE, "../../etc")

    assert translated("passed") == "passed"
    with pytest.raises(UnknownNameError, match=r"no language 'xx'. Known: en, fr, pt"):
        translation.require("xx")
    translation.require("fr")
    translation.require("")


def test_message_without_a_translation_is_english():
    with speaking("fr"):
        assert translated("nobody wrote {this}", this=1) == "nobody wrote 1"


def test_braces_of_a_title_are_not_places():
    assert translated("a set {1, 2}") == "a set {1, 2}"


# ------------------------------------------------------- English sentences that are shown later


def test_kept_sentence_is_shown_in_the_language_with_values_and_hint():
    message = said("{where}: expected {expected}, got {got}.", where="f(3)", expected=6, got="{x}")
    hint = "Reread the worked value of exercise 3."

    assert message == "f(3): expected 6, got {x}."
    assert in_language(message) == message
    with speaking("fr"):
        assert in_language(f"{message} {hint}") == (
            "f(3) : attendu 6, obtenu {x}. Relisez l'exemple calculé de l'exercice 3."
        )
    with speaking("pt"):
        assert in_language(message) == "f(3): esperado 6, obtido {x}."


@pytest.mark.parametrize(
    ("line", "message", "french"),
    [
        (3, "got 3.", "f() a levé ValueError à la ligne 3 de sa cellule : got 3."),
        (
            None,
            "x: expected (3,), got (4,).",
            "f() a levé ValueError : x: expected (3,), got (4,).",
        ),
        (3, "", "f() a levé ValueError à la ligne 3 de sa cellule"),
        (None, "", "f() a levé ValueError"),
    ],
)
def test_outer_sentence_is_found_before_what_it_quotes(line, message, french):
    with speaking("fr"):
        shown = in_language(raised("f()", "ValueError", message, line))

    # What is quoted may be translated as well; its values stay.
    assert shown.startswith(french.split(" : ")[0])
    assert "(4,)" in shown or "(4,)" not in message


def test_a_limit_of_time_is_told_in_the_language():
    with pytest.raises(OutOfTime) as caught, time_limit(6):
        signal.raise_signal(signal.SIGALRM)  # as the timer does
    kept = said("{what} did not end: {message}.", what="f()", message=caught.value)

    with speaking("fr"):
        assert in_language(kept) == "f() ne s'est pas terminé : plus de 6 s."


def test_sentence_in_a_sentence_is_translated():
    kept = said(
        "The notebook's program is not there any more: {reason}.",
        reason=said("it used up its {wall_s:g} s", wall_s=20),
    )

    with speaking("pt"):
        assert in_language(kept) == ("O programa do notebook já não está lá: gastou os seus 20 s.")


def test_words_of_others_stay_as_they_are():
    with speaking("fr"):
        for text in ("", "x", "le flux", "{", "{}", "{0.__class__}", "%s", "Reread: {name}",
                     "3 and that", "x, y", "a of b", "Paris to Rome", "my list, shape",
                     "codes from 3 to 4"):  # fmt: skip
            assert in_language(text) == text


@pytest.mark.parametrize(
    ("english", "french"),
    [
        # One word is a name, unless the check says it; in quotes of what came it is the student's.
        ("x: expected 'none', got 'none'.", "x : attendu 'rien', obtenu 'none'."),
        ("x: expected 'a number above 0', got 'a number above 0'.",
         "x : attendu 'un nombre supérieur à 0', obtenu 'a number above 0'."),
        ("the codes: expected 'codes from -127 to 127', got 3.",
         "les codes : attendu 'des codes de -127 à 127', obtenu 3."),
        ("board of the place north: expected 1, got 2.",
         "board du lieu north : attendu 1, obtenu 2."),
        # Few words of its own: only between numbers.
        ("x: expected '0.5 to -1e-3', got 2.", "x : attendu '0.5 à -1e-3', obtenu 2."),
        ("x: expected 'here to there', got 2.", "x : attendu 'here to there', obtenu 2."),
        # A sentence in what others say is found only by many words.
        ("f() raised ValueError: a.c:4: error: expected b.",
         "f() a levé ValueError : a.c:4: error: expected b."),
        ("f() raised InputError: step() has shape (1,); expected (2,).",
         "f() a levé InputError : step() : forme (1,) ; attendu (2,)."),
    ],
)  # fmt: skip
def test_values_are_translated_where_they_are_ours(english, french):
    with speaking("fr"):
        assert in_language(english) == french


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_checks_is_found_in_a_sentence(language):
    found = translation.read(catalogues.catalogues()[language])
    kept = "{where}: expected {expected}, got {got}."
    wrong = {}
    for part in found.parts:
        values = {name: str(n) for n, name in enumerate(translation._names(part), 30)}
        sentence = said(kept, where=part.format(**values), expected=1, got=2)
        want = found.messages[kept].format(
            where=found.messages[part].format(**values), expected=1, got=2
        )
        with speaking(language):
            if (shown := in_language(sentence)) != want:
                wrong[sentence] = shown

    assert wrong == {}


def test_hostile_text_is_searched_once_for_each_message_and_depth(monkeypatch):
    """Counted are the calls of `_matched` and the lengths of their texts, not what a call does."""
    texts = [" raised " * 20_000, ": expected " * 20_000, ": expected x, got " * 9_000 + ".",
             "There is no file " * 9_000, "frame() of 6 samples, size 4, hop 3, shape" * 2_400,
             "f() raised ValueError: " + "scale for a range from 1 to " * 4_000,
             "x. " + "Reread the worked value of exercise 3. " * 2_600 + "This does not hold.",
             "x: expected '" + "1 to 2, frame " * 8_000 + "', got 3."]  # fmt: skip
    matched, searched = translation._matched, []

    def counted(message, text):
        searched.append(len(text))
        return matched(message, text)

    monkeypatch.setattr(translation, "_matched", counted)
    n_messages = len(translation.read(translation._path("fr")).messages)
    with speaking("fr"):
        for text in texts:
            searched.clear()
            in_language(text)
            # Values are parts of the text, apart from each other: a depth reads each letter once.
            assert sum(searched) <= len(text) * n_messages * translation._MAX_DEPTH, text[:60]


# ------------------------------------------------------- what checks really say about wrong answers

CODE = re.compile(r"'[^']*'|\"[^\"]*\"|\{[^}]*\}|\w+\(|\w*=\w+|#\d+ |\S*[_/\d#]\S*|\w+\.\w+")
WORD = re.compile(r"[A-Za-z]{2,}")
NAMES = {"NoneType", "ndarray", "tuple", "set", "str", "bytes", "int", "float", "list", "dict",
         "True", "False", "None", "ADD", "north", "south", "given", "Nano", "BLE", "Sense", "KiB",
         "MiB"}  # fmt: skip
A_TOOLS_OWN_WORDS = re.compile(r" raised \w+Error|cannot be built: zig ")
SLOW = ("A01", "A03", "A04", "A07", "A08", "A09")


def words(text):
    return set(WORD.findall(CODE.sub(" ", text))) - NAMES


def english_left(language, kept):
    """Words of a sentence that are shown as they were, but for those that the language has, too."""
    found = translation.read(catalogues.catalogues()[language]).messages.values()
    theirs = {word.lower() for text in found for word in words(text)}
    with speaking(language):
        shown = {text: in_language(text) for text in kept}
    left = {text: words(text) & words(shown[text]) for text in kept}
    return {
        shown[text]: found
        for text in kept
        if (found := {word for word in left[text] if word.lower() not in theirs})
    }


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(one, marks=[pytest.mark.slow] * one.startswith(SLOW))
        for one in assignment_names()
    ],
)
def test_no_real_sentence_keeps_an_english_part(name):
    kept = said_about(name)
    ours = {text for text in kept if not A_TOOLS_OWN_WORDS.search(text)}

    assert len(ours) >= 20
    assert len(kept - ours) <= 3
    for language in LANGUAGES:
        assert english_left(language, ours) == {}


def test_an_english_part_would_be_found():
    kept = {"the frobs, shape: expected 1, got 2.", "f(), shape: expected 1, got 2."}

    assert english_left("fr", kept) == {"the frobs, forme : attendu 1, obtenu 2.": {"the", "frobs"}}


# ----------------------------------------------------------------------------- what is put together


def result(title, verdict, *, visible=True, message=""):
    return CheckResult("c", title, verdict, 4.0, 0.0, message, "", visible)


TITLE = "reject keeps the share of validation rows that was asked for, and no more"


def test_summary_and_verdict_are_in_the_language():
    checks = [result(TITLE, Verdict.PASSED), result("x", Verdict.FAILED, visible=False)]

    with speaking("fr"):
        assert summary(checks) == (
            "Tous les tests publics sont réussis (1 sur 1). 0 test caché réussi sur 1."
        )
        assert verdict_line(TITLE, Verdict.FAILED) == (
            "Non satisfait : reject garde la part demandée des lignes de validation, et pas plus."
        )


def test_page_is_in_the_language_and_says_once_that_it_is_a_draft(tmp_path):
    sys.path.insert(0, str(ROOT / "tests" / "course"))
    from small_assignment import write_assignment

    from tinymledu.course import feedback
    from tinymledu.course.grades import StudentGrade
    from tinymledu.course.intake import Submission

    message = "There is no 'reject' in the notebook. Did its cell run to the end?"
    checks = (result(TITLE, Verdict.FAILED, message=message),)
    grade = StudentGrade(Submission("ana"), 0, Verdict.FAILED, "", checks)
    small, now = write_assignment(tmp_path), datetime(2026, 3, 2, tzinfo=UTC)
    english = feedback.page(small, grade, now)
    with speaking("fr"):
        french = feedback.page(small, grade, now)
        unread = feedback.page(small, replace(grade, machine_points=None, reason="?"), now)

    assert '<html lang="en">' in english
    assert TITLE in english
    assert translation.DRAFT_NOTE not in english
    assert '<html lang="fr">' in french
    assert french.count("Cette traduction est une ébauche.") == 1
    assert "Il n&#39;y a pas de &#39;reject&#39; dans le notebook." in french
    assert "reject garde la part demandée" in french
    assert "0 points sur" in french
    assert "non noté : ?" in unread


def test_check_in_a_notebook_speaks_the_language(tmp_path, monkeypatch, capsys):
    from tinymledu.course.home import CheckFailedError, load_checks

    path = tmp_path / "checks.py"
    path.write_text(f"""
from tinymledu.course.checks import as_number, check, expect

@check(points=4, title={TITLE!r}, hint="Reread the worked value of exercise 3.")
def keeps(student):
    expect(student.call("reject", 3) == 6, got=1, expected=6, where="reject(3)")
""")
    monkeypatch.setenv(translation.VARIABLE, "fr")
    check = load_checks(path, {"reject": lambda x: x})
    with pytest.raises(CheckFailedError) as caught:
        check("keeps")

    assert capsys.readouterr().out.count("ébauche") == 1
    assert str(caught.value).splitlines() == [
        "Non satisfait : reject garde la part demandée des lignes de validation, et pas plus.",
        "reject(3) : attendu 6, obtenu 1. Relisez l'exemple calculé de l'exercice 3.",
    ]


def test_courses_own_language_is_that_of_its_pages(tmp_path, monkeypatch):
    sys.path.insert(0, str(ROOT / "tests" / "course"))
    from small_assignment import fresh_course

    from tinymledu.course.layout import SETTINGS, open_course

    monkeypatch.delenv(translation.VARIABLE, raising=False)
    place = fresh_course(tmp_path / "c")
    settings = place.folder / SETTINGS
    settings.write_text(settings.read_text() + 'language = "pt"\n')

    assert open_course(place.folder).language == "pt"


@pytest.mark.parametrize("verb", ["feedback", "grades"])
def test_command_line_refuses_an_unknown_language(tmp_path, capsys, verb):
    sys.path.insert(0, str(ROOT / "tests" / "course"))
    from small_assignment import fresh_course

    from tinymledu.cli import main

    place = fresh_course(tmp_path / "c")
    code = main(["course", verb, "T01", "--course", str(place.folder), "--language", "xx"])

    assert code == 1
    assert "There is no language 'xx'. Known: en, fr, pt." in capsys.readouterr().err
