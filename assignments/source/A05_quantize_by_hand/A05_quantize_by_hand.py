# %% [markdown] nbgrader={"grade": false, "grade_id": "card", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # A05 Quantize by hand
#
# *Can your own few lines do what a converter does, also where it gets difficult?*
#
# | | |
# |---|---|
# | Lessons | 06 *Quantization by hand* |
# | Points | 100: 90 by machine, 10 by a person |
# | Time | about 2 hours; the notebook runs in a few seconds |
# | Needs | `tinymledu` and NumPy. No TensorFlow, no network, no board |
# | Limits for grading | 20 s for the whole notebook, 14 s for one cell |
#
# You write five functions. For a tensor, the first lines are given. For channels, one line is. For
# calibration, nothing is: you begin with an empty function.
#
# **What is collected:** the four answer cells and your text in exercise 5. Nothing else in this
# notebook is taken, so put imports and helper functions into the same cell as the function. A later
# function may call an earlier one.

# %% [markdown] nbgrader={"grade": false, "grade_id": "honour", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Honour and help
#
# Talk with others about ideas; write the code yourself, with NumPy. Calling a quantizer of a library
# is not an answer: one that imports `tinymledu.graph` or `tinymledu.compress` stops with an error in
# grading. Say in exercise 5 who or what helped you, programs included. Your functions are
# called with values, shapes and seeds that are not in this notebook. An answer that is written down
# and not computed earns nothing.

# %% tiny={"budget_s": 5, "output": "none", "role": "setup"} nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
import numpy as np

import tinymledu as tml

rng = np.random.default_rng(5)
synthetic = rng.normal(0.5, 1.0, (4, 3, 5))  # synthetic values, to try things on

# %% tiny={"budget_s": 2, "output": "none", "role": "check"} nbgrader={"grade": false, "grade_id": "load_checks", "locked": true, "schema_version": 3, "solution": false, "task": false}
from tinymledu.course.home import load_checks

check = load_checks("checks.py", globals())

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_1", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 1: scale and zero point of a tensor (22 points)
#
# Complete `qparams(values, bits=8)`. It returns the scale, a `float` above 0, and the zero point, an
# `int`. The codes of `bits` bits go from `-2**(bits - 1)` to `2**(bits - 1) - 1`: for 8 bits -128 to
# 127.
#
# - The range goes from the smallest to the largest value, widened to contain 0. This is given.
# - The first code means the low end, the last code the high end, as well as an integer zero point
#   allows. It is rounded to the nearest.
# - Values that are all 0, and an array without values, have scale 1.0 and zero point 0.
#
# **Worked value:** `[-1.0, 3.0]` has the scale 4/255 and -128 + 63.75 = -64.25, so the zero point
# -64. With `bits=4`: 4/15, and -8 + 3.75 = -4.25, so -4.


# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "qparams", "locked": false, "schema_version": 3, "solution": true, "task": false}
def qparams(values, bits=8):
    """Scale and zero point, so that 0 is exactly a code.

    TODO: complete it; low and high are right, also for no values at all.
    APPROACH: lesson 06, section 2. How many gaps lie between the codes?
    EXAMPLE: qparams([-1.0, 3.0]) -> (0.01568..., -64)
    """
    values = np.asarray(values, dtype=float)
    low = float(np.min(values, initial=0.0))  # the smallest value, or 0 if that is smaller
    high = float(np.max(values, initial=0.0))
    ### BEGIN SOLUTION
    if low == high:
        return 1.0, 0
    scale = (high - low) / (2**bits - 1)
    zero_point = int(np.round(-(2 ** (bits - 1)) - low / scale))
    return scale, zero_point
    ### END SOLUTION


# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "qparams_of_a_tensor", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
check("qparams_of_a_tensor")

# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "zero_is_exact_and_the_ends_fit", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
# Hidden check: other seeds and other bits.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A05_quantize_by_hand/checks.py", globals())
all_checks("zero_is_exact_and_the_ends_fit")
### END HIDDEN TESTS

# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "qparams_of_values_on_one_side_of_zero", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
# Hidden check: all positive, all negative, all equal.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A05_quantize_by_hand/checks.py", globals())
all_checks("qparams_of_values_on_one_side_of_zero")
### END HIDDEN TESTS

# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "qparams_of_zeros_and_of_nothing", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
# Hidden check: values that are all 0, and no values.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A05_quantize_by_hand/checks.py", globals())
all_checks("qparams_of_zeros_and_of_nothing")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_2", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 2: to codes and back (20 points)
#
# Write two functions in one cell.
#
# - `quantize(values, scale, zero_point, bits=8)` returns `np.int8` codes of the same shape: the
#   nearest code, and an end code for what lies outside. Exactly between two codes, either is right.
# - `dequantize(codes, scale, zero_point)` returns what the codes mean, as floats.
#
# **Worked value:** scale 0.5 and zero point 1 turn `[-0.6, 0.0, 99.0]` into `[0, 1, 127]`. These mean
# `[-0.5, 0.0, 63.0]`.


# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "quantize", "locked": false, "schema_version": 3, "solution": true, "task": false}
def quantize(values, scale, zero_point, bits=8):
    """The nearest codes, int8.

    TODO: write it.
    APPROACH: divide, round, add, clip; become int8 last.
    EXAMPLE: quantize([-0.6, 0.0, 99.0], 0.5, 1) -> array([0, 1, 127], dtype=int8)
    """
    ### BEGIN SOLUTION
    steps = np.round(np.asarray(values, dtype=float) / scale) + zero_point
    return np.clip(steps, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1).astype(np.int8)
    ### END SOLUTION


def dequantize(codes, scale, zero_point):
    """What codes mean.

    TODO: write it.
    EXAMPLE: dequantize(np.array([0, 1, 127], np.int8), 0.5, 1) -> array([-0.5, 0.0, 63.0])
    """
    ### BEGIN SOLUTION
    return scale * (np.asarray(codes, dtype=float) - zero_point)
    ### END SOLUTION


# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "quantize_gives_the_nearest_code", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
check("quantize_gives_the_nearest_code")

# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "the_error_is_half_a_step_at_most", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
# Hidden check: to codes and back, on other seeds and shapes.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A05_quantize_by_hand/checks.py", globals())
all_checks("the_error_is_half_a_step_at_most")
### END HIDDEN TESTS

# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "quantize_is_monotone_and_saturates", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
# Hidden check: a larger value never gets a smaller code; the ends hold.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A05_quantize_by_hand/checks.py", globals())
all_checks("quantize_is_monotone_and_saturates")
### END HIDDEN TESTS

# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "dequantize_does_not_wrap_around", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Hidden check: each of the 256 codes, with any zero point.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A05_quantize_by_hand/checks.py", globals())
all_checks("dequantize_does_not_wrap_around")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_3", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 3: a scale for each channel (22 points)
#
# Complete `per_channel(weights, axis)`. The quantization is symmetric: zero point 0, codes -127 to
# 127, and for each channel the scale max|w| / 127. Return the codes, `np.int8` with the shape of
# `weights`, and the scales, one for each index along `axis`.
#
# A channel of zeros, and a channel without any weights, has scale 1.0.
#
# **Worked value:** `[[1.27, -2.54], [0.0, 0.0]]` with `axis=0` has scales `[0.02, 1.0]` and codes
# `[[64, -127], [0, 0]]`. As 1.27 / 0.02 is 63.5, 63 is right, too. With `axis=1` the scales are
# `[0.01, 0.02]`.


# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "per_channel", "locked": false, "schema_version": 3, "solution": true, "task": false}
def per_channel(weights, axis):
    """Symmetric codes and scales, a scale for each channel.

    TODO: complete it; rows[i] holds the weights of channel i.
    APPROACH: lesson 06, section 5. To divide, give the scales a shape with -1 at the axis and 1
        elsewhere: NumPy repeats them along all other axes.
    EXAMPLE: codes, scales = per_channel(np.ones((3, 2, 4)), axis=1); scales.shape -> (2,)
    """
    weights = np.asarray(weights, dtype=float)
    rows = np.moveaxis(weights, axis, 0)
    ### BEGIN SOLUTION
    others = tuple(range(1, weights.ndim))
    largest = np.abs(rows).max(axis=others, initial=0.0)
    scales = np.where(largest > 0, largest / 127, 1.0)
    shape = [1] * weights.ndim
    shape[axis] = -1
    return np.round(weights / scales.reshape(shape)).astype(np.int8), scales
    ### END SOLUTION


# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "per_channel_of_a_matrix", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
check("per_channel_of_a_matrix")

# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "per_channel_along_any_axis", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
# Hidden check: first, middle, last and negative axes.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A05_quantize_by_hand/checks.py", globals())
all_checks("per_channel_along_any_axis")
### END HIDDEN TESTS

# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "one_large_channel_leaves_the_others_alone", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
# Hidden check: an outlier in one channel.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A05_quantize_by_hand/checks.py", globals())
all_checks("one_large_channel_leaves_the_others_alone")
### END HIDDEN TESTS

# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "empty_channels_have_scale_1", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
# Hidden check: channels of zeros, and channels without weights.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A05_quantize_by_hand/checks.py", globals())
all_checks("empty_channels_have_scale_1")
### END HIDDEN TESTS

