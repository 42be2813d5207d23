"""Keys of checks change with what a check uses, and with nothing else."""

import pytest

from tinymledu.course import keys

SOURCE = '''"""Checks."""
import numpy as np

LIMIT = 3
OTHER: int = 4


def helper(x):
    return deeper(x) + LIMIT


def deeper(x):
    return np.abs(x)


@check(points=1, title="one")
def one(student):
    helper(student.value("x"))


@check(points=2, title="two")
def two(student):
    expect(OTHER)
'''

NAMES = ("one", "two")


def changed(before, after, source=SOURCE):
    assert before in source
    old, new = keys.of_checks(source, NAMES), keys.of_checks(source.replace(before, after), NAMES)
    return {name for name in NAMES if old[name] != new[name]}


@pytest.mark.parametrize(
    ("before", "after", "names"),
    [
        ('student.value("x")', 'student.value("y")', {"one"}),
        ("points=2", "points=3", {"two"}),
        ("LIMIT = 3", "LIMIT = 5", {"one"}),
        ("OTHER: int = 4", "OTHER: int = 5", {"two"}),
        ("np.abs(x)", "np.sign(x)", {"one"}),
        ("import numpy as np", "import math as np", {"one"}),
        ("LIMIT = 3", "LIMIT = 3  # epochs", set()),
        ('"""Checks."""', '"""Checks of T01."""', set()),
        ("LIMIT = 3", "LIMIT = 3\nUNUSED = 9", set()),
        ("LIMIT = 3", "LIMIT = 3\nprepare(1)", {"one", "two"}),
    ],
)
def test_key_changes_with_what_the_check_uses(before, after, names):
    assert changed(before, after) == names


def test_statement_that_binds_nothing_belongs_to_every_check_with_what_it_uses():
    source = SOURCE + "\nSEED = 1\nnp.random.seed(SEED)\n"

    assert changed("SEED = 1", "SEED = 2", source) == {"one", "two"}


def test_name_that_is_bound_twice_counts_twice():
    source = SOURCE + "\nif True:\n    pass\nLIMIT = 7\n"

    assert changed("LIMIT = 7", "LIMIT = 8", source) == {"one"}


def test_check_that_may_reach_any_name_depends_on_all():
    source = SOURCE.replace("expect(OTHER)", 'expect(globals()["LIMIT"])')

    assert changed("np.abs(x)", "np.sign(x)", source) == {"one", "two"}


def test_files_have_the_key_of_names_and_contents():
    assert keys.of_files({"a": b"1", "b": b"2"}) == keys.of_files({"b": b"2", "a": b"1"})
    assert keys.of_files({"a": b"1"}) != keys.of_files({"a": b"2"})
    assert keys.of_files({"a": b"1"}) != keys.of_files({"b": b"1"})


def test_folders_have_the_key_of_their_files_and_not_of_their_place(tmp_path):
    for name in ("here", "there"):
        (tmp_path / name / "below").mkdir(parents=True)
        (tmp_path / name / "below" / "data").write_bytes(b"1")
    here, there = (keys.of_folders({"/data": str(tmp_path / name)}) for name in ("here", "there"))
    (tmp_path / "there" / "below" / "data").write_bytes(b"2")

    assert here == there
    assert keys.of_folders({"/data": str(tmp_path / "there")}) != here
