"""Checks of A02. They run in a jail of their own; the student's notebook is at the end of a wire.

Public checks compare with values that were worked out by hand: the powers of all z are small whole
numbers, 1/2 or 1/9, so chances are fractions. Tolerances: float64 differs from exact values by less than 1e-12 of
them; 1e-9 is asked for.
"""

import numpy as np

from tinymledu.course.checks import (
    StudentError,
    as_array,
    as_number,
    as_tuple,
    check,
    expect,
    expect_each,
)

CLOSE = 1e-9
LN_2, LN_3 = 0.6931471805599453, 1.0986122886681097  # natural logarithms of 2 and 3
REREAD_LOSS = (
    "Reread the worked value of exercise 1; the loss is a mean, in nat (natural logarithm)."
)
REREAD_GRAD = "Reread the worked value of exercise 2: the mean over points of (p - y) times x."
REREAD_STEP = "Reread exercise 3: downhill is minus, and the rate multiplies the gradient."
REREAD_SPLIT = "Reread exercise 4: shares are of the groups, not of the pictures."


### BEGIN HIDDEN TESTS
# ------------------------------------------------------------------------------ what is expected
# Expected values of hidden checks, written in another way than students are told: with longdouble,
# one point at a time. tests/course/test_a02.py holds them to the values of the public checks. Up to
# 60 points in float64 differ by less than 1e-12. Finite differences have an error of about
# h**2 = 1e-10, and 1e-6 is asked for.


def true_chances(weights, row):
    """Chances of one point, (K,), in extended precision."""
    z = np.asarray(row, np.longdouble) @ np.asarray(weights, np.longdouble)
    powers = np.exp(z - z.max())
    return powers / powers.sum()


def true_loss(weights, x, labels):
    """Mean over the points of ln(sum of powers) - z of the right class."""
    total = np.longdouble(0)
    for row, label in zip(x, labels, strict=True):
        z = np.asarray(row, np.longdouble) @ np.asarray(weights, np.longdouble)
        total += np.log(np.exp(z - z.max()).sum()) + z.max() - z[label]
    return float(total / len(x))


def true_grad(weights, x, labels):
    """Mean over the points of x_j (p_k - y_k), (d, K)."""
    total = np.zeros(np.shape(weights), np.longdouble)
    for row, label in zip(x, labels, strict=True):
        error = true_chances(weights, row)
        error[label] -= 1
        total += np.outer(row, error)
    return (total / len(x)).astype(float)


