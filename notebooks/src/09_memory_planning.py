# %% [markdown]
# # 09 · Memory planning: life inside 64 KB
#
# *41 kB of intermediate results, 16 kB of memory: how can that work, and how do you prove it?*

# %% [markdown]
# | | |
# |---|---|
# | For whom | you know Python dictionaries and loops; lesson 01 is enough of machine learning |
# | Time | 120 minutes in class; the cells run in under 30 seconds on 2 cores |
# | Profile | *lite*. No TensorFlow: the two networks come with the lesson |
# | Needs | no Internet, no board, no account |
# | Serves | S17, S30, S42 |
#
# **After this lesson you can**
# 1. *compute* when each result is needed, and a bound that no plan can beat (apply);
# 2. *implement* a planner that gives each result its place in memory (create);
# 3. *prove* that no result overwrites another one that is still needed (evaluate);
# 4. *deploy* your plan and say on which board it fits (apply);
# 5. *relate* it to the overlays of the 1990s (analyse).
#
# Marks in the headings say what you do: **P** predict, **R** run, **I** investigate, **Mo**
# modify, **Ma** make.

# %% [markdown]
# ## Why
#
# Aroha in Dunedin has 500 sensor nodes in sheep sheds. Each has a microcontroller with 16 kB of
# RAM, and each is screwed to a wall. A new network should hear whether an animal coughs. Its
# intermediate results add up to 41 kB.
#
# "It does not fit," says the data sheet, at first sight. Larger boards would cost more than the
# sheep earn.
#
# A computer of 1990 had the same trouble: programs larger than its memory. The answer then was to
# ask *when* each part is needed. You will ask the same, and then make the network fit. The board
# will execute your plan, not one that the library made.

# %% tiny={"role": "setup", "budget_s": 10, "output": "none"}
# Imports, and the seed of the drawings.
import json
from dataclasses import replace

import numpy as np

import tinymledu as tml
from tinymledu import errors, exploration
from tinymledu.datasets.drawings import Block, draw_block
from tinymledu.exploration.arena_map import arena_map_figure, shared_bytes
from tinymledu.graph import arena, arena_run, offline_plan, oracle
from tinymledu.graph.memory_steps import MemorySteps, Step, memory_steps

SEED = 7

# %% [markdown]
# ## Predict (P)
#
# Write your guesses before you run anything. Nobody grades them. At the end you compare.
#
# The network of lesson 01 has a file of 33 kB. All its intermediate results together have 50 kB.

# %% tiny={"role": "predict", "budget_s": 1, "output": "text"}
# Your guesses, in place of None.
predictions = {
    "kilobytes_for_results": None,  # that the network of lesson 01 needs at least, in kB
    "fullest_at": None,  # where memory is fullest: "first", "middle" or "last" operator
    "smallest_board_kb": None,  # 12, 16, 20 or 32, for 41 kB of results
}
written = sum(guess is not None for guess in predictions.values())
print(f"{written} of {len(predictions)} predictions written.")

# %% [markdown]
# ## 1 · Where the memory goes (P, R, I)
#
# **See.** A microcontroller has two memories. *Flash* keeps its content without power: the program
# and the weights lie there, and nothing moves. *RAM* holds what changes: results on their way from
# one operator to the next. One result is a *tensor*. The block of RAM for all of them is the
# *arena*.
#
# **Predict.** Is the arena as large as the file? As all tensors together? Larger, smaller?

# %% tiny={"role": "run", "budget_s": 15, "output": "text"}
# Two networks for cats and dogs: that of lesson 01, and a smaller one with a shortcut.
board = tml.board("nano33ble")
names = ("01_cats_vs_dogs", "09_shortcut")
models = {name: tml.load_model(tml.lessons.shipped(f"{name}.tflite")) for name in names}
print(f"{'network':17}{'file':>8}{'weights':>9}{'all tensors':>13}{'arena':>8}  bytes")
for name, each in models.items():
    memory_use = tml.deploy(each, board, optimise="size").memory
    all_tensors = sum(memory_steps(each.graph).sizes.values())
    print(f"{name:17}{each.file_bytes:8,}{memory_use.weights_bytes:9,}", end="")
    print(f"{all_tensors:13,}{memory_use.arena_bytes:8,}")

# %% [markdown]
# **Explain.** The arena is neither the file nor the sum. Weights never enter it. And most tensors
# never meet: when the last one is written, nobody needs the first any more. Its bytes can be used
# again.
#
# `optimise="size"` takes the plain kernels (programs of one operator). The fast ones need scratch
# memory of their own, and some may write over their input; section 7 comes back to that.
#
# From here on we plan the second network. Its *shortcut* is a tensor that is read twice: by the
# next operator, and by an addition three operators later.

