# %% [markdown]
# # 08 · Shrinking and the Pareto front
#
# *Six ways to make a network smaller: what does each really save, and what does it cost?*

# %% [markdown]
# | | |
# |---|---|
# | For whom | you did lessons 01 and 06; you know arrays and functions of NumPy |
# | Time | 150 minutes in class; the cells run in about 2 minutes on 2 cores |
# | Profile | *full* (TensorFlow). In *lite*, both trainings are recorded; all else runs here |
# | Needs | no Internet, no board, no account |
# | Serves | S02, S23, S31, S36 |
#
# **After this lesson you can**
# 1. *apply* six ways of shrinking: width, depth, pruning, clustering, distillation, QAT (apply);
# 2. *find* the Pareto front of designs by several costs (apply);
# 3. *test* whether shrinking changed the results, also for the worst class (evaluate);
# 4. *explain* why zeros, few bits and few MACs may save nothing on a board (analyse);
# 5. *defend* one design for each of three budgets (evaluate).
#
# Marks in the headings say what you do: **P** predict, **R** run, **I** investigate, **Mo**
# modify, **Ma** make.

# %% [markdown]
# ## Why
#
# Ngozi keeps an animal shelter in Enugu. A flap in the door should open for cats only. The board
# she has already counts visitors and reads a collar radio. For the network, 20 KiB of flash and
# 6 KiB of RAM are left.
#
# Her network is larger than that. She reads of many ways to shrink it. One page promises "80 %
# fewer weights", another "eight times smaller". Both may be true, and still save not one byte of
# her flash.
#
# You will compare eleven designs on the same board and the same pictures. All pictures are easy
# **drawings** of cats and dogs. What you find is true of these drawings.

# %% tiny={"role": "setup", "budget_s": 10, "output": "none"}
# Imports, and the one thing you may want to change.
import importlib.util
import json

import numpy as np

import tinymledu as tml
from tinymledu import exploration, measurement
from tinymledu.compress import cluster, fake_quant, prune
from tinymledu.measurement import Accuracy, Measurement
from tinymledu.pareto import pareto_front as library_front
from tinymledu.quantities import Band

SEED = 7  # of the two short trainings

# %% tiny={"role": "setup", "budget_s": 2, "output": "text"}
# Training needs TensorFlow. Where it is missing, the recorded sweep stands in.
CAN_TRAIN = importlib.util.find_spec("tensorflow") is not None
sweep = json.loads(tml.lessons.shipped("08_sweep.json").read_text(encoding="utf-8"))
records = {(record["design"], record["seed"]): record for record in sweep["records"]}
truth = np.array(list(sweep["labels"]), int)
n_trainings = sum(record["train_s"] > 0 for record in records.values())
print(f"{len(records)} networks from {n_trainings} trainings; {len(truth):,} test drawings each.")
if CAN_TRAIN:
    print("TensorFlow is here: you will train two networks yourself.")
else:
    print("TensorFlow is not installed: sections 4 and 7 show recorded trainings.")


# %% tiny={"role": "setup", "budget_s": 1, "output": "none"}
# From a record to what tml.measure would give. Nothing to learn here.
def answered(design, seed=7):
    """What a recorded design answered to the test drawings."""
    return Accuracy(np.array(list(records[design, seed]["answers"]), int), truth, "test")


def measured(design):
    """Accuracy, and the costs on the board."""
    names = ("file_bytes", "flash_bytes", "ram_bytes", "arena_bytes", "instructions")
    record = records[design, 7]
    bands = {name: Band(*record[name]) for name in ("latency_ms", "energy_mj")}
    costs = {name: record[name] for name in names}
    return Measurement(design, design, answered(design), board=sweep["board"], **costs, **bands)


# %% [markdown]
# ## Predict (P)
#
# Write your guesses **before** you run anything else. They are not marked.
#
# - A network gets half as many filters in each layer. By which factor do its MACs shrink? A *MAC*
#   is one multiplication and one addition.
# - Of all weights, 80 % become 0, and the network still works. How many percent of the flash are
#   saved?
# - A network is trained while its weights are rounded to 8 bits. Is it better than one that is
#   rounded afterwards: `"better"`, `"worse"` or `"no difference shown"`?

