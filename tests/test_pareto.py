import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinymledu.errors import InputError
from tinymledu.pareto import dominates, pareto_front

# Few values, so that ties and equal points are common.
POINTS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 4)), max_size=12)


def itself(point):
    return point


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((1, 1), (2, 2), True),
        ((1, 2), (1, 3), True),
        ((1, 1), (1, 1), False),
        ((1, 3), (2, 2), False),
        ((2, 2), (1, 1), False),
        ((-math.inf, 0), (0, 0), True),
    ],
)
def test_dominates_means_nowhere_worse_and_somewhere_better(first, second, expected):
    assert dominates(first, second) is expected


@given(POINTS)
def test_pareto_front_holds_exactly_the_points_that_none_dominates(points):
    front = pareto_front(points, itself)

    for point in points:
        beaten = any(
            all(a <= b for a, b in zip(other, point, strict=True)) and other != point
            for other in points
        )
        assert (point in front) is not beaten


@given(POINTS)
def test_pareto_front_keeps_every_copy_and_the_order(points):
    front = pareto_front(points, itself)

    assert list(front) == [point for point in points if point in front]


@given(POINTS, st.randoms(use_true_random=False))
def test_pareto_front_does_not_depend_on_the_order(points, random):
    shuffled = random.sample(points, len(points))

    assert sorted(pareto_front(shuffled, itself)) == sorted(pareto_front(points, itself))


@given(POINTS)
def test_pareto_front_of_a_front_is_itself(points):
    front = pareto_front(points, itself)

    assert pareto_front(front, itself) == front


def test_pareto_front_takes_any_objectives():
    models = [("big", 0.90, 300), ("small", 0.88, 100), ("bad", 0.85, 200)]

    front = pareto_front(models, lambda model: (-model[1], model[2]))

    assert [name for name, _, _ in front] == ["big", "small"]


def test_pareto_front_refuses_a_figure_that_is_not_a_number():
    with pytest.raises(InputError, match="NaN is neither better nor worse"):
        pareto_front([(1.0, 2.0), (math.nan, 1.0)], itself)


def test_pareto_front_refuses_different_numbers_of_objectives():
    with pytest.raises(InputError, match="1 objectives cannot be compared with 2"):
        pareto_front([(1.0, 2.0), (1.0,)], itself)
