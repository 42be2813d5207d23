# %% [markdown]
# # 06 · Quantization by hand
#
# *How can 256 integers stand for all real numbers of a network, and what is lost?*

# %% [markdown]
# | | |
# |---|---|
# | For whom | you know NumPy arrays and lesson 01; no calculus, no C |
# | Time | 120 minutes in class; the cells run in about 20 seconds on 2 cores |
# | Profile | *lite* (NumPy only). TensorFlow is not needed |
# | Needs | no Internet, no board, no account |
# | Serves | S17, S31, S36, S40 |
#
# **After this lesson you can**
# 1. *derive* affine quantization from two conditions (understand);
# 2. *compute* scale and zero point, with 0 exact (apply);
# 3. *predict* the error before you measure it (apply);
# 4. *contrast* one scale for a tensor with one for each channel (analyse);
# 5. *criticise* a published formula with 257 levels (evaluate).
#
# Marks in the headings say what you do: **P** predict, **R** run, **I** investigate, **Mo**
# modify, **Ma** make.

# %% [markdown]
# ## Why
#
# The news article behind this course speaks of research on a question: how the *miniaturisation* of
# a model "does not affect the results". A large part of miniaturisation is one step: real numbers
# become 8-bit integers.
#
# In lesson 01, a converter took that step for you. In Benin, or anywhere, the owner of a device
# should be able to check it. Here you take it by hand, with nothing but NumPy. Then you know what
# the converter did, how large its error is, and why.

# %% tiny={"role": "setup", "budget_s": 10, "output": "none"}
# Imports, the model of lesson 01, and a seed for what is synthetic.
import json

import numpy as np

import tinymledu as tml
from tinymledu import exploration
from tinymledu.exploration.figure import BLACK, BLUE, GREY, ORANGE, SKY, canvas
from tinymledu.graph import affine

SEED = 7
rng = np.random.default_rng(SEED)
model = tml.load_model(tml.lessons.shipped("01_cats_vs_dogs.tflite"))
tensors = model.graph.tensors

# %% [markdown]
# ## Predict (P)
#
# Write your guesses **before** you run anything else. They are not marked.
#
# - A real number becomes an integer and is turned back. It lies inside the range. How far can it
#   be off, at most, in steps?
# - A layer has 64 channels and one scale for all. One channel is 50 times larger than the others.
#   The other channels could use 255 codes. How many do they use?
# - A few values lie far out. Can it be better to *clip* them, that is, to cut them off?

# %% tiny={"role": "predict", "budget_s": 1, "output": "text"}
# Replace each None by your guess, then run the cell.
predictions = {
    "largest_error_in_steps": None,  # a number
    "codes_used_by_the_others": None,  # a number from 1 to 255
    "clipping_can_be_better": None,  # True or False
}
written = sum(guess is not None for guess in predictions.values())
print(f"{written} of {len(predictions)} predictions written.")

# %% [markdown]
# ## 1 · Two numbers give codes a meaning (R, I, Mo)
#
# **See.** An *int8* is an integer from -128 to 127, here called a *code*. A code alone means
# nothing. Two numbers give it a meaning:
#
# $$\text{real} = \text{scale} \cdot (\text{code} - \text{zero point})$$
#
# The *scale* is the width of one step, a real number above 0. The *zero point* is the code that
# means 0. This is *affine quantization*. A *tensor* is an array of such codes with its scale and
# zero point.
#
# **Run.** The model file of lesson 01 holds these numbers. The converter computed them.

# %% tiny={"role": "run", "budget_s": 2, "output": "text"}
# Five tensors of the shipped model: read from the file, range worked out by the formula above.
NAMES = {0: "input pixels", 17: "input of conv 3", 18: "output of conv 3", 21: "before softmax",
         22: "scores"}  # fmt: skip
print("tensor              scale   zero point    lowest   highest")
for index, name in NAMES.items():
    scale, zero_point = tensors[index].quantization.scale, tensors[index].quantization.zero_point
    low, high = affine.to_reals([-128, 127], scale, zero_point)
    print(f"{name:17}{scale:8.5f}   {zero_point:10}   {low:7.3f}   {high:7.3f}")

# %% [markdown]
# The figure shows one of them as a **number line**. Reals are above, codes below. Each value goes
# to the nearest code. A value beyond an end gets the end: it *saturates*.

# %% tiny={"role": "run", "budget_s": 3, "output": "figure"}
# The tensor "before softmax": where do four reals land?
before = tensors[21].quantization
exploration.number_line_figure(before.scale, before.zero_point, [-3.1, 0.0, 2.0, 7.5])

