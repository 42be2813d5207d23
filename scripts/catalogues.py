"""Collect what people read into message catalogues, and keep the translations that are there.

    python scripts/catalogues.py           # template and every tinymledu.po brought up to date
    python scripts/catalogues.py --check   # fails where a message is missing from a catalogue
    python scripts/catalogues.py --count   # translated messages by language and area
    python scripts/catalogues.py --new es  # begin a language

Messages are the constants in translated(...), said(...) and marked(...) of the package's Python and
templates, the kinds in unknown_name(...), what every assignment's checks say (check_texts.py), and
errors.toml. How to translate is in docs/translating.md.
"""

import argparse
import functools
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from check_texts import check_texts
from po_files import header_of, remarks, translations, written

from tinymledu import translation
from tinymledu.course.verdict import Verdict

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "tinymledu"
TEMPLATE = PACKAGE / "locale" / "tinymledu.pot"
KEYWORDS = {"translated": None, "said": None, "marked": None, "unknown_name": (1,)}
ABOUT = "Messages of tinymledu. See docs/translating.md; written by scripts/catalogues.py."
AREAS = {
    "checks": "assignments/source",
    "errors": "tinymledu/course/errors.toml",
    "course": "tinymledu/course/",
    "library": "tinymledu/",
}


@functools.cache
def messages() -> dict[str, list[str]]:
    """Every message -> where it stands."""
    found: dict[str, list[str]] = {}
    for place, message in _all():
        found.setdefault(message, []).append(place)
    return found


def _all() -> Iterator[tuple[str, str]]:
    for path in sorted([*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.j2")]):
        method = "python" if path.suffix == ".py" else "jinja2"
        for _, message, _, _ in extract_from_file(method, path, KEYWORDS):
            if isinstance(message, str):
                yield _place(path), message
    yield "tinymledu/translation.py", translation.DRAFT_NOTE
    for verdict in Verdict:
        yield "tinymledu/course/verdict.py", verdict.value
    for path in sorted((ROOT / "assignments" / "source").glob("*/checks.py")):
        for text in check_texts(path.read_text(encoding="utf-8")):
            yield _place(path), text
    path = PACKAGE / "course" / "errors.toml"
    for tool in tomllib.loads(path.read_text(encoding="utf-8"))["tool"]:
        for entry in tool["error"]:
            yield _place(path), entry["cause"]
            yield _place(path), entry["next_step"]


def _place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def catalogues() -> dict[str, Path]:
    """Language -> its catalogue."""
    paths = sorted((PACKAGE / "locale").glob("*/LC_MESSAGES/tinymledu.po"))
    return {path.parents[1].name: path for path in paths}


def missing() -> dict[str, list[str]]:
    """Language -> messages that are not in its catalogue, translated or not."""
    wanted = messages()
    there = {language: _ids(path) for language, path in catalogues().items()}
    return {language: [one for one in wanted if one not in ids] for language, ids in there.items()}


def _ids(path: Path) -> set[object]:
    return {entry.id for entry in read_po(path.read_text(encoding="utf-8").splitlines(True))}


def counts() -> dict[str, dict[str, tuple[int, int]]]:
    """Language -> area -> (translated messages, messages)."""
    wanted = messages()
    area_of = {message: _area(places[0]) for message, places in wanted.items()}
    found = {}
    for language, path in catalogues().items():
        known = translation.read(path).messages
        found[language] = {
            area: (
                sum(message in known for message in wanted if area_of[message] == area),
                sum(area_of[message] == area for message in wanted),
            )
            for area in AREAS
        }
    return found


def _area(place: str) -> str:
    return next(area for area, start in AREAS.items() if place.startswith(start))


def update(new: str = "") -> None:
    """Write the template and every catalogue, and that of a new language."""
    wanted = messages()
    paths = {"": TEMPLATE, **catalogues()}
    if new:
        paths[new] = TEMPLATE.parent / new / "LC_MESSAGES" / "tinymledu.po"
        paths[new].parent.mkdir(parents=True, exist_ok=True)
    for language, path in paths.items():
        header = header_of(path, language, ABOUT)
        text = written(header, wanted, translations(path), remarks(path))
        path.write_text(text, encoding="utf-8", newline="\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--count", action="store_true")
    parser.add_argument("--new", default="")
    options = parser.parse_args()
    if options.count:
        for language, areas in counts().items():
            said = ", ".join(f"{area} {n} of {of}" for area, (n, of) in areas.items())
            sys.stdout.write(f"{language}: {said}\n")
        return 0
    if not options.check:
        update(options.new)
        return 0
    absent = {language: found for language, found in missing().items() if found}
    for language, found in absent.items():
        for message in found:
            sys.stdout.write(f"{language}: missing: {message}\n")
    if absent:
        sys.stdout.write("Run: python scripts/catalogues.py\n")
    return 1 if absent else 0


if __name__ == "__main__":
    sys.exit(main())
