# %% [markdown] nbgrader={"grade": false, "grade_id": "card", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # A07 Pareto
#
# *Seven small networks, and one board: which of them would you put on it, and why?*
#
# | | |
# |---|---|
# | Lessons | 08 *Shrinking and the Pareto front* |
# | Points | 100: 90 by machine, 10 by a person |
# | Time | about 4 hours; the notebook runs in under a minute on 2 cores |
# | Needs | `tinymledu` without TensorFlow. No network, no board, no GPU |
# | Limits for grading | 10 s for one cell, 6 s for one call of a function |
# | Board | Nano 33 BLE Sense (virtual) |
#
# You write what finds the *Pareto front*, what removes channels from a network, and what chooses a
# network for a *budget*. Then the board runs what you chose, on drawings that nobody has seen.
#
# **What is collected:** the answer cells and your text in exercise 5. Nothing else in this
# notebook is taken, so put imports and helper functions into the same cell as the function.

# %% [markdown] nbgrader={"grade": false, "grade_id": "honour", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Honour and help
#
# Talk with others about ideas; write the code yourself. Say in exercise 5 who or what helped you,
# programs included. Your functions are called with tables, weights and budgets that are not in this
# notebook. Names of networks change, too. So an answer that is written down instead of computed earns
# nothing.
#
# While answers run, `tinymledu.pareto` and `tinymledu.compress` are closed to them.

# %% tiny={"budget_s": 5, "output": "text", "role": "setup"} nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
import json
from pathlib import Path

import numpy as np

import tinymledu as tml

table = json.loads(Path("candidates.json").read_text(encoding="utf-8"))
for row in table:
    print(row)

# %% tiny={"budget_s": 2, "output": "none", "role": "check"} nbgrader={"grade": false, "grade_id": "load_checks", "locked": true, "schema_version": 3, "solution": false, "task": false}
from tinymledu.course.home import load_checks

check = load_checks("checks.py", globals())

# %% [markdown] nbgrader={"grade": false, "grade_id": "about", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## The candidates
#
# Each row of `table` is one int8 network for easy drawings of cats and dogs:
#
# - `name`: its file is `NAME.tflite`;
# - `right` and `of`: how many of how many test drawings it named rightly, cats first. The street has
#   four dogs for each cat, and so have these drawings;
# - `flash_bytes` and `ram_bytes`: from the linked program, stack and arena included;
# - `macs`: multiply-accumulates of one inference, counted;
# - `zipped_bytes`: the file, compressed.
#
# A figure that nobody took is `None`. In other tables it may be NaN.

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_1", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 1: the Pareto front (25 points)
#
# One design *dominates* another if it is nowhere worse and somewhere better. The *front* is what no
# other design dominates. Write `pareto_front(costs)`: `costs` has a row for each design and a column
# for each cost; smaller is better. Return the row numbers of the front, ascending.
#
# - Of equal rows, none dominates the other: all of them are on the front, or none is.
# - A row with NaN is not on the front, and it dominates nothing: it cannot be compared.
#
# **Worked value:** `pareto_front([[3, 10], [2, 20], [3, 20]])` gives `[0, 1]`: row 2 is as bad as row
# 0 in the first cost and worse in the second.

# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "pareto_front", "locked": false, "schema_version": 3, "solution": true, "task": false}
import numpy as np


def pareto_front(costs):
    """Row numbers of the designs that no other design dominates, ascending.

    TODO: return a list of whole numbers.
    APPROACH: compare each row with each other one, column by column. np.isnan finds NaN.
    EXAMPLE: pareto_front([[1, 2], [2, 2]]) -> [0]
    """
    ### BEGIN SOLUTION
    costs = np.asarray(costs, float)
    known = [row for row in range(len(costs)) if not np.isnan(costs[row]).any()]
    front = []
    for row in known:
        better = [
            other
            for other in known
            if (costs[other] <= costs[row]).all() and (costs[other] < costs[row]).any()
        ]
        if not better:
            front.append(row)
    return front
    ### END SOLUTION


# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "pareto_front_of_two_costs", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
check("pareto_front_of_two_costs")

# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "pareto_front_with_ties_and_duplicates", "locked": true, "points": 7, "schema_version": 3, "solution": false, "task": false}
# Hidden check: ties and equal rows.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A07_pareto/checks.py", globals())
all_checks("pareto_front_with_ties_and_duplicates")
### END HIDDEN TESTS

# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "pareto_front_without_what_is_not_known", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
# Hidden check: NaN in some rows, or in all.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A07_pareto/checks.py", globals())
all_checks("pareto_front_without_what_is_not_known")
### END HIDDEN TESTS

# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "pareto_front_of_other_designs", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
# Hidden check: designs drawn at random, two to four costs.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A07_pareto/checks.py", globals())
all_checks("pareto_front_of_other_designs")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_2", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 2: prune channels (22 points)
#
# A convolution has a *kernel* of shape (height, width, inputs, filters). Write
# `channel_prune(kernel, vectors, following, n_keep)`. It keeps the `n_keep` strongest filters and
# returns the three smaller things `(kernel, vectors, following)`.
#
# - The strength of a filter is the sum of the absolute values of its weights. Of equally strong
#   filters, the one with the smaller number stays. Those that stay keep their order.
# - `vectors` is a list of arrays with one number for each filter, such as a bias.
# - `following` is the kernel of the next layer: (height, width, filters, outputs), or
#   (filters, outputs) of a dense layer. It must no longer read what is gone.
# - Your arguments stay as they are.
#
# **Worked value:** filters with the strengths 3, 1, 3 and 2 and `n_keep=2`: filters 0 and 2 stay.

# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "channel_prune", "locked": false, "schema_version": 3, "solution": true, "task": false}
import numpy as np


def channel_prune(kernel, vectors, following, n_keep):
    """Keep the strongest filters of one layer, and what the next layer reads of them.

    TODO: return (kernel, vectors, following), with n_keep filters each.
    APPROACH: np.abs and sum over three axes; np.argsort(..., kind="stable") of the negative
        strengths; np.sort of what stays; then index the right axis of each array.
    EXAMPLE: a kernel (3, 3, 2, 4), a bias (4,), a following (3, 3, 4, 5) and n_keep=3
        give shapes (3, 3, 2, 3), (3,) and (3, 3, 3, 5).
    """
    ### BEGIN SOLUTION
    strength = np.abs(kernel).sum(axis=(0, 1, 2))
    kept = np.sort(np.argsort(-strength, kind="stable")[:n_keep])
    return kernel[..., kept], [vector[kept] for vector in vectors], following[..., kept, :]
    ### END SOLUTION


# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "channel_prune_keeps_the_strongest", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
check("channel_prune_keeps_the_strongest")

# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "channel_prune_with_equal_filters", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
# Hidden check: equally strong filters, and their order.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A07_pareto/checks.py", globals())
all_checks("channel_prune_with_equal_filters")
### END HIDDEN TESTS

# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "channel_prune_does_not_change_a_network_of_dead_filters", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
# Hidden check: filters that are always 0 are removed: the answers of two layers stay.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A07_pareto/checks.py", globals())
all_checks("channel_prune_does_not_change_a_network_of_dead_filters")
### END HIDDEN TESTS

# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "channel_prune_before_a_dense_layer", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
# Hidden check: a dense layer follows; other vectors; arguments untouched.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A07_pareto/checks.py", globals())
all_checks("channel_prune_before_a_dense_layer")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_3", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 3: choose (13 points)
#
# Write `choose(table, budget)`: the name of the best row that meets the budget, or `None` where no
# row does. `budget` is a dictionary. Every entry in it must hold:
#
# - an entry that ends in `_bytes`, and `macs`: the row has at most so much; equal is enough.
#   What is not known (`None` or NaN) does not meet a limit;
# - `accuracy`: all that is right, by all that was shown, is at least so much;
# - `worst_class`: the same for the class with the smallest such part.
#
# Best is the row with the largest accuracy. Of equal ones it is the one with less flash, then with
# less RAM, then the first by name. What is not known counts as infinite here.
#
# **Worked value:** a network with `right` 90 and 60 `of` 100 and 100 has an accuracy of 0.75, and its
# worst class has 0.6.

# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "meets", "locked": false, "schema_version": 3, "solution": true, "task": false}
import math


