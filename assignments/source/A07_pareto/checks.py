"""Checks of A07. They run in a jail of their own; the student's notebook is at the end of a wire.

Budgets and bars are in BUDGETS and HIDDEN_BUDGETS; tests/course/test_a07.py holds them against the
table: what meets a budget in the table meets it on hidden drawings, where bars are lower by SLACK.
For each limit but the accuracy, which wins anyway, a candidate breaks it and would win without it;
such a one misses the bar for the worst class on hidden drawings by more than SLACK.
"""

import functools
import json
import math
from pathlib import Path

import numpy as np

import tinymledu as tml
from tinymledu.course.checks import (
    StudentError,
    as_array,
    as_text,
    as_tuple,
    as_whole,
    check,
    expect,
    expect_each,
)

HERE = Path(__file__).parent
SLACK = 0.03  # three standard errors of 600 drawings of a class at 0.94: chance, not choice
REREAD_FRONT = "Reread lesson 08, section 2, and the worked value of exercise 1."
REREAD_PRUNE = "Reread lesson 08, section 4, and the worked value of exercise 2."
REREAD_CHOOSE = "Reread lesson 08, section 8, and the rules of exercise 3."


# -------------------------------------------------------------------------- what answers must be


def front_of(student, costs):
    """The row numbers that pareto_front gives, as a list of int."""
    answer = student.call("pareto_front", np.asarray(costs, float))
    numbers = as_array(answer, "pareto_front()", shape=(None,), kinds="iuf")
    return [as_whole(number, "a row number of pareto_front()") for number in numbers]


def expect_front(student, costs, expected):
    got = front_of(student, costs)
    expect(got == expected, where=f"pareto_front({shortened(costs)})", expected=expected, got=got)


def shortened(costs):
    text = repr([list(map(float, row)) for row in costs])
    return text if len(text) < 90 else f"{len(costs)} rows"


def expect_arrays(student, kernel, vectors, following, kept, expected):
    """The three answers are the expected ones, where the filters `kept` stay."""
    got = pruned(student, kernel, vectors, following, len(kept))
    for what, one, wanted in [
        ("the new kernel", got[0], expected[0]),
        *(("a new vector", g, v) for g, v in zip(got[1], expected[1], strict=True)),
        ("the new following", got[2], expected[2]),
    ]:
        name = f"{what}, filters {kept} stay"
        expect_each(one, wanted, lambda *place, name=name: f"{name}, entry {place}")


def pruned(student, kernel, vectors, following, n_keep):
    """The three answers of channel_prune, as arrays."""
    kept = [kernel.copy(), [v.copy() for v in vectors], following.copy()]
    answer = student.call("channel_prune", kept[0], kept[1], kept[2], n_keep)
    what = "channel_prune(), which gives kernel, vectors and following,"
    new_kernel, new_vectors, reads = as_tuple(answer, what, 3)
    new_vectors = as_tuple(new_vectors, "the list of vectors of channel_prune()", len(vectors))
    return (
        as_array(new_kernel, "the new kernel", shape=(*kernel.shape[:-1], n_keep)),
        [as_array(v, "a new vector", shape=(n_keep,)) for v in new_vectors],
        as_array(
            reads, "the new following",
            shape=(*following.shape[:-2], n_keep, following.shape[-1]),
        ),
    )  # fmt: skip


def chosen(student, table, budget):
    """The name that choose gives, or None."""
    answer = student.call("choose", table, budget)
    return None if answer is None else as_text(answer, "choose()")


def expect_choices(student, table, cases):
    for budget, expected in cases:
        got = chosen(student, table, budget)
        expect(got == expected, where=f"choose(table, {budget})", expected=expected, got=got)


# ------------------------------------------------------------------------------ exercise 1: front