# %% [markdown]
# **Explain.** Each tensor has its own range, so each has its own scale. Pixels lie between 0 and 1,
# and *ReLU* (negative values become 0) never gives a negative value. There, the zero point is
# -128, and no code is wasted on values that never come.
#
# **Investigate (I).** Look at the last row of the table. Can this model ever say "1.000"?
#
# <details><summary>Compare</summary>
#
# No. The scale is exactly 1/256, so the highest score is 255/256 = 0.996. Lesson 01 rounded it.
# </details>
#
# **Change (Mo).** With 3 bits there are 8 codes, and you see single steps. Move the zero point to
# -4 and to 3. Then write a scale of -0.5 in the cell, and read why it is refused.

# %% tiny={"role": "modify", "budget_s": 5, "output": "figure"}
# Change bits, scale and zero point with the sliders, and the values here.
exploration.widgets.number_line([-0.6, 0.0, 0.8, 2.2], scale=0.5, zero_point=1, bits=3)

# %% [markdown]
# ## 2 · Derive scale and zero point (P, R, I, Ma)
#
# **See.** You know the range of a tensor, `low` to `high`. Two conditions fix two numbers: `low`
# should get the first code, and `high` the last.
#
# $$\text{low} = \text{scale} \cdot (-128 - z) \qquad \text{high} = \text{scale} \cdot (127 - z)$$
#
# Subtract the first from the second. The zero point $z$ disappears:
#
# $$\text{scale} = \frac{\text{high} - \text{low}}{255} \qquad z = -128 - \frac{\text{low}}
# {\text{scale}}$$
#
# **Predict.** There are 256 codes. Why is there 255 and not 256 below the line? Draw a fence with
# four posts, and count the gaps.

# %% tiny={"role": "run", "budget_s": 1, "output": "text"}
# A worked example: a tensor with values from -1 to 3.
low, high = -1.0, 3.0
scale = (high - low) / 255
exact = -128 - low / scale
zero_point = round(exact)
print(f"scale {scale:.6f}, zero point {exact:.2f}, rounded {zero_point}")
print("now the ends are", affine.to_reals([-128, 127], scale, zero_point).round(5))
print("0 is read back as", affine.to_reals(zero_point, scale, zero_point))

# %% [markdown]
# **Explain.** A code is an integer, so the zero point is rounded. This moves both ends by at most
# half a step. In return, **0 is exact**. Two rules follow:
#
# - the range must contain 0. If all values lie between 2 and 6, take 0 to 6;
# - if all values are 0, there is no range. Take scale 1 and zero point 0.
#
# With *n* bits there are 2ⁿ codes, so 255 becomes 2ⁿ - 1.
#
# **Investigate (I).** Must 0 be exact? A layer *pads*: it puts zeros around the picture. Suppose
# that each of them came back as half a step instead. What would that add to the result?

# %% tiny={"role": "investigate", "budget_s": 2, "output": "text"}
# Padding off by half a step, conv 3: (64 filters, 3, 3, 32). At a corner, 5 of 9 places are pads.
weights = affine.dequantized(tensors[5].data, tensors[5].quantization)
half_a_step = tensors[17].quantization.scale / 2
corner = weights[:, [0, 0, 0, 1, 2], [0, 1, 2, 0, 0]]  # first row and first column: (64, 5, 32)
added = half_a_step * corner.sum(axis=(1, 2))
in_steps = np.abs(added) / tensors[18].quantization.scale
print(f"64 filters: off by {np.median(in_steps):.1f} steps (median), {in_steps.max():.1f} (most)")
pad_steps = float(in_steps.max())

# %% [markdown]
# **Explain.** Rounding errors go up and down and partly cancel. This error has always the same
# sign, in every place. And 0 is the most frequent value of all: after ReLU, many activations are 0.
#
# ### Exercise 2.1
#
# Write `qparams(low, high)`. It widens the range to contain 0 and returns the scale, a `float`, and
# the zero point, an `int`.


# %% tiny={"role": "make", "budget_s": 1, "output": "none"}
def qparams(low, high):
    """Scale and zero point for values from low to high.

    TODO: replace the line below.
    APPROACH: widen the range, treat "nothing but 0", then the two formulas.
    EXAMPLE: qparams(-1.0, 3.0) is (0.01568..., -64), and qparams(0.0, 0.0) is (1.0, 0).
    """
    print(f"Not done yet: exercise 2.1, qparams({low}, {high})")


