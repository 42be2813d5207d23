# %% [markdown]
# # 07 · Integer-only inference, bit for bit
#
# *Two correct programs, one model, one picture: why do their answers differ by one?*

# %% [markdown]
# | | |
# |---|---|
# | For whom | you did lesson 06: scale, zero point, codes; you know NumPy arrays; no C |
# | Time | 150 minutes in class; the cells run in under 30 seconds on 2 cores |
# | Profile | *lite*. No TensorFlow: what it computed is recorded and comes with the lesson |
# | Needs | no Internet, no board, no account |
# | Serves | S17, S31, S42 |
#
# **After this lesson you can**
# 1. *derive* the factor M of a layer and write it as an integer and a shift (apply);
# 2. *implement* both ways to round, and a convolution on int8 codes (create);
# 3. *verify* it bit for bit against a named runtime (evaluate);
# 4. *explain* why two correct runtimes differ by one, and predict how often (analyse).
#
# Marks in the headings say what you do: **P** predict, **R** run, **I** investigate, **Mo**
# modify, **Ma** make.

# %% [markdown]
# ## Why
#
# Kossi in Cotonou and Ingrid in Tromsø have the same file with the same network for plant leaves.
# Kossi's board gives one picture the code 41. On Ingrid's laptop it is 42. Each says that the
# other's program has a fault.
#
# Both programs are right. They round in different ways. Who cannot show this may search for weeks
# for a fault that is not there. Worse, the next difference of one *is* a fault, and is taken for
# rounding.
#
# Here you write the arithmetic of the board yourself, with integers only. Then not one value in
# hundreds of thousands may differ from a *runtime*: a program that executes models.

# %% tiny={"role": "setup", "budget_s": 10, "output": "none"}
# Imports, and the seed of the random accumulators in section 4.
import importlib.util
import json
import math

import numpy as np

import tinymledu as tml
from tinymledu import exploration
from tinymledu.graph import fixed_point, oracle, plain_layers
from tinymledu.models.framework import quiet

SEED = 7

# %% [markdown]
# ## Predict
#
# Write your guesses before you run anything. Nobody grades them. At the end you compare.

# %% tiny={"role": "predict", "budget_s": 1, "output": "text"}
# Your guesses, in place of None.
predictions = {
    "outputs_that_differ_per_10000": None,  # between two correct runtimes, one convolution
    "bits_of_a_bias": None,  # 8, 16 or 32
    "code_outside_the_picture": None,  # what a filter reads beyond the border: a code, -128 to 127
}
written = sum(guess is not None for guess in predictions.values())
print(f"{written} of {len(predictions)} predictions written.")

# %% [markdown]
# ## 1 · One output, by hand (P, R, I)
#
# **See.** The network is that of lesson 01, quantized: cats and dogs, drawings. Eight pictures come
# with this lesson, and every *activation* (value between layers) that two runtimes computed for
# them:
#
# - *reference*: the reference kernels of TensorFlow Lite. TensorFlow Lite Micro, the runtime of
#   boards, gave the same values here;
# - *XNNPACK*: what TensorFlow Lite uses on a PC if you ask for nothing else.

# %% tiny={"role": "run", "budget_s": 5, "output": "text"}
# The model, the pictures as codes (pixel - 128), and both recordings by tensor index.
model = tml.load_model(tml.lessons.shipped("01_cats_vs_dogs.tflite"))
recorded = np.load(tml.lessons.shipped("07_activations.npz"))
codes = (recorded["pictures"].astype(np.int16) - 128).astype(np.int8)
runtimes = {"reference": {0: codes}, "XNNPACK": {0: codes}}
for op in model.graph.ops:
    values = recorded[f"reference_{op.outputs[0]}"]
    difference = recorded[f"xnnpack_minus_reference_{op.outputs[0]}"]
    runtimes["reference"][op.outputs[0]] = values
    runtimes["XNNPACK"][op.outputs[0]] = values + difference
weighted = [op for op in model.graph.ops if op.kind in ("CONV_2D", "FULLY_CONNECTED")]
print(f"{len(codes)} pictures, {len(model.graph.ops)} layers, {len(weighted)} with weights")
print("recorded with", *recorded["versions"])

# %% [markdown]
# A code q stands for the real number `scale * (q - zero_point)` (lesson 06). The reader gathers
# what one layer needs.
#
# **Predict.** How many bits has each bias?

# %% tiny={"role": "run", "budget_s": 2, "output": "text"}
# The first layer as plain arrays and numbers; M is explained in section 2.
layer = plain_layers.plain_layer(model.graph, model.graph.ops[0])
for name in ("input_zero_point", "output_zero_point", "strides", "padding", "low", "high"):
    print(f"{name:18}{layer[name]}")
for name in ("weights", "bias", "factors", "multipliers", "shifts"):
    values = layer[name]
    print(f"{name:18}{values.dtype} {values.shape}, from {values.min():g} to {values.max():g}")

# %% [markdown]
# **Explain.** Write the real value of an output and put codes in. With weights that have zero point
# 0, and the bias in steps of `s_in * s_weight`:
#
# 1. `s_out * (q_out - z_out) = s_in * s_weight * acc`
# 2. `acc = bias + sum of (q_in - z_in) * q_weight`
#
# All of line 2 is integers. The sum is called the *accumulator* `acc`. It needs 32 bits, and so
# does the bias, which joins it before anything is scaled.
#
# **Run.** One output: picture 0, row 20, column 20, filter 1.

