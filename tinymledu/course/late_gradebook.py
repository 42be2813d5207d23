"""Lateness in nbgrader's gradebook, so that formgrader and `nbgrader export` say the same as we.

Dates, extensions and penalties are written from the course's deadlines.toml. Where it has no rule,
or is not there, nbgrader's own plugin decides, if nbgrader_config.py sets one up: nbgrader would
run it in `nbgrader autograde`, which is not run here.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tinymledu.course import database, gradebook
from tinymledu.course.assignment import Assignment
from tinymledu.course.grades import GradeReport, PersonGrade
from tinymledu.course.lateness import Judged, applied, judge_all, penalty_of
from tinymledu.course.layout import Course
from tinymledu.errors import CourseError


def read_people(
    course: Course, assignment: Assignment, report: GradeReport
) -> dict[str, PersonGrade]:
    """What a person has entered so far, by student, with what lateness does to the total.

    Enters dates and penalties into the gradebook before.

    Raises:
        CourseError: the gradebook, deadlines.toml or nbgrader_config.py cannot be used.
    """
    deadlines, judged = judge_all(course, assignment, report)
    plugin = None if deadlines and deadlines.has_rule else _plugin(course)
    if course.gradebook.is_file() and (deadlines is not None or plugin is not None):
        base = deadlines.base_of(assignment) if deadlines else None
        _enter(course, assignment, judged, base=base, plugin=plugin)
    people = gradebook.read_people(course, assignment)
    own_rule = deadlines is not None and plugin is None
    late = applied(judged, people, own_rule=own_rule)
    return {
        student: replace(people.get(student, PersonGrade()), late=late.get(student))
        for student in {*people, *late}
    }


def _enter(
    course: Course,
    assignment: Assignment,
    judged: Mapping[str, Judged],
    *,
    base: datetime | None,
    plugin: Any,
) -> None:
    with database.opened(course) as book:
        submissions = book.assignment_submissions(assignment.name)
        if base is not None and submissions:
            submissions[0].assignment.duedate = _naive(base)
        for submission in submissions:
            one = judged.get(submission.student.id)
            seconds_late = one.seconds_late if one else 0.0
            if base is not None:
                submission.extension = one.due.at - one.due.base if one else None
            elif submission.assignment.duedate is not None:  # a date that nbgrader was given
                seconds_late = submission.total_seconds_late
            notebook = submission.notebooks[0]
            score = float(notebook.score or 0.0)
            if plugin is None:
                penalty = penalty_of(score, one.percent if one else 0.0)
            else:
                penalty = _by_plugin(plugin, submission.student.id, score, seconds_late)
            notebook.late_submission_penalty = penalty or None
        book.db.commit()


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)  # as nbgrader keeps times


def _by_plugin(plugin: Any, student: str, score: float, seconds_late: float) -> float:
    """What nbgrader's plugin takes off, within the bounds that nbgrader sets it."""
    if seconds_late <= 0:
        return 0.0
    penalty = plugin.late_submission_penalty(student, score, seconds_late)
    return min(max(0.0, float(penalty or 0.0)), score)


_SECTIONS = ("AssignLatePenalties", "LateSubmissionPlugin")


def _plugin(course: Course) -> Any:
    """The plugin for late work that nbgrader_config.py sets up; None where it sets up none."""
    path = course.folder / "nbgrader_config.py"
    if not path.is_file() or not any(name in _text(path) for name in _SECTIONS):
        return None
    from nbgrader.preprocessors import AssignLatePenalties
    from traitlets import TraitError
    from traitlets.config.loader import PyFileConfigLoader

    try:
        config = PyFileConfigLoader(path.name, path=str(path.parent)).load_config()
        if not any(name in config for name in _SECTIONS):
            return None
        preprocessor = AssignLatePenalties(config=config)
        preprocessor.init_plugin()
    except (SyntaxError, NameError, ImportError, AttributeError, TypeError, ValueError, OSError,
            TraitError) as error:  # fmt: skip
        raise CourseError(
            f"{path} sets up late penalties and cannot be used: {type(error).__name__}: {error}."
        ) from None
    return preprocessor.plugin_inst


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
