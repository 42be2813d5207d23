"""What a lecturer writes checks with.

    from tinymledu.course.checks import as_number, check, expect

    @check(points=10, title="mean_power is the mean of the squares", hint="Square before the mean.")
    def mean_power_of_a_constant(student):
        power = as_number(student.call("mean_power", [3.0, 3.0]), "mean_power([3, 3])")
        expect(abs(power - 9) < 1e-9, got=power, expected=9, where="mean_power([3, 3])")

A check runs in a process of its own and reaches the student's only by `student.call`,
`student.value` and `student.file`, which give plain values: numbers, text, bytes, lists, dicts,
NumPy arrays. Anything else arrives as `Opaque`. Turn what arrives into what the check needs with
`as_number`, `as_whole`, `as_array`, `as_tuple`, `as_text` or `as_bytes`: a wrong type is then the
student's failure, where an exception of the check itself is a grader error and asks for a human.
`expect_each` compares arrays and tells the place of the first entry that is wrong.

Visible checks run first: once a hidden one has run, nothing the student's process says is shown.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from tinymledu.course.verdict import Verdict
from tinymledu.course.wire import Opaque
from tinymledu.errors import InputError
from tinymledu.translation import marked, said

_MAX_VALUE_CHARS = 200
_NOTHING = object()


class Student(Protocol):
    """The student's notebook as a check sees it. Every method raises StudentError."""

    def call(self, name: str, *args: object, **options: object) -> Any:
        """Call the student's function; its answer as a plain value."""

    def value(self, name: str) -> Any:
        """The value of a name in the notebook, as a plain value."""

    def file(self, name: str) -> bytes:
        """The content of a file that the notebook wrote, by its path in the working folder."""


class StudentError(Exception):
    """The student's doing: a name is missing, a function raised, a value has the wrong type."""

    def __init__(self, message: str, verdict: Verdict = Verdict.FAILED) -> None:
        super().__init__(message)
        self.verdict = verdict


@dataclass(frozen=True, slots=True)
class Check:
    """One check. A hidden one shows its title to the student and nothing else."""

    name: str
    title: str
    points: float
    visible: bool
    hint: str
    run: Callable[[Student], None]
    exercise: int = 0  # 0: of none


def failure_of(check: Check, student: Student) -> StudentError | None:
    """Run a check; None when it passes. What else the check raises is an error of its own."""
    try:
        check.run(student)
    except StudentError as failure:
        return failure
    return None


def check(
    *, points: float, title: str, visible: bool = True, hint: str = "", exercise: int = 0
) -> Callable[[Callable[[Student], None]], Check]:
    """Make a function a check.

    Args:
        points: earned when it returns; not negative.
        title: the property that is checked, in words that may be shown.
        visible: whether messages with values may be shown to the student.
        hint: shown when a visible check fails: the section to reread, the usual slip.
        exercise: its number in the notebook; `check(2)` there runs the public ones of exercise 2.
    """
    if not (math.isfinite(points) and points >= 0):
        raise InputError(f"The check {title!r} gives {points!r} points; that cannot be.")

    def make(function: Callable[[Student], None]) -> Check:
        return Check(function.__name__, title, float(points), visible, hint, function, exercise)

    return make


def expect(
    condition: object, *, got: object = _NOTHING, expected: object = _NOTHING, where: str = ""
) -> None:
    """Fail the check unless `condition` is true, saying what was expected and what came."""
    if bool(condition):
        return
    has_expected, has_got = expected is not _NOTHING, got is not _NOTHING
    message = _EXPECTED[bool(where), has_expected, has_got]
    values: dict[str, str] = {"where": where}
    values |= {"expected": shown(expected)} if has_expected else {}
    values |= {"got": shown(got)} if has_got else {}
    raise StudentError(said(message, **values))


_EXPECTED = {  # by: is there a place, an expected value, a value that came
    (True, True, True): marked("{where}: expected {expected}, got {got}."),
    (True, True, False): marked("{where}: expected {expected}."),
    (True, False, True): marked("{where}: got {got}."),
    (True, False, False): marked("{where}: this does not hold."),
    (False, True, True): marked("Expected {expected}, got {got}."),
    (False, True, False): marked("Expected {expected}."),
    (False, False, True): marked("Got {got}."),
    (False, False, False): marked("This does not hold."),
}


def expect_each(
    got: np.ndarray[Any, Any],
    expected: object,
    place: Callable[..., str],
    *,
    within: float | np.ndarray[Any, Any] = 0.0,
    rows: bool = False,
) -> None:
    """Fail at the first entry that is not the expected one, saying its place and both values.

    Args:
        expected: an array, or lists, of the shape of `got`.
        place: what to call an entry; it is called with the entry's index, a number for each axis.
        within: how far an entry may lie from the expected one; NaN is near to nothing.
        rows: whether entries are whole rows, so that `place` is called with the row's number.

    Raises:
        ValueError: the shapes differ, which a check must have asked for before.
    """
    wanted = np.asarray(expected)
    if got.shape != wanted.shape:
        raise ValueError(f"entries of shape {got.shape} cannot be held to shape {wanted.shape}")
    right = got == wanted
    if np.any(within):  # floats alone may be near: two large integers are one float
        with np.errstate(invalid="ignore"):
            right |= np.abs(got.astype(float) - wanted) <= within
    if rows:
        right = right.all(axis=tuple(range(1, right.ndim)))
    for index in np.argwhere(~right)[:1]:
        here = tuple(index.tolist())
        expect(False, where=place(*here), expected=wanted[here], got=got[here])


