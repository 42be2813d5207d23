# %% [markdown] nbgrader={"grade": false, "grade_id": "card", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # A04 Data at home
#
# *Can you find what is wrong with a collection before anybody trains on it?*
#
# | | |
# |---|---|
# | Lessons | 04 *Data at home* |
# | Points | 100: 65 by machine, 35 by a person |
# | Time | about 3 hours, and the thoughts for exercise 5; the notebook runs in a few seconds |
# | Needs | `tinymledu` and NumPy. No TensorFlow, no network, no board |
# | Limits for grading | 20 s for the whole notebook, 14 s for one cell |
#
# You write four tools for collections: for cards, for backgrounds, one that splits, and one that
# reports how a model does at each place. Then you plan a collection of your own.
#
# **What is collected:** the four answer cells and your text in exercise 5. Nothing else in this
# notebook is taken, so put imports and helper functions into the same cell as the function.

# %% [markdown] nbgrader={"grade": false, "grade_id": "honour", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Honour and help
#
# Talk with others about ideas; write code and text yourself. An answer that uses
# `tinymledu.datasets.audit` or `.datasets.own_card` stops with an error in grading. Say in exercise 5 who or what helped you, programs included. Your
# functions are called with pictures, groups and seeds that are not in this notebook. An answer that is
# written down and not computed earns nothing.

# %% tiny={"budget_s": 10, "output": "none", "role": "setup"} nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
import numpy as np

from tinymledu.datasets.drawings import Block, draw_block, drawing_groups, drawing_labels

# 160 drawings of southern leaves, 4 of each plant, to try things on.
pictures = draw_block(Block("leaves", "south", "train", 0, 160, 32, 7))
labels = drawing_labels("leaves", "train", 160, 7)
groups = drawing_groups("leaves", "train", 160)

# %% tiny={"budget_s": 2, "output": "none", "role": "check"} nbgrader={"grade": false, "grade_id": "load_checks", "locked": true, "schema_version": 3, "solution": false, "task": false}
from tinymledu.course.home import load_checks

check = load_checks("checks.py", globals())

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_1", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 1: fields that say nothing (15 points)
#
# Write `unanswered(card, fields)`. It returns the list of those `fields` that the card, a dictionary,
# does not answer, in the order of `fields`. A field is not answered if it is missing, or if its value
# says nothing:
#
# - `None`, an empty list, an empty dictionary, or text without a character other than spaces;
# - text that is only a *placeholder*: `todo`, `tbd`, `n/a`, `unknown`, `xxx`, `...` or `?`. Capital
#   letters, spaces around it, and dots or colons after it make no difference;
# - a list of which one entry says nothing, or a dictionary of which one value does.
#
# `0` and `False` are answers. So is a sentence in which a placeholder's letters occur.
#
# **Worked value:** `{"place": "TODO: ", "dates": "May 2026", "counts": [40, None]}` with the fields
# `["place", "dates", "counts", "licence"]` gives `["place", "counts", "licence"]`.


# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "unanswered", "locked": false, "schema_version": 3, "solution": true, "task": false}
def unanswered(card, fields):
    """The fields that the card does not answer.

    TODO: write it.
    APPROACH: a helper that says whether one value says nothing; for lists it calls itself.
    EXAMPLE: unanswered({"place": "tbd", "dates": "May"}, ["dates", "place"]) -> ["place"]
    """
    ### BEGIN SOLUTION
    words = {"", "todo", "tbd", "n/a", "unknown", "xxx", "?"}

    def says_nothing(value):
        if value is None:
            return True
        if isinstance(value, str):
            return value.strip().lower().rstrip(".: ") in words
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, (list, tuple)):
            return not value or any(says_nothing(entry) for entry in value)
        return False

    return [field for field in fields if says_nothing(card.get(field))]
    ### END SOLUTION


# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "unanswered_finds_what_is_missing", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
check("unanswered_finds_what_is_missing")

# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "a_placeholder_in_any_clothes_is_found", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Hidden check: capitals, spaces, dots, in lists and dictionaries.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A04_data_at_home/checks.py", globals())
all_checks("a_placeholder_in_any_clothes_is_found")
### END HIDDEN TESTS

# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "answers_are_left_alone", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# Hidden check: 0, False, and sentences that contain the letters of a placeholder.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A04_data_at_home/checks.py", globals())
all_checks("answers_are_left_alone")
### END HIDDEN TESTS

# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "fields_come_in_the_order_asked", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# Hidden check: other fields, other orders, fields that are not in the card.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A04_data_at_home/checks.py", globals())
all_checks("fields_come_in_the_order_asked")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_2", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 2: eight pixels of background (17 points)
#
# Write `probe(train, labels, test)`. `train` and `test` are pictures, (n, height, width, 3) `uint8`.
# `labels` are those of `train`, numbered from 0; there may be more than two. It returns a label for each
# picture of `test`.
#
# - It sees eight pixels: rows 0, `height // 2` and `height - 1` with columns 0, `width // 2` and
#   `width - 1`, without the pixel in the middle. That makes 24 numbers.
# - It averages them over the training pictures of each label.
# - A test picture gets the label whose average is the nearest: the smallest sum of squared
#   differences. Of equal ones, the smallest label.
#
# **Worked value:** training pictures of one grey each, 0, 20, 200, 220, with the labels 0, 0, 1, 1: the
# averages are 10 and 210. A test picture of grey 100 gets 0, one of grey 120 gets 1.


# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "probe", "locked": false, "schema_version": 3, "solution": true, "task": false}
def probe(train, labels, test):
    """Labels of test pictures, from their background only.

    TODO: write it.
    APPROACH: lesson 04, section 3. Turn uint8 into float before you subtract.
    EXAMPLE: a white border in training means 1, a black one 0: then a white one in test gets 1.
    """

    ### BEGIN SOLUTION
    def border(pictures):
        height, width = pictures.shape[1:3]
        rows = [row for row in (0, height // 2, height - 1) for _ in range(3)]
        columns = [0, width // 2, width - 1] * 3
        eight = [i for i in range(9) if i != 4]
        pixels = pictures[:, np.array(rows)[eight], np.array(columns)[eight]]
        return pixels.reshape(len(pictures), 24).astype(float)

    known, labels = border(train), np.asarray(labels)
    means = np.stack([known[labels == label].mean(axis=0) for label in range(labels.max() + 1)])
    distances = ((border(test)[:, None] - means[None]) ** 2).sum(axis=2)
    return np.argmin(distances, axis=1)
    ### END SOLUTION


# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "probe_sees_the_border", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
check("probe_sees_the_border")

# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "probe_finds_a_shortcut_and_no_more", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Hidden check: a background that tells the label, and one that does not.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A04_data_at_home/checks.py", globals())
all_checks("probe_finds_a_shortcut_and_no_more")
### END HIDDEN TESTS

# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "probe_never_sees_the_leaf", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Hidden check: all pixels but eight are changed.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A04_data_at_home/checks.py", globals())
all_checks("probe_never_sees_the_leaf")
### END HIDDEN TESTS

# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "probe_knows_any_size_and_any_number_of_labels", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Hidden check: other sizes, not square, more labels.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A04_data_at_home/checks.py", globals())
all_checks("probe_knows_any_size_and_any_number_of_labels")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_3", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 3: a split that does not leak (17 points)
#
# Write `split(pictures, groups, seed)`. It returns two arrays of positions, `train` and `test`, so that
#
# - every picture is in exactly one of them, and none is empty;
# - no group, such as a plant, is in both;
# - no picture is in both under two names: pictures with equal pixels stay on one side, **with all
#   pictures of their groups**, and so on;
# - about a quarter of the pictures is for testing: 10 to 40 %, where groups are small and many;
# - the seed decides: the same seed gives the same split, another one mostly another.
#
# You may expect at least 20 groups that are not tied together by copies.
#
# **Worked value:** groups 1, 1, 2, 2, 3 and 3, and the picture at position 1 equals that at position 2.
# Then 1 and 2 cannot be parted, and either they or group 3 are for testing.


# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "split", "locked": false, "schema_version": 3, "solution": true, "task": false}
def split(pictures, groups, seed):
    """Positions to learn from, and positions to test with.

    TODO: write it.
    APPROACH: give the groups that share a picture one name, again and again until nothing changes.
        Then shuffle the names with np.random.default_rng(seed).permutation, and take a quarter.
        picture.tobytes() can be the key of a dictionary.
    EXAMPLE: train, test = split(pictures, groups, 7); then np.isin(test, train) has no True.
    """
    ### BEGIN SOLUTION
    names = np.array(groups).copy()
    first = {}
    for i, picture in enumerate(pictures):
        j = first.setdefault(picture.tobytes(), i)
        names[names == names[i]] = names[j]
    every = np.random.default_rng(seed).permutation(np.unique(names))
    test = np.isin(names, every[: max(1, len(every) // 4)])
    return np.flatnonzero(~test), np.flatnonzero(test)
    ### END SOLUTION


# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "split_keeps_groups_together", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
check("split_keeps_groups_together")

# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "no_subject_stands_in_both_parts", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Hidden check: planted subjects, other seeds, groups with any numbers.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A04_data_at_home/checks.py", globals())
all_checks("no_subject_stands_in_both_parts")
### END HIDDEN TESTS

# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "no_copy_stands_in_both_parts", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Hidden check: planted copies under other names, also in chains.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A04_data_at_home/checks.py", globals())
all_checks("no_copy_stands_in_both_parts")
### END HIDDEN TESTS

# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "the_seed_decides_and_a_quarter_is_tested", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Hidden check: many seeds: shares, and which groups are tested.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A04_data_at_home/checks.py", globals())
all_checks("the_seed_decides_and_a_quarter_is_tested")
### END HIDDEN TESTS

# %% tiny={"budget_s": 1, "output": "text", "role": "run"} nbgrader={"grade": false, "grade_id": "try_it", "locked": true, "schema_version": 3, "solution": false, "task": false}
# Your split and your probe on the southern drawings: memory of backgrounds should not help.
answer = split(pictures, groups, 7)
if answer is not None:
    learn, held = answer
    said = probe(pictures[learn], labels[learn], pictures[held])
    print(f"{len(learn)} to learn from, {len(held)} held out")
    if said is not None:
        print("eight pixels are right on", int(np.sum(said == labels[held])))

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_4", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 4: the report of a shift (16 points)
#
# Write `shift_report(labels, predicted, places)`: three lists or arrays of equal length, one entry for
# each test picture. It returns a list of dictionaries, one for each place, with
#
# | key | value |
# |---|---|
# | `"place"` | its name |
# | `"n"` | its number of pictures |
# | `"accuracy"` | the share that is right, 0 to 1 |
# | `"low"`, `"high"` | the 95 % Wilson interval, as `tml.statistics.wilson_interval(right, n)` gives |
# | `"constant"` | the accuracy of a constant answer: the share of the most frequent label there |
# | `"useful"` | `True` if `"low"` is above `"constant"`, else `False` |
#
# The place with the lowest accuracy comes first; of equal ones, the first in alphabetical order.
#
# **Worked value:** 100 pictures of a place, 95 of them sick, and a model that says "sick" to all. Accuracy
# 0.95, `"constant"` 0.95, so not useful.

# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "shift_report", "locked": false, "schema_version": 3, "solution": true, "task": false}
from tinymledu.statistics import wilson_interval


def shift_report(labels, predicted, places):
    """What the model is worth at each place, the worst first.

    TODO: write it. wilson_interval(n_right, n) returns (low, high).
    EXAMPLE: shift_report([0, 1], [0, 0], ["north", "south"])[0]["place"] -> "south"
    """
    ### BEGIN SOLUTION
    labels, predicted, places = np.asarray(labels), np.asarray(predicted), np.asarray(places)
    report = []
    for place in np.unique(places):
        here = places == place
        n, right = int(here.sum()), int((labels == predicted)[here].sum())
        low, high = wilson_interval(right, n)
        constant = float(np.unique(labels[here], return_counts=True)[1].max() / n)
        values = place.item(), n, right / n, low, high, constant, bool(low > constant)
        names = "place", "n", "accuracy", "low", "high", "constant", "useful"
        report.append(dict(zip(names, values, strict=True)))
    return sorted(report, key=lambda row: (row["accuracy"], row["place"]))
    ### END SOLUTION


# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "report_of_two_places", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
check("report_of_two_places")

# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "report_counts_each_place_by_itself", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Hidden check: other places, other labels, places of unequal size.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A04_data_at_home/checks.py", globals())
all_checks("report_counts_each_place_by_itself")
### END HIDDEN TESTS

# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "a_constant_answer_is_never_useful", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Hidden check: places where nearly all is sick, or healthy.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A04_data_at_home/checks.py", globals())
all_checks("a_constant_answer_is_never_useful")
### END HIDDEN TESTS

# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "the_worst_place_comes_first", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# Hidden check: orders, also where places are equally bad.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A04_data_at_home/checks.py", globals())
all_checks("the_worst_place_comes_first")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_5", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 5: your own collection (35 points, read by a person)
#
# Choose a question of your region that a picture, a sound or a sensor could answer.
#
# - **Card.** Answer the eleven fields of lesson 04 for a collection that you could make within a month.
#   Say what is not known, and why. (10)
# - **Plan.** Where, when, by whom, with what, how many groups, how many records of each. Name one
#   shortcut that your plan makes impossible, and one that it does not. (10)
# - **Consent and rights.** Who is asked, what is said, how they withdraw. One open collection that you
#   would add: what does its owner allow, and what does it lack for your place? (10)
# - **Price.** Which number `k` of local records can you afford, and what would you measure to know
#   whether it is enough? Say who or what helped you. (5)
#
# At most 400 words and a table.

# %% [markdown] nbgrader={"grade": true, "grade_id": "own_collection", "locked": false, "points": 35, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# Card, plan, consent and price for a named place. Full marks only where numbers are given: groups, days,
# devices, minutes for each record; where at least one shortcut is named that the plan leaves open; and
# where the open collection is named with its licence and the place it was made at.
# ### END SOLUTION