# %% tiny={"role": "test", "budget_s": 1, "output": "text"}
# Tested: 0 inside, a zero point rounded to nearest, all positive, all negative, nothing but 0.
cases = [(-1.0, 3.0, 4 / 255, -64), (-1.0, 6.0, 7 / 255, -92), (2.0, 6.0, 6 / 255, -128),
         (-6.0, -2.0, 6 / 255, 127), (0.0, 0.0, 1.0, 0)]  # fmt: skip
wrong = []
for low, high, *expected in cases:
    got = qparams(low, high)
    if got is None or not np.allclose(got, expected, rtol=1e-9):
        wrong.append(f"qparams({low}, {high}): expected {expected}, got {got}")
print("\n".join(wrong) or "The public test passed.")
if wrong:
    print("Reread section 2. The lesson goes on with the library's function.")
parameters = affine.scale_and_zero_point if wrong else qparams

# %% [markdown]
# ## 3 · Round, clip, and the error (P, R, I, Mo, Ma)
#
# **See.** The way to a code has three steps:
#
# - divide by the scale;
# - *round* to the nearest integer, and add the zero point;
# - *clip* to -128 to 127.
#
# ### Exercise 3.1
#
# Write `quantize(real, scale, zero_point)` for an array. Return codes of type `np.int8`. Convert to
# int8 **last**: it does not clip, it throws bits away.


# %% tiny={"role": "make", "budget_s": 1, "output": "none"}
def quantize(real, scale, zero_point):
    """Codes of an array of reals.

    TODO: replace the line below.
    APPROACH: np.round, add, np.clip, and .astype(np.int8) at the very end.
    EXAMPLE: quantize(np.array([-0.6, 0.0, 99.0]), 0.5, 1) is array([0, 1, 127], dtype=int8).
    """
    print(f"Not done yet: exercise 3.1, {real} with scale {scale}, zero point {zero_point}")


# %% tiny={"role": "test", "budget_s": 1, "output": "text"}
# Tested: nearest code, both ends, type. Without np.clip, 198 + 1 would become -57.
real, expected = np.array([-0.8, 0.0, 0.9, 99.0, -99.0]), [-1, 1, 3, 127, -128]
got = quantize(real, 0.5, 1)
passed = getattr(got, "dtype", None) == np.int8 and got.tolist() == expected
if passed:
    print("The public test passed.")
else:
    print(f"quantize({real}, 0.5, 1): expected {expected}, int8, got {got}")
    print("Reread section 3. The lesson goes on with the library's function.")
codes_of = quantize if passed else affine.to_codes

# %% [markdown]
# **Predict.** Draw the result against the input, for 8 codes. Which shape do you get? Then draw the
# error. What changes if a program *truncates* (cuts the digits off) where it should round?

# %% tiny={"role": "run", "budget_s": 3, "output": "figure"}
# The staircase: 3 bits, scale 0.25, zero point 0, so codes -4 to 3 mean -1 to 0.75.
x = np.linspace(-1, 0.75, 701)
rounded, cut = 0.25 * np.round(x / 0.25), 0.25 * np.trunc(x / 0.25)
with canvas(width=8, height=3.4, columns=2) as (fig, (left, right)):
    left.plot(x, x, ":", color=GREY, label="the value")
    left.plot(x, rounded, color=BLUE, label="rounded")
    left.plot(x, cut, "--", color=ORANGE, label="truncated")
    right.plot(x, (rounded - x) / 0.25, color=BLUE)
    right.plot(x, (cut - x) / 0.25, "--", color=ORANGE)
    left.set(title="Staircase", xlabel="real", ylabel="real, after code and back")
    right.set(title="Error", xlabel="real", ylabel="error (steps)")
    left.legend()
rows = [("real", "rounded", "truncated"), *np.c_[x, rounded, cut][::70].round(3).tolist()]
alt = "Stairs of width 0.25. Rounding is off by up to half a step, truncation by up to a whole one."
tml.show(fig, alt=alt, table=rows, title="Staircase")

# %% [markdown]
# **Explain.** Inside the range, rounding is off by at most **half a step**; all errors in between
# are about equally frequent. Then the mean of the squared error is $\text{scale}^2 / 12$. So its
# *root mean square* (rms) is $\text{scale} / \sqrt{12}$, or 0.289 steps.
#
# **Predict.** Now 18,432 real weights. The model file holds them as int8. So "real" means here:
# read back with the file's own scales. We quantize them again, with one affine scale for all.
# Largest error? Its rms?
#
# <details><summary>You should see</summary>
#
# In steps: largest <!--see:largest_steps-->0.500<!--/see-->,
# rms <!--see:rms_steps-->0.287<!--/see-->.
# </details>

