"""Run every benchmark in turn, each in a process of its own."""

import subprocess
import sys

ORDER = (
    "startup",
    "installed_size",
    "exactness",
    "cycle_model",
    "firmware",
    "classify",
    "demo",
    "drawings",
    "photographs",
    "grading",
    "sandbox_cost",
    "attacks",
)


def main():
    failed = [name for name in ORDER if not run(name)]
    if failed:
        sys.exit(f"These benchmarks stopped early: {', '.join(failed)}")


def run(name):
    print(f"\n== {name}", flush=True)
    return subprocess.run([sys.executable, "-m", f"benchmarks.{name}"]).returncode == 0


if __name__ == "__main__":
    main()
