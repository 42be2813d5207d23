"""Datasets that a program draws: made in parallel where possible, and kept."""

import functools
import hashlib
import importlib
import json
import os
import subprocess
import sys
import types
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from tinymledu.datasets.array_cache import Arrays, load_arrays, store_arrays
from tinymledu.datasets.records import Groups, Labels, Pictures
from tinymledu.files import PACKAGE, Progress, shipped

BLOCK = 640  # drawings in one job: about a second, against 0.2 s to start its process


@dataclass(frozen=True, slots=True)
class Block:
    """Drawings `start` to `stop` - 1 of a split."""

    dataset: str  # the folder with the generator
    difficulty: str
    split: str
    start: int
    stop: int
    size: int
    seed: int


@functools.cache
def generator(dataset: str) -> types.ModuleType:
    """The module datasets/<dataset>/make.py, imported from its folder."""
    package = types.ModuleType(f"tinymledu_generator_{dataset}")
    package.__path__ = [str(shipped("datasets", dataset))]
    sys.modules[package.__name__] = package
    return importlib.import_module(f"{package.__name__}.make")


def draw_block(block: Block) -> Pictures:
    """The drawings of a block, (n, size, size, 3)."""
    make = generator(block.dataset)
    pictures: Pictures = make.draw_many(
        block.start,
        block.stop,
        seed=block.seed,
        split=block.split,
        size=block.size,
        difficulty=block.difficulty,
    )
    return pictures


def drawing_labels(dataset: str, split: str, n: int, seed: int) -> Labels:
    """What the first `n` drawings of a split show."""
    make = generator(dataset)
    return np.array([make.label_of(seed, split, index) for index in range(n)], dtype=np.uint8)


def drawing_groups(dataset: str, split: str, n: int) -> Groups | None:
    """What the first `n` drawings of a split belong to; None where each stands alone."""
    make = generator(dataset)
    if not hasattr(make, "group_of"):
        return None
    return np.array([make.group_of(split, index) for index in range(n)], dtype=np.int64)


def drawings(
    dataset: str,
    difficulty: str,
    counts: Mapping[str, int],
    *,
    size: int,
    seed: int,
    progress: Progress | None = None,
) -> Arrays:
    """Drawings by split, from the cache or made now.

    The same drawings come whatever the number of processes and whether or not they were kept.

    Args:
        dataset: the folder of the generator.
        difficulty: a key of the generator's DIFFICULTIES.
        counts: how many drawings of which split.
        size: pixels a side.
        progress: called with (drawings made, drawings in all); not called when they were kept.
    """
    blocks = [
        Block(dataset, difficulty, split, start, min(start + BLOCK, n), size, seed)
        for split, n in counts.items()
        for start in range(0, n, BLOCK)
    ]
    file_name = f"{dataset}-{difficulty}-{_key(blocks)}.npz"
    kept = load_arrays(file_name)
    if kept is not None:
        return kept
    made: dict[str, list[Pictures]] = {split: [] for split in counts}
    for block, pictures in zip(blocks, _drawn(blocks, progress), strict=True):
        made[block.split].append(pictures)
    arrays = {split: np.concatenate(parts) for split, parts in made.items()}
    store_arrays(file_name, arrays)
    return arrays


def _key(blocks: Sequence[Block]) -> str:
    """Changes with any parameter and with any line of the generator."""
    digest = hashlib.sha256(json.dumps([repr(block) for block in blocks]).encode())
    for path in sorted(shipped("datasets", blocks[0].dataset).glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _drawn(blocks: Sequence[Block], progress: Progress | None) -> Iterator[Pictures]:
    total, done = sum(block.stop - block.start for block in blocks), 0
    workers = min(os.cpu_count() or 1, len(blocks))
    draw = _draw_elsewhere if workers > 1 and _can_start_processes() else draw_block
    with ThreadPoolExecutor(workers if draw is _draw_elsewhere else 1) as pool:
        for pictures in pool.map(draw, blocks):
            done += len(pictures)
            if progress is not None:
                progress(done, total)
            yield pictures


def _can_start_processes() -> bool:
    """False in a sandbox with one process, and where Python runs inside another program."""
    try:
        return subprocess.run([sys.executable, "-c", ""], capture_output=True).returncode == 0
    except OSError:
        return False


def _draw_elsewhere(block: Block) -> Pictures:
    """Draw in another process; in this one if that fails."""
    numbers = map(str, (block.start, block.stop, block.size, block.seed))
    command = [sys.executable, "-m", "tinymledu.datasets.draw_worker", block.dataset]
    search = os.pathsep.join(filter(None, [str(PACKAGE.parent), os.environ.get("PYTHONPATH")]))
    try:
        done = subprocess.run(
            [*command, block.difficulty, block.split, *numbers],
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONPATH": search},
        )
        return np.frombuffer(done.stdout, dtype=np.uint8).reshape(-1, block.size, block.size, 3)
    except (OSError, ValueError, subprocess.CalledProcessError):
        return draw_block(block)