@check(
    exercise=1,
    points=6,
    title="pareto_front leaves out what another design dominates, and only that",
    hint=REREAD_FRONT,
)
def pareto_front_of_two_costs(student):
    # Error in percent, flash in KiB: row 1 is worse than row 0 in both; 2 and 3 trade.
    expect_front(student, [[8, 20], [9, 24], [12, 12], [30, 6]], [0, 2, 3])
    expect_front(student, [[30, 6], [9, 24], [8, 20], [12, 30], [31, 7]], [0, 2])
    expect_front(student, [[5, 5]], [0])


### BEGIN HIDDEN TESTS
def right_front(costs):
    """Written another way than students would: all comparisons at once."""
    costs = np.asarray(costs, float)
    known = ~np.isnan(costs).any(axis=1)
    a, b = costs[:, np.newaxis], costs[np.newaxis]
    beaten = (a <= b).all(axis=2) & (a < b).any(axis=2) & known[:, np.newaxis]
    return np.flatnonzero(known & ~beaten.any(axis=0)).tolist()


@check(
    exercise=1,
    points=7,
    title="pareto_front keeps equal designs together and is right for ties in one cost",
    visible=False,
)
def pareto_front_with_ties_and_duplicates(student):
    expect_front(student, [[1, 2], [1, 2], [2, 1], [2, 2]], [0, 1, 2])
    expect_front(student, [[3, 1], [3, 2], [3, 1], [4, 0], [4, 0], [5, 0]], [0, 2, 3, 4])
    rng = np.random.default_rng(11)
    for _ in range(10):  # few values, so there are ties and duplicates everywhere
        costs = rng.integers(0, 4, (14, int(rng.integers(2, 4))))
        expect_front(student, costs, right_front(costs))


@check(
    exercise=1,
    points=6,
    title="pareto_front leaves out designs with NaN, and they dominate nothing",
    visible=False,
)
def pareto_front_without_what_is_not_known(student):
    nan = math.nan
    expect_front(student, [[1, nan], [2, 2], [nan, 0], [3, 1], [3, 3]], [1, 3])
    expect_front(student, [[nan, 1], [1, nan]], [])
    rng = np.random.default_rng(12)
    for _ in range(8):
        costs = rng.integers(0, 6, (12, 3)).astype(float)
        costs[rng.random(costs.shape) < 0.12] = nan
        expect_front(student, costs, right_front(costs))


@check(
    exercise=1,
    points=6,
    title="pareto_front is right for any designs and any number of costs",
    visible=False,
)
def pareto_front_of_other_designs(student):
    rng = np.random.default_rng(13)
    for n_costs in (2, 3, 4, 2, 3, 1):
        costs = rng.random((int(rng.integers(5, 30)), n_costs)) * 10.0 ** rng.integers(0, 6)
        expect_front(student, costs, right_front(costs))
        # All costs times the same, or larger by the same: who dominates whom does not change.
        expect_front(student, costs * 3 - 1, right_front(costs))


### END HIDDEN TESTS
# ------------------------------------------------------------------------------ exercise 2: prune


@check(
    exercise=2,
    points=6,
    title="channel_prune keeps the strongest filters in their order, in all three arrays",
    hint=REREAD_PRUNE,
)
def channel_prune_keeps_the_strongest(student):
    # Four filters of two weights: (3, 1), (-1, 1), (-2, -4), (0, 3). Strengths 4, 2, 6 and 3.
    kernel = np.array([[[[3.0, -1.0, -2.0, 0.0]], [[1.0, 1.0, -4.0, 3.0]]]])
    bias = np.array([10.0, 20.0, 30.0, 40.0])
    following = np.array([[[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0],
                            [9.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0]]]])  # fmt: skip
    expected = (
        [[[[3, -2, 0]], [[1, -4, 3]]]],
        [[10, 30, 40]],
        [[[[1, 2, 3, 4], [9, 1, 2, 3], [4, 5, 6, 7]]]],
    )
    expect_arrays(student, kernel, [bias], following, [0, 2, 3], expected)
    expected = ([[[[3, -2]], [[1, -4]]]], [[10, 30]], [[[[1, 2, 3, 4], [9, 1, 2, 3]]]])
    expect_arrays(student, kernel, [bias], following, [0, 2], expected)


