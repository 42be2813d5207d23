"""The same class through two engines: plain nbgrader's autograde, and ours. Each with its cost."""

import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks import cpu_meter, loud_class

ROOT = Path(__file__).parents[1]
WORKERS = 2  # of ours; plain grades one submission after the other
TIMEOUT_S = 300  # for one cell of plain's; its default is 30
CONFIG = f"""
c = get_config()
c.CourseDirectory.course_id = "bench"
c.ExecutePreprocessor.timeout = {TIMEOUT_S}
"""


@dataclass(frozen=True, slots=True)
class Graded:
    """A class through one engine. `points` is None for a student who got no grade."""

    cost: cpu_meter.Cost
    points: dict

    @property
    def n(self):
        return len(self.points)

    @property
    def n_full(self):
        return sum(points == 100 for points in self.points.values())

    @property
    def cpu_s_each(self):
        return self.cost.cpu_s / self.n


# ------------------------------------------------------------------------------------------ plain


class Plain:
    """A course of plain nbgrader."""

    def __init__(self, folder):
        self.folder = folder
        source = folder / "source" / loud_class.NAME
        source.mkdir(parents=True)
        (source / f"{loud_class.NAME}.ipynb").write_text(loud_class.notebook())
        (folder / "nbgrader_config.py").write_text(CONFIG)
        self.cost = cpu_meter.Cost(0, 0, "", "")
        self._nbgrader("generate_assignment")

    def autograde(self, programs, models=None):
        """Grade these programs too; only this is counted."""
        hand_in(self.folder, programs, models or {})
        self.cost += self._nbgrader("autograde")

    def _nbgrader(self, verb):
        command = [sys.executable, "-m", "nbgrader", verb, loud_class.NAME]
        return cpu_meter.run(command, cwd=self.folder, env=environment(self.folder), check=False)

    def graded(self):
        from nbgrader.api import Gradebook

        with Gradebook(f"sqlite:///{self.folder / 'gradebook.db'}") as book:
            found = {
                one.student.id: one.score for one in book.assignment_submissions(loud_class.NAME)
            }
        students = [path.name for path in (self.folder / "submitted").iterdir()]
        return Graded(self.cost, {student: found.get(student) for student in sorted(students)})

    def model(self, student):
        """What the student's notebook wrote."""
        folder = self.folder / "autograded" / student / loud_class.NAME
        return (folder / loud_class.MODEL_FILE).read_bytes()

    def outcomes(self, student):
        """For each test cell: "passed", "stderr" (its asserts hold, but it wrote), or "error"."""
        path = self.folder / "autograded" / student / loud_class.NAME / f"{loud_class.NAME}.ipynb"
        cells = json.loads(path.read_text())["cells"]
        tests = [one for one in cells if one["metadata"].get("nbgrader", {}).get("grade")]
        return [outcome(one["outputs"]) for one in tests]


def outcome(outputs):
    """How a test cell of plain's ended."""
    if any(one["output_type"] == "error" for one in outputs):
        return "error"
    return "stderr" if any(one.get("name") == "stderr" for one in outputs) else "passed"


# ------------------------------------------------------------------------------------------- ours


def ours(folder, programs, models=None):
    """A course of ours, graded from nothing: gradebook, feedback pages and CSV are counted, too."""
    from tinymledu import course

    course.new(folder)
    target = folder / "lecturer" / loud_class.NAME
    shutil.copytree(loud_class.FOLDER, target)
    (target / f"{loud_class.NAME}.ipynb").write_text(loud_class.notebook())
    hand_in(folder, programs, models or {})
    command = [sys.executable, "-m", "tinymledu", "course", "grade", "N01", "--json"]
    command += ["--course", str(folder), "--workers", str(WORKERS)]
    cost = cpu_meter.run(command, env=environment(folder))
    pages = list(folder.glob("feedback/*/*/*.html"))
    if len(pages) != len(programs):
        sys.exit(f"{len(pages)} pages of feedback for {len(programs)} submissions")
    report = json.loads(cost.stdout)
    return Graded(cost, {one["student"]: one["machine_points"] for one in report["students"]})


def hand_in(course, programs, models):
    for student, answers in programs.items():
        folder = course / "submitted" / student / loud_class.NAME
        folder.mkdir(parents=True)
        (folder / f"{loud_class.NAME}.ipynb").write_text(loud_class.notebook(answers))
        if student in models:
            (folder / loud_class.MODEL_FILE).write_bytes(models[student])


def environment(course):
    """A lecturer's, whose home and caches are new for each course."""
    home = course.with_name(f"{course.name}-home")
    home.mkdir(exist_ok=True)
    return {
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"]),
        "PYTHONPATH": str(ROOT),
        "TINYMLEDU_CACHE": str(home / "cache"),
    }