# %% tiny={"role": "run", "budget_s": 1, "output": "text"}
# What a planner has to know: for each operator its kind, what it reads, and what it writes.
model = models["09_shortcut"]
memory = memory_steps(model.graph)
for number, (kind, reads, writes) in enumerate(memory.steps):
    texts = [f"{k} ({memory.sizes[k]:,} B)" for k in (*reads, *writes)]
    print(f"{number:2} {kind:18} reads {' and '.join(texts[: len(reads)]):25} writes {texts[-1]}")
print("the model's input:", memory.inputs, "  its output:", memory.outputs)
print(f"all tensors: {sum(memory.sizes.values()):,} B")

# %% [markdown]
# **Investigate (I).** Tensors have numbers, here 0 and 22 to 34. What are the numbers between?
# Weights, which have no place in the arena. Which tensor is the shortcut?

# %% [markdown]
# ## 2 · From when to when? (P, R, Ma)
#
# **See.** The *lifetime* of a tensor is the operators during which its bytes must not be touched.
# It goes from the one that writes it to the last one that reads it, both included. Two rules for
# the ends:
#
# - the model's input is there before operator 0, so it lives from 0;
# - the model's output is read afterwards, so it lives to the last operator.
#
# **Predict.** Fill in the empty fields on paper.
#
# | operator | reads | writes | | tensor | first | last |
# |---|---|---|---|---|---|---|
# | 0 CONV_2D | 0 | 1 | | 0 | 0 | 0 |
# | 1 CONV_2D | 1 | 2 | | 1 | 0 | ? |
# | 2 ADD | 1 and 2 | 3 | | 2 | ? | ? |
# | | | | | 3 | 2 | 2 |

# %% tiny={"role": "setup", "budget_s": 1, "output": "none"}
# The same as data, with sizes in bytes. Tensor 1 is a shortcut.
SMALL = MemorySteps(
    steps=(Step("CONV_2D", (0,), (1,)), Step("CONV_2D", (1,), (2,)), Step("ADD", (1, 2), (3,))),
    sizes={0: 400, 1: 300, 2: 300, 3: 300},
    names={0: "input", 1: "shortcut", 2: "CONV_2D #1", 3: "ADD #2"},
    inputs=(0,),
    outputs=(3,),
)
SMALL_LIVES = {0: (0, 0), 1: (0, 2), 2: (1, 2), 3: (2, 2)}
TWO = (Step("CONV_2D", (0,), (2,)), Step("CONV_2D", (1,), (3,)))
TWO_ENDS = replace(SMALL, steps=TWO, inputs=(0, 1), outputs=(2, 3))
TWO_LIVES = {0: (0, 0), 1: (0, 1), 2: (0, 1), 3: (1, 1)}

# %% [markdown]
# ### Exercise 2.1 (Ma)
#
# Write `lifetimes`. It gives `(first, last)` for each tensor number.


# %% tiny={"role": "make", "budget_s": 1, "output": "none"}
def lifetimes(steps, inputs, outputs):
    """The first and the last operator during which each tensor is in use.

    TODO: replace the line below.
    APPROACH: walk through the steps; what is written begins, what is read lasts until here.
    EXAMPLE: lifetimes(SMALL.steps, (0,), (3,)) is {0: (0, 0), 1: (0, 2), 2: (1, 2), 3: (2, 2)}
    """
    print(f"Not done yet: exercise 2.1, {len(steps)} steps from {inputs} to {outputs}")


# %% tiny={"role": "test", "budget_s": 1, "output": "text"}
# Tested: two examples by hand, the network against the library. lives: what we go on with.
known = arena.plan_arena(model.graph)
lives = {k: (known.lifetimes[k].first_op, known.lifetimes[k].last_op) for k in memory.sizes}
trials = [("small example", SMALL, SMALL_LIVES), ("two inputs, two outputs", TWO_ENDS, TWO_LIVES)]
trials += [("network", memory, lives)]
for name, task, expected in trials:
    got = lifetimes(task.steps, task.inputs, task.outputs)
    if got is None:
        break
    for k in expected:
        if got.get(k) != expected[k]:
            print(f"{name}, tensor {k}: expected {expected[k]}, got {got.get(k)}")
    print(f"The public test on the {name}", "passed." if got == expected else "did not pass.")

