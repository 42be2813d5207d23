"""Run lessons from top to bottom, and keep their "You should see" ranges true.

    python scripts/lessons.py           # three runs of each lesson, ranges written into its text
    python scripts/lessons.py 06 07     # of these lessons only
    python scripts/lessons.py --widen   # on another computer: what was measured elsewhere counts on
    python scripts/lessons.py --check   # fails where the text differs from what was measured

A lesson writes what it found to my_NN_answers.json, under "found". The smallest and largest values
of three seeds go to notebooks/models/NN_expected.json, and from there into the text, between
<!--see:NAME--> and <!--/see-->. Nobody types them.
"""

import argparse
import json
import math
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbclient import NotebookClient

from tinymledu.translated_lessons import MEASURED

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "notebooks" / "src"
SEEDS = (7, 8, 9)
SEED_LINE = "SEED = 7"
CELL_LIMIT_S = 600
UNITS = {
    "_ms": " ms",
    "_mj": " mJ",
    "_ua": " µA",
    "_ma": " mA",
    "_db": " dB",
    "_hz": " Hz",
    "_days": " days",
}

Ranges = Mapping[str, list[float]]


@dataclass(frozen=True)
class Ran:
    """A lesson that ran to its end: the executed notebook, its folder, and the seconds it took."""

    notebook: nbformat.NotebookNode
    folder: Path
    seconds: float

    @property
    def found(self) -> dict[str, Any]:
        """What the lesson wrote down, by name."""
        (path,) = self.folder.glob("my_*_answers.json")
        return dict(json.loads(path.read_text(encoding="utf-8"))["found"])

    def outputs(self) -> Iterator[tuple[str, nbformat.NotebookNode]]:
        """(code, output) for every output."""
        for cell in self.notebook.cells:
            for output in cell.get("outputs", []):
                yield cell.source, output


def run_lesson(
    source: Path,
    folder: Path,
    *,
    seed: int = SEEDS[0],
    environment: Mapping[str, str] | None = None,
) -> Ran:
    """Restart and run all, in `folder`, as a student with an empty notebook would.

    Args:
        environment: variables set for the notebook, beside those of this process.
    """
    notebook = jupytext.read(source)
    for cell in notebook.cells:
        cell.source = cell.source.replace(SEED_LINE, f"SEED = {seed}")
    client = NotebookClient(
        notebook,
        timeout=CELL_LIMIT_S,
        kernel_name="python3",
        extra_arguments=["--log-level=ERROR"],  # the kernel would warn that it talks over TCP
        resources={"metadata": {"path": str(folder)}},
    )
    began = time.perf_counter()
    client.execute(env={**os.environ, **(environment or {})})
    return Ran(notebook, folder, time.perf_counter() - began)


def needs_tensorflow(source: Path) -> bool:
    """Whether the lesson's card asks for the full profile; the others run in lite."""
    (profile,) = re.findall(r"^# \| Profile \| \*(full|lite)\*", source.read_text("utf-8"), re.M)
    return profile == "full"


def expected_path(source: Path) -> Path:
    return ROOT / "notebooks" / "models" / f"{source.stem[:2]}_expected.json"


def measure(source: Path) -> Ranges:
    """Smallest and largest value of everything found, over the seeds."""
    values: dict[str, list[float]] = {}
    for seed in SEEDS:
        with tempfile.TemporaryDirectory() as folder:
            ran = run_lesson(source, Path(folder), seed=seed)
            sys.stdout.write(f"{source.stem}, seed {seed}: {ran.seconds:.0f} s\n")
            for name, value in ran.found.items():
                values.setdefault(name, []).extend(value if isinstance(value, list) else [value])
    return {name: [min(found), max(found)] for name, found in values.items()}


def widened(now: Ranges, before: Ranges) -> Ranges:
    """Ranges that hold both measurements; names that are no longer found are left out."""
    return {
        name: [min(low, *before.get(name, [low])), max(high, *before.get(name, [high]))]
        for name, (low, high) in now.items()
    }


def in_words(name: str, low: float, high: float) -> str:
    """A range as a reader sees it; the end of its name says the unit."""
    if name.endswith("_ratio"):
        low, high = math.floor(100 * low), math.ceil(100 * high)
        return f"{low} to {high} %" if low < high else f"{low} %"
    if name.endswith("_bytes"):
        low, high, unit, digits = low / 1024, high / 1024, " KiB", 1
    elif name.endswith("_factor"):
        unit, digits = "", 1
    elif high >= 1e6:
        low, high, unit, digits = low / 1e6, high / 1e6, " million", 1
    else:
        unit = next((said for end, said in UNITS.items() if name.endswith(end)), "")
        digits = 0 if name.startswith("n_") else _digits(high)
    ends = [f"{end:.{digits}f}" for end in (low, high)]
    return " to ".join(dict.fromkeys(ends)) + unit


def _digits(value: float) -> int:
    """Digits after the point that show a number to three significant figures."""
    if float(value).is_integer() or abs(value) >= 100:
        return 0
    return max(0, 2 - math.floor(math.log10(abs(value))))


def with_ranges(text: str, ranges: Ranges) -> str:
    """The text of a lesson, with every marked range as measured."""
    return MEASURED.sub(lambda mark: mark[1] + in_words(mark[2], *ranges[mark[2]]) + mark[4], text)


def lesson_sources(numbers: Iterable[str] | None = None) -> list[Path]:
    """Text sources of these lessons, in order; of all lessons where no numbers are given.

    Raises:
        SystemExit: there is no such lesson; says which there are.
    """
    every = {path.stem[:2]: path for path in sorted(SOURCES.glob("*.py"))}
    wanted = every.keys() if numbers is None else set(numbers)
    if unknown := sorted(wanted - every.keys()):
        raise SystemExit(f"There is no lesson {', '.join(unknown)}. There are {', '.join(every)}.")
    return [path for number, path in every.items() if number in wanted]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("lessons", nargs="*", help="two digits each, such as 06; default: all")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--widen", action="store_true", help="keep what was measured elsewhere")
    how.add_argument("--check", action="store_true", help="measure nothing, write nothing")
    options = parser.parse_args(arguments)
    stale = []
    for source in lesson_sources(options.lessons or None):
        path = expected_path(source)
        if not options.check:
            ranges = measure(source)
            if options.widen and path.exists():
                ranges = widened(ranges, json.loads(path.read_text(encoding="utf-8")))
            path.write_text(json.dumps(ranges, indent=1) + "\n", encoding="utf-8")
        text = source.read_text(encoding="utf-8")
        true_text = with_ranges(text, json.loads(path.read_text(encoding="utf-8")))
        if text != true_text:
            stale.append(source.name)
            if not options.check:
                source.write_text(true_text, encoding="utf-8")
    if stale and options.check:
        sys.stdout.write(f"run `python scripts/lessons.py`; ranges differ in {stale}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