# %% tiny={"role": "run", "budget_s": 2, "output": "text"}
# The error of 18,432 real weights, measured in steps.
scale, zero_point = parameters(float(weights.min()), float(weights.max()))
back = affine.to_reals(codes_of(weights, scale, zero_point), scale, zero_point)
steps_off = (back - weights) / scale
largest_steps, rms_steps = float(np.abs(steps_off).max()), float(np.sqrt(np.mean(steps_off**2)))
print(f"step {scale:.6f}   largest {largest_steps:.3f} steps   mean {steps_off.mean():+.3f} steps")
print(f"rms  predicted {1 / np.sqrt(12):.3f} steps, measured {rms_steps:.3f} steps")

# %% tiny={"role": "run", "budget_s": 3, "output": "figure"}
# How often which error? If all were equally frequent, each of 20 bars would hold 5 %.
counts, edges = np.histogram(steps_off, bins=20, range=(-0.5, 0.5))
shares = 100 * counts / counts.sum()
with canvas(height=3) as (fig, axes):
    axes.bar(edges[:-1], shares, width=0.05, align="edge", color=SKY, edgecolor=BLACK)
    axes.axhline(5, color=ORANGE, linestyle="--", label="equally frequent: 5 %")
    axes.set(xlabel="error (steps)", ylabel="share of weights (%)", ylim=(0, 8))
    axes.set_title("Rounding error of 18,432 weights of conv 3")
    axes.legend()
rows = [("error from (steps)", "share (%)"), *np.c_[edges[:-1], shares].round(2).tolist()]
low, high = shares.min(), shares.max()
alt = (
    f"Bar chart of the error from -0.5 to 0.5 steps: 20 bars from {low:.1f} to {high:.1f} percent."
)
tml.show(fig, alt=alt, table=rows, title="Rounding error of weights")

# %% [markdown]
# **Investigate (I).** Do 256 codes mean that each value is right to 1/256 of itself? Fewer bits
# make larger steps. What does one bit cost?
#
# <details><summary>Compare</summary>
#
# No: the *step* is the same everywhere. A value as small as the step can be off by half of itself.
# Each bit less doubles step and error.
# </details>

# %% tiny={"role": "investigate", "budget_s": 1, "output": "text"}
# Change the value and the bits. The range stays -1 to 3.
for value in (0.005, 0.05, 0.5, 2.9):
    said = []
    for bits in (8, 6, 4):
        scale, zero_point = affine.scale_and_zero_point(-1, 3, bits=bits)
        code = affine.to_codes(value, scale, zero_point, bits=bits)
        said.append(abs(affine.to_reals(code, scale, zero_point) - value) / value)
    print(f"{value:6}: error " + ", ".join(f"{e:6.1%} of it" for e in said), "(8, 6, 4 bits)")

# %% [markdown]
# ## 4 · Read a published formula with a doubt (P, I)
#
# **See.** A well-known course teaches another formula. In our words:
#
# - scale = (high - low) / 2⁸, because 8 bits give 256 values;
# - middle = (low + high) / 2;
# - code = round((value - middle) / scale), "an integer between -128 and 127".
#
# **Predict.** Work it out on paper for a range from -1 to 3: which code does `low` get, and which
# `high`? How many different codes can come out?

# %% tiny={"role": "investigate", "budget_s": 1, "output": "text"}
# The published formula, on the same real weights.
low, high = weights.min(), weights.max()
step, middle = (high - low) / 2**8, (low + high) / 2
published = np.round((weights - middle) / step)
print(f"lowest code {published.min():.0f}, highest code {published.max():.0f}")
stored = published.astype(np.int8)
largest = np.argmax(weights)
read_back = step * stored.ravel()[largest] + middle
print(f"the largest weight, {weights.ravel()[largest]:.4f}, comes back as {read_back:.4f}")
zero_off = (step * np.round(-middle / step) + middle) / step
print(f"0 comes back as {zero_off:+.2f} steps")

# %% [markdown]
# **Investigate (I).** Find two faults. Which line would you change, and how? Write one sentence for
# each before you open the answer.

# %% tiny={"role": "make", "budget_s": 1, "output": "text"}
# Write between the quotation marks.
faults = """
"""
print(f"{len(faults.split())} words." if faults.split() else "Not done yet: the two faults")

