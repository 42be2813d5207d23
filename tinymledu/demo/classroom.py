"""Phase 5 of the demo: release an assignment, and grade a class of made submissions."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from tinymledu import course
from tinymledu.cli.output import console, progress
from tinymledu.course import sandbox, summary
from tinymledu.course.grades import GradeReport
from tinymledu.course.made_class import MadeStudent
from tinymledu.demo.stage import Stage
from tinymledu.errors import InputError
from tinymledu.units import duration

ASSIGNMENT = "A01"
WALL_S = 20.0
WORKERS = 2
MARKER = ".made-by-the-demo"


@dataclass(frozen=True, slots=True)
class Graded:
    """What came out for the made class, beside what was due."""

    report: GradeReport
    made: tuple[MadeStudent, ...]
    folder: Path
    released: bool
    not_run: tuple[str, ...]  # students whose code this machine cannot isolate

    @property
    def judged(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.made if one.name not in self.not_run)

    @property
    def as_due(self) -> tuple[str, ...]:
        """Students whose machine points are what is written beside their submission."""
        due = {one.name: one.due_points for one in self.made}
        return tuple(
            one.student
            for one in self.report.students
            if one.student in self.judged and one.machine_points == due[one.student]
        )

    @property
    def headline(self) -> str:
        return f"{len(self.as_due)} of {len(self.judged)}"

    @property
    def title(self) -> str:
        report = self.report
        return (
            f"{report.assignment}: machine points; {report.person_points} more are given by a "
            "person and pending"
        )

    @property
    def columns(self) -> tuple[str, ...]:
        return (*summary.COLUMNS, "what the made submission is", "due")

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        made = {one.name: one for one in self.made}
        return tuple(
            (*row, made[row[0]].title, _due(made[row[0]])) for row in summary.rows(self.report)
        )

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The class in words."""
        gate = (
            "Before it was released, its gate was run: the reference earns every machine point, no "
            "adversary earns one, and every check refuses a wrong variant of the reference."
            if self.released
            else "The gate was not run, because this machine cannot isolate untrusted code."
        )
        left_out = (
            (f"Not run, because this machine cannot isolate untrusted code: {len(self.not_run)}.",)
            if self.not_run
            else ()
        )
        return (
            f"Assignment {self.report.assignment} was graded for {len(self.report.students)} "
            "invented students, whose submissions come with the package. " + gate,
            f"{len(self.judged)} submissions were judged in {duration(self.report.wall_s)}, "
            f"{WORKERS} at a time, at most {WALL_S:g} s each; {len(self.as_due)} got exactly the "
            "points that were due.",
            *left_out,
            f"Grades are in nbgrader's gradebook ({self.folder / 'gradebook.db'}), as CSV in "
            f"{self.folder / 'grades'}, and as a page for each student in "
            f"{self.folder / 'feedback'}.",
        )


def check_room(folder: Path) -> None:
    """Refuse a folder that holds anything but an earlier demo's course.

    Raises:
        InputError: something else is there.
    """
    if folder.exists() and not (folder / MARKER).is_file():
        raise InputError(f"{folder} is there and is not the demo's own. Name another place: --out")


def grade_class(stage: Stage, folder: Path) -> Graded:
    """Make a course in `folder`, release the assignment if it can be checked, grade everybody."""
    _make_room(folder)
    course.new(folder)
    (folder / MARKER).touch()
    made = course.make_class(folder, assignment=ASSIGNMENT)
    isolated = sandbox.available().level == sandbox.FULL
    if isolated:
        stage.say("checking the assignment itself: reference, wrong variants, cheats (a minute)")
        with progress("gate") as report_progress:
            course.release(folder, ASSIGNMENT, workers=WORKERS, progress=report_progress)
        stage.say(f"{ASSIGNMENT} released: the reference earns every point, no adversary one")
    honest = tuple(one.name for one in made if one.honest)
    stage.say(f"grading {len(made)} submissions, {WORKERS} at a time")
    with progress("submissions") as report_progress:
        report = course.grade(
            folder, ASSIGNMENT, workers=WORKERS, wall_s=WALL_S, progress=report_progress,
            isolation=sandbox.FULL if isolated else sandbox.NONE, trusted=honest,
        )  # fmt: skip
    not_run = () if isolated else tuple(one.name for one in made if not one.honest)
    graded = Graded(report, made, folder, isolated, not_run)
    _say(stage, graded)
    return graded


def _make_room(folder: Path) -> None:
    """Remove an earlier demo's course, and nothing else."""
    check_room(folder)
    if folder.exists():
        shutil.rmtree(folder)


def _say(stage: Stage, graded: Graded) -> None:
    console.print(summary.table(graded.report), soft_wrap=False)
    stage.say(f"{graded.headline} submissions got exactly the machine points that were due")
    if graded.not_run:
        stage.say(f"NOT RUN, untrusted code cannot be isolated here: {', '.join(graded.not_run)}")
        for layer in sandbox.available().layers:
            if not layer.present and layer.fix:
                stage.say(f"{layer.name}: {layer.fix}")


def _due(student: MadeStudent) -> str:
    return "a person decides" if student.due_points is None else str(student.due_points)