# %% tiny={"role": "run", "budget_s": 2, "output": "text"}
# 27 products and a bias. The patch lies inside the picture: no border yet.
place, number = (0, 20, 20), 1
patch = codes[0, 19:22, 19:22, :].astype(int)
products = (patch - layer["input_zero_point"]) * layer["weights"][number].astype(int)
acc = int(layer["bias"][number] + products.sum())
exact = acc * layer["factors"][number]
print(f"acc = {layer['bias'][number]} + {products.sum()} = {acc}")
print(f"M * acc = {layer['factors'][number]:.6f} * {acc} = {exact:.4f}")
print("rounded, plus the output's zero point:", round(exact) + layer["output_zero_point"])
print("recorded:", runtimes["reference"][12][(*place, number)])

# %% [markdown]
# **Investigate (I).** "A bias is int8, like a weight." Here are the biases of all layers. What
# would be left of the first layer if each had to fit into 8 bits?
#
# <details><summary>You should see</summary>
#
# With int8 biases, <!--see:int8_bias_ratio-->38 to 39 %<!--/see--> of its outputs are wrong,
# by up to <!--see:n_int8_bias_off-->31<!--/see--> codes.
# </details>

# %% tiny={"role": "investigate", "budget_s": 5, "output": "text"}
# Biases of every layer, then the first layer with its biases cut to int8.
for op in weighted:
    bias = plain_layers.plain_layer(model.graph, op)["bias"]
    print(f"layer {op.index:2} {op.kind:16} biases from {bias.min():7,} to {bias.max():7,}")
cut = layer | {"bias": np.clip(layer["bias"], -128, 127)}
wrong_bias = plain_layers.convolution(codes, cut, fixed_point.requantize)
off = np.abs(wrong_bias.astype(int) - runtimes["reference"][12])
print(f"int8 biases: {np.mean(off > 0):.1%} of the outputs are wrong, by up to {off.max()} codes")

# %% [markdown]
# ## 2 · The factor M as an integer (R, Ma)
#
# **See.** Solve line 1 for the code that we want:
#
# `q_out = z_out + M * acc`, with `M = s_in * s_weight / s_out`
#
# M is the only real number left. It is known before the board starts, so the board needs no
# decimal point for it. We write it as an integer and a power of two:
#
# `M = multiplier * 2**(shift - 31)`, with `2**30 <= multiplier < 2**31`
#
# **Run.** Double a factor until it is at least 1/2. The doublings are -shift; what stands there
# then, times 2**31, is the multiplier.

# %% tiny={"role": "run", "budget_s": 1, "output": "text"}
# The factors of the eight filters; math.frexp does the doubling.
for factor in layer["factors"]:
    fraction, power = math.frexp(factor)
    print(f"M = {factor:.9f} = {fraction:.9f} * 2**{power:3}   {fraction * 2**31:17,.3f}")

# %% [markdown]
# **Explain.** The multiplier has 31 bits, and the first is 1. So M keeps about nine decimal digits,
# however small it is. A float32 has seven.
#
# For M = 0.75, shift is 0 and the multiplier 0.75 * 2**31 = 1,610,612,736. For 0.375 it is the
# same multiplier and shift -1.
#
# ### Exercise 2.1
#
# Write `quantize_multiplier`. `math.frexp(0.375)` gives `(0.75, -1)`, as 0.375 = 0.75 * 2**-1.
# Round the multiplier to nearest. If that makes it 2**31, it no longer fits: use 2**30 and a shift
# larger by one.


# %% tiny={"role": "make", "budget_s": 1, "output": "none"}
def quantize_multiplier(factor):
    """The integers (multiplier, shift) of a positive factor.

    TODO: replace the line below.
    APPROACH: math.frexp, then math.floor(fraction * 2**31 + 0.5), the case 2**31.
    EXAMPLE: quantize_multiplier(0.75) is (1610612736, 0).
    """
    print(f"Not done yet: exercise 2.1, quantize_multiplier({factor})")


# %% tiny={"role": "test", "budget_s": 1, "output": "text"}
# Tested: two integers; halves, factors above 1, a multiplier that rounds up to 2**31. By hand.
cases = [(0.75, (1610612736, 0)), (0.375, (1610612736, -1)), (1.0, (2**30, 1))]
cases += [(2.0**-9, (2**30, -8)), (6.0, (1610612736, 3)), (1 - 2.0**-40, (2**30, 1))]
for factor, expected in cases:
    got = quantize_multiplier(factor)
    if np.ravel(got).dtype.kind != "i" or list(np.ravel(got)) != list(expected):
        print(f"quantize_multiplier({factor}): expected {expected}, got {got}")
        print("Until it is right, the lesson goes on with the library's.")
        to_integers = fixed_point.quantize_multiplier
        break
else:
    print("The public test passed.")
    to_integers = quantize_multiplier

# %% [markdown]
# ## 3 · Two ways to round (P, R, Ma)
#
# **See.** `acc * multiplier` has up to 62 bits, and 31 - shift of them must go. Two rules are in
# use. Write k for -shift.
#
# **Once.** Add a half, then cut all those bits (`>>` rounds down):
#
# `(acc * multiplier + 2**(30 - shift)) >> (31 - shift)`
#
# **Twice.** Keep the upper half of the product, then shift:
#
# 1. `y = (acc * multiplier + 2**30) >> 31`: the first rounding;
# 2. `y / 2**k` to nearest, halves away from zero: the second.
#
# Where shift is above 0, `acc` is first multiplied by `2**shift`, and k is 0.
#
# **Predict.** M = 0.0037 and acc = 135. The exact product is 0.4995. What do the rules give?

