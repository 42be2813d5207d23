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
from collections.abc import Iterator, Mapping
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
_MAX_DEPTH = 2  # a sentence, what it quotes, and what that quotes
_spoken: ContextVar[str] = ContextVar("spoken", default="")


# ------------------------------------------------------------------------------- which language


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
    return text if here == ENGLISH else _rendered(text, here, _MAX_DEPTH)


def draft_note() -> str:
    """That nobody has reviewed the current language's catalogue; '' where somebody has."""
    here = language()
    return translated(DRAFT_NOTE) if here != ENGLISH and read(_path(here)).draft else ""


# ------------------------------------------------------------------------------------- catalogues


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The translations of one file; `draft` until its header names a reviewer's work as such."""

    messages: Mapping[str, str]
    draft: bool
    reviewer: str


@functools.cache
def read(path: Path, *, formatted: bool = True) -> Catalogue:
    """A .po file's messages, but for those that are empty or marked as doubtful (fuzzy).

    Args:
        path: the file.
        formatted: whether messages have places for values; then one that loses a value is left out.
    """
    from babel.messages.pofile import read_po

    text = path.read_text(encoding="utf-8")
    messages = {
        message.id: message.string
        for message in read_po(text.splitlines(keepends=True))
        if isinstance(message.id, str) and isinstance(message.string, str)
        if message.id and message.string and not message.fuzzy
    }
    if formatted:
        messages = {key: one for key, one in messages.items() if _names(key) == _names(one)}
    return Catalogue(messages, _field(text, "Status") != "reviewed", _field(text, "Reviewer"))


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


@functools.cache
def _with_places(code: str) -> tuple[str, ...]:
    return tuple(message for message in _messages(code) if _names(message))


@functools.cache
def _sentences(code: str) -> tuple[str, ...]:
    """Whole sentences without places, the longest first: what a hint can be."""
    found = (message for message in _messages(code) if not _names(message))
    long = (one for one in found if len(one) >= _MIN_SENTENCE_CHARS and one[-1] in ".?!")
    return tuple(sorted(long, key=len, reverse=True))


def _rendered(text: str, code: str, depth: int) -> str:
    messages = _messages(code)
    if text in messages or not text or not depth:
        return messages.get(text, text)
    hint = next((one for one in _sentences(code) if text.endswith(f" {one}")), "")
    if hint:
        return f"{_rendered(text[: -len(hint) - 1], code, depth)} {messages[hint]}"
    found = [(one, values) for one in _with_places(code) if (values := _matched(one, text))]
    if not found:
        return text
    message, values = min(found, key=lambda one: _how_far(*one))
    words, names = _parts(messages[message])
    by_name = dict(zip(_parts(message)[1], values, strict=True))
    inside = [_rendered(by_name[name], code, depth - 1) for name in names]
    return words[0] + "".join(f"{a}{b}" for a, b in zip(inside, words[1:], strict=True))


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
    return values if all(values) else []


def _how_far(message: str, values: list[str]) -> tuple[int, int]:
    """Of several that match, the one whose fixed words begin first, then the one with most."""
    words, _ = _parts(message)
    return (0 if words[0] else len(values[0])), -sum(map(len, words))