# %% [markdown]
# <details><summary>Read this after you have written</summary>
#
# **257 levels.** The codes go from -128 to 128: that is 257, and 128 is no int8. Stored in int8 it
# wraps around to -128, so the largest weight comes back as the smallest. 256 codes have 255 gaps:
# divide by 255. The demonstration never stored the codes in int8, so nobody saw it.
#
# **0 is not exact.** The middle is no whole number of steps from 0. Round it to one: that is what
# the zero point does.
#
# A few more tests would have found both: is the result in range, and is 0 still 0?
# </details>

# %% [markdown]
# ## 5 · One scale for all channels, or one for each? (P, R, I, Ma)
#
# **See.** A *channel* is all weights that make one output of a layer. Weights lie on both sides of
# 0, so TensorFlow Lite gives them zero point 0 and codes -127 to 127: *symmetric* quantization.
#
# $$\text{scale} = \frac{\max |w|}{127}$$
#
# *Per tensor* takes the largest weight of all. *Per channel* takes one for each channel.

# %% tiny={"role": "run", "budget_s": 2, "output": "text"}
# Does the rule above give what the converter wrote? All layers with weights, scale by scale.
for tensor in tensors:
    if tensor.dtype == "int8" and tensor.data is not None:
        reals = affine.dequantized(tensor.data, tensor.quantization)
        ours = affine.symmetric_scales(reals, axis=0)
        file = np.array(tensor.quantization.scales)
        same = np.allclose(ours, file, rtol=1e-6)
        spread = file.max() / file.min()
        print(f"{tensor.shape!s:16} {len(file):3} scales, equal: {same}, spread {spread:.1f}")

# %% [markdown]
# ### Exercise 5.1
#
# Write `channel_scales(weights)` for weights with the channels on the *first* axis. A channel of
# zeros has scale 1: dividing by 0 helps nobody.


# %% tiny={"role": "make", "budget_s": 1, "output": "none"}
def channel_scales(weights):
    """One scale for each channel, (n_channels,).

    TODO: replace the line below.
    APPROACH: weights.reshape(len(weights), -1) has a row for each channel; then np.abs, .max.
    EXAMPLE: channel_scales(np.array([[1.27, -2.54], [0.0, 0.0]])) is array([0.02, 1.0]).
    """
    print(f"Not done yet: exercise 5.1, weights of shape {weights.shape}")


# %% tiny={"role": "test", "budget_s": 1, "output": "text"}
# Tested: the sign does not count, zeros, more than two axes, and conv 3 of the model.
cases = [(np.array([[1.27, -2.54], [0.0, 0.0]]), [0.02, 1.0]),
         (np.full((2, 1, 2, 1), -12.7), [0.1, 0.1]),
         (weights, tensors[5].quantization.scales)]  # fmt: skip
wrong = []
for number, (w, expected) in enumerate(cases, start=1):
    got = channel_scales(w)
    if got is None or np.shape(got) != np.shape(expected) or not np.allclose(got, expected):
        wrong.append(f"case {number}: expected {np.round(expected, 4)[:3]}, got {got}")
print("\n".join(wrong) or "The public test passed.")
if wrong:
    print("Reread section 5. The lesson goes on with the library's function.")
scales_of = (lambda w: affine.symmetric_scales(w, axis=0)) if wrong else channel_scales

# %% [markdown]
# **Predict.** Now we spoil the tensor: channel 5 becomes 50 times larger. This change is ours; the
# other 63 channels are real. How many different codes will they use, of 255?
#
# <details><summary>You should see</summary>
#
# One scale for all: <!--see:n_codes_one_scale-->5<!--/see--> codes (median of the 63).
# One scale for each: <!--see:n_codes_many_scales-->134<!--/see-->.
# </details>

# %% tiny={"role": "run", "budget_s": 3, "output": "text"}
# One large channel, and what it does to the 63 others.
spoiled = weights.copy()
spoiled[5] *= 50
each = np.reshape(scales_of(spoiled), (-1, 1, 1, 1))
one = np.full_like(each, np.abs(spoiled).max() / 127)
used, noise_db = {}, {}
for name, s in {"one scale": one, "a scale for each": each}.items():
    codes = np.round(spoiled / s)
    used[name] = np.array([len(np.unique(channel)) for channel in codes])
    relative = np.sqrt(s.ravel() ** 2 / 12 / np.mean(spoiled**2, axis=(1, 2, 3)))
    noise_db[name] = 20 * np.log10(relative)  # predicted: 0 dB is noise as large as the weights
    others = np.delete(used[name], 5), np.delete(noise_db[name], 5)
    print(f"{name:17} {np.median(others[0]):4.0f} codes, noise {np.median(others[1]):6.1f} dB")