# %% tiny={"role": "run", "budget_s": 1, "output": "text"}
# The smallest worked example, step by step. Python's integers have no limit of bits.
multiplier, shift = to_integers(0.0037)
print(f"0.0037 = {multiplier} * 2**({shift} - 31)")
product = 135 * multiplier
print(f"acc * multiplier / 2**31 = {product / 2**31:.3f}")
y = (product + 2**30) >> 31
print(f"twice: y = {y}, then y / 2**{-shift} = {y / 2**-shift}, so {int(y / 2**-shift + 0.5)}")
print(f"once:  {(product + 2 ** (30 - shift)) >> (31 - shift)}, since 0.4995 is below a half")

# %% [markdown]
# **Explain.** The first rounding moved 127.87 to 128. That made a half out of 0.4995, and a half
# goes up. Neither rule is a mistake: each answer is within one step of the exact product. "Once" is
# nearer; "twice" is cheaper on some processors.
#
# ### Exercises 3.1 and 3.2
#
# Write both rules. `acc` may be one integer or an array of int64. Multipliers and shifts may be
# arrays too, one for each index of the last axis. So use `np.where`, `np.maximum`, and no `if`.


# %% tiny={"role": "make", "budget_s": 1, "output": "none"}
def requant_single(acc, multiplier, shift):
    """acc * multiplier * 2**(shift - 31), rounded once.

    TODO: replace the line below.
    APPROACH: one product, one addition, one shift; np.int64 for acc and for the half.
    EXAMPLE: requant_single(135, *quantize_multiplier(0.0037)) is 0.
    """
    print(f"Not done yet: exercise 3.1, requant_single({np.shape(acc)}, {multiplier}, {shift})")


# %% tiny={"role": "make", "budget_s": 1, "output": "none"}
def requant_double(acc, multiplier, shift):
    """acc * multiplier * 2**(shift - 31), rounded twice.

    TODO: replace the line below.
    APPROACH: left, k = np.maximum(shift, 0), np.maximum(-shift, 0). The first rounding gives y.
        Then add a half, 2**k // 2; where y is negative and k > 0 one less; and >> k.
    EXAMPLE: requant_double(135, *quantize_multiplier(0.0037)) is 1.
    """
    print(f"Not done yet: exercise 3.2, requant_double({np.shape(acc)}, {multiplier}, {shift})")


# %% [markdown]
# The test asks both runtimes. Each of them has multiplied 256 accumulators, `9 * code`, by this M:
# a network of a single weight.

# %% tiny={"role": "test", "budget_s": 1, "output": "text"}
# Tested: 256 accumulators, 135, 405 and their negatives among them, against the recordings.
accs, fixed = 9 * np.arange(-128, 128, dtype=np.int64), fixed_point.quantize_multiplier(0.0037)
twice_said = recorded["reference_one_multiply"].ravel().astype(int)
once_said = twice_said + recorded["xnnpack_minus_reference_one_multiply"].ravel()
rules = {"once": fixed_point.requantize_once, "twice": fixed_point.requantize}
mine = {"once": (requant_single, once_said), "twice": (requant_double, twice_said)}
for name, (function, expected) in mine.items():
    got = np.broadcast_to(function(accs, *map(np.int64, fixed)), 256)
    bad = np.flatnonzero(got != expected)
    if len(bad) == 0:
        rules[name] = function
        print(f"{name}: the public test passed, 256 of 256 are right.")
    else:
        first = f"acc {accs[bad[0]]}: expected {expected[bad[0]]}, got {got[bad[0]]}"
        print(f"{name}: {len(bad)} wrong. {first}. The lesson goes on with the library's.")

# %% tiny={"role": "test", "budget_s": 1, "output": "text"}
# Tested: a factor for each column, 0.25, 0.5, 2 and 0.1875; shifts -1, 0, 2 and -2. By hand.
factors = np.array([2**30, 2**30, 2**30, 3 * 2**29]), np.array([-1, 0, 2, -2])
few = np.array([[3], [-3], [-2]])
by_hand = {"once": [[1, 2, 6, 1], [-1, -1, -6, -1], [0, -1, -4, 0]],
           "twice": [[1, 2, 6, 1], [-1, -1, -6, -1], [-1, -1, -4, 0]]}  # fmt: skip
library = {"once": fixed_point.requantize_once, "twice": fixed_point.requantize}
for name, (function, _) in mine.items():
    try:
        good = tml.lessons.passes(function, [((few, *factors), by_hand[name])], reread="section 3")
    except ValueError as error:  # such as an `if` that is asked about a whole array
        print(f"{name}: an array gave the error: {error}")
        good = False
    rules[name] = rules[name] if good else library[name]

# %% [markdown]
# <details><summary>If only a few are wrong</summary>
#
# - Wrong for negative accumulators: halves go *away from zero* in the second rounding. -0.5 is -1.
# - Wrong for 135 and 405 in "twice": only one rounding is there.
# </details>
#
# **Run.** Both rules beside the exact product.

