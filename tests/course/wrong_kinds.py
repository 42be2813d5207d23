"""Answers of a wrong kind: what is returned by mistake, and right answers spoilt in one place."""

import decimal
import fractions
import itertools
import math

import numpy as np

HUGE = 10**30  # beyond every integer of NumPy


def raises(error):
    """A function that raises."""

    def function(*_args, **_options):
        raise error

    return function


def gives(value):
    """A function that answers the same to every question."""
    return lambda *_args, **_options: value


def spoilt_in(function, index):
    """The function, with the spoilt answer of that number in place of a right one."""

    def spoiling(*args, **options):
        answer = function(*args, **options)
        return next(itertools.islice(spoilt(answer), index, None), answer)

    return spoiling


# Each alone is the whole answer.
WHOLE = {
    "none": None, "true": True, "nothing in a list": [], "no text": "", "text": "seven",
    "lone surrogate": "\ud800", "no bytes": b"", "bytes": b"\0\xff", "no entry": {}, "dict": {0: 1},
    "set": {1, 2}, "nan": math.nan, "inf": math.inf, "minus inf": -math.inf, "huge": HUGE,
    "larger than a float": 10**400, "complex": 1j, "object": object(), "class": int,
    "function": len, "generator": (i for i in range(3)), "range": range(3),
    "fraction": fractions.Fraction(1, 3), "decimal": decimal.Decimal("NaN"),
    "pair of none": (None, None), "triple of none": [None, None, None], "ragged": [[1], [1, 2]],
    "list of nan": [math.nan, math.nan], "list of huge": [HUGE, HUGE], "list of text": ["a", "b"],
    "list of lists": [[], []], "list of dicts": [{}, {}], "none in a dict": {None: None},
    "no entries": np.zeros(0), "no rows": np.zeros((0, 3)), "16 axes": np.zeros((1,) * 16),
    "objects in an array": np.array([None, 1], object), "text in an array": np.array(["a", "b"]),
    "complex array": np.array([1j, 2]), "array of nan": np.full(2, math.nan),
    "uint64": np.array([2**64 - 1, 2**63], np.uint64), "one uint64": np.uint64(2**64 - 1),
    "one nan in half precision": np.float16(math.nan), "dates": np.array(["2026-01-01"], "M8[D]"),
    "records": np.zeros(2, [("a", int)]), "masked": np.ma.masked_all(2),
}  # fmt: skip

RAISED = [
    ValueError("no"),
    SystemExit(3),
    StopIteration(),
    RecursionError(),
    MemoryError(),
    KeyError(),
]

# Each stands where one entry of a right answer stood.
ENTRIES = [
    None, True, "", "seven", math.nan, math.inf, -math.inf, 0.5, HUGE, -HUGE, 10**400, 2**63, 1j,
    [], [1], {}, b"", object(), np.uint64(2**64 - 1), np.int64(-(2**63)), np.float32(math.nan),
    np.zeros(0), np.zeros((2, 2)), np.array(math.nan), np.array(None, object),
]  # fmt: skip


def spoilt(answer):
    """The right answer, wrong in one place or in kind. Some of them are right all the same."""
    if isinstance(answer, np.ndarray):
        yield from _spoilt_arrays(answer)
    elif isinstance(answer, dict):
        yield from _spoilt_dicts(answer)
    elif isinstance(answer, (list, tuple)):
        yield from _spoilt_lists(answer)
    elif isinstance(answer, str):
        yield from (answer + "\0", answer * 1000, answer[::-1], "\ud800" + answer, answer.encode())
    elif isinstance(answer, bytes):
        yield from (answer[:-1], answer * 2, b"\xff" + answer, bytearray(answer), answer.hex())
    else:
        yield from ENTRIES


def _spoilt_arrays(array):
    with np.errstate(all="ignore"):
        for kind in (bool, np.uint8, np.int8, np.uint64, np.float16, np.complex128, object, str):
            yield array.astype(kind)
    yield from (array[None], array.ravel(), array[:-1], array.tolist(), array.T)
    for entry in (math.nan, math.inf, 1e300):
        yield np.full(array.shape, entry)
    yield from (
        np.full(array.shape, 2**64 - 1, np.uint64),
        np.full(array.shape, -(2**63), np.int64),
    )
    if array.size:
        for entry in ENTRIES:
            one = array.astype(object)
            one.flat[-1] = entry
            yield one.tolist()


def _spoilt_dicts(right):
    for key, value in right.items():
        yield {other: right[other] for other in right if other != key}
        for new in ("0", None, math.nan, 1.5, (1, 2), np.int64(1), HUGE):
            yield {new if other == key else other: right[other] for other in right}
        for entry in (*ENTRIES, *spoilt(value)):
            yield {**right, key: entry}
    yield {**right, "more": 1}
    yield list(right.items())


def _spoilt_lists(right):
    yield from (right[:-1], [*right, *right[-1:]], list(right), dict(enumerate(right)), right[::-1])
    for place in {0, len(right) - 1} if right else ():
        for entry in (*ENTRIES, *spoilt(right[place])):
            yield type(right)((*right[:place], entry, *right[place + 1 :]))
