"""Our firmware of the four MLPerf Tiny models beside TensorFlow Lite Micro with CMSIS-NN.

python -m benchmarks.firmware [--inputs N] [--json]

Each model is built for speed and for size, and VWW also with its dead channels kept; each build is
compared with TensorFlow Lite Micro on N random inputs and three constant ones. Three models are
read from the folder that TINYMLEDU_REAL_MODELS names.
"""

import argparse
import dataclasses
import json
import sys

from benchmarks import firmware_tables, mlperf_tiny
from benchmarks.firmware_figures import build_seconds, measure, variants


def main():
    arguments = parse()
    pairs = [(model, variant) for model in mlperf_tiny.MODELS for variant in variants(model)]
    seconds = build_seconds(pairs)
    rows = [
        measure(
            model,
            variant,
            n_inputs=arguments.inputs,
            build_s=seconds[model, variant],
            progress=progress(f"{model.name}, {variant.name}"),
        )
        for model, variant in pairs
    ]
    if arguments.json:
        print(json.dumps([dataclasses.asdict(row) for row in rows], indent=2))
    else:
        firmware_tables.print_all(rows)
    if any(row.mismatches for row in rows):
        sys.exit("Some output values differ from TensorFlow Lite Micro.")


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=1000, help="random inputs for each build")
    parser.add_argument("--json", action="store_true", help="JSON instead of tables")
    return parser.parse_args()


def progress(what):
    """Counts inputs on a terminal; None where nobody watches."""
    if not sys.stderr.isatty():
        return None

    def report(done, total):
        end = "\n" if done == total else ""
        print(f"\r{what}: {done:,} of {total:,} inputs", end=end, file=sys.stderr, flush=True)

    return report


if __name__ == "__main__":
    main()
