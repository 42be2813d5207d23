"""What people read, in their language: gettext catalogues in locale/, looked up when it is shown.

English is the source and needs no catalogue; a message without a translation is shown in English.
What is kept, or made in a jail, stays in English: `said` makes it, `in_language` translates it when
it is shown. So one grading serves every language, and nothing a student sends chooses one.

The language is the one of the command line (`speaking`), else TINYMLEDU_LANGUAGE, else the course's
own (course.toml), else English.
"""

import functools
import os
import re
import string
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from tinymledu.errors import unknown_name
from tinymledu.files import PACKAGE, shipped

ENGLISH = "en"
VARIABLE = "TINYMLEDU_LANGUAGE"
LOCALE = PACKAGE / "locale"
DRAFT_NOTE = "This translation is a draft. Nobody has reviewed it yet."

_MIN_SENTENCE_CHARS = 10  # shorter ones are words, which other words may end with
_MIN_LETTERS = 3  # of a message with places; with fewer, only numbers may stand in its places
_MIN_LETTERS_QUOTED = 16  # of one that begins with a place, inside what others may have written
_MAX_DEPTH = 7  # a sentence, its hint, where it happened, in which part of what, and so on
_OF_CHECKS = "assignments/"
_OF_OURS = ("where", "what", "expected", "wanted", "kind")  # places that hold our own words
_SENTENCE_END = re.compile(r"[.?!]$|: \{\w+\}$")  # also one that quotes an error
_LETTER = re.compile(r"(?<!\d)[^\W\d_]")  # not the one of 1e-05
_spoken: ContextVar[str] = ContextVar("spoken", default="")


# ------------------------------------------------------------------------------- which language


@functools.cache
def known() -> tuple[str, ...]:
    """The languages there are, by their codes of ISO 639-1."""
    return (ENGLISH, *sorted(path.parents[1].name for path in LOCALE.glob("*/LC_MESSAGES/*.po")))


def language(course: str = "") -> str:
    """The language to show things in; an unknown one is English.

    Args:
        course: the course's own language, "" where it has none.
    """
    wanted = _code(_spoken.get() or os.environ.get(VARIABLE, "") or course)
    return wanted if wanted in known() else ENGLISH


def require(wanted: str) -> None:
    """Say that a language is not there; "" is no wish.

    Raises:
        UnknownNameError: with the known ones.
    """
    if wanted and _code(wanted) not in known():
        raise unknown_name("language", wanted, known())


@contextmanager
def speaking(wanted: str) -> Iterator[None]:
    """Show things in this language meanwhile; "" changes nothing."""
    token = _spoken.set(wanted or _spoken.get())
    try:
        yield
    finally:
        _spoken.reset(token)


def _code(name: str) -> str:
    """`fr` of "fr_SN.UTF-8" or "FR"."""
    return re.split(r"[_.@-]", name.strip().lower())[0]


# ---------------------------------------------------------------------------------- what is shown


def translated(message: str, /, **values: object) -> str:
    """The message in the current language, with its values.

    Args:
        message: English, with named places as in str.format; a constant, so that
            scripts/catalogues.py finds it.
        values: for the places; without any, nothing is formatted.
    """
    text = _messages(language()).get(message, message)
    return text.format(**values) if values else text


def of_lesson(lesson: str, text: str) -> str:
    """A lesson's text in the current language, from notebooks/translations."""
    here = language()
    if here == ENGLISH or not lesson.isdigit():
        return text
    path = shipped("notebooks", "translations", here, f"{lesson}.po")
    return read(path, formatted=False).messages.get(text, text) if path.is_file() else text


def marked(message: str) -> str:
    """The message as it is: scripts/catalogues.py finds it, others translate it."""
    return message


def said(message: str, /, **values: object) -> str:
    """The message in English, for what is kept; `in_language` translates it when it is shown."""
    return message.format(**values) if values else message


def in_language(text: str) -> str:
    """A text that `said` made, in the current language; any other text as it is.

    A hint may stand behind it, and its values may be such texts. Takes time in proportion to the
    length of the text: students' words are part of it.
    """
    here = language()
    return text if here == ENGLISH else _rendered(text, _english(here), _MAX_DEPTH)


def draft_note() -> str:
    """That nobody has reviewed the current language's catalogue; '' where somebody has."""
    here = language()
    return translated(DRAFT_NOTE) if here != ENGLISH and read(_path(here)).draft else ""


