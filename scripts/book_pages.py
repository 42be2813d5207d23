"""Pages of the book that are made from the library: errors with their next step, and the API."""

import importlib
import inspect
import re
import tomllib
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import tinymledu as tml

ROOT = Path(__file__).resolve().parents[1]
ERRORS = ROOT / "tinymledu" / "course" / "errors.toml"

# ------------------------------------------------------------------------------- troubleshooting

TROUBLE_HEAD = """\
# Troubleshooting: from an error message to the next step

Paste a message, or some words of it, into the field. The same patterns are searched that
`check()` uses in a notebook. What stands above the others fits best.

<div class="trouble-search" hidden>
<label for="message">Error message</label>
<textarea id="message" rows="3" spellcheck="false"></textarea>
<p id="message-found" role="status"></p>
</div>

The sign … stands for a word or number of your own case; of words with a slash between them, one
appears. Errors of the library itself are sentences
that say what to do; they are not in this list.
"""


def troubleshooting_page() -> str:
    """All errors of errors.toml as MyST Markdown, by tool."""
    parts = [TROUBLE_HEAD]
    for tool in tomllib.loads(ERRORS.read_text("utf-8"))["tool"]:
        parts.append(f"## {tool['name']}\n\nMessages as of {tool['source']}.\n")
        parts += [_error(error) for error in tool["error"]]
    return "\n".join(parts)


def _error(error: dict[str, str]) -> str:
    messages = "<br>".join(f"<code>{escape(said)}</code>" for said in messages_of(error["pattern"]))
    pattern = escape(error["pattern"], quote=True)
    return (
        f'<div class="trouble" id="{error["name"]}" data-pattern="{pattern}">\n'
        f"<p>{messages}</p>\n"
        f"<p>{escape(error['cause'])} <strong>Next:</strong> {escape(error['next_step'])}</p>\n"
        "</div>\n"
    )


def messages_of(pattern: str) -> list[str]:
    """A regular expression as the messages that a reader would see, one for each alternative.

    Only what errors.toml uses: groups without capture, classes, counts, escapes.
    """
    return [_readable(one) for one in _alternatives(pattern.removeprefix("(?i)"))]


def _alternatives(pattern: str) -> list[str]:
    """Split at | outside groups and classes."""
    parts, depth, in_class, skip = [""], 0, False, False
    for sign in pattern:
        if skip:
            skip = False
        elif sign == "\\":
            skip = True
        elif in_class:
            in_class = sign != "]"
        elif sign == "[":
            in_class = True
        elif sign in "()":
            depth += 1 if sign == "(" else -1
        elif sign == "|" and depth == 0:
            parts.append("")
            continue
        parts[-1] += sign
    return parts


def _readable(pattern: str) -> str:
    text = re.sub(r"\(\?:([^()]*)\)\?", "", pattern)  # a part that may be missing
    text = re.sub(r"\(\?:([^()]*)\)", lambda group: group[1].replace("|", "/"), text)
    text = re.sub(r"(?<!\\)\[(?:\\.|[^\]\\])+\](?:\{[^}]*\}|[+*?])?", "…", text)
    text = re.sub(r"(?<!\\)\.(?:\{[^}]*\}|[+*])", "…", text)
    text = re.sub(r"(?<!\\)[A-Za-z`_-]\?", lambda optional: _kept(optional[0]), text)
    text = re.sub(r"\\b", "", text)
    text = re.sub(r"\\(.)", r"\1", text)
    return re.sub(r"…(?:…)+", "…", text).strip()


def _kept(optional: str) -> str:
    """A letter or quotation mark that may be missing is shown; a minus or underscore is not."""
    return "" if optional[0] in "-_" else optional[0]


# ------------------------------------------------------------------------------------------- API

API_HEAD = """\
What the library offers
=======================

Students write ``import tinymledu as tml``. These names do not change within a version. Everything
else in the package may change.
"""


def api_pages() -> dict[str, str]:
    """reStructuredText by file name: an overview, the functions, one page for each module."""
    modules = [name for name in tml.__all__ if inspect.ismodule(getattr(tml, name))]
    names = [name for name in tml.__all__ if name not in modules]
    pages = {"functions.rst": _page("Functions of tml", "tinymledu", names, "")}
    for module in modules:
        loaded = getattr(tml, module)
        text = inspect.getdoc(loaded) or ""
        pages[f"{module}.rst"] = _page(
            f"tml.{module}", f"tinymledu.{module}", public_names(loaded), with_code(text)
        )
    pages["index.rst"] = _overview(modules)
    return pages


def public_names(module: Any) -> list[str]:
    """What `__all__` says, or else the functions and classes that the module defines."""
    said = getattr(module, "__all__", None)
    if said is not None:
        return [name for name in said if _kind(getattr(module, name))]
    return [
        name
        for name, value in vars(module).items()
        if not name.startswith("_")
        and getattr(value, "__module__", "") == module.__name__
        and _kind(value)
    ]


def _kind(value: object) -> str | None:
    if inspect.isclass(value):
        return "autoclass"
    if inspect.isfunction(value):
        return "autofunction"
    return "automodule" if inspect.ismodule(value) else None


def _page(title: str, module: str, names: list[str], text: str) -> str:
    lines = [title, "=" * len(title), "", text, ""]
    home = importlib.import_module(module)
    for name in names:
        kind = _kind(getattr(home, name))
        lines += [f".. {kind}:: {module}.{name}"]
        lines += ["   :members:"] if kind != "autofunction" else []
        lines += [""]
    return "\n".join(lines)


def _overview(modules: list[str]) -> str:
    rows = list(_rows(modules))
    contents = ["functions", *modules]
    return "\n".join(
        [
            API_HEAD,
            ".. list-table::",
            "   :header-rows: 1",
            "",
            "   * - name",
            "     - what it does",
            *rows,
            "",
            ".. toctree::",
            "   :hidden:",
            "",
            *(f"   {name}" for name in contents),
            "",
        ]
    )


def _rows(modules: list[str]) -> Iterator[str]:
    for name in tml.__all__:
        first = (inspect.getdoc(getattr(tml, name)) or "").split("\n\n")[0].replace("\n", " ")
        if name in modules:
            yield f"   * - :doc:`tml.{name} <{name}>`"
        else:
            role = "class" if inspect.isclass(getattr(tml, name)) else "func"
            yield f"   * - :py:{role}:`tml.{name} <tinymledu.{name}>`"
        yield f"     - {restructured(first)}"


def restructured(text: str) -> str:
    """Docstrings are plain text: signs that mean something in reStructuredText are escaped.

    Worked examples (>>>) and what is indented after them stay as they are.
    """
    return "\n".join(_escaped(line) for line in text.split("\n"))


def with_code(text: str) -> str:
    """The docstring of a module, with its indented lines as code."""
    parts = re.split(r"(?<=\n\n)((?: {4}.*\n?|\n(?= {4}))+)", text)
    parts[::2] = [restructured(words) for words in parts[::2]]
    parts[1::2] = [f"::\n\n{code}\n" for code in parts[1::2]]
    return "".join(parts)


def _escaped(line: str) -> str:
    if line.lstrip().startswith((">>>", "...")):
        return line
    parts = re.split(r"(`[^`]+`)", line)
    for place in range(0, len(parts), 2):
        parts[place] = re.sub(r"([*|])|(?<=\w)(_)(?!\w)", r"\\\g<0>", parts[place])
    return "".join(parts)