def shown(value: object) -> str:
    """A value in at most 200 characters."""
    if isinstance(value, Opaque):
        return said("a value of type {name}", name=value.type_name)
    if isinstance(value, np.ndarray):
        few = value if value.ndim <= 3 else value.ravel()  # edges of 16 dimensions are not few
        text = said(
            "array of shape {shape}, {type}: {values}",
            shape=value.shape,
            type=value.dtype,
            values=np.array2string(few, threshold=8, edgeitems=2, precision=5),
        )
    elif isinstance(value, np.generic):
        text = repr(value.item())
    else:
        text = repr(value)
    return text if len(text) <= _MAX_VALUE_CHARS else text[:_MAX_VALUE_CHARS] + " ..."


def as_number(value: object, what: str) -> float:
    """A real number, or a 0-d or one-element array of one; a bool is not a number."""
    if (
        isinstance(value, (np.ndarray, np.generic))
        and value.size == 1
        and value.dtype.kind in "iuf"
    ):
        return float(value.item())
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            raise StudentError(said("{what} is an integer far too large.", what=what)) from None
    raise _wrong_type(what, marked("a number"), value)


def as_whole(value: object, what: str) -> int:
    """An integer, also one that came as a float or as an array of one; below 2**53 in size."""
    number = as_number(value, what)
    if not (abs(number) < 2**53 and number == int(number)):  # NaN is not below anything
        raise StudentError(
            said("{what} is {number}; expected a whole number.", what=what, number=shown(value))
        )
    return int(number)


def as_tuple(value: object, what: str, n: int | None = None) -> tuple[Any, ...]:
    """The values of a list or a tuple: any number, or `n`; then also of an array's first axis."""
    is_list = isinstance(value, (list, tuple))
    if not is_list and not (n is not None and isinstance(value, np.ndarray) and value.ndim):
        raise _wrong_type(what, marked("a list or a tuple"), value)
    values: Any = value
    if n is not None and len(values) != n:
        raise StudentError(
            said("{what} holds {got} values; expected {n}.", what=what, got=len(values), n=n)
        )
    return tuple(values)


def as_array(
    value: object, what: str, *, shape: Sequence[int | None] | None = None, kinds: str = "biuf"
) -> np.ndarray[Any, Any]:
    """A NumPy array, also from nested lists of numbers.

    Args:
        shape: what each side must be; None for any.
        kinds: NumPy's kind letters that are allowed: b bool, i and u integer, f float, c complex.
    """
    if not isinstance(value, (np.ndarray, np.generic, list, tuple, int, float)):
        raise _wrong_type(what, marked("an array"), value)
    if _holds_text(value):  # NumPy would give every entry the room of the longest
        raise StudentError(said("{what} holds text, which is not what was asked for.", what=what))
    try:
        array = np.asarray(value)
    except (ValueError, OverflowError):
        raise StudentError(
            said("{what} is not a regular array: its rows differ in length.", what=what)
        ) from None
    if array.dtype.kind not in kinds:
        raise StudentError(
            said(
                "{what} is an array of {type}, which is not what was asked for.",
                what=what,
                type=array.dtype,
            )
        )
    if shape is not None and not _fits(array.shape, shape):
        free = marked("any")
        wanted = ", ".join(free if side is None else str(side) for side in shape)
        raise StudentError(
            said(
                "{what} has shape {shape}; expected ({wanted}).",
                what=what,
                shape=array.shape,
                wanted=wanted,
            )
        )
    return array


def _holds_text(value: object) -> bool:
    if isinstance(value, (list, tuple)):
        return any(_holds_text(entry) for entry in value)
    return isinstance(value, (str, bytes))


def as_text(value: object, what: str) -> str:
    """A str."""
    if isinstance(value, str):
        return value
    raise _wrong_type(what, marked("text"), value)


def as_bytes(value: object, what: str) -> bytes:
    """A bytes object, such as a .tflite model."""
    if isinstance(value, bytes):
        return value
    raise _wrong_type(what, marked("bytes"), value)


def _fits(shape: Sequence[int], wanted: Sequence[int | None]) -> bool:
    same_length = len(shape) == len(wanted)
    return same_length and all(
        side is None or side == have for have, side in zip(shape, wanted, strict=True)
    )


def _wrong_type(what: str, wanted: str, value: object) -> StudentError:
    name = value.type_name if isinstance(value, Opaque) else type(value).__name__
    return StudentError(
        said("{what} is of type {name}; expected {wanted}.", what=what, name=name, wanted=wanted)
    )
