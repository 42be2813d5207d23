"""`tinymledu demo`: the whole story, from labelled pictures to a graded class, in minutes."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tinymledu.demo.classroom import Graded
    from tinymledu.demo.learning import Answered

COURSE = "course"  # folder of the graded class, beside the report


def run_demo(*, data_path: Path | None, out: Path) -> int:
    """Run the five phases, write OUT/report.html, and say what to type next.

    Returns:
        The exit code: 0, or 1 where a figure is not what it must be, or 4 where untrusted
        submissions could not be run because this machine cannot isolate them.
    """
    from tinymledu.cli.output import console
    from tinymledu.demo import learning, story
    from tinymledu.demo.classroom import grade_class
    from tinymledu.demo.report import write_report
    from tinymledu.demo.stage import Stage
    from tinymledu.units import duration

    console.print("Starting; TensorFlow takes some seconds to load.")
    _check_start(out)
    stage = Stage(console)
    with stage.phase("Phase 1: learn from labelled pictures"):
        learned = learning.learn(stage, data_path)
    with stage.phase("Shrink: the same network in four sizes"):
        shrunk = learning.shrink(stage, learned)
    with stage.phase("Deploy: C and machine code for a board"):
        deployment = learning.put_on_board(stage, shrunk)
    with stage.phase("Phase 2: the board answers without labels"):
        answered = learning.answer(stage, learned, deployment)
    with stage.phase("Grade a class"):
        graded = grade_class(stage, out / COURSE)
    report = out / "report.html"
    write_report(
        story.tell(stage, learned, shrunk, deployment, answered, graded),
        report,
    )
    console.print(f"\nDone in {duration(stage.total_s)}. The report: {report.resolve()}")
    console.print("Next, type one of:")
    for command in story.next_commands():
        console.print(f"  {command}")
    return _exit_code(answered, graded)


def _exit_code(answered: "Answered", graded: "Graded") -> int:
    """0 if every value and grade is as it must be, 1 if not, 4 if the attack was not run."""
    exact = answered.n_differing == 0 and not answered.n_differing_oracle
    if not exact or len(graded.as_due) != len(graded.judged):
        return 1
    return 4 if graded.not_run else 0


def _check_start(out: Path) -> None:
    """Say at once, not after minutes of training, what a later phase would stop at."""
    from tinymledu.boards.catalog import board
    from tinymledu.boards.toolchain import available, toolchain
    from tinymledu.demo.classroom import check_room
    from tinymledu.demo.learning import BOARD
    from tinymledu.models.framework import load_tensorflow

    check_room(out / COURSE)
    out.mkdir(parents=True, exist_ok=True)
    if not available():
        toolchain(board(BOARD))  # says what is missing
    load_tensorflow()