# %% [markdown]
# **Run.** The map below shows the worst plan that works: one tensor above the other, nothing used
# twice. A rectangle is as wide as a lifetime and as high as a size.
#
# <details><summary>You should see</summary>
#
# A staircase that ends at <!--see:n_in_a_row-->41240<!--/see--> B, and much empty space: bytes that
# nobody uses most of the time.
# </details>

# %% tiny={"role": "run", "budget_s": 3, "output": "figure"}
# Each tensor gets bytes of its own.
in_a_row = dict(zip(memory.sizes, np.cumsum([0, *memory.sizes.values()]).tolist(), strict=False))
plan_texts = {"title": "Every tensor at a place of its own", "names": memory.names}
arena_map_figure(memory.sizes, lives, in_a_row, **plan_texts)

# %% [markdown]
# ## 3 · A bound that no plan can beat (P, R, I, Ma)
#
# **See.** While operator *t* runs, everything that lives then must be somewhere. So, with `size(k)`
# in bytes:
#
# `arena >= max over t of (sum of size(k) for all tensors k that live during t)`
#
# This is the *liveness bound*. It holds for every plan that keeps a tensor whole and in one place.
#
# **Predict.** What is the bound of the small example: 400, then 300, 300 and 300 B?
#
# ### Exercise 3.1 (Ma)
#
# Write `lower_bound`.


# %% tiny={"role": "make", "budget_s": 1, "output": "none"}
def lower_bound(sizes, lives):
    """The most bytes that live during one operator.

    TODO: replace the line below.
    APPROACH: for each operator, add up the sizes of what lives then; keep the largest sum.
    EXAMPLE: lower_bound({0: 8, 1: 4, 2: 4}, {0: (0, 0), 1: (0, 1), 2: (1, 1)}) is 12
    """
    print(f"Not done yet: exercise 3.1, {len(sizes)} sizes and {len(lives)} lifetimes")


# %% tiny={"role": "test", "budget_s": 1, "output": "text"}
# Tested: the small example (300 + 300 + 300 B during ADD), and the network against the library.
bound = known.lower_bound_bytes
for name, sizes, spans, expected in [
    ("small example", SMALL.sizes, SMALL_LIVES, 900),
    ("network", memory.sizes, lives, bound),
]:
    got = lower_bound(sizes, spans)
    if got is None:
        break
    told = "passed." if got == expected else f"did not pass: expected {expected}, got {got}"
    print(f"The public test on the {name}", told)

# %% [markdown]
# **Run.** Where is memory fullest?
#
# <details><summary>You should see</summary>
#
# The bound is <!--see:n_bound-->11520<!--/see--> B, reached at operator 0 and again at operator 2.
# Of all tensors together this is <!--see:bound_of_sum_ratio-->27 to 28 %<!--/see-->.
# </details>

# %% tiny={"role": "run", "budget_s": 1, "output": "text"}
# For each operator: bytes that live, as a bar, and which tensors they are.
live_bytes = []
for t, (kind, _, _) in enumerate(memory.steps):
    alive = [k for k, (first, last) in lives.items() if first <= t <= last]
    live_bytes.append(sum(memory.sizes[k] for k in alive))
    print(f"{t:2} {kind:18}{live_bytes[-1]:7,} B {'#' * (live_bytes[-1] // 400):30}{alive}")
print(f"bound: {max(live_bytes):,} B")

# %% [markdown]
# **Explain.** In networks for pictures the beginning is fullest: there the picture is still large.
# That is why a smaller input helps most.
#
# **Investigate (I).** The file says nothing about it. Take twice the filters in the *last* layers:
# the file is much larger, and the bound the same. And twice the side of the input?

# %% tiny={"role": "investigate", "budget_s": 1, "output": "text"}
# Sides of the picture, with all else the same: tensors of convolutions grow with the area.
for side in (24, 48, 96):
    grown = (side / 48) ** 2
    print(f"{side}x{side} pixels: bound about {grown * bound:,.0f} B, weights as before")

# %% [markdown]
# ## 4 · A planner (P, R, Mo, Ma)
#
# **See.** A *plan* gives each tensor its *offset*: the number of its first byte in the arena. To
# find the smallest plan is *NP-hard*: no fast method is known that always finds it. So programs
# use simple rules. Here is one, *first fit*: take the tensors in some order; give each the lowest
# offset where it disturbs nobody who lives at the same time.


# %% tiny={"role": "run", "budget_s": 1, "output": "none"}
# Given. For tensor k, go up past everything that is in its way, from low to high.
def first_fit(order, sizes, lives):
    offsets = {}
    for k in order:
        in_the_way = [
            (offsets[other], offsets[other] + sizes[other])
            for other in offsets
            if lives[other][0] <= lives[k][1] and lives[k][0] <= lives[other][1]
        ]
        offset = 0
        for begin, end in sorted(in_the_way):
            if offset + sizes[k] > begin:
                offset = max(offset, end)
        offsets[k] = offset
    return offsets


