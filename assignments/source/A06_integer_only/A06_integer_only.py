# %% [markdown] nbgrader={"grade": false, "grade_id": "card", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # A06 Integer-only
#
# *Compute int8 layers with integers only, so that not one code differs from a runtime.*
#
# | | |
# |---|---|
# | Lessons | 07 *Integer-only inference, bit for bit* |
# | Points | 100: 100 by machine |
# | Time | about 3 hours; the notebook runs in a few seconds on 2 cores |
# | Needs | `tinymledu`, no TensorFlow. No network, no board, no GPU |
# | Limits for grading | 30 s for the whole notebook, 6 s for one call of a function |
#
# You write five functions: the factor of a layer as two integers, two rules of rounding, a
# convolution and a fully connected layer. Exercise 5 has nothing to write: the virtual board
# computes other models, and your functions must give the same bytes.
#
# **Bit for bit** means: no value differs. *Rounded twice* must equal TensorFlow Lite Micro (TFLM),
# *rounded once* must equal XNNPACK. The checks have no tolerance, as integers need none.
#
# **What is collected:** the five function cells. Nothing else in this notebook is taken, so put
# imports and helper functions into the same cell as the function, or into one above it.

# %% [markdown] nbgrader={"grade": false, "grade_id": "honour", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Honour and help
#
# Talk with others about ideas; write the code yourself. The library has this arithmetic, too, in
# `tinymledu.graph`. You may read it *after* you have handed in. An answer that imports it
# stops with an error in grading. Write as a comment in your first cell who or what
# helped you, programs included.
#
# Your functions are called with layers and codes that are not in this notebook. So an answer that
# is written down instead of computed earns nothing.

# %% tiny={"budget_s": 5, "output": "text", "role": "setup"} nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
import math
from pathlib import Path

import numpy as np

import tinymledu as tml
from tinymledu.graph.plain_layers import plain_layer


def practice(name):
    """A model of one layer with random weights, and that layer as plain arrays and numbers."""
    model = tml.load_model(Path(f"practice_{name}.tflite"))
    return model, plain_layer(model.graph, model.graph.ops[0])


# %% tiny={"budget_s": 2, "output": "text", "role": "setup"} nbgrader={"grade": false, "grade_id": "practice_layers", "locked": true, "schema_version": 3, "solution": false, "task": false}
# Two layers to practise on. Each name below is an argument that a layer takes.
conv_model, conv_layer = practice("conv")
dense_model, dense_layer = practice("fully_connected")
for name, value in conv_layer.items():
    said = f"{value.dtype} {value.shape}" if isinstance(value, np.ndarray) else value
    print(f"{name:18}{said}")

# %% tiny={"budget_s": 2, "output": "none", "role": "check"} nbgrader={"grade": false, "grade_id": "load_checks", "locked": true, "schema_version": 3, "solution": false, "task": false}
from tinymledu.course.home import load_checks

check = load_checks("checks.py", globals())

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_1", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 1: the factor as two integers (14 points)
#
# Write `quantize_multiplier(factor)`. It returns two integers, multiplier and shift, so that
#
# `factor = multiplier * 2**(shift - 31)`, with `2**30 <= multiplier < 2**31`
#
# The multiplier is rounded to the nearest integer. Factors are from 2**-30 to 2**20.
#
# **Worked value:** 0.375 gives the multiplier 1610612736 and the shift -1.


# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "quantize_multiplier", "locked": false, "schema_version": 3, "solution": true, "task": false}
def quantize_multiplier(factor):
    """Two integers (multiplier, shift) that stand for a positive factor.

    TODO: split the factor into a fraction and a power of two, round the fraction times 2**31.
    APPROACH: lesson 07, exercise 2.1. What if the rounded multiplier is 2**31?
    EXAMPLE: quantize_multiplier(0.375) -> (1610612736, -1)
    """
    ### BEGIN SOLUTION
    fraction, shift = math.frexp(factor)
    multiplier = math.floor(fraction * 2**31 + 0.5)
    return (2**30, shift + 1) if multiplier == 2**31 else (multiplier, shift)
    ### END SOLUTION


# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "multiplier_of_worked_factors", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
check("multiplier_of_worked_factors")

# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "multiplier_is_the_nearest", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
# Hidden check: the nearest multiplier, for factors of many sizes.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A06_integer_only/checks.py", globals())
all_checks("multiplier_is_the_nearest")
### END HIDDEN TESTS

# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "multiplier_stays_below_2_31", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Hidden check: the multiplier fits, also just below and at powers of two.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A06_integer_only/checks.py", globals())
all_checks("multiplier_stays_below_2_31")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_2", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 2: two rules of rounding (26 points)
#
# Write `requant_single(acc, multiplier, shift)` and `requant_double(acc, multiplier, shift)`. Both
# bring accumulators to output steps, `acc * multiplier * 2**(shift - 31)`, as integers:
#
# - *single*: add a half of what is cut off, then cut it off, all at once;
# - *double*: `y = (acc * multiplier + 2**30) >> 31`, then `y / 2**-shift` to nearest, halves away
#   from zero. Where shift is above 0, `acc` is multiplied by `2**shift` first, and the second
#   step falls away.
#
# `acc` is an integer or an int64 array, and every value fits into 32 bits, also after a
# multiplication by `2**shift`. `multiplier` and `shift` are integers, or arrays with one entry for
# each index of the last axis of `acc`. Shifts are from -20 to 4. Return integers of the shape of
# `acc`.
#
# **Worked value:** with the multiplier 2034096511 and the shift -8 (M = 0.0037), acc = 135 gives 0
# by single and 1 by double.


# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "requant_single", "locked": false, "schema_version": 3, "solution": true, "task": false}
def requant_single(acc, multiplier, shift):
    """Output steps, rounded once.

    TODO: one product, one addition, one shift.
    APPROACH: lesson 07, exercise 3.1; np.asarray(..., np.int64), as products have up to 62 bits.
    EXAMPLE: requant_single(135, 2034096511, -8) -> 0
    """
    ### BEGIN SOLUTION
    acc, shift = np.asarray(acc, np.int64), np.asarray(shift, np.int64)
    half = np.int64(1) << (30 - shift)
    return (acc * multiplier + half) >> (31 - shift)
    ### END SOLUTION


# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "requant_double", "locked": false, "schema_version": 3, "solution": true, "task": false}
def requant_double(acc, multiplier, shift):
    """Output steps, rounded twice.

    TODO: both roundings, and shifts above 0.
    APPROACH: lesson 07, exercise 3.2.
    EXAMPLE: requant_double(135, 2034096511, -8) -> 1
    """
    ### BEGIN SOLUTION
    acc, shift = np.asarray(acc, np.int64), np.asarray(shift, np.int64)
    left, right = np.maximum(shift, 0), np.maximum(-shift, 0)
    y = ((acc << left) * multiplier + 2**30) >> 31
    size = (np.abs(y) + (np.int64(1) << right) // 2) >> right
    return np.sign(y) * size
    ### END SOLUTION


# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "single_of_worked_accumulators", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check("single_of_worked_accumulators")

# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "double_of_worked_accumulators", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check("double_of_worked_accumulators")

# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "single_of_many_accumulators", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
# Hidden check: other accumulators, multipliers and shifts, one for each channel.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A06_integer_only/checks.py", globals())
all_checks("single_of_many_accumulators")
### END HIDDEN TESTS

# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "single_where_floats_fail", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Hidden check: halves, and products so near to a half that 64-bit floats cannot tell.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A06_integer_only/checks.py", globals())
all_checks("single_where_floats_fail")
### END HIDDEN TESTS

# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "double_of_many_accumulators", "locked": true, "points": 7, "schema_version": 3, "solution": false, "task": false}
# Hidden check: other accumulators, multipliers and shifts, shifts above 0 among them.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A06_integer_only/checks.py", globals())
all_checks("double_of_many_accumulators")
### END HIDDEN TESTS

# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "double_where_floats_fail", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Hidden check: products just below a half, which the first rounding lifts.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A06_integer_only/checks.py", globals())
all_checks("double_where_floats_fail")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_3", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 3: convolution (24 points)
#
# Write `conv2d(x, layer, rounding)`. `x` is (n, height, width, channels) int8. `layer` is a dict
# with the names that the setup cell prints; lesson 07, section 1, explains them. `rounding` is
# `"once"` or `"twice"`. Return the codes, (n, rows, columns, filters) int8.
#
# Filters need not be square, strides down and across may differ, and padding may be of any size.
#
# **Worked value:** one pixel, one channel, one filter of one weight. The pixel is 20, the input zero
# point 5, the weight 9, the bias 0. The factor is that of exercise 2, the output zero point -3. The
# accumulator is 9 * (20 - 5) = 135, so the code is -3 rounded once and -2 rounded twice.


# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "conv2d", "locked": false, "schema_version": 3, "solution": true, "task": false}
def conv2d(x, layer, rounding="twice"):
    """CONV_2D from codes to codes.

    TODO: centre, pad, sum over the places of the filter, requantize, clamp.
    APPROACH: lesson 07, exercise 5.1. Use your requant_single and requant_double.
    EXAMPLE: conv2d(np.zeros((2, 8, 6, 3), np.int8), conv_layer, "twice").shape -> (2, 8, 6, 4)
    """
    ### BEGIN SOLUTION
    weights = layer["weights"].astype(np.int64)
    _, height, width, _ = weights.shape
    down, across = layer["strides"]
    centred = x.astype(np.int64) - layer["input_zero_point"]
    padded = np.pad(centred, ((0, 0), *layer["padding"], (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (height, width), axis=(1, 2))
    acc = np.einsum("nrchij,fijh->nrcf", windows[:, ::down, ::across], weights) + layer["bias"]
    rule = requant_single if rounding == "once" else requant_double
    codes = rule(acc, layer["multipliers"], layer["shifts"]) + layer["output_zero_point"]
    return np.clip(codes, layer["low"], layer["high"]).astype(np.int8)
    ### END SOLUTION


# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "conv_of_the_practice_model", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
check("conv_of_the_practice_model")

# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "conv_equals_tflm", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
# Hidden check: other shapes, strides and zero points, as TFLM computed them.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A06_integer_only/checks.py", globals())
all_checks("conv_equals_tflm")
### END HIDDEN TESTS

# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "conv_at_the_border", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
# Hidden check: small pictures, where most outputs see the padding.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A06_integer_only/checks.py", globals())
all_checks("conv_at_the_border")
### END HIDDEN TESTS

# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "conv_equals_xnnpack", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
# Hidden check: the same layers rounded once, as XNNPACK computed them.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A06_integer_only/checks.py", globals())
all_checks("conv_equals_xnnpack")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_4", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 4: fully connected (16 points)
#
# Write `fully_connected(x, layer, rounding)`. `x` is (n, ...) int8: n inputs of any shape, each read
# as one row. `layer["weights"]` is (units, inputs). Return (n, units) int8.
#
# **Worked value:** two inputs 4 and -1, input zero point 1, weights 40 and -8, bias -1. The
# accumulator is 40 * 3 + 8 * 2 - 1 = 135.


# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "fully_connected", "locked": false, "schema_version": 3, "solution": true, "task": false}
def fully_connected(x, layer, rounding="twice"):
    """FULLY_CONNECTED from codes to codes.

    TODO: rows, accumulators, requantize, clamp.
    APPROACH: lesson 07, section 7.
    EXAMPLE: fully_connected(np.zeros((2, 12), np.int8), dense_layer, "once").shape -> (2, 10)
    """
    ### BEGIN SOLUTION
    rows = x.reshape(len(x), -1).astype(np.int64) - layer["input_zero_point"]
    acc = rows @ layer["weights"].astype(np.int64).T + layer["bias"]
    rule = requant_single if rounding == "once" else requant_double
    codes = rule(acc, layer["multipliers"], layer["shifts"]) + layer["output_zero_point"]
    return np.clip(codes, layer["low"], layer["high"]).astype(np.int8)
    ### END SOLUTION


# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "fully_connected_of_the_practice_model", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
check("fully_connected_of_the_practice_model")

# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "fully_connected_equals_tflm", "locked": true, "points": 7, "schema_version": 3, "solution": false, "task": false}
# Hidden check: other layers, inputs of several axes among them, as TFLM computed them.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A06_integer_only/checks.py", globals())
all_checks("fully_connected_equals_tflm")
### END HIDDEN TESTS

# %% tiny={"budget_s": 2, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "fully_connected_equals_xnnpack", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
# Hidden check: the same layers rounded once, as XNNPACK computed them.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A06_integer_only/checks.py", globals())
all_checks("fully_connected_equals_xnnpack")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_5", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 5: on the board (20 points)
#
# Nothing to write. A model becomes C, is compiled for the Nano 33 BLE Sense and runs as machine
# code on the virtual board. Your functions compute the same model from its scales: each factor by
# your `quantize_multiplier`, each layer by your `conv2d` or `fully_connected`, rounded twice. All
# bytes must be equal. Here you can try it with the practice model.


# %% tiny={"budget_s": 10, "output": "text", "role": "check"} nbgrader={"grade": false, "grade_id": "try_the_board", "locked": true, "schema_version": 3, "solution": false, "task": false}
codes = np.random.default_rng(1).integers(-128, 128, (5, 8, 6, 3), np.int8)
mine = conv2d(codes, conv_layer, "twice")
if np.shape(mine) == (5, 8, 6, 4):
    on_board = tml.deploy(conv_model, tml.board("nano33ble")).run_many(codes).codes
    n_off = np.sum(on_board != np.reshape(mine, on_board.shape))
    print(f"{n_off} of {on_board.size} bytes differ between the board and conv2d")
else:
    print("conv2d is not done yet")

# %% tiny={"budget_s": 10, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "convolution_equals_the_board", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
# Hidden check: a convolution on the board, and yours.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A06_integer_only/checks.py", globals())
all_checks("convolution_equals_the_board")
### END HIDDEN TESTS

# %% tiny={"budget_s": 10, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "network_equals_the_board", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
# Hidden check: a network of three layers on the board, and yours, layer after layer.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A06_integer_only/checks.py", globals())
all_checks("network_equals_the_board")
### END HIDDEN TESTS
