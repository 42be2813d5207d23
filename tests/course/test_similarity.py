"""Shared passages: found whatever the names are, left out where many have them, in bounded time."""

import random
import subprocess
import sys
import time

import pytest

from tinymledu.course.similarity import (
    COMMON_TO,
    GUARANTEE_TOKENS,
    MAX_TOKENS,
    NOISE_TOKENS,
    same_throughout,
    similar_pairs,
    tokens,
    winnow,
)

LONG = """
def train(data, rate=0.1):
    total = 0.0
    for epoch in range(12):
        for picture, label in zip(data.pictures, data.labels):
            guess = sum(a * b for a, b in zip(picture, weights))
            error = label - guess
            if abs(error) > rate:
                weights[:] = [w + rate * error * p for w, p in zip(weights, picture)]
            total += error ** 2
        print("epoch", epoch, total / len(data.labels))
    return weights, total
"""
RENAMED = (
    LONG.replace("train", "lernen").replace("picture", "bild").replace("weights", "gewichte")
    .replace("error", "fehler").replace("0.1", "0.25").replace('"epoch"', "'Runde'")
    .replace("total = 0.0", "total = 0.0  # my own work\n")
)  # fmt: skip
OTHER = """
def train(data):
    model = make(data.shape)
    while not model.done:
        batch = next(data)
        model.step(batch.x, batch.y, momentum=0.9)
        if model.loss < 1e-3 or model.steps > 400:
            break
    return model.export(kind="int8", check=True) if model.steps else None
"""


def pairs(given=(), **sources):
    found = similar_pairs({name: {"train": source} for name, source in sources.items()}, given)
    return [(one.first, one.second) for one in found]


def random_code(seed, n_lines=40):
    """Statements that two seeds hardly ever have in the same order."""
    rng = random.Random(seed)
    forms = [
        "a = b + c", "f(x)", "if a < b: pass", "for i in y: z.append(i)", "d[k] = v[0]",
        "x *= 2", "return x", "assert a", "w = [q for q in r if q]", "del m", "n = -n",
        "while a: break", "s = t or u", "g(h, *j)", "k = lambda l: l ** 2",
    ]  # fmt: skip
    return "\n".join(rng.choice(forms) for _ in range(n_lines))


def test_tokens_are_those_of_python_without_names_and_comments():
    found = [one.kind for one in tokens("if x1 >= .5e-3:  # why\n  y = rb'a\\'b' '''c\nd'''\n")]

    # Python's own tokenize gives: if NAME >= NUMBER : NAME = STRING STRING; '.5e' '-' '3' are
    # three tokens here, in both of two submissions alike.
    assert found == ["if", "name", ">=", "number", "-", "number", ":", "name", "=", "text", "text"]


def test_renamed_reformatted_copy_is_found_and_independent_work_is_not():
    assert pairs(ana=LONG, ben=RENAMED, cid=OTHER) == [("ana", "ben")]


def test_copy_inside_other_work_is_found():
    around = random_code(1) + LONG + random_code(2)

    assert pairs(ana=LONG, ben=around) == [("ana", "ben")]


def test_what_was_handed_out_does_not_count():
    assert pairs(ana=LONG, ben=LONG) == [("ana", "ben")]
    assert pairs(ana=LONG, ben=LONG, given=[LONG]) == []


def test_what_many_wrote_does_not_count():
    twice = LONG + OTHER + RENAMED.replace("+", "-")
    some = {f"s{i}": twice for i in range(4)}

    assert len(pairs(**some)) == 6
    assert pairs(**{f"s{i}": twice for i in range(COMMON_TO + 1)}) == []


def test_group_that_is_the_same_throughout_is_named_however_large_it_is():
    answers = {f"s{i:02}": {"a": RENAMED if i % 2 else LONG} for i in range(COMMON_TO + 5)}
    answers["x"] = {"a": OTHER}
    answers |= {name: {"a": "def f(x):\n    return 2 * x"} for name in ("y1", "y2", "y3")}

    (group,) = same_throughout(answers)
    assert group == tuple(f"s{i:02}" for i in range(COMMON_TO + 5))
    assert same_throughout(answers, [LONG]) == ()