def problem(seed, n, d, n_classes, size=1.0):
    """Weights (d, K), readings (n, d) and labels (n,) that depend on the seed only."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, n_classes, n)
    return rng.normal(0, size, (d, n_classes)), rng.normal(0, 1, (n, d)), labels


### END HIDDEN TESTS
def two_classes():
    """Three points of one reading. Powers: 1 and 3, 1 and 1, 1 and 1/9."""
    return np.array([[0.0, LN_3]]), np.array([[1.0], [0], [-2]]), np.array([1, 0, 0])


def three_classes():
    """Four points of two readings. Powers: 1 2 3, 2 1 1, 2 2 3, and 1/2 4 9."""
    weights = np.array([[0.0, LN_2, LN_3], [LN_2, 0, 0]])
    return weights, np.array([[1.0, 0], [0, 1], [1, 1], [2, -1]]), np.array([2, 0, 1, 0])


def where(x, weights):
    return f"{len(x)} points, {weights.shape[0]} readings each, {weights.shape[1]} classes"


# ------------------------------------------------------------------------------- exercise 1: loss


def expect_this_loss(student, weights, x, labels, expected):
    got = as_number(student.call("loss", weights, x, labels), "loss()")
    limit = CLOSE * max(1.0, abs(expected))
    expect(abs(got - expected) <= limit, where=where(x, weights), expected=expected, got=got)


@check(
    exercise=1,
    points=6,
    title="loss is the mean of minus the logarithm of the right chance",
    hint=REREAD_LOSS,
)
def loss_is_minus_the_log_of_the_right_chance(student):
    # Five equal chances: ln 5.
    zeros, ones, ends = np.zeros((3, 5)), np.ones((2, 3)), np.array([0, 4])
    expect_this_loss(student, zeros, ones, ends, 1.609437912434100)
    # Right chances 3/4, 1/2, 9/10: the mean of ln(4/3), ln 2 and ln(10/9) is ln(80/27) / 3.
    expect_this_loss(student, *two_classes(), 0.362063256223184)
    # Right chances 1/2, 1/2, 2/7, 1/27: (ln 2 + ln 2 + ln(7/2) + ln 27) / 4 = ln(378) / 4.
    expect_this_loss(student, *three_classes(), 1.483723548904897)


### BEGIN HIDDEN TESTS
def expect_loss(student, weights, x, labels):
    expect_this_loss(student, weights, x, labels, true_loss(weights, x, labels))


@check(exercise=1, points=6, title="loss is finite and right for very large z", visible=False)
def loss_is_finite_for_large_numbers(student):
    for seed, size in ((11, 1e4), (12, 3e3), (13, 400.0)):
        expect_loss(student, *problem(seed, 6, 3, 3, size=size))
    # The right class has by far the smallest z: its chance is 0 in float64.
    expect_loss(student, np.array([[-900.0, 900.0]]), np.ones((3, 1)), np.zeros(3, int))
    # All z are far below 0, where every power is 0.
    expect_loss(student, np.array([[-5000.0, -5001.0]]), np.ones((2, 1)), np.array([0, 1]))


@check(
    exercise=1,
    points=6,
    title="loss stays the same when classes are renamed or points reordered",
    visible=False,
)
def loss_does_not_depend_on_names_and_order(student):
    for seed, n, d, n_classes in ((21, 1, 2, 4), (22, 17, 1, 6), (23, 60, 9, 3)):
        weights, x, labels = problem(seed, n, d, n_classes)
        rng = np.random.default_rng(seed)
        names, order = rng.permutation(n_classes), rng.permutation(n)
        expect_loss(student, weights, x, labels)
        expect_loss(student, weights[:, np.argsort(names)], x, names[labels])
        expect_loss(student, weights, x[order], labels[order])


### END HIDDEN TESTS
# ------------------------------------------------------------------------------- exercise 2: grad


def gradient_of(student, weights, x, labels):
    answer = student.call("grad", weights, x, labels)
    return as_array(answer, "grad()", shape=weights.shape, kinds="iuf").astype(float)


def expect_this_grad(student, weights, x, labels, expected):
    expected = np.array(expected, float)
    got = gradient_of(student, weights, x, labels)
    if len(x) > 1 and np.allclose(got, len(x) * expected, rtol=1e-6, atol=CLOSE):
        raise StudentError(f"{where(x, weights)}: {len(x)} times too large: take the mean.")
    if np.allclose(got, -expected, rtol=1e-6, atol=CLOSE) and np.abs(expected).max() > 1e-6:
        raise StudentError(f"{where(x, weights)}: the sign is turned: chance minus truth.")
    expect_near(got, expected, where(x, weights))


def expect_near(got, expected, what, limit=CLOSE):
    """Equal to within the limit, of what is larger than 1 relative to it."""
    within = limit * np.maximum(1, np.abs(expected))
    expect_each(got, expected, lambda j, k: f"{what}, reading {j}, class {k}", within=within)


@check(
    exercise=2,
    points=7,
    title="grad is chance minus truth, times the reading, mean over the points",
    hint=REREAD_GRAD,
)
def grad_is_chance_minus_truth_times_reading(student):
    # Chances 1/2, 1/2; label 0: (-1/2, 1/2), times 2.
    one = np.zeros((1, 2)), np.array([[2.0]]), np.array([0])
    expect_this_grad(student, *one, [[-1, 1]])
    # Chance minus truth: (1/4, -1/4), (-1/2, 1/2), (-1/10, 1/10); times 1, 0, -2: 0.45 / 3.
    expect_this_grad(student, *two_classes(), [[0.15, -0.15]])
    # (1/6, 1/3, -1/2), (-1/2, 1/4, 1/4), (2/7, -5/7, 3/7), (-26/27, 8/27, 18/27); readings 1, 0,
    # 1, 2 and 0, 1, 1, -1. Means: (-1114, 160, 954) / 3024 and (566, -575, 9) / 3024.
    expected = [
        [-0.3683862433862434, 0.0529100529100529, 0.3154761904761905],
        [0.1871693121693122, -0.1901455026455026, 0.0029761904761905],
    ]
    expect_this_grad(student, *three_classes(), expected)


### BEGIN HIDDEN TESTS
def expect_grad(student, weights, x, labels):
    expect_this_grad(student, weights, x, labels, true_grad(weights, x, labels))


@check(exercise=2, points=8, title="grad equals finite differences of the loss", visible=False)
def grad_is_the_slope_of_the_loss(student):
    h = 1e-5
    for seed, n, d, n_classes in ((31, 5, 3, 2), (32, 23, 2, 5), (33, 1, 6, 3)):
        weights, x, labels = problem(seed, n, d, n_classes)
        slopes = np.empty((d, n_classes))
        for j, k in np.ndindex(d, n_classes):
            move = np.zeros((d, n_classes))
            move[j, k] = h
            up, down = (true_loss(weights + s * move, x, labels) for s in (1, -1))
            slopes[j, k] = (up - down) / (2 * h)
        expect_near(gradient_of(student, weights, x, labels), slopes, "", limit=1e-6)


@check(
    exercise=2,
    points=7,
    title="grad is right for a batch of one class, of one point, and for large z",
    visible=False,
)
def grad_is_right_when_all_points_are_of_one_class(student):
    weights, x, _ = problem(41, 12, 3, 4)
    for label in (0, 3):
        expect_grad(student, weights, x, np.full(12, label))
        expect_grad(student, weights, x[:1], np.array([label]))
    for seed, size in ((42, 2e3), (43, 1e4)):
        expect_grad(student, *problem(seed, 6, 3, 3, size=size))


@check(
    exercise=2,
    points=6,
    title="grad swaps its columns when the classes are renamed, and changes nothing else",
    visible=False,
)
def grad_follows_the_classes_when_they_are_renamed(student):
    for seed, n, n_classes in ((51, 9, 4), (52, 30, 3)):
        weights, x, labels = problem(seed, n, 5, n_classes)
        names = np.roll(np.arange(n_classes), 1)  # old class k is called names[k]
        back = np.argsort(names)
        first = gradient_of(student, weights, x, labels)
        renamed = gradient_of(student, weights[:, back], x, names[labels])
        expect_near(renamed, first[:, back], "")
        expect_near(first, true_grad(weights, x, labels), "")


### END HIDDEN TESTS
# ------------------------------------------------------------------------------- exercise 3: step


def expect_this_step(student, weights, x, labels, rate, expected):
    expected = np.array(expected, float)
    answer = student.call("step", weights, x, labels, rate)
    got = as_array(answer, "step()", shape=weights.shape, kinds="iuf").astype(float)
    uphill = 2 * weights - expected  # as far from the old weights, on the other side
    if rate and np.allclose(got, uphill, rtol=1e-6, atol=CLOSE):
        raise StudentError(f"{where(x, weights)}: that is a step uphill: subtract.")
    expect_near(got, expected, f"{where(x, weights)}, rate {rate:g}")
    return got


@check(
    exercise=3,
    points=5,
    title="step goes downhill, by the rate times the gradient",
    hint=REREAD_STEP,
)
def step_goes_downhill_by_the_rate(student):
    # Gradients as in exercise 2: (-1, 1); (0.15, -0.15); (-1114, 160, 954) and (566, -575, 9) / 3024.
    one = np.zeros((1, 2)), np.array([[2.0]]), np.array([0])
    expect_this_step(student, *one, 0.1, [[0.1, -0.1]])
    # 0 - 0.3 and ln 3 + 0.3.
    expect_this_step(student, *two_classes(), 2.0, [[-0.3, 1.398612288668110]])
    # A rate of 0.756 is 0.756 / 3024 = 0.00025 for each unit: 0.2785, ln 2 - 0.04, ln 3 - 0.2385;
    # ln 2 - 0.1415, 0.14375, -0.00225.
    expected = [
        [0.2785, 0.6531471805599453, 0.8601122886681097],
        [0.5516471805599453, 0.14375, -0.00225],
    ]
    expect_this_step(student, *three_classes(), 0.756, expected)


### BEGIN HIDDEN TESTS
def expect_step(student, weights, x, labels, rate):
    expected = weights - rate * true_grad(weights, x, labels)
    return expect_this_step(student, weights, x, labels, rate, expected)


@check(
    exercise=3,
    points=5,
    title="step works from whole numbers as weights, and for any rate",
    visible=False,
)
def step_works_from_integer_weights(student):
    for seed, rate in ((61, 0.3), (62, 4.0)):
        _, x, labels = problem(seed, 7, 3, 4)
        expect_step(student, np.zeros((3, 4), int), x, labels, rate)
        expect_step(student, np.arange(12).reshape(3, 4) % 5, x, labels, rate)


@check(exercise=3, points=5, title="forty steps in a row end where they should", visible=False)
def many_steps_learn(student):
    centres, x, _ = problem(71, 45, 4, 3)
    labels = np.arange(45) % 3
    x = x + 2 * centres.T[labels]
    weights = np.zeros((4, 3))
    for _ in range(40):
        weights = expect_step(student, weights, x, labels, 0.4)
    expect(np.mean(np.argmax(x @ weights, axis=1) == labels) > 0.8)


### END HIDDEN TESTS
# --------------------------------------------------------------------- exercise 4: split_by_group


def parts_of(student, groups, shares, seed):
    """The student's parts as arrays of positions, each position once."""
    answer = student.call("split_by_group", groups, shares, seed)
    what = "split_by_group(), which gives an array for each share,"
    parts = []
    for part in as_tuple(answer, what, len(shares)):
        array = as_array(part, "a part", shape=(None,))
        if array.size and array.dtype.kind not in "iu":
            raise StudentError(f"A part holds {array.dtype}; expected positions, integers.")
        parts.append(array.astype(int))
    expect(
        np.array_equal(np.sort(np.concatenate(parts)), np.arange(len(groups))),
        where=f"positions of {len(groups)} pictures in {len(shares)} parts",
        expected="each position from 0 on exactly once",
        got=[part[:8].tolist() for part in parts],
    )
    return parts


