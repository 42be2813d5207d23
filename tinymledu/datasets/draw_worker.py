"""Draws one block in a process of its own: `python -m tinymledu.datasets.draw_worker ...`.

A process started this way imports nothing of the caller's program, so it works the same on Linux,
macOS and Windows, in scripts without a `__main__` guard, and beside a loaded TensorFlow.
"""

import sys

from tinymledu.datasets.drawings import Block, draw_block


def main() -> None:
    dataset, difficulty, split, *numbers = sys.argv[1:]
    start, stop, size, seed = map(int, numbers)
    block = Block(dataset, difficulty, split, start, stop, size, seed)
    sys.stdout.buffer.write(draw_block(block).tobytes())


if __name__ == "__main__":
    main()
