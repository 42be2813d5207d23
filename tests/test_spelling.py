"""Words that people read are spelt as English is, the British way, or are names and terms we know.

The list of English words comes with pyspellchecker. Names and terms of the course that it lacks
stand in tests/words.txt, one on a line: add a word there only when it is spelt as it should be.
"""

import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from prose import ASSIGNMENTS, LESSONS, ROOT, blocks, cells, comments, pages
from spellchecker import SpellChecker

sys.path.insert(0, str(ROOT / "scripts"))

import catalogues

LISTED = Path(__file__).with_name("words.txt").read_text("utf-8").split()
OURS = {word.lower() for word in LISTED}
LETTERS = r"[^\W\d_²³₀-₉]+"
HOW = "spell it the British way; a name or a term goes into tests/words.txt"
WORD = re.compile(rf"(?<![\w./@]){LETTERS}(?:['’]{LETTERS})*(?![\w/@]|\.\w)")
NAME = re.compile(r"\w+[A-Z]")  # a capital inside: TensorFlow, mAh, PRIMM
NO_PROSE = re.compile(r"`[^`]*`|\{[^}]*\}|<[^>]*>|\$[^$]*\$|noqa: .*|fmt: \w+|type: .*")
AMERICAN = re.compile(
    r"(?:behavi|col|fav|flav|harb|hon|lab|neighb|rum|vap)or(?!at|i[cg])\w*|center\w*|fibers?|liters?"
    r"|defense|gray\w*|catalogs?|judgment|(?:label|model|cancel|travel|signal)(?:ed|ing)|analyz\w*"
    r"|\w{3,}(?<!quant)(?<!normal)i[z](?:e[sdr]?|ing|ations?)"  # terms of the field keep their z
)
BRITISH = re.compile(r"(?<!quant)(?<!normal)is(?=(?:e[sdr]?|ing|ations?)$)")  # the list has z
NO_AMERICAN = {"optimizer", "resize"}  # a name of Keras; a size


@cache
def theirs() -> frozenset[str]:
    return frozenset(SpellChecker(language="en").word_frequency.words())


@cache
def known_words() -> frozenset[str]:
    return theirs() | OURS


def wrong_words(text: str) -> Iterator[str]:
    """Words that nobody knows, and those that are spelt the American way."""
    for word in WORD.findall(NO_PROSE.sub(" ", text)):
        plain = word.lower().replace("’", "'").removesuffix("'s")
        american = AMERICAN.fullmatch(plain) and plain not in NO_AMERICAN
        known = {plain, BRITISH.sub("iz", plain)} & known_words()
        if american or not (known or NAME.match(word)):
            yield word


def of_notebook(source: Path) -> str:
    texts = [block.text for cell in cells(source, "markdown") for block in blocks(cell)]
    return "\n".join([*texts, *(said for cell in cells(source, "code") for said in comments(cell))])


@pytest.mark.parametrize("source", [*LESSONS, *ASSIGNMENTS], ids=lambda path: path.stem)
def test_words_of_notebooks_are_spelt_right(source):
    assert sorted(set(wrong_words(of_notebook(source)))) == [], HOW


@pytest.mark.parametrize("page", pages(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_words_of_pages_are_spelt_right(page):
    text = "\n".join(block.text for block in blocks(page.read_text("utf-8")))

    assert sorted(set(wrong_words(text))) == [], HOW


def test_words_of_messages_are_spelt_right():
    wrong = {message: [*wrong_words(message)] for message in catalogues.messages()}

    assert {message: words for message, words in wrong.items() if words} == {}, HOW


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("The quantisation of a *mispelt* word", ["quantisation", "mispelt"]),
        ("`mispelt` code, $mispelt$ formulas, [links](mispelt.md), https://mispelt.org", []),
        ("Recieve bit-exakt sizes; optimise, but it doesn't.", ["Recieve", "exakt"]),
        ("TensorFlow's mAh, MFCC, int8 and first_layer", []),
        ("| English | français |\n|---|---|\n| ofset | décalage |", ["ofset"]),
        ("The color of the center was analyzed; optimize it", ["color", "center", "analyzed",
                                                               "optimize"]),
        ("Quantized, normalization of laboratory size; labelled honour", []),
    ],
)  # fmt: skip
def test_a_wrong_word_is_found_where_people_read_it(text, wrong):
    found = [word for block in blocks(text) for word in wrong_words(block.text)]

    assert found == wrong


def test_comments_in_code_are_read_and_its_names_are_not():
    assert [*comments("kernal = 1  # a kernal\n")] == ["a kernal"]


def test_our_words_are_sorted_and_not_in_the_list_of_english():
    assert sorted(set(LISTED), key=str.casefold) == LISTED
    assert OURS & theirs() == set()
