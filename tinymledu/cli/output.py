"""How verbs speak: tables for people, one JSON object for programs, progress on a terminal."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

Report = Callable[[int, int], None]  # done, total

console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())


def emit_json(record: object) -> None:
    """Print one JSON object on standard output."""
    sys.stdout.write(json.dumps(record, indent=2, ensure_ascii=False) + "\n")


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table; columns whose title ends in a unit in brackets are set to the right."""
    grid = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
    for column in columns:
        right = column.endswith(")") or column.startswith("#")
        grid.add_column(column, justify="right" if right else "left", overflow="fold")
    for row in rows:
        grid.add_row(*row)
    console.print(grid)


@contextmanager
def progress(what: str) -> Iterator[Report]:
    """A progress bar on a terminal, silence otherwise."""
    bar = Progress(
        TextColumn("  {task.description}"),
        BarColumn(bar_width=30),
        TextColumn("{task.completed:,}/{task.total:,}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    with bar:
        task = bar.add_task(what, total=1)
        yield lambda done, total: bar.update(task, completed=done, total=total)
