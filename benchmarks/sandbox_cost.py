"""What the jail costs: processor time of a submission that does nothing, isolated and not.

    python -m benchmarks.sandbox_cost [SUBMISSIONS]

Both run through the same warm parent, with TensorFlow imported where it is installed. Counted are
the student's and the checker's process, their supervisors, and the warm parent's and the grader's
own share. The difference is what isolation costs; the goal is 0.1 CPU-s.
"""

import os
import sys
import time
from pathlib import Path

from tinymledu.course import runner, sandbox
from tinymledu.course.zygote import Zygote

GOAL_CPU_S = 0.1
SUBMISSIONS = 50
CHECKS = """
from tinymledu.course.checks import check, expect

@check(points=1, title="one")
def one(student):
    expect(student.call("one") == 1)
"""


def process_cpu_s(pid):
    """User and system time of one process, from /proc/PID/stat."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cpu_s_each(warm, isolation, n):
    """Processor time of one of `n` submissions, everything counted."""
    before = process_cpu_s(warm.pid) + time.process_time()
    jailed = 0.0
    for _ in range(n):
        result = runner.run_submission(
            ["def one(): return 1"],
            CHECKS,
            warm=warm,
            isolation=isolation,
            trust=isolation == sandbox.NONE,
        )
        assert result.points_earned == 1, result
        jailed += result.cpu_s
    return (process_cpu_s(warm.pid) + time.process_time() - before + jailed) / n


def measured(n):
    """Processor time of one of `n` submissions in the jail and without, and what was warm."""
    with Zygote() as warm:
        for isolation in (sandbox.FULL, sandbox.NONE):
            cpu_s_each(warm, isolation, 2)  # the first few fill caches
        jailed, bare = (cpu_s_each(warm, level, n) for level in (sandbox.FULL, sandbox.NONE))
        return jailed, bare, warm.warmth


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else SUBMISSIONS
    jailed, bare, warmth = measured(n)
    print(f"{n} submissions, two processes each, TensorFlow warm: {warmth.tensorflow}")
    print(f"in the jail      {jailed:.3f} CPU-s")
    print(f"without          {bare:.3f} CPU-s")
    print(f"the jail's cost  {jailed - bare:.3f} CPU-s (goal: at most {GOAL_CPU_S})")


if __name__ == "__main__":
    main()