# %% [markdown]
# **Predict.** Which order gives the smaller arena: the largest tensor first, or the order in which
# the tensors are written? TensorFlow Lite Micro (TFLM), the runtime that most boards use, takes the
# largest first.


# %% tiny={"role": "run", "budget_s": 1, "output": "text"}
# Three orders, one rule.
def arena_bytes(offsets, sizes):
    return max(offsets[k] + sizes[k] for k in offsets)


by_time = sorted(memory.sizes, key=lambda k: lives[k])
by_size = sorted(memory.sizes, key=lambda k: -memory.sizes[k])
orders = {"as written": by_time, "last first": by_time[::-1], "largest first": by_size}
for name, order in orders.items():
    need = arena_bytes(first_fit(order, memory.sizes, lives), memory.sizes)
    print(f"{name:14}{need:7,} B, {need / bound:.2f} times the bound")
largest_first = first_fit(by_size, memory.sizes, lives)

# %% [markdown]
# **Explain.** Both tensors of 6,912 B go to the bottom, as they never meet. Between them in time
# lie two of 4,608 B that meet each other, and each of them meets a large one. So they are stacked
# on top. A person would have put one large tensor at the bottom and the other one at the top.
#
# **Change (Mo).** Be that person: choose a tensor, and slide it. The dashed line is the bound.

# %% tiny={"role": "modify", "budget_s": 5, "output": "figure"}
# by_hand changes with every move. Can you bring all below the line, with no overlap?
by_hand = dict(largest_first)
plan_texts["title"] = "By hand"
exploration.widgets.arena_planner(memory.sizes, lives, by_hand, **plan_texts, limit_bytes=bound)

# %% [markdown]
# ### Exercise 4.1 (Ma)
#
# Write `plan`. Aim for the bound itself. Offsets must be multiples of 4, as the processor reads 4
# bytes at once; all sizes here are.


# %% tiny={"role": "make", "budget_s": 1, "output": "none"}
def plan(sizes, lives):
    """An offset for each tensor, with an arena as small as you can.

    TODO: replace the line below.
    APPROACH: try many orders with first_fit, and keep the smallest arena. How do you find good
        orders? Sort by something else, swap two tensors of a good order, or import random.
    EXAMPLE: plan({0: 8, 1: 4}, {0: (0, 0), 1: (0, 0)}) is {0: 0, 1: 8} or {0: 4, 1: 0}
    """
    print(f"Not done yet: exercise 4.1, {len(sizes)} sizes and {len(lives)} lifetimes")


# %% tiny={"role": "test", "budget_s": 5, "output": "text"}
# Tested: all tensors placed, multiples of 4, nothing shared, the bound reached. Else: our plan.
offsets = {k: known.offsets[k] for k in memory.sizes}
yours = plan(memory.sizes, lives)
if yours is not None:
    need = arena_bytes(yours, memory.sizes)
    complete = set(yours) == set(memory.sizes)
    apart = complete and not shared_bytes(memory.sizes, lives, yours)
    aligned = all(offset >= 0 and offset % 4 == 0 for offset in yours.values())
    good = complete and apart and aligned and need == bound
    print(f"all placed: {complete}; apart: {apart}; multiples of 4: {aligned}; {need:,} B")
    print("The public test passed." if good else f"Wanted: {bound:,} B.")
    offsets = yours if good else offsets

# %% tiny={"role": "run", "budget_s": 3, "output": "figure"}
# The plan we go on with: yours where it passed, else that of the library.
plan_texts["title"] = "A plan that reaches the bound (dashed line)"
arena_map_figure(memory.sizes, lives, offsets, **plan_texts, limit_bytes=bound)

# %% [markdown]
# ## 5 · Prove it, and break it (P, R, I, Ma)
#
# **See.** A test with pictures cannot show that a plan is sound: the damage may be in a corner that
# these pictures do not use. But a plan is finite, so we can check *all* pairs. Two tensors disturb
# each other exactly if
#
# - their lifetimes meet: `first_a <= last_b` and `first_b <= last_a`; **and**
# - their bytes meet: `begin_a < end_b` and `begin_b < end_a`, where `end` is the first byte after.
#
# If no pair does both, nothing is overwritten, for every input. That is a proof.
#
# ### Exercise 5.1 (Ma)
#
# Write `conflicts`: all pairs `(a, b)` with `a < b` that disturb each other.


