"""The attack corpus, graded in one class among honest neighbours: contained, judged, harmless."""

import pytest
from attacks import ATTACKS, arena

from tinymledu.course import sandbox

N_WANTED = 80  # what the corpus was written for


@pytest.fixture(scope="module")
def problems(tmp_path_factory):
    """What the quick class found, by attack; 'host' and 'neighbour ...' for damage to others."""
    isolation = sandbox.available()
    if isolation.level != sandbox.FULL:
        pytest.skip(f"untrusted code cannot be isolated here: {isolation.refusal()}")
    folder = tmp_path_factory.mktemp("arena")
    (outcome,) = arena.outcomes(folder, first_seed=1, repeats=1, ids=[arena.QUICK])
    return outcome["problems"]


QUICK = [one.id for one in arena.attacks_here() if not one.slow]


@pytest.mark.parametrize("name", QUICK)
def test_attack_is_contained_and_gets_what_it_deserves(problems, name):
    assert [said for names, said in problems.items() if name in names.split("+")] == []


def test_neighbours_have_the_grades_they_have_alone(problems):
    assert [said for who, said in problems.items() if who.startswith("neighbour")] == []


def test_host_and_pages_are_as_they_were(problems):
    assert [problems[what] for what in ("host", "pages") if what in problems] == []


def test_corpus_is_large_and_each_attack_has_a_name_of_its_own():
    names = [one.id for one in ATTACKS]

    assert len(names) >= N_WANTED
    assert len(set(names)) == len(names)
    assert not any("+" in name or "," in name for name in names)


@pytest.mark.slow
def test_whole_corpus_is_contained(tmp_path):
    """`python -m benchmarks.attacks --repeats 20` is the long form."""
    found = arena.outcomes(tmp_path, first_seed=100, repeats=1)

    assert [one["problems"] for one in found] == [{}]
