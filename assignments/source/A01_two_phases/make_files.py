"""Make what A01 needs beside its notebook: run once for a course.

    python make_files.py LECTURER_FOLDER --hidden-seed 20211018

Writes hidden.npz: drawings that no student has, from a seed that no student knows. With the cache
in TINYMLEDU_CACHE it also draws the students' set, so that no submission spends its seconds on it.
"""

import argparse
import io
from pathlib import Path

import numpy as np

import tinymledu as tml
from tinymledu.datasets.drawings import Block, draw_block, drawing_labels
from tinymledu.files import write_atomic

N_LABELLED, N_UNLABELLED = 400, 120


def drawn(n, seed):
    """Easy drawings and what they show, without leaving a copy in any cache."""
    block = Block("cats_vs_dogs", "easy", "test", 0, n, size=24, seed=seed)
    return draw_block(block), drawing_labels("cats_vs_dogs", "test", n, seed)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--hidden-seed", type=int, required=True)
    options = parser.parse_args()
    pictures, labels = drawn(N_LABELLED + N_UNLABELLED, options.hidden_seed)
    content = io.BytesIO()
    np.savez_compressed(
        content,
        pictures=pictures[:N_LABELLED],
        labels=labels[:N_LABELLED],
        unlabelled=pictures[N_LABELLED:],
        answers=labels[N_LABELLED:],
    )
    write_atomic(options.folder / "hidden.npz", content.getvalue())
    tml.load_dataset("cats_vs_dogs_easy", n_labelled=900, size=24)


if __name__ == "__main__":
    main()
