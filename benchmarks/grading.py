"""The made class of 20 on A01: points beside those due, seconds, and the reference's CPU time."""

import sys
import tempfile
from pathlib import Path

from tinymledu import course

WALL_S = 20
WORKERS = 2


def correct_one(graded, due):
    """The first student who is due full points, and got them: that run did all the work there is.

    Submissions that stop early or leave something out cost less time than the course needs.
    """
    full = max(points for points in due.values() if points is not None)
    for one in graded:
        if due[one.student] == full == one.machine_points:
            return one
    sys.exit(f"No submission that is due {full} points got them, so there is no reference time.")


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "course"
        course.new(folder)
        made = course.make_class(folder, assignment="A01")
        report = course.grade(folder, "A01", workers=WORKERS, wall_s=WALL_S)
        due = {one.name: one.due_points for one in made}
        right = [one for one in report.students if one.machine_points == due[one.student]]
        reference = correct_one(report.students, due)
        print(f"{len(right)} of {len(made)} submissions got exactly the machine points due")
        print(f"{report.wall_s:.0f} s for the class, {WORKERS} at a time")
        print(f"{reference.student}, all correct: {reference.cpu_s:.1f} CPU-s, checks included")


if __name__ == "__main__":
    main()