# %% tiny={"budget_s": 5, "output": "text", "role": "run"} nbgrader={"grade": false, "grade_id": "real_weights", "locked": true, "schema_version": 3, "solution": false, "task": false}
# Your function on real weights: those of lesson 01, read back from the shipped int8 model.
tensor = tml.load_model(tml.lessons.shipped("01_cats_vs_dogs.tflite")).graph.tensors[5]
real = tensor.data * np.reshape(tensor.quantization.scales, (-1, 1, 1, 1))
answer = per_channel(real, 0)
if answer is not None:
    print(f"scales from {np.min(answer[1]):.5f} to {np.max(answer[1]):.5f}")
    print(f"one scale for all would be {np.abs(real).max() / 127:.5f}")

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_4", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 4: calibrate (26 points)
#
# Write `calibrate(values, method, percent=99.8, bits=8)`. It returns the two ends of a range, `low`
# and `high`, floats. The range always contains 0. Without values it is 0.0 to 0.0.
#
# | `method` | the range |
# |---|---|
# | `"minmax"` | from the smallest to the largest value |
# | `"percentile"` | the middle `percent` of the values, half of the rest on each side |
# | `"mse"` | of the ranges k/100 * (low, high), k = 1 to 100, the one with the least mean squared error |
#
# For `"mse"`, `low` and `high` are those of `"minmax"`, and the error is that of **all** values, to codes
# of `bits` bits and back. Any range with an error within 2 % of the least one is right.
#
# **Worked value:** the integers -50 to 50 with `"percentile"` and `percent=90` give (-45.0, 45.0).


# %% tiny={"budget_s": 1, "output": "none", "role": "make"} nbgrader={"grade": false, "grade_id": "calibrate", "locked": false, "schema_version": 3, "solution": true, "task": false}
def calibrate(values, method, percent=99.8, bits=8):
    """The range to quantize, which contains 0.

    TODO: write it.
    APPROACH: lesson 06, section 6. Your qparams, quantize and dequantize may help.
    EXAMPLE: calibrate([2.0, 6.0], "minmax") -> (0.0, 6.0)
    """
    ### BEGIN SOLUTION
    values = np.asarray(values, dtype=float).ravel()
    left = (100 - percent) / 2 if method == "percentile" else 0
    ends = np.percentile(values, [left, 100 - left]) if values.size else [0, 0]
    low, high = min(0.0, float(ends[0])), max(0.0, float(ends[1]))
    if method != "mse" or low == high:
        return low, high
    tried = []
    for share in np.arange(1, 101) / 100:
        scale, zero_point = qparams([share * low, share * high], bits)
        back = dequantize(quantize(values, scale, zero_point, bits), scale, zero_point)
        tried.append((float(np.mean((back - values) ** 2)), share))
    share = min(tried)[1]
    return float(share * low), float(share * high)
    ### END SOLUTION


# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "calibrate_by_each_method", "locked": true, "points": 7, "schema_version": 3, "solution": false, "task": false}
check("calibrate_by_each_method")

# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "percentiles_leave_half_on_each_side", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
# Hidden check: other values, other percents, values on one side.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A05_quantize_by_hand/checks.py", globals())
all_checks("percentiles_leave_half_on_each_side")
### END HIDDEN TESTS

# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "mse_finds_the_best_range", "locked": true, "points": 7, "schema_version": 3, "solution": false, "task": false}
# Hidden check: other seeds, other bits, far-out values.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A05_quantize_by_hand/checks.py", globals())
all_checks("mse_finds_the_best_range")
### END HIDDEN TESTS

# %% tiny={"budget_s": 1, "output": "text", "role": "test"} nbgrader={"grade": true, "grade_id": "every_range_contains_zero", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
# Hidden check: one-sided values, zeros, no values, with each method.
### BEGIN HIDDEN TESTS
all_checks = load_checks("../../../lecturer/A05_quantize_by_hand/checks.py", globals())
all_checks("every_range_contains_zero")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "task_5", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Exercise 5: reflect (10 points, read by a person)
#
# In at most 120 words:
#
# - The cell after exercise 3 prints scales of real weights. What does one scale for all cost the
#   channel with the smallest scale? Give a number. (4)
# - Choose a device. Which calibration would you take for its sensor, and what could go wrong? (3)
# - Which of your own tests would have found the fault of the formula with 257 levels? Say who or what
#   helped you. (3)

# %% [markdown] nbgrader={"grade": true, "grade_id": "reflection", "locked": false, "points": 10, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# The smallest scale is 3.5 times below the common one: 1.8 bits, or 11 dB more noise. Full marks
# name a device with far-out values that matter or do not, and a test such as "no code above 127".
# ### END SOLUTION
