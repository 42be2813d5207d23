"""The attack corpus among honest neighbours, in shuffled order, again and again.

    python -m benchmarks.attacks [--repeats 1] [--seed 1]

Each repeat is a class in a process of its own, as root in namespaces that are thrown away. Prints a
line for each class and every problem; ends with 1 when there was any.
"""

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "course"))

from attacks import arena


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    n_problems = 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(options.seed, options.seed + options.repeats):
            (found,) = arena.outcomes(Path(folder), first_seed=seed, repeats=1)
            n_problems += len(found["problems"])
            print(
                f"seed {seed}: {found['n_attacks']} attacks and {len(arena.NEIGHBOURS)} neighbours "
                f"in {found['wall_s']:.0f} s, {len(found['problems'])} problems",
                flush=True,
            )
            for what, said in found["problems"].items():
                print(f"  {what}: {said}", flush=True)
    print(f"{n_problems} problems in {options.repeats} shuffled classes")
    if n_problems:
        sys.exit(1)


if __name__ == "__main__":
    main()