# %% tiny={"role": "run", "budget_s": 3, "output": "figure"}
# Accumulators 129 to 141, M = 0.0037.
some = np.arange(129, 142)
once, twice = (rules[name](some, *map(np.int64, fixed)) for name in ("once", "twice"))
with exploration.figure.canvas(height=3.2) as (fig, axes):
    axes.plot(some, 0.0037 * some, color=exploration.figure.GREY, label="exact product")
    axes.plot(some, twice, "s", color=exploration.figure.ORANGE, label="rounded twice")
    axes.plot(some, once, "o", color=exploration.figure.BLUE, label="rounded once")
    axes.axhline(0.5, color=exploration.figure.BLACK, linestyle=":", label="a half")
    axes.set(xlabel="accumulator (integer)", ylabel="output (steps)", title="M = 0.0037")
    axes.legend()
rows = [("acc", "exact", "once", "twice")]
rows += [(n, f"{0.0037 * n:.4f}", a, b) for n, a, b in zip(some, once, twice, strict=True)]
alt = "Outputs over accumulators 129 to 141. Both rules give 0 up to 134 and 1 from 136 on. "
tml.show(fig, alt=f"{alt}At 135 once gives 0, twice gives 1.", table=rows, title="Two rules")

# %% [markdown]
# ## 4 · How often do they differ? (P, R, I)
#
# **See.** Only the second rounding can be misled, and only when y was moved up to exactly a half.
# Among the 2**k values that the last k bits of y can have, one is a half. The product must lie less
# than half a step below it. So:
#
# `share that differs = 1/2 * 1/2**k = 2**-(k + 1)`
#
# **Predict** with it: k = 8 (as M = 0.0037 has), k = 9, and k = 1.
#
# **Run.** Random accumulators and multipliers; 500,000 for each k.
#
# <details><summary>You should see</summary>
#
# - k = 8: <!--see:at_8_per_10000-->18.1 to 20.6<!--/see--> of 10,000; the formula says 19.5
# - k = 1: <!--see:at_1_ratio-->24 to 26 %<!--/see-->; the formula says 25 %
# </details>

# %% tiny={"role": "run", "budget_s": 10, "output": "text"}
# Measured, with the formula beside it.
rng = np.random.default_rng(SEED)
N, shares = 500_000, {}
for k in range(1, 11):
    accs_k = rng.integers(-(2**20), 2**20, N)
    multipliers = rng.integers(2**30, 2**31, N)
    shift_k = np.full(N, -k)
    unequal = rules["once"](accs_k, multipliers, shift_k) != rules["twice"](
        accs_k, multipliers, shift_k
    )
    shares[k] = float(unequal.mean())
    print(f"k = {k:2}   measured {shares[k]:8.3%}   formula {2.0 ** -(k + 1):8.3%}")

# %% [markdown]
# **Investigate (I).** The layer `MEAN` of our network averages 3x3 = 9 values. It sums them and
# multiplies by a factor that contains 1/9. Two runtimes differ in one of four of its outputs. Is
# one of them broken? Look at its shift.

# %% tiny={"role": "investigate", "budget_s": 3, "output": "text"}
# MEAN, computed from the recorded values before it, with both rules.
(mean_op,) = [op for op in model.graph.ops if op.kind == "MEAN"]
before, after = (model.graph.tensors[t[0]].quantization for t in (mean_op.inputs, mean_op.outputs))
factor = fixed_point.mean_multiplier(before, after, 9)
pooled = runtimes["reference"][mean_op.inputs[0]].astype(np.int64)
sums = pooled.sum(axis=(1, 2)) - 9 * before.zero_point
means = {name: rules[name](sums, *map(np.int64, factor)) for name in rules}
mean_ratio = float(np.mean(means["once"] != means["twice"]))
said = runtimes["reference"][mean_op.outputs[0]].astype(np.int64) - after.zero_point
print(f"shift {factor.shift}: the rules differ in {mean_ratio:.1%} of {sums.size} means")
print("twice, against the reference kernels:", np.sum(means["twice"] != said), "differ")

# %% [markdown]
# **Explain.** k is 1, and the formula says 25 %. Nothing is broken. How often two runtimes differ
# depends on the *scales* of the layer, so one figure for all layers would be wrong.

# %% [markdown]
# ## 5 · A convolution on int8 codes (R, I, Ma)
#
# **See.** At the border, a filter reaches beyond the picture. `SAME` padding puts real zeros there.
#
# **Predict.** Which *code* stands for real zero in our first layer's input?
#
# <details><summary>Compare</summary>
#
# The zero point, -128: 0 = scale * (q - z) gives q = z. Code 0 would be the grey value 128/255.
# If you subtract the zero point *first*, the padding is 0 after that.
# </details>
#
# ### Exercise 5.1
#
# Write `conv2d_int8` for codes `x` and the plain layer of section 1:
#
# 1. subtract the input's zero point, as int64, and pad;
# 2. for each place (row, column) of the filter, add inputs times weights;
# 3. add the bias, requantize, add the output's zero point;
# 4. keep codes from `low` to `high` (the RELU), as int8.


# %% tiny={"role": "make", "budget_s": 1, "output": "none"}
def conv2d_int8(x, layer, requant):
    """CONV_2D, codes to codes: (n, height, width, channels) to (n, rows, columns, filters).

    TODO: replace the line below.
    APPROACH: padded = np.pad(centred, ((0, 0), *layer["padding"], (0, 0))); a filter of
        `window` pixels makes (padded - window) // stride + 1 rows, and as many columns.
        Inputs of one place: padded[:, row : row + stride * (rows - 1) + 1 : stride, ...]
        times weights[:, row, column].T by @. At last np.clip and astype(np.int8).
    EXAMPLE: conv2d_int8(codes, layer, requant_double).shape is (8, 48, 48, 8).
    """
    kind, rule = layer["kind"], requant.__name__
    print(f"Not done yet: exercise 5.1, conv2d_int8 on {np.shape(x)}, {kind}, {rule}")