def known(row, name):
    """Helper without points: a figure of a row; infinite where it is not known.

    TODO: return a number; or write choose without these two.
    """
    ### BEGIN SOLUTION
    value = row.get(name)
    return math.inf if value is None or math.isnan(value) else value
    ### END SOLUTION


def meets(row, budget):
    """Helper without points: True if every entry of the budget holds for the row."""
    ### BEGIN SOLUTION
    parts = [right / n for right, n in zip(row["right"], row["of"], strict=True)]
    bars = {"accuracy": sum(row["right"]) / sum(row["of"]), "worst_class": min(parts)}
    return all(
        bars[name] >= limit if name in bars else known(row, name) <= limit
        for name, limit in budget.items()
    )
    ### END SOLUTION


# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "choose", "locked": false, "schema_version": 3, "solution": true, "task": false}
def choose(table, budget):
    """The name of the best row that meets the budget; None if none does.

    TODO: return a name, or None.
    APPROACH: leave out what breaks a limit; then take the smallest of
        (-accuracy, flash, RAM, name) with min(..., key=...).
    EXAMPLE: choose(table, {"flash_bytes": 0}) -> None
    """

    ### BEGIN SOLUTION
    def order(row):
        accuracy = sum(row["right"]) / sum(row["of"])
        return -accuracy, known(row, "flash_bytes"), known(row, "ram_bytes"), row["name"]

    able = [row for row in table if meets(row, budget)]
    return min(able, key=order)["name"] if able else None
    ### END SOLUTION


# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "choose_meets_every_entry", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
check("choose_meets_every_entry")

# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "choose_refuses_what_is_not_known_and_breaks_ties", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
# Hidden check: figures that are not known, equal accuracies, limits that are met exactly.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A07_pareto/checks.py", globals())
all_checks("choose_refuses_what_is_not_known_and_breaks_ties")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_4", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 4: on the board (30 points)
#
# No new code. Your `choose` is asked with `table` and with budgets. What it names goes to the virtual
# board: flash and RAM are read from the linked program, and the network names **hidden drawings**. All
# entries of the budget must hold there, too. Accuracy is then counted on other drawings than those
# in `table`, so 5 points of 100 are allowed for chance.
#
# Two budgets are known. Others are not, and names and order of the rows change.

# %% tiny={"budget_s": 20, "output": "text", "role": "check"} nbgrader={"grade": false, "grade_id": "deploy", "locked": true, "schema_version": 3, "solution": false, "task": false}
# Your choices for two budgets, on the virtual board.
BUDGETS = [
    {"flash_bytes": 24_576, "ram_bytes": 12_288, "worst_class": 0.86},
    {"flash_bytes": 11_000, "accuracy": 0.8},
]
for budget in BUDGETS:
    name = choose(table, budget)
    if name is not None:
        model = tml.load_model(f"{name}.tflite", name=name)
        print(name, tml.deploy(model, tml.board("nano33ble")).memory)

# %% tiny={"budget_s": 20, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "board_holds_two_known_budgets", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check("board_holds_two_known_budgets")

# %% tiny={"budget_s": 20, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "board_holds_a_small_budget", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
# Hidden check: little flash, or little RAM, and other names.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A07_pareto/checks.py", globals())
all_checks("board_holds_a_small_budget")
### END HIDDEN TESTS

# %% tiny={"budget_s": 20, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "board_holds_a_budget_for_the_worst_class", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
# Hidden check: a bar for the worst class, and other names.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A07_pareto/checks.py", globals())
all_checks("board_holds_a_budget_for_the_worst_class")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_5", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 5: defend your choice (10 points, read by a person)
#
# In at most 150 words, for one of the two budgets and a use that you name:
#
# - Which network do you choose, and which costs decided? Name one that you gave up. (4)
# - Which of your figures are measured, counted or modelled, and how sure is the accuracy? (3)
# - What could be worse in the field than in this table? (2)
# - Say who or what helped you. (1)

# %% [markdown] nbgrader={"grade": true, "grade_id": "reflection", "locked": false, "points": 10, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# Counting cats and dogs at a gate in Pune: budget 1. Flash and RAM decided; I gave up the widest
# network. Bytes are counted in the linked program. Accuracy is measured on 500 drawings, so some
# points either way. Photographs, night and other breeds can be worse, and one class more than the
# other. Nobody helped.
# ### END SOLUTION
