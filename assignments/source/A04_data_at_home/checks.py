"""Checks of A04. They run in a jail of their own; the student's notebook is at the end of a wire.

Tolerances: accuracies and intervals to 1e-9, as float64 sums differ in their last bits only. Test
pictures of the probe are kept only where two averages differ in distance by more than 1e-6 of the
smaller one, so that the order of a sum never decides. A split may test 10 to 40 % of the pictures:
a quarter of the groups, with groups of unequal size, never leaves that range here.
"""

import itertools

import numpy as np

from tinymledu.course.checks import (
    StudentError,
    as_array,
    as_number,
    as_text,
    as_tuple,
    check,
    expect,
    expect_each,
)
from tinymledu.statistics import wilson_interval

REREAD_CARD = "Reread the list of exercise 1, and its worked value."
REREAD_PROBE = "Reread lesson 04, section 3, and the worked value of exercise 2."
REREAD_SPLIT = "Reread lesson 04, section 4, and the list of exercise 3."
REREAD_REPORT = "Reread lesson 04, section 2, and the table of exercise 4."
NEAR = 1e-9


# ---------------------------------------------------------------------- exercise 1: unanswered


def expect_unanswered(student, card, fields, expected):
    """The student names exactly these fields, in their order."""
    got = as_tuple(student.call("unanswered", card, fields), "unanswered()")
    names = [as_text(name, "an entry of unanswered()") for name in got]
    expect(names == expected, where=f"unanswered({card}, {fields})", expected=expected, got=names)


@check(
    exercise=1,
    points=5,
    title="unanswered finds missing fields, empty values and placeholders",
    hint=REREAD_CARD,
)
def unanswered_finds_what_is_missing(student):
    card = {"place": "TODO: ", "dates": "May 2026", "counts": [40, None]}
    fields = ["place", "dates", "counts", "licence"]
    expect_unanswered(student, card, fields, ["place", "counts", "licence"])
    card = {"place": "Cotonou", "dates": "", "counts": [40, 41], "licence": "CC BY 4.0"}
    expect_unanswered(student, card, fields, ["dates"])
    expect_unanswered(student, {"devices": [], "limits": "?"}, ["limits", "devices"],
                      ["limits", "devices"])  # fmt: skip


### BEGIN HIDDEN TESTS
@check(
    exercise=1,
    points=4,
    title="a placeholder is found with capitals, spaces and dots, and inside lists and dictionaries",
    visible=False,
)
def a_placeholder_in_any_clothes_is_found(student):
    said = "two phones of the school"
    clothes = ["ToDo", "  tbd  ", "N/A.", "Unknown...", "XXX", "...", "?", " \n\t ", "tbd:", None,
               {}, [], ["phone", "TODO"], {"healthy": 20, "sick": "tbd"}, [[" "], "a"],
               {"by": {"who": None}}]  # fmt: skip
    for value in clothes:
        expect_unanswered(student, {"devices": value, "place": said}, ["place", "devices"],
                          ["devices"])  # fmt: skip


@check(
    exercise=1,
    points=3,
    title="answers are left alone: 0, False, and sentences with the letters of a placeholder",
    visible=False,
)
def answers_are_left_alone(student):
    answers = [0, False, 0.0, "Todos os Santos, Bahia", "unknown to us: the farmers did not say",
               ["phone A", "phone B"], {"healthy": 0, "sick": 31}, "n/a was never written", "xx",
               "Why? Because it rains."]  # fmt: skip
    for value in answers:
        card = {"limits": value, "licence": "todo"}
        expect_unanswered(student, card, ["limits", "licence"], ["licence"])


@check(
    exercise=1,
    points=3,
    title="fields come in the order asked, also those that the card never had",
    visible=False,
)
def fields_come_in_the_order_asked(student):
    card = {"b": "tbd", "a": "", "d": "said", "c": None, "never asked": None}
    expect_unanswered(student, card, ["c", "z", "a", "d", "b"], ["c", "z", "a", "b"])
    expect_unanswered(student, card, ["d"], [])
    expect_unanswered(student, {}, ["y", "x"], ["y", "x"])