# %% tiny={"role": "run", "budget_s": 3, "output": "figure"}
# The same, channel by channel.
with canvas(height=3.4) as (fig, axes):
    for (name, n), mark, color in zip(used.items(), "so", (ORANGE, BLUE), strict=True):
        axes.plot(n, mark, color=color, label=name)
    axes.set(xlabel="channel", ylabel="codes used (of 255)", yscale="log", ylim=(1, 300))
    axes.set_title("Conv 3, channel 5 made 50 times larger (synthetic change)")
    axes.legend(loc="center right")
rows = [("channel", *used), *np.c_[np.arange(64), *used.values()].tolist()]
n_one, n_each = (int(np.median(np.delete(n, 5))) for n in used.values())
alt = f"Dots for 64 channels: with one scale, all but channel 5 use about {n_one} codes; with a "
alt += f"scale for each, about {n_each}."
tml.show(fig, alt=alt, table=rows, title="Codes used by each channel")

# %% [markdown]
# **Explain.** One large channel makes the step large for all. *Decibels* (dB) are 20·log₁₀ of a
# ratio, here noise to weights: -6 dB is half as large, -40 dB a hundredth. A scale for each costs 4
# bytes a channel: here 256 bytes, beside 18,432 bytes of weights.
#
# **Investigate (I).** We predicted the noise by scale/√12 and did not measure it. With the
# unspoiled weights, a measurement gives exactly 0. Why does that prove nothing?
#
# <details><summary>Compare</summary>
#
# Our "real" weights were codes before, with these very scales. They go back to the same codes. The
# first rounding happened in lesson 01, and this file does not know what was there before.
# </details>

# %% [markdown]
# ## 6 · Calibration: which range? (P, R, I, Ma)
#
# **See.** *Activations*, the numbers between layers, depend on the picture. So one runs some
# pictures and chooses a range: this is *calibration*.
#
# **Run.** Reals that were never rounded: the output of conv 3, for 40 drawings.

# %% tiny={"role": "run", "budget_s": 40, "output": "text"}
# Given: one layer in real numbers. Each output is a sum over 3 x 3 places of 32 channels.
pictures = tml.load_dataset("cats_vs_dogs", n_labelled=100).train.pictures[:40]
codes = tml.Interpreter(model).activations(pictures)
x = affine.dequantized(codes[17], tensors[17].quantization)
bias = affine.dequantized(tensors[4].data, tensors[4].quantization)
padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
summed = np.einsum("nhwcij,oijc->nhwo", windows, weights, optimize=True) + bias
activations = np.maximum(summed, 0).ravel()
file = tensors[18].quantization
same = np.mean(affine.to_codes(activations, file.scale, file.zero_point) == codes[18].ravel())
print(f"{activations.size:,} activations, {np.mean(activations == 0):.0%} are 0")
print(f"largest {activations.max():.2f}; the converter's range ends at {255 * file.scale:.2f}")
print(f"quantized with the file's scale, {same:.2%} equal the codes of the int8 model")

# %% [markdown]
# **Predict.** We now cut the range off above some value and measure the rms error of all
# activations. Where is it smallest: at the largest value, or below? Does the answer depend on the
# number of bits?
#
# <details><summary>You should see</summary>
#
# Best end, in percent of the largest value:
# with 8 bits <!--see:best_8_ratio-->96 %<!--/see-->,
# with 4 bits <!--see:best_4_ratio-->60 %<!--/see-->.
# </details>


# %% tiny={"role": "run", "budget_s": 10, "output": "text"}
# The rms error for 50 ends of the range, with 8 bits and with 4.
def rms_error(values, low, high, bits=8):
    scale, zero_point = affine.scale_and_zero_point(low, high, bits=bits)
    back = affine.to_reals(affine.to_codes(values, scale, zero_point, bits=bits), scale, zero_point)
    return float(np.sqrt(np.mean((back - values) ** 2)))


shares = np.linspace(0.02, 1, 50)  # of the largest value
curves = {b: [rms_error(activations, 0, s * activations.max(), b) for s in shares] for b in (8, 4)}
best = {bits: round(float(shares[np.argmin(curve)]), 2) for bits, curve in curves.items()}
for bits, curve in curves.items():
    print(f"{bits} bits: best end {best[bits]:.0%} of the largest, rms {min(curve):.4f}; "
          f"without clipping {curve[-1]:.4f}")  # fmt: skip