### BEGIN HIDDEN TESTS
def layers(seed, shape, n_out, dense=False):
    """A kernel, a bias and the next kernel, with random weights."""
    rng = np.random.default_rng(seed)
    following = (shape[-1], n_out) if dense else (3, 3, shape[-1], n_out)
    return rng.normal(size=shape), rng.normal(size=shape[-1]), rng.normal(size=following)


def expect_pruned(student, kernel, vectors, following, kept):
    expected = (
        np.take(kernel, kept, axis=-1),
        [vector[kept] for vector in vectors],
        np.take(following, kept, axis=-2),
    )
    expect_arrays(student, kernel, vectors, following, kept, expected)


def right_kept(kernel, n_keep):
    """Sorted by strength, then by number; then by number alone."""
    strengths = [float(np.abs(kernel[..., k]).sum()) for k in range(kernel.shape[-1])]
    order = sorted(range(len(strengths)), key=lambda k: (-strengths[k], k))
    return sorted(order[:n_keep])


@check(
    exercise=2,
    points=5,
    title="Of equally strong filters channel_prune keeps the first, whatever their signs",
    visible=False,
)
def channel_prune_with_equal_filters(student):
    rng = np.random.default_rng(21)
    for n_filters, n_keep in ((6, 3), (20, 7), (40, 25)):
        # Whole numbers, so strengths are exact and many are equal; signs add up to nothing.
        kernel = rng.integers(-1, 2, (1, 2, 2, n_filters)).astype(float)
        bias, following = rng.normal(size=n_filters), rng.normal(size=(3, 3, n_filters, 2))
        expect_pruned(student, kernel, [bias], following, right_kept(kernel, n_keep))


def two_layers(pictures, kernel, bias, following):
    """Two 1x1 convolutions with a ReLU between: (n, channels) to (n, outputs)."""
    middle = np.maximum(pictures @ kernel[0, 0] + bias, 0)
    return middle @ following[0, 0]


@check(
    exercise=2,
    points=6,
    title="A network answers the same after the filters that were always 0 are pruned",
    visible=False,
)
def channel_prune_does_not_change_a_network_of_dead_filters(student):
    rng = np.random.default_rng(22)
    for n_filters, n_dead in ((7, 3), (12, 5), (9, 1)):
        kernel = rng.normal(size=(1, 1, 4, n_filters))
        bias, following = rng.normal(size=n_filters), rng.normal(size=(1, 1, n_filters, 3))
        dead = rng.choice(n_filters, n_dead, replace=False)
        kernel[..., dead], bias[dead] = 0, -1
        smaller, (its_bias,), reads = pruned(student, kernel, [bias], following, n_filters - n_dead)
        pictures = rng.normal(size=(20, 4))
        before = two_layers(pictures, kernel, bias, following)
        after = two_layers(pictures, smaller, its_bias, reads)
        expect(np.abs(after - before).max() < 1e-9)  # the same sums, in another order


@check(
    exercise=2,
    points=5,
    title="channel_prune works before a dense layer, with any number of vectors",
    visible=False,
)
def channel_prune_before_a_dense_layer(student):
    for seed, n_vectors in ((31, 0), (32, 1), (33, 4)):
        kernel, _, following = layers(seed, (3, 2, 4, 8), 6, dense=True)
        rng = np.random.default_rng(seed)
        vectors = [rng.normal(size=8) for _ in range(n_vectors)]
        for n_keep in (1, 5, 8):
            expect_pruned(student, kernel, vectors, following, right_kept(kernel, n_keep))


### END HIDDEN TESTS
# ----------------------------------------------------------------------------- exercise 3: choose


