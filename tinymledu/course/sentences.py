"""What a student reads about checks: the same sentences in the notebook, on the page, in grades.

The public checks on the student's own computer and the grader both make their texts here, so that
the two never say different things about the same answer.
"""

from collections.abc import Sequence

from tinymledu.course.verdict import CheckResult, Verdict

MAX_CHARS = 1000  # of an error's message, or of what a check says

WORDS = {
    Verdict.PASSED: "passed",
    Verdict.FAILED: "not met",
    Verdict.RAISED: "not met",
    Verdict.OUT_OF_TIME: "out of time",
    Verdict.OUT_OF_MEMORY: "out of memory",
    Verdict.NOT_RUN: "not run",
    Verdict.GRADER_ERROR: "our error; a person will look",
}


def verdict_line(title: str, verdict: Verdict) -> str:
    """`Not met: double of 3 and 4.`"""
    word = WORDS[verdict]
    return f"{word[0].upper()}{word[1:]}: {title}."


def about_check(*, title: str, hint: str, visible: bool, verdict: Verdict, said: str) -> str:
    """What is said about a check beside its verdict; '' when it passed.

    Of a hidden one only the property that was not met: no value, and none of the student's words.
    """
    if verdict is Verdict.PASSED:
        return ""
    if not visible:
        return verdict_line(title, Verdict.FAILED)
    end = "." if said and hint and said[-1] not in ".!?" else ""
    return " ".join(part for part in (f"{said}{end}", hint) if part)


def summary(checks: Sequence[CheckResult]) -> str:
    """How far it came, and that public checks are not all of it."""
    public = [check for check in checks if check.visible]
    hidden = [check for check in checks if not check.visible]
    parts = []
    if public:
        parts.append(f"{_passed(public, 'public')}.")
    if hidden:
        parts.append(f"{_passed(hidden, 'hidden')}.")
    elif public:
        parts.append("Hidden checks are not run here; they may still fail.")
    return " ".join(parts)


def _passed(checks: Sequence[CheckResult], kind: str) -> str:
    n_passed = sum(check.verdict is Verdict.PASSED for check in checks)
    noun = "check" if len(checks) == 1 else "checks"
    if n_passed == len(checks):
        return f"All {kind} checks passed ({n_passed} of {n_passed})"
    return f"{n_passed} of {len(checks)} {kind} {noun} passed"


# -------------------------------------------------------------------- what went wrong in a call


def no_name(name: str) -> str:
    """A function or value that the check asks for is not there."""
    return f"There is no {name!r} in the notebook. Did its cell run to the end?"


def no_file(name: str) -> str:
    """A file that the check asks for is not there."""
    return f"There is no file {name!r}."


def raised(what: str, error: str, message: str, line: int | None) -> str:
    """The student's function raised."""
    where = f" in line {line} of its cell" if line else ""
    said = f": {message}" if message else ""
    return f"{what} raised {error}{where}{said}"


def out_of_memory(what: str) -> str:
    """The student's function asked for more memory than there is."""
    return f"{what} ran out of memory."