# %% tiny={"role": "test", "budget_s": 10, "output": "text"}
# Tested: the first layer as the reference kernels gave it; another geometry with the other rule.
expected = runtimes["reference"][12]
other = layer | {"strides": (2, 2), "padding": ((0, 0), (1, 0))}, rules["once"]
got, my_conv = conv2d_int8(codes, layer, rules["twice"]), plain_layers.convolution
if np.shape(got) != expected.shape:
    print(f"expected shape {expected.shape}, got {np.shape(got)}: the lesson uses the library's.")
elif not np.array_equal(got, expected):
    bad = np.asarray(got).astype(int) != expected
    print(f"{bad.sum():,} of {bad.size:,} differ, {bad[:, 1:-1, 1:-1].sum():,} not at the border.")
    print("Only at the border: padding. A few everywhere: rounding. Most: zero point or bias.")
elif not np.array_equal(conv2d_int8(codes, *other), my_conv(codes, *other)):
    print("Right here. Wrong with another padding, stride and rule: take all three as given.")
else:
    my_conv = conv2d_int8
    print(f"The public test passed: 0 of {expected.size:,} differ.")

# %% [markdown]
# **Investigate (I).** "Padding is with 0." Pad the *codes* with 0, and see what it costs. Then
# drop the zero point, and last the clamp.
#
# <details><summary>You should see</summary>
#
# Padded with code 0, <!--see:padding_ratio-->5 to 6 %<!--/see--> of the outputs are wrong,
# all of them at the border. The other two mistakes show everywhere.
# </details>

# %% tiny={"role": "investigate", "budget_s": 10, "output": "text"}
# Three frequent mistakes in the first layer, each counted.
no_pad, around = ((0, 0), (0, 0)), ((0, 0), (1, 1), (1, 1), (0, 0))
mistakes = {
    "padded with code 0": (np.pad(codes, around), layer | {"padding": no_pad}),
    "zero point left out": (codes, layer | {"input_zero_point": 0}),
    "clamp left out, so wrapped": (codes, layer | {"low": -(2**31)}),
}
wrong_share = {}
for name, (x, changed) in mistakes.items():
    unequal = my_conv(x, changed, rules["twice"]) != expected
    wrong_share[name], inside = float(unequal.mean()), unequal[:, 1:-1, 1:-1].mean()
    print(f"{name:28}{wrong_share[name]:6.1%} wrong; away from the border {inside:6.1%}")

# %% [markdown]
# ## 6 · Against named runtimes (P, R, I, Mo)
#
# **See.** "Equal to TensorFlow Lite" is half a sentence: *which* runtime, *which* kernels, *which*
# version? We compare three rules with two runtimes, layer by layer. Each layer gets the runtime's
# own inputs, so that a difference cannot spread.
#
# The third rule is the shortcut: multiply by M as a 64-bit float and round.
#
# **Predict.** Which of the six counts are 0?
#
# <details><summary>You should see</summary>
#
# Two rules, two zeros. Crossed, <!--see:n_crossed-->156 to 157<!--/see--> values differ, by one,
# of <!--see:n_outputs-->276496<!--/see-->. The layer with the largest share has
# only <!--see:most_per_10000-->9.22<!--/see--> of 10,000. That is below the formula: RELU makes
# many outputs equal.
# </details>


# %% tiny={"role": "run", "budget_s": 20, "output": "text"}
# The layer loop: all convolutions and the fully connected layer, which is one of 1x1 pixels.
def by_float(acc, multiplier, shift):
    exact = acc * (multiplier * 2.0 ** (shift - 31))
    return np.copysign(np.floor(np.abs(exact) + 0.5), exact).astype(np.int64)


def layer_outputs(op, x, rule):
    plain = plain_layers.plain_layer(model.graph, op)
    if op.kind == "CONV_2D":
        return my_conv(x, plain, rule)
    as_filter = plain | {"weights": plain["weights"][:, np.newaxis, np.newaxis, :]}
    return my_conv(x[:, np.newaxis, np.newaxis, :], as_filter, rule)[:, 0, 0]


# %% tiny={"role": "run", "budget_s": 20, "output": "text"}
# Values that differ, for each rule and runtime; 'largest' is the largest difference.
n_outputs = sum(runtimes["reference"][op.outputs[0]].size for op in weighted)
print(f"{f'of {n_outputs:,} outputs':30}        reference     XNNPACK    largest")
n_wrong, crossed_by_layer = {}, []
for name, rule in {**rules, "float": by_float}.items():
    largest = 0
    for runtime, values in runtimes.items():
        got = {op: layer_outputs(op, values[op.inputs[0]], rule) for op in weighted}
        off = [codes_got.astype(int) - values[op.outputs[0]] for op, codes_got in got.items()]
        n_wrong[name, runtime] = int(sum(np.count_nonzero(one) for one in off))
        largest = max(largest, *(int(np.abs(one).max()) for one in off))
        if (name, runtime) == ("once", "reference"):
            crossed_by_layer = [float(np.mean(one != 0)) for one in off]
    print(f"{name:30}{n_wrong[name, 'reference']:17,}{n_wrong[name, 'XNNPACK']:12,}{largest:11}")

