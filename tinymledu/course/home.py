"""The public checks on the student's own computer: the same functions that the grader runs.

Here everything is one process and nobody needs protecting from the student; in grading the checks
run elsewhere, with other inputs. A failed check is shown as its message, without a traceback.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tinymledu.course.checks import Check, StudentError
from tinymledu.errors import CourseError, unknown_name


class CheckFailedError(AssertionError):
    """A check that did not pass. Notebooks show its message alone."""

    def _render_traceback_(self) -> list[str]:
        """What IPython prints in place of a traceback."""
        return [str(self)]


class NotebookStudent:
    """The names and files of the notebook that the check is called from."""

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names

    def call(self, name: str, *args: object, **options: object) -> Any:
        """Call the student's function."""
        return self.value(name)(*args, **options)

    def value(self, name: str) -> Any:
        """The value of a name in the notebook."""
        if name not in self._names:
            raise StudentError(f"There is no {name!r} in the notebook. Has its cell been run?")
        return self._names[name]

    def file(self, name: str) -> bytes:
        """A file that the notebook wrote."""
        try:
            return Path(name).read_bytes()
        except OSError:
            raise StudentError(f"There is no file {name!r} beside the notebook.") from None


def load_checks(file: str | Path, names: dict[str, Any]) -> Callable[[str], None]:
    """Read a file of checks and return `check(name)`, which runs one of them on this notebook.

    Args:
        file: checks.py, beside the notebook.
        names: the notebook's `globals()`.

    Raises:
        CourseError: the file is not there.
    """
    path = Path(file)
    try:
        source = path.read_text(encoding="utf-8")
    except OSError as error:
        raise CourseError(
            f"{path.name} is not beside this notebook ({error.strerror}). "
            "Put it there: it came with the assignment."
        ) from None
    defined: dict[str, Any] = {"__name__": "checks", "__file__": str(path)}
    exec(compile(source, str(path), "exec"), defined)
    checks = {value.name: value for value in defined.values() if isinstance(value, Check)}
    student = NotebookStudent(names)

    def check(name: str) -> None:
        """Run one check; print that it passed, or raise with what was expected and what came."""
        if name not in checks:
            raise unknown_name("check", name, checks)
        _show_pass(_run(checks[name], student))

    return check


def _run(check: Check, student: NotebookStudent) -> Check:
    try:
        check.run(student)
    except StudentError as failure:
        hint = f" {check.hint}" if check.hint else ""
        raise CheckFailedError(f"Not yet: {check.title}.\n{failure}{hint}") from None
    return check


def _show_pass(check: Check) -> None:
    """Show the result in the notebook's output, or nowhere when there is no notebook."""
    from IPython.display import display

    more = " Hidden checks may still fail." if check.visible else ""
    display({"text/plain": f"Passed: {check.title}.{more}"}, raw=True)  # type: ignore[no-untyped-call]