# ------------------------------------------------------------------------------------- catalogues


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The translations of one file; `draft` until its header names a reviewer's work as such.

    `parts` are texts of checks that are no sentences: they stand in sentences only.
    """

    messages: Mapping[str, str]
    draft: bool
    reviewer: str
    parts: frozenset[str]


@functools.cache
def read(path: Path, *, formatted: bool = True) -> Catalogue:
    """A .po file's messages, but for those that are empty or marked as doubtful (fuzzy).

    Args:
        path: the file.
        formatted: whether messages have places for values; then one that loses a value is left out.
    """
    from babel.messages.pofile import read_po

    text = path.read_text(encoding="utf-8")
    messages, parts = {}, set()
    for message in read_po(text.splitlines(keepends=True)):
        key, one = message.id, message.string
        if message.fuzzy or not (isinstance(key, str) and isinstance(one, str) and key and one):
            continue
        if formatted and _names(key) != _names(one):
            continue
        messages[key] = one
        of_checks = all(at.startswith(_OF_CHECKS) for at, _ in message.locations)
        if of_checks and not _SENTENCE_END.search(key):
            parts.add(key)
    draft = _field(text, "Status") != "reviewed"
    return Catalogue(messages, draft, _field(text, "Reviewer"), frozenset(parts))


def _field(text: str, name: str) -> str:
    """A field of the header whose name begins with X-."""
    found = re.search(rf'^"X-{name}:\s*(.*?)\s*\\n"$', text, re.MULTILINE)
    return found[1] if found else ""


def _path(code: str) -> Path:
    return LOCALE / code / "LC_MESSAGES" / "tinymledu.po"


def _messages(code: str) -> Mapping[str, str]:
    return {} if code == ENGLISH else read(_path(code)).messages


# ------------------------------------------------------------- English sentences, found again


@functools.cache
def _parts(message: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The fixed words of a message, one more than its places, and the places' names."""
    words, names = [""], []
    try:
        for literal, name, _, _ in string.Formatter().parse(message):
            words[-1] += literal
            if name is not None:
                names.append(name)
                words.append("")
    except ValueError:  # a brace that stands for itself
        return (message,), ()
    return tuple(words), tuple(names)


def _names(message: str) -> set[str]:
    return set(_parts(message)[1])


@dataclass(frozen=True, slots=True)
class _English:
    """What may be found in a text: hints, the longest first, and messages with places.

    `quoted` are the sentences that are known by many words, so that they are found in what others
    say; `parts` are no sentences, and are found in sentences only.
    """

    messages: Mapping[str, str]
    hints: tuple[str, ...]
    sentences: tuple[str, ...]
    quoted: tuple[str, ...]
    parts: tuple[str, ...]


@functools.cache
def _english(code: str) -> _English:
    found = read(_path(code))
    places = [message for message in found.messages if _names(message)]
    hints = [
        message
        for message in found.messages.keys() - places
        if len(message) >= _MIN_SENTENCE_CHARS and message[-1] in ".?!"
    ]
    sentences = tuple(message for message in places if message not in found.parts)
    return _English(
        found.messages,
        tuple(sorted(hints, key=len, reverse=True)),
        sentences,
        tuple(one for one in sentences if one[0] != "{" or _n_letters(one) >= _MIN_LETTERS_QUOTED),
        tuple(message for message in places if message in found.parts),
    )


def _rendered(text: str, known: _English, depth: int, *, inside: bool = False) -> str:
    """A sentence of ours, perhaps with a hint; inside of another, also what is no sentence."""
    messages = known.messages
    if text in messages or not depth:
        return messages.get(text, text)
    hint = next((one for one in known.hints if text.endswith(f" {one}")), "")
    if hint:
        before = _rendered(text[: -len(hint) - 1], known, depth - 1, inside=inside)
        return f"{before} {messages[hint]}"
    message, values = _found(text, known, inside=inside)
    if not message:
        return text
    words, names = _parts(messages[message])
    by_name = dict(zip(_parts(message)[1], values, strict=True))
    shown = [_in_place(by_name[name], name, known, depth - 1) for name in names]
    return words[0] + "".join(f"{a}{b}" for a, b in zip(shown, words[1:], strict=True))


def _found(text: str, known: _English, *, inside: bool) -> tuple[str, list[str]]:
    """The message that made this text, and its values; "" where there is none."""
    several = _all_found(text, known.quoted if inside else known.sentences)
    if inside and not several:
        several = _all_found(text, known.parts)
    return min(several, key=lambda one: _how_far(*one), default=("", []))


def _all_found(text: str, messages: Iterable[str]) -> list[tuple[str, list[str]]]:
    return [(one, values) for one in messages if (values := _matched(one, text))]


def _in_place(value: str, name: str, known: _English, depth: int) -> str:
    """What stands in a place. One word is often a name, and quotes hold what students wrote."""
    if " " not in value and name not in _OF_OURS:
        return value
    if value[:1] not in ("'", '"'):
        return _rendered(value, known, depth, inside=True)
    bare = value[1:-1]
    shown = _rendered(bare, known, depth, inside=True) if name == "expected" else bare
    return value if shown == bare else repr(shown)


def _matched(message: str, text: str) -> list[str]:
    """What stands in the places if the message made this text, else []. Never goes back."""
    (first, *between, last), _ = _parts(message)
    end = len(text) - len(last)
    at = len(first)
    if not text.startswith(first) or not text.endswith(last) or at > end:
        return []
    values = []
    for words in between:
        place = text.find(words, at, end)
        if place < 0:
            return []
        values.append(text[at:place])
        at = place + len(words)
    values.append(text[at:end])
    if _n_letters(message) < _MIN_LETTERS and any(map(_LETTER.search, values)):
        return []
    return values if any(values) else []


@functools.cache
def _n_letters(message: str) -> int:
    """How many letters of its own it has, to be known by."""
    return len(_LETTER.findall("".join(_parts(message)[0])))


def _how_far(message: str, values: list[str]) -> tuple[int, int, int]:
    """Of several that match, the one whose fixed words begin first, then the one with most."""
    words, _ = _parts(message)
    return (0 if words[0] else len(values[0])), values.count(""), -sum(map(len, words))