# %% tiny={"role": "make", "budget_s": 1, "output": "none"}
def conflicts(sizes, lives, offsets):
    """Pairs of tensors that live at the same time and share bytes, sorted.

    TODO: replace the line below.
    APPROACH: two loops over the tensors; the two conditions above.
    EXAMPLE: conflicts({0: 8, 1: 4}, {0: (0, 1), 1: (1, 1)}, {0: 0, 1: 4}) is [(0, 1)]
    """
    print(f"Not done yet: exercise 5.1, {len(sizes)} tensors, {lives} at {offsets}")


# %% tiny={"role": "test", "budget_s": 1, "output": "text"}
# Tested: neighbours that only touch are no conflict; at other times, neither; every byte counts.
two = {0: 8, 1: 4}
for name, spans, places, expected in [
    ("touching", {0: (0, 1), 1: (1, 1)}, {0: 0, 1: 8}, []),
    ("one after the other", {0: (0, 0), 1: (1, 1)}, {0: 0, 1: 0}, []),
    ("last byte", {0: (0, 1), 1: (1, 1)}, {0: 0, 1: 7}, [(0, 1)]),
    ("inside", {0: (0, 2), 1: (1, 1)}, {0: 0, 1: 4}, [(0, 1)]),
    ("later and higher", {0: (1, 2), 1: (0, 1)}, {0: 2, 1: 0}, [(0, 1)]),
]:
    got = conflicts(two, spans, places)
    if got is None:
        break
    told = "passed." if list(got) == expected else f"expected {expected}, got {got}"
    print(f"{name}: {told}")

# %% [markdown]
# **Run.** Now break the plan on purpose. The tensor that is written just before the addition gets
# the place where the shortcut still waits. `run_in_arena` executes the network with NumPy in one
# block of bytes, and asks no questions.
#
# **Predict.** What will happen: an error message, a crash, or something else?

# %% tiny={"role": "run", "budget_s": 2, "output": "text"}
# The shortcut is the tensor that ADD reads and that is older than its neighbour.
add = next(step for step in memory.steps if step.kind == "ADD")
shortcut, recent = sorted(add.reads)
wrong = offsets | {recent: offsets[shortcut]}
pairs = shared_bytes(memory.sizes, lives, wrong)
print("share bytes at the same time:", {pair: f"{n:,} B" for pair, n in pairs.items()})
drawings = draw_block(Block("cats_vs_dogs", "easy", "test", 0, 60, size=48, seed=SEED))
for name, places in (("sound", offsets), ("wrong", wrong)):
    ran = arena_run.run_in_arena(model, places, drawings[0])
    print(f"{name}: codes {ran.codes}, first damage: {ran.damages[:1]}")

# %% [markdown]
# **Investigate (I).** How many answers would a user find wrong?
#
# <details><summary>You should see</summary>
#
# Of 60 drawings, <!--see:n_changed_codes-->34 to 47<!--/see--> get other scores and
# of these <!--see:n_changed_classes-->5 to 9<!--/see--> the other class. No error, no crash.
# </details>

# %% tiny={"role": "investigate", "budget_s": 5, "output": "text"}
# The same drawings by the sound and by the wrong plan.
sound_codes, wrong_codes = (
    np.array([arena_run.run_in_arena(model, places, one).codes for one in drawings])
    for places in (offsets, wrong)
)
n_codes = int((sound_codes != wrong_codes).any(axis=1).sum())
n_classes = int((sound_codes.argmax(axis=1) != wrong_codes.argmax(axis=1)).sum())
print(f"of {len(drawings)} drawings: {n_codes} with other scores, {n_classes} with another class")
equal = np.array_equal(sound_codes, tml.Interpreter(model).run(drawings))
print("sound plan equal to the interpreter:", equal)

# %% [markdown]
# **Explain.** A wrong plan looks like a bad network. Somebody would train again, collect more data,
# and find nothing. So a plan is proved *before* it runs. `deploy` does that with every plan that
# you give.

# %% [markdown]
# ## 6 · On the board: the budget game (P, R, Mo)
#
# **See.** `plan=` makes the firmware use your offsets. The wrong plan first:

# %% tiny={"role": "run", "budget_s": 5, "output": "text"}
# Refused: which two tensors, when, and how many bytes.
try:
    tml.deploy(model, board, plan=wrong, optimise="size")
except errors.InputError as reason:
    print(reason)

# %% [markdown]
# **Run.** Then yours, as machine code on the virtual board.

