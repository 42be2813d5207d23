"""What a student reads about checks: the same sentences in the notebook, on the page, in grades.

The public checks on the student's own computer and the grader both make their texts here, so that
the two never say different things about the same answer. What goes into a record is in English
(`said`) and is translated when it is shown.
"""

from collections.abc import Sequence

from tinymledu import translation
from tinymledu.course.verdict import CheckResult, Verdict
from tinymledu.translation import marked, translated

MAX_CHARS = 1000  # of an error's message, or of what a check says
LONGER = marked("longer than {seconds} s")  # what shell.time_limit says, which knows no catalogue

WORDS = {
    Verdict.PASSED: marked("passed"),
    Verdict.FAILED: marked("not met"),
    Verdict.RAISED: marked("not met"),
    Verdict.OUT_OF_TIME: marked("out of time"),
    Verdict.OUT_OF_MEMORY: marked("out of memory"),
    Verdict.NOT_RUN: marked("not run"),
    Verdict.GRADER_ERROR: marked("our error; a person will look"),
}


def verdict_line(title: str, verdict: Verdict) -> str:
    """`Not met: double of 3 and 4.`, in the current language."""
    word = translated(WORDS[verdict])
    colon = translated(": ")
    return f"{word[0].upper()}{word[1:]}{colon}{translated(title)}."


def about_check(*, title: str, hint: str, visible: bool, verdict: Verdict, said: str) -> str:
    """What is said about a check beside its verdict; '' when it passed.

    Of a hidden one only the property that was not met: no value, and none of the student's words.
    """
    if verdict is Verdict.PASSED:
        return ""
    if not visible:
        return f"Not met: {title}."
    end = "." if said and hint and said[-1] not in ".!?" else ""
    return " ".join(part for part in (f"{said}{end}", hint) if part)


def summary(checks: Sequence[CheckResult]) -> str:
    """How far it came, and that public checks are not all of it; in the current language."""
    public = [check.verdict for check in checks if check.visible]
    hidden = [check.verdict for check in checks if not check.visible]
    parts = []
    if public:
        parts.append(_public(public.count(Verdict.PASSED), len(public)))
    if hidden:
        parts.append(_hidden(hidden.count(Verdict.PASSED), len(hidden)))
    elif public:
        parts.append(translated("Hidden checks are not run here; they may still fail."))
    return " ".join(parts)


def _public(n: int, of: int) -> str:
    if n == of:
        return translated("All public checks passed ({n} of {of}).", n=n, of=of)
    if of == 1:
        return translated("{n} of {of} public check passed.", n=n, of=of)
    return translated("{n} of {of} public checks passed.", n=n, of=of)


def _hidden(n: int, of: int) -> str:
    if n == of:
        return translated("All hidden checks passed ({n} of {of}).", n=n, of=of)
    if of == 1:
        return translated("{n} of {of} hidden check passed.", n=n, of=of)
    return translated("{n} of {of} hidden checks passed.", n=n, of=of)


# -------------------------------------------------------------------- what went wrong in a call


def no_name(name: str) -> str:
    """A function or value that the check asks for is not there."""
    return translation.said(
        "There is no {name!r} in the notebook. Did its cell run to the end?", name=name
    )


def no_file(name: str) -> str:
    """A file that the check asks for is not there."""
    return translation.said("There is no file {name!r}.", name=name)


def raised(what: str, error: str, message: str, line: int | None) -> str:
    """The student's function raised."""
    values = {"what": what, "error": error, "line": line, "message": message}
    if line and message:
        return translation.said(
            "{what} raised {error} in line {line} of its cell: {message}", **values
        )
    if line:
        return translation.said("{what} raised {error} in line {line} of its cell", **values)
    if message:
        return translation.said("{what} raised {error}: {message}", **values)
    return translation.said("{what} raised {error}", **values)


def out_of_memory(what: str) -> str:
    """The student's function asked for more memory than there is."""
    return translation.said("{what} ran out of memory.", what=what)
