"""Catalogues as text: written so that a change of one message changes only its own lines."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from babel.messages.pofile import normalize, read_po

HEADER = """# {about}
# License: as the package, or CC-BY-4.0 for lessons (LICENSE-CONTENT).
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"X-Status: draft\\n"
"X-Reviewer: \\n"
"""


def translations(path: Path) -> dict[str, str]:
    """English -> translation of a file, also of messages that are no longer used."""
    if not path.is_file():
        return {}
    catalogue = read_po(path.read_text(encoding="utf-8").splitlines(keepends=True))
    entries = [*catalogue.obsolete.values(), *catalogue]
    return {entry.id: entry.string for entry in entries if entry.id and entry.string}


def remarks(path: Path) -> dict[str, str]:
    """English -> lines above its entry that translators wrote: comments, and `#, fuzzy`."""
    if not path.is_file():
        return {}
    found = {}
    for entry in read_po(path.read_text(encoding="utf-8").splitlines(keepends=True)):
        lines = [f"# {comment}\n" for comment in entry.user_comments]
        lines += ["#, fuzzy\n"] if entry.fuzzy else []
        if entry.id and lines:
            found[entry.id] = "".join(lines)
    return found


def header_of(path: Path, language: str, about: str) -> str:
    """A file's header as it is, with its reviewer's name; a new one for a new file."""
    if not path.is_file():
        return HEADER.format(language=language, about=about)
    return path.read_text(encoding="utf-8").split("\n\n", 1)[0] + "\n"


def written(
    header: str,
    messages: Mapping[str, Iterable[str]],
    known: Mapping[str, str],
    above: Mapping[str, str],
) -> str:
    """The text of a catalogue.

    Args:
        header: its first entry.
        messages: English, in order -> where it stands: files, names.
        known: English -> translation; those that are in no place any more are kept as obsolete.
        above: English -> remarks.
    """
    entries = [header]
    for message, places in messages.items():
        where = "".join(f"#: {place}\n" for place in dict.fromkeys(places))
        entries.append(f"{above.get(message, '')}{where}{_entry(message, known.get(message, ''))}")
    for message in sorted(set(known) - set(messages)):
        entries.append(
            re.sub("^", "#~ ", _entry(message, known[message]).rstrip(), flags=re.M) + "\n"
        )
    return "\n".join(entries)


def _entry(message: str, translation: str) -> str:
    return f"msgid {normalize(message, width=90)}\nmsgstr {normalize(translation, width=90)}\n"
