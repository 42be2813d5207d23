"""A class of 200 on A01, graded; then one check is changed: what is run again, and in what time.

200 submissions that differ are made from the reference's answers; `train` reads a small model that
is handed in, or trains with --train, which takes some minutes.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

from tinymledu import course
from tinymledu.course import made_class
from tinymledu.course.answers import AnswerFile, read_answers
from tinymledu.course.layout import open_course

ASSIGNMENT = "A01"
WORKERS = 2
CHANGES = {
    "one check's bar": ('np.mean(classes == new["labels"]) >= 0.75', "{} >= 0.76"),
    "one check's question": ('hidden()["pictures"][:21]', 'hidden()["pictures"][:22]'),
}


def make_submissions(place, n, *, train):
    """The reference's answers with a remark that makes each different."""
    found = place.assignment(ASSIGNMENT)
    answers = dict(found.reference)
    stand_in = found.folder / "stand_in.txt"
    if not train and stand_in.exists():
        answers |= dict(read_answers(stand_in).answers)
    for number in range(n):
        student = f"made_{number:03}"
        own = {name: f"{text}\n# {student}" for name, text in answers.items()}
        folder = place.submission_folder(student, found.name)
        folder.mkdir(parents=True)
        source = AnswerFile(student, {}, own)
        (folder / f"{found.name}.ipynb").write_text(made_class.submission_text(found, source))
        for name in found.accepted:
            if (found.folder / name).exists():
                (folder / name).write_bytes((found.folder / name).read_bytes())


def graded(place, title):
    started = time.perf_counter()
    report = course.grade(place.folder, ASSIGNMENT, workers=WORKERS)
    seconds = time.perf_counter() - started
    n_again = sum(bool(one.judged_again) for one in report.students)
    n_kept = sum(one.cached for one in report.students)
    n_run = len(report.students) - n_again - n_kept
    points = sorted({one.machine_points for one in report.students}, key=str)
    print(
        f"{title}: {seconds:.1f} s; {n_run} run, {n_again} judged again from their answers, "
        f"{n_kept} kept; points {points}",
        flush=True,
    )
    return report


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=200)
    parser.add_argument("--train", action="store_true", help="each submission trains its model")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        course.new(Path(name) / "course")
        place = open_course(Path(name) / "course")
        make_submissions(place, options.students, train=options.train)
        graded(place, "first grading")
        graded(place, "nothing changed")
        checks = place.assignment(ASSIGNMENT).folder / "checks.py"
        for title, (before, after) in CHANGES.items():
            text = checks.read_text()
            assert before in text
            checks.write_text(text.replace(before, after.format(before.split(" >=")[0])))
            graded(place, f"{title} changed")
        records = list((place.folder / "results" / place.assignment(ASSIGNMENT).name).iterdir())
        n_bytes = sum(path.stat().st_size for path in records)
        print(json.dumps({"records": len(records), "bytes_each": n_bytes // len(records)}))


if __name__ == "__main__":
    main()
