"""Cats and dogs as drawings: baselines, then the small network with three seeds, 4,000 labelled.

python -m benchmarks.drawings [--json FILE]
"""

import argparse
from pathlib import Path

import tinymledu as tml
from benchmarks import seeds

CNN = "tiny_cnn 48x48"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    data = tml.load_dataset("cats_vs_dogs", n_labelled=4000)
    for make in (tml.baselines.nearest_mean, tml.baselines.linear):
        print(f"{make.__name__}: {tml.accuracy(make(data), data.test)}")
    rows = seeds.run(CNN, data, lambda seed: cnn(data, seed))
    seeds.report(rows, json_path=arguments.json)


def cnn(data, seed):
    return tml.models.tiny_cnn(data.card.shape, len(data.card.labels), seed=seed)


if __name__ == "__main__":
    main()
