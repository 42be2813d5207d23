"""The public checks on the student's own computer: the same functions that the grader runs.

Here everything is one process and nobody needs protecting from the student; in grading the checks
run elsewhere, with other inputs. Values cross in the same way, and the sentences are the same; they
are translated when they are shown, into the language that TINYMLEDU_LANGUAGE names. A failed check
is shown as its message; where the student's own code raised, its lines follow.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tinymledu import translation
from tinymledu.course import sentences, wire
from tinymledu.course import shell as shells
from tinymledu.course.checks import Check, StudentError, failure_of
from tinymledu.course.explain import explained
from tinymledu.course.verdict import CheckResult, Verdict
from tinymledu.errors import CourseError, lines_of_cells, unknown_name
from tinymledu.translation import translated


class CheckFailedError(AssertionError):
    """A check that did not pass. Notebooks show its message, and the student's lines, alone."""

    def _render_traceback_(self) -> list[str]:
        """What IPython prints in place of a traceback."""
        return [str(self), *lines_of_cells(self.__cause__)]


class NotebookStudent:
    """The names and files of the notebook that the check is called from.

    Arguments and answers cross as they do in grading: as plain values, or else as an Opaque.
    """

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names

    def call(self, name: str, *args: object, **options: object) -> Any:
        """Call the student's function."""
        sent = [_crossed(argument) for argument in args]
        named = {key: _crossed(value) for key, value in options.items()}
        return self._answer(f"{name}()", lambda: self._named(name)(*sent, **named))

    def value(self, name: str) -> Any:
        """The value of a name in the notebook."""
        return self._answer(name, lambda: self._named(name))

    def file(self, name: str) -> bytes:
        """A file that the notebook wrote."""
        try:
            return Path(name).read_bytes()
        except OSError:
            raise StudentError(sentences.no_file(name)) from None

    def _named(self, name: str) -> Any:
        if name not in self._names:
            raise StudentError(sentences.no_name(name))
        return self._names[name]

    def _answer(self, what: str, ask: Callable[[], object]) -> object:
        try:
            return _crossed(ask())
        except StudentError:
            raise
        except MemoryError as error:
            raise StudentError(sentences.out_of_memory(what), Verdict.OUT_OF_MEMORY) from error
        except (Exception, SystemExit) as error:  # whatever the student's code raises
            found = shells.failure(error)
            message = wire.clean_text(found.message, sentences.MAX_CHARS)
            said = sentences.raised(what, found.error, message, found.line)
            raise StudentError(said) from error


def _crossed(value: object) -> object:
    return wire.decode(wire.encode(value))


@dataclass(frozen=True, slots=True)
class HomeChecks:
    """The checks of one file on one notebook.

    `check("name")` runs one, `check(2)` those of exercise 2, `check()` all of them.
    """

    checks: dict[str, Check]
    student: NotebookStudent

    def __call__(self, name: str | int = "") -> None:
        """Run one check, or several; print what passed, or raise with what was expected and came.

        Args:
            name: of a check, or the number of an exercise; without it, all checks run.

        Raises:
            CheckFailedError: the one check, or one of several, did not pass.
            UnknownNameError: there is no such check, or no exercise of that number.
        """
        if isinstance(name, int) or not name:
            several = self._of_exercise(name) if isinstance(name, int) else self.checks.values()
            _show_all([self._run(one)[0] for one in several])
            return
        if name not in self.checks:
            raise unknown_name("check", name, self.checks)
        result, failure = self._run(self.checks[name])
        if failure is not None:
            raise CheckFailedError(_told(result)) from failure.__cause__
        parts = [sentences.verdict_line(result.title, result.verdict)]
        if result.visible:
            parts.append(translated("Hidden checks may still fail."))
        _show(" ".join(parts))

    def _of_exercise(self, number: int) -> list[Check]:
        found = [one for one in self.checks.values() if one.exercise == number]
        if not found:
            numbers = sorted({one.exercise for one in self.checks.values()} - {0})
            raise unknown_name("exercise", str(number), map(str, numbers))
        return found

    def _run(self, check: Check) -> tuple[CheckResult, StudentError | None]:
        try:
            failure = failure_of(check, self.student)
        except Exception as error:
            raise CourseError(
                translated(
                    "The check {name} has an error of its own ({error}). "
                    "It is not yours; tell the person who gave you this notebook.",
                    name=check.name,
                    error=f"{type(error).__name__}: {error}",
                )
            ) from error
        verdict = Verdict.PASSED if failure is None else failure.verdict
        message = sentences.about_check(
            title=check.title,
            hint=check.hint,
            visible=check.visible,
            verdict=verdict,
            said=wire.clean_text(str(failure or ""), sentences.MAX_CHARS),
        )
        earned = 0.0 if failure else check.points
        return CheckResult(
            check.name, check.title, verdict, check.points, earned, message, "", check.visible
        ), failure


def load_checks(file: str | Path, names: dict[str, Any]) -> HomeChecks:
    """Read a file of checks; the result runs them on this notebook.

    Where the language is one whose translation is a draft, it says so, once.

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
            translated(
                "{name} is not beside this notebook ({reason}). "
                "Put it there: it came with the assignment.",
                name=path.name,
                reason=error.strerror,
            )
        ) from None
    defined: dict[str, Any] = {"__name__": "checks", "__file__": str(path)}
    exec(compile(source, str(path), "exec"), defined)
    checks = {value.name: value for value in defined.values() if isinstance(value, Check)}
    if note := translation.draft_note():
        _show(note)
    return HomeChecks(checks, NotebookStudent(names))


def _told(result: CheckResult) -> str:
    """A result in full: the verdict, what was expected and came, and what an error means."""
    line = sentences.verdict_line(result.title, result.verdict)
    parts = [line, translation.in_language(result.message)] if result.visible else [line]
    if result.visible and (help_text := explained(result.message)):
        parts.append(help_text)
    return "\n".join(part for part in parts if part)


def _show_all(results: Sequence[CheckResult]) -> None:
    told = "\n".join([*(_told(one) for one in results), sentences.summary(results)])
    if any(one.verdict is not Verdict.PASSED for one in results):
        raise CheckFailedError(told)
    _show(told)


def _show(text: str) -> None:
    """Show the result in the notebook's output, or nowhere when there is no notebook."""
    from IPython.display import display

    display({"text/plain": text}, raw=True)  # type: ignore[no-untyped-call]
