"""How verbs speak: tables for people, one JSON object for programs, progress on a terminal."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console, JustifyMethod
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

Report = Callable[[int, int], None]  # done, total

# Text is text: names in square brackets, such as tinymledu[full], are no markup. Where the output
# is no terminal, lines are as wide as a reader of a log or a pull request has room for.
console = Console(
    highlight=False, markup=False, width=None if sys.stdout.isatty() else 100, soft_wrap=True
)


def emit_json(record: object) -> None:
    """Print one JSON object on standard output."""
    sys.stdout.write(json.dumps(record, indent=2, ensure_ascii=False) + "\n")


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table: first column whole, columns with a unit in brackets set to the right."""
    grid = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
    for number, column in enumerate(columns):
        right = column.endswith(")") or column.startswith("#")
        justify: JustifyMethod = "right" if right else "left"
        grid.add_column(Text(column), justify=justify, no_wrap=number == 0 or right)
    for row in rows:
        grid.add_row(*(Text(value, overflow="fold") for value in row))
    console.print(grid, soft_wrap=False)


_SPEED_OVER_S = 600.0  # a submission can take a minute


@contextmanager
def progress(what: str) -> Iterator[Report]:
    """A progress bar with the time left on a terminal, silence otherwise.

    What is done when the first report comes was done before, and says nothing about the speed.
    """
    bar = Progress(
        TextColumn("  {task.description}"),
        BarColumn(bar_width=30),
        TextColumn("{task.completed:,}/{task.total:,}"),
        TimeElapsedColumn(),
        TextColumn("left:"),
        TimeRemainingColumn(),
        speed_estimate_period=_SPEED_OVER_S,
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    with bar:
        task = bar.add_task(what, total=1)
        yield lambda done, total: bar.update(task, completed=done, total=total)