# %% tiny={"role": "predict", "budget_s": 1, "output": "text"}
# Replace each None by your guess, then run the cell.
predictions = {
    "macs_factor": None,  # a number above 1
    "flash_saved_percent": None,  # a number from 0 to 100
    "trained_with_rounding": None,  # "better", "worse" or "no difference shown"
}
written = sum(guess is not None for guess in predictions.values())
print(f"{written} of {len(predictions)} predictions written.")

# %% [markdown]
# ## 1 · Width and depth (R, I)
#
# **See.** The simplest way to a smaller network is to build a smaller one. *Width* is the number
# of filters in a layer, *depth* the number of layers. Four networks were trained in the same way:
# three widths with three blocks, and one with two blocks (`shallow`).
#
# **Run.** Accuracy is measured, with its 95 % interval. Bytes are read from the linked program for
# the board. MACs are counted. Milliseconds are modelled.

# %% tiny={"role": "run", "budget_s": 2, "output": "text"}
# Three widths and one depth: all int8, one seed.
SIZES = ("wide", "half", "quarter", "shallow")
print("design    accuracy  interval      flash     RAM   arena      MACs  ms, modelled")
for design in SIZES:
    one, m = records[design, 7], measured(design)
    right = f"{m.accuracy.ratio:.1%}   {m.accuracy.low:.1%}-{m.accuracy.high:.1%}"
    n_bytes = f"{m.flash_bytes:8,}{m.ram_bytes:8,}{m.arena_bytes:8,}"
    low, high = one["latency_ms"]
    print(f"{design:9} {right} {n_bytes}{one['macs']:10,}  {low:.0f} to {high:.0f}")

# %% [markdown]
# **Explain.** A weight joins one input channel and one filter. Half as many of both leave a quarter
# of the weights and MACs of most layers. The arena holds channels, not pairs of them: it shrinks
# to half. The first layer reads three colours in any case, and the code of the kernels stays.
#
# **Predict.** If MACs were time, each MAC would cost the same.
#
# <details><summary>You should see</summary>
#
# A MAC of `quarter` takes <!--see:quarter_per_mac_factor-->3.8<!--/see--> times that of `wide`.
# </details>

# %% tiny={"role": "investigate", "budget_s": 1, "output": "text"}
# Nanoseconds for one MAC, by the middle of the modelled time.
per_mac = {}
for design in SIZES:
    low, high = records[design, 7]["latency_ms"]
    per_mac[design] = 1e6 * (low + high) / 2 / records[design, 7]["macs"]
    print(f"{design:8} {per_mac[design]:5.1f} ns for one MAC")
quarter_per_mac_factor = per_mac["quarter"] / per_mac["wide"]

# %% [markdown]
# **Explain.** A processor also loads, stores, counts loops, rounds results, and compares for
# pooling. With few inputs to a filter, there is more of this for each MAC. So MACs rank designs
# roughly. They do not tell milliseconds.
#
# **Investigate (I).** `shallow` has fewer weights than `wide`. Which cost does it not lower, and
# why? (Where is the arena fullest?)

# %% [markdown]
# ## 2 · Which designs nobody should choose (P, R, Mo, Ma)
#
# **See.** One design *dominates* another if it is nowhere worse and somewhere better. What nobody
# dominates is the *Pareto front*: on it, every gain costs something.
#
# ### Exercise 2.1
#
# Write `front`. It takes rows of costs, smaller is better, and returns the numbers of the rows that
# no other row dominates, ascending. Equal rows do not dominate each other.


# %% tiny={"role": "make", "budget_s": 1, "output": "none"}
def front(costs):
    """Numbers of the rows that no other row dominates.

    TODO: replace the line below.
    APPROACH: for each row, is there another that is <= everywhere and < somewhere?
    EXAMPLE: front([[3, 10], [2, 20], [3, 20]]) is [0, 1].
    """
    print(f"Not done yet: exercise 2.1, front of {len(costs)} rows")


# %% tiny={"role": "test", "budget_s": 1, "output": "text"}
# Tested: trade-offs, a dominated row, equal rows, three costs.
cases = [
    (([[3, 10], [2, 20], [3, 20]],), [0, 1]),
    (([[1, 1], [1, 1], [2, 0], [2, 2]],), [0, 1, 2]),
    (([[1, 5, 5], [5, 1, 5], [5, 5, 1], [5, 5, 5]],), [0, 1, 2]),
]
front_done = tml.lessons.passes(front, cases, reread="exercise 2.1")

