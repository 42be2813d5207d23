"""nbgrader's gradebook.db as a file: made whole or not at all, opened by nbgrader's own classes.

What nbgrader does on the way is more than a grading run needs, and takes seconds; that is left out.
"""

import functools
import importlib
import sys
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from tinymledu.course.layout import Course
from tinymledu.errors import CourseError


@contextmanager
def imported_meanwhile() -> Iterator[None]:
    """Import nbgrader in a thread of its own, while this one waits for the warm parent."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(_import_nbgrader)  # what fails there fails again in `opened`, and is said
        yield


def _import_nbgrader() -> None:
    with _without_grammars():
        importlib.import_module("nbgrader.api")
    newest_schema()


@contextmanager
def opened(course: Course) -> Iterator[Any]:
    """nbgrader's gradebook. Raises CourseError where it cannot be used."""
    with _without_grammars():
        from nbgrader.api import Gradebook
    from sqlalchemy.exc import DatabaseError, SAWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)  # about nbgrader 0.9's own queries
        try:
            if not course.gradebook.exists():
                _make(course.gradebook)
            with Gradebook(f"sqlite:///{course.gradebook}") as book:
                yield book
        except DatabaseError as error:  # read-only, locked by formgrader, damaged, disk full
            raise CourseError(
                f"The grades are made, but {course.gradebook} cannot be used: {error.orig}. "
                "Close what has it open, or move it away, and run this again; nothing is graded "
                "twice."
            ) from None


@contextmanager
def _without_grammars() -> Iterator[None]:
    """Import nbgrader without the grammars of internationalised addresses.

    nbgrader imports jsonschema, which builds 38 parsers for the format "iri" where the package for
    it is installed: 1.3 CPU-s for each grading run. No notebook's schema uses that format.
    Seen with jsonschema 4.26.0 and rfc3987-syntax 1.1.0; drop this with the first rfc3987-syntax
    above 1.1.0 that makes a parser when it is asked for, and not when it is imported.
    """
    name = "rfc3987_syntax"
    wanted = name not in sys.modules and "jsonschema" not in sys.modules
    if wanted:
        sys.modules[name] = cast(ModuleType, None)  # `import` then says that it is not there
    try:
        yield
    finally:
        if wanted:
            sys.modules.pop(name, None)


def _make(path: Path) -> None:
    """A database with nbgrader's tables: whole, or not at all."""
    from nbgrader import api

    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    asks_alembic = api.get_alembic_version
    api.get_alembic_version = newest_schema
    try:
        with api.Gradebook(f"sqlite:///{unfinished}"):
            pass
    finally:
        api.get_alembic_version = asks_alembic
    unfinished.replace(path)


@functools.cache
def newest_schema() -> str:
    """The version of nbgrader's tables, as `alembic heads` says it.

    nbgrader starts that program, which takes seconds and must be on PATH. So does 0.9.6; drop this,
    and what `_make` replaces, with a version that asks alembic as a library.
    """
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from nbgrader.dbutil import ALEMBIC_DIR

    config = Config()
    config.set_main_option("script_location", str(ALEMBIC_DIR).replace("%", "%%"))
    return str(ScriptDirectory.from_config(config).get_current_head())
