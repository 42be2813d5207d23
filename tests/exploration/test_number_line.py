"""The quantization number line says in words and numbers what it draws."""

import pytest
from matplotlib import pyplot as plt

from tinymledu.errors import InputError
from tinymledu.exploration import number_line_figure
from tinymledu.exploration.number_line import in_rows


def test_values_are_quantized_by_hand():
    # 3 bits: codes -4 to 3; zero point 1, step 0.5: -2.5 to 1.0.
    figure = number_line_figure(0.5, 1, [-0.6, 0.0, 2.2], bits=3)

    assert figure.rows == (
        ("-0.6", "0", "-0.5", "0.1", "0.20", "rounded"),  # -1.2 steps -> -1 -> code 0
        ("0", "1", "0", "0", "0.00", "rounded"),
        ("2.2", "3", "1", "-1.2", "-2.40", "saturates"),
        ("-", "-4", "-2.5", "-", "-", "lowest code"),
        ("-", "1", "0", "-", "-", "zero point"),
        ("-", "3", "1", "-", "-", "highest code"),
    )
    assert "codes -4 to 3 stand for -2.5 to 1" in figure.alt
    assert "Of 3 values, 1 saturate" in figure.alt


def test_it_is_a_figure_with_twins_and_stays_the_same():
    first, again = (number_line_figure(0.0567, 27, [-3.1, 7.5]) for _ in range(2))

    assert 5 <= len(first.alt.split()) <= 60
    assert first.title == "256 codes, scale 0.0567, zero point 27"
    assert first.svg == again.svg
    assert plt.get_fignums() == []


def test_an_end_that_is_the_zero_point_is_drawn_once():
    figure = number_line_figure(1 / 255, -128)

    assert figure.rows[0] == ("-", "-128", "0", "-", "-", "lowest code")


def test_numbers_that_would_lie_on_each_other_stand_in_rows():
    # Of a range of 100, a digit takes 1.4: texts of four digits must be 5.6 apart, and a gap.
    rows = {text: row for _, text, row in in_rows([(0, "-128"), (0.7, "-126"), (99, "127")], 100)}

    assert rows == {"-128": 0, "-126": 1, "127": 0}
    assert in_rows([(0, "0"), (0, "0")], 100) == [(0, "0", 0)]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((-0.5, 0), "turn the line round"),
        ((float("nan"), 0), "above 0"),
        ((0.5, 128), "none of the codes -128 to 127"),
        ((0.5, 0, [0.0] * 9), "at most 8 values"),
        ((0.5, 0, [float("inf")]), "all finite"),
    ],
)
def test_what_cannot_be_drawn_is_refused(arguments, words):
    with pytest.raises(InputError, match=words):
        number_line_figure(*arguments)
