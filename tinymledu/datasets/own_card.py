"""Cards that students write for their own collections: which fields, and what is no answer."""

import re
from collections.abc import Mapping

# Field and the question that it answers.
FIELDS = {
    "title": "what is it, in a few words?",
    "purpose": "what is it for, and what not?",
    "labels": "which labels are there, and who gave them?",
    "place": "where were the pictures taken?",
    "dates": "when, and in which season?",
    "devices": "which cameras or sensors?",
    "group": "what must not stand in two parts: plant, person, site?",
    "counts": "how many pictures of each label, from how many groups?",
    "consent": "who agreed to what, and how can they withdraw?",
    "licence": "who may do what with it?",
    "limits": "what is missing, and what does not follow from it?",
}
_PLACEHOLDERS = {
    "", "todo", "tbd", "tba", "n/a", "na", "none", "null", "unknown", "fill in", "to do",
    "to be done", "to be filled in", "lorem ipsum",
}  # fmt: skip
_AROUND = re.compile(r"^[\W_]+|[\W_]+$")  # what is no letter and no digit


def is_placeholder(value: object) -> bool:
    """Whether a value says nothing: empty, None, or a word that stands for a later answer.

    A list says nothing if any of its entries does. 0 and False are answers.
    """
    if value is None:
        return True
    if isinstance(value, str):
        bare = _AROUND.sub("", " ".join(value.split()).casefold())
        return bare in _PLACEHOLDERS or re.fullmatch("xxx+", bare) is not None
    if isinstance(value, Mapping):
        return not value or any(map(is_placeholder, value.values()))
    if isinstance(value, (list, tuple)):
        return not value or any(map(is_placeholder, value))
    return False


def unanswered(card: Mapping[str, object]) -> list[str]:
    """Fields of FIELDS that are missing from a card or say nothing, in the order of FIELDS."""
    return [field for field in FIELDS if is_placeholder(card.get(field))]
