# %% [markdown] nbgrader={"grade": false, "grade_id": "card", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # A02 Learn from scratch
#
# *Training without a library: a loss, its gradient, a step, and a split that does not leak.*
#
# | | |
# |---|---|
# | Lessons | 02 *Inside phase 1* |
# | Points | 100: 85 by machine, 15 by a person |
# | Time | about 2 hours; the notebook runs in seconds |
# | Needs | `tinymledu` and NumPy. No TensorFlow, no network, no board |
# | Limits for grading | 20 s for the whole notebook, 4 s for one call of a function |
#
# In lesson 02 one neuron told two classes apart. Here there are *K* classes, each with its own
# weights, and **softmax** turns *K* numbers into chances. The derivation is that of the lesson.
#
# **What is collected:** the four function cells and your text in exercise 5. Nothing else in this
# notebook is taken, so put helper functions into the same cell as the function.

# %% [markdown] nbgrader={"grade": false, "grade_id": "honour", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Honour and help
#
# Talk with others about ideas; write the code yourself. Say in exercise 5 who or what helped you,
# programs included. Your functions are called with numbers that are not in this notebook, of other
# sizes. So an answer that is written down instead of computed earns nothing. An answer that uses
# `tinymledu.training`, `.calibration` or `.baselines` stops with an error in grading.

# %% tiny={"budget_s": 5, "output": "none", "role": "setup"} nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
import numpy as np

from tinymledu.datasets.points import sensor_points

N_STEPS = 100  # of the loop after exercise 3

# %% tiny={"budget_s": 2, "output": "none", "role": "check"} nbgrader={"grade": false, "grade_id": "load_checks", "locked": true, "schema_version": 3, "solution": false, "task": false}
from tinymledu.course.home import load_checks

check = load_checks("checks.py", globals())

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_1", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 1: loss (18 points)
#
# Write `loss(weights, x, labels)`. `x` is (n, d): a row for each point. `weights` is (d, K): a column
# for each class. Point *i* has $z = x_i \cdot W$, *K* numbers, and the chances
#
# $$ p_k = \frac{e^{z_k}}{\sum_j e^{z_j}} $$
#
# `labels` is (n,): the right class of each point, 0 to K − 1. Return the mean of
# $-\ln p_\text{right}$, one number, in nat.
#
# *z* may be 10,000 or −10,000, and $e^{10000}$ is too large for a computer. Subtracting the largest
# *z* of a point from all of them changes no chance. Even then a chance can become 0, and ln 0 is
# infinite: take the logarithm of the formula first, on paper.
#
# **Worked value:** one point `x = [[1]]`, `weights = [[0, ln 3]]`. The chances are 1/4 and 3/4. With
# label 1 the loss is $\ln 4 - \ln 3 = 0.288$.


# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "loss", "locked": false, "schema_version": 3, "solution": true, "task": false}
def loss(weights, x, labels):
    """Mean of -ln(chance of the right class), in nat.

    TODO: weights (d, K), x (n, d), labels (n,); return one number.
    APPROACH: z, then the largest z of each row, then the logarithm of the sum of powers.
    EXAMPLE: loss(np.zeros((3, 5)), np.ones((2, 3)), np.array([0, 4])) is ln 5.
    """
    ### BEGIN SOLUTION
    z = x @ weights
    top = z.max(axis=1)
    log_sum = top + np.log(np.exp(z - top[:, None]).sum(axis=1))
    return float(np.mean(log_sum - z[np.arange(len(z)), labels]))
    ### END SOLUTION


# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "loss_is_minus_the_log_of_the_right_chance", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
check("loss_is_minus_the_log_of_the_right_chance")

# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "loss_is_finite_for_large_numbers", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
# Hidden check: very large and very small z give a finite, right loss.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A02_learn_from_scratch/checks.py", globals())
all_checks("loss_is_finite_for_large_numbers")
### END HIDDEN TESTS

# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "loss_does_not_depend_on_names_and_order", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
# Hidden check: renamed classes and reordered points, other sizes.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A02_learn_from_scratch/checks.py", globals())
all_checks("loss_does_not_depend_on_names_and_order")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_2", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 2: grad (28 points)
#
# Write `grad(weights, x, labels)`: how the mean loss changes with each weight. The result has the
# shape of `weights`, (d, K). For one point the derivation gives
#
# $$ \frac{dL}{dw_{jk}} = (p_k - y_k)\, x_j $$
#
# with $y_k = 1$ for the right class and 0 for the others. Take the mean over the points.
#
# Test yours as in lesson 02: finite differences of your `loss` do not share your mistakes.
#
# **Worked value:** the point and weights of exercise 1, label 1: $p - y = (1/4, -1/4)$, and
# `x = [[1]]`, so the gradient is `[[0.25, -0.25]]`.


# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "grad", "locked": false, "schema_version": 3, "solution": true, "task": false}
def grad(weights, x, labels):
    """How the mean loss changes with each weight, (d, K).

    TODO: chances, minus 1 at the right class, times the readings, mean over the points.
    APPROACH: chances (n, K) as in exercise 1; x.T @ (n, K) adds up over the points.
    EXAMPLE: grad(np.zeros((1, 2)), np.array([[2.0]]), np.array([0])) is [[-1, 1]].
    """
    ### BEGIN SOLUTION
    z = x @ weights
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    error = powers / powers.sum(axis=1, keepdims=True)
    error[np.arange(len(z)), labels] -= 1
    return x.T @ error / len(z)
    ### END SOLUTION


# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "grad_is_chance_minus_truth_times_reading", "locked": true, "points": 7, "schema_version": 3, "solution": false, "task": false}
check("grad_is_chance_minus_truth_times_reading")

# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "grad_is_the_slope_of_the_loss", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
# Hidden check: the gradient equals finite differences, for other sizes and classes.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A02_learn_from_scratch/checks.py", globals())
all_checks("grad_is_the_slope_of_the_loss")
### END HIDDEN TESTS

# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "grad_is_right_when_all_points_are_of_one_class", "locked": true, "points": 7, "schema_version": 3, "solution": false, "task": false}
# Hidden check: batches of one class, of one point, and large z.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A02_learn_from_scratch/checks.py", globals())
all_checks("grad_is_right_when_all_points_are_of_one_class")
### END HIDDEN TESTS

# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "grad_follows_the_classes_when_they_are_renamed", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
# Hidden check: renaming the classes swaps the columns and nothing else.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A02_learn_from_scratch/checks.py", globals())
all_checks("grad_follows_the_classes_when_they_are_renamed")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_3", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 3: step (15 points)
#
# Write `step(weights, x, labels, rate)`. It returns new weights, one step downhill: the weights minus
# `rate` times the gradient, (d, K). The weights that it was given must stay as they are; they may also
# be integers, such as `np.zeros((d, K), int)`.
#
# **Worked value:** weights `[[0, 0]]`, `x = [[2]]`, label 0 and rate 0.1: the gradient is
# `[[-1, 1]]`, the new weights are `[[0.1, -0.1]]`.


# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def step(weights, x, labels, rate):
    """New weights, one step downhill, (d, K).

    TODO: use your grad; return new weights, leave the old ones alone.
    APPROACH: think about what -= does to the array that was handed in.
    EXAMPLE: a rate of 0 gives back equal weights.
    """
    ### BEGIN SOLUTION
    return weights - rate * grad(weights, x, labels)
    ### END SOLUTION


# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "step_goes_downhill_by_the_rate", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
check("step_goes_downhill_by_the_rate")

# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "step_works_from_integer_weights", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
# Hidden check: whole numbers as weights, and other rates.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A02_learn_from_scratch/checks.py", globals())
all_checks("step_works_from_integer_weights")
### END HIDDEN TESTS

# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "many_steps_learn", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
# Hidden check: forty steps in a row end where they should.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A02_learn_from_scratch/checks.py", globals())
all_checks("many_steps_learn")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "run_intro", "locked": true, "schema_version": 3, "solution": false, "task": false}
# Nothing to write here: your loop at work on synthetic points of two classes. It is not graded.