# %% tiny={"role": "run", "budget_s": 3, "output": "figure"}
# All designs that were linked for the board: accuracy against flash.
DESIGNS = tuple(name for (name, seed), one in records.items() if seed == 7 and "macs" in one)
designs = [measured(design) for design in DESIGNS]
exploration.pareto_figure(designs, cost="flash_bytes", title="Eleven designs, easy drawings")

# %% [markdown]
# **Change (Mo).** Choose another cost in the menu. Which designs leave the front, which join it?

# %% tiny={"role": "modify", "budget_s": 6, "output": "html"}
# The same with controls: the cost, and the most that you can pay.
tml.explore(designs, title="Designs for easy drawings")

# %% tiny={"role": "run", "budget_s": 1, "output": "text"}
# The front by three costs at once: error, flash, RAM.
rows = [(1 - m.accuracy.ratio, m.flash_bytes, m.ram_bytes) for m in designs]
if front_done:
    on_front = front(rows)
else:
    on_front = library_front(range(len(rows)), lambda number: rows[number])
print(f"{len(on_front)} of {len(rows)} on the front:", *(DESIGNS[k] for k in on_front))

# %% [markdown]
# **Explain.** A front is drawn through points, and each point has an interval. A design that is
# half a percent below the line may not be worse at all. That is a question for a test.

# %% [markdown]
# ## 3 · A difference, or chance? (P, R, I)
#
# **See.** "Miniaturisation does not affect the results": lesson 01 called this a question. Both
# designs answer the *same* drawings, so only those count on which exactly one is right
# (McNemar's test).
#
# **Predict.** Which of these pairs will the test tell apart?

# %% tiny={"role": "run", "budget_s": 1, "output": "text"}
# Each pair on the same test drawings.
PAIRS = [("wide_float", "wide"), ("wide", "int16x8"), ("wide", "half"), ("half", "quarter")]
for first, second in PAIRS:
    print(first, "and", second)
    print(" ", measurement.paired_test(answered(first), answered(second)))

# %% [markdown]
# **Explain.** A small *p* says: hardly chance. A large one does **not** say that two designs are
# equally good. It says that this test did not tell them apart.
#
# The first pair is no such case: here, int8 lost drawings that float had right.
#
# `int16x8` has activations of 16 bits, and weights of 8. Its arena is
# that of `wide` times <!--see:int16_arena_factor-->2.0<!--/see-->, its time
# times <!--see:int16_time_factor-->7.5<!--/see-->: our fast kernels are for int8.
#
# **Predict.** A mean can hide somebody. How far apart are the two classes?


# %% tiny={"role": "investigate", "budget_s": 1, "output": "text"}
# The mean, and the worse of the two classes.
def by_class(design, seed=7):
    right = answered(design, seed).correct
    return [right[truth == k].mean() for k in (0, 1)]


print("design           mean    cats    dogs")
for design in DESIGNS:
    cats, dogs = by_class(design)
    print(f"{design:15} {answered(design).ratio:6.1%}  {cats:6.1%}  {dogs:6.1%}")

# %% tiny={"role": "investigate", "budget_s": 1, "output": "text"}
# What a smaller design takes from the mean, and from the class that loses most.
for design in ("half", "half_pruned", "quarter", "shallow"):
    lost = answered("wide").ratio - answered(design).ratio
    lost_class = max(np.array(by_class("wide")) - np.array(by_class(design)))
    print(f"{design:12} mean loses {100 * lost:4.1f} points, a class up to {100 * lost_class:4.1f}")

# %% [markdown]
# **Explain.** `half` loses little on the mean, and more on dogs. Cats are the other way round:
# `half` names more of them rightly than `wide`. A mean tells none of this. So a budget should
# have a bar for the worst class, too.
#
# **Investigate (I).** McNemar's test compares two *trained networks*. Train again with another
# seed, and both change. How much?

# %% tiny={"role": "investigate", "budget_s": 1, "output": "text"}
# The same design with three seeds: start, order of pictures and random views differ.
FAMILY = ("half", "half_longer", "half_pruned", "half_distilled", "half_qat")
for design in FAMILY:
    ratios = [answered(design, seed).ratio for seed in (7, 8, 9)]
    print(f"{design:15}", *(f"{ratio:6.1%}" for ratio in ratios), f"  mean {np.mean(ratios):.1%}")

