"""A figure with words and numbers beside it, so that nobody needs to see it to read it."""

import io
import itertools
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from tinymledu.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

MAX_ALT_WORDS = 60
_SHOWN = itertools.count(1)

# Okabe and Ito's colours, told apart with any common colour blindness, without yellow, which is
# faint on white. Markers and line styles differ as well, so nothing rests on colour alone.
# Source: Okabe and Ito 2008, "Color universal design", https://jfly.uni-koeln.de/color/
BLUE, ORANGE, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
SKY, BLACK, GREY = "#56B4E9", "#000000", "#8C8C8C"


@dataclass(frozen=True, slots=True)
class Line:
    """How one of several lines is drawn; `dash` is a line style of matplotlib."""

    colour: str
    dash: Any
    mark: str


# Each differs from every other in dashes and mark, too.
LINES = (
    Line(BLUE, "-", "o"),
    Line(ORANGE, "--", "s"),
    Line(GREEN, "-.", "^"),
    Line(PURPLE, ":", "d"),
    Line(SKY, (0, (5, 1, 1, 1, 1, 1)), "v"),
    Line(BLACK, (0, (9, 2)), "X"),
)
# Colour and hatch of areas; neighbours in this list differ in lightness as well.
FILLS = ((SKY, ""), (ORANGE, "//"), (GREEN, ".."), (PURPLE, "\\\\"), (BLUE, "xx"))

# Inches: wide enough for a notebook and a report of 62 rem.
WIDTH, HEIGHT = 7.0, 4.0

# Any: matplotlib types the keys as the literal names of its 300 settings.
_STYLE: Any = {
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 12,
    "figure.facecolor": "white",
    "font.size": 10,
    "grid.color": "#DDDDDD",
    "legend.frameon": False,
    "lines.linewidth": 2,
    "lines.markersize": 6,
    "svg.hashsalt": "tinymledu",  # the same data give the same file
}


@dataclass(frozen=True, slots=True, repr=False)
class Figure:
    """A finished figure and its twins: `alt` says it in words, `columns` and `rows` in numbers."""

    title: str
    svg: str
    alt: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __repr__(self) -> str:
        return f"Figure({self.title!r}: {self.alt})"

    def table_html(self) -> str:
        """The table twin, folded."""
        head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in self.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
            for row in self.rows
        )
        return (
            "<details><summary>The same as a table</summary><table>"
            f"<caption>{escape(self.title)}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></details>"
        )

    def _repr_html_(self) -> str:
        # A browser's own margins, 40 pixels on each side, would take a phone half of its width.
        drawn = f"{_with_own_ids(self.svg)}{self.table_html()}"
        return f'<figure style="margin: 0.5em 0">{drawn}</figure>'


def show(
    fig: "Drawing",
    *,
    alt: str,
    table: Sequence[Sequence[object]],
    title: str = "",
) -> Figure:
    """Turn a matplotlib figure into one with words and a table; a notebook cell then shows it.

    Args:
        fig: a finished figure; it is closed, so that the notebook does not show it twice.
        alt: what is to be seen: kind of plot, axes, trend, the number that matters; 60 words.
        table: the numbers, heading first.

    Raises:
        InputError: alt is empty or too long, or the table has no rows.
    """
    from matplotlib import pyplot as plt

    n_words = len(alt.split())
    if not 0 < n_words <= MAX_ALT_WORDS:
        raise InputError(
            f"alt has {n_words} words; say what is to be seen in 1 to {MAX_ALT_WORDS}: kind of "
            "plot, axes, trend, the number that matters."
        )
    heading, *rows = [tuple(str(cell) for cell in row) for row in table] or [()]
    if not heading or not rows:
        raise InputError("The table needs a heading and at least one row of numbers.")
    buffer = io.StringIO()
    fig.savefig(buffer, format="svg", bbox_inches="tight", metadata={"Date": None})
    plt.close(fig)
    return Figure(title, _accessible(buffer.getvalue(), alt), alt, heading, tuple(rows))


@contextmanager
def canvas(
    *, width: float = WIDTH, height: float = HEIGHT, columns: int = 1
) -> "Iterator[tuple[Drawing, Any]]":
    """A new figure with axes in the package's style; several axes where columns > 1."""
    from matplotlib import pyplot as plt

    with plt.rc_context(_STYLE):
        figure, axes = plt.subplots(1, columns, figsize=(width, height), layout="constrained")
        yield figure, axes


def check_count(n: int, what: str, *, least: int = 1, most: int = len(LINES)) -> None:
    """Refuse fewer or more things than a figure has room for.

    Raises:
        InputError: n is not from least to most.
    """
    if not least <= n <= most:
        raise InputError(f"Give {least} to {most} {what}, not {n}.")


def in_words(before: str, parts: Sequence[str], after: str = "", *, between: str = "; ") -> str:
    """An alternative text with all parts that it has room for, and how many more there are.

    >>> in_words("Lines:", ["a falls", "b rises"], ".")
    'Lines: a falls; b rises.'
    """
    for n_told in range(len(parts), 0, -1):
        more = [f"and {len(parts) - n_told} more"] if n_told < len(parts) else []
        text = f"{before} {between.join([*parts[:n_told], *more])}{after}"
        if len(text.split()) <= MAX_ALT_WORDS:
            return text
    return f"{before} {len(parts)} in all{after}" if parts else f"{before}{after}"


def mark_level(axes: Any, level: float, name: str, *, dash: str = "-") -> None:
    """A line across the plot, with its name to the right of it, where nothing else is drawn."""
    axes.axhline(level, color=BLACK, linestyle=dash, linewidth=1)
    axes.annotate(
        name, (1, level), xycoords=axes.get_yaxis_transform(), xytext=(4, 0),
        textcoords="offset points", va="center", fontsize=9,
    )  # fmt: skip


def legend_below(figure: "Drawing", *, columns: int = 3) -> None:
    """One legend for all axes under the plot, where it covers nothing; equal names stand once."""
    handles = {
        name: handle
        for axes in figure.axes
        for handle, name in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    figure.legend(handles.values(), handles.keys(), loc="outside lower center", ncols=columns)


def ink(share: float) -> str:
    """The colour of text on the colour map Blues, 0 to 1, that can be read there."""
    return "white" if share > 0.72 else "black"


def interval_text(low: float, high: float) -> str:
    """An interval of accuracies from 0 to 1, for a table."""
    return f"{100 * low:.1f}-{100 * high:.1f} %"


def _with_own_ids(svg: str) -> str:
    """The figure with ids that no other figure of the page has.

    Equal figures have equal ids, and so do their hatches. A browser takes the first of a page: if
    that one is out of sight or gone, all others lose theirs.
    """
    own = f"f{zlib.crc32(svg.encode()):08x}-{next(_SHOWN)}-"
    return re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{own}", svg)


def _accessible(svg: str, alt: str) -> str:
    """An <svg> element alone, named by `alt` for screen readers, as wide as there is room."""
    element = svg[svg.index("<svg") :]
    return re.sub(
        r"<svg\b",
        f'<svg role="img" aria-label="{escape(alt, quote=True)}" '
        'style="max-width: 100%; height: auto"',
        element,
        count=1,
    )
