"""Guides and notes lead to files, headings, modules and options that exist."""

import argparse
import pkgutil
import re
from pathlib import Path

import jupytext
import pytest
from test_architecture import LAYERS

from tinymledu.cli.parser import build_parser
from tinymledu.course.assignment import load_assignment

ROOT = Path(__file__).parents[1]
DOCS = [*sorted(ROOT.glob("docs/**/*.md")), ROOT / "README.md"]
TEACH = sorted(ROOT.glob("notebooks/teach/*.md"))
NOTEBOOKS = [
    *sorted(ROOT.glob("notebooks/src/*.py")),
    *sorted(ROOT.glob("assignments/source/*/A??_*.py")),
]
BOOK = ROOT / "book" / "index.md"
DOCUMENTS = [*DOCS, *TEACH, *NOTEBOOKS, BOOK]

MADE_BY_THE_BOOK = {"map.md"}
MADE_IN_A_COURSE = ("nbgrader_config.py",)
# Only in a wheel; a file of TensorFlow Lite Micro; the name of a language stands for any.
NOT_HERE = {"tinymledu/_shipped", "docs/memory_management.md", "tinymledu/locale/LANGUAGE"}

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
TOPS = tuple(
    f"{name}/"
    for name in (
        *("tinymledu", "docs", "tests", "scripts", "benchmarks"),
        *("notebooks", "assignments", "firmware", "datasets", "book"),
    )
)
REPOSITORY_PATH = re.compile(rf"(?<![\w./-])(?:{'|'.join(TOPS)})[\w*/-]*(?:\.[\w*]+)*")
PYTHON_FILE = re.compile(r"`([\w*/]+\.py)`")
DOTTED = re.compile(r"(?<![\w./-])(?:tinymledu|tml)((?:\.[A-Za-z]\w*)+)(?![\w/])")
NOT_DOTTED = {".po", ".pot", ".h"}  # of file names


def words_of(path):
    """What a reader sees: of a notebook its text."""
    if path.suffix == ".md":
        return path.read_text(encoding="utf-8")
    return "\n\n".join(c.source for c in jupytext.read(path).cells if c.cell_type == "markdown")


def named(path):
    return path.relative_to(ROOT).as_posix()


def every(pattern, documents):
    """(document, what it says) for each match, once."""
    found = {
        (named(path), match) for path in documents for match in pattern.findall(words_of(path))
    }
    return sorted(found)


def anchors(path):
    """The ends of links to a page's headings, as GitHub and the book make them."""
    headings = re.findall(r"^#{1,6} +(.+)$", path.read_text(encoding="utf-8"), re.M)
    plain = [re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower() for heading in headings]
    return {re.sub(r"[^\w\- ]", "", heading).strip().replace(" ", "-") for heading in plain}


def leads_nowhere(link, home):
    """Why a relative link of a page in the folder `home` is dead, or None."""
    file, _, anchor = link.partition("#")
    target = home / file
    if not target.exists():
        return f"no file {file}"
    if anchor and anchor not in anchors(target):
        return f"no heading #{anchor} in {file}"
    return None


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_relative_links_lead_to_a_file_and_a_heading(document):
    home = ROOT if document == BOOK else document.parent
    links = [link for link in LINK.findall(words_of(document)) if "://" not in link]

    dead = {
        link: reason
        for link in links
        if link not in MADE_BY_THE_BOOK
        if (reason := leads_nowhere(link if link[0] != "#" else document.name + link, home))
    }

    assert not dead


def test_a_dead_link_is_found():
    home = ROOT / "docs"

    assert leads_nowhere("student.md#1-install", home) is None
    assert leads_nowhere("no-such.md", home) == "no file no-such.md"
    assert leads_nowhere("student.md#9-fly", home) == "no heading #9-fly in student.md"


@pytest.mark.parametrize(("document", "path"), every(REPOSITORY_PATH, [*DOCS, *TEACH, *NOTEBOOKS]))
def test_a_path_of_the_repository_exists(document, path):
    if any(path.startswith(other) for other in NOT_HERE):
        return

    assert [*ROOT.glob(path.rstrip("/")), *ROOT.glob(f"{path}.*")]


@pytest.mark.parametrize(("document", "name"), every(PYTHON_FILE, DOCS))
def test_a_file_of_python_exists(document, name):
    places = ("tinymledu", "scripts", "assignments")

    assert name.startswith((*TOPS, *MADE_IN_A_COURSE)) or any(
        [*(ROOT / top).rglob(name)] for top in places
    )


@pytest.mark.parametrize(("document", "dotted"), every(DOTTED, [*DOCS, *TEACH, *NOTEBOOKS]))
def test_a_name_of_the_library_exists(document, dotted):
    if dotted not in NOT_DOTTED:
        pkgutil.resolve_name(f"tinymledu{dotted}")


def test_the_layers_are_those_that_the_imports_are_held_to():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d) \| ([^|]+) \|", text, re.M)

    said = {module.rstrip("/"): int(layer) for layer, names in rows for module in names.split()}
    assert said == LAYERS


def test_licences_let_others_use_and_change_it():
    code, content, readme = (
        " ".join((ROOT / name).read_text(encoding="utf-8").split())
        for name in ("LICENSE", "LICENSE-CONTENT", "README.md")
    )

    assert "Apache License Version 2.0" in code
    assert "Creative Commons Attribution 4.0 International" in content
    assert "share and adapt them for any purpose" in content
    assert "Code: Apache License 2.0. Lessons, assignments and drawings: CC BY 4.0." in readme


def test_points_of_a_person_are_those_of_the_assignments():
    text = (ROOT / "docs" / "lecturer.md").read_text(encoding="utf-8")
    names, points = re.search(r"^\| (A01 .+) \|\n\|[-|]+\n\| (.+) \|$", text, re.M).groups()

    for name, of_a_person in zip(names.split(" | "), points.split(" | "), strict=True):
        assert load_assignment(name).machine_points == 100 - int(of_a_person), name


# ------------------------------------------------------------------------------ the command line


def parsers(parser, before=""):
    """Each verb that can be typed, with the parser of its arguments."""
    groups = [one for one in parser._actions if isinstance(one, argparse._SubParsersAction)]
    if not groups:
        yield before, parser
    for group in groups:
        for name, below in group.choices.items():
            yield from parsers(below, f"{before} {name}".strip())


def options_of(parser):
    strings = {string for action in parser._actions for string in action.option_strings}
    return {string for string in strings if string.startswith("--")} - {"--help"}


def documented_options():
    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    section = text.split("## Options")[1].split("## ")[0]
    for verb, cell in re.findall(r"^\| `([^`]+)` \| (.*) \|$", section, re.M):
        words = [word for word in verb.split() if word.islower()]
        yield " ".join(words), set(re.findall(r"`(--[a-z-]+)", cell))


def test_every_verb_is_documented_with_its_options_and_no_others():
    there_are = {verb: options_of(parser) for verb, parser in parsers(build_parser())}

    assert dict(documented_options()) == there_are


def test_the_page_of_the_command_line_names_no_option_that_does_not_exist():
    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    there_are = set().union(*(options_of(parser) for _, parser in parsers(build_parser())))

    assert set(re.findall(r"--[a-z][a-z-]+", text)) - {"--help"} <= there_are
