"""Seconds that `import tinymledu` and `tinymledu --help` take: median of seven processes each."""

import statistics
import subprocess
import sys
import time

REPEATS = 7
COMMANDS = {
    "import tinymledu": ["-c", "import tinymledu"],
    "tinymledu --help": ["-m", "tinymledu", "--help"],
}


def seconds(arguments):
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    return time.perf_counter() - start


def main():
    for name, arguments in COMMANDS.items():
        seconds(arguments)  # the first run writes bytecode
        median = statistics.median(seconds(arguments) for _ in range(REPEATS))
        print(f"{name}: {median:.2f} s (median of {REPEATS} processes)")


if __name__ == "__main__":
    main()