### END HIDDEN TESTS
# --------------------------------------------------------------------------- exercise 2: probe


def greys(levels, height=6, width=6):
    """Pictures of one grey each."""
    return np.stack([np.full((height, width, 3), level, np.uint8) for level in levels])


def expect_labels(student, train, labels, levels, expected):
    """The student's labels for test pictures of one grey each; `expected` was counted by hand."""
    answer = student.call("probe", train, labels, greys(levels))
    got = as_array(answer, "probe()", shape=(len(levels),), kinds="iuf")
    expect_each(got, expected, lambda i: f"probe() for a test picture of grey {levels[i]}")


@check(
    exercise=2,
    points=5,
    title="probe gives the label of the nearer average border",
    hint=REREAD_PROBE,
)
def probe_sees_the_border(student):
    # Averages 10 and 210: 100 is 90 and 110 away, 120 is 110 and 90 away; all 24 numbers are equal.
    train, labels = greys([0, 20, 200, 220]), np.array([0, 0, 1, 1])
    expect_labels(student, train, labels, [100, 120, 0, 255], [0, 1, 0, 1])
    leaf = greys([10, 10, 240, 240])
    leaf[:, 2:4, 1:5] = 128  # a leaf of the same grey on all; rows 0, 3 and 5 are looked at
    expect_labels(student, leaf, np.array([1, 1, 0, 0]), [30, 200], [1, 0])