# %% [markdown]
# **Explain.** Read a row from left to right before you compare two rows. Where the rows overlap, a
# claim "method A is better" needs more seeds than three. `half_pruned` begins three times with the
# same `wide`.

# %% [markdown]
# ## 4 · Pruning: remove, or write zeros (P, R, I, Ma)
#
# **See.** *Pruning* takes away what matters least. There are two kinds:
#
# - *channels*: whole filters go, with all that the next layer reads of them;
# - *weights*: single small weights become 0. The shapes stay (*pruned but dense*).
#
# ### Exercise 4.1
#
# Write `channel_prune`. Keep the `n_keep` filters with the largest sums of |weight|, in their
# order. Of equal ones the first stays. `vectors` have one number for each filter.


# %% tiny={"role": "make", "budget_s": 1, "output": "none"}
def channel_prune(kernel, vectors, following, n_keep):
    """Keep the strongest filters; kernel is (height, width, inputs, filters).

    TODO: return the smaller (kernel, vectors, following).
    APPROACH: np.abs, sum, np.argsort(..., kind="stable"), np.sort; `following` is
        (..., filters, outputs).
    EXAMPLE: sums 3, 1, 3, 2 and n_keep=2: filters 0 and 2 stay.
    """
    arrays = [kernel, *vectors, following]
    print(f"Not done yet: exercise 4.1, {n_keep} filters in {len(arrays)} arrays")


# %% tiny={"role": "test", "budget_s": 1, "output": "text"}
# Tested: four filters with the sums 3, 1, 3 and 2; all three arrays; which of two equals stays.
def parts_of(n_keep):
    kernel = np.array([[[[3.0, -1.0, 1.0, 2.0], [0.0, 0.0, -2.0, 0.0]]]])
    pruned = channel_prune(kernel, [np.arange(4)], np.arange(16).reshape(4, 4, 1), n_keep)
    return pruned and [*pruned[0].ravel(), *pruned[1][0], *np.ravel(pruned[2])]


cases = [
    ((1,), [3, 0, 0, 0, 4, 8, 12]),
    ((2,), [3, 1, 0, -2, 0, 2, 0, 2, 4, 6, 8, 10, 12, 14]),
    ((3,), [3, 1, 2, 0, -2, 0, 0, 2, 3, 0, 2, 3, 4, 6, 7, 8, 10, 11, 12, 14, 15]),
]
prune_done = tml.lessons.passes(parts_of, cases, reread="exercise 4.1")

# %% [markdown]
# **Run.** From `wide`, the stronger half of the filters of each block is kept. Then the rest is
# trained a little further: it must learn to do without the others.
#
# <details><summary>You should see</summary>
#
# - pruned only: <!--see:pruned_only_ratio-->51 to 52 %<!--/see-->
# - after four more epochs: <!--see:pruned_ratio-->90 to 93 %<!--/see-->
# </details>

# %% tiny={"role": "run", "budget_s": 25, "output": "text"}
# The dataset, and the trained network `wide` from its shipped weights.
data = tml.load_dataset("cats_vs_dogs_easy")
FEW = {"epochs": 4, "seed": SEED, "learning_rate": 2e-3, "batch_size": 50, "augment": 0.5}
if CAN_TRAIN:
    with np.load(tml.lessons.shipped("08_wide.npz")) as file:
        weights = [file[name] for name in file.files]
    wide = tml.models.tiny_cnn(data.card.shape, 2, filters=(12, 24, 48))
    wide.set_weights(weights)
    print("wide:", tml.accuracy(wide, data.test))

# %% tiny={"role": "run", "budget_s": 60, "output": "text"}
# Half of the channels removed, then trained further (first short training).
if CAN_TRAIN:
    narrow = prune.pruned_cnn(wide, (6, 12, 24), seed=SEED)
    pruned_only = tml.accuracy(narrow, data.test)
    history = tml.train(narrow, data, **FEW)
    pruned = tml.accuracy(narrow, data.test)
else:
    pruned_only, pruned = answered("half_pruned_only"), answered("half_pruned")
print("pruned only:     ", pruned_only)
print("trained further: ", pruned)

# %% [markdown]
# **Predict.** `wide_zeros` has 80 % zeros, and was trained further with the zeros kept. Which of
# its costs are lower than those of `wide`?

