"""What the demo says on the way: a heading and the seconds of each phase, calm lines between."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console

from tinymledu.units import duration


@dataclass(slots=True)
class Stage:
    """The screen and the clock of one demo run."""

    console: Console
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, title: str) -> Iterator[None]:
        """One phase: its title before, its time after."""
        self.console.print(f"\n{title}", style="bold")
        started = time.perf_counter()
        yield
        self.seconds[title] = time.perf_counter() - started
        self.say(f"({duration(self.seconds[title])})")

    def say(self, text: str) -> None:
        """One finding, indented under its phase."""
        self.console.print(f"  {text}")

    @property
    def total_s(self) -> float:
        return sum(self.seconds.values())
