"""A model card: what must be known before somebody uses a model of yours."""

import json
import re
from dataclasses import dataclass, fields

from tinymledu.datasets.own_card import is_placeholder
from tinymledu.errors import BundleError
from tinymledu.files import is_utf8
from tinymledu.units import count

NAME = "README.md"
MAX_CHARS = 20_000
MAX_FIELD_CHARS = 1_000


@dataclass(frozen=True, slots=True)
class ModelCard:
    """Who may use a model, where, for what, and how bad it is at its worst place.

    licence: such as "CC BY 4.0". worst_site: the name of the place and the figure found there, with
    n. known_biases: what the data lack. Each is one line of text.
    """

    title: str
    licence: str
    made_by: str
    intended_use: str
    not_for: str
    region: str
    season: str
    device: str
    consent: str
    known_biases: str
    worst_site: str

    def __post_init__(self) -> None:
        """Raises BundleError with the names of all fields that say nothing, or too much."""
        empty = [
            name
            for name, text in self._texts()
            if not isinstance(text, str) or is_placeholder(text)
        ]
        if empty:
            raise BundleError(
                f"{NAME}: the card says nothing about {', '.join(empty)}. Write what you know, or "
                "that it is not known and why."
            )
        long = [name for name, text in self._texts() if not _is_one_line(text)]
        if long:
            raise BundleError(
                f"{NAME}: {', '.join(long)} must be one line of at most {count(MAX_FIELD_CHARS)} "
                "characters that UTF-8 can hold."
            )

    def _texts(self) -> list[tuple[str, str]]:
        return [(field.name, getattr(self, field.name)) for field in fields(self)]

    def to_text(self) -> str:
        """README.md: the fields as YAML front matter, the same for people below."""
        # A JSON string is a YAML string too, so any YAML reader can read these lines.
        front = "".join(
            f"{name}: {json.dumps(text, ensure_ascii=False)}\n" for name, text in self._texts()
        )
        rows = "".join(
            f"- {name.replace('_', ' ')}: {text}\n"
            for name, text in self._texts()
            if name != "title"
        )
        return f"---\n{front}---\n\n# {self.title}\n\n{rows}"


def card_from_text(text: str) -> ModelCard:
    """Read the front matter of a README.md that `to_text` wrote, or a person.

    Raises:
        BundleError: no front matter, or a field is missing, unknown, twice there or no text.
    """
    front = re.match(r"---\r?\n(.*?)\r?\n---(?:\r?\n|$)", text, re.S)
    if len(text) > MAX_CHARS:
        raise BundleError(
            f"{NAME} has {count(len(text))} characters; at most {count(MAX_CHARS)} are read."
        )
    if front is None:
        raise BundleError(f"{NAME}: no card between two lines '---' at its beginning.")
    wanted = [field.name for field in fields(ModelCard)]
    found: dict[str, str] = {}
    for line in front[1].splitlines():
        name, colon, value = line.partition(":")
        if not colon or name not in wanted or name in found:
            raise BundleError(f"{NAME}: line {line[:60]!r} is no field of a card, or the second.")
        found[name] = _text_of(name, value.strip())
    if missing := [name for name in wanted if name not in found]:
        raise BundleError(f"{NAME}: the card has no {', '.join(missing)}.")
    return ModelCard(**found)


def _text_of(name: str, value: str) -> str:
    if not value.startswith('"'):
        return value
    try:
        text = json.loads(value)
    except ValueError:
        text = None
    if not isinstance(text, str):
        raise BundleError(f"{NAME}: {name} is no text in quotation marks.")
    return text


def _is_one_line(text: str) -> bool:
    return is_utf8(text) and len(text) <= MAX_FIELD_CHARS and len(text.splitlines()) == 1