# %% tiny={"budget_s": 2, "output": "text", "role": "run"} nbgrader={"grade": false, "grade_id": "run_loop", "locked": true, "schema_version": 3, "solution": false, "task": false}
points = sensor_points(200, seed=2, n_columns=2)
x = np.hstack([points.readings, np.ones((200, 1))])
weights = np.zeros((3, 2))
for _ in range(N_STEPS):
    new = step(weights, x, points.labels, 0.5)
    if np.shape(new) != weights.shape:  # step is not done yet
        break
    weights = np.asarray(new)
if weights.any():
    right = np.argmax(x @ weights, axis=1) == points.labels
    print(f"after {N_STEPS} steps {right.mean():.0%} of the points are on their side")

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_4", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 4: split_by_group (24 points)
#
# Write `split_by_group(groups, shares, seed)`. `groups` is (n,): the animal, patient or farm of each
# picture, as integers in any order, such as `[7, 7, -2, 40, 7]`. `shares` says which part of the
# **groups** goes where, such as `(0.6, 0.2, 0.2)`; they sum to 1.
#
# Return a list with one array of positions for each share. Every position is in exactly one of them,
# and no group is in two. Part *i* gets `round(share * number of groups)` groups, and the last part
# gets those that are left. Groups are chosen at random: the same seed gives the same parts, another
# seed other parts.
#
# **Worked value:** `groups = [5, 9, 5, 9]`, `shares = (0.5, 0.5)`: either `[0, 2]` and `[1, 3]`, or
# the other way round.


# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "split_by_group", "locked": false, "schema_version": 3, "solution": true, "task": false}
def split_by_group(groups, shares, seed):
    """A list of arrays of positions, one for each share; no group is in two of them.

    TODO: mix the groups, deal them out by shares, then find the positions of each.
    APPROACH: np.unique, np.random.default_rng(seed).permutation, np.isin, np.flatnonzero.
    EXAMPLE: len(split_by_group(groups, (0.6, 0.2, 0.2), 7)) is 3.
    """
    ### BEGIN SOLUTION
    groups = np.asarray(groups)
    mixed = np.random.default_rng(seed).permutation(np.unique(groups))
    parts, start = [], 0
    for share in shares[:-1]:
        stop = start + round(share * len(mixed))
        parts.append(np.flatnonzero(np.isin(groups, mixed[start:stop])))
        start = stop
    return [*parts, np.flatnonzero(np.isin(groups, mixed[start:]))]
    ### END SOLUTION


# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "split_deals_out_every_picture_once", "locked": true, "points": 7, "schema_version": 3, "solution": false, "task": false}
check("split_deals_out_every_picture_once")

# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "no_group_is_in_two_parts", "locked": true, "points": 9, "schema_version": 3, "solution": false, "task": false}
# Hidden check: uneven groups, two to four parts, many seeds.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A02_learn_from_scratch/checks.py", globals())
all_checks("no_group_is_in_two_parts")
### END HIDDEN TESTS

# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "split_is_random_and_repeatable", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
# Hidden check: one seed, one split; every group is held out by some seed.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A02_learn_from_scratch/checks.py", globals())
all_checks("split_is_random_and_repeatable")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_5", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 5: reflect (15 points, read by a person)
#
# In at most 150 words:
#
# - A model is right on 98 % of its training pictures and on 61 % in the field. Name two troubles that
#   could cause this, and the one experiment that tells them apart. (5)
# - Your `grad` passes the worked value and fails finite differences. Name two mistakes that do
#   exactly that. (5)
# - Choose a data set that you know, and say by what you would group it, and why. Say who or what
#   helped you. (5)

# %% [markdown] nbgrader={"grade": true, "grade_id": "reflection", "locked": false, "points": 15, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# Overfitting or shift: held-out pictures of the same place. A sum in place of the mean, and a
# transposed or single-class error, agree for one point. Full marks name a group that the device
# will meet as new, not one that is handy.
# ### END SOLUTION
