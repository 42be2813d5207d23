# %% [markdown] nbgrader={"grade": false, "grade_id": "card", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # A08 Fit it
#
# *How few bytes of RAM does a network need, and how do you know that nothing is overwritten?*
#
# | | |
# |---|---|
# | Lessons | 09 *Memory planning: life inside 64 KB* |
# | Points | 100: 95 by machine, 5 by a person |
# | Time | about 4 hours; the notebook runs in under a minute on 2 cores |
# | Needs | `tinymledu` without TensorFlow. No network, no board, no GPU |
# | Limits for grading | 10 s for one cell, 6 s for one call of a function |
# | Board | Nano 33 BLE Sense (virtual), plain kernels: `optimise="size"` |
#
# You write a planner for the *arena*, the block of RAM for all tensors of a network. First you say
# when each tensor is needed, then which pairs may share bytes, then where each one lies. The board
# executes your plan. Points depend on the bytes it takes.
#
# **What is collected:** the answer cells and your text in exercise 5. Nothing else in this
# notebook is taken, so put imports and helper functions into the same cell as the function.
#
# **Data of all exercises:** tensors have numbers. `steps` is a list of operators
# `(kind, reads, writes)`; `reads` and `writes` are tuples of tensor numbers. `sizes` gives bytes by
# tensor number, `lives` gives `(first, last)`, and `offsets` gives the first byte.

# %% [markdown] nbgrader={"grade": false, "grade_id": "honour", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Honour and help
#
# Talk with others about ideas; write the code yourself. Say in exercise 5 who or what helped you,
# programs included. Your functions are called with graphs and networks that are not in this
# notebook. So an answer that is written down instead of computed earns nothing. An answer that
# imports `tinymledu.graph`, `.exploration` or `.codegen` stops with an error in grading: the library
# holds a planner of its own.
#
# The networks have random weights. They know nothing; only their memory matters here.

# %% tiny={"budget_s": 5, "output": "text", "role": "setup"} nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
import tinymledu as tml
from tinymledu.graph.memory_steps import memory_steps

model = tml.load_model("given.tflite")
memory = memory_steps(model.graph)
for number, step in enumerate(memory.steps):
    print(number, *step)
print("sizes", dict(memory.sizes), "inputs", memory.inputs, "outputs", memory.outputs)

# %% tiny={"budget_s": 2, "output": "none", "role": "check"} nbgrader={"grade": false, "grade_id": "load_checks", "locked": true, "schema_version": 3, "solution": false, "task": false}
from tinymledu.course.home import load_checks

check = load_checks("checks.py", globals())

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_1", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 1: lifetimes (12 points)
#
# Write `lifetimes(steps, inputs, outputs)`: for each tensor the first and the last step during which
# its bytes must not be touched, as `(first, last)`. It begins with the step that writes it and ends
# with the last step that reads it. What nobody reads ends where it begins. Inputs of the model are
# there from step 0. Outputs of the model last to the last step, whenever they were written.
#
# **Worked value:** with the steps `("CONV_2D", (0,), (1,))` and `("ADD", (0, 1), (2,))`, input 0 and
# output 2, the lifetimes are `{0: (0, 1), 1: (0, 1), 2: (1, 1)}`.


# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "lifetimes", "locked": false, "schema_version": 3, "solution": true, "task": false}
def lifetimes(steps, inputs, outputs):
    """First and last step of each tensor.

    TODO: return a dictionary from tensor number to (first, last).
    APPROACH: one walk through the steps, then the outputs. A step may read several tensors, and
        write several, or none.
    EXAMPLE: lifetimes([("RELU", (0,), (1,))], (0,), (1,)) -> {0: (0, 0), 1: (0, 0)}
    """
    ### BEGIN SOLUTION
    first = dict.fromkeys(inputs, 0)
    last = dict(first)
    for number, (_, reads, writes) in enumerate(steps):
        for k in writes:
            first[k] = last[k] = number
        for k in reads:
            last[k] = number
    last.update(dict.fromkeys(outputs, len(steps) - 1))
    return {k: (first[k], last[k]) for k in first}
    ### END SOLUTION


# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "lifetimes_with_a_shortcut", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
check("lifetimes_with_a_shortcut")

# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "lifetimes_of_inputs_and_outputs", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Hidden check: several inputs and outputs, late and early ones.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A08_fit_it/checks.py", globals())
all_checks("lifetimes_of_inputs_and_outputs")
### END HIDDEN TESTS

# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "lifetimes_of_other_graphs", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Hidden check: graphs drawn at random.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A08_fit_it/checks.py", globals())
all_checks("lifetimes_of_other_graphs")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_2", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 2: in place, and the bound (14 points)
#
# An *element-wise* operator computes each number of its result from the numbers at the same place
# of its inputs. So it may write its result over an input: *in place*. Write
# `in_place(steps, sizes, lives)`, the sorted list of all pairs `(written, read)` for which
#
# - the kind of the step is one of `ELEMENTWISE`,
# - nobody needs the input later: the step is the last one of its lifetime,
# - both have the same number of bytes.
#
# Then write `lower_bound(sizes, lives, pairs)`: the most bytes that are alive during one step. Where
# a pair allows it, count the bytes of the written tensor as shared in the step that writes it. They
# can be shared with one input only, also where two pairs offer it.
#
# **Worked value:** sizes 8, 8 and 8 and the steps of exercise 1: `ADD` is the last step to need 0
# and 1, so `in_place` gives `[(2, 0), (2, 1)]`. The bound is 24 with `pairs=[]`, and 16 with both.


# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "in_place", "locked": false, "schema_version": 3, "solution": true, "task": false}
ELEMENTWISE = ("ADD", "SUB", "MUL", "RELU", "RELU6", "LOGISTIC", "TANH")


def in_place(steps, sizes, lives):
    """All pairs (written, read) of which the first may lie exactly over the second, sorted.

    TODO: return a list of pairs of tensor numbers.
    APPROACH: for each step, each tensor it writes and each it reads: are the conditions true?
    EXAMPLE: in_place([("RELU", (0,), (1,))], {0: 8, 1: 8}, {0: (0, 0), 1: (0, 0)}) -> [(1, 0)]
    """
    ### BEGIN SOLUTION
    pairs = []
    for number, (kind, reads, writes) in enumerate(steps):
        for written in writes:
            for read in reads:
                ends_here = lives[read][1] == number
                if kind in ELEMENTWISE and ends_here and sizes[read] == sizes[written]:
                    pairs.append((written, read))
    return sorted(pairs)
    ### END SOLUTION


# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "lower_bound", "locked": false, "schema_version": 3, "solution": true, "task": false}
def lower_bound(sizes, lives, pairs):
    """The most bytes that are alive during one step.

    TODO: return a whole number of bytes.
    APPROACH: add up what is alive in each step; take away what a pair shares in that step.
    EXAMPLE: lower_bound({0: 8, 1: 8}, {0: (0, 0), 1: (0, 0)}, [(1, 0)]) -> 8
    """
    ### BEGIN SOLUTION
    n_steps = 1 + max(last for _, last in lives.values())
    shared = {lives[written][0]: sizes[written] for written, _ in pairs}
    return max(
        sum(sizes[k] for k, (first, last) in lives.items() if first <= number <= last)
        - shared.get(number, 0)
        for number in range(n_steps)
    )
    ### END SOLUTION


# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "in_place_lowers_the_bound", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
check("in_place_lowers_the_bound")

# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "in_place_has_three_conditions", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
# Hidden check: what is still needed, what is larger, other operators.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A08_fit_it/checks.py", globals())
all_checks("in_place_has_three_conditions")
### END HIDDEN TESTS

# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "lower_bound_of_other_graphs", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
# Hidden check: graphs drawn at random, with pairs and without.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A08_fit_it/checks.py", globals())
all_checks("lower_bound_of_other_graphs")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_3", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 3: conflicts (11 points)
#
# Write `conflicts(sizes, lives, offsets, pairs)`: the sorted list of all pairs `(a, b)`, with
# `a < b`, that are alive at the same time and share at least one byte. An in-place pair (in either
# order) at exactly the same offset is no conflict. At different offsets it is one.
#
# An empty list is a proof: no input can make this plan overwrite what is needed.
#
# **Worked value:** sizes 8, 8 and 8, all alive in step 1, offsets 0, 8 and 8 give `[(1, 2)]` with
# `pairs=[]`, and `[]` with `pairs=[(2, 1)]`.


# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "conflicts", "locked": false, "schema_version": 3, "solution": true, "task": false}
def conflicts(sizes, lives, offsets, pairs):
    """Pairs of tensors that disturb each other in this plan.

    TODO: return a sorted list of pairs (a, b) with a < b.
    APPROACH: for each pair, ask about time, bytes and the in-place rule.
    EXAMPLE: conflicts({0: 8, 1: 8}, {0: (0, 1), 1: (1, 2)}, {0: 0, 1: 4}, []) -> [(0, 1)]
    """
    ### BEGIN SOLUTION
    found = []
    for a in sorted(offsets):
        for b in sorted(offsets):
            together = lives[a][0] <= lives[b][1] and lives[b][0] <= lives[a][1]
            below = offsets[a] + sizes[a] <= offsets[b] or offsets[b] + sizes[b] <= offsets[a]
            pair = (a, b) in pairs or (b, a) in pairs
            if a < b and together and not below and not (pair and offsets[a] == offsets[b]):
                found.append((a, b))
    return found
    ### END SOLUTION


# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "conflicts_in_time_and_bytes", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check("conflicts_in_time_and_bytes")

# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "conflicts_in_place", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Hidden check: in-place pairs at one offset and at others.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A08_fit_it/checks.py", globals())
all_checks("conflicts_in_place")
### END HIDDEN TESTS

# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "conflicts_of_other_plans", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Hidden check: plans drawn at random.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A08_fit_it/checks.py", globals())
all_checks("conflicts_of_other_plans")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_4", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 4: plan (58 points)
#
# Write `plan(sizes, lives, pairs)`: an offset for each tensor, with as small an arena as you can.
# Offsets are multiples of 4, not negative; all sizes are multiples of 4. Your `conflicts` must find
# nothing. Only the answer cells are collected; one answer may call the functions of another.
#
# The board runs your plans for `given.tflite` and for two networks that you do not see. Points for
# bytes come in three steps:
#
# - at most 80 % of all tensors;
# - at most what TFLM's planner takes (the largest tensor first, nothing in place);
# - at most 1.05 times the bound of exercise 2, with in-place pairs.
#
# **Worked value:** sizes 8, 4 and 8, lifetimes `(0, 0)`, `(0, 1)` and `(1, 1)`, no pairs: one good
# plan is `{0: 4, 1: 0, 2: 4}`, with an arena of 12 B.


# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "first_fit", "locked": false, "schema_version": 3, "solution": true, "task": false}
import random


def first_fit(order, sizes, lives, pairs):
    """Helper without points: each tensor, in this order, at the lowest place it may have.

    TODO: return a dictionary from tensor number to offset; or write plan without it.
    """
    ### BEGIN SOLUTION
    partners = {*pairs, *((read, written) for written, read in pairs)}
    places = {}
    for k in order:
        met = [o for o in places if lives[o][0] <= lives[k][1] and lives[k][0] <= lives[o][1]]
        over = {places[o] for o in met if (k, o) in partners}
        for start in sorted({0, *over, *(places[o] + sizes[o] for o in met)}):
            hurt = [o for o in met if start + sizes[k] > places[o] and places[o] + sizes[o] > start]
            if all(start == places[o] and (k, o) in partners for o in hurt):
                places[k] = start
                break
    return places
    ### END SOLUTION


# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "plan", "locked": false, "schema_version": 3, "solution": true, "task": false}
def plan(sizes, lives, pairs):
    """Where each tensor lies: its first byte, by tensor number.

    TODO: return a dictionary from tensor number to offset.
    APPROACH: place one tensor after the other at the lowest offset that is free while it lives, or
        at the offset of a tensor that it may lie over. Try several orders; keep the best.
    EXAMPLE: plan({0: 8, 1: 8}, {0: (0, 0), 1: (0, 0)}, [(1, 0)]) -> {0: 0, 1: 0}
    """

    ### BEGIN SOLUTION
    def end(places):
        return max(places[k] + sizes[k] for k in sizes)

    order = sorted(sizes, key=lambda k: -sizes[k])
    best = first_fit(sorted(sizes, key=lives.get), sizes, lives, pairs)
    rng = random.Random(1)
    for _ in range(80):
        moved = list(order)
        moved.insert(rng.randrange(len(moved)), moved.pop(rng.randrange(len(moved))))
        tried = first_fit(moved, sizes, lives, pairs)
        if end(tried) <= end(best):
            best, order = tried, moved
    return best
    ### END SOLUTION


# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "plan_is_sound_for_the_given_network", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
check("plan_is_sound_for_the_given_network")

# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "plan_is_sound_for_other_graphs", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Hidden check: other graphs, nothing in place.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A08_fit_it/checks.py", globals())
all_checks("plan_is_sound_for_other_graphs")
### END HIDDEN TESTS

# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "plan_is_sound_with_pairs", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
# Hidden check: other graphs, with in-place pairs.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A08_fit_it/checks.py", globals())
all_checks("plan_is_sound_with_pairs")
### END HIDDEN TESTS

# %% tiny={"budget_s": 15, "output": "text", "role": "check"} nbgrader={"grade": false, "grade_id": "deploy", "locked": true, "schema_version": 3, "solution": false, "task": false}
# Your plan on the virtual board, if there is one, and its map in words.
from tinymledu.exploration.arena_map import arena_map_figure

lives = lifetimes(memory.steps, memory.inputs, memory.outputs)
if lives is not None and (pairs := in_place(memory.steps, memory.sizes, lives)) is not None:
    offsets = plan(memory.sizes, lives, pairs)
    if offsets is not None:
        firmware = tml.deploy(model, tml.board("nano33ble"), plan=offsets, optimise="size")
        print(firmware.memory, "of", sum(memory.sizes.values()), "B of tensors")
        print(arena_map_figure(memory.sizes, lives, offsets, title="My plan").alt)

# %% tiny={"budget_s": 15, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "board_needs_less_than_all_tensors", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check("board_needs_less_than_all_tensors")

# %% tiny={"budget_s": 20, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "board_needs_less_than_all_tensors_of_other_networks", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
# Hidden check: two other networks, 80 % of all tensors.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A08_fit_it/checks.py", globals())
all_checks("board_needs_less_than_all_tensors_of_other_networks")
### END HIDDEN TESTS

# %% tiny={"budget_s": 20, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "board_needs_at_most_what_greedy_does", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
# Hidden check: two other networks, no more than TFLM's planner.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A08_fit_it/checks.py", globals())
all_checks("board_needs_at_most_what_greedy_does")
### END HIDDEN TESTS

# %% tiny={"budget_s": 20, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "board_comes_near_the_bound", "locked": true, "points": 15, "schema_version": 3, "solution": false, "task": false}
# Hidden check: three networks, 1.05 times the bound with in-place pairs.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A08_fit_it/checks.py", globals())
all_checks("board_comes_near_the_bound")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_5", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 5: reflect (5 points, read by a person)
#
# In at most 100 words:
#
# - Which of your results are proved, which are measured, and which are only likely? (2)
# - Your plan is at the bound. The next network still does not fit. Name two things that help. (2)
# - Say who or what helped you. (1)

# %% [markdown] nbgrader={"grade": true, "grade_id": "reflection", "locked": false, "points": 5, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# Proved: no conflict, for all pairs, and that no plan with whole tensors goes below the bound.
# Measured: bytes of RAM, equal answers. Only likely: that the planner is good on other networks.
# Helps: a smaller input or fewer filters where memory is fullest, another order of operators.
# ### END SOLUTION