def expect_this_split(student, groups, shares, seed, wanted):
    """Whole groups, as many in each part as `wanted` says."""
    parts = parts_of(student, groups, shares, seed)
    inside = [set(groups[part].tolist()) for part in parts]
    for i in range(len(parts)):
        for j in range(i):
            both = sorted(inside[i] & inside[j])
            expect(not both, where=f"groups in part {j} and in part {i}", expected="none", got=both)
    got = [len(one) for one in inside]
    expect(got == wanted, where=f"groups in each part, of {sum(wanted)}", expected=wanted, got=got)
    return parts


@check(
    exercise=4,
    points=7,
    title="split_by_group deals out every picture once, whole groups, by the shares of groups",
    hint=REREAD_SPLIT,
)
def split_deals_out_every_picture_once(student):
    groups = np.repeat([7, -2, 40, 3, 11, 5, 8, 100, 21, 0], [6, 1, 3, 2, 6, 1, 1, 4, 2, 9])
    # Of ten groups: 7 and 3; 6, 2 and 2, with the pictures mixed.
    expect_this_split(student, groups, (0.7, 0.3), 1, [7, 3])
    mixed = np.random.default_rng(2).permutation(groups)
    expect_this_split(student, mixed, (0.6, 0.2, 0.2), 2, [6, 2, 2])


