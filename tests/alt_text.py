"""What a page lacks for people who do not see its pictures and figures."""

import re
from collections.abc import Iterator
from html import unescape

import nbformat

from tinymledu.exploration.figure import MAX_ALT_WORDS

TAGS = re.compile(r"<(?:img|svg)\b[^>]*>")
FIGURES = re.compile(r"<figure\b.*?</figure>", re.S)


def wordless(html: str) -> Iterator[str]:
    """Pictures and drawings without 1 to 60 words."""
    for tag in TAGS.findall(html):
        name = "alt" if tag.startswith("<img") else "aria-label"
        words = re.search(rf'\b{name}="([^"]*)"', tag)
        n_words = len(unescape(words[1]).split()) if words else 0
        if not 0 < n_words <= MAX_ALT_WORDS and 'aria-hidden="true"' not in tag:
            yield f"{n_words} words of {name}: {tag[:200]}"


def faults(html: str) -> Iterator[str]:
    """Those, and drawings that have no table in the same figure."""
    yield from wordless(html)
    for figure in FIGURES.findall(html):
        if "<svg" in figure and "<td>" not in figure:
            yield f"no table: {figure[:200]}"
    for tag in TAGS.findall(FIGURES.sub("", html)):
        if 'role="img"' in tag:
            yield f"a drawing outside a figure has no table: {tag[:200]}"


def faults_of(data: nbformat.NotebookNode) -> Iterator[str]:
    """The same of an output of a notebook's cell."""
    yield from (f"{kind} has no words" for kind in data if kind.startswith("image/"))
    yield from faults(data.get("text/html", ""))
