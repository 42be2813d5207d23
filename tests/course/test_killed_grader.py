"""A grader that is killed at any moment: the next run loses, doubles and mistakes nothing."""

import random
import time
from pathlib import Path

import killed_grader as kg
import pytest

from tinymledu.course import sandbox

N_QUICK = 5
N_SLOW = 50


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    """The course before grading, the outcome of one whole run, and the seconds that took."""
    if sandbox.available().level != sandbox.FULL:
        pytest.skip(f"untrusted code cannot be isolated here: {sandbox.available().refusal()}")
    root = tmp_path_factory.mktemp("whole")
    fresh = kg.make_course(root / "fresh")
    whole = kg.copy_of(fresh, root / "whole")
    started = time.monotonic()
    kg.run_to_the_end(whole, root / "tmp")
    return fresh, kg.outcome(whole), time.monotonic() - started


def kill_and_finish(uninterrupted, folder, moments):
    """Every second time, the warm parent, supervisors and jails are killed with the grader."""
    fresh, expected, _ = uninterrupted
    course, temporary = kg.copy_of(fresh, folder / "c"), folder / "tmp"
    killed = set()
    for number, seconds in enumerate(moments):
        killed |= kg.kill_after(course, temporary, seconds, everything=number % 2 == 1)
    kg.run_to_the_end(course, temporary)

    found = kg.outcome(course)
    assert found.files.keys() == expected.files.keys()
    assert found.files == expected.files
    assert found.scores == expected.scores
    assert found.n_rows == expected.n_rows
    assert kg.outlive(temporary, seconds=20) == []
    assert list(temporary.glob("tinymledu-*")) == []
    assert str(temporary) not in Path("/proc/self/mountinfo").read_text()
    assert kg.groups_of(killed) == set()


def moments_of(n, seconds, seed):
    """`n` random moments of a run, spread over all of it."""
    rng = random.Random(seed)
    return [(i + rng.random()) * seconds / n for i in range(n)]


def test_whole_run_gives_everybody_what_is_due(uninterrupted):
    scores = {}
    for student, _, _, auto, _, _ in uninterrupted[1].scores:
        scores[student] = scores.get(student, 0) + (auto or 0)

    assert scores == {
        "ana": 85, "bo": 85, "chi": 85, "dara": 4, "eve": 0, "femi": 85, "gus": 85, "hana": 0,
        "ida": 0,
    }  # fmt: skip


def test_killed_grader_loses_doubles_and_mistakes_nothing(uninterrupted, tmp_path):
    moments = moments_of(N_QUICK, uninterrupted[2], seed=4)

    kill_and_finish(uninterrupted, tmp_path, moments)


@pytest.mark.slow
@pytest.mark.parametrize("index", range(N_SLOW // 2))
def test_killed_grader_at_fifty_moments(uninterrupted, tmp_path, index):
    moments = moments_of(N_SLOW, uninterrupted[2], seed=44)
    pair = [moments[index], moments[index + N_SLOW // 2]]

    kill_and_finish(uninterrupted, tmp_path, pair)