# %% tiny={"role": "investigate", "budget_s": 1, "output": "text"}
# Two kinds of pruning, and what each one saves on the board.
COSTS = ("zipped_bytes", "file_bytes", "flash_bytes", "ram_bytes", "arena_bytes", "instructions")
print(f"{'':15}", *(f"{design:>12}" for design in ("wide", "wide_zeros", "half_pruned")))
for cost in COSTS:
    values = [records[design, 7][cost] for design in ("wide", "wide_zeros", "half_pruned")]
    print(f"{cost:15}", *(f"{value:12,}" for value in values))
print(measurement.paired_test(answered("wide"), answered("wide_zeros")))

# %% [markdown]
# **Explain.** A zero is stored as a byte and multiplied like any other number. Only a *compressed*
# file is smaller, and a board does not run a compressed file. Flash, arena and instructions stay.
# There are processors and kernels that skip zeros; these kernels do not.
#
# Removed channels are gone from weights, arena and time.

# %% [markdown]
# ## 5 · Weights that share values (P, R, I)
#
# **See.** *Clustering* replaces each weight by the nearest of a few shared values. With 16
# values, a weight could be a 4-bit index into a table.
#
# **Predict.** By how much does the flash of our board shrink?

# %% tiny={"role": "run", "budget_s": 2, "output": "text"}
# 16 values for one small layer: the weights, the table, and the largest move.
layer = np.random.default_rng(SEED).normal(size=(3, 3, 6, 12))
shared, values = cluster.cluster(layer, 16)
print("shared values:", np.round(values, 2))
print(f"{layer.size} weights, {len(np.unique(shared))} different values")
print(f"largest move of a weight: {np.abs(shared - layer).max():.2f}")

# %% tiny={"role": "investigate", "budget_s": 1, "output": "text"}
# Counted and linked are two things.
one, plain = records["wide_clustered", 7], records["wide", 7]
print(f"{one['n_weights']:,} weights of 8 bits: {one['n_weights']:,} B")
print(f"as 4-bit indices, with tables: {one['counted_weight_bytes']:,} B, counted")
print(f"flash, linked: {plain['flash_bytes']:,} B, clustered {one['flash_bytes']:,} B")
print(f"file, compressed: {plain['zipped_bytes']:,} B, clustered {one['zipped_bytes']:,} B")
print(measurement.paired_test(answered("wide"), answered("wide_clustered")))

# %% [markdown]
# **Explain.** These bytes exist on paper: our kernels look no index up. "Eight times smaller"
# counts 4 bits in place of a float's 32, not flash. It helps where the *file* must travel, over a
# slow radio.
#
# And why is it *better*, with a small *p*? Moved weights moved the border between cat and dog. Luck
# chose the direction; do not count on it.

# %% [markdown]
# ## 6 · A teacher (P, R, I)
#
# **See.** In *distillation*, a small network learns from the scores of a large one, beside the
# labels. A score of 0.7 for "cat" says more than the label: this one is hard. A *temperature* of 3
# flattens the scores first.
#
# **Predict.** The teacher is `wide`, the student has the shape of `half`. Does it help?

# %% tiny={"role": "run", "budget_s": 1, "output": "text"}
# With and without a teacher, three seeds, each on the same drawings.
for seed in (7, 8, 9):
    alone, taught = answered("half", seed), answered("half_distilled", seed)
    print(f"seed {seed}: {alone.ratio:.1%} alone, {taught.ratio:.1%} with a teacher")
    print("  ", measurement.paired_test(alone, taught))

# %% tiny={"role": "investigate", "budget_s": 1, "output": "text"}
# What a temperature does to the scores of one picture.
scores = np.array([0.97, 0.03])
for temperature in (1, 3, 10):
    flat = scores ** (1 / temperature)
    print(f"temperature {temperature:2}: {np.round(flat / flat.sum(), 2)}")

# %% [markdown]
# **Explain.** Once worse, once not told apart, once better. Two of these tests show a difference,
# and in opposite directions. No test is wrong: each compares two *networks*. A claim about a
# *method* needs many trainings.
#
# The board does not see a teacher: flash, arena and time are those of `half`. Distillation costs
# training time only.

# %% [markdown]
# ## 7 · Training that feels the rounding (P, R, I, Ma)
#
# **See.** In *quantization-aware training* (QAT), weights are rounded on the way forward, and stay
# float underneath. Rounding is a staircase: its slope is 0, and nothing could be learned. The
# *straight-through* gradient takes the slope of a straight line instead.
#
# ### Exercise 7.1
#
# Write `fake_quantize` for one filter: scale = largest |weight| / (2^(bits-1) - 1), then
# scale · round(weight / scale).


