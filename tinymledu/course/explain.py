"""Error messages of the tools, each with its cause and what to do next.

The table is errors.toml. A message that is not in it is shown as it is; nothing is guessed.
"""

import functools
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from tinymledu.translation import translated

_MAX_CHARS = 2000  # of a message that is searched; a student can write one of any length


@dataclass(frozen=True, slots=True)
class Explanation:
    """One kind of error. `source` names the tool and version whose message this is."""

    name: str
    pattern: re.Pattern[str]
    cause: str
    next_step: str
    source: str


@functools.cache
def table() -> tuple[Explanation, ...]:
    """Every error that is known, the more special ones before the more general."""
    text = Path(__file__).with_name("errors.toml").read_text(encoding="utf-8")
    return tuple(
        Explanation(
            name=entry["name"],
            pattern=re.compile(entry["pattern"]),
            cause=entry["cause"],
            next_step=entry["next_step"],
            source=tool["source"],
        )
        for tool in tomllib.loads(text)["tool"]
        for entry in tool["error"]
    )


def explain(message: str) -> Explanation | None:
    """The entry for the first line that is known, or None: later errors often follow from it."""
    lines = message[:_MAX_CHARS].splitlines()
    return next((one for line in lines for one in table() if one.pattern.search(line)), None)


def explained(message: str) -> str:
    """`Why: ... Next: ...`, in the current language, for a message that is known, else ''."""
    found = explain(message)
    if found is None:
        return ""
    return translated(
        "Why: {cause} Next: {next_step}",
        cause=translated(found.cause),
        next_step=translated(found.next_step),
    )