# %% tiny={"role": "run", "budget_s": 3, "output": "figure"}
# Too low: clipping hurts. Too high: steps are wide. The best end lies between.
with canvas(height=3.4) as (fig, axes):
    for (bits, curve), style, color in zip(
        curves.items(), ("-", "--"), (BLUE, ORANGE), strict=True
    ):
        axes.plot(100 * shares, curve, style, color=color, label=f"{bits} bits")
        axes.plot(100 * best[bits], min(curve), "o", color=color)
    axes.set(xlabel="end of the range (% of the largest value)", ylabel="rms error", yscale="log")
    axes.set_title("Where to end the range: output of conv 3, 40 drawings")
    axes.legend()
rows = [("end (%)", "8 bits", "4 bits")]
rows += np.c_[100 * shares, curves[8], curves[4]].round(4).tolist()
alt = f"Two U-shaped lines of rms error over the end of the range. Smallest at {best[8]:.0%} with "
tml.show(fig, alt=f"{alt}8 bits and at {best[4]:.0%} with 4 bits.", table=rows, title="Clipping")

# %% [markdown]
# **Explain.** Clipping is not always bad. It trades large errors of few values for smaller steps
# of all. With 8 bits there is little to win here, with 4 bits much.
#
# Three usual ways to choose: *min-max* clips nothing; *percentile* keeps, say, the middle 99.9 %;
# *MSE* takes the least mean squared error, as we did.
#
# ### Exercise 6.1
#
# Write `percentile_range(values, percent)`: the ends of the middle `percent` of the values, widened
# to contain 0.


# %% tiny={"role": "make", "budget_s": 1, "output": "none"}
def percentile_range(values, percent):
    """Ends of the range that keeps the middle percent of the values, and 0.

    TODO: replace the line below.
    APPROACH: half of what is left out lies on each side; np.percentile(values, [p, 100 - p]).
    EXAMPLE: percentile_range(np.arange(-50, 51), 90) is (-45.0, 45.0).
    """
    print(f"Not done yet: exercise 6.1, {percent} % of {len(values)} values")


# %% tiny={"role": "test", "budget_s": 1, "output": "text"}
# Tested: both sides, all of one sign, 100 percent. Then min-max against percentile (synthetic).
cases = [(np.arange(-50, 51), 90, (-45, 45)), (np.arange(101), 90, (0, 95)),
         (-np.arange(101), 90, (-95, 0)), (np.arange(101), 100, (0, 100))]  # fmt: skip
wrong = [(p, e, g) for v, p, e in cases
         if (g := percentile_range(v, p)) is None or not np.allclose(g, e)]  # fmt: skip
print(f"(percent, expected, got): {wrong}" if wrong else "The public test passed.")
spiky = rng.normal(0, 1, 10_000)
spiky[:3] = 40, -35, 38  # three far-out values: a broken wire, or the event you wait for?
for name, keep in {"min-max": 100, "percentile": 99.9}.items():
    low, high = np.percentile(spiky, [(100 - keep) / 2, (100 + keep) / 2])
    every, usual = rms_error(spiky, low, high), rms_error(spiky[3:], low, high)
    print(f"{name:10} {low:6.1f} to {high:5.1f}: rms {every:.4f} of all, {usual:.4f} without the 3")

# %% [markdown]
# **Investigate (I).** Which of the two is better? Say for which device, and who decides that: the
# formula, or you?
#
# <details><summary>Compare</summary>
#
# By the rms of all, min-max. By the 9,997 usual values, percentile, by far. If the three are a
# broken wire, clip them. If they are the cough that the device waits for, do not. A formula cannot
# know what a value means.
# </details>

# %% [markdown]
# ## Check yourself
#
# 1. All values lie between 2 and 6. Which range do you quantize?
#    - **a** 2 to 6
#    - **b** 0 to 6
#    - **c** -6 to 6
# 2. Why is the zero point an integer?
#    - **a** so that 0 is exact
#    - **b** it saves memory
#    - **c** so that the range is exact
# 3. The scale is 0.02, and a value lies inside the range. How far can it be off?
#    - **a** up to 0.02
#    - **b** up to 0.01
#    - **c** 1/256 of itself
# 4. One channel of weights is much larger than the others. What helps?
#    - **a** a zero point
#    - **b** a larger scale
#    - **c** a scale for each channel
# 5. A range that clips some values:
#    - **a** is a mistake
#    - **b** can have the smaller error
#    - **c** always has the smaller error

# %% tiny={"role": "check", "budget_s": 1, "output": "text"}
# Your letters, such as {1: "a", 2: "c"}. Each one that you fill in gets an answer.
letters = {1: None, 2: None, 3: None, 4: None, 5: None}
tml.lessons.check_yourself("06", letters)