def row(name, right, flash_bytes, ram_bytes, **figures):
    """A row of a table with 100 drawings of each class."""
    return {"name": name, "right": right, "of": [100, 100], "flash_bytes": flash_bytes,
            "ram_bytes": ram_bytes, "macs": 1000, "zipped_bytes": 900} | figures  # fmt: skip


SMALL_TABLE = [
    row("baobab", [95, 60], 30_000, 9_000),
    row("moringa", [76, 78], 20_000, 12_000),
    row("quinoa", [71, 75], 12_000, 8_000, macs=2000),
    row("teff", [60, 62], 8_000, 5_000, zipped_bytes=100),
]


@check(
    exercise=3,
    points=8,
    title="choose takes the most accurate network that meets every entry of the budget",
    hint=REREAD_CHOOSE,
)
def choose_meets_every_entry(student):
    cases = [
        ({}, "baobab"),
        ({"flash_bytes": 25_000}, "moringa"),
        ({"flash_bytes": 25_000, "ram_bytes": 10_000}, "quinoa"),
        ({"worst_class": 0.7}, "moringa"),  # the mean of baobab hides a class with 0.60
        ({"flash_bytes": 10_000, "accuracy": 0.6}, "teff"),
        ({"flash_bytes": 10_000, "accuracy": 0.7}, None),
        ({"macs": 1500, "ram_bytes": 8_500}, "teff"),
        ({"zipped_bytes": 500, "worst_class": 0.5}, "teff"),
    ]
    expect_choices(student, SMALL_TABLE, cases)


### BEGIN HIDDEN TESTS
@check(
    exercise=3,
    points=5,
    title="choose refuses figures that are not known, takes exact limits, and breaks ties by rule",
    visible=False,
)
def choose_refuses_what_is_not_known_and_breaks_ties(student):
    unknown = [
        row("sorghum", [90, 90], None, 4_000),
        row("millet", [85, 85], 9_000, math.nan),
        row("amaranth", [70, 70], 9_000, 4_000),
    ]
    cases = [
        ({"flash_bytes": 20_000, "ram_bytes": 20_000}, "amaranth"),
        ({"ram_bytes": 20_000}, "sorghum"),
        ({"flash_bytes": 20_000}, "millet"),
        ({"flash_bytes": 9_000, "ram_bytes": 4_000}, "amaranth"),
        ({"flash_bytes": 8_999}, None),
        ({"worst_class": 0.9}, "sorghum"),
    ]
    expect_choices(student, unknown, cases)
    ties = [
        row("yam", [80, 80], 9_000, 4_000),
        row("okra", [90, 70], 8_000, 6_000),
        row("fonio", [70, 90], 8_000, 5_000),
        row("cassava", [75, 85], 8_000, 5_000),
        row("abura", [80, 80], None, 1_000),
    ]
    expect_choices(student, ties, [({}, "cassava"), ({"worst_class": 0.75}, "cassava")])
    expect_choices(student, ties[:3], [({}, "fonio"), ({"ram_bytes": 4_000}, "yam")])
    expect_choices(student, [ties[4], ties[0]], [({}, "yam"), ({"flash_bytes": 8_000}, None)])


### END HIDDEN TESTS
# ------------------------------------------------------------------------ exercise 4: on the board


@functools.cache
def candidates():
    return json.loads((HERE / "candidates.json").read_text(encoding="utf-8"))


@functools.cache
def model_of(name):
    return tml.load_model(HERE / f"{name}.tflite", name=name)


@functools.cache
def hidden():
    with np.load(HERE / "hidden.npz") as file:
        return file["pictures"], file["labels"]


@functools.cache
def linked(name):
    """Flash and RAM of the linked program. The board's answers must equal the interpreter's."""
    model = model_of(name)
    shape = (6, *model.graph.input.shape[1:])
    pictures = np.random.default_rng(7).integers(0, 256, shape, np.uint8)
    firmware = tml.deploy(model, tml.board("nano33ble"))
    codes = np.asarray(firmware.run_many(pictures).codes).reshape(len(pictures), -1)
    reference = tml.Interpreter(model).run(pictures).reshape(codes.shape)
    # Not the student's doing: the check must end as a grader error.
    assert np.array_equal(codes, reference), "the board and the interpreter differ"
    return {"flash_bytes": firmware.memory.flash_bytes, "ram_bytes": firmware.memory.ram_bytes}