# %% tiny={"role": "run", "budget_s": 10, "output": "text"}
# Your plan is executed; every answer is compared with that of the interpreter, bit for bit.
firmware = tml.deploy(model, board, plan=offsets, optimise="size")
answers = firmware.run_many(drawings)
same = np.array_equal(answers.codes, sound_codes)
use = firmware.memory
print(f"arena {use.arena_bytes:,} B, of RAM in all {use.ram_bytes:,} B (stack measured)")
print(f"{len(answers)} drawings on {board.title}: all codes equal: {same}")

# %% [markdown]
# **Explain.** RAM holds a little more than the arena: the *stack*, where functions keep their
# variables, and what the program itself needs.
#
# Here 1 kB is 1,000 B, as in SI units; 1 KiB is 1,024 B.
#
# **Predict.** Four boards have 12, 16, 20 and 32 kB of RAM. They are *fictitious*: copies of one
# card with another amount of RAM, so nobody sells them. Which plan fits which board?

# %% tiny={"role": "run", "budget_s": 20, "output": "text"}
# Three plans for four fictitious boards. "fits" was executed; "no" was refused.
GAME_KB = (12, 16, 20, 32)
plans = {"in a row": in_a_row, "largest first": largest_first, "yours or ours": offsets}
fits = {}
for name, places in plans.items():
    for kb in GAME_KB:
        facts = {"ram_bytes": 1000 * kb, "core_reserved_ram_bytes": 0}
        game_board = replace(board, name=f"game{kb}", title=f"Fictitious {kb} kB board", **facts)
        try:
            tml.deploy(model, game_board, plan=places, optimise="size")
            fits[name, kb] = True
        except errors.DoesNotFitError:
            fits[name, kb] = False
    told = ", ".join(f"{kb} kB {'fits' if fits[name, kb] else 'no'}" for kb in GAME_KB)
    print(f"{name:14}{arena_bytes(places, memory.sizes):7,} B   {told}")

# %% [markdown]
# **Change (Mo).** Play with the network of lesson 01: which is the smallest of the four boards for
# it? Its bound is above 20 kB, so no plan can help. What can? A smaller input, or fewer filters at
# the first operator: lesson 08.

# %% tiny={"role": "modify", "budget_s": 10, "output": "text"}
# Change the number of kB, or the order: "as written", "last first", "largest first".
KB, ORDER = 20, "as written"
facts = {"ram_bytes": 1000 * KB, "core_reserved_ram_bytes": 0}
game_board = replace(board, name="game", title=f"Fictitious {KB} kB board", **facts)
try:
    places = first_fit(orders[ORDER], memory.sizes, lives)
    print(tml.deploy(model, game_board, plan=places, optimise="size").memory)
    print(tml.deploy(models["01_cats_vs_dogs"], game_board, optimise="size").memory)
except errors.DoesNotFitError as reason:
    print(reason)

# %% [markdown]
# ## 7 · Another runtime follows your plan (P, R, I)
#
# **See.** A `.tflite` file can carry a plan in its *metadata* (facts about the file), under the
# name `OfflineMemoryAllocation`. TFLM then uses these offsets. Where the package `tflite-micro` is
# installed (Linux), you see it happen; else you see what was recorded.
#
# **Predict.** Will its arena be exactly as large as your plan?

# %% tiny={"role": "run", "budget_s": 5, "output": "text"}
# TFLM's own recorder: head is what a plan moves, tail what the runtime keeps for itself.
record = json.loads(tml.lessons.shipped("09_tflm.json").read_text(encoding="utf-8"))
tflm = {name: record[name]["head_bytes"] for name in ("own_plan", "given_plan")}
if oracle.tflm_available():
    planned = offline_plan.with_offline_plan(model, offsets)
    both = {"own_plan": model, "given_plan": planned}
    tflm = {name: offline_plan.tflm_arena(each).head_bytes for name, each in both.items()}
    equal = np.array_equal(oracle.Oracle(planned).run(drawings), sound_codes)
    print(f"{oracle.oracle_name()} ran your plan; all codes equal: {equal}")
else:
    print("Recorded with", record["runtime"])
print(tflm, "bytes of head; tail:", record["own_plan"]["tail_bytes"])

# %% [markdown]
# **Explain.** Left alone, TFLM plans the largest first, and needs as much as our `largest first`.
# With the plan it needs the bound. The *tail* holds descriptions of tensors and operators. Our C
# code has none, as every address is written into the program.
#
# **Investigate (I).** `AllocateTensors` is the function of TFLM that plans. Where it fails, a first
# thought is: "My model is corrupt." Is it? The same network, two plans, one arena of 20,000 B:

