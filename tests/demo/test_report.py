"""The report is one file that needs nothing else, and says every figure in words and numbers."""

import re
from xml.etree import ElementTree

import pytest

from tinymledu.demo.report import Card, Chapter, Story, grid, write_report
from tinymledu.exploration import Figure

SVG = '<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="Two bars."></svg>'
FIGURE = Figure("Bars", SVG, "Two bars.", ("scheme", "bytes"), (("int8", "1,234 B"),))


@pytest.fixture
def page(tmp_path):
    story = Story(
        date="2026-01-01 12:00 UTC",
        lead="Drawings went in.",
        cards=(Card("accuracy", "85.0 %", "1,000 held-out drawings"),),
        chapters=(
            Chapter(
                "Grade <a class>",
                ("A student wrote <script>alert(1)</script>.",),
                figures=(FIGURE,),
                tables=(grid("Points", ("student", "points"), [("<b>amara</b>", "85")]),),
                listing_title="C",
                listing="#include <stdint.h>",
            ),
        ),
        timing=grid("Time", ("phase", "time"), [("together", "3 min 05 s")]),
        methods=("Instructions: counted.",),
        next_commands=("tinymledu lab",),
    )
    write_report(story, tmp_path / "report.html")
    return (tmp_path / "report.html").read_text(encoding="utf-8")


def test_report_needs_no_other_file(page):
    without_names = re.sub(r'xmlns(:\w+)?="[^"]*"', "", page)

    assert not re.findall(r"""(?:src|href)\s*=|url\(|@import|https?://""", without_names)
    assert "<script" not in page


def test_what_others_wrote_is_text_and_no_markup(page):
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "&lt;b&gt;amara&lt;/b&gt;" in page
    assert "#include &lt;stdint.h&gt;" in page


def test_every_figure_has_its_words_and_its_table(page):
    figures = re.findall(r"<figure\b.*?</figure>", page, re.DOTALL)

    assert len(figures) == 1
    root = ElementTree.fromstring(figures[0])
    svg = root.find("{http://www.w3.org/2000/svg}svg")
    assert svg is not None
    assert (svg.get("role"), svg.get("aria-label")) == ("img", "Two bars.")
    cells = ["".join(cell.itertext()) for cell in root.iter("td")]
    assert cells == ["int8", "1,234\N{NO-BREAK SPACE}B"]