### BEGIN HIDDEN TESTS
def border(pictures):
    """The eight pixels, (n, 24)."""
    height, width = pictures.shape[1:3]
    rows = np.array([0, 0, 0, height // 2, height // 2, height - 1, height - 1, height - 1])
    columns = np.array([0, width // 2, width - 1, 0, width - 1, 0, width // 2, width - 1])
    return pictures[:, rows, columns].reshape(len(pictures), 24).astype(float)


def distances(train, labels, test):
    """(n of test, n of labels): sums of squared differences to the averages."""
    known = border(train)
    means = [known[labels == label].mean(axis=0) for label in range(labels.max() + 1)]
    return np.stack([((border(test) - mean) ** 2).sum(axis=1) for mean in means], axis=1)


def expect_probe(student, train, labels, test):
    """The student's labels for test pictures whose nearest average is beyond doubt."""
    far = distances(train, labels, test)
    two = np.sort(far, axis=1)[:, :2]
    sure = two[:, 1] - two[:, 0] > 1e-6 * two[:, 0] + 1e-6
    answer = student.call("probe", train, labels, test)
    got = as_array(answer, "probe()", shape=(len(test),), kinds="iuf")
    expected = np.where(sure, np.argmin(far, axis=1), got)
    what = f"probe() for pictures of {test.shape[1]}x{test.shape[2]} pixels, picture"
    expect_each(got, expected, lambda i: f"{what} {i}")
    return got


def noisy(rng, n, height, width):
    return rng.integers(0, 256, (n, height, width, 3), dtype=np.uint8)


@check(
    exercise=2,
    points=4,
    title="probe finds a shortcut in the background, and none where there is none",
    visible=False,
)
def probe_finds_a_shortcut_and_no_more(student):
    rng = np.random.default_rng(4201)
    for shortcut in (60, 0, 25):
        labels, hidden = rng.permutation(np.arange(120) % 2), rng.permutation(np.arange(200) % 2)
        train, test = (rng.normal(120, 20, (n, 16, 16, 3)) for n in (120, 200))
        train += shortcut * labels[:, None, None, None]
        test += shortcut * hidden[:, None, None, None]
        train, test = (np.clip(p, 0, 255).astype(np.uint8) for p in (train, test))
        got = expect_probe(student, train, labels, test)
        right = float(np.mean(got == hidden))
        expect(right > 0.9 if shortcut else right < 0.65)


@check(
    exercise=2,
    points=4,
    title="probe never sees the leaf: what lies inside changes nothing",
    visible=False,
)
def probe_never_sees_the_leaf(student):
    rng = np.random.default_rng(4202)
    for height, width in ((12, 12), (9, 14)):
        train, test = noisy(rng, 30, height, width), noisy(rng, 40, height, width)
        labels = rng.permutation(np.arange(30) % 2)
        before = expect_probe(student, train, labels, test)
        spoiled = []
        for pictures in (train, test):
            other = noisy(rng, len(pictures), height, width)
            rows = [0, 0, 0, height // 2, height // 2, height - 1, height - 1, height - 1]
            columns = [0, width // 2, width - 1, 0, width - 1, 0, width // 2, width - 1]
            other[:, rows, columns] = pictures[:, rows, columns]
            spoiled.append(other)
        after = expect_probe(student, spoiled[0], labels, spoiled[1])
        expect((before == after).all())


@check(
    exercise=2,
    points=4,
    title="probe works with pictures of any size, also not square, and with more labels",
    visible=False,
)
def probe_knows_any_size_and_any_number_of_labels(student):
    rng = np.random.default_rng(4203)
    for height, width, kinds in ((7, 11, 2), (20, 5, 3), (32, 32, 4), (5, 6, 3)):
        labels = np.concatenate([np.arange(kinds), rng.integers(0, kinds, 4 * kinds)])
        train = noisy(rng, len(labels), height, width) // 2
        train += (90 * labels // kinds).astype(np.uint8)[:, None, None, None]
        expect_probe(student, train, labels, noisy(rng, 60, height, width))


### END HIDDEN TESTS
# --------------------------------------------------------------------------- exercise 3: split


def asked_split(student, pictures, groups, seed):
    """The student's two sides as sorted positions; every picture is on exactly one."""
    answer = student.call("split", pictures, groups, seed)
    sides = []
    answers = as_tuple(answer, "split(), which gives train and test,", 2)
    for side, what in zip(answers, ("train", "test"), strict=True):
        places = as_array(side, what, shape=(None,), kinds="iuf")
        expect(len(places) > 0, where=what, expected="one picture or more", got=0)
        expect((places == np.floor(places)).all(), where=what, expected="positions", got=places)
        sides.append(np.sort(places.astype(np.int64)))
    together = np.sort(np.concatenate(sides))
    expect(
        len(together) == len(pictures) and (together == np.arange(len(pictures))).all(),
        where="train and test together",
        expected=f"each position from 0 to {len(pictures) - 1} once",
        got=together,
    )
    return sides


def expect_no_shared_group(sides, groups):
    shared = sorted({groups[i] for i in sides[0]} & {groups[i] for i in sides[1]})
    expect(not shared, where="groups in train and in test", expected="none", got=shared[:5])


def expect_no_copy(sides, pictures):
    content = [picture.tobytes() for picture in pictures]
    known = {content[i]: int(i) for i in sides[0]}
    pairs = [(known[content[i]], int(i)) for i in sides[1] if content[i] in known]
    expect(not pairs, where="equal pictures (in train, in test)", expected="none", got=pairs[:3])


def collection(rng, n_groups, per_group, *, names=None):
    """Small random pictures, per_group[0] to per_group[1] of each group, in mixed order."""
    sizes = rng.integers(per_group[0], per_group[1] + 1, n_groups)
    names = np.arange(n_groups) if names is None else names
    groups = rng.permutation(np.repeat(names, sizes))
    return rng.integers(0, 256, (len(groups), 4, 4, 3), dtype=np.uint8), groups


@check(
    exercise=3,
    points=5,
    title="split keeps the pictures of a group together, and copies too",
    hint=REREAD_SPLIT,
)
def split_keeps_groups_together(student):
    pictures, groups = collection(np.random.default_rng(1), 24, (2, 4))
    for seed in (7, 8):
        sides = asked_split(student, pictures, groups, seed)
        expect_no_shared_group(sides, groups)
    first, second = np.flatnonzero(groups == 3)[0], np.flatnonzero(groups == 17)[0]
    pictures[second] = pictures[first]
    for seed in range(6):
        sides = asked_split(student, pictures, groups, seed)
        expect_no_copy(sides, pictures)
        expect_no_shared_group(sides, groups)


### BEGIN HIDDEN TESTS
@check(
    exercise=3,
    points=4,
    title="no subject stands in both parts, whatever groups are called and however large they are",
    visible=False,
)
def no_subject_stands_in_both_parts(student):
    rng = np.random.default_rng(4301)
    for n_groups, per_group in ((30, (1, 6)), (25, (4, 4)), (40, (1, 3))):
        names = rng.choice(10**6, n_groups, replace=False) - 1000
        pictures, groups = collection(rng, n_groups, per_group, names=names)
        for seed in (0, 1, 12345):
            expect_no_shared_group(asked_split(student, pictures, groups, seed), groups)


@check(
    exercise=3,
    points=4,
    title="no copy stands in both parts, also where copies tie groups together in chains",
    visible=False,
)
def no_copy_stands_in_both_parts(student):
    rng = np.random.default_rng(4302)
    for chain in (2, 4, 6):
        pictures, groups = collection(rng, 40, (3, 4))
        ends = rng.permutation(40)[:chain]
        for one, other in itertools.pairwise(ends):
            taken = np.flatnonzero(groups == one)[0], np.flatnonzero(groups == other)[-1]
            pictures[taken[1]] = pictures[taken[0]]
        for seed in range(8):
            sides = asked_split(student, pictures, groups, seed)
            expect_no_copy(sides, pictures)
            expect_no_shared_group(sides, groups)


@check(
    exercise=3,
    points=4,
    title="about a quarter is tested, the seed decides which, and the same seed gives the same",
    visible=False,
)
def the_seed_decides_and_a_quarter_is_tested(student):
    rng = np.random.default_rng(4303)
    pictures, groups = collection(rng, 60, (2, 4))
    tested = []
    for seed in range(8):
        sides = asked_split(student, pictures, groups, seed)
        expect(0.10 <= len(sides[1]) / len(pictures) <= 0.40)
        expect_no_shared_group(sides, groups)
        tested.append(sides[1].tolist())
    expect(len({tuple(places) for places in tested}) >= 6)
    again = asked_split(student, pictures, groups, 3)
    expect(again[1].tolist() == tested[3])


### END HIDDEN TESTS
# ------------------------------------------------------------------- exercise 4: shift_report


KEYS = ("place", "n", "accuracy", "low", "high", "constant", "useful")


# (low, high), from Wilson's formula in decimal arithmetic of 40 digits, z = 1.959963984540054:
# (p + z²/2n ± z·sqrt(p(1 - p)/n + z²/4n²)) / (1 + z²/n), with p = right / n.
WILSON_39_OF_40 = (0.871186310365, 0.995573168497)
WILSON_10_OF_20 = (0.299298008198, 0.700701991802)
WILSON_0_OF_1 = (0.0, 0.793450685623)
WILSON_1_OF_1 = (0.206549314377, 1.0)


def expect_rows(student, labels, predicted, places, expected):
    """Every row and key of the student's report, in their order; `expected` has tuples of KEYS."""
    report = as_tuple(student.call("shift_report", labels, predicted, places), "shift_report()")
    if not all(isinstance(row, dict) for row in report):
        raise StudentError("shift_report() did not return a list of dictionaries.")
    expect(
        len(report) == len(expected), where="rows of the report", expected=len(expected),
        got=len(report),
    )  # fmt: skip
    for row, wanted in zip(report, expected, strict=True):
        missing = [key for key in KEYS if key not in row]
        expect(not missing, where="keys missing from a row", expected="none", got=missing)
        names = [as_text(each["place"], "a place") for each in report]
        order = [each[0] for each in expected]
        expect(names == order, where="order of the places", expected=order, got=names)
        for key, value in zip(KEYS[1:-1], wanted[1:-1], strict=True):
            what = f"{key} of the place {wanted[0]}"
            got = as_number(row[key], what)
            expect(abs(got - value) <= NEAR, where=what, expected=value, got=got)
        useful = row["useful"]
        expect(
            isinstance(useful, (bool, np.bool_)) and bool(useful) == wanted[-1],
            where=f"useful of {wanted[0]}: low {wanted[3]:.3f}, constant {wanted[5]:.3f}",
            expected=bool(wanted[-1]),
            got=useful,
        )


@check(
    exercise=4,
    points=5,
    title="shift_report counts two places, and puts the worse one first",
    hint=REREAD_REPORT,
)
def report_of_two_places(student):
    labels = np.array([0, 1] * 20 + [0, 1] * 10)
    predicted = np.array([0, 1] * 19 + [1, 1] * 11)
    places = ["north"] * 40 + ["south"] * 20
    # North: 39 of 40 are right. South: 10 of 20. Each place has as many 0 as 1.
    expect_rows(
        student, labels, predicted, places,
        [("south", 20, 0.5, *WILSON_10_OF_20, 0.5, False),
         ("north", 40, 0.975, *WILSON_39_OF_40, 0.5, True)],
    )  # fmt: skip
    expect_rows(
        student, [0, 1], [0, 0], ["north", "south"],
        [("south", 1, 0.0, *WILSON_0_OF_1, 1.0, False),
         ("north", 1, 1.0, *WILSON_1_OF_1, 1.0, False)],
    )  # fmt: skip


### BEGIN HIDDEN TESTS
def expected_report(labels, predicted, places):
    """What the report should be, by a plain loop."""
    rows = []
    for place in sorted(set(places)):
        here = [i for i, name in enumerate(places) if name == place]
        right = sum(int(labels[i] == predicted[i]) for i in here)
        counts = [sum(int(labels[i] == label) for i in here) for label in set(labels)]
        low, high = wilson_interval(right, len(here))
        constant = max(counts) / len(here)
        rows.append((place, len(here), right / len(here), low, high, constant, low > constant))
    return sorted(rows, key=lambda row: (row[2], row[0]))


def expect_report(student, labels, predicted, places):
    expected = expected_report(list(labels), list(predicted), list(places))
    expect_rows(student, labels, predicted, places, expected)


@check(
    exercise=4,
    points=4,
    title="shift_report counts each place by itself, whatever its size, order and labels",
    visible=False,
)
def report_counts_each_place_by_itself(student):
    rng = np.random.default_rng(4401)
    for names, kinds, n in ((["Bohicon", "Parakou", "Kandi"], 2, 150), (["a"], 3, 40),
                            (list("fedcb"), 4, 300)):  # fmt: skip
        places = rng.permutation(np.concatenate([names, rng.choice(names, n)]))
        labels = rng.integers(0, kinds, len(places))
        wrong = rng.random(len(places)) < np.array([names.index(p) for p in places]) * 0.15 + 0.05
        predicted = np.where(wrong, (labels + 1) % kinds, labels)
        expect_report(student, labels, predicted, places.tolist())


@check(
    exercise=4,
    points=4,
    title="a constant answer is never useful, and neither is what a constant answer might reach",
    visible=False,
)
def a_constant_answer_is_never_useful(student):
    for n, sick in ((100, 95), (60, 3), (40, 40)):
        labels = np.array([1] * sick + [0] * (n - sick))
        places = ["field"] * n
        expect_report(student, labels, np.full(n, int(sick > n / 2)), places)
        better = labels.copy()
        better[:2] = 1 - better[:2]
        expect_report(student, labels, better, places)
    labels = np.arange(30) % 2
    predicted = np.where(np.arange(30) < 19, labels, 1 - labels)  # 63 %, and low below 50 %
    expect_report(student, labels, predicted, ["x"] * 30)


@check(
    exercise=4,
    points=3,
    title="the worst place comes first, and of equally bad ones the first by its name",
    visible=False,
)
def the_worst_place_comes_first(student):
    places = ["b"] * 4 + ["a"] * 8 + ["d"] * 4 + ["c"] * 4
    labels = [0, 1] * 10
    predicted = [0, 1, 0, 0, 0, 1, 1, 1, 0, 1, 1, 1, 1, 0, 1, 1, 0, 1, 0, 1]
    expect_report(student, labels, predicted, places)
    expect_report(student, labels[::-1], predicted[::-1], places[::-1])


### END HIDDEN TESTS