# %% tiny={"role": "investigate", "budget_s": 3, "output": "text"}
# What TFLM prints when it loads the file into 20,000 B. None: it was loaded.
failures = {name: record[f"{name}_failure"] for name in ("own_plan", "given_plan")}
if oracle.tflm_available():
    size = record["arena_bytes"]
    failures = {name: offline_plan.allocation_failure(each, size) for name, each in both.items()}
for name, printed in failures.items():
    print(f"{name}: {printed}")

# %% [markdown]
# **Explain.** The message says `missing`, with a number of bytes. The model is intact: it needs a
# larger arena, or a better plan.
#
# And the fast kernels of this course? Some write over their own input from front to back, which
# goes below the bound of section 3: there, a tensor need not stay whole. But they need scratch
# memory. So both numbers of the next cell are honest, and neither is "the" memory of the network.

# %% tiny={"role": "investigate", "budget_s": 5, "output": "text"}
# Our planner with the fast kernels, which may reuse bytes of the input while they run.
fast = tml.deploy(model, board).memory
print(f"fast kernels: arena {fast.arena_bytes:,} B with scratch; flash {fast.flash_bytes:,} B")
print(f"plain kernels: arena {use.arena_bytes:,} B; flash {use.flash_bytes:,} B")

# %% [markdown]
# ## 8 · Overlays: the same idea in 1990 (P, R, Ma)
#
# **See.** A PC of 1990 gave a program at most 640 KiB. Larger programs were cut into parts that are
# never needed together. Such parts got the same addresses: an *overlay*. When one was called, it
# was loaded from disk over the other.
#
# **Predict.** An invented text editor: a core of 90 kB that always stays, editing 60, spelling 50,
# printing 45, import 80 kB. Spelling works while editing. How much memory instead of 325 kB?

# %% tiny={"role": "run", "budget_s": 1, "output": "text"}
# Phases instead of operators: 0 import, 1 edit, 2 print. The sizes are in kB.
parts = {"core": 90, "import": 80, "edit": 60, "spelling": 50, "print": 45}
phases = {"core": (0, 2), "import": (0, 0), "edit": (1, 1), "spelling": (1, 1), "print": (2, 2)}
overlay = first_fit(parts, parts, phases)
print(overlay)
print(f"{arena_bytes(overlay, parts)} kB of {sum(parts.values())} kB")

# %% [markdown]
# ### Exercise 8.1 (Ma)
#
# In at most 60 words: what is the same in overlays and in tensor planning, and what is different?
# Think of what happens when a part is needed *again*, and of who knows the order in advance.

# %% tiny={"role": "make", "budget_s": 1, "output": "text"}
# Write between the quotation marks.
overlays = """
"""
n_words = len(overlays.split())
if n_words == 0:
    print("Not done yet: exercise 8.1")
else:
    print(f"{n_words} of at most 60 words.", "Please shorten it." if n_words > 60 else "")

# %% [markdown]
# ## Check yourself
#
# 1. All tensors together have 41 kB. What do you know about the arena?
#    - **a** it needs 41 kB
#    - **b** it needs at least as much as lives at once, perhaps far less than 41 kB
#    - **c** nothing
# 2. The file of a network has 250 kB, the board 64 kB of RAM. Does it fit?
#    - **a** no
#    - **b** yes
#    - **c** the file does not say: weights lie in flash
# 3. `AllocateTensors` fails with "missing: 9080". What do you do first?
#    - **a** convert the model again, as it is corrupt
#    - **b** give a larger arena, or plan better
#    - **c** train with fewer pictures
# 4. One thousand pictures gave right answers with a plan. Is it sound?
#    - **a** yes
#    - **b** not proved: check all pairs
#    - **c** no
# 5. Your plan needs exactly the liveness bound. Can a cleverer order of placing save more?
#    - **a** yes, with more tries
#    - **b** no, as long as tensors stay whole
#    - **c** only on larger boards

# %% tiny={"role": "check", "budget_s": 1, "output": "text"}
# Your letters, such as {1: "a", 2: "c"}. Each one that you fill in gets an answer.
letters = {1: None, 2: None, 3: None, 4: None, 5: None}
tml.lessons.check_yourself("09", letters)

# %% [markdown]
# ## Your predictions again
#
# Compare. Where you were wrong, say in one sentence why, and keep the sentence.