# %% tiny={"role": "make", "budget_s": 1, "output": "none"}
def fake_quantize(weights, bits):
    """Weights on the grid of so many bits, as floats.

    TODO: replace the line below.
    APPROACH: np.abs, max, np.round.
    EXAMPLE: fake_quantize(np.array([0.7, 0.26, -0.04]), 4) is [0.7, 0.3, 0.0].
    """
    print(f"Not done yet: exercise 7.1, {len(weights)} weights of {bits} bits")


# %% tiny={"role": "test", "budget_s": 1, "output": "text"}
# Tested: 4 bits have the codes -7 to 7, 8 bits -127 to 127.
cases = [
    ((np.array([0.7, 0.26, -0.04]), 4), [0.7, 0.3, 0.0]),
    ((np.array([-1.27, 0.004, 0.006]), 8), [-1.27, 0.0, 0.01]),
]
rounding_done = tml.lessons.passes(fake_quantize, cases, reread="exercise 7.1", tolerance=1e-9)
print("largest error with 8, 4 and 2 bits:")
for bits in (8, 4, 2):
    error = np.abs(fake_quant.fake_quantize(layer, bits) - layer).max()
    print(f"{bits} bits: {error:.3f}")

# %% [markdown]
# **Predict.** Weights of `half` are rounded to 8 bits. Is a network that felt this in training
# better than one that did not? For a fair test, the other one (`half_longer`) trains as much
# longer.

# %% tiny={"role": "run", "budget_s": 1, "output": "text"}
# 8 bits: rounded afterwards, against trained with rounding; three seeds.
for seed in (7, 8, 9):
    after, during = answered("half_longer", seed), answered("half_qat", seed)
    print(f"seed {seed}:", measurement.paired_test(after, during))

# %% [markdown]
# **Explain.** With one seed the two are not told apart, with two seeds QAT is ahead. From seed to
# seed, each moves by more than the gap. "QAT is always better" says more than this shows. So does
# "it never matters".
#
# **Run.** Now 4 bits. Our runtime has no kernels for 4-bit weights, so this is a study in
# numbers: its flash is *counted*, not linked.
#
# <details><summary>You should see</summary>
#
# - rounded to 4 bits: <!--see:four_bits_ratio-->86 to 91 %<!--/see-->
# - trained with the rounding: <!--see:four_bits_qat_ratio-->90 to 93 %<!--/see-->
# </details>

# %% tiny={"role": "run", "budget_s": 60, "output": "text"}
# Our pruned network with weights of 4 bits: rounded, then trained with rounding (second training).
if CAN_TRAIN:
    rough = fake_quant.without_fake_quant(narrow, narrow, weight_bits=4)
    rounded = fake_quant.with_fake_quant(narrow, weight_bits=4)
    tml.train(rounded, data, **FEW)
    learned = fake_quant.without_fake_quant(rounded, narrow, weight_bits=4)
    four_bits, four_bits_qat = (tml.accuracy(n, data.test) for n in (rough, learned))
else:
    four_bits, four_bits_qat = answered("half_4bit"), answered("half_4bit_qat")
print("rounded to 4 bits:     ", four_bits)
print("trained with rounding: ", four_bits_qat)

# %% tiny={"role": "investigate", "budget_s": 1, "output": "text"}
# The recorded sweep: the same with three seeds, and the bytes that are counted.
for design in ("half_longer", "half_longer_4bit", "half_4bit", "half_4bit_qat"):
    print(f"{design:17}", *(f"{answered(design, seed).ratio:6.1%}" for seed in (7, 8, 9)))
four = records["half_4bit", 7]["counted_weight_bytes"]
print(f"weights of `half` with 4 bits: {four:,} B, counted; with 8 bits: {2 * four:,} B")

# %% [markdown]
# **Explain.** Steps of 8 bits are small; there is less to feel. With 4 bits, a network that is
# only rounded can fall apart. With seed 7, `half_longer_4bit` named
# only <!--see:collapsed_cats_ratio-->44 %<!--/see--> of the cats rightly; its
# mean of <!--see:collapsed_ratio-->71 to 72 %<!--/see--> tells half of that. Training with the
# rounding was ahead of it with each seed.
#
# The bytes stay on paper: no kernel here reads 4-bit weights.