@functools.cache
def on_hidden_drawings(name):
    """Part that is named rightly: of all, with the table's mix of classes, and of the worst one."""
    pictures, labels = hidden()
    scores = tml.Interpreter(model_of(name)).run(pictures).reshape(len(labels), -1)
    right = scores.argmax(axis=1) == labels
    of_class = [float(right[labels == k].mean()) for k in range(scores.shape[1])]
    mix = np.array(candidates()[0]["of"]) / sum(candidates()[0]["of"])
    return {"accuracy": float(mix @ of_class), "worst_class": min(of_class)}


def expect_budget_holds(student, table, real_names, budget):
    """What is chosen meets the budget: bytes on the board, bars on hidden drawings."""
    name = chosen(student, table, budget)
    expect(name is not None, where=f"choose(table, {budget})", got=name)
    if name not in real_names:
        raise StudentError(f"choose(table, {budget}) gave {name!r}, which is no row of the table.")
    name = real_names[name]
    for entry, limit in budget.items():
        if entry.endswith("_bytes"):
            got = linked(name)[entry]
            expect(got <= limit, where=f"{entry} of the linked program", expected=limit, got=got)
        elif (HERE / "hidden.npz").exists():  # in grading; nobody has these drawings at home
            got = on_hidden_drawings(name)[entry]
            expect(got >= limit - SLACK, where=f"{entry} on hidden drawings", got=round(got, 3))


def renamed(seed):
    """The table with other names and another order; the name behind each."""
    rng = np.random.default_rng(seed)
    rows = [candidates()[k] for k in rng.permutation(len(candidates()))]
    names = [f"{letter}{int(rng.integers(100, 999))}" for letter in "cafedbgh"]
    table = [row | {"name": name} for row, name in zip(rows, names, strict=False)]
    return table, {new["name"]: old["name"] for new, old in zip(table, rows, strict=True)}


BUDGETS = [
    {"flash_bytes": 24_576, "ram_bytes": 12_288, "worst_class": 0.86},
    {"flash_bytes": 11_000, "accuracy": 0.8},
]


@check(
    exercise=4,
    points=10,
    title="What is chosen for two known budgets meets them on the board",
    hint=REREAD_CHOOSE,
)
def board_holds_two_known_budgets(student):
    table = candidates()
    for budget in BUDGETS:
        expect_budget_holds(student, table, {row["name"]: row["name"] for row in table}, budget)


### BEGIN HIDDEN TESTS
HIDDEN_BUDGETS = {
    "small": [{"flash_bytes": 12_000, "accuracy": 0.8}, {"ram_bytes": 5_000}],
    "worst": [
        {"worst_class": 0.86, "ram_bytes": 9_000, "flash_bytes": 24_000},
        {"worst_class": 0.95},
    ],
}


def expect_hidden_budgets_hold(student, kind):
    for seed, budget in enumerate(HIDDEN_BUDGETS[kind], start=40):
        table, real_names = renamed(seed)
        expect_budget_holds(student, table, real_names, budget)
    expect(chosen(student, renamed(50)[0], {"flash_bytes": 900, "accuracy": 0.5}) is None)


@check(
    exercise=4,
    points=10,
    title="What is chosen for little flash or little RAM meets the budget on the board",
    visible=False,
)
def board_holds_a_small_budget(student):
    expect_hidden_budgets_hold(student, "small")


@check(
    exercise=4,
    points=10,
    title="What is chosen with a bar for the worst class reaches it on hidden drawings",
    visible=False,
)
def board_holds_a_budget_for_the_worst_class(student):
    expect_hidden_budgets_hold(student, "worst")


### END HIDDEN TESTS