# %% tiny={"role": "check", "budget_s": 1, "output": "text"}
# Predicted against found.
first_bound = arena.plan_arena(models["01_cats_vs_dogs"].graph).lower_bound_bytes
fullest = int(np.argmax(live_bytes))  # the number of the operator
came_true = {
    "kilobytes_for_results": round(first_bound / 1000, 1),
    "fullest_at": {0: "first", len(live_bytes) - 1: "last"}.get(fullest, "middle"),
    "smallest_board_kb": min(kb for (name, kb), fit in fits.items() if fit),
}
tml.lessons.compare(predictions, came_true)

# %% [markdown]
# ## What you can now do, and what this does not show
#
# You can compute lifetimes and a bound, plan an arena, prove the plan, and have two programs
# execute it.
#
# **This does not show**
# - that your planner reaches the bound elsewhere: with branches, the best plan may lie above it;
# - a smaller arena by another *order of operators*, where branches leave a choice;
# - tensors cut into strips, as some compilers do;
# - real boards: the stack was measured on the virtual one, and interrupts need some, too.

# %% [markdown]
# ## Ledger
#
# Memory decides which board is bought.

# %% tiny={"role": "run", "budget_s": 1, "output": "text"}
# One line for the ledger of the course: bytes before and after.
ledger = {
    "lesson": "09",
    "all_tensors_bytes": sum(memory.sizes.values()),
    "arena_bytes": use.arena_bytes,
    "ram_bytes": use.ram_bytes,
    "inference_mj": [round(firmware.profile.energy_mj.low, 2),
                     round(firmware.profile.energy_mj.high, 2)],
    "board": board.name,
}  # fmt: skip
print(json.dumps(ledger))

# %% tiny={"role": "run", "budget_s": 1, "output": "text"}
# What you found, in numbers; the ranges under "You should see" come from such files.
found = {
    "n_in_a_row": sum(memory.sizes.values()),
    "n_bound": bound,
    "bound_of_sum_ratio": bound / sum(memory.sizes.values()),
    "n_largest_first": arena_bytes(largest_first, memory.sizes),
    "n_arena": use.arena_bytes,
    "n_tflm_own": tflm["own_plan"],
    "n_tflm_given": tflm["given_plan"],
    "n_changed_codes": n_codes,
    "n_changed_classes": n_classes,
}

# %% tiny={"role": "run", "budget_s": 1, "output": "text"}
# One file with what you wrote and found, beside this notebook, for you and your lecturer.
tml.lessons.keep(
    "09",
    predictions=predictions,
    offsets={str(k): offset for k, offset in offsets.items()},
    overlays=overlays.strip(),
    letters=letters,
    ledger=ledger,
    found=found,
)

# %% [markdown]
# ## Next
#
# Lesson 10 takes the firmware apart and brings it to a real board. Assignment A08 *Fit it* asks for
# `lifetimes`, `lower_bound`, `conflicts` and `plan` again, now with a new rule: an addition may
# write its result over one of its inputs.
#
# ### Words
#
# Translations are **drafts**: no speaker has reviewed them yet.
#
# | English | français | português | español | العربية | Kiswahili |
# |---|---|---|---|---|---|
# | arena | arène mémoire | arena de memória | arena de memoria | ساحة الذاكرة | eneo |
# | tensor | tenseur | tensor | tensor | موتر | tensa |
# | lifetime | durée de vie | tempo de vida | tiempo de vida | مدة الحياة | muda wa uhai |
# | offset | décalage | deslocamento | desplazamiento | إزاحة | umbali wa kuanzia |
# | bound | borne | limite | cota | حد | kikomo |
# | plan | plan | plano | plan | خطة | mpango |
# | overlay | recouvrement | sobreposição | superposición | تراكب | mfuniko |
# | stack | pile | pilha | pila | مكدس | rafu |
# | flash | mémoire flash | memória flash | memoria flash | ذاكرة وميضية | kumbukumbu flashi |
# | proof | preuve | prova | demostración | برهان | uthibitisho |
#
# ### Sources
#
# - Y. Pisarchyk, J. Lee, "Efficient memory management for deep neural net inference", arXiv
#   2001.03288, 2020: planners that place the largest tensor first.
# - M. R. Garey, D. S. Johnson, *Computers and Intractability*, Freeman, 1979, problem SR2, dynamic
#   storage allocation: NP-complete.
# - tflite-micro, "Memory management in TensorFlow Lite Micro", docs/memory_management.md, 2021:
#   head, tail, and the format of `OfflineMemoryAllocation`.
# - J. R. Levine, *Linkers and Loaders*, Morgan Kaufmann, 1999, chapter 8: overlays.
# - Our planner: tinymledu/graph/arena.py. Network and TFLM's figures: notebooks/models/make_09.py.