### BEGIN HIDDEN TESTS
def expect_split(student, groups, shares, seed):
    """Whole groups, as many in each part as its share says."""
    n_groups = len(set(groups.tolist()))
    wanted = [round(share * n_groups) for share in shares[:-1]]
    wanted.append(n_groups - sum(wanted))
    return expect_this_split(student, groups, shares, seed, wanted)


def uneven_groups(seed, n_groups):
    """Groups of 1 to 12 pictures, names in no order, pictures mixed."""
    rng = np.random.default_rng(seed)
    names = rng.choice(np.arange(-500, 500), n_groups, replace=False)
    return rng.permutation(np.repeat(names, rng.integers(1, 13, n_groups)))


@check(
    exercise=4, points=9, title="No group is in two parts, however uneven the groups", visible=False
)
def no_group_is_in_two_parts(student):
    # Shares times groups are never a half, where rounding could go either way.
    plans = ((13, (0.8, 0.2)), (20, (0.6, 0.2, 0.2)), (31, (0.4, 0.3, 0.2, 0.1)), (7, (0.7, 0.3)))
    for n_groups, shares in plans:
        for seed in range(4):
            expect_split(student, uneven_groups(seed, n_groups), shares, seed)
    # One picture in each group, and one group only: it goes to the last part.
    expect_split(student, np.arange(9), (0.3, 0.7), 3)
    expect_split(student, np.full(5, 17), (0.4, 0.6), 3)


@check(
    exercise=4,
    points=8,
    title="The same seed gives the same split, and seeds together hold out every group",
    visible=False,
)
def split_is_random_and_repeatable(student):
    groups = uneven_groups(9, 10)
    first = expect_split(student, groups, (0.5, 0.5), 5)
    again = expect_split(student, groups, (0.5, 0.5), 5)
    expect(all(np.array_equal(np.sort(a), np.sort(b)) for a, b in zip(first, again, strict=True)))
    # A group misses 40 halves in a row one time in 10**12.
    held = [expect_split(student, groups, (0.5, 0.5), seed)[1] for seed in range(40)]
    ever = set(groups[np.concatenate(held)].tolist())
    expect(ever == set(groups.tolist()))
    expect(len({tuple(sorted(set(groups[part].tolist()))) for part in held}) >= 20)


### END HIDDEN TESTS
