"""No picture without words, no figure without its table; outputs are looked at in test_lessons."""

import nbformat
import pytest
from alt_text import faults, faults_of
from markdown_it import MarkdownIt
from prose import ASSIGNMENTS, LESSONS, ROOT, cells, pages

import tinymledu as tml
from tinymledu.exploration.figure import canvas

MARKDOWN = MarkdownIt("commonmark").enable("table")


@pytest.mark.parametrize("source", [*LESSONS, *ASSIGNMENTS], ids=lambda path: path.stem)
def test_texts_of_notebooks_show_no_picture_without_words(source):
    assert [*faults(MARKDOWN.render("\n\n".join(cells(source, "markdown"))))] == []


@pytest.mark.parametrize("page", pages(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_pages_show_no_picture_without_words(page):
    assert [*faults(MARKDOWN.render(page.read_text("utf-8")))] == []


@pytest.mark.parametrize(
    ("html", "n"),
    [
        ('<img src="a.png">', 1),
        ('<img alt="" src="a.png">', 1),
        (f'<img alt="{"word " * 61}" src="a.png">', 1),
        ('<img alt="Two cats" src="a.png">', 0),
        ('<svg aria-hidden="true"></svg>', 0),
        ('<figure><svg role="img" aria-label="A line"></svg></figure>', 1),
        ('<figure><svg role="img"></svg><table><td>1</td></table></figure>', 1),
        ('<figure><svg role="img" aria-label="A line"></svg><table><td>1</td></table></figure>', 0),
        ('<svg role="img" aria-label="A line"></svg><table><td>1</td></table>', 1),
        (MARKDOWN.render("![](a.png)"), 1),
        (MARKDOWN.render("![a cat](a.png)"), 0),
    ],
)
def test_what_lacks_words_or_a_table_is_found(html, n):
    assert len([*faults(html)]) == n


def test_a_bare_matplotlib_figure_is_found_and_one_that_is_shown_is_not():
    with canvas() as (fig, axes):
        axes.plot([1, 2])
        shown = tml.show(fig, alt="A line that rises.", table=[["x"], [1], [2]])
    bare = nbformat.from_dict({"image/png": "iVBOR", "text/plain": "<Figure>"})

    assert [*faults(shown._repr_html_())] == []
    assert [*faults_of(bare)] == ["image/png has no words"]
