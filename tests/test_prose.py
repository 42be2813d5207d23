"""What is read: sentences of at most 25 words, and no word that sells."""

import re
import sys

import pytest
from prose import ASSIGNMENTS, LESSONS, ROOT, Block, blocks, cells, comments, pages

sys.path.insert(0, str(ROOT / "scripts"))

import catalogues

MOST_WORDS = 25
END = re.compile(r"[.?!;][\"”)*]*\s")  # a semicolon ends one as well: points of a list in a line
END_IN_GUIDES = re.compile(r"[.?!;:][\"”)*]*\s")  # and so does a colon
GUIDES = [
    path
    for path in (ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md")))
    if path.parent.name != "adr"
]
# "Just" may say when, where or how many, but not how little there is to it.
SELLS = re.compile(
    r"\b(?:simply|powerful\w*|seamless\w*|obvious\w*|effortless\w*|easily|it is easy"
    r"|(?<!has )just(?! (?:above|after|before|below|fits|good|these)\b))\b|!",
    re.IGNORECASE,
)


def prose_of(source):
    """Blocks of a lesson or assignment that are sentences: no tables, and no titles of sources."""
    for cell in cells(source, "markdown"):
        yield from blocks(cell.partition("### Sources")[0])


def long_sentences(block: Block, end=END):
    for sentence in end.split(block.text if block.kind not in ("th", "td") else ""):
        n_words = sum(any(sign.isalnum() for sign in word) for word in sentence.split())
        if n_words > MOST_WORDS:
            yield n_words, sentence


def selling(text):
    return [found[0] for found in SELLS.finditer(text)]


@pytest.mark.parametrize("source", [*LESSONS, *ASSIGNMENTS], ids=lambda path: path.stem)
def test_sentences_are_short(source):
    assert [said for block in prose_of(source) for said in long_sentences(block)] == []


@pytest.mark.parametrize("page", GUIDES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_sentences_of_guides_are_short(page):
    said = blocks(page.read_text("utf-8"))

    assert [long for block in said for long in long_sentences(block, END_IN_GUIDES)] == []


@pytest.mark.parametrize("source", [*LESSONS, *ASSIGNMENTS], ids=lambda path: path.stem)
def test_notebooks_do_not_sell(source):
    remarks = [said for code in cells(source, "code") for said in comments(code)]

    assert selling("\n".join([*remarks, *(block.text for block in prose_of(source))])) == []


@pytest.mark.parametrize("page", pages(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_pages_do_not_sell(page):
    assert selling("\n".join(block.text for block in blocks(page.read_text("utf-8")))) == []


def test_messages_do_not_sell():
    texts = [re.sub(r"\{[^}]*\}|`[^`]*`", "", message) for message in catalogues.messages()]

    assert [text for text in texts if selling(text)] == []


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("word " * 25 + "`code` (an address).", [27]),
        ("word " * 24 + "`code`.", []),
        ("word " * 20 + "end. " + "word " * 20, []),
        ("| " + "word " * 30 + "|\n|---|\n| x |", []),
        ("- " + "word " * 20 + "\n- " + "word " * 20, []),
        ("It takes 0.5 s " + "word " * 22, [26]),  # a decimal point is no end
    ],
)
def test_words_of_a_sentence_are_counted_as_a_reader_meets_them(text, n):
    assert [found for block in blocks(text) for found, _ in long_sentences(block)] == n


def test_a_colon_ends_a_sentence_of_a_guide_only():
    (block,) = blocks("word " * 20 + "so: " + "word " * 20)

    assert [found for found, _ in long_sentences(block)] == [41]
    assert [*long_sentences(block, END_IN_GUIDES)] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Simply run it; it is just one line. Great!", ["Simply", "just", "!"]),
        ("just below a half; it has just warned; A02 needs just these; adjust", []),
        ("A powerful tool, seamlessly. Obviously.", ["powerful", "seamlessly", "Obviously"]),
    ],
)
def test_words_that_sell_are_told_from_those_that_do_not(text, found):
    assert selling(text) == found