# %% [markdown]
# **Explain.** In convolutions, the reference kernels and TensorFlow Lite Micro round *twice*, and
# XNNPACK *once*. Each rule is bit for bit, with its own partner.
#
# And float? "A float multiply is near enough": it is off wherever *once* is. It agrees with XNNPACK
# here since both are near the exact product. A board without a float unit would pay more for it.
#
# **Predict.** Now let differences spread. In the first layer, 4 of 10,000 values differ. And in
# the last layers? Both runtimes began with the same pictures.

# %% tiny={"role": "investigate", "budget_s": 3, "output": "figure"}
# The two recordings against each other, after each layer.
drift = []
for op in model.graph.ops:
    a, b = (values[op.outputs[0]] for values in runtimes.values())
    off = np.abs(a.astype(int) - b)
    drift.append((f"{op.index} {op.kind}", float(np.mean(off > 0)), int(off.max())))
with exploration.figure.canvas(height=3.4) as (fig, axes):
    axes.barh([d[0] for d in drift], [100 * d[1] for d in drift], color=exploration.figure.SKY)
    axes.invert_yaxis()
    axes.set(xlabel="values that differ (%)", title="Reference and XNNPACK, 8 drawings")
rows = [("layer", "values that differ", "largest difference")]
rows += [(name, f"{ratio:.2%}", most) for name, ratio, most in drift]
alt = f"Bars by layer: {drift[0][1]:.2%} after the first, most, {drift[8][1]:.0%}, after MEAN."
tml.show(fig, alt=alt, table=rows, title="How differences spread")

# %% [markdown]
# **Explain.** A difference of one goes into nine places of every filter of the next layer. Most of
# those round to the same code, some do not. Compare runtimes *layer by layer*, with equal inputs,
# or you will not tell rounding from a fault.
#
# Does it matter for the answer?

# %% tiny={"role": "investigate", "budget_s": 1, "output": "text"}
# The scores of both runtimes, as codes, and the pictures whose class changed.
scores = [values[model.graph.outputs[0]] for values in runtimes.values()]
for name, values in zip(runtimes, scores, strict=True):
    print(f"{name:10}", *(f"{code:5}" for code in values[:, 0]), "  (code of 'cat', 8 pictures)")
n_changed = int(np.sum(scores[0].argmax(1) != scores[1].argmax(1)))
print("classes that changed:", n_changed, "of 8")

# %% [markdown]
# ## 7 · Other layers (P, R, I, Mo)
#
# **See.** In a *fully connected* layer, every output reads all inputs, each with a weight of its
# own. There is no border:
#
# `acc = bias + (x - z_in) @ weights.T`
#
# Then comes the same requantization. Here is one with random weights and inputs, in three runtimes.
#
# **Predict.** In convolutions, TensorFlow Lite Micro (TFLM) and the reference kernels were equal.
# And here?

# %% tiny={"role": "investigate", "budget_s": 3, "output": "text"}
# 500 inputs, 24 outputs each; both rules against three runtimes.
small = tml.load_model(tml.lessons.shipped("07_fully_connected.tflite"))
dense = plain_layers.plain_layer(small.graph, small.graph.ops[0])
rows_in = recorded["fully_connected_inputs"].astype(np.int64) - dense["input_zero_point"]
acc_dense = dense["bias"] + rows_in @ dense["weights"].astype(np.int64).T
n_dense = {}
for runtime in ("tflm", "reference", "xnnpack"):
    for name, rule in rules.items():
        steps = rule(acc_dense, dense["multipliers"], dense["shifts"]) + dense["output_zero_point"]
        unequal = (
            np.clip(steps, dense["low"], dense["high"]) != recorded[f"{runtime}_fully_connected"]
        )
        n_dense[name, runtime] = int(unequal.sum())
    print(f"{runtime:10} once: {n_dense['once', runtime]:3}   twice: {n_dense['twice', runtime]:3}")
print(f"values that differ, of {acc_dense.size:,}")

# %% [markdown]
# **Explain.** TFLM rounds twice in this layer, too. The reference kernels of TensorFlow Lite round
# twice in a convolution and *once* here. So even the name of a runtime is not enough: a claim needs
# the operator and the version. And it needs enough outputs. Our network has 16 outputs of this
# kind; they could not tell the rules apart.
#
# **Change (Mo).** In a *depthwise* convolution, filter i reads channel i only: one line differs
# from yours. Run it. Then take the other rule, and predict the count first.

# %% tiny={"role": "modify", "budget_s": 5, "output": "text"}
# A depthwise layer with random weights, on the result of the first pool. Change "twice" to "once".
CHOSEN_RULE = "twice"
small = tml.load_model(tml.lessons.shipped("07_depthwise.tflite"))
plain = plain_layers.plain_layer(small.graph, small.graph.ops[0])
centred = runtimes["reference"][13].astype(np.int64) - plain["input_zero_point"]
padded = np.pad(centred, ((0, 0), *plain["padding"], (0, 0)))
acc = plain["bias"].astype(np.int64)
for row, column in np.ndindex(3, 3):
    acc = acc + padded[:, row : row + 24, column : column + 24] * plain["weights"][row, column]
