"""Damaged .tflite files through reader, checks and code generator: what becomes of them.

    python -m benchmarks.fuzz_models [CASES] [FIRST]

Each case is made from its number, so a finding can be repeated: tests/graph/fuzzing.py, run_case.
Cases run in worker processes; one that dies or hangs is a finding with the number of its case.
"""

import multiprocessing
import os
import sys
import time
from collections import Counter
from pathlib import Path

TESTS = Path(__file__).parents[1] / "tests"
sys.path[:0] = [str(TESTS / "vectors"), str(TESTS / "graph")]  # of the workers too

from fuzzing import LIMIT_BYTES, LIMIT_S, peak_rss_bytes, run_case  # noqa: E402

CASES = 100_000
CHUNK = 500
SHOWN = 20


def run_chunk(numbers, current, sender):
    """In a worker: all cases of a chunk. `current` tells the parent where it is."""
    cases = []
    for number in numbers:
        current.value = number
        cases.append(run_case(number))
    sender.send((cases, peak_rss_bytes()))


def chunk_results(context, numbers):
    """Cases of one chunk, the peak memory of its process, and what went wrong with the process."""
    current = context.Value("q", numbers[0])
    receiver, sender = context.Pipe(duplex=False)
    worker = context.Process(target=run_chunk, args=(numbers, current, sender))
    worker.start()
    sender.close()
    before = None
    while not receiver.poll(2 * LIMIT_S):
        if current.value == before:
            worker.kill()
            return [], 0, f"case {before} hangs"
        before = current.value
    try:
        cases, peak_bytes = receiver.recv()
    except EOFError:
        worker.join()
        return [], 0, f"case {current.value} ended its process with code {worker.exitcode}"
    worker.join()
    trouble = ""
    if peak_bytes > LIMIT_BYTES:
        trouble = f"cases {numbers[0]} to {numbers[-1]}: {peak_bytes / 1e6:.0f} MB of memory"
    return cases, peak_bytes, trouble


def main():
    numbers = [int(argument) for argument in sys.argv[1:3]]
    n, first = (*numbers, *(CASES, 0)[len(numbers) :])
    context = multiprocessing.get_context("forkserver" if os.name == "posix" else "spawn")
    outcomes, findings, slowest_s, peak_bytes = Counter(), [], 0.0, 0
    began = time.perf_counter()
    for start in range(first, first + n, CHUNK):
        numbers = range(start, min(start + CHUNK, first + n))
        cases, chunk_peak_bytes, trouble = chunk_results(context, numbers)
        outcomes.update(case.outcome for case in cases)
        findings += [f"case {case.number}: {case.finding}" for case in cases if case.finding]
        findings += [trouble] if trouble else []
        slowest_s = max([slowest_s, *(case.seconds for case in cases)])
        peak_bytes = max(peak_bytes, chunk_peak_bytes)
    for finding in findings[:SHOWN]:
        print(finding)
    print(
        f"{outcomes.total():,} cases in {time.perf_counter() - began:.0f} s, {len(findings)} "
        f"findings; slowest {slowest_s:.2f} s, peak RSS of a process {peak_bytes / 1e6:.0f} MB"
    )
    for outcome, times in outcomes.most_common():
        print(f"  {outcome}: {times:,}")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
