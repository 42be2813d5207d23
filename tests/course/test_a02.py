"""A02 "Learn from scratch": its points, and the values that its checks expect."""

import math

import numpy as np
import pytest

from tinymledu.course import notebook as nb
from tinymledu.course.assignment import load_assignment
from tinymledu.course.checks import Check, StudentError, failure_of
from tinymledu.course.literals import visible_literals


@pytest.fixture(scope="module")
def a02():
    return load_assignment("A02")


@pytest.fixture(scope="module")
def checks(a02):
    defined = {"__name__": "checks", "__file__": str(a02.folder / "checks.py")}
    exec(compile(a02.checker_source, "checks.py", "exec"), defined)
    return defined


class Answers:
    """A student with these functions, called in this process."""

    def __init__(self, **functions):
        self.functions = functions

    def call(self, name, *args, **options):
        return self.functions[name](*args, **options)


def message(one, **functions):
    with pytest.raises(StudentError) as caught:
        one.run(Answers(**functions))
    return str(caught.value)


def test_points_are_25_visible_60_hidden_and_15_by_a_person(a02):
    points = dict.fromkeys((True, False), 0)
    for check in a02.checks:
        points[check.visible] += check.points

    assert points == {True: 25, False: 60}
    assert sum(cell.points for cell in a02.essays) == 15


def test_limits_told_in_the_notebook_are_the_ones_that_count(a02):
    text = "\n".join(cell.source for cell in a02.cells)

    told = f"{a02.limits.wall_s:g} s for the whole notebook, {a02.limits.call_s:g} s for one call"
    assert told in text


def test_parts_of_the_library_that_hold_the_answers_are_closed(a02):
    assert {"tinymledu.calibration", "tinymledu.training"} <= set(a02.closed)


def test_public_checks_stand_alone_and_hold_no_answer(a02, checks):
    """Their values are those of another way of computing: longdouble, one point at a time."""
    public = {}
    exec(compile(nb.without_hidden(a02.checker_source), "checks.py", "exec"), public)
    groups = {}
    exec("import numpy as np\n" + a02.reference["split_by_group"], groups)
    student = Answers(
        loss=checks["true_loss"],
        grad=checks["true_grad"],
        step=lambda weights, x, labels, rate: (
            weights - rate * checks["true_grad"](weights, x, labels)
        ),
        split_by_group=groups["split_by_group"],
    )

    found = [value for value in public.values() if isinstance(value, Check)]
    assert [check.exercise for check in found] == [1, 2, 3, 4]
    assert [failure_of(check, student) for check in found] == [None] * 4
    assert not [name for name in public if name.startswith("true_")]


def test_no_visible_value_passes_a_public_check(a02, checks):
    """Also those beyond the ones that the audit copies."""
    visible = [check for check in a02.checks if check.visible]
    for check, (answer, values) in zip(visible, visible_literals(a02).items(), strict=True):
        assert len(values) > 10
        for value in values:
            got = eval(value, {"array": np.array})
            student = Answers(**{answer: lambda *_, got=got: got})
            assert failure_of(checks[check.name], student), f"{answer} = {value}"


LOG_3 = np.array([[0.0, math.log(3)]])  # z = 0 and ln 3: chances 1/4 and 3/4


def test_expected_loss_by_hand(checks):
    x = np.array([[1.0], [1.0], [0.0]])  # the third point has z = 0 twice: chances 1/2

    loss = checks["true_loss"](LOG_3, x, np.array([1, 0, 0]))

    assert loss == pytest.approx((math.log(4 / 3) + math.log(4) + math.log(2)) / 3, rel=1e-12)


def test_expected_loss_of_large_numbers_by_hand(checks):
    # ln(e^-900 + e^900) + 900 is 1800; for z of -5000 and -5001, ln(1 + 1/e) and that plus 1.
    ends = checks["true_loss"](np.array([[-900.0, 900.0]]), np.ones((1, 1)), np.array([0]))
    low = checks["true_loss"](np.array([[-5000.0, -5001.0]]), np.ones((2, 1)), np.array([0, 1]))

    assert ends == 1800
    assert low == pytest.approx(math.log(1 + 1 / math.e) + 0.5, rel=1e-12)


def test_expected_gradient_by_hand(checks):
    # Point 1: p - y = (1/4, -1/4), times 1. Point 2: z = 0, p - y = (-1/2, 1/2), times 0.
    # Point 3: z = (0, -2 ln 3), chances 9/10 and 1/10; label 0: (-1/10, 1/10), times -2.
    x = np.array([[1.0], [0.0], [-2.0]])

    slope = checks["true_grad"](LOG_3, x, np.array([1, 0, 0]))

    assert slope == pytest.approx(np.array([[0.25 + 0.2, -0.25 - 0.2]]) / 3)


def test_a_sum_in_place_of_the_mean_is_named(a02, checks):
    def grad(weights, x, labels):
        return len(x) * checks["true_grad"](weights, x, labels)

    said = message(checks["grad_is_chance_minus_truth_times_reading"], grad=grad)

    assert "3 times too large: take the mean" in said


def test_a_turned_sign_is_named(checks):
    def grad(weights, x, labels):
        return -checks["true_grad"](weights, x, labels)

    def step(weights, x, labels, rate):
        return weights + rate * checks["true_grad"](weights, x, labels)

    assert "sign is turned" in message(
        checks["grad_is_chance_minus_truth_times_reading"], grad=grad
    )
    assert "a step uphill" in message(checks["step_goes_downhill_by_the_rate"], step=step)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ([np.arange(35)], "a list of 2 arrays"),
        ([np.arange(35), np.arange(2)], "exactly once"),
        ([np.arange(3), np.arange(3, 35)], "groups in part 0 and in part 1: expected 'none'"),
        ([np.arange(6), np.arange(6, 35)], "groups in each part, of 10: expected [7, 3]"),
        ([np.arange(35) / 1.0, np.arange(0)], "expected positions, integers"),
    ],
)
def test_what_is_wrong_with_a_split_is_named(checks, answer, said):
    def split_by_group(_groups, _shares, _seed):
        return answer

    one = checks["split_deals_out_every_picture_once"]
    assert said in message(one, split_by_group=split_by_group)