# %% [markdown]
# ## 8 · Three budgets (P, I, Ma)
#
# **See.** Three people ask you for a design:
#
# | | person | limits |
# |---|---|---|
# | 1 | Ngozi, Enugu | flash 20 KiB, RAM 6 KiB, the worst class at least 88 % |
# | 2 | Tomás, Cusco: a solar collar | energy 0.2 mJ for one inference at the upper end |
# | 3 | Mei, Penang: a door with a plug | accuracy first, flash up to 64 KiB |
#
# ### Exercise 8.1
#
# Choose a linked design for each, and write down why. The next cell tells which limits hold.

# %% tiny={"role": "make", "budget_s": 1, "output": "text"}
# Your designs, such as "half", and one sentence for each.
my_choice = {1: None, 2: None, 3: None}
my_reasons = {1: "", 2: "", 3: ""}
for person, design in my_choice.items():
    print(f"{person}: {design or 'Not done yet: exercise 8.1'}")


# %% tiny={"role": "test", "budget_s": 1, "output": "text"}
# Tested: the limits of each person. Reasons are for your neighbour to read.
def kept_limits(person, design):
    m = measured(design)
    if person == 1:
        small = m.flash_bytes <= 20 * 1024 and m.ram_bytes <= 6 * 1024
        return small and min(by_class(design)) >= 88 / 100
    return m.energy_mj.high <= 0.2 if person == 2 else m.flash_bytes <= 64 * 1024


for person in (1, 2, 3):
    able = [design for design in DESIGNS if kept_limits(person, design)]
    mine = my_choice[person]
    verdict = "waits for you" if mine is None else "holds" if mine in able else "is broken"
    print(f"person {person}: the budget {verdict}; {len(able)} of {len(DESIGNS)} designs meet it")

# %% [markdown]
# **Explain.** Several designs meet a budget. Among those that no test tells apart, take the one
# that is cheaper to make.
#
# **Investigate (I).** Defend yours in two sentences: one cost, one test.

# %% [markdown]
# ## Check yourself
#
# 1. A page says "90 % fewer weights after pruning". What do you know of the flash?
#    - **a** it shrinks by 90 %
#    - **b** nothing yet: were channels removed, or zeros written?
#    - **c** it shrinks by half
# 2. A network has half as many filters. Its arena becomes
#    - **a** about half
#    - **b** about a quarter
#    - **c** the same
# 3. Design A has 30 % fewer MACs than B. Is it 30 % faster?
#    - **a** yes
#    - **b** no, never
#    - **c** measure: time for a MAC differs between designs
# 4. A paired test gives *p* = 0.4 for a large and a small design. You may say
#    - **a** both are equally good
#    - **b** this test did not tell them apart
#    - **c** the small one is better
# 5. The mean loses 1 point. One class can have lost
#    - **a** 1 point at most
#    - **b** nothing
#    - **c** much more

# %% tiny={"role": "check", "budget_s": 1, "output": "text"}
# Your letters, such as {1: "a", 2: "c"}. Each one that you fill in gets an answer.
letters = {1: None, 2: None, 3: None, 4: None, 5: None}
tml.lessons.check_yourself("08", letters)

# %% [markdown]
# ## Your predictions again
#
# Compare. Where you were wrong, say in one sentence why, and keep the sentence.

# %% tiny={"role": "check", "budget_s": 1, "output": "text"}
# Predicted against found.
saved = 1 - records["wide_zeros", 7]["flash_bytes"] / records["wide", 7]["flash_bytes"]
p_values = [
    measurement.paired_test(answered("half_longer", s), answered("half_qat", s)).p_value
    for s in (7, 8, 9)
]
came_true = {
    "macs_factor": round(records["wide", 7]["macs"] / records["half", 7]["macs"], 1),
    "flash_saved_percent": round(100 * saved, 1),
    "trained_with_rounding": f"three seeds, p = {', '.join(f'{p:.2g}' for p in p_values)}",
}
tml.lessons.compare(predictions, came_true)

