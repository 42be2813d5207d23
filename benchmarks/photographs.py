"""Cats and dogs in photographs: two models, three seeds each, float and int8, held-out pictures.

python -m benchmarks.photographs --data FOLDER_OR_ZIP [--weights vww_96.h5] [--json FILE]

Without --data it takes the folder cats_vs_dogs in the one that TINYMLEDU_REAL_DATA names.
"""

import argparse
import os
from pathlib import Path

import tinymledu as tml
from benchmarks import seeds
from tinymledu.datasets.weights import fetch_vww, vww_path

CNN = "tiny_cnn 48x48"
MOBILENET = "mobilenet_v1 0.25 96x96 vww"

# How the two are trained. MobileNet: the best of seven settings on 1,700 of the 7,000 pictures
# that are not held out, by validation accuracy and loss (batches of 32, 20 epochs: .882, .291).
TRAINING = {
    CNN: {"epochs": 20, "augment": 1.5},
    MOBILENET: {"epochs": 20, "augment": 2.0},
}


def main():
    arguments = parse()
    if arguments.data is None:
        print("Skipped: no photographs. Give --data, or set TINYMLEDU_REAL_DATA.")
        return
    rows = []
    if arguments.only in (None, "cnn"):
        data = tml.load_dataset("cats_vs_dogs", size=48, path=arguments.data)
        rows += seeds.run(CNN, data, lambda seed: cnn(data, seed), **TRAINING[CNN])
    if arguments.weights is not None:
        fetch_vww(arguments.weights)
    if vww_path() is None:
        print(f"Skipped {MOBILENET}: no weights. Give --weights, or: tinymledu models fetch vww")
    elif arguments.only in (None, "mobilenet"):
        data = tml.load_dataset("cats_vs_dogs", size=96, path=arguments.data)
        rows += seeds.run(
            MOBILENET, data, lambda seed: mobilenet(data, seed), **TRAINING[MOBILENET]
        )
    seeds.report(rows, json_path=arguments.json)


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    real = os.environ.get("TINYMLEDU_REAL_DATA")
    default = Path(real) / "cats_vs_dogs" if real else None
    parser.add_argument("--data", type=Path, default=default)
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--only", choices=["cnn", "mobilenet"])
    return parser.parse_args()


def cnn(data, seed):
    return tml.models.tiny_cnn(data.card.shape, len(data.card.labels), seed=seed)


def mobilenet(data, seed):
    return tml.models.mobilenet_v1(data.card.shape, len(data.card.labels), weights="vww", seed=seed)


if __name__ == "__main__":
    main()
