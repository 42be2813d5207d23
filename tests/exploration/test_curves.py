import pytest
from matplotlib import pyplot as plt

from tinymledu.errors import InputError
from tinymledu.exploration.curves import curves_figure, points_figure

PANELS = {"A": {"seen": [50.0, 100.0], "new": [50.0, 75.0]}, "B": {"seen": [50.0, 60.0]}}
WORDS = {"title": "Two", "xlabel": "step", "ylabel": "accuracy (%)"}


def test_alt_says_first_and_last_of_every_line():
    figure = curves_figure(PANELS, **WORDS, digits=0)

    assert "A: seen 50 to 100, new 50 to 75; B: seen 50 to 60." in figure.alt
    assert ("A", "2", "new", "75") in figure.rows


def test_a_long_curve_has_a_short_table_with_both_ends():
    figure = curves_figure({"A": {"loss": list(range(300))}}, **WORDS)

    assert len(figure.rows) == 12
    assert [figure.rows[0][1], figure.rows[-1][1]] == ["1", "300"]


@pytest.mark.parametrize(
    ("panels", "words"),
    [
        ({}, "1 to 4 panels, not 0"),
        (dict.fromkeys("abcde", PANELS["A"]), "1 to 4 panels, not 5"),
        ({"A": {}}, "1 to 6 names of lines, not 0"),
        ({"A": PANELS["A"], "B": {}}, "Panel 'B' needs a line"),
        ({"A": {"seen": []}}, "Panel 'A' needs a line, and each of its lines a value"),
        ({"A": dict.fromkeys("abcdefg", (1.0,))}, "1 to 6 names of lines, not 7"),
    ],
)
def test_curves_that_cannot_be_drawn_are_refused(panels, words):
    with pytest.raises(InputError, match=words):
        curves_figure(panels, **WORDS)


def test_a_line_looks_alike_in_all_panels_and_stands_once_in_the_legend(monkeypatch):
    drawn = []
    monkeypatch.setattr(plt, "close", drawn.append)

    curves_figure({"A": {"seen": [1, 2], "new": [2, 3]}, "B": {"new": [3, 4]}}, **WORDS)

    (figure,) = drawn
    monkeypatch.undo()
    plt.close(figure)
    colours = [[line.get_color() for line in axes.lines] for axes in figure.axes]
    (legend,) = figure.legends
    assert colours[1] == colours[0][1:]
    assert [text.get_text() for text in legend.get_texts()] == ["seen", "new"]


def test_one_value_is_a_mark():
    one, two = (curves_figure({"A": {"seen": [1.0] * n}}, **WORDS).svg for n in (1, 2))

    assert one.count("<use") > two.count("<use")


def test_points_figure_counts_the_points_on_each_side():
    # x > 0 is the right side; three of four labels agree.
    figure = points_figure(
        [[1, 0], [2, 1], [-1, 0], [-2, 1]], [1, 1, 0, 1], {"x above 0": [1, 0, 0]}, title="Points"
    )

    assert "x above 0 has 75% on its side" in figure.alt
    assert figure.rows == (("x above 0", "1.00", "0.00", "0.00", "75.0%"),)


def test_points_alone_are_a_figure_too():
    assert "4 points" in points_figure([[1, 0]] * 4, [0, 1, 0, 1], {}, title="Points").alt


def test_no_points_are_no_figure():
    with pytest.raises(InputError, match="no points to draw"):
        points_figure([], [], {}, title="Points")


def test_a_line_needs_three_weights():
    with pytest.raises(InputError, match="three weights"):
        points_figure([[1, 0]], [1], {"line": [1, 0]}, title="Points")


def test_an_upright_line_is_drawn_too():
    upright = points_figure([[1, 0], [-1, 0]], [1, 0], {"x above 0": [1, 0, 0]}, title="Points")
    none = points_figure([[1, 0], [-1, 0]], [1, 0], {"x above 0": [0, 0, 1]}, title="Points")

    assert upright.svg.count("<path") > none.svg.count("<path")
