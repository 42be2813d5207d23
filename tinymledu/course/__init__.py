"""The course half: assignments released, collected, run in a jail, graded, and given back.

It never imports the machine-learning half; an assignment's notebook and checks do. Names are loaded
on first use.
"""

import importlib
from typing import TYPE_CHECKING

# Public name -> the module that defines it.
_HOMES = {
    "audit": "tinymledu.course.audit",
    "collect": "tinymledu.course.collecting",
    "fill_export": "tinymledu.course.grades_back",
    "grade": "tinymledu.course.grading",
    "import_roster": "tinymledu.course.roster_merge",
    "make_class": "tinymledu.course.made_class",
    "made_students": "tinymledu.course.made_class",
    "new": "tinymledu.course.classroom",
    "open_course": "tinymledu.course.layout",
    "publish": "tinymledu.course.publishing",
    "release": "tinymledu.course.classroom",
    "report": "tinymledu.course.class_report",
    "similar": "tinymledu.course.similar_page",
}

if TYPE_CHECKING:
    from tinymledu.course.audit import audit
    from tinymledu.course.class_report import report
    from tinymledu.course.classroom import new, release
    from tinymledu.course.collecting import collect
    from tinymledu.course.grades_back import fill_export
    from tinymledu.course.grading import grade
    from tinymledu.course.layout import open_course
    from tinymledu.course.made_class import made_students, make_class
    from tinymledu.course.publishing import publish
    from tinymledu.course.roster_merge import import_roster
    from tinymledu.course.similar_page import similar

__all__ = [
    "audit",
    "collect",
    "fill_export",
    "grade",
    "import_roster",
    "made_students",
    "make_class",
    "new",
    "open_course",
    "publish",
    "release",
    "report",
    "similar",
]


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"tinymledu.course has no {name!r}. It has: {', '.join(__all__)}.")