steps = rules[CHOSEN_RULE](acc, plain["multipliers"], plain["shifts"])
said = np.clip(steps + plain["output_zero_point"], plain["low"], plain["high"])
n_off = np.sum(said != recorded["reference_depthwise"])
print(f"{n_off} of {said.size:,} differ from the reference kernels and TFLM")

# %% [markdown]
# **Run (optional).** Are the recordings true? Where the runtimes are installed, ask them again.


# %% tiny={"role": "run", "budget_s": 1, "output": "none"}
def ask_tflite(kernels):
    """What TensorFlow Lite says to the 256 codes of the one-weight network, here and now."""
    with quiet():
        lite = importlib.import_module("ai_edge_litert.interpreter")
        resolver = getattr(lite.OpResolverType, kernels)
        runner = lite.Interpreter(str(path), experimental_op_resolver_type=resolver)
        runner.allocate_tensors()
        ends = runner.get_input_details()[0]["index"], runner.get_output_details()[0]["index"]
        runner.set_tensor(ends[0], every_code)
        runner.invoke()
    return runner.get_tensor(ends[1]).ravel()


# %% tiny={"role": "run", "budget_s": 20, "output": "text"}
# The one-weight network in every runtime that is here; this cell says which are not.
path = tml.lessons.shipped("07_one_multiply.tflite")
every_code = (accs // 9).astype(np.int8).reshape(1, 1, 256, 1)
one_weight, fresh = tml.load_model(path), {}
if importlib.util.find_spec("ai_edge_litert") is None:
    print("TensorFlow Lite (ai-edge-litert) is not installed: the recording stands.")
else:
    fresh |= {"reference": ask_tflite("BUILTIN_REF"), "XNNPACK": ask_tflite("AUTO")}
if oracle.tflm_available():
    fresh["TFLM"] = oracle.Oracle(one_weight).run(every_code).ravel()
else:
    print("TFLM (tflite-micro, for Linux only) is not installed: the recording stands.")
for name, values in fresh.items():
    n_new = np.sum(values != (once_said if name == "XNNPACK" else twice_said))
    print(f"{name:10} now: {n_new} of 256 differ from the recording")

# %% [markdown]
# ## 8 · The machine code of the board (P, R, I)
#
# **See.** The virtual board runs machine code for its processor, made from generated C. It was
# written without your functions. Its first layer has to give the bytes of your convolution.
#
# **Predict.** For acc = 135, will the board say 0 or 1?

# %% tiny={"role": "run", "budget_s": 20, "output": "text"}
# Two networks of one layer each, as firmware: the single weight, and the first layer of lesson 01.
board = tml.board("nano33ble")
one_weight_board = tml.deploy(one_weight, board)
on_board = one_weight_board.run_many(every_code).codes[0]
first = tml.load_model(tml.lessons.shipped("07_first_layer.tflite"))
firmware = tml.deploy(first, board)
bytes_of_board = firmware.run_many(recorded["pictures"]).codes.reshape(expected.shape)
bytes_of_mine = my_conv(codes, layer, rules["twice"])
n_board = int(np.sum(bytes_of_board != bytes_of_mine))
print(f"{n_board} of {bytes_of_mine.size:,} bytes differ between your convolution and the board")
print(f"{firmware.profile.instructions:,} instructions for one picture (counted)")

# %% tiny={"role": "run", "budget_s": 2, "output": "text"}
# The worked example, as everyone answers it.
answers = {"board": on_board, "reference": twice_said, "TFLM": twice_said, "XNNPACK": once_said}
asked = (-405, -135, 135, 405)
print("acc        ", *(f"{acc:8}" for acc in asked))
print("exact      ", *(f"{0.0037 * acc:8.4f}" for acc in asked))
for name, values in answers.items():
    print(f"{name:11}", *(f"{values[acc // 9 + 128]:8}" for acc in asked))

# %% [markdown]
# **Explain.** The board rounds twice, as TensorFlow Lite Micro does. That was a decision of this
# course: the board must equal the runtime that boards really use. Neither Kossi nor Ingrid had a
# fault: one has a board, the other a PC.
#
# **Investigate (I).** The layer has 48 x 48 x 27 x 8 = 497,664 multiply-accumulates. A plain loop
# loads an input, subtracts the zero point, loads a weight, and multiplies: four instructions for
# each, at least.

# %% tiny={"role": "investigate", "budget_s": 1, "output": "text"}
# Instructions for each multiply-accumulate, everything included.
n_macs = 48 * 48 * 27 * 8
print(f"{firmware.profile.instructions / n_macs:.2f} instructions for each of {n_macs:,}")

# %% [markdown]
# How can it be less than four?
#
# <details><summary>Compare</summary>
#
# Integers can be rearranged without changing a bit of the sum. So one instruction may multiply two
# pairs at once, and the zero point can join the bias beforehand. With floats, another order of
# additions gives another result.
# </details>

# %% [markdown]
# ## Check yourself
#
# 1. A colleague writes: "our kernels are bit-exact with TensorFlow Lite". What do you ask?
#    - **a** nothing, that is clear
#    - **b** with which kernels, operators and version
#    - **c** how large the difference is
# 2. Your layer differs from TensorFlow Lite Micro at the border only. What is it?
#    - **a** rounding
#    - **b** the padding is not the zero point
#    - **c** the bias
# 3. A layer has M = 0.3, so k = 1. Two correct runtimes may differ in
#    - **a** no output
#    - **b** 1 of 1,000
#    - **c** 1 of 4
# 4. Why has a bias 32 bits?
#    - **a** it is added to the accumulator, in the accumulator's small steps
#    - **b** 8 would be enough, it is for safety
#    - **c** so that it can be negative
# 5. A float multiply of each accumulator gives TFLM's values in 9,999 of 10,000 cases. Is it equal?
#    - **a** yes, the rest is noise
#    - **b** no, and section 3 says where it differs
#    - **c** yes, with a 64-bit float

# %% tiny={"role": "check", "budget_s": 1, "output": "text"}
# Your letters, such as {1: "a", 2: "c"}. Each one that you fill in gets an answer.
letters = {1: None, 2: None, 3: None, 4: None, 5: None}
tml.lessons.check_yourself("07", letters)

# %% [markdown]
# ## Your predictions again
#
# Compare. Where you were wrong, say in one sentence why, and keep the sentence.

# %% tiny={"role": "check", "budget_s": 1, "output": "text"}
# Predicted against found.
came_true = {
    "outputs_that_differ_per_10000": [round(1e4 * ratio, 1) for ratio in crossed_by_layer],
    "bits_of_a_bias": 32,
    "code_outside_the_picture": layer["input_zero_point"],
}
tml.lessons.compare(predictions, came_true)

# %% [markdown]
# ## What you can now do, and what this does not show
#
# You can derive M, round in both ways, and compute a convolution with codes only. You compared it
# with named runtimes and with machine code, value by value.
#
# **This does not show**
# - that XNNPACK *is* "once": it multiplies by a float32 and rounds halves to even. With M = 0.5 and
#   acc = 1 it gives 0, "once" gives 1. On our recordings the two are equal;
# - that other versions, phones or accelerators round like one of the two;
# - that differences of one never matter: eight drawings are few (lesson 03 has the test);
# - other layers: ADD and SOFTMAX have arithmetic of their own.

# %% [markdown]
# ## Ledger
#
# One line for the course. Nothing was trained.

# %% tiny={"role": "run", "budget_s": 1, "output": "text"}
# Instructions are counted; energy of the processor is modelled, so it is a band.
once_mj = firmware.profile.energy_mj
ledger = {
    "lesson": "07",
    "training_j": 0,
    "first_layer_instructions": firmware.profile.instructions,
    "first_layer_mj": [round(once_mj.low, 3), round(once_mj.high, 3)],
    "board": board.name,
}
print(json.dumps(ledger))

# %% tiny={"role": "run", "budget_s": 1, "output": "text"}
# What you found, in numbers. n_paired holds the counts that have to be 0.
bias_off = np.abs(wrong_bias.astype(int) - expected)
found = {
    "int8_bias_ratio": float(np.mean(bias_off > 0)),
    "n_int8_bias_off": int(bias_off.max()),
    "at_8_per_10000": 1e4 * shares[8],
    "at_1_ratio": shares[1],
    "mean_ratio": mean_ratio,
    "n_outputs": n_outputs,
    "n_crossed": [n_wrong["once", "reference"], n_wrong["twice", "XNNPACK"]],
    "n_dense_crossed": n_dense["once", "tflm"],
    "padding_ratio": wrong_share["padded with code 0"],
    "n_paired": [n_wrong["twice", "reference"], n_wrong["once", "XNNPACK"], n_board],
    "most_per_10000": 1e4 * max(crossed_by_layer),
}

# %% tiny={"role": "run", "budget_s": 1, "output": "text"}
# One file with what you wrote and found, beside this notebook, for you and your lecturer.
tml.lessons.keep("07", predictions=predictions, letters=letters, ledger=ledger, found=found)

# %% [markdown]
# ## Next
#
# Lesson 08 makes networks smaller, and 09 finds room for their activations in RAM. Assignment A06
# *Integer-only* asks for your four functions and a fully connected layer, on other models.
#
# ### Words
#
# Translations are **drafts**: no speaker has reviewed them yet.
#
# | English | français | português | español | العربية | Kiswahili |
# |---|---|---|---|---|---|
# | integer | entier | inteiro | entero | عدد صحيح | namba kamili |
# | accumulator | accumulateur | acumulador | acumulador | مُراكِم | kilimbikizi |
# | rounding | arrondi | arredondamento | redondeo | تقريب | ukadiriaji |
# | shift | décalage | deslocamento | desplazamiento | إزاحة | usogezaji |
# | zero point | point zéro | ponto zero | punto cero | نقطة الصفر | nukta sifuri |
# | bias | biais | viés | sesgo | انحياز | mwelekeo |
# | padding | remplissage | preenchimento | relleno | حشو | ujazaji |
# | layer | couche | camada | capa | طبقة | safu |
# | runtime | moteur d'exécution | executor | ejecutor | محرك التشغيل | kiendeshaji |
# | machine code | code machine | código máquina | código máquina | لغة الآلة | msimbo wa mashine |
#
# ### Sources
#
# - B. Jacob and others, "Quantization and training of neural networks for efficient
#   integer-arithmetic-only inference", arXiv 1712.05877, 2017: M as an integer and a shift.
# - TensorFlow Lite 8-bit quantization specification (ai.google.dev, read 2026-11): int32 bias,
#   symmetric weights, one scale for each filter.
# - Rounding rules: MultiplyByQuantizedMultiplier in lite/kernels/internal/common.cc, with and
#   without TFLITE_SINGLE_ROUNDING; after gemmlowp's fixedpoint.h.
# - Recordings: `notebooks/models/make_07.py`; the versions are printed in section 1.
