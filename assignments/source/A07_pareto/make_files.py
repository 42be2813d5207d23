"""Make what A07 needs beside its notebook: run once for a course.

    python make_files.py LECTURER_FOLDER --hidden-seed 20211018

Writes hidden.npz: drawings that no student has, from a seed that no student knows.
"""

import argparse
import io
from pathlib import Path

import numpy as np

from tinymledu.datasets.drawings import Block, draw_block, drawing_labels
from tinymledu.files import write_atomic

N_HIDDEN = 1200  # with 400, chance takes a candidate over the bar of another


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--hidden-seed", type=int, required=True)
    options = parser.parse_args()
    block = Block("cats_vs_dogs", "easy", "test", 0, N_HIDDEN, size=24, seed=options.hidden_seed)
    content = io.BytesIO()
    np.savez_compressed(
        content,
        pictures=draw_block(block),
        labels=drawing_labels("cats_vs_dogs", "test", N_HIDDEN, options.hidden_seed),
    )
    write_atomic(options.folder / "hidden.npz", content.getvalue())


if __name__ == "__main__":
    main()