def test_rarity_is_less_where_more_students_have_a_passage():
    # One that d students have counts 1 / (d - 1): 1 of two, a third of four.
    (two,) = similar_pairs({name: {"a": LONG * 3} for name in ("a", "b")})
    four = similar_pairs({name: {"a": LONG * 3} for name in ("a", "b", "c", "d")})

    assert two.rarity == two.n_shared
    assert [one.rarity for one in four] == pytest.approx([two.rarity / 3] * 6)


def test_short_answers_are_never_a_pair():
    short = "def double(x):\n    return 2 * x"

    assert pairs(ana=short, ben=short) == []


def test_spans_mark_the_shared_text_on_both_sides():
    # The names differ in length, so the same tokens stand at other places.
    (found,) = similar_pairs({"ana": {"a": "import math\n" + LONG}, "ben": {"b": RENAMED + OTHER}})
    (left, *_), (right, *_) = found.spans

    assert (left.cell, right.cell) == ("a", "b")
    assert "def train" in ("import math\n" + LONG)[left.start : left.end]
    assert "def lernen" in RENAMED[right.start : right.end]
    assert set(left.labels) & set(right.labels)


def test_winnowing_keeps_a_fingerprint_of_every_long_shared_row():
    # The guarantee of the paper: any row of t tokens shared by two holds a common fingerprint.
    rng = random.Random(5)
    for _ in range(200):
        shared = [rng.getrandbits(64) for _ in range(GUARANTEE_TOKENS - NOISE_TOKENS + 1)]
        one, other = (
            [rng.getrandbits(64) for _ in range(20)] + shared + [rng.getrandbits(64)] * 3
            for _ in range(2)
        )

        assert winnow(one) & winnow(other)


def test_fingerprints_are_the_same_in_another_process():
    program = (
        "from tinymledu.course.similarity import k_grams, tokens, winnow;"
        "print(sorted(winnow(k_grams(tokens('x = [i ** 2 for i in range(9) if i % 2]')))))"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", program], check=True, capture_output=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip

    assert len(runs) == 1


@pytest.mark.parametrize(
    "source", ["'''" * 33_000, "\\'''" * 25_000, '"' * 99_999, "\\" * 100_000, "f'{" * 33_000,
               "(" * 100_000, "=*" * 50_000, "\ud800x" * 50_000, "١" * 100_000]
)  # fmt: skip
def test_hostile_text_takes_linear_time(source):
    start = time.process_time()
    similar_pairs({"ana": {"a": source}, "ben": {"a": source}})

    assert time.process_time() - start < 5  # the square of the length would take an hour


def test_class_of_200_takes_seconds():
    answers = {f"s{i:03}": {"a": random_code(i, 60) + LONG * (i < 2)} for i in range(200)}
    start = time.process_time()
    found = similar_pairs(answers)

    assert [(one.first, one.second) for one in found] == [("s000", "s001")]
    assert time.process_time() - start < 20


def test_spans_are_worked_out_for_the_pairs_that_are_shown_only():
    answers = {name: {"a": LONG * 3} for name in ("ana", "ben", "cid")}
    found = similar_pairs(answers, n_with_spans=1)

    assert [bool(one.spans[0]) for one in found] == [True, False, False]


def test_submission_is_read_up_to_a_limit_of_tokens():
    filled = {"ana": "a + " * (MAX_TOKENS // 2), "ben": "b[0], " * (MAX_TOKENS // 5)}

    assert pairs(**{name: LONG + filler for name, filler in filled.items()}) == [("ana", "ben")]
    assert pairs(**{name: filler + LONG for name, filler in filled.items()}) == []
