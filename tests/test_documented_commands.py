"""Commands that pages, lessons and assignments name exist, and their options are understood."""

import re
from textwrap import indent

import pytest
from prose import ASSIGNMENTS, LESSONS, ROOT, pages

from tinymledu.cli.parser import build_parser

# A line of a block, fenced or indented, or a code span that begins so. A span may be a verb alone.
FENCED = re.compile(r"^```\w*\n(.*?)^```", re.M | re.S)
COMMAND = re.compile(r"^ {4}tinymledu ([a-z-][^#\n]*)|`tinymledu ([^`]*)`", re.M)
OTHERS = re.compile(
    r"(?:`|^ {4}|&& |bin/)(make [a-z-]+|python [a-z][\w/]*\.py|python -m bench[\w.]+)", re.M
)
PLACEHOLDERS = {"KIND": "c-library"}  # where any word will not do


def documents():
    """Text of every page, lesson and assignment; fenced blocks are indented."""
    for document in [*pages(), *LESSONS, *ASSIGNMENTS]:
        text = document.read_text(encoding="utf-8")
        yield FENCED.sub(lambda fence: indent(fence[1], " " * 4), text)


def documented_commands():
    found = set()
    for text in documents():
        for match in COMMAND.finditer(text):
            line = re.sub(r" \[[^]]*\]", "", match[1] or match[2])  # without [what may be left out]
            if "VERB" not in line:
                found.add(tuple(PLACEHOLDERS.get(word, word) for word in line.split()))
    return sorted(found)


@pytest.mark.parametrize("words", documented_commands(), ids=" ".join)
def test_commands_are_understood(words, capsys):
    parser = build_parser()
    if len(words) == 1 or (words[0] == "course" and len(words) == 2):  # the verb alone is named
        with pytest.raises(SystemExit) as left:
            parser.parse_args([*words, "--help"])
        assert left.value.code == 0, capsys.readouterr().err
        return

    options = parser.parse_args(words)

    if "A01" in words:
        assert options.assignment == "A01"


def test_targets_and_scripts_that_pages_name_exist():
    named = {name for text in documents() for name in OTHERS.findall(text)}
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    there = {f"make {target}" for target in re.findall(r"^([a-z-]+):", makefile, re.M)}
    there |= {f"python -m benchmarks.{path.stem}" for path in ROOT.glob("benchmarks/*.py")}
    there |= {name for name in named if (ROOT / name.removeprefix("python ")).is_file()}

    assert {"make demo", "python scripts/lessons.py", "python -m benchmarks.attacks"} <= named
    assert named - there == set()


def test_a_verb_that_does_not_exist_is_found(capsys):
    with pytest.raises(SystemExit) as left:
        build_parser().parse_args(["course", "check", "--help"])

    assert left.value.code != 0
    assert "'check'" in capsys.readouterr().err