# %% [markdown]
# ## What you can now do, and what this does not show
#
# You can shrink a network in six ways, read what each saves on a board, find the front, and test
# whether the answers changed.
#
# **This does not show**
# - anything about photographs, or about networks a hundred times larger, where pruning and
#   distillation are used most;
# - which method is best: three seeds, one dataset and one recipe for each;
# - kernels for zeros or for 4 bits: other runtimes and processors have them;
# - the time of a real board: milliseconds and energy are modelled, without camera and radio.

# %% [markdown]
# ## Ledger
#
# The sweep is paid once, by whoever makes the course. You pay for two short trainings.

# %% tiny={"role": "run", "budget_s": 1, "output": "text"}
# One line for the ledger of the course. Energy is modelled, so it is a band, low to high.
ledger = {
    "lesson": "08",
    "sweep_s": round(sum(record["train_s"] for record in sweep["records"])),
    "n_trainings": n_trainings,
    "inference_mj": {d: np.round(records[d, 7]["energy_mj"], 3).tolist() for d in SIZES},
    "board": sweep["board"],
}
print(json.dumps(ledger))

# %% tiny={"role": "run", "budget_s": 1, "output": "text"}
# What you found, in numbers; the ranges under "You should see" come from such files.
found = {
    "quarter_per_mac_factor": quarter_per_mac_factor,
    "int16_arena_factor": records["int16x8", 7]["arena_bytes"] / records["wide", 7]["arena_bytes"],
    "int16_time_factor": sum(records["int16x8", 7]["latency_ms"])
    / sum(records["wide", 7]["latency_ms"]),
    "collapsed_ratio": answered("half_longer_4bit").ratio,
    "collapsed_cats_ratio": float(by_class("half_longer_4bit")[0]),
    "pruned_only_ratio": pruned_only.ratio,
    "pruned_ratio": pruned.ratio,
    "four_bits_ratio": four_bits.ratio,
    "four_bits_qat_ratio": four_bits_qat.ratio,
}

# %% tiny={"role": "run", "budget_s": 1, "output": "text"}
# One file with what you wrote and found, beside this notebook, for you and your lecturer.
tml.lessons.keep(
    "08",
    predictions=predictions,
    letters=letters,
    my_choice=my_choice,
    my_reasons=my_reasons,
    ledger=ledger,
    found=found,
)

# %% [markdown]
# ## Next
#
# Lesson 09 plans the arena that you have only read here. Lesson 11 turns millijoules into months.
# Assignment A07 *Pareto* asks you to write `pareto_front`, `channel_prune` and `choose`; the board
# judges what you choose.
#
# ### Words
#
# Translations are **drafts**: no speaker has reviewed them yet.
#
# | English | français | português | español | العربية | Kiswahili |
# |---|---|---|---|---|---|
# | to shrink | réduire | reduzir | reducir | تصغير | kupunguza |
# | front | front | fronteira | frente | جبهة | mpaka |
# | to dominate | dominer | dominar | dominar | يهيمن | kutawala |
# | pruning | élagage | poda | poda | تقليم | upogoaji |
# | clustering | regroupement | agrupamento | agrupamiento | تجميع | kuweka makundi |
# | distillation | distillation | destilação | destilación | تقطير | ukenekaji |
# | teacher | enseignant | professor | maestro | معلّم | mwalimu |
# | rounding | arrondi | arredondamento | redondeo | تقريب | ukadiriaji |
# | budget | budget | orçamento | presupuesto | ميزانية | bajeti |
# | worst class | pire classe | pior classe | peor clase | أسوأ فئة | kundi baya zaidi |
#
# ### Sources
#
# - S. Han and others, "Deep compression", arXiv 1510.00149, 2016: zeros, shared values.
# - H. Li and others, "Pruning filters for efficient ConvNets", arXiv 1608.08710, 2017: the sums.
# - G. Hinton, O. Vinyals, J. Dean, "Distilling the knowledge in a neural network", arXiv
#   1503.02531, 2015: the teacher and the temperature.
# - Y. Bengio, N. Léonard, A. Courville, "Estimating or propagating gradients through stochastic
#   neurons", arXiv 1308.3432, 2013: the straight-through gradient.
# - B. Jacob and others, "Quantization and training of neural networks for efficient
#   integer-arithmetic-only inference", arXiv 1712.05877, 2017: training with rounding.
# - Q. McNemar, "Note on the sampling error of the difference between correlated proportions or
#   percentages", Psychometrika 12, 1947: the paired test.
# - The sweep: notebooks/models/make_08.py. Ngozi, Tomás and Mei are invented.