# %% [markdown]
# ## Your predictions again
#
# Compare. Where you were wrong, say in one sentence why, and keep the sentence.

# %% tiny={"role": "check", "budget_s": 1, "output": "text"}
# Predicted against found.
came_true = {
    "largest_error_in_steps": round(largest_steps, 2),
    "codes_used_by_the_others": n_one,
    "clipping_can_be_better": min(curves[4]) < curves[4][-1],
}
tml.lessons.compare(predictions, came_true)

# %% [markdown]
# ## What you can now do, and what this does not show
#
# You can derive scale and zero point, keep 0 exact, predict the rounding error, see what one large
# channel does, and choose a range. You found two faults in a published formula.
#
# **This does not show**
# - how errors grow from layer to layer, or whether an answer changes: that takes test pictures and
#   the paired test of lesson 01;
# - the error of the first rounding: our "real" weights were int8 before;
# - other networks, sensors or photographs: activations came from 40 drawings;
# - how the board multiplies without real numbers: lesson 07.

# %% [markdown]
# ## Ledger
#
# Every lesson writes down what it cost. Here: bytes of weights, and what the scales add.

# %% tiny={"role": "run", "budget_s": 1, "output": "text"}
# One line for the ledger of the course: counted from the model file.
constants = [t for t in tensors if t.dtype == "int8" and t.data is not None]
n_weights = sum(t.n_elements for t in constants)
scale_bytes = 4 * sum(len(t.quantization.scales) for t in constants)
ledger = {
    "lesson": "06",
    "float32_weight_bytes": 4 * n_weights,
    "int8_weight_bytes": n_weights,
    "scale_bytes_per_channel": scale_bytes,
    "scale_bytes_per_tensor": 4 * len(constants),
}
print(json.dumps(ledger))

# %% tiny={"role": "run", "budget_s": 1, "output": "text"}
# What you found, and one file with it beside this notebook, for you and your lecturer.
found = {
    "largest_steps": largest_steps, "rms_steps": rms_steps, "pad_steps": pad_steps,
    "n_codes_one_scale": n_one, "n_codes_many_scales": n_each,
    "best_8_ratio": best[8], "best_4_ratio": best[4],
}  # fmt: skip
tml.lessons.keep("06", predictions=predictions, letters=letters, ledger=ledger, found=found,
                 faults=faults.strip())  # fmt: skip

# %% [markdown]
# ## Next
#
# Lesson 07 runs a whole network with integers only, and compares it bit for bit with TensorFlow
# Lite. Assignment A05 *Quantize by hand* asks for the same functions, and for the cases that break
# them: no values at all, other axes, far-out values.
#
# ### Words
#
# Translations are **drafts**: no speaker has reviewed them yet.
#
# | English | français | português | español | العربية | Kiswahili |
# |---|---|---|---|---|---|
# | quantization | quantification | quantização | cuantización | تكميم | ukwantishaji |
# | scale | échelle | escala | escala | مقياس | kipimo |
# | zero point | point zéro | ponto zero | punto cero | نقطة الصفر | nukta sifuri |
# | step | pas | passo | paso | خطوة | hatua |
# | range | plage | intervalo | rango | مدى | masafa |
# | rounding | arrondi | arredondamento | redondeo | تقريب | kukadiria |
# | clipping | écrêtage | corte | recorte | قص | kukata |
# | channel | canal | canal | canal | قناة | chaneli |
# | calibration | calibrage | calibração | calibración | معايرة | urekebishaji |
# | outlier | valeur aberrante | valor atípico | valor atípico | قيمة شاذة | thamani ya kando |
#
# ### Sources
#
# - "Tiny Machine Learning", news of the Abdus Salam International Centre for Theoretical Physics,
#   November 2021: the quotation in *Why*.
# - B. Jacob and others, "Quantization and training of neural networks for efficient
#   integer-arithmetic-only inference", arXiv 1712.05877, 2017: affine quantization, exact zero.
# - TensorFlow Lite 8-bit quantization specification, tensorflow.org: symmetric weights, -127 to
#   127, a scale for each channel.
# - R. Krishnamoorthi, "Quantizing deep convolutional networks for efficient inference", arXiv
#   1806.08342, 2018: per tensor against per channel.
# - W. R. Bennett, "Spectra of quantized signals", Bell System Technical Journal 27, 1948: the mean
#   squared error scale²/12.
# - Model and drawings: lesson 01.
